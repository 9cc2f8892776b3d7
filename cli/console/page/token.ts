const key = "token";

/**
 * Takes the token out of the address bar, where a screenshot would show it, and keeps it in this origin's storage. The origin includes the
 * port, and the token is worth nothing once the process has ended.
 * @returns the token; `null` if the address never had one
 */
export function takeToken(): string | null {
  const given = /[#&]token=([\w-]+)/.exec(location.hash)?.[1];
  if (given !== undefined) {
    localStorage.setItem(key, given);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return localStorage.getItem(key);
}

/** Loads the page anew when an address with a token is opened in this tab, or a new token comes to another tab. */
export function watchToken(): void {
  addEventListener("hashchange", () => {
    if (location.hash.includes("token=")) location.reload();
  });
  addEventListener("storage", (event) => {
    if (event.key === key && event.newValue !== null) location.reload();
  });
}
