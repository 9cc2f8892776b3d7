import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startedBrowser } from "../helpers/browser";
import type { ConsoleBackendOptions } from "../helpers/consoleBackend";
import { openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";
import { deployedSession } from "../helpers/consoleSessions";

describe("The console tells a newcomer", () => {
  const browser = startedBrowser();
  let served: ConsoleUnderTest;
  let page: Page;
  const open = async (path: string, options: ConsoleBackendOptions = {}) => {
    served = await serveConsoleOf(options);
    page = await openConsole(browser(), served.url, path);
  };
  afterEach(async () => {
    await page.context().close();
    await served.close();
  });
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const rows = () => page.locator("tr[data-row]");
  const olderButton = () => page.getByRole("button", { name: "Older" });

  it("which part of the list a page is", async () => {
    await open("/events", { count: 133 });
    await shows("1 to 100, newest first");
    await olderButton().click();
    await shows("101 to 133, newest first");
    await page.reload();
    await shows("101 to 133, newest first");
    const url = new URL(page.url());
    url.searchParams.delete("before");
    await page.goto(url.href);
    await shows("33 older events");
  });

  it("how many events there are if one page has them all, without buttons for others", async () => {
    await open("/events", { count: 7 });
    await shows("7 events, newest first");
    assert.equal(await olderButton().count(), 0);
  });

  it("what several events of an ID are, and leaves the keys to the page", async () => {
    await open("/events");
    const [{ transactionId }] = served.backend.list.filter(({ source }) => source === "stripe");
    await rows().first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("evt_");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Events with the ID evt_" }).waitFor();
    const row = page.locator(`tr[data-row="${transactionId}"]`);
    await row.getByText(/RECEIVED|PROCESS|FAILED/).waitFor();
    await page.keyboard.press("/");
    assert.equal(await page.locator("#find").inputValue(), "");
    await page.keyboard.type("evt_");
    await page.keyboard.press("Enter");
    await page.keyboard.press("j");
    assert.equal(await page.locator("#find").inputValue(), "");
  });

  it("what is wrong with a filter beside it, and that trying again does not help", async () => {
    await open("/events");
    const since = page.getByRole("textbox", { name: "Since" });
    await since.fill("soon");
    await since.press("Enter");
    const alert = page.getByRole("alert");
    await alert.getByText('since is "soon".').waitFor();
    assert.equal(await since.getAttribute("aria-invalid"), "true");
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    assert.equal(await page.getByText("This did not work.").count(), 0);
  });

  it("a mistyped name in a sentence alone", async () => {
    await open("/destinations/order");
    await page.getByRole("alert").getByText("There is no destination order. Destinations: orders, ledger, analytics.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    assert.equal(await page.getByText("This did not work.").count(), 0);
  });

  it("what to do about each refused request", async () => {
    await open("/sources");
    const row = (reason: string) => page.getByRole("row").filter({ hasText: reason });
    await row("signature mismatch").getByText("npx webhook-pipeline secrets rotate stripe").waitFor();
    await row("stale signature").getByText("Check the sender's clock.").waitFor();
    await row("no such source").getByText("Compare the sender's URL").waitFor();
    await page.getByRole("button", { name: "Runbook: signature-failures" }).click();
    await page.getByRole("dialog", { name: "signature-failures" }).getByText("Requests had signatures").waitFor();
  });

  it("how to have the local run post its events", async () => {
    await open("/destinations", { session: { destinations: [] } });
    await shows("npm start -- --forward-to http://127.0.0.1:3000/hooks");
  });

  it("why Redeliver is off, in the page itself", async () => {
    await open("/destinations/orders");
    await shows("Select the events to send again.");
  });

  it("where the events of a source are", async () => {
    await open("/sources");
    await page.getByRole("link", { name: "Events of stripe" }).click();
    await page.waitForURL(/\/events\?source=stripe/);
  });

  it("that a source without an event among the newest may have sent one before", async () => {
    await open("/", { count: 1_200 });
    const { backend } = served;
    backend.list.splice(0, backend.list.length, ...backend.list.filter(({ source }) => source !== "adyen"));
    backend.list.push(...backend.list.map((event) => ({ ...event, transactionId: `${event.transactionId}x` })));
    await page.reload();
    await shows("none among the newest 1,000 events");
  });

  it("that a source has sent no event yet, where all were read", async () => {
    await open("/", { count: 3 });
    await shows("none yet");
  });

  it("the settings of a destination by readable names", async () => {
    await open("/destinations/orders");
    const settings = page.locator("section").filter({ has: page.getByRole("heading", { name: "Settings" }) });
    const names = await settings.locator("dt").allTextContents();
    assert.ok(names.includes("Dead-letter queue") && names.includes("Timeout (s)"), names.join());
    assert.deepEqual(
      names.filter((name) => /^[a-z]/.test(name) || name === "Type"),
      [],
    );
  });

  it("a command for Health that shows what the page shows", async () => {
    await open("/health", { session: deployedSession });
    const title = await page.getByRole("button", { name: "Copy as command" }).getAttribute("title");
    assert.match(title!, /npx webhook-pipeline stack health --stack prod$/);
  });

  it("what the copied curl does", async () => {
    await open("/events");
    await rows().first().locator("a.row-link").click();
    const title = await page.getByRole("button", { name: "Copy as curl" }).getAttribute("title");
    assert.match(title!, /^Posts the stored body, unsigned, to a service on this machine\./);
  });

  it("to start a stopped console again, and promises nothing else", async () => {
    await open("/events");
    await rows().first().waitFor();
    await page.route("**/api/**", (route) => route.abort());
    const bar = page.getByRole("complementary", { name: "Freshness" });
    await bar.getByText("Start it again, and open the address that it prints.").waitFor();
    assert.equal(await page.getByText("tries again by itself").count(), 0);
  });
});
