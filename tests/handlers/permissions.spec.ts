import * as assert from "node:assert/strict";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { handlerNames } from "../../domain/names";
import { Variable } from "../../domain/variables";
import { listeners, ownMappings } from "../../preflight/required/declared";

interface Declaration {
  variables: string[];
  calls: { action: string; resource: string }[];
}

/** Returns this project's part of a handler's bundle, before minification. */
async function codeOf(handler: string): Promise<string> {
  const entryPoints = [`handlers/${handler}.ts`];
  const { outputFiles } = await build({ entryPoints, bundle: true, packages: "external", format: "esm", platform: "node", write: false });
  return outputFiles[0].text;
}

/** Services by the suffix of their client's package. */
const prefixes: Record<string, string> = {
  dynamodb: "dynamodb",
  eventbridge: "events",
  lambda: "lambda",
  s3: "s3",
  "secrets-manager": "secretsmanager",
  sqs: "sqs",
};

/**
 * Returns the IAM action of a command. A batch needs the permission for its single calls only in SQS.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
const actionOf = (client: string, command: string) => `${prefixes[client]}:${client === "sqs" ? command.replace(/Batch$/, "") : command}`;

/** Returns the clients in the sources: those of the SDK, and the functions' own (handlers/aws/jsonClient.ts), by the SDK's name of theirs. */
function clientsIn(source: string): Set<string> {
  const ofSdk = [...source.matchAll(/"@aws-sdk\/client-([\w-]+)"/g)].map(([, client]) => client);
  const own = [...source.matchAll(/id: "(\w+)",\s+target: /g)].map(([, id]) => id.replace("secretsmanager", "secrets-manager"));
  return new Set([...ofSdk, ...own]);
}

/** Lists the commands in the sources, with the names of their IAM actions. */
async function actionsIn(source: string): Promise<string[]> {
  const clients = clientsIn(source);
  const commands = [...source.matchAll(/new (?:sdk\.)?(\w+?)Command\d*\(/g)].map(([, name]) => name);
  const actions = [...clients].map(async (client) => {
    const exported = (await import(`@aws-sdk/client-${client}`)) as object;
    return commands.filter((name) => `${name}Command` in exported).map((name) => actionOf(client, name));
  });
  return (await Promise.all(actions)).flat();
}

/** Actions that list, which apply to no single resource. */
const listing = ["events:ListRules", "lambda:ListEventSourceMappings"];

for (const handler of handlerNames)
  describe(`The declaration in handlers/${handler}.permissions.json`, () => {
    const { variables, calls } = JSON.parse(readFileSync(`handlers/${handler}.permissions.json`, "utf8")) as Declaration;
    let source: string;
    before(async () => (source = await codeOf(handler)));

    it("has exactly the AWS calls of the code", async () => {
      assert.deepEqual([...new Set(calls.map(({ action }) => action))].sort(), [...new Set(await actionsIn(source))].sort());
    });

    it("has exactly the variables that the code reads", () => {
      const read = [...source.matchAll(/\bVariable\.(\w+)/g)].map(([, name]) => Variable[name as keyof typeof Variable]);
      // Only the local run sets it, and changes nothing about AWS.
      const inAws = read.filter((name) => name !== Variable.localDestinations);
      assert.deepEqual([...variables].sort(), [...new Set(inAws)].sort());
    });

    it("uses only variables that it declares, and every resource only where AWS has no narrower one", () => {
      for (const { action, resource } of calls) {
        const every = listing.includes(action) ? ["*"] : [];
        assert.ok([...variables, ...every, ownMappings, listeners].includes(resource), `${action} ${resource}`);
      }
    });
  });
