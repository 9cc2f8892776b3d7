import * as assert from "node:assert/strict";
import { createRequire } from "node:module";
import { openingReason } from "../../../handlers/deliver/breaker";
import { countFailure, readState } from "../../../handlers/deliver/state";
import { seeded } from "../../../testbed/chaos/random";
import { Tables } from "../../helpers/tables";

type Successes = typeof import("../../../handlers/deliver/successes");

const path = "../../../handlers/deliver/successes";
const load = createRequire(__filename);
/** Returns the module as another container has it: with successes of its own. */
function container(): Successes {
  const file = load.resolve(path);
  const usual = load.cache[file];
  delete load.cache[file];
  try {
    return load(path) as Successes;
  } finally {
    load.cache[file] = usual;
  }
}

const minute = 60_000;
/** Begin of a window of five minutes. */
const begin = Date.parse("2026-01-31T12:00:00Z");

/** Each keeps its successes since its own last failure, and only failures are written. */
describe("The breaker's share of failures, over many containers", () => {
  const tables = new Tables();
  let name: string;
  let names = 0;
  before(() => tables.start());
  after(() => tables.stop());
  beforeEach(() => (name = `orders-${++names}`));

  const fail = async ({ takeSuccesses }: Successes, now: number) =>
    countFailure(name, await readState(name), takeSuccesses(name, now), now);

  /** Sends from random containers in one window until the share opens the breaker. @returns the attempts until then */
  async function attemptsUntilOpen(part: number, containers: number, most: number): Promise<number | undefined> {
    const random = seeded(1);
    const all = Array.from({ length: containers }, container);
    for (let sent = 1; sent <= most; sent++) {
      const one = random.oneOf(all);
      if (random.fraction() >= part) one.keepSuccess(name, begin);
      else if (openingReason({ ...(await fail(one, begin)), failuresInRow: 0 }, containers)) return sent;
    }
    return undefined;
  }

  for (const containers of [1, 10, 50]) {
    it(`stays below 70 % where 40 % of the attempts of ${containers} fail`, async () =>
      assert.equal(await attemptsUntilOpen(0.4, containers, 600), undefined));

    it(`is reached where 90 % of the attempts of ${containers} fail, with six from each`, async () => {
      const attempts = await attemptsUntilOpen(0.9, containers, 600);
      assert.ok(attempts !== undefined && attempts <= Math.max(30, 6 * containers), String(attempts));
    });
  }

  it("leaves out the successes of containers that have not failed since", async () => {
    const [failing, ...others] = Array.from({ length: 10 }, container);
    for (const { keepSuccess } of others) for (let index = 0; index < 10; index++) keepSuccess(name, begin);
    for (let index = 0; index < 19; index++) await fail(failing, begin);
    assert.match(openingReason({ ...(await fail(failing, begin)), failuresInRow: 0 }, 1)!, /^20 of 20 attempts failed/);
  });

  it("begins anew with each window of the clock, so that failures across its end do not add up", async () => {
    const one = container();
    for (let index = 0; index < 19; index++) await fail(one, begin + 5 * minute - 1);
    const { windowSent, windowFailed } = await fail(one, begin + 5 * minute);
    assert.deepEqual([windowSent, windowFailed], [1, 1]);
  });
});
