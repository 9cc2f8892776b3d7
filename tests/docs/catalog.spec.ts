import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { catalogProviders, readCatalog } from "../../domain/catalog";
import { signsBody, type ProviderDescription } from "../../domain/description";
import { describedProvider } from "../../handlers/sources/described/provider";
import { webhookRequest } from "../../testbed/handlers";
import { problemsOf } from "../helpers/configuration";

describe("docs/catalog.md", () => {
  const [entries, left] = readFileSync("docs/catalog.md", "utf8").split("\n## Providers that are not in the catalog\n");
  const rows = [...left.matchAll(/^\| ([\w. ]+) \| (.+) \| (.+) \|$/gm)].slice(1).map(([, ...cells]) => cells);

  it("says of each entry what its documentation does not say", () => {
    for (const name of catalogProviders) {
      const { title, retries, timeoutSeconds } = readCatalog(name);
      const section = entries.split(/^### /m).find((one) => one.startsWith(`${title}\n`))!;
      assert.equal(section.includes("Not found in its documentation: "), retries === undefined || timeoutSeconds === undefined, name);
      assert.equal(section.includes("- Retries: "), retries !== undefined, name);
      assert.equal(section.includes("- Expects an answer within "), timeoutSeconds !== undefined, name);
    }
  });

  it("gives a reason for each provider that is missing, and has none of them", () => {
    assert.ok(rows.length >= 25);
    const titles = catalogProviders.map((name) => readCatalog(name).title);
    for (const [name, reason] of rows) assert.ok(!titles.includes(name) && reason.length > 10, name);
    assert.deepEqual(
      rows.map(([name]) => name),
      rows.map(([name]) => name).sort((one, other) => one.localeCompare(other, "en")),
    );
  });

  for (const [name, , cell] of rows.filter(([, , text]) => text.startsWith("`")))
    it(`shows a description of ${name} that the configuration accepts`, () => {
      const description = parse(cell.slice(1, -1)) as ProviderDescription;
      const unsigned = !signsBody(description);
      assert.deepEqual(problemsOf({ sources: [{ name: "acme", provider: "custom", description, ...(unsigned && { unsigned }) }] }), []);
    });

  it("shows a description of WooCommerce that answers its first, unsigned form with 200", () => {
    const [, , cell] = rows.find(([name]) => name === "WooCommerce")!;
    const { answerUnsigned } = describedProvider(parse(cell.slice(1, -1)) as ProviderDescription);
    const request = webhookRequest(Buffer.from("webhook_id=12"), { "content-type": "application/x-www-form-urlencoded" });
    assert.equal(answerUnsigned!({ webhook_id: "12" }, request)!.status, 200);
    assert.equal(answerUnsigned!({ id: 12, status: "processing" }, request), undefined);
  });

  it("shows an example that the configuration accepts", () => {
    for (const [, text] of left.matchAll(/^```yaml\n([^]+?)^```/gm)) {
      const { config } = parse(text) as { config: Record<string, unknown> };
      assert.deepEqual(problemsOf({ sources: config["webhook-pipeline:sources"] }), []);
    }
  });
});
