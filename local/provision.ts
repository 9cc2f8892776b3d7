import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { randomBytes } from "node:crypto";
import { answerInvoke } from "../preflight/graph/mocks";
import { generatedName } from "../preflight/graph/uniqueNames";
import { runProgram, type Backend, type ProgramResult, type ProgramRun } from "../preflight/graph/run";
import { UserError } from "../domain/userError";
import { createClients, type LocalAws } from "./clients";
import { bucketProvisioners } from "./provision/buckets";
import { computeProvisioners } from "./provision/compute";
import { eventProvisioners } from "./provision/events";
import { foundationProvisioners } from "./provision/foundation";
import type { Inputs, Where } from "./provision/types";

const provisioners = { ...foundationProvisioners, ...bucketProvisioners, ...computeProvisioners, ...eventProvisioners };

interface ProvisionOptions {
  /** Generated names by type and logical name; new ones are added. */
  names?: Record<string, string>;
  /** ID of a kept run's REST API. */
  apiId?: string;
  /** URLs on this machine that get a destination's deliveries, by its name. */
  localUrls?: Readonly<Record<string, string>>;
  /** Called after each resource with the number of resources so far. */
  onResource?: (count: number) => void;
}

/**
 * Runs the program that `pulumi up` deploys, and creates each resource through the AWS SDK as the program registers it.
 * @throws Error that names the resource and the endpoint's answer, after all calls have settled
 */
export async function provision(
  run: ProgramRun,
  aws: LocalAws,
  { names = {}, apiId, localUrls = {}, onResource = () => {} }: ProvisionOptions = {},
): Promise<ProgramResult> {
  const clients = createClients(aws);
  const { Account: accountId } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const where: Where = { clients, aws: { ...aws, accountId: accountId! }, apiId, localUrls };
  let count = 0;
  const backend: Backend = {
    newResource: async ({ type, name, inputs }) => {
      if (type.startsWith("webhook:") || type === "pulumi:providers:aws") return { id: name, state: inputs };
      const named = withName(type, name, inputs, names);
      const { id, ...outputs } = await create(where, type, name, named);
      onResource(++count);
      return { id, state: { ...named, ...outputs } };
    },
    call: ({ token }) => answerInvoke(token, aws.region, accountId!),
  };
  return runProgram(run, backend);
}

/** Adds a name such as the engine generates where the program gives none. */
function withName(type: string, logicalName: string, inputs: Inputs, names: Record<string, string>): Inputs {
  const generated = generatedName(type, inputs as Record<string, unknown>, logicalName, randomBytes(4).toString("hex"));
  if (generated === undefined) return inputs;
  return { ...inputs, name: (names[`${type} ${logicalName}`] ??= generated) };
}

/** Tells whether an error is an answer of the local AWS, or comes from this program. */
const hasAnswered = (error: unknown) =>
  !["ECONNREFUSED", "ECONNRESET", "EPIPE", "TimeoutError"].some((code) =>
    [(error as NodeJS.ErrnoException).code, (error as Error).name].includes(code),
  );

async function create(where: Where, type: string, name: string, inputs: Inputs) {
  const provisioner = provisioners[type];
  if (!provisioner) throw new Error(`The local run cannot make ${name}: it does not know the type ${type} (local/provision/).`);
  try {
    return await provisioner(where, inputs, name);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!hasAnswered(error))
      throw new UserError(`The local AWS at ${where.aws.endpoint} does not answer any more (${(error as Error).message}).`);
    throw new Error(`The local AWS refused ${name} (${type}): ${(error as Error).message}`, { cause: error });
  }
}
