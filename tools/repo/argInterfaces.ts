import { outputDescriptions, type OutputType } from "../../components/pipelineOutputs";
import { argObjects, type ArgField, type ArgObject, type ArgType } from "./argTypes";

const written = "// Written by npm run fix from the schemas of this folder.\n";
const passedThrough = 'import type { Input } from "@pulumi/pulumi";';

/** Names of interfaces: those of the component and of its lists end alike. */
const interfaceName = (name: string) => `${name}Args`;

function typescript(type: ArgType): string {
  switch (type.is) {
    case "text": {
      const text = type.oneOf?.map((one) => JSON.stringify(one)).join(" | ") ?? "string";
      return type.passedThrough ? `Input<${text}>` : text;
    }
    case "integer":
      return "number";
    case "true or false":
      return "boolean";
    case "true":
      return "true";
    case "description":
      return "z.input<typeof descriptionSchema>";
    case "list": {
      const element = typescript(type.of);
      return `readonly ${/ \| /.test(element) ? `(${element})` : element}[]`;
    }
    case "object":
      return interfaceName(type.name);
    case "text or object":
      return `string | ${interfaceName(type.name)}`;
  }
}

/** Ends a text with a period. */
const sentence = (text: string) => (/[.?!]$/.test(text) ? text : `${text}.`);

function comment({ description, allowed, ...rest }: ArgField): string[] {
  const text = [description, ...(allowed === undefined ? [] : [`Allowed: ${sentence(allowed)}`])].filter((one) => one !== "");
  const value = "default" in rest ? [`@default ${JSON.stringify(rest.default)}`] : [];
  const lines = [...text, ...value];
  return lines.length === 1 ? [`  /** ${lines[0]} */`] : ["  /**", ...lines.map((line) => `   * ${line}`), "   */"];
}

function declaration({ name, description, fields }: ArgObject): string {
  const members = fields.flatMap((field) => {
    const type = typescript(field.type);
    return [...comment(field), ...formatted(`  ${field.name}${field.required ? "" : "?"}: `, type)];
  });
  return [`/** ${description} */`, `export interface ${interfaceName(name)} {`, ...members, "}", ""].join("\n");
}

/** Longest line of the project. */
const longestLine = 140;

/** Breaks a list of texts that is too long as the formatter does. */
function formatted(start: string, type: string): string[] {
  if (start.length + type.length < longestLine) return [`${start}${type};`];
  const [, choices] = /^readonly \((.*)\)\[\]$/.exec(type)!;
  return [`${start}readonly (`, ...choices.split(" | ").map((one) => `    | ${one}`), "  )[];"];
}

/** Returns config/args.ts and config/listArgs.ts: the interfaces of a pipeline's arguments, and of what its lists contain. */
export function argInterfaces(): { file: string; content: string }[] {
  const [pipeline, ...listed] = argObjects();
  const used = listed.map(({ name }) => interfaceName(name)).filter((name) => declaration(pipeline).includes(name));
  const imports = `import type { ${used.sort().join(", ")} } from "./listArgs";\n`;
  const description = 'import type { z } from "zod";\nimport type { descriptionSchema } from "./description";\n';
  return [
    { file: "config/args.ts", content: [`${passedThrough}\n${imports}`, written, declaration(pipeline)].join("\n") },
    { file: "config/listArgs.ts", content: [`${passedThrough}\n${description}`, written, ...listed.map(declaration)].join("\n") },
  ];
}

const outputTypes: Readonly<Record<OutputType, string>> = {
  text: "string",
  texts: "string[]",
  "texts by name": "Record<string, string>",
  "values by name": "Record<string, unknown>",
};

/** Returns components/outputTypes.ts: the interface of a pipeline's outputs. */
export function outputInterface(): { file: string; content: string } {
  const members = Object.entries(outputDescriptions).flatMap(([name, { type, description }]) => [
    `  /** ${description} */`,
    `  readonly ${name}: Output<${outputTypes[type]}>;`,
  ]);
  const lines = [
    'import type { Output } from "@pulumi/pulumi";',
    "",
    "// Written by npm run fix from pipelineOutputs.ts.",
    "",
    "/** Outputs of a pipeline. */",
    "export interface PipelineOutputs {",
    ...members,
    "}",
    "",
  ];
  return { file: "components/outputTypes.ts", content: lines.join("\n") };
}
