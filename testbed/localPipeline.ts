import { onInterruption } from "../cli/lib/interruption";
import { startMiniStack } from "../local/ministack";
import { deployPipeline, type EveryProviderPipeline } from "../local/pipeline";

/** Runs something with a pipeline on a local AWS of its own, which ends with it, whatever happens. */
export async function withPipeline<T>(suffix: string, run: (pipeline: EveryProviderPipeline) => Promise<T>): Promise<T> {
  const { aws, stop } = await startMiniStack({ region: "us-east-1", onSpawn: onInterruption });
  try {
    return await run(await deployPipeline(aws, suffix));
  } finally {
    await stop();
  }
}
