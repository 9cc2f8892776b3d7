import * as assert from "node:assert/strict";
import type { Health } from "../../../cli/console/api";
import { describeHealth, isWell } from "../../../cli/stack/health";
import { runProgramIn, temporaryFolder } from "../../helpers/script";

const since = "2026-01-31T12:00:00.000Z";
const pipe: Health["checks"][number] = { name: "pipe", state: "ok", detail: "The pipe is RUNNING.", since: null, runbook: null };
const alarmOf = (name: string, state: Health["checks"][number]["state"]) => ({
  name,
  state,
  detail: "Dead letters wait.",
  since,
  runbook: name,
});
const missing = [{ permission: "sqs:GetQueueAttributes", for: "the number of dead letters" }];

describe("npx webhook-pipeline stack health", () => {
  it("prints what is wrong first, each alarm with its heading in the runbook", () => {
    const checks = [pipe, alarmOf("api-5xx", "ok"), alarmOf("events-waiting", "unknown"), alarmOf("dead-letters", "alarm")];
    assert.deepEqual(describeHealth({ checks, missing }), [
      `alarm   dead-letters    since ${since}: Dead letters wait. See "dead-letters" in docs/runbook.md.`,
      `unknown events-waiting  since ${since}: Dead letters wait. See "events-waiting" in docs/runbook.md.`,
      "ok      pipe            The pipe is RUNNING.",
      `ok      api-5xx         since ${since}: Dead letters wait.`,
      "missing sqs:GetQueueAttributes, for the number of dead letters",
    ]);
  });

  it("finds a pipeline well where nothing is in alarm and no permission is missing", () => {
    assert.equal(isWell({ checks: [pipe, alarmOf("events-waiting", "unknown")], missing: [] }), true);
    assert.equal(isWell({ checks: [pipe, alarmOf("events-waiting", "alarm")], missing: [] }), false);
    assert.equal(isWell({ checks: [pipe], missing }), false);
  });

  describe("without a pipeline", () => {
    const at = temporaryFolder();
    for (const [what, args, message] of [
      ["no local run", [], /^No pipeline runs here\./],
      ["no project", ["--stack", "nothing"], /^No Pulumi\.yaml /],
    ] as const)
      it(`says that there is ${what}, and prints JSON alone on standard output`, async () => {
        const { status, stdout, stderr } = await runProgramIn(at(), "stack", "health", ...args, "--json");
        assert.notEqual(status, 0);
        assert.match(stderr, message);
        assert.equal((JSON.parse(stdout) as { code: number }).code, status);
      });
  });
});
