import * as fc from "fast-check";
import * as ts from "typescript";
import { exported, resolve, type Declared } from "./declarations";

/** Makes values that a declared type allows, as JSON. */
export interface ValuesOptions {
  /** Texts of a property that are likelier than any other, such as currencies and states. */
  wordsOf: (property: string) => readonly string[];
  /** Objects within objects; deeper ones are empty. */
  depth: number;
  /** Name in JSON of a property; absent: as declared. */
  nameOf?: (property: string) => string;
}

type Values = fc.Arbitrary<unknown>;

/** Values of a type that says nothing. */
export const anything: Values = fc.constantFrom<unknown>(null, {}, [], "", "x", 0, -1, 1.5, true);
/** Times, and what is none. */
export const moments = ["2026-03-04T10:15:30Z", "2026-03-04T10:15:30.123+01:00", "1772619330", "not a time"];

/** Numbers, as JSON may have them. */
export const numbers: Values = fc.oneof(fc.nat(1_000_000), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

/** Texts of a property: most often one of its words. */
export function textOf({ wordsOf }: ValuesOptions, property: string): Values {
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...wordsOf(property)) }, fc.string({ unit: "binary", maxLength: 8 }));
}

/** Returns values of an exported type. @throws Error if the file does not export it */
export function valuesOf(file: string, name: string, options: ValuesOptions): Values {
  const declared = exported(file, name);
  if (declared.length === 0) throw new Error(`${file} exports no type ${name}.`);
  return new Generator(options).ofDeclared(declared, 0);
}

class Generator {
  private readonly known = new Map<Declared, Values[]>();
  constructor(private readonly options: ValuesOptions) {}

  /** Values of a name's declarations; of several, such as an interface and a namespace, the type counts. */
  ofDeclared(declared: readonly Declared[], depth: number): Values {
    const type = declared.find((one) => !ts.isModuleDeclaration(one));
    if (!type) return anything;
    const byDepth = this.known.get(type) ?? [];
    this.known.set(type, byDepth);
    return (byDepth[depth] ??= this.ofOne(type, depth));
  }

  private ofOne(type: Declared, depth: number): Values {
    if (ts.isTypeAliasDeclaration(type)) return this.ofType(type.type, depth);
    if (ts.isEnumDeclaration(type)) return fc.constantFrom(...type.members.map(valueOf));
    if (ts.isModuleDeclaration(type) || depth > this.options.depth) return fc.constant({});
    const parents = (type.heritageClauses ?? [])
      .flatMap(({ types }) => types)
      .flatMap(({ expression }) => {
        const name = entityName(expression);
        return name ? [this.ofDeclared(resolve(name, type), depth)] : [];
      });
    return merged([...parents, this.record(propertiesOf(type), depth)]);
  }

  private record(members: readonly (ts.PropertySignature | ts.PropertyDeclaration)[], depth: number): Values {
    const nameOf = this.options.nameOf ?? ((name: string) => name);
    const own = members.filter(({ modifiers }) => !modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword));
    const entries = own.map((one) => [nameOf((one.name as ts.Identifier).text), one] as const);
    const valueOf = (name: string, { type, questionToken }: (typeof own)[number]): Values => {
      const values = type ? this.ofType(type, depth + 1, name) : anything;
      return questionToken ? mostly(values, undefined) : values;
    };
    return fc.record(Object.fromEntries(entries.map(([name, one]) => [name, valueOf(name, one)])));
  }

  private ofType(type: ts.TypeNode, depth: number, property = ""): Values {
    if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) return this.ofType(type.type, depth, property);
    if (ts.isLiteralTypeNode(type)) return fc.constant(literal(type.literal));
    if (ts.isUnionTypeNode(type)) return this.ofUnion(type, depth, property);
    if (ts.isIntersectionTypeNode(type)) return merged(type.types.map((one) => this.ofType(one, depth)));
    if (ts.isArrayTypeNode(type)) return this.list(type.elementType, depth);
    if (ts.isTypeLiteralNode(type)) return this.ofLiteral(type, depth);
    if (ts.isTypeReferenceNode(type)) return this.ofReference(type, depth);
    const byKind: Partial<Record<ts.SyntaxKind, Values>> = {
      [ts.SyntaxKind.StringKeyword]: textOf(this.options, property),
      [ts.SyntaxKind.NumberKeyword]: numbers,
      [ts.SyntaxKind.BooleanKeyword]: fc.boolean(),
      [ts.SyntaxKind.UndefinedKeyword]: fc.constant(undefined),
    };
    return byKind[type.kind] ?? anything;
  }

  private ofUnion({ types }: ts.UnionTypeNode, depth: number, property: string): Values {
    const some = types.filter((one) => !isNothing(one)).map((one) => this.ofType(one, depth, property));
    if (some.length === 0) return fc.constant(null);
    return some.length === types.length ? fc.oneof(...some) : mostly(fc.oneof(...some), null);
  }

  private list = (type: ts.TypeNode, depth: number): Values => fc.array(this.ofType(type, depth), { maxLength: 2 });

  private ofLiteral(type: ts.TypeLiteralNode, depth: number): Values {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    if (index) return fc.dictionary(fc.constantFrom("a", "__proto__", "length"), this.ofType(index.type, depth), { maxKeys: 2 });
    return depth > this.options.depth ? fc.constant({}) : this.record(propertiesOf(type), depth);
  }

  private ofReference({ typeName, typeArguments = [] as never }: ts.TypeReferenceNode, depth: number): Values {
    const name = typeName.getText();
    if (name === "Array" || name === "ReadonlyArray") return this.list(typeArguments[0], depth);
    if (name === "Partial") return this.ofType(typeArguments[0], depth).chain(someKeys);
    if (name === "Date") return fc.constantFrom(...moments);
    return this.ofDeclared(resolve(typeName, typeName), depth);
  }
}

const propertiesOf = ({ members }: { members: ts.NodeArray<ts.Node> }) => members.filter(isProperty);

const isProperty = (node: ts.Node): node is ts.PropertySignature | ts.PropertyDeclaration =>
  ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);

function entityName(expression: ts.Expression): ts.EntityName | undefined {
  if (ts.isIdentifier(expression)) return expression;
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const left = entityName(expression.expression);
  return left && ({ kind: ts.SyntaxKind.QualifiedName, left, right: expression.name } as unknown as ts.EntityName);
}

/** Joins the properties of several objects; the last one with a property counts. */
const merged = (all: readonly Values[]): Values =>
  all.length === 1 ? all[0] : fc.tuple(...all).map((values) => Object.assign({}, ...values) as object);

/** Is nothing one time in six. */
export const mostly = (values: Values, nothing: null | undefined): Values =>
  fc.oneof({ weight: 5, arbitrary: values }, fc.constant(nothing));

const isNothing = (type: ts.TypeNode) =>
  type.kind === ts.SyntaxKind.UndefinedKeyword || (ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword);

/** Leaves some of an object's properties out. */
const someKeys = (value: unknown): Values => {
  const entries = Object.entries(value ?? {});
  return fc.subarray(entries).map((some) => Object.fromEntries(some));
};

const valueOf = ({ initializer }: ts.EnumMember): unknown => (initializer ? literal(initializer) : 0);

function literal(node: ts.Node): unknown {
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node)) return -Number(literal(node.operand));
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  return node.kind === ts.SyntaxKind.TrueKeyword;
}
