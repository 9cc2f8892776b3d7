import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { outputDescriptions } from "../../components/pipelineOutputs";
import { version } from "../../package.json";

const read = (file: string) => readFileSync(file, "utf8");

describe("The READMEs of the examples", () => {
  it("store a secret in the form that the receiver reads", () => {
    const names = readdirSync("examples", { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    assert.ok(names.length >= 7);
    for (const name of names) {
      const [, json] = /put-secret-value[^]*?```json\n([^]*?)```/.exec(read(`examples/${name}/README.md`)) ?? [];
      const fields = Object.keys(JSON.parse(json ?? "{}") as object);
      assert.deepEqual(fields, ["secret"], name);
    }
  });
});

describe("docs/use.md", () => {
  const text = read("docs/use.md");

  it("shows the minimal example as it is run", () => assert.ok(text.includes(`\`\`\`ts\n${read("examples/minimal/index.ts")}\`\`\``)));

  it("names every output", () => {
    for (const output of Object.keys(outputDescriptions)) assert.ok(text.includes(`\`${output}\``), output);
  });

  it("shows each way in ten lines", () => {
    const ways = text.split(/^## /m).slice(1, 4);
    for (const way of ways) {
      const lines = [...way.matchAll(/^```\w+\n([^]*?)^```/gm)].flatMap(([, code]) => code.trim().split("\n"));
      assert.ok(lines.length > 0 && lines.length <= 10, way);
    }
  });

  it("and the changelog name this version", () => {
    assert.ok(text.includes(`webhook-pipeline-${version}.tgz`));
    assert.match(read("CHANGELOG.md"), new RegExp(`^## ${version}$`, "m"));
  });
});
