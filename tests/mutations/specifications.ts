import Mocha from "mocha";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import type { Registration } from "../../graph/resource";
import { alterGraphs } from "../../testbed/program";
import { mutate, type Mutation } from "./mutation";

const tests = path.resolve(__dirname, "..");

/** Those that look at captured graphs and at nothing else. */
function specificationFiles(): string[] {
  const ofComponents = readdirSync(path.join(tests, "components"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => path.join("components", file));
  return [...ofComponents, "program.spec.ts", "preview.spec.ts"].map((file) => path.join(tests, file));
}

/** Prints nothing. */
class Silent extends Mocha.reporters.Base {}

/** The specifications of the components, run again and again in this process, each time against other graphs. */
export class Specifications {
  readonly #files = specificationFiles().map((file) => ({ mocha: load(file), noticed: new Map<string, number>() }));

  /** The title of the first one that does not hold of the mutated program; `undefined` if all of them do. What has noticed most changes
   * of a type is asked first. */
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
  const mocha = new Mocha({ reporter: Silent, timeout: 20_000, bail: true });
  mocha.cleanReferencesAfterRun(false);
  mocha.addFile(file);
  return mocha;
}

async function firstFailure(mocha: Mocha): Promise<string | undefined> {
  let broken: string | undefined;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("fail", (test: Mocha.Test) => (broken ??= test.fullTitle()));
  });
  return broken;
}
