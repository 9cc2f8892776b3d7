import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startedBrowser } from "../helpers/browser";
import { openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";

describe("Where someone is in the console", () => {
  const browser = startedBrowser();
  let served: ConsoleUnderTest;
  let page: Page;
  beforeEach(async () => {
    served = await serveConsoleOf();
    page = await openConsole(browser(), served.url, "/events");
    await rows().first().waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    await served.close();
  });
  const rows = () => page.locator("tr[data-row]");
  const statuses = async () => new Set(await page.locator("tr[data-row] td:nth-child(2)").allTextContents());

  it("stays over a reload, back and forward, filters and page of the list included", async () => {
    await page.getByRole("combobox", { name: "Status" }).selectOption("PROCESSED");
    await page.getByRole("combobox", { name: "Source" }).selectOption("stripe");
    await page.waitForURL(/source=stripe/);
    await page.reload();
    await rows().first().waitFor();
    assert.deepEqual([...(await statuses())], ["PROCESSED"]);
    assert.equal(await page.getByRole("combobox", { name: "Source" }).inputValue(), "stripe");
    await rows().first().getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: /^stripe#/ }).waitFor();
    await page.goBack();
    await rows().first().waitFor();
    assert.match(page.url(), /status=PROCESSED&source=stripe/);
    await page.goBack();
    await page.waitForFunction(() => !location.search.includes("source"));
  });

  it("is kept in a link that opens in another tab of the browser", async () => {
    const link = new URL("/events?status=FAILED", served.url).href;
    const tab = await page.context().newPage();
    await tab.goto(link);
    await tab.locator("tr[data-row]").first().waitFor();
    assert.deepEqual(new Set(await tab.locator("tr[data-row] td:nth-child(2)").allTextContents()), new Set(["FAILED"]));
  });

  it("stays as it is when another page opens the console's address with a made-up token", async () => {
    const stranger = await page.context().newPage();
    await stranger.goto(`${new URL(served.url).origin}/#token=evil`);
    await stranger.getByRole("heading", { name: "Open the address that the command printed" }).waitFor();
    served.backend.arrive(1);
    await page.getByRole("button", { name: "1 new event: show" }).waitFor();
    await page.reload();
    await rows().first().waitFor();
  });

  it("is loaded anew when more has changed than the feed tells", async () => {
    const event = served.backend.list.find(({ status }) => status === "PROCESSED")!;
    served.backend.list[served.backend.list.indexOf(event)] = { ...event, status: "FAILED", error: "Unprocessable: unseen" };
    served.backend.arrive(1);
    served.backend.resetAt = 1;
    await page.locator(`tr[data-row="${event.transactionId}"]`).getByText("FAILED").waitFor();
  });

  it("has no token in its address", () => assert.doesNotMatch(page.url(), /token/));

  it("does not move when events arrive: they are announced, and shown when asked for", async () => {
    const ids = () => rows().evaluateAll((all) => all.map((row) => row.getAttribute("data-row")));
    const before = await ids();
    for (const n of [1, 2, 3]) served.backend.arrive(n);
    await page.getByRole("button", { name: "3 new events: show" }).waitFor();
    assert.deepEqual(await ids(), before);
    await page.getByRole("button", { name: "3 new events: show" }).click();
    await page.locator('tr[data-row="stripe#evt_new_3"]').waitFor();
  });

  it("follows the status of each listed event in its row", async () => {
    const event = served.backend.list.find(({ status }) => status === "PROCESSED")!;
    served.backend.change({ ...event, status: "FAILED", error: "Unprocessable: changed" });
    await page.locator(`tr[data-row="${event.transactionId}"]`).getByText("FAILED").waitFor();
  });

  it("is the same in two tabs, each with its own filters", async () => {
    const other = await page.context().newPage();
    await other.goto(new URL("/events?source=github", served.url).href);
    await other.locator("tr[data-row]").first().waitFor();
    served.backend.arrive(1, "github");
    for (const tab of [page, other]) await tab.getByRole("button", { name: "1 new event: show" }).waitFor();
    served.backend.arrive(2, "stripe");
    await page.getByRole("button", { name: "2 new events: show" }).waitFor();
    assert.equal(await other.getByRole("button", { name: "1 new event: show" }).count(), 1);
  });
});

describe("Ten thousand events", () => {
  const browser = startedBrowser();

  it("are listed a hundred a page, each once, and the page stays quick", async () => {
    const served = await serveConsoleOf({ count: 10_000 });
    const page = await openConsole(browser(), served.url, "/events");
    const rows = page.locator("tr[data-row]");
    const seen = new Set<string | null>();
    const pages = 5;
    for (let index = 0; index < pages; index++) {
      await rows.nth(99).waitFor();
      const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-row")));
      assert.equal(ids.length, 100);
      for (const id of ids) seen.add(id);
      const [last] = ids.slice(-1);
      if (index === pages - 1) break;
      await page.getByRole("button", { name: "Older" }).click();
      await page.waitForFunction((id) => document.querySelector("tr[data-row]")?.getAttribute("data-row") !== id, ids[0]);
      assert.ok(last);
    }
    assert.equal(seen.size, 100 * pages);
    await page.context().close();
    await served.close();
  });
});
