import * as assert from "node:assert/strict";
import { ConfigurationError, parseConfig } from "../../config/load";
import type { PipelineConfig } from "../../config/schema";

/**
 * Parses the configuration of a stack, as the engine would hand it over.
 * @param settings keys, the project's own without its namespace; one that is `undefined` is not set
 */
export function parseSettings(settings: Record<string, unknown> = {}, stack = "dev"): PipelineConfig {
  const values = Object.entries({ "aws:region": "eu-central-1", ...settings })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      key.includes(":") ? key : `webhook-pipeline:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  return parseConfig({ project: "webhook-pipeline", stack, values: Object.fromEntries(values) as Record<string, string> });
}

/** Returns what is wrong with a configuration, a sentence each. */
export function problemsOf(settings: Record<string, unknown>, stack?: string): readonly string[] {
  try {
    parseSettings(settings, stack);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
  return [];
}

/** Asserts that a configuration is refused with such a sentence, and that each of its sentences is one line. */
export function assertRefused(settings: Record<string, unknown>, message: RegExp): void {
  const found = problemsOf(settings);
  assert.ok(
    found.some((one) => message.test(one)),
    found.join("\n"),
  );
  assert.ok(found.every((one) => !one.includes("\n")));
}

/** Describes a source that signs the body alone. */
export const bodyAlone = {
  verify: { scheme: "hmac", algorithm: "sha256", encoding: "hex", signature: { header: "X-Acme-Signature" }, signed: "{body}" },
};
/** Configures one source of the provider custom. */
export const acme = (changes: object = {}) => ({
  sources: [{ name: "acme", provider: "custom", description: { ...bodyAlone, ...changes } }],
});
