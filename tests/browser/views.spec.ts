import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startedBrowser } from "../helpers/browser";
import type { ConsoleState } from "../helpers/consoleBackend";
import { accessibilityOf, openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";
import { deployedSession } from "../helpers/consoleSessions";

const views = ["/", "/events", "/sources", "/destinations", "/failures", "/health"];
const states: readonly ConsoleState[] = ["full", "empty", "failing", "stale"];
const screens = (["light", "dark"] as const).flatMap((colorScheme) => [1_280, 360].map((width) => ({ colorScheme, width })));
/** Of what differs in a few sentences, two are enough. */
const screensOf = (state: ConsoleState) => (state === "full" ? screens : [screens[0], screens[3]]);
/** What a state shows on every page. */
const shown: Record<ConsoleState, RegExp> = { full: /Live/, empty: /Live/, failing: /Try again/, stale: /Stale since/ };

describe("A view of the console", () => {
  const browser = startedBrowser();

  for (const state of states)
    describe(`of a pipeline that is ${state}`, () => {
      let served: ConsoleUnderTest;
      before(async () => void (served = await serveConsoleOf({ state })));
      after(() => served.close());

      for (const path of [...views, ...(state === "empty" ? [] : ["an event", "/destinations/orders"])])
        it(`shows ${path} in light and dark, on a wide and a narrow screen, without a finding of axe-core`, async () => {
          for (const { colorScheme, width } of screensOf(state)) {
            const at = path === "an event" ? `/events/${encodeURIComponent(served.backend.list[2].transactionId)}` : path;
            const page = await openConsole(browser(), served.url, at, { colorScheme, viewport: { width, height: 800 } });
            await page.getByText(shown[state]).first().waitFor();
            assert.deepEqual(await accessibilityOf(page), [], `${path}, ${colorScheme}, ${width}`);
            assert.ok(await fitsAcross(page), `${path} is wider than a screen of ${width} pixels`);
            await page.context().close();
          }
        });
    });

  it("of a deployed stack without --write shows that it is read-only, and offers no action", async () => {
    const served = await serveConsoleOf({ session: deployedSession });
    const page = await openConsole(browser(), served.url, "/failures");
    await page.getByText("READ-ONLY", { exact: true }).waitFor();
    await page.getByText("123456789012").waitFor();
    const redrive = page.getByRole("button", { name: /^Redrive/ });
    for (const button of await redrive.all()) assert.ok(await button.isDisabled());
    assert.ok((await redrive.count()) > 0);
    await page.getByText("Read-only. Restart the console with --write to redrive.").first().waitFor();
    await page.context().close();
    await served.close();
  });

  it("of a pipeline that answers again is live without a reload", async () => {
    const served = await serveConsoleOf({ state: "stale" });
    const page = await openConsole(browser(), served.url, "/events");
    await page.getByText(/Stale since/).waitFor();
    served.backend.state = "full";
    await page.getByText("Live", { exact: true }).waitFor();
    await page.context().close();
    await served.close();
  });

  it("of a pipeline that is silent says so, before the request fails", async () => {
    const served = await serveConsoleOf();
    const page = await openConsole(browser(), served.url, "/events");
    await page.getByText("Live", { exact: true }).waitFor();
    served.backend.feed = () => new Promise(() => {});
    await page.getByText(/Stale since/).waitFor();
    await page.context().close();
    await served.close();
  });

  it("without its token, or with that of another run, asks for the printed address", async () => {
    const served = await serveConsoleOf();
    const page = await openConsole(browser(), new URL(served.url).origin);
    await page.getByRole("heading", { name: "Open the address that the command printed" }).waitFor();
    await page.goto(`${new URL(served.url).origin}/#token=${"x".repeat(32)}`);
    await page.getByRole("heading", { name: "Open the address that the command printed" }).waitFor();
    await page.context().close();
    await served.close();
  });
});

/** Tells whether the page itself does not scroll sideways; a table may, inside its box. */
const fitsAcross = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
