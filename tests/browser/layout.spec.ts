import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startedBrowser } from "../helpers/browser";
import { openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";

const laptop = { viewport: { width: 1_280, height: 800 } };
const phone = { viewport: { width: 360, height: 800 } };

describe("The console on a screen of", () => {
  const browser = startedBrowser();
  let served: ConsoleUnderTest;
  let page: Page;
  before(async () => void (served = await serveConsoleOf()));
  after(() => served.close());
  afterEach(() => page.context().close());

  const openAt = async (path: string, options: typeof laptop) => void (page = await openConsole(browser(), served.url, path, options));
  const eventPath = (wanted: (event: { status: string; source: string }) => boolean) =>
    `/events/${encodeURIComponent(served.backend.list.find(wanted)!.transactionId)}`;

  describe("a laptop (1,280 × 800)", () => {
    it("shows all of the page that asks for the token", async () => {
      await openAt("/", laptop);
      await page.context().clearCookies();
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${new URL(served.url).origin}/#token=${"x".repeat(32)}`);
      await page.getByRole("heading", { name: "Open the address that the command printed" }).waitFor();
      assert.ok((await topOf(page, "h1")) >= 0);
    });

    const views = {
      Overview: () => "/",
      Events: () => "/events",
      Sources: () => "/sources",
      Destinations: () => "/destinations",
      "a destination": () => "/destinations/orders",
      Failures: () => "/failures",
      Health: () => "/health",
      "several events of an ID": () => "/events?find=evt_",
      "a failed event": () => eventPath(({ status }) => status === "FAILED"),
      "an event with deliveries": () => eventPath(({ status, source }) => status === "PROCESSED" && source === "paypal"),
    };
    for (const [name, path] of Object.entries(views))
      it(`cuts no column of ${name}`, async () => {
        await openAt(path(), laptop);
        await page.locator(".table-box").first().waitFor({ state: "attached" });
        for (const summary of await page.locator(".group summary").all()) await summary.click();
        assert.deepEqual(await scrollingBoxes(page), []);
      });

    it("cuts no column of a preview", async () => {
      await openAt("/failures", laptop);
      await page
        .getByRole("button", { name: /^Redrive/ })
        .first()
        .click();
      await page.getByRole("dialog").locator("tbody tr").first().waitFor();
      assert.deepEqual(await scrollingBoxes(page), []);
    });

    it("draws the label of the newest minute within the chart", async () => {
      const now = Date.UTC(2026, 10, 27, 12, 0, 0);
      const atNoon = await serveConsoleOf({ now });
      page = await openConsole(browser(), atNoon.url, "/", { ...laptop, timezoneId: "UTC" }, now);
      await page.locator(".chart").getByText("12:00", { exact: true }).first().waitFor();
      const isOutside = await page.evaluate(() =>
        [...document.querySelectorAll(".chart svg")].some((svg) => {
          const { left, right } = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")].some((text) => {
            const box = text.getBoundingClientRect();
            return box.left < left || box.right > right;
          });
        }),
      );
      await atNoon.close();
      assert.ok(!isOutside);
    });
  });

  describe("a phone (360 × 800)", () => {
    it("leads to every view", async () => {
      await openAt("/", phone);
      const links = page.getByRole("navigation", { name: "Views" }).getByRole("link");
      assert.equal(await links.count(), 6);
      for (const link of await links.all()) {
        const { x, width } = (await link.boundingBox())!;
        assert.ok(x >= 0 && x + width <= phone.viewport.width, (await link.textContent())!);
      }
      for (const shown of [page.getByTitle("Region"), page.getByRole("button", { name: "Keys" })]) assert.ok(await shown.isVisible());
    });

    it("shows the ID of an event without scrolling, and opens the event by a click on its row", async () => {
      await openAt("/events", phone);
      const row = page.locator("tr[data-row]").first();
      const { x, width } = (await row.locator("a.row-link").boundingBox())!;
      assert.ok(x + Math.min(width, 100) <= phone.viewport.width, `${x} ${width}`);
      await row.locator("td:nth-child(2)").click();
      await page.getByRole("heading", { level: 1, name: served.backend.list[0].transactionId }).waitFor();
    });

    it("selects an event by its checkbox without opening it", async () => {
      await openAt("/events", phone);
      const row = page.locator("tr[data-row]").first();
      await row.locator("td.check").click({ position: { x: 2, y: 2 } });
      await row.getByRole("checkbox").click();
      await page.getByText("1 event selected").waitFor();
      assert.equal(new URL(page.url()).pathname, "/events");
    });

    it("writes into pictures as large as elsewhere", async () => {
      await openAt("/", phone);
      await page.locator(".chart svg text").first().waitFor();
      assert.ok((await textHeight(page, ".chart svg text")) >= 10);
      await page.goto(
        new URL(
          eventPath(({ status }) => status === "FAILED"),
          served.url,
        ).href,
      );
      await page.locator(".picture svg text").first().waitFor();
      assert.ok((await textHeight(page, ".picture svg text")) >= 10);
      await page.goto(
        new URL(
          eventPath(({ status, source }) => status === "PROCESSED" && source === "paypal"),
          served.url,
        ).href,
      );
      await page.locator(".picture svg text").first().waitFor();
      assert.ok((await topOf(page, ".picture svg text >> nth=3")) >= (await topOf(page, ".picture svg")));
    });

    it("lays no name over its value", async () => {
      await openAt("/destinations/orders", phone);
      await page.getByText("Dead-letter queue", { exact: true }).waitFor();
      const overlaps = await page.evaluate(() =>
        [...document.querySelectorAll(".facts dt")].filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent),
      );
      assert.deepEqual(overlaps, []);
    });
  });
});

const topOf = (page: Page, selector: string) => page.locator(selector).evaluate((element) => element.getBoundingClientRect().top);
const textHeight = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((text) => text.getBoundingClientRect().height);

/** Names the tables that are wider than their boxes. */
const scrollingBoxes = (page: Page) =>
  page
    .locator(".table-box")
    .evaluateAll((boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute("aria-label")));
