import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { trailRules } from "../../../preflight/rules/trails";
import { program } from "../../../testbed/program";
import { graphs, other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

type Json = Record<string, unknown>;

const category = (value: string) => ({ fieldSelectors: [{ field: "eventCategory", equals: [value] }] });
const addTrail = (broken: BrokenGraph, inputs: Json) => broken.add(Type.cloudTrail, "trail", inputs);

describe("Rules for trails", () => {
  specifyRules(trailRules, {
    "trail-global-events": [
      own((broken) => broken.set(Type.trail, "isMultiRegionTrail", undefined), "project-audit"),
      other((broken) => addTrail(broken, { name: "everything" })),
      other((broken) => addTrail(broken, { eventSelectors: [{ readWriteType: "All" }] })),
      other((broken) => addTrail(broken, { advancedEventSelectors: [category("Data"), category("Management")] })),
    ],
    "trail-combination": [
      own((broken) => broken.set(Type.trail, "includeGlobalServiceEvents", false)),
      other((broken) => addTrail(broken, { isMultiRegionTrail: true, includeGlobalServiceEvents: false })),
    ],
  });

  it("accept a trail that does not record events of IAM on purpose", async () => {
    const allowed: Json[] = [
      { isMultiRegionTrail: true },
      { includeGlobalServiceEvents: false },
      { eventSelectors: [{ includeManagementEvents: false }] },
      { advancedEventSelectors: [category("Data")] },
    ];
    for (const inputs of allowed) {
      const broken = new BrokenGraph(await graphs.other());
      addTrail(broken, inputs);
      assert.deepEqual(preflight(broken.resources), [], JSON.stringify(inputs));
    }
  });

  it("accept a single-region trail in the region that records these events", async () => {
    const broken = new BrokenGraph((await program({ "aws:region": "us-east-1" })).resources);
    addTrail(broken, { name: "webhook-audit-dev" });
    assert.deepEqual(preflight(broken.resources), []);
  });
});
