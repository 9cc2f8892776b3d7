import { currentKey } from "../../local/currentKey";
import type { LocalPipeline } from "../../local/pipeline";
import type { SampleRequest } from "../../local/samples";
import { createKey, seal, sign } from "../../local/signing";
import type { SourceDescription } from "../../local/sources";
import { UsageError } from "../lib/errors";
import type { SendOptions } from "./requests";

/** A request that is ready to be sent. Its signature is of the moment at which it is. */
export interface Prepared {
  body: Buffer;
  headers: () => Record<string, string>;
}

/** Finds a source of the run. @throws UsageError that lists the run's sources */
export function requireSource({ sources }: LocalPipeline, name: string): SourceDescription {
  const source = sources.find((one) => one.name === name);
  if (source) return source;
  throw new UsageError(`Unknown source "${name}". Sources of this run: ${sources.map((one) => one.name).join(", ")}.`);
}

/** Returns what seals and signs a request: with the run's key, or with another one. */
export async function sealing(
  pipeline: LocalPipeline,
  source: SourceDescription,
  { badSignature, secret }: Pick<SendOptions, "badSignature" | "secret"> = {},
): Promise<(request: SampleRequest) => Prepared> {
  const { name } = source;
  const keys = { [name]: badSignature ? await createKey(source, pipeline.urls[name]) : await currentKey(pipeline, name, secret) };
  return ({ body, headers }: SampleRequest): Prepared => {
    const ready = seal(name, body, keys);
    return { body: ready, headers: () => ({ ...sign(name, ready, keys), ...headers }) };
  };
}

/** Returns a request as it is: its headers sign it already. */
export const asIs = ({ body, headers }: SampleRequest): Prepared => ({ body, headers: () => headers });
