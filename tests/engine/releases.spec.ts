import * as assert from "node:assert/strict";
import { version } from "../../package.json";
import { Engine, previewSteps, up } from "../../testbed/engine/engine";
import { recordedStack, recordedStacks, recordings, recordRelease, restoreRelease, type RecordedStack } from "../helpers/release";

/** Set RECORD_RELEASE=1 before a release, to record what it deploys. */
const recording = process.env.RECORD_RELEASE === "1";

/** Operations that delete a resource or make another one in its place. */
const replaces = /^(replace|create-replacement|delete|delete-replaced|discard) /;

/** Stacks of releases were deployed in the stand-in's account. The promise of the changelog: within a major version, nothing is replaced. */
describe("A stack that an earlier release has deployed", () => {
  const names = Object.keys(recordedStacks) as RecordedStack[];
  for (const name of recording ? names : [])
    it(`is recorded: ${name}`, async () => {
      const engine = await Engine.start();
      try {
        const stack = await recordedStack(engine, name);
        await up(stack);
        await recordRelease({ version, stack: name }, stack);
      } finally {
        engine.stop();
      }
    });

  it("is recorded for this version", () => {
    const own = recordings().filter((one) => one.version === version);
    assert.deepEqual(own.map(({ stack }) => stack).sort(), names.sort());
  });

  const [major] = version.split(".");
  for (const release of recordings().filter((one) => one.version.startsWith(`${major}.`)))
    it(`loses and replaces nothing when ${release.version} is updated: ${release.stack}`, async () => {
      const engine = await Engine.start();
      try {
        const stack = await restoreRelease(release, engine);
        const before = [...engine.cloud.resources.keys()];
        assert.ok(before.length > 80, String(before.length));
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
