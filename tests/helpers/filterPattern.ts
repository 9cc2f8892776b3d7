/** A condition or group of a filter pattern: returns whether a line's JSON matches. */
type Condition = (line: unknown) => boolean;

const token = /\s*(\|\||&&|!=|<=|>=|[=<>(){}]|"[^"]*"|\$(?:\.[\w-]+|\[\d+\])+|[^\s()&|{}="!<>]+)/y;

/**
 * Compiles a CloudWatch Logs filter pattern for JSON into a function that matches lines. Supports the operators that this program uses:
 * = and != with wildcards, numbers, && before ||, parentheses. MiniStack and moto do not evaluate such patterns, but match every line.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 * @throws Error if the pattern has other operators, or if AWS's page does not say whether it matches
 */
export function filterPattern(pattern: string): (line: string) => boolean {
  const tokens = tokensOf(pattern);
  const take = (expected?: string) => {
    const next = tokens.shift();
    if (next === undefined || (expected !== undefined && next !== expected))
      throw new Error(`${expected ?? "A token"} is missing in the pattern ${pattern}`);
    return next;
  };
  const joined = (operator: string, operand: () => Condition, join: (all: Condition[]) => Condition): Condition => {
    const all = [operand()];
    while (tokens[0] === operator) {
      take();
      all.push(operand());
    }
    return join(all);
  };
  const either = (): Condition => joined("||", both, (all) => (line) => all.some((one) => one(line)));
  const both = (): Condition => joined("&&", single, (all) => (line) => all.every((one) => one(line)));
  const single = (): Condition => {
    if (tokens[0] !== "(") return comparison(take(), take(), take());
    take();
    const group = either();
    take(")");
    return group;
  };

  take("{");
  const condition = either();
  take("}");
  if (tokens.length > 0) throw new Error(`Unexpected ${tokens[0]} in the pattern ${pattern}`);
  return (line) => {
    const json = parsed(line);
    return json !== undefined && condition(json);
  };
}

function tokensOf(pattern: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  for (const text = pattern.trim(); token.lastIndex < text.length;) {
    const [, next] = token.exec(text) ?? [];
    if (next === undefined) throw new Error(`Invalid filter pattern ${pattern}`);
    found.push(next);
  }
  return found;
}

/** Parses a line; returns `undefined` if it is not JSON, which no pattern for JSON matches. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function comparison(selector: string, operator: string, operand: string): Condition {
  if (!selector.startsWith("$") || !/^(!=|<=|>=|[=<>])$/.test(operator))
    throw new Error(`Invalid condition ${selector} ${operator} ${operand}`);
  const open = () => new Error(`AWS's page does not say whether ${selector} ${operator} ${operand} matches`);
  const isNumber = !operand.startsWith('"') && !Number.isNaN(Number(operand));
  return (line) => {
    const value = valueAt(line, selector);
    if (value === undefined && operator !== "=") throw open();
    if (typeof value === "number" && isNumber) return compare(value, operator, Number(operand));
    if (typeof value === "string" && !isNumber && /^!?=$/.test(operator)) return matches(value, operand) === (operator === "=");
    if (value === undefined || (typeof value === "object" && value !== null)) return false;
    throw open();
  };
}

function compare(value: number, operator: string, operand: number): boolean {
  if (operator === "=") return value === operand;
  if (operator === "!=") return value !== operand;
  if (value === operand) return operator.endsWith("=");
  return value < operand === operator.startsWith("<");
}

/** Matches text with an asterisk at the beginning or end as a wildcard. Elsewhere, an asterisk is literal. */
function matches(value: string, operand: string): boolean {
  const text = operand.replace(/^"|"$/g, "");
  const [, before, middle, after] = /^(\*?)(.*?)(\*?)$/.exec(text)!;
  if (before && after) return value.includes(middle);
  if (before) return value.endsWith(middle);
  return after ? value.startsWith(middle) : value === middle;
}

function valueAt(line: unknown, selector: string): unknown {
  return [...selector.matchAll(/[\w-]+/g)].reduce<unknown>(
    (value, [key]) => (value as Record<string, unknown> | undefined | null)?.[key],
    line,
  );
}

/** Writes an access log line as API Gateway does: a variable without a value is a hyphen, and quotes in values are escaped.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 * @see https://github.com/DataBiosphere/azul/issues/4348 */
export function accessLogLine(format: string, context: Readonly<Record<string, string>>): string {
  return format.replace(/\$context\.([\w.]+)/g, (_, variable: string) => JSON.stringify(context[variable] ?? "-").slice(1, -1));
}
