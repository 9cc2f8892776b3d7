import { computeOutputs } from "../../../preflight/graph/mocks";
import { Type } from "../../../preflight/graph/types";
import { uniqueNames } from "../../../preflight/graph/uniqueNames";
import { logDelivery } from "../../../preflight/required/stateMachines";
import type { Standstill } from "./standstill";
import { plain, type Properties } from "./values";

export interface StoredResource {
  type: string;
  id: string;
  /** Inputs from the engine, with wrapped secrets. */
  inputs: Properties;
  outputs: Properties;
}

/** Types that awsx's components create, with what the program sees of them beside their IDs. */
const madeByComponents: Readonly<Record<string, Properties>> = {
  "aws:ec2/vpc:Vpc": {},
  "aws:ec2/subnet:Subnet": {},
  "aws:ec2/eip:Eip": { publicIp: "198.51.100.7" },
  [Type.cloudTrail]: {},
};

/** Inputs that name a managed policy, with the beginning of IAM's error for a missing one. */
const policyReferences = [
  { type: Type.role, inputName: "permissionsBoundary", awsError: "Scope ARN:" },
  { type: Type.rolePolicyAttachment, inputName: "policyArn", awsError: "Policy" },
];

const writtenByApiGateway = /^(\/aws\/apigateway\/|API-Gateway-Execution-Logs_)/;

/** An account in one region. It keeps resources until they are deleted, even if no stack knows them, and refuses what AWS refuses at creation
 * and deletion. */
export class Cloud {
  readonly region: string;
  readonly resources = new Map<string, StoredResource>();
  /** All changing calls in order, such as `create aws:sqs/queue:Queue webhook-event-store-dead-letters`. */
  readonly journal: string[] = [];
  /** Names of deleted secrets that can still be restored. These names are taken. */
  readonly scheduledForDeletion = new Set<string>();
  /** Log groups that API Gateway creates again after their deletion, for late lines.
   * @see https://github.com/serverless/serverless/issues/6906 */
  readonly remadeLogGroups = new Set<string>();
  /** Delays the next changes. Set by a test that inspects a running deployment. */
  hold: Promise<void> | undefined;
  /** Stops the running deployment at a point. Set by a test that kills it. */
  standstill: Standstill | undefined;
  #made = 0;

  constructor(region: string) {
    this.region = region;
  }

  all(type: string): StoredResource[] {
    return [...this.resources.values()].filter((resource) => resource.type === type);
  }

  find(type: string, id: string): StoredResource | undefined {
    return this.resources.get(`${type} ${id}`);
  }

  /** Creates a resource. @returns its ID and outputs @throws Error with AWS's error if AWS would refuse */
  create(type: string, name: string, inputs: Properties): StoredResource {
    this.#refuseTakenName(type, inputs);
    this.#refuseUnknownPolicy(type, inputs);
    if (type === Type.stateMachine) this.#refuseWithoutLogDelivery(inputs);
    const { id, ...outputs } = this.compute(type, `${name}-${++this.#made}`, inputs);
    const resource = { type, id, inputs, outputs };
    this.resources.set(`${type} ${id}`, resource);
    this.journal.push(`create ${type} ${name}`);
    return resource;
  }

  compute(type: string, name: string, inputs: Properties): { id: string } & Properties {
    if (type in madeByComponents) return { id: `${type.split(":").at(-1)!.toLowerCase()}-${name}`, ...madeByComponents[type] };
    return computeOutputs(type, this.region, plain(inputs) as Record<string, string>, name);
  }

  update(type: string, id: string, name: string, inputs: Properties): StoredResource {
    const resource = this.find(type, id);
    if (!resource) throw new Error(`ResourceNotFoundException: ${type} ${id}`);
    this.#refuseUnknownPolicy(type, inputs);
    resource.inputs = inputs;
    this.journal.push(`update ${type} ${name}`);
    return resource;
  }

  delete(type: string, id: string, logicalName: string): void {
    const inputs = plain(this.find(type, id)?.inputs) as Properties | undefined;
    if (inputs?.deletionProtectionEnabled === true)
      throw new Error(
        "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
    if (type === Type.bucket && inputs?.forceDestroy !== true)
      throw new Error("BucketNotEmpty: The bucket you tried to delete is not empty");
    const name = String(inputs?.[uniqueNames.get(type)?.uniqueName ?? ""]);
    if (type === Type.secret && inputs?.recoveryWindowInDays !== 0) this.scheduledForDeletion.add(name);
    if (type === Type.logGroup && writtenByApiGateway.test(name)) this.remadeLogGroups.add(name);
    if (type === Type.eventBus) this.#refuseWithRules(id);
    if (type === Type.iamPolicy) this.#refuseInUse(id);
    this.resources.delete(`${type} ${id}`);
    this.journal.push(`delete ${type} ${logicalName}`);
  }

  /** @see https://github.com/anomalyco/sst/issues/4325 */
  #refuseWithRules(bus: string): void {
    if (this.all(Type.eventRule).some(({ inputs }) => plain(inputs.eventBusName) === bus))
      throw new Error("ValidationException: EventBus can't be deleted since it has rules.");
  }

  /** Refuses an unknown policy. AWS's own policies always exist.
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html */
  #refuseUnknownPolicy(type: string, inputs: Properties): void {
    for (const { inputName, awsError } of policyReferences.filter((reference) => reference.type === type)) {
      const arn = plain(inputs[inputName]) as string | undefined;
      if (arn && !/^arn:[^:]+:iam::aws:/.test(arn) && !this.find(Type.iamPolicy, arn))
        throw new Error(`NoSuchEntity: ${awsError} ${arn} does not exist or is not attachable.`);
    }
  }

  /** Refuses to delete a policy in use, as a boundary or attached.
   * @see https://github.com/gruntwork-io/cloud-nuke/issues/972 */
  #refuseInUse(policyArn: string): void {
    const isUsed = policyReferences.some(({ type, inputName }) =>
      this.all(type).some(({ inputs }) => plain(inputs[inputName]) === policyArn),
    );
    if (isUsed) throw new Error("DeleteConflict: Cannot delete a policy attached to entities.");
  }

  #refuseTakenName(type: string, inputs: Properties): void {
    const { uniqueName = "", awsError } = uniqueNames.get(type) ?? {};
    const nameOf = (from: Properties) => plain(from[uniqueName]) as string | undefined;
    const name = nameOf(inputs);
    if (name === undefined) return;
    if (type === Type.secret && this.scheduledForDeletion.has(name))
      throw new Error(
        "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    const isTaken =
      this.all(type).some((other) => nameOf(other.inputs) === name) || (type === Type.logGroup && this.remadeLogGroups.has(name));
    if (isTaken && awsError) throw new Error(awsError.replace("{name}", name));
  }

  #refuseWithoutLogDelivery(inputs: Properties): void {
    const { roleArn } = plain(inputs) as { roleArn: string };
    const policies = this.all(Type.rolePolicy).map(({ inputs }) => plain(inputs) as { role: string; policy: string });
    const allowed = policies
      .filter(({ role }) => roleArn.endsWith(`/${role}`))
      .flatMap(({ policy }) => (JSON.parse(policy) as { Statement: { Action: string | string[] }[] }).Statement)
      .flatMap(({ Action }) => Action);
    if (!logDelivery.every((action) => allowed.includes(action)))
      throw new Error("AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination");
  }
}
