import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { captureProgram, defaultRun } from "../preflight/graph/capture";
import type { Registration } from "../preflight/graph/resource";
import type { ProgramResult } from "../preflight/graph/run";

/** Configuration of the program. Keys have no namespace. */
export type ProgramConfig = Record<string, unknown>;

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** Settings that all differ from their defaults, except suffix, workflow and data protection. */
export const varied: ProgramConfig = {
  sources: ["stripe"],
  throttleRequestsPerMinute: 600,
  throttleBurst: 50,
  lambdaMemoryMb: 1024,
  lambdaTimeoutSeconds: 12,
  receiverReservedConcurrency: 50,
  processorReservedConcurrency: 60,
  accountConcurrency: 2000,
  logRetentionDays: 90,
  eventRetentionDays: 30,
  testEvents: "ignore",
  workflowLogLevel: "ALL",
  signatureFailureThreshold: 3,
  alertSubscriptions: [{ protocol: "email", endpoint: "oncall@example.com" }],
  manageApiGatewayAccount: false,
  allowedAccountIds: ["123456789012"],
};

/** Settings with private network, custom domain and WAF. */
export const equipped: ProgramConfig = { network: "private", domain: "hooks.example.com", waf: true };

/** Settings for production: `equipped`, protected, audited, with a STANDARD workflow. */
export const guarded: ProgramConfig = { ...equipped, deletionProtection: true, auditTrail: true, workflowType: "STANDARD" };

/** `guarded`, with a destination of each type. */
export const delivering: ProgramConfig = {
  ...guarded,
  destinations: [
    {
      name: "orders",
      url: "https://orders.example.com/webhooks",
      kinds: ["payment.succeeded", "refund"],
      sources: ["stripe"],
      eventTypes: ["charge.*", "payment_intent.succeeded"],
      maxConcurrency: 20,
      maxPerSecond: 5,
    },
    { name: "ledger", type: "queue", consumerRoles: ["arn:aws:iam::123456789012:role/ledger"] },
  ],
};

const runs = new Map<string, Promise<Program>>();

/** A mutation applied to each captured graph; see tests/mutations/. */
let alteration: ((resources: Registration[]) => Registration[]) | undefined;
export function alterGraphs(alter: typeof alteration): void {
  alteration = alter;
}

/** Captures the program under these settings. Equal runs share a capture. */
export function program(settings: ProgramConfig = {}, { stack = defaultRun.stack as string, preview = false } = {}): Promise<Program> {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key.includes(":") ? key : `${defaultRun.project}:${key}`, asText(value)]),
  );
  const key = JSON.stringify([config, stack, preview]);
  const known = runs.get(key);
  if (known) return altered(known);
  const run = captureProgram({ stack, preview, config: config as Record<string, string> & { "aws:region": string } }).then(
    (result) => new Program(result),
  );
  runs.set(key, run);
  return altered(run);
}

async function altered(run: Promise<Program>): Promise<Program> {
  const program = await run;
  return alteration ? new Program({ resources: alteration(program.resources), outputs: program.outputs }) : program;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A captured run, with queries for tests. */
export class Program {
  readonly resources: Registration[];
  readonly outputs: Record<string, unknown>;

  constructor({ resources, outputs }: ProgramResult) {
    this.resources = resources;
    this.outputs = outputs;
  }

  all(type: string): Registration[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Returns the only resource of this type. @param name logical name or its end, if there are several */
  one(type: string, name?: string): Registration {
    const found = this.all(type).filter((resource) => name === undefined || `-${resource.name}`.endsWith(`-${name}`));
    assert.equal(found.length, 1, `${type} ${name ?? ""}: ${found.length} of them`);
    return found[0];
  }

  /** Returns the statements of a role's inline policies. @param role physical name */
  roleStatements(role: string): Statement[] {
    return this.all("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs.role === role)
      .flatMap(({ inputs }) => statementsOf(inputs.policy));
  }

  /** Tells if a resource depends on another, directly or through others. */
  dependsOn(dependent: Registration, on: Registration): boolean {
    const byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
    const visited = new Set<string>();
    const queue = [...dependent.dependencies];
    for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
      if (urn === on.urn) return true;
      if (visited.has(urn)) continue;
      visited.add(urn);
      queue.push(...(byUrn.get(urn)?.dependencies ?? []));
    }
    return false;
  }
}

export function statementsOf(policy: unknown): Statement[] {
  return (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
}

/** Returns what the captured graph shows of a text in an archive. */
export function archivedText(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Tells if a statement allows exactly this action on exactly this resource. */
export function allows(statements: Statement[], action: string, resource: unknown): boolean {
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === "Allow" && [Action].flat().includes(action) && ([Resource].flat() as unknown[]).includes(resource),
  );
}
