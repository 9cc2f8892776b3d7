import type { EveryProviderPipeline } from "../../local/pipeline";
import { createSigning } from "../../local/signing";
import { localSources, type LocalSource } from "../../local/sources";

/** Returns what senders need of a pipeline all of whose sources have this URL. */
export async function pipelineAt(url: string): Promise<EveryProviderPipeline> {
  const urls = Object.fromEntries(localSources.map((source) => [source, url])) as Record<LocalSource, string>;
  return { urls, signing: (await createSigning(urls)).signing } as unknown as EveryProviderPipeline;
}
