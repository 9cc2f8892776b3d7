import * as assert from "node:assert/strict";
import { captureProgram, defaultRun } from "../graph/capture";
import type { Registration } from "../graph/resource";
import type { ProgramResult } from "../graph/run";

/** Configuration of the program, keys without the project's namespace. */
export type ProgramConfig = Record<string, unknown>;

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** A stack in which every setting differs from its default, but for suffix, workflow and what guards data. */
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

/** What is off unless asked for: a network, a host name and a firewall of its own. */
export const equipped: ProgramConfig = { network: "private", domain: "hooks.example.com", waf: true };

/** A stack as production may have it: all of that, protected, audited, with the console's history. */
export const guarded: ProgramConfig = { ...equipped, deletionProtection: true, auditTrail: true, workflowType: "STANDARD" };

const runs = new Map<string, Promise<Program>>();

/** What a mutation makes of each captured graph; see tests/mutations/. */
let alteration: ((resources: Registration[]) => Registration[]) | undefined;
export function alterGraphs(alter: typeof alteration): void {
  alteration = alter;
}

/** Returns the program as it registers its resources under these settings; the same run is made once. */
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

/** A captured run, with the questions that tests ask of it. */
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

  /** Returns the one resource of this type, and of this name where there are several: a logical name, or its end. */
  one(type: string, name?: string): Registration {
    const found = this.all(type).filter((resource) => name === undefined || `-${resource.name}`.endsWith(`-${name}`));
    assert.equal(found.length, 1, `${type} ${name ?? ""}: ${found.length} of them`);
    return found[0];
  }

  /** Statements of all inline policies of a role, by the role's physical name. */
  roleStatements(role: string): Statement[] {
    return this.all("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs.role === role)
      .flatMap(({ inputs }) => statementsOf(inputs.policy));
  }

  /** Whether the first waits for the second, directly or through others. */
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

/** Tells whether some statement allows this action on this resource, letter by letter. */
export function allows(statements: Statement[], action: string, resource: unknown): boolean {
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === "Allow" && [Action].flat().includes(action) && ([Resource].flat() as unknown[]).includes(resource),
  );
}
