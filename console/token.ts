const key = "token";

/**
 * Takes the token out of the address bar, where a screenshot would show it.
 * @returns the token, or else the one that is kept; `null` if there is none
 */
export function takeToken(): string | null {
  const given = /[#&]token=([\w-]+)/.exec(location.hash)?.[1];
  if (given !== undefined) history.replaceState(history.state, "", location.pathname + location.search);
  return given ?? localStorage.getItem(key);
}

/**
 * Keeps a token that the server has accepted in this origin's storage, for other tabs. Any page may open an address with a made-up token, so
 * that one that was not accepted must not take its place. The origin includes the port; a token is worth nothing once its process has ended.
 */
export function keepToken(token: string): void {
  if (localStorage.getItem(key) !== token) localStorage.setItem(key, token);
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
