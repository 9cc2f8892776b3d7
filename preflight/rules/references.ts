import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, eachResource, labeled, together, type Problems } from "../check";
import { namingInputs, requiredInputs } from "../facts/required";
import { hasUnknownName, isKnown, parseArn, textInput, valueAt, type Graph } from "../graph/graph";
import { ownPlace, type Place } from "../place";
import type { RuleEntry } from "../rule";
import { textsOf } from "../texts";

/** Checks every text of every resource that a provider creates. Omits providers, which name another region on purpose. */
const eachText = (problem: (text: string, own: Place, resource: GraphResource, graph: Graph) => Problems) =>
  eachResource(
    (resource, graph) =>
      resource.custom &&
      resource.type !== Type.provider &&
      [...textsOf(resource.inputs)].map(({ path, text }) => labeled(path, problem(text, ownPlace(graph), resource, graph))),
  );

/** Checks the regions of widgets: each must be the stack's or that of another provider of the program. */
const dashboardRegions = each(Type.dashboard, (resource, graph) => {
  const { region } = ownPlace(graph);
  const known = [region, ...graph.all(Type.provider).map((provider) => provider.inputs.region)];
  return (
    region !== undefined &&
    [...textsOf(graph.document(resource, "dashboardBody"))]
      .filter(({ path, text }) => path.endsWith(".properties.region") && !known.includes(text))
      .map(({ path, text }) => `${path} is ${text}, but the stack is in ${region}`)
  );
});

const unknownNames = each(Object.keys(namingInputs), (resource, graph) =>
  Object.entries(namingInputs[resource.type])
    .filter(([input, target]) => isKnown(valueAt(resource, input)) && !graph.target(resource, input, target))
    .filter(([, target]) => !graph.all(target).some(hasUnknownName))
    .map(([input]) => `${input} is ${String(valueAt(resource, input))}, which no resource in this graph has as its name or ID`),
);

const outputsAs = "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/";

/** Rules for references between resources. */
export const referenceRules: RuleEntry[] = [
  {
    id: "input-missing",
    awsError: "Missing required argument: the provider refuses the resource before it calls AWS",
    cause: "AWS cannot create the resource without this input.",
    fix: "Set the input.",
    link: "https://www.pulumi.com/registry/packages/aws/",
    check: each(Object.keys(requiredInputs), ({ type, inputs }) =>
      requiredInputs[type].filter((input) => inputs[input] === undefined).map((input) => `${input} is missing`),
    ),
  },
  {
    id: "other-region",
    severity: "warning",
    awsError: "silent, or an error: the resource uses something in another region than the stack's",
    cause: "The program contains a region that is not the stack's own.",
    fix: "Take the region from the provider or from the resource that you refer to.",
    link: "https://www.pulumi.com/registry/packages/aws/api-docs/getregion/",
    check: together(
      eachText((text, { region }) => {
        const other = parseArn(text)?.region || /^https:\/\/[\w.-]*?\b([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(text)?.[1];
        const differs = region && other && other !== region && /^[a-z]{2}(-[a-z]+)+-\d$/.test(other);
        return differs && `is in ${other}, but the stack is in ${region}`;
      }),
      dashboardRegions,
    ),
  },
  {
    id: "other-account",
    severity: "warning",
    awsError: "silent, or AccessDenied: the resource refers to another account than the stack's",
    cause: "The program contains an account ID that is not the stack's own.",
    fix: "Take the account from getCallerIdentity or from the resource that you refer to.",
    link: "https://www.pulumi.com/registry/packages/aws/api-docs/getcalleridentity/",
    check: eachText((text, { account }) => {
      const other = parseArn(text)?.account;
      const differs = account && other && /^\d{12}$/.test(other) && other !== account;
      return differs && `is in account ${other}, but the stack is in ${account}`;
    }),
  },
  {
    id: "reference-unknown",
    severity: "warning",
    awsError: "silent, or an error: the resource might not exist when it is used",
    cause: "A name, or an ARN in the stack's own account and region, matches no resource in the graph.",
    fix: "Use the resource's output, which gives the right name and the right order.",
    link: outputsAs,
    check: together(
      eachText((text, { account, region }, _resource, graph) => {
        const arn = parseArn(text);
        const own = arn && account && arn.account === account && (arn.region === "" || arn.region === region) && !/[*?{]/.test(text);
        return own && !isThere(graph, text) && `is ${text}, which no resource in this graph has as its ARN`;
      }),
      unknownNames,
    ),
  },
  {
    id: "reference-literal",
    severity: "warning",
    awsError: "silent, or an error: the order in which the two resources are created is undefined",
    cause: "The ARN is literal text, so Pulumi does not know that one resource needs the other.",
    fix: "Use the resource's output.",
    link: outputsAs,
    check: eachText((text, _own, resource, graph) => {
      if (parseArn(text) === undefined) return [];
      const named = graph.findAny(text).filter((other) => [other.outputs.arn, other.outputs.streamArn].includes(text));
      const ordered = named.some((other) => other === resource || graph.waitsFor(resource, other) || graph.waitsFor(other, resource));
      return !ordered && named.slice(0, 1).map((other) => `is the literal ARN of ${other.name}, on which the resource does not depend`);
    }),
  },
  {
    id: "lambda-log-group-late",
    severity: "warning",
    awsError: "ResourceAlreadyExistsException: The specified log group already exists",
    cause: "If the function runs before its log group exists, Lambda creates one without key and retention.",
    fix: "Make the function refer to the log group or depend on it.",
    link: "https://github.com/hashicorp/terraform/issues/20175",
    check: each(Type.function, (resource, graph) => {
      const name =
        textInput(resource, "loggingConfig.logGroup") ?? `/aws/lambda/${textInput(resource, "name") ?? String(resource.outputs.id)}`;
      const group = graph.find(name, Type.logGroup);
      return (
        group &&
        !graph.waitsFor(resource, group) &&
        !graph.waitsFor(group, resource) &&
        `the function does not depend on its log group ${group.name}`
      );
    }),
  },
];

/** Forms of ARNs that a graph would contain if they were its own. It cannot contain other ARNs, such as a role session's. */
const made: Record<string, RegExp> = {
  dynamodb: /^table\/[^/]+(\/stream\/.+)?$/,
  events: /^(event-bus|rule)\/.+$/,
  iam: /^role\/.+$/,
  kms: /^(key|alias)\/.+$/,
  lambda: /^function:[\w-]+$/,
  logs: /^log-group:[^:]+$/,
  pipes: /^pipe\/.+$/,
  secretsmanager: /^secret:.+$/,
  sns: /^[\w-]+(\.fifo)?$/,
  sqs: /^[\w-]+(\.fifo)?$/,
  states: /^stateMachine:[\w-]+$/,
};

function isThere(graph: Graph, text: string): boolean {
  const { service, resource } = parseArn(text)!;
  return made[service]?.test(resource) !== true || graph.findAny(text).length > 0;
}
