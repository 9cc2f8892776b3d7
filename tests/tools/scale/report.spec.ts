import assert from "node:assert/strict";
import { duration, outcomeLines, outcomeTable, saturation, stageLines, stageTable, wrapped } from "../../../tools/scale/report";
import { defaultLimits } from "../../../tools/scale/quotas";
import { threeDays } from "../../../tools/scale/retries";
import { simulate } from "../../../tools/scale/simulate";
import { demandOf } from "../../../tools/scale/stack";
import { measuredStages } from "../../../tools/scale/stages";
import { tracesOf } from "../../../tools/scale/traces";
import { program } from "../../../testbed/program";

describe("The report of a stack's limits", () => {
  it("tells what to do about each", async () => {
    const demand = demandOf((await program()).resources, 3_000);
    const stages = measuredStages(defaultLimits, demand, 1_000);
    assert.match(
      saturation(stages, demand.sources),
      /^The stack accepts 50 events a second, 17 from each of its 3 sources\. The next limits, in events a second: \d/,
    );
    assert.match(
      stageTable(1_000, stages).find((line) => line.includes("`apiRate`"))!,
      /\| 10,000 \| 1,000 \| not needed \|$/,
    );
    assert.match(
      stageTable(20_000, stages).find((line) => line.includes("`apiRate`"))!,
      /request more in Service Quotas \|$/,
    );
    const [trace] = tracesOf(100);
    const outcome = simulate({ ...trace, limits: defaultLimits, demand, retries: threeDays });
    assert.match(
      outcomeTable([{ ...trace, quotas: "q", outcome }]).at(-1)!,
      /^\| Steady: the full rate for an hour \| q \| 360,000 \| \d\d\.\d % \|.*`throttle` \d/,
    );
    const lines = [
      ...wrapped(saturation(stages, demand.sources)),
      ...stageLines(20_000, stages),
      ...outcomeLines([{ ...trace, quotas: "AWS's defaults", outcome }]),
    ];
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
      "a terminal has 80 columns",
    );
    assert.ok(lines.some((line) => /^apiRate +10,000 +1,000$/.test(line)) && lines.includes("  apiRate: request more in Service Quotas"));
    assert.match(lines.at(-1)!, /^steady +AWS's +\d\d\.\d % .* throttle$/);
    assert.deepEqual([90, 600, 7_200, 200_000].map(duration), ["90 s", "10 min", "2.0 h", "2.3 d"]);
  });
});
