import * as assert from "node:assert/strict";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import * as path from "node:path";

interface Declaration {
  variables: string[];
  calls: { action: string; resource: string }[];
}

/** The sources of this project that a handler is made of. */
async function sourcesOf(handler: string): Promise<string> {
  const { metafile } = await build({
    entryPoints: [`handlers/${handler}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    logLevel: "silent",
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules"));
  return own.map((file) => readFileSync(path.resolve(file), "utf8")).join("\n");
}

/** Services by the ending of their client's package. */
const prefixes: Record<string, string> = { dynamodb: "dynamodb", s3: "s3", "secrets-manager": "secretsmanager", sqs: "sqs" };

/** Each command that is made somewhere in the sources, as IAM names the action. */
async function actionsIn(source: string): Promise<string[]> {
  const clients = new Set([...source.matchAll(/"@aws-sdk\/client-([\w-]+)"/g)].map(([, client]) => client));
  const commands = [...source.matchAll(/new (?:sdk\.)?(\w+)Command\(/g)].map(([, name]) => name);
  const actions = [...clients].map(async (client) => {
    const exported = (await import(`@aws-sdk/client-${client}`)) as object;
    return commands.filter((name) => `${name}Command` in exported).map((name) => `${prefixes[client]}:${name}`);
  });
  return (await Promise.all(actions)).flat();
}

for (const handler of ["receive", "process", "reconcile"])
  describe(`What handlers/${handler}.permissions.json declares`, () => {
    const { variables, calls } = JSON.parse(readFileSync(`handlers/${handler}.permissions.json`, "utf8")) as Declaration;
    let source: string;
    before(async () => (source = await sourcesOf(handler)));

    it("is every call to AWS that the code makes, and no other", async () => {
      assert.deepEqual([...new Set(calls.map(({ action }) => action))].sort(), [...new Set(await actionsIn(source))].sort());
    });

    it("is every variable that the code reads, and no other", () => {
      const contract = readFileSync("domain/event.ts", "utf8");
      const read = [...source.matchAll(/(?:requiredVariable\(|process\.env\[)Variable\.(\w+)/g)].map(
        ([, name]) => new RegExp(`\\b${name}: "(\\w+)"`).exec(contract)![1],
      );
      assert.deepEqual([...variables].sort(), [...new Set(read)].sort());
    });

    it("is of variables that it declares, too", () => {
      for (const { resource } of calls) assert.ok(variables.includes(resource), resource);
    });
  });
