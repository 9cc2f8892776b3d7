import Mocha from "mocha";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import type { Registration } from "../../graph/resource";
import { alterGraphs } from "../helpers/graph";
import { mutate, type Mutation } from "./mutation";

const tests = path.resolve(__dirname, "..");

/** Those that look at captured graphs and at nothing else. */
function specificationFiles(): string[] {
  const ofComponents = readdirSync(path.join(tests, "components")).map((file) => path.join("components", file));
  return [...ofComponents, "program.spec.ts", "preview.spec.ts"].map((file) => path.join(tests, file));
}

/** Prints nothing. */
class Silent extends Mocha.reporters.Base {}

/** The specifications of the components, run again and again in this process, each time against other graphs. */
export class Specifications {
  readonly #mocha: Mocha;

  constructor() {
    this.#mocha = new Mocha({ reporter: Silent, timeout: 20_000, bail: true });
    this.#mocha.cleanReferencesAfterRun(false);
    for (const file of specificationFiles()) this.#mocha.addFile(file);
  }

  /** The title of the first one that does not hold of the mutated program; `undefined` if all of them do. */
  async firstBroken(mutation?: Mutation): Promise<string | undefined> {
    alterGraphs(mutation && ((resources) => (mutate(resources, mutation) ?? resources) as Registration[]));
    let broken: string | undefined;
    await new Promise<void>((resolve) => {
      const runner = this.#mocha.run(() => resolve());
      runner.on("fail", (test: Mocha.Test) => (broken ??= test.fullTitle()));
    });
    alterGraphs(undefined);
    return broken;
  }
}
