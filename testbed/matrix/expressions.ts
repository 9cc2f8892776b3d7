/** Evaluates DynamoDB's condition and update expressions over plain values. Syntax that this program does not use is an error.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */

export type Value = string | number | object;
export type Item = Readonly<Record<string, Value>>;
export type Values = Readonly<Record<string, Value>>;

type Test = (item: Item | undefined, values: Values) => boolean;

const known = new Map<string, Test>();

/** Tells if a condition holds for an item, or for a missing item. A comparison with a missing attribute never holds. */
export function holds(condition: string, item: Item | undefined, values: Values): boolean {
  let test = known.get(condition);
  if (!test) known.set(condition, (test = parseCondition(condition)));
  return test(item, values);
}

function parseCondition(text: string): Test {
  const tokens = text.match(/#\w+|:\w+|<=|>=|<>|[=<>(),]|\w+/g) ?? [];
  const next = () => tokens.shift() ?? "the end";
  const expect = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`${text}: ${token} expected, not ${found}`);
  };
  const chain = (operator: string, part: () => Test, combine: (tests: Test[]) => Test) => () => {
    const tests = [part()];
    while (tokens[0] === operator) {
      next();
      tests.push(part());
    }
    return combine(tests);
  };
  const and = chain("AND", term, (tests) => (item, values) => tests.every((test) => test(item, values)));
  const or = chain("OR", and, (tests) => (item, values) => tests.some((test) => test(item, values)));

  function term(): Test {
    const token = next();
    if (token === "(") {
      const inner = or();
      expect(")");
      return inner;
    }
    if (token === "attribute_not_exists" || token === "attribute_exists") {
      expect("(");
      const name = next().slice(1);
      expect(")");
      return (item) => (item?.[name] !== undefined) === (token === "attribute_exists");
    }
    return comparison(token.slice(1), next());
  }

  function comparison(name: string, operator: string): Test {
    if (operator === "IN") {
      expect("(");
      const among = [next().slice(1)];
      while (tokens[0] === ",") {
        next();
        among.push(next().slice(1));
      }
      expect(")");
      return (item, values) => among.some((value) => item?.[name] === values[value]);
    }
    const compare = comparisons[operator];
    if (!compare) throw new Error(`${text}: ${operator} is no comparison`);
    const value = next().slice(1);
    return (item, values) => item?.[name] !== undefined && compare(item[name], values[value]);
  }

  const test = or();
  expect("the end");
  return test;
}

const comparisons: Record<string, (a: Value, b: Value) => boolean> = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

/** Returns the item after an update. @throws Error if it copies an attribute that the item lacks: DynamoDB refuses such an update */
export function updated(update: string, item: Item, values: Values): Item {
  const result: Record<string, Value> = { ...item };
  const valueOf = (operand: string): Value => {
    const [, call, given] = /^(if_not_exists|list_append)\((.*)\)$/.exec(operand) ?? [];
    if (call === "if_not_exists") return ifNotExists(...pairOf(given));
    if (call === "list_append") return { L: pairOf(given).flatMap((list) => (valueOf(list) as { L: object[] }).L) };
    const value = operand.startsWith("#") ? item[operand.slice(1)] : values[operand.slice(1)];
    if (value === undefined) throw new Error(`${update}: ${operand} has no value`);
    return value;
  };
  const ifNotExists = (attribute: string, otherwise: string) => item[attribute.slice(1)] ?? valueOf(otherwise);
  for (const [clause, name, operand] of changesOf(update))
    if (clause === "REMOVE") delete result[name];
    else result[name] = clause === "ADD" ? Number(result[name] ?? 0) + Number(valueOf(operand)) : valueOf(operand);
  return result;
}

type AttributeChange = [clause: string, name: string, operand: string];
const knownChanges = new Map<string, AttributeChange[]>();

function changesOf(update: string): AttributeChange[] {
  let changes = knownChanges.get(update);
  if (!changes) knownChanges.set(update, (changes = parseUpdate(update)));
  return changes;
}

function parseUpdate(update: string): AttributeChange[] {
  const clauses = [...update.matchAll(/(SET|REMOVE|ADD) (.*?)(?= (?:SET|REMOVE|ADD) |$)/g)];
  return clauses.flatMap(([, clause, list]) =>
    partsOf(list).map((part): AttributeChange => {
      const [, name, operand] = /^#(\w+)(?: =)?(?: (.+))?$/.exec(part) ?? [];
      if (!name) throw new Error(`${update}: ${part} is not understood`);
      return [clause, name, operand];
    }),
  );
}

/** Divides a list at the commas outside of parentheses. */
function partsOf(list: string): string[] {
  const parts: string[] = [];
  for (const piece of list.split(", ")) {
    const open = parts.at(-1);
    if (open !== undefined && count(open, "(") > count(open, ")")) parts[parts.length - 1] = `${open}, ${piece}`;
    else parts.push(piece);
  }
  return parts;
}

const count = (text: string, character: string) => text.split(character).length - 1;
const pairOf = (given: string) => partsOf(given) as [string, string];
