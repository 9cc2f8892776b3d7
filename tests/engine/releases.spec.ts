import * as assert from "node:assert/strict";
import { version } from "../../package.json";
import { Engine, previewSteps, up } from "../../testbed/engine/engine";
import { recordedReleases, recordRelease, recordedSettings, restoreRelease } from "../helpers/release";

/** Set RECORD_RELEASE=1 before a release, to record what it deploys. */
const recording = process.env.RECORD_RELEASE === "1";

/** Operations that delete a resource or make another one in its place. */
const replaces = /^(replace|create-replacement|delete|delete-replaced|discard) /;

/** Stacks of releases were deployed in the stand-in's account. The promise of the changelog: within a major version, nothing is replaced. */
describe("A stack that an earlier release has deployed", () => {
  if (recording)
    it("is recorded", async () => {
      const engine = await Engine.start();
      try {
        const stack = await engine.stack("prod", recordedSettings);
        await up(stack);
        await recordRelease(version, stack);
      } finally {
        engine.stop();
      }
    });

  it("is recorded for this version", () => assert.ok(recordedReleases().includes(version), version));

  const [major] = version.split(".");
  for (const release of recordedReleases().filter((one) => one.startsWith(`${major}.`)))
    it(`loses and replaces nothing when ${release} is updated`, async () => {
      const engine = await Engine.start();
      try {
        const stack = await restoreRelease(release, engine);
        const before = [...engine.cloud.resources.keys()];
        assert.ok(before.length > 130, String(before.length));
        const planned = await previewSteps(stack);
        assert.deepEqual(
          planned.filter((step) => replaces.test(step)),
          [],
        );
        const { steps, outputs } = await up(stack);
        assert.deepEqual(
          steps.filter((step) => replaces.test(step)),
          [],
        );
        assert.equal(outputs.tableName, "webhook-events-prod");
        const after = new Set(engine.cloud.resources.keys());
        assert.deepEqual(
          before.filter((key) => !after.has(key)),
          [],
        );
      } finally {
        engine.stop();
      }
    });
});
