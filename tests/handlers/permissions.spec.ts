import * as assert from "node:assert/strict";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { Variable } from "../../domain/variables";

interface Declaration {
  variables: string[];
  calls: { action: string; resource: string }[];
}

/** This project's part of a handler's bundle, as it is before it is minified. */
async function codeOf(handler: string): Promise<string> {
  const entryPoints = [`handlers/${handler}.ts`];
  const { outputFiles } = await build({ entryPoints, bundle: true, packages: "external", format: "esm", platform: "node", write: false });
  return outputFiles[0].text;
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
    before(async () => (source = await codeOf(handler)));

    it("is every call to AWS that the code makes, and no other", async () => {
      assert.deepEqual([...new Set(calls.map(({ action }) => action))].sort(), [...new Set(await actionsIn(source))].sort());
    });

    it("is every variable that the code reads, and no other", () => {
      const read = [...source.matchAll(/(?:requiredVariable\(|process\.env\[)Variable\.(\w+)/g)].map(
        ([, name]) => Variable[name as keyof typeof Variable],
      );
      assert.deepEqual([...variables].sort(), [...new Set(read)].sort());
    });

    it("is of variables that it declares, too", () => {
      for (const { resource } of calls) assert.ok(variables.includes(resource), resource);
    });
  });
