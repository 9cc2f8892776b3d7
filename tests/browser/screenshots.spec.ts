import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { startedBrowser } from "../helpers/browser";
import { openConsole, serveConsoleOf } from "../helpers/consolePage";

/** When the pictures were taken, so that each taking makes the same. */
const now = Date.UTC(2026, 10, 27, 12, 0, 0);
const size = { width: 1_280, height: 800 };

/** Views in docs/console.md, and the element that each must show. */
const pictures = {
  overview: ["/", "Last hour"],
  failures: ["/failures", "Events of this group"],
  event: ["an event", "Timeline"],
} as const;

describe("The pictures in docs/console.md", () => {
  const browser = startedBrowser();
  const page = readFileSync("docs/console.md", "utf8");

  for (const [name, [path, text]] of Object.entries(pictures))
    it(`show the ${name === "event" ? "event" : name}; UPDATE_SCREENSHOTS=1 takes it anew`, async () => {
      const served = await serveConsoleOf({ now });
      const failed = served.backend.list.find(({ status }) => status === "FAILED")!;
      const at = path === "an event" ? `/events/${encodeURIComponent(failed.transactionId)}` : path;
      const tab = await openConsole(browser(), served.url, at, { viewport: size, timezoneId: "UTC" }, now);
      await tab.getByText(text).first().waitFor();
      await tab.getByText("Live", { exact: true }).waitFor();
      const file = `docs/console.${name}.png`;
      const picture = await tab.screenshot({ animations: "disabled" });
      if (process.env.UPDATE_SCREENSHOTS) writeFileSync(file, picture);
      assert.ok(page.includes(`](console.${name}.png)`), `${file} is in docs/console.md`);
      assert.deepEqual(dimensionsOf(readFileSync(file)), dimensionsOf(picture));
      await tab.context().close();
      await served.close();
    });
});

/** Returns width and height of a PNG. @see https://www.w3.org/TR/png-3/#11IHDR */
const dimensionsOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];
