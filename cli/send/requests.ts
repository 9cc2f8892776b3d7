import { NotFoundError } from "../../domain/userError";
import { readFileSync } from "node:fs";
import { largestInItem } from "../../domain/payload";
import { sampleOf, type SampleRequest } from "../../local/samples";
import { typeHeaders } from "../../local/sampleTypes";
import type { SourceDescription } from "../../local/sources";
import { UsageError } from "../lib/errors";

/** Options of `send`. */
export interface SendOptions {
  type?: string;
  count: number;
  badSignature?: boolean;
  fail?: boolean;
  json?: boolean;
}

/**
 * Prepares what is sent: a new sample each time, or the same body each time.
 * @param file the body's file, or `-` for standard input
 * @returns a function that returns the next request
 */
export function prepareRequests(source: SourceDescription, file: string | undefined, { type, fail }: SendOptions): () => SampleRequest {
  if (file === undefined) return () => sampleOf(source, { type, padding: fail ? largestInItem + 1 : 0 });
  if (fail) throw new UsageError("--fail sends the source's sample. Leave the file out.");
  const headers = type === undefined ? {} : typeHeaders(source, type);
  const body = readBody(file);
  return () => ({ body, headers });
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new NotFoundError(`There is no file ${file}. Give a file that exists, or - for standard input.`);
    throw new UsageError(`${file === "-" ? "Standard input" : `The file ${file}`} cannot be read (${code}).`);
  }
}
