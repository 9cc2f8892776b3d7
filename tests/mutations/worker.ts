import "../../testbed/environment";
import { allMutations, tryMutations } from "./run";

// Each file's Mocha adds an exit listener: more than Node's default limit.
process.setMaxListeners(0);

/** Arguments: index of the share, number of shares, and the sample's size, if any. */
const [share, shares, sample] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
  const all = await allMutations();
  // A sample is spread over all changes, so that it has some of every kind.
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
