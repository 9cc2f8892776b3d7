import { outputDescriptions, type OutputType } from "../../components/pipelineOutputs";
import { packageDescription, packageName } from "../../domain/package";
import { argObjects, type ArgField, type ArgObject, type ArgType } from "./argTypes";

type Json = Record<string, unknown>;

const reference = (name: string) => ({ $ref: `#/types/${packageName}:index:${name}` });

/** Returns a type of Pulumi's schema. Only what passes through may be an output of a resource; all else is plain. */
function propertyType(type: ArgType): Json {
  switch (type.is) {
    case "text":
      return { type: "string", ...(!type.passedThrough && { plain: true }) };
    case "integer":
      return { type: "integer", plain: true };
    case "true or false":
    case "true":
      return { type: "boolean", plain: true };
    case "description":
      return { $ref: "pulumi.json#/Any", plain: true };
    case "list":
      return { type: "array", items: propertyType(type.of), plain: true };
    case "object":
      return { ...reference(type.name), plain: true };
    case "text or object":
      return {
        oneOf: [
          { type: "string", plain: true },
          { ...reference(type.name), plain: true },
        ],
        plain: true,
      };
  }
}

/** Describes an argument in Markdown. Pulumi's schema has neither bounds nor, for a list, a default. */
function describe({ description, allowed, type, ...rest }: ArgField): string {
  const choices = type.is === "text" && type.oneOf ? type.oneOf.join(", ") : undefined;
  const sentences = [
    description,
    (allowed ?? choices) ? `Allowed: ${allowed ?? choices}.` : "",
    "default" in rest ? `Default: ${JSON.stringify(rest.default)}.` : "",
  ];
  return sentences.filter((one) => one !== "").join(" ");
}

const properties = (fields: readonly ArgField[]): Json =>
  Object.fromEntries(fields.map((field) => [field.name, { ...propertyType(field.type), description: describe(field) }]));

const requiredNames = (fields: readonly ArgField[]) => fields.filter(({ required }) => required).map(({ name }) => name);

const typeEntry = ({ name, description, fields }: ArgObject): [string, Json] => [
  `${packageName}:index:${name}`,
  { type: "object", description, properties: properties(fields), required: requiredNames(fields) },
];

const outputTypes: Readonly<Record<OutputType, Json>> = {
  text: { type: "string" },
  texts: { type: "array", items: { type: "string" } },
  "texts by name": { type: "object", additionalProperties: { type: "string" } },
  "values by name": { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } },
};

/** Returns bin/plugin/schema.json: the package as Pulumi's other languages see it. @see https://www.pulumi.com/docs/iac/extending-pulumi/schema/ */
export function pluginSchema(version: string): string {
  const [pipeline, ...types] = argObjects();
  const outputs = Object.entries(outputDescriptions).map(([name, { type, description }]) => [name, { ...outputTypes[type], description }]);
  const schema = {
    name: packageName,
    // Pulumi's default. Without it, an SDK of a plugin from git is named after the owner of the repository.
    namespace: "pulumi",
    version,
    displayName: "Webhook pipeline",
    description: packageDescription,
    license: "Apache-2.0",
    language: { nodejs: { respectSchemaVersion: true }, python: { respectSchemaVersion: true, pyproject: { enabled: true } } },
    types: Object.fromEntries(types.map(typeEntry)),
    resources: {
      [`${packageName}:index:WebhookPipeline`]: {
        isComponent: true,
        description: "Receives webhooks, stores each event once, processes and publishes it.",
        inputProperties: properties(pipeline.fields),
        properties: Object.fromEntries(outputs) as Json,
        required: Object.keys(outputDescriptions),
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
