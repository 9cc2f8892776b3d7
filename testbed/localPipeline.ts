import { onInterruption } from "../cli/lib/interruption";
import { startMiniStack } from "../local/ministack";
import { deploySettings, type EveryProviderPipeline } from "../local/pipeline";
import { everyProvider, type LocalSettings } from "../local/settings";

/**
 * Runs something with a pipeline on a local AWS of its own, which ends with it, whatever happens.
 * @param change changes the settings of the pipeline; absent: nothing
 */
export async function withPipeline<T>(
  suffix: string,
  run: (pipeline: EveryProviderPipeline) => Promise<T>,
  change: (settings: LocalSettings) => LocalSettings = (settings) => settings,
): Promise<T> {
  const { aws, stop } = await startMiniStack({ region: "us-east-1", onSpawn: onInterruption });
  try {
    return await run((await deploySettings(aws, change(everyProvider(aws.region, suffix)))) as EveryProviderPipeline);
  } finally {
    await stop();
  }
}
