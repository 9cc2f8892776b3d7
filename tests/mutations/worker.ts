import "../../testbed/environment";
import { allMutations, tryMutations } from "./run";

// Each specification's Mocha listens for the end of the process anew; there are more of them than Node expects.
process.setMaxListeners(0);

/** Arguments: which share of how many, and, for a sample, of how many changes in all. */
const [share, shares, sample] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
  const all = await allMutations();
  // Spread over all of them, so that a sample has some of every kind.
  const chosen =
    sample === undefined
      ? all
      : all.filter((_, index) => Math.floor(((index + 1) * sample) / all.length) > Math.floor((index * sample) / all.length));
  const mine = chosen.filter((_, index) => index % shares === share);
  await tryMutations(mine, (outcome) => process.send!(outcome));
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
process.on("disconnect", () => process.exit(1));
