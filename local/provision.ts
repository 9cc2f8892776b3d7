import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { randomBytes } from "node:crypto";
import { answerInvoke } from "../graph/mocks";
import { generatedName } from "../graph/uniqueNames";
import { runProgram, type Backend, type ProgramResult, type ProgramRun } from "../graph/run";
import { createClients, type LocalAws } from "./clients";
import { bucketProvisioners } from "./provision/buckets";
import { computeProvisioners } from "./provision/compute";
import { foundationProvisioners } from "./provision/foundation";
import type { Inputs, Where } from "./provision/types";

const provisioners = { ...foundationProvisioners, ...bucketProvisioners, ...computeProvisioners };

/**
 * Runs the program that `pulumi up` deploys, and creates each of its resources through the AWS SDK as it registers them.
 * @param onResource called after each resource, with how many there are by then
 * @throws Error that names the resource and what the endpoint answered, after everything under way has settled.
 */
export async function provision(run: ProgramRun, aws: LocalAws, onResource: (count: number) => void = () => {}): Promise<ProgramResult> {
  const clients = createClients(aws);
  const { Account: accountId } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const where: Where = { clients, aws: { ...aws, accountId: accountId! } };
  let count = 0;
  const backend: Backend = {
    newResource: async ({ type, name, inputs }) => {
      if (type.startsWith("webhook:") || type === "pulumi:providers:aws") return { id: name, state: inputs };
      const named = withName(type, name, inputs);
      const { id, ...outputs } = await create(where, type, name, named);
      onResource(++count);
      return { id, state: { ...named, ...outputs } };
    },
    call: ({ token }) => answerInvoke(token, aws.region, accountId!),
  };
  return runProgram(run, backend);
}

/** With a name like the engine's own where the program gives none. */
function withName(type: string, logicalName: string, inputs: Inputs): Inputs {
  const name = generatedName(type, inputs as Record<string, unknown>, logicalName, randomBytes(4).toString("hex"));
  return name === undefined ? inputs : { ...inputs, name };
}

async function create(where: Where, type: string, name: string, inputs: Inputs) {
  const provisioner = provisioners[type];
  if (!provisioner) throw new Error(`The local run cannot make ${name}: it does not know the type ${type} (local/provision/).`);
  try {
    return await provisioner(where, inputs, name);
  } catch (error) {
    throw new Error(`The local AWS refused ${name} (${type}): ${(error as Error).message}`, { cause: error });
  }
}
