import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { takeLock, withLock } from "../../local/lock";
import { temporaryFolder } from "../helpers/script";

describe("A lock", () => {
  const file = temporaryFolder();

  it("lets one run after another, and tells the second one once whom it waits for", async () => {
    const events: string[] = [];
    const waited: number[] = [];
    const runs = ["a", "b"].map((name) =>
      withLock(
        file("shared"),
        (pid) => waited.push(pid),
        async () => {
          events.push(`${name} begins`);
          await sleep(50);
          events.push(`${name} ends`);
        },
      ),
    );
    await Promise.all(runs);
    assert.deepEqual(events, ["a begins", "a ends", "b begins", "b ends"]);
    assert.deepEqual(waited, [process.pid]);
    assert.equal(existsSync(file("shared")), false);
  });

  it("is free after a failure", async () => {
    const failing = withLock(
      file("failed"),
      () => assert.fail(),
      () => Promise.reject(new Error("no")),
    );
    await assert.rejects(failing, /^Error: no$/);
    assert.equal(existsSync(file("failed")), false);
  });

  for (const [what, pid] of [
    ["a process that has ended", spawnSync("true").pid],
    ["an earlier process with this one's ID", process.pid],
  ] as const)
    it(`is taken over from ${what}`, () => {
      writeFileSync(file("stale"), String(pid));
      const release = takeLock(file("stale"));
      assert.ok(typeof release === "function");
      release();
      assert.deepEqual(readdirSync(file()), []);
    });

  it("names the process that holds it", () => {
    writeFileSync(file("held"), String(process.ppid));
    assert.equal(takeLock(file("held")), process.ppid);
  });
});
