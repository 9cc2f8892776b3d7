import * as assert from "node:assert/strict";
import { ConfigurationError, parseConfig } from "../../config/load";
import type { PipelineConfig } from "../../config/schema";

/** Parses the configuration of the stack dev, as the engine would hand it over. @param settings keys without the project's namespace */
export function parseSettings(settings: Record<string, unknown>): PipelineConfig {
  const own = Object.entries(settings).map(([key, value]) => [
    `webhook-pipeline:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseConfig({ project: "webhook-pipeline", stack: "dev", values: { "aws:region": "eu-central-1", ...Object.fromEntries(own) } });
}

/** Returns what is wrong with a configuration, a sentence each. */
export function problemsOf(settings: Record<string, unknown>): readonly string[] {
  try {
    parseSettings(settings);
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
