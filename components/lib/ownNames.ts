import * as pulumi from "@pulumi/pulumi";
import { isHttps } from "../../config/destinations";
import type { PipelineConfig } from "../../config/schema";
import { destinationName, physicalName, secretName } from "../../domain/names";

/** Pipelines by what no other one of a program may have: account, region and a physical name. */
export type NameOwners = Map<string, string>;

const owners = new WeakMap<object, NameOwners>();

/** Returns the owners of names among the pipelines that share something: a program, or a provider. */
function ownersOf(shared: object): NameOwners {
  const known = owners.get(shared) ?? new Map<string, string>();
  owners.set(shared, known);
  return known;
}

/** Returns the owners of names in the running program, which its connection to the engine tells apart. */
export const ownersOfProgram = (): NameOwners => ownersOf(pulumi.runtime.getMonitor() ?? owners);

/**
 * Refuses a pipeline with a name of an earlier one that has the same AWS provider, before it creates anything. Two providers may be of one
 * account: `nameProblem` tells that once the accounts are known.
 * @param provider `undefined`: the default one
 * @throws RunError
 */
export function requireOwnNames(provider: pulumi.ProviderResource | undefined, pipeline: string, config: PipelineConfig): void {
  const names = provider ? ownersOf(provider) : ownersOfProgram();
  const problem = nameProblem(names, pipeline, "the account of their AWS provider", config);
  if (problem) throw new pulumi.RunError(problem);
}

/**
 * Notes the names of a pipeline, and tells if an earlier pipeline of the program has one of them. AWS would refuse the second resource in the
 * middle of a deployment, or would give both pipelines the same queue.
 * @param account in words, such as `the account 123456789012`
 */
export function nameProblem(names: NameOwners, pipeline: string, account: string, config: PipelineConfig): string | undefined {
  for (const name of namesOf(config)) {
    const key = `${account} ${config.region} ${name}`;
    const owner = names.get(key) ?? pipeline;
    if (owner !== pipeline)
      return (
        `The pipelines ${owner} and ${pipeline} would both create ${name} in ${account} and region ${config.region}. ` +
        "Give each its own environmentSuffix, of which none ends in another, or place them in different accounts or regions."
      );
    names.set(key, pipeline);
  }
  return undefined;
}

/** Returns the names that another pipeline could have: those with the same suffix, and those whose end looks like a longer suffix. */
function namesOf({ environmentSuffix: suffix, sources, destinations }: PipelineConfig): string[] {
  const roles = destinations.some(isHttps) ? (["deliver", "deliverScheduleRole"] as const) : [];
  return [
    `the table ${physicalName("eventsTable", suffix)}`,
    ...roles.map((key) => `the role ${physicalName(key, suffix)}`),
    ...sources.map(({ name }) => `the secret ${secretName(name, suffix)}`),
    ...destinations.flatMap(({ name }) =>
      [destinationName.queue(name, suffix), destinationName.deadLetterQueue(name, suffix)].map((queue) => `the queue ${queue}`),
    ),
  ];
}
