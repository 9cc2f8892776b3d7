import jsonata = require("jsonata");

/** Functions of JSONata and of Step Functions, and Step Functions' only variable, `states`. Step Functions does not support `eval`.
 * @see https://docs.jsonata.org/overview
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const builtIn = new Set(
  (
    "states sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains " +
    "replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not map " +
    "zip filter single foldLeft foldRight sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct " +
    "base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone now millis " +
    "partition range hash uuid parse"
  ).split(" "),
);

/** Fields of `$states`. @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const states = ["input", "result", "errorOutput", "context"];

/** Fields of `$states.context`. @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
const context: Record<string, readonly string[]> = {
  Execution: ["Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"],
  State: ["EnteredTime", "Name", "RetryCount"],
  StateMachine: ["Id", "Name"],
  Task: ["Token"],
  Map: ["Item"],
};

type Node = Record<string, unknown>;

/** Lists the problems of an expression: syntax errors, unknown variables, functions and paths.
 * @param assigned names of the variables that states assign */
export function expressionProblems(expression: string, assigned: ReadonlySet<string>): string[] {
  let tree: unknown;
  try {
    tree = jsonata(expression).ast();
  } catch (error) {
    return [(error as Error).message];
  }
  const nodes = [...nodesOf(tree)];
  const ofType = (type: string) => nodes.filter((node) => node.type === type);
  const parameters = ofType("lambda").flatMap((node) => node.arguments as Node[]);
  const bound = new Set([...ofType("bind").map(({ lhs }) => lhs as Node), ...parameters].map(({ value }) => value));
  const unknown = ofType("variable")
    .map(({ value }) => String(value))
    .filter((name) => name !== "" && name !== "$" && !builtIn.has(name) && !assigned.has(name) && !bound.has(name));
  const paths = ofType("path").map(({ steps }) =>
    (steps as Node[]).map(({ type, value }) => `${type === "variable" ? "$" : ""}${String(value)}`),
  );
  return [...new Set([...unknown.map((name) => `$${name} does not exist`), ...paths.flatMap(pathProblems)])];
}

/** Yields every node of an expression's tree. */
function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const member of Object.values(value)) yield* nodesOf(member);
}

/** Lists unknown fields of `$states` in a path. */
function pathProblems([first, second, third, fourth]: string[]): string[] {
  if (first !== "$states" || second === undefined) return [];
  if (!states.includes(second)) return [`$states has no ${second}`];
  if (second !== "context" || third === undefined) return [];
  if (!Object.hasOwn(context, third)) return [`$states.context has no ${third}`];
  return fourth !== undefined && !context[third].includes(fourth) ? [`$states.context.${third} has no ${fourth}`] : [];
}
