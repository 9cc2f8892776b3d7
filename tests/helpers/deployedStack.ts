import { chmodSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { capture, type Printed } from "./capture";
import { temporaryFolder } from "./script";

/** Puts a `pulumi` on the PATH that prints these outputs of every stack, for the tests of a block. */
export function withStackOutputs(outputs: object): void {
  const at = temporaryFolder();
  const { PATH } = process.env;
  before(() => {
    const program = at("pulumi");
    writeFileSync(program, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(outputs)}\nEND\n`);
    chmodSync(program, 0o755);
    process.env.PATH = `${path.dirname(program)}${path.delimiter}${PATH}`;
  });
  after(() => void (process.env.PATH = PATH));
}

/** Runs a command in this process, without its command line. @throws what the command throws */
export async function printedBy(run: () => Promise<number>): Promise<Printed & { code: number }> {
  const { result: code, ...printed } = await capture(run);
  return { code, ...printed };
}
