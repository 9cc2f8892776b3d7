import { readFile } from "node:fs/promises";
import { largestInItem } from "../../domain/payload";
import { NotFoundError } from "../../domain/userError";
import { sampleOf, type SampleRequest } from "../../local/samples";
import { hasTypes, typeHeaders } from "../../local/sampleTypes";
import type { SigningSecret } from "../../local/secretKey";
import type { SourceDescription } from "../../local/sources";
import { UsageError } from "../lib/errors";
import { readInput } from "../lib/prompt";

/** Options of `send`. */
export interface SendOptions {
  type?: string;
  /** Headers of a request that the provider has signed. */
  header?: Record<string, string>;
  count: number;
  badSignature?: boolean;
  /** Which of two secrets signs. */
  secret?: SigningSecret;
  fail?: boolean;
  json?: boolean;
}

/**
 * Prepares what is sent: a new sample each time, or the same body each time.
 * @param file the body's file, or `-` for standard input
 * @returns a function that returns the next request
 */
export async function prepareRequests(
  source: SourceDescription,
  file: string | undefined,
  { type, fail, header }: SendOptions,
): Promise<() => SampleRequest> {
  const { name } = source;
  // A header takes nothing else.
  if (type !== undefined && !/^[\x21-\x7e]+$/.test(type))
    throw new UsageError(`--type is "${type}". Allowed: an event type in ASCII characters without spaces, such as charge.refunded.`);
  if (type !== undefined && !hasTypes(source))
    throw new UsageError(`The events of ${name} have no type: its description has no type in the body. Leave --type out.`);
  if (header && file === undefined)
    throw new UsageError("--header sends a body that the provider has signed. Give its file, or - for standard input.");
  if (file === undefined) return () => sampleOf(source, { type, padding: fail ? largestInItem + 1 : 0 });
  if (fail) throw new UsageError("--fail sends the source's sample. Leave the file out.");
  const headers = type === undefined ? {} : typeHeaders(source, type);
  if (!headers)
    throw new UsageError(`An event of ${name} says its type in the body. Leave --type out, or leave the file out to send a sample.`);
  const body = await readBody(file);
  return () => ({ body, headers: header ? { "content-type": "application/json", ...header } : headers });
}

async function readBody(file: string): Promise<Buffer> {
  try {
    return file === "-" ? await readInput() : await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new NotFoundError(`There is no file ${file}. Give a file that exists, or - for standard input.`);
    throw new UsageError(`${file === "-" ? "Standard input" : `The file ${file}`} cannot be read (${code}).`);
  }
}
