import childProcess = require("node:child_process");
import { mock } from "node:test";
import { capture, type Printed } from "./capture";

/**
 * Has `pulumi` print these outputs of every stack, for the tests of a block, without a process: starting one from a process as large as that of
 * all tests takes longer than a command. tests/engine/operations.spec.ts runs the real one.
 */
export function withStackOutputs(outputs: object): void {
  let spawned: { mock: { restore(): void } };
  before(() => {
    const printed = { status: 0, stdout: JSON.stringify(outputs), stderr: "" };
    spawned = mock.method(childProcess, "spawnSync", () => printed as never);
  });
  after(() => spawned.mock.restore());
}

/** Runs a command in this process, without its command line. @throws what the command throws */
export async function printedBy(run: () => Promise<number>): Promise<Printed & { code: number }> {
  const { result: code, ...printed } = await capture(run);
  return { code, ...printed };
}
