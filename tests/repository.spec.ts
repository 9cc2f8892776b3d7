import * as assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { Type } from "../preflight/graph/types";
import { generated } from "../tools/repo/docs";
import { archivedText, program } from "../testbed/program";

const read = (file: string) => readFileSync(file, "utf8");
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));

describe("The project's files", () => {
  it("never default to local state", () => {
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "package.json", "README.md"]) {
      assert.doesNotMatch(read(file), /file:\/\/(?!\/dev\/stdin)|login (-l|--local)|PULUMI_BACKEND_URL=file/, file);
    }
    const { backend } = parse(read("Pulumi.yaml")) as { backend?: { url: string } };
    assert.ok(backend === undefined || backend.url.startsWith("s3://"));
  });

  it("separate provider, configuration, components and outputs", () => {
    for (const file of ["provider.ts", "config/load.ts", "components/stackOutputs.ts", "components/processor.ts"])
      assert.ok(existsSync(file), file);
    assert.doesNotMatch(read("index.ts"), /new aws\.|@pulumi\/aws/, "index.ts only composes");
    assert.doesNotMatch(read("config/load.ts") + read("components/stackOutputs.ts"), /new aws\./);
    for (const file of filesOf("components")) assert.doesNotMatch(read(file), /new aws\.Provider|new pulumi\.Config/, file);
  });

  it("create roles in one place, which sets the permissions boundary", () => {
    const made = filesOf("components").filter((file) => /new aws\.iam\.Role\(/.test(read(file)));
    assert.deepEqual(made, [path.join("components", "lib", "role.ts")]);
  });

  it("contain the current generated parts, such as Pulumi.yaml's keys and the README's table", () => {
    for (const { file, content } of generated()) assert.equal(read(file), content, `${file}: run "npm run fix"`);
  });

  for (const stack of ["dev", "prod"]) {
    it(`configure the stack ${stack} with values that the program accepts`, async () => {
      const { config } = parse(read(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> };
      const settings = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^webhook-pipeline:/, ""), value]));
      assert.ok((await program(settings, { stack })).resources.length > 60);
    });
  }

  it("keep test events out of production", async () => {
    const { config } = parse(read("Pulumi.prod.yaml")) as { config: Record<string, unknown> };
    assert.equal(config["webhook-pipeline:testEvents"], "ignore");
    const sources = ["stripe", { provider: "adyen", testEvents: "accept" }];
    const receiver = (await program({ testEvents: "ignore", sources }))
      .all(Type.function)
      .find(({ inputs }) => inputs.name === "webhook-receive-dev")!;
    const { archive } = receiver.inputs.code as { archive: Record<string, string> };
    const settings = { stripe: { provider: "stripe", testEvents: "ignore" }, adyen: { provider: "adyen" } };
    assert.equal(archive["sources.json"], archivedText(JSON.stringify(settings)));
  });

  it("contain no credential", () => {
    const all = ["cli", "components", "console", "handlers", "local", "testbed", "tools"].flatMap(filesOf).map(read).join("\n");
    assert.doesNotMatch(all, /AKIA[0-9A-Z]{16}|whsec_[A-Za-z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY/);
  });
});
