import { z } from "zod";
import { destinationSchema } from "../../config/destinations";
import { mayBeOutput } from "../../config/passedThrough";
import { alertSubscriptionSchema, configSchema } from "../../config/schema";
import { sourceSchema } from "../../config/sources";

/** What is generated from the configuration's schema about one argument. */
export interface ArgField {
  name: string;
  required: boolean;
  description: string;
  /** Sentence without its end, such as `accept or ignore`. */
  allowed?: string;
  default?: unknown;
  type: ArgType;
}

/** Type of an argument. `either`: a text, or an object. `any`: checked only when the program runs. */
export type ArgType =
  | { is: "text"; oneOf?: readonly string[]; passedThrough?: true }
  | { is: "integer" | "true or false" | "true" }
  | { is: "description" }
  | { is: "list"; of: ArgType }
  | { is: "object" | "text or object"; name: string };

export interface ArgObject {
  name: string;
  description: string;
  fields: ArgField[];
}

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: string[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  description?: string;
  allowed?: string;
  default?: unknown;
  minItems?: number;
  maxItems?: number;
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

/** Objects in the configuration, by the path of the key that has them. */
const objectNames: Readonly<Record<string, string>> = { alertSubscriptions: "AlertSubscription", "sources.throttle": "Throttle" };

/** Descriptions that differ from those of a stack's configuration. */
const ownDescriptions: Readonly<Record<string, string>> = {
  environmentSuffix:
    "The part of each resource's name that differs between pipelines, such as dev in webhook-events-dev, and the value of the tag Environment of queues and secrets. Without it, the component's name.",
  manageApiGatewayAccount:
    "Creates the account's API Gateway logging role. Without it, the first pipeline of a program creates the role for each account and region. Set it to false if another stack does.",
  allowedAccountIds: "The only AWS accounts to which the pipeline can be deployed. Empty: any.",
  network: "Where the functions run. public: in AWS's own network. private: in a VPC that the pipeline creates.",
  permissionsBoundary: "ARN of the permissions boundary of every role of the pipeline. Empty: none.",
};

/** Keys whose default is not the configuration's, because another value takes their place. */
const withoutDefault = ["environmentSuffix", "manageApiGatewayAccount"];

const region: ArgField = {
  name: "region",
  required: false,
  description:
    "AWS region of the pipeline, which its provider must have. Without it, the stack's aws:region, else AWS_REGION or AWS_DEFAULT_REGION.",
  allowed: "an AWS region code, such as eu-central-1",
  type: { is: "text" },
};

function typeOf(schema: JsonSchema, path: string): ArgType {
  if (path === "sources.description") return { is: "description" };
  if (path === "sources") return { is: "list", of: { is: "text or object", name: "Source" } };
  if (path === "destinations") return { is: "list", of: { is: "object", name: "Destination" } };
  if (schema.type === "array") return { is: "list", of: typeOf(schema.items ?? {}, path) };
  if (Object.hasOwn(objectNames, path)) return { is: "object", name: objectNames[path] };
  if (schema.type === "integer") return { is: "integer" };
  if (schema.type === "boolean") return { is: schema.const === true ? "true" : "true or false" };
  // Sixty names in a type help nobody; a wrong one gets a suggestion when the program runs.
  const oneOf = path === "sources.provider" ? undefined : schema.enum;
  return { is: "text", ...(oneOf && { oneOf }), ...(mayBeOutput(path) && { passedThrough: true }) };
}

/** Returns what a key allows: in its own words, as the only value, and with the length of a list. */
function allowedBy({ allowed, const: only, minItems, maxItems }: JsonSchema): string | undefined {
  const what = allowed ?? (only === undefined ? undefined : String(only));
  const lengths = [minItems !== undefined && `at least ${minItems}`, maxItems !== undefined && `at most ${maxItems}`].filter(Boolean);
  return what === undefined || lengths.length === 0 ? what : `${what}; ${lengths.join(" and ")}`;
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix = ""): ArgField[] {
  return Object.entries(properties).map(([name, schema]) => {
    const path = `${prefix}${name}`;
    const allowed = allowedBy(schema);
    return {
      name,
      required: required.includes(name),
      description: ownDescriptions[path] ?? schema.description ?? "",
      ...(allowed !== undefined && { allowed }),
      ...(schema.default !== undefined && !withoutDefault.includes(path) && { default: schema.default }),
      type: typeOf(schema, path),
    };
  });
}

/** Returns the arguments of a pipeline, then the objects in them, as the configuration's schema has them. */
export function argObjects(): ArgObject[] {
  const source = jsonSchema(sourceSchema);
  return [
    {
      name: "Pipeline",
      description: "Settings of a pipeline, none of which is required.",
      fields: [region, ...fieldsOf(jsonSchema(configSchema))],
    },
    { name: "Source", description: "A sender of webhooks, with a name, a URL and a secret.", fields: fieldsOf(source, "sources.") },
    {
      name: "Throttle",
      description: "Requests that the API accepts from a source.",
      fields: fieldsOf(source.properties!.throttle, "sources.throttle."),
    },
    {
      name: "Destination",
      description: "Where events are delivered to: an HTTPS endpoint, or a queue that services poll.",
      fields: fieldsOf(jsonSchema(destinationSchema), "destinations."),
    },
    {
      name: "AlertSubscription",
      description: "Who gets alarms.",
      fields: fieldsOf(jsonSchema(alertSubscriptionSchema), "alertSubscriptions."),
    },
  ];
}
