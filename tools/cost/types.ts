import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { UserError } from "../../domain/userError";

/** Types whose price is in the bill: by the resource, by what it holds, or by how often it is used (tools/cost/model.ts). */
const priced: readonly string[] = [
  Type.bucket,
  Type.compositeAlarm,
  Type.dashboard,
  Type.eventArchive,
  Type.eventBus,
  Type.function,
  Type.key,
  Type.logGroup,
  Type.logMetricFilter,
  Type.metricAlarm,
  Type.pipe,
  Type.restApi,
  Type.secret,
  Type.stage,
  Type.stateMachine,
  Type.table,
  Type.trail,
  Type.vpc,
  Type.webAcl,
];

/** Types that cost nothing themselves: settings of others, and what AWS gives away. */
const free: readonly string[] = [
  Type.account,
  Type.alias,
  Type.apiDeployment,
  Type.basePathMapping,
  Type.bucketEncryption,
  Type.bucketLifecycle,
  Type.bucketOwnership,
  Type.bucketPolicy,
  Type.bucketPublicAccess,
  Type.certificate,
  Type.certificateValidation,
  Type.domainName,
  Type.functionEventInvokeConfig,
  Type.methodSettings,
  Type.permission,
  Type.provider,
  Type.queuePolicy,
  Type.record,
  Type.role,
  Type.rolePolicy,
  Type.rolePolicyAttachment,
  Type.securityGroup,
  Type.topicPolicy,
  Type.webAclAssociation,
  Type.webAclLogging,
];

/** Types that are paid by requests of which there are next to none: dead letters, alerts, a run of the reconciler each minute. */
const negligible: readonly string[] = [Type.queue, Type.schedule, Type.topic, Type.topicSubscription];

const known = new Set([...priced, ...free, ...negligible]);

/** Refuses what the bill would leave out. @throws UserError that names each type that is in none of the lists above */
export function refuseUnpriced(resources: readonly GraphResource[]): void {
  const made = resources.filter(({ custom, type }) => custom || !type.startsWith("webhook:"));
  const unknown = made.filter(({ type }) => !known.has(type));
  if (unknown.length === 0) return;
  const places = [...new Map(unknown.map(({ type, name }) => [type, name]))].map(([type, name]) => `${type} (${name})`);
  throw new UserError(
    `tools/cost/types.ts does not know ${places.join(", ")}: say there whether it costs something, and what in tools/cost/model.ts.`,
  );
}
