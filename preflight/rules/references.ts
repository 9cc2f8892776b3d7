import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, eachResource, labeled, together, type Problems } from "../check";
import { namingInputs, requiredInputs } from "../facts/required";
import { hasUnknownName, isKnown, parseArn, textInput, valueAt, type Graph } from "../graph";
import { ownPlace, type Place } from "../place";
import type { RuleEntry } from "../rule";
import { textsOf } from "../texts";

/** Checks every text of every resource that a provider makes; a provider itself is about another place on purpose. */
const eachText = (problem: (text: string, own: Place, resource: GraphResource, graph: Graph) => Problems) =>
  eachResource(
    (resource, graph) =>
      resource.custom &&
      resource.type !== Type.provider &&
      [...textsOf(resource.inputs)].map(({ path, text }) => labeled(path, problem(text, ownPlace(graph), resource, graph))),
  );

/** A widget shows what its own region has: the stack's, or that of another provider of the program. */
const dashboardRegions = each(Type.dashboard, (resource, graph) => {
  const { region } = ownPlace(graph);
  const known = [region, ...graph.all(Type.provider).map((provider) => provider.inputs.region)];
  return (
    region !== undefined &&
    [...textsOf(graph.document(resource, "dashboardBody"))]
      .filter(({ path, text }) => path.endsWith(".properties.region") && !known.includes(text))
      .map(({ path, text }) => `${path} is ${text}, the stack in ${region}`)
  );
});

const unknownNames = each(Object.keys(namingInputs), (resource, graph) =>
  Object.entries(namingInputs[resource.type])
    .filter(([input, target]) => isKnown(valueAt(resource, input)) && !graph.target(resource, input, target))
    .filter(([, target]) => !graph.all(target).some(hasUnknownName))
    .map(([input]) => `${input} ${String(valueAt(resource, input))} names nothing in this graph`),
);

const outputsAs = "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/";

/** Rules over what refers to what. */
export const referenceRules: RuleEntry[] = [
  {
    id: "input-missing",
    awsError: "Missing required argument: the provider refuses the resource before AWS is asked",
    cause: "A resource lacks an input without which it cannot be made.",
    fix: "Give the resource the input.",
    link: "https://www.pulumi.com/registry/packages/aws/",
    check: each(Object.keys(requiredInputs), ({ type, inputs }) =>
      requiredInputs[type].filter((input) => inputs[input] === undefined).map((input) => `it has no ${input}`),
    ),
  },
  {
    id: "other-region",
    severity: "warning",
    awsError: "silent, or a refusal: the resource looks for something in another region than the stack's",
    cause: "A region is written into the program that is not the stack's own.",
    fix: "Take the region from the provider, or from the resource that is meant.",
    link: "https://www.pulumi.com/registry/packages/aws/api-docs/getregion/",
    check: together(
      eachText((text, { region }) => {
        const other = parseArn(text)?.region || /^https:\/\/[\w.-]*?\b([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(text)?.[1];
        const differs = region && other && other !== region && /^[a-z]{2}(-[a-z]+)+-\d$/.test(other);
        return differs && `is in ${other}, the stack in ${region}`;
      }),
      dashboardRegions,
    ),
  },
  {
    id: "other-account",
    severity: "warning",
    awsError: "silent, or AccessDenied: the resource refers to another account than the stack's",
    cause: "An account's id is written into the program that is not the stack's own.",
    fix: "Take the account from getCallerIdentity, or from the resource that is meant.",
    link: "https://www.pulumi.com/registry/packages/aws/api-docs/getcalleridentity/",
    check: eachText((text, { account }) => {
      const other = parseArn(text)?.account;
      const differs = account && other && /^\d{12}$/.test(other) && other !== account;
      return differs && `is in the account ${other}, the stack in ${account}`;
    }),
  },
  {
    id: "reference-unknown",
    severity: "warning",
    awsError: "silent, or a refusal: there may be no such resource when it is looked for",
    cause: "An ARN of the stack's own account and region, or a name, is of nothing that the graph has.",
    fix: "Use the resource's own output: then the name is right, and the order too.",
    link: outputsAs,
    check: together(
      eachText((text, { account, region }, _resource, graph) => {
        const arn = parseArn(text);
        const own = arn && account && arn.account === account && (arn.region === "" || arn.region === region) && !/[*?{]/.test(text);
        return own && !isThere(graph, text) && "names nothing in this graph";
      }),
      unknownNames,
    ),
  },
  {
    id: "reference-literal",
    severity: "warning",
    awsError: "silent, or a refusal: nothing says which of the two is made first",
    cause: "An ARN of a resource of the graph is written as text, so the engine does not know that one needs the other.",
    fix: "Use the resource's own output.",
    link: outputsAs,
    check: eachText((text, _own, resource, graph) => {
      if (parseArn(text) === undefined) return [];
      const named = graph.findAny(text).filter((other) => [other.outputs.arn, other.outputs.streamArn].includes(text));
      const ordered = named.some((other) => other === resource || graph.waitsFor(resource, other) || graph.waitsFor(other, resource));
      return !ordered && named.slice(0, 1).map((other) => `names ${other.name}, and does not wait for it`);
    }),
  },
  {
    id: "lambda-log-group-late",
    severity: "warning",
    awsError: "ResourceAlreadyExistsException: The specified log group already exists",
    cause: "The function does not wait for its log group: a run in between makes Lambda make one, without key and retention.",
    fix: "Let the function refer to the log group, or depend on it.",
    link: "https://github.com/hashicorp/terraform/issues/20175",
    check: each(Type.function, (resource, graph) => {
      const name =
        textInput(resource, "loggingConfig.logGroup") ?? `/aws/lambda/${textInput(resource, "name") ?? String(resource.outputs.id)}`;
      const group = graph.find(name, Type.logGroup);
      return group && !graph.waitsFor(resource, group) && !graph.waitsFor(group, resource) && `it does not wait for ${group.name}`;
    }),
  },
];

/** Kinds of ARN that a graph would have, were they its own: others are of things that it does not make, such as a role's session. */
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
