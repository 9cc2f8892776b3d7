import * as assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { EventWithAmount } from "../../cli/events/list";
import { startedBrowser } from "../helpers/browser";
import { openConsole, serveConsoleOf, type ConsoleUnderTest } from "../helpers/consolePage";

describe("An action on events in the console", () => {
  const browser = startedBrowser();
  let served: ConsoleUnderTest;
  let page: Page;
  let failed: EventWithAmount[];
  let processed: EventWithAmount;
  beforeEach(async () => {
    served = await serveConsoleOf();
    failed = served.backend.list.filter(({ status }) => status === "FAILED").slice(0, 2);
    processed = served.backend.list.find(({ status }) => status === "PROCESSED")!;
    page = await openConsole(browser(), served.url, "/events");
  });
  afterEach(async () => {
    await page.context().close();
    await served.close();
  });

  const dialog = () => page.getByRole("dialog");
  const button = (name: string) => dialog().getByRole("button", { name, exact: true });
  const idsIn = (table: string) => dialog().getByRole("region", { name: table }).locator("tbody tr td:first-child").allTextContents();
  const select = async (events: readonly EventWithAmount[], action: string) => {
    for (const { transactionId } of events) await page.getByRole("checkbox", { name: `Select ${transactionId}` }).check();
    await page.getByRole("button", { name: action, exact: true }).click();
  };
  const redrive = async () => {
    await select(failed, "Redrive…");
    await button("Redrive 2 events").click();
    await dialog().getByText("2 events redriven.").waitFor();
  };
  const now = () => new Date().toISOString();

  it("takes only those that it fits, counts them, and lists the others apart", async () => {
    await select([...failed, processed], "Redrive…");
    await page.getByRole("dialog", { name: "Redrive 2 of 3 events" }).waitFor();
    const ids = failed.map(({ transactionId }) => transactionId);
    assert.deepEqual(await idsIn("Events of this action"), ids);
    assert.deepEqual(await idsIn("Skipped events"), [processed.transactionId]);
    await button("Redrive 2 of 3 events").click();
    await dialog().getByText("2 events redriven.").waitFor();
    assert.deepEqual(served.backend.asked, [{ action: "redrive", ids }]);
  });

  it("is not offered if it fits none", async () => {
    await select([processed], "Redrive…");
    await dialog().getByText("None of these events is FAILED or stuck.").waitFor();
    assert.ok(await button("Redrive 0 of 1 event").isDisabled());
  });

  it("redrives an event whose worker died, from its page", async () => {
    const stuck = served.backend.list.find(
      ({ status, receivedAt }) => status === "PROCESSING" && Date.parse(receivedAt) < Date.now() - 900_000,
    )!;
    const { transactionId } = stuck;
    await page.goto(new URL(`/events/${encodeURIComponent(transactionId)}`, served.url).href);
    await page.getByRole("button", { name: "Redrive…" }).click();
    await button("Redrive 1 event").click();
    await dialog().getByText("1 event redriven.").waitFor();
    assert.deepEqual(served.backend.asked, [{ action: "redrive", ids: [transactionId] }]);
  });

  it("that redrives follows the events to their end", async () => {
    await redrive();
    await dialog().getByText("2 still waiting").waitFor();
    const [first, second] = failed;
    served.backend.change({ ...first, status: "PROCESSED", error: undefined, finishedAt: now() });
    await dialog().getByText("1 PROCESSED").waitFor();
    served.backend.change({ ...second, error: "Transient: still down", finishedAt: now() });
    await dialog().getByText("1 FAILED again: Transient: still down").waitFor();
    assert.equal(await dialog().getByText("still waiting").count(), 0);
    assert.deepEqual(await idsIn("Events that failed again"), [second.transactionId]);
  });

  it("that redrives does not take the failure before for a new one", async () => {
    await redrive();
    served.backend.change(failed[0]);
    served.backend.change({ ...failed[1], status: "PROCESSED", error: undefined, finishedAt: now() });
    await dialog().getByText("1 PROCESSED").waitFor();
    await dialog().getByText("1 still waiting").waitFor();
  });

  it("that replays says which deliveries it does not repeat, before and after, and leads to the redelivery", async () => {
    await select([processed], "Replay…");
    const note = /DELIVERED or FAILED stays so, also after a replay \(orders, ledger\)/;
    await dialog().getByText(note).waitFor();
    await button("Replay 1 event").click();
    await dialog().getByText("1 event published again.").waitFor();
    await dialog().getByText(note).waitFor();
    await button("Redeliver these events…").click();
    await button("Redeliver 1 event to orders").click();
    await dialog().getByText("1 event sent again.").waitFor();
    assert.deepEqual(served.backend.asked.slice(1), [{ action: "redeliver", destination: "orders", ids: [processed.transactionId] }]);
  });

  it("that redrives is called so in the timeline, where a requeue is another", async () => {
    const open = async ({ transactionId }: EventWithAmount) => {
      await page.goto(new URL(`/events/${encodeURIComponent(transactionId)}`, served.url).href);
      return page.getByRole("region", { name: "Stages" });
    };
    const requeued = served.backend.list.find(({ requeuedAt }) => requeuedAt !== undefined)!;
    await (await open(requeued)).getByRole("rowheader", { name: "requeued" }).waitFor();
    served.backend.redriven.add(requeued.transactionId);
    await page.reload();
    await page.getByRole("region", { name: "Stages" }).getByRole("rowheader", { name: "redriven" }).waitFor();
  });
});

describe("A replay in the console of a stack that posts to no destination", () => {
  const browser = startedBrowser();

  it("does not speak of deliveries", async () => {
    const served = await serveConsoleOf({ session: { destinations: [{ name: "analytics", type: "queue" }] } });
    const page = await openConsole(browser(), served.url, "/events");
    const { transactionId } = served.backend.list.find(({ status }) => status === "PROCESSED")!;
    await page.getByRole("checkbox", { name: `Select ${transactionId}` }).check();
    await page.getByRole("button", { name: "Replay…" }).click();
    await page.getByRole("dialog", { name: "Replay 1 event" }).waitFor();
    assert.equal(await page.getByRole("dialog").getByText("stays so").count(), 0);
    await page.context().close();
    await served.close();
  });
});
