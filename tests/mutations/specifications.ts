import Mocha from "mocha";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import type { Registration } from "../../preflight/graph/resource";
import { alterGraphs } from "../../testbed/program";
import { mutate, type Mutation } from "./mutation";

const tests = path.resolve(__dirname, "..");

/** Lists the specifications that look only at captured graphs. */
function specificationFiles(): string[] {
  const ofComponents = readdirSync(path.join(tests, "components"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => path.join("components", file));
  return [...ofComponents, "program.spec.ts", "preview.spec.ts"].map((file) => path.join(tests, file));
}

/** Reporter that prints nothing. */
class Silent extends Mocha.reporters.Base {}

/** Runs the specifications of the components repeatedly in this process, each time against other graphs. */
export class Specifications {
  readonly #files = specificationFiles().map((file) => ({ mocha: load(file), noticed: new Map<string, number>() }));

  /** Returns title and message of the first specification that fails for the changed program; `undefined` if none does. Starts with the file that has
   * noticed most changes of the type. */
  async firstBroken(mutation?: Mutation): Promise<string | undefined> {
    const type = mutation?.type ?? "";
    const noticedBy = ({ noticed }: { noticed: Map<string, number> }) => noticed.get(type) ?? 0;
    alterGraphs(mutation && ((resources) => (mutate(resources, mutation) ?? resources) as Registration[]));
    try {
      for (const file of [...this.#files].sort((a, b) => noticedBy(b) - noticedBy(a))) {
        const broken = await firstFailure(file.mocha);
        if (broken === undefined) continue;
        file.noticed.set(type, noticedBy(file) + 1);
        return broken;
      }
      return undefined;
    } finally {
      alterGraphs(undefined);
    }
  }
}

function load(file: string): Mocha {
  const mocha = new Mocha({ reporter: Silent, timeout: 180_000, bail: true });
  mocha.cleanReferencesAfterRun(false);
  mocha.addFile(file);
  return mocha;
}

async function firstFailure(mocha: Mocha): Promise<string | undefined> {
  let broken: string | undefined;
  let runner: Mocha.Runner;
  await new Promise<void>((resolve) => {
    runner = mocha.run(() => resolve());
    runner.on("fail", (test: Mocha.Test, { message }: Error) => (broken ??= `${test.fullTitle()}: ${message}`));
  });
  // Each runner hands an unhandled rejection to all others that still listen: a dozen of them would never end.
  runner!.dispose();
  return broken;
}
