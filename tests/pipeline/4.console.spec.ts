import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Status } from "../../domain/event";
import { startedBrowser } from "../helpers/browser";
import type { Command } from "../helpers/commands";
import { openConsole } from "../helpers/consolePage";
import { eventually } from "../helpers/eventually";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, sharedPipeline, whileEventsFail, type PipelineUnderTest } from "../helpers/pipeline";

describe("The console of a pipeline that runs, in a browser", () => {
  const browser = startedBrowser();
  let pipeline: PipelineUnderTest;
  let owner: Operator;
  let served: Command;
  let url: string;
  let page: Page;
  let failed: string;
  before(async () => {
    pipeline = await sharedPipeline();
    owner = Operator.owner(pipeline);
    await whileEventsFail(pipeline, async () => {
      failed = (await send(pipeline, "stripe")).body.transactionId!;
      await itemWithStatus(pipeline, failed, Status.failed);
    });
    served = owner.runCommand("console");
    url = await eventually("the address of the console", async () => /http:\S+/.exec(served.printed)?.[0]);
    page = await openConsole(browser(), url);
  });
  after(async () => {
    served.child.kill("SIGINT");
    assert.equal((await served.ended).code, 130);
    owner.stop();
  });

  const goTo = (view: string) => page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
  const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

  it("leads from the overview to a failed event, its reason, and the way to put it right", async () => {
    await goTo("Failures");
    await heading("Failures");
    const group = page.getByRole("region", { name: /TooManyRequests/ });
    await group.getByText("Events of this group").click();
    await group.getByRole("link", { name: failed.split("#")[1] }).click();
    await heading(failed);
    await shows("FAILED");
    await shows(/TooManyRequests/);
    await page.getByRole("button", { name: /^Redrive/ }).click();
    const preview = page.getByRole("dialog", { name: "Redrive 1 event" });
    await preview.getByText(failed).waitFor();
    assert.equal(await preview.locator("tbody tr").count(), 1);
    await preview.getByRole("button", { name: "Redrive 1 event" }).click();
    await preview.getByText("1 event redriven.").waitFor();
    await preview.locator("button.main:focus").waitFor();
    await page.keyboard.press("Enter");
    await preview.waitFor({ state: "hidden" });
    await itemWithStatus(pipeline, failed, Status.processed);
    // The page follows the event without a reload.
    await shows("PROCESSED");
    const stages = page.getByRole("region", { name: "Stages" });
    await stages.getByRole("row", { name: /^failed\s*Lambda\.\w+/ }).waitFor();
    await stages.getByRole("row", { name: /^redriven/ }).waitFor();
  });

  it("announces an event that comes, and shows it when it is asked to", async () => {
    await goTo("Events");
    await heading("Events");
    const rows = page.locator("tr[data-row]");
    await rows.first().waitFor();
    const [first, count] = [await rows.first().getAttribute("data-row"), await rows.count()];
    const { transactionId } = (await send(pipeline, "github")).body;
    const announced = page.getByRole("button", { name: /new event.*show/ });
    await announced.waitFor();
    assert.deepEqual([await rows.first().getAttribute("data-row"), await rows.count()], [first, count]);
    await announced.click();
    await page.locator(`tr[data-row="${transactionId}"]`).waitFor();
  });

  it("finds an event by the source's own ID, and shows its payload when it is asked to", async () => {
    const calls: string[] = [];
    page.on("request", (request) => calls.push(new URL(request.url()).pathname));
    await page.keyboard.press("/");
    await page.keyboard.type(failed.split("#")[1]);
    await page.keyboard.press("Enter");
    await heading(failed);
    await shows("payment.succeeded");
    assert.ok(!calls.includes("/api/payload"));
    await page
      .getByRole("button", { name: /payload/i })
      .first()
      .click();
    await shows("livemode");
    assert.ok(calls.includes("/api/payload"));
  });

  it("shows sources with their secrets and refused requests, destinations, and the pipeline's health", async () => {
    await goTo("Sources");
    await heading("Sources");
    await shows(pipeline.urls.stripe);
    await goTo("Destinations");
    await heading("Destinations");
    await goTo("Health");
    await heading("Health");
    await shows(/The pipe is RUNNING/);
  });

  it("has the same health on the command line, which ends with 0 where nothing is wrong", async () => {
    const { code, stdout, stderr } = await owner.runCommand("stack", "health").ended;
    assert.match(stdout.toString(), /^unknown alarms {2}The local run evaluates no alarms.*\nok {6}pipe {4}The pipe is RUNNING.*\n$/);
    assert.deepEqual([code, stderr], [0, "Nothing is wrong with the local run.\n"]);
  });

  it("prints its address alone on standard output, and nothing of the events", () => {
    assert.match(served.printed, /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}\n$/);
    assert.doesNotMatch(served.printedErrors, /evt_|token/);
  });
});
