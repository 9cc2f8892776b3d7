import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { preflight } from "../../../preflight/preflight";
import { trailRules } from "../../../preflight/rules/trails";
import { program } from "../../../testbed/program";
import { graphs, other, own, Patient, specifyRules } from "../../helpers/patient";

type Json = Record<string, unknown>;

const category = (value: string) => ({ fieldSelectors: [{ field: "eventCategory", equals: [value] }] });
const addTrail = (patient: Patient, inputs: Json) => patient.add(Type.cloudTrail, "trail", inputs);

describe("Rules over trails", () => {
  specifyRules(trailRules, {
    "trail-global-events": [
      own((patient) => patient.set(Type.trail, "isMultiRegionTrail", undefined), "project-audit"),
      other((patient) => addTrail(patient, { name: "everything" })),
      other((patient) => addTrail(patient, { eventSelectors: [{ readWriteType: "All" }] })),
      other((patient) => addTrail(patient, { advancedEventSelectors: [category("Data"), category("Management")] })),
    ],
    "trail-combination": [
      own((patient) => patient.set(Type.trail, "includeGlobalServiceEvents", false)),
      other((patient) => addTrail(patient, { isMultiRegionTrail: true, includeGlobalServiceEvents: false })),
    ],
  });

  it("leave alone what claims no events of IAM", async () => {
    const allowed: Json[] = [
      { isMultiRegionTrail: true },
      { includeGlobalServiceEvents: false },
      { eventSelectors: [{ includeManagementEvents: false }] },
      { advancedEventSelectors: [category("Data")] },
    ];
    for (const inputs of allowed) {
      const patient = new Patient(await graphs.other());
      addTrail(patient, inputs);
      assert.deepEqual(preflight(patient.resources), [], JSON.stringify(inputs));
    }
  });

  it("leave the one region alone in which these events are recorded", async () => {
    const patient = new Patient((await program({ "aws:region": "us-east-1" })).resources);
    addTrail(patient, { name: "webhook-audit-dev" });
    assert.deepEqual(preflight(patient.resources), []);
  });
});
