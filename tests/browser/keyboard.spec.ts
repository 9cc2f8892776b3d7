import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startedBrowser } from "../helpers/browser";
import { openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";

describe("Someone with a keyboard alone", () => {
  const browser = startedBrowser();
  let served: ConsoleUnderTest;
  let page: Page;
  beforeEach(async () => {
    served = await serveConsoleOf();
    page = await openConsole(browser(), served.url, "/events?status=FAILED");
    await page.locator("tr[data-row]").first().waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    await served.close();
  });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  it("selects failed events, sees exactly those in the preview, and redrives them", async () => {
    const [first, second] = served.backend.list.filter(({ status }) => status === "FAILED").map(({ transactionId }) => transactionId);
    await press("j", "x", "j", "x", "r");
    const preview = page.getByRole("dialog", { name: "Redrive 2 events" });
    await preview.waitFor();
    assert.deepEqual(await preview.locator("tbody tr td:first-child").allTextContents(), [first, second]);
    await press("Enter");
    await preview.getByText("2 events redriven.").waitFor();
    assert.deepEqual(served.backend.asked, [{ action: "redrive", ids: [first, second] }]);
    await preview.locator("button.main:focus").waitFor();
    await press("Enter");
    await preview.waitFor({ state: "hidden" });
  });

  it("keeps the report with Enter pressed once too often, and does the action once", async () => {
    await press("j", "r");
    await page.getByRole("dialog", { name: "Redrive 1 event" }).waitFor();
    await press("Enter", "Enter", "Enter");
    await page.getByText("1 event redriven.").waitFor();
    assert.equal(served.backend.asked.length, 1);
  });

  it("cannot leave an action under way with Escape", async () => {
    const { redrive } = served.backend;
    let end = () => {};
    served.backend.redrive = async (ids) => {
      await new Promise<void>((resolve) => (end = resolve));
      return redrive.call(served.backend, ids);
    };
    await press("j", "r");
    const preview = page.getByRole("dialog", { name: "Redrive 1 event" });
    await preview.waitFor();
    await press("Enter");
    await preview.getByText("0 of 1 event…").waitFor();
    await press("Escape", "Escape", "Escape");
    assert.ok(await preview.isVisible());
    end();
    await preview.getByText("1 event redriven.").waitFor();
    await press("Escape");
    await preview.waitFor({ state: "hidden" });
  });

  it("changes nothing with Escape", async () => {
    await press("j", "r");
    const preview = page.getByRole("dialog", { name: "Redrive 1 event" });
    await preview.waitFor();
    await press("Escape");
    await preview.waitFor({ state: "hidden" });
    assert.deepEqual(served.backend.asked, []);
  });

  it("opens an event, goes back to the row, and finds another by its ID", async () => {
    await press("j", "j", "k", "Enter");
    const [first] = served.backend.list.filter(({ status }) => status === "FAILED");
    await page.getByRole("heading", { level: 1, name: first.transactionId }).waitFor();
    await page.goBack();
    await page.locator("tr[data-row]").first().waitFor();
    const [other] = served.backend.list;
    await press("/");
    await page.keyboard.type(other.transactionId);
    await press("Enter");
    await page.getByRole("heading", { level: 1, name: other.transactionId }).waitFor();
  });

  it("types r, j and ? into a field without an action", async () => {
    await press("/");
    await page.keyboard.type("rjx?");
    assert.equal(await page.locator("#find").inputValue(), "rjx?");
    assert.equal(await page.getByRole("dialog").count(), 0);
  });

  it("sees what the keys do", async () => {
    await press("?");
    const dialog = page.getByRole("dialog");
    for (const words of ["Redrive", "Select the row", "Open the row"]) await dialog.getByText(words).first().waitFor();
    await press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  it("reaches every link and control of the page by Tab, each with a visible focus", async () => {
    const count = await page.locator("a, button:enabled, input:enabled, select, summary").count();
    const reached = new Set<string>();
    for (let index = 0; index < count + 10; index++) {
      await press("Tab");
      const [what, isVisible] = await page.evaluate(() => {
        const { activeElement } = document;
        if (!activeElement || activeElement === document.body) return ["", true] as const;
        const { outlineStyle, boxShadow } = getComputedStyle(activeElement);
        return [activeElement.outerHTML.slice(0, 200), outlineStyle !== "none" || boxShadow !== "none"] as const;
      });
      assert.ok(isVisible, what);
      reached.add(what);
    }
    assert.ok(reached.size > 20, String(reached.size));
  });
});
