import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalWorkspace, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { Cloud } from "./standIn/cloud";
import { startLanguageHost, type LanguageHost } from "./languageHost";
import { startStandIn, type StandIn } from "./standIn/server";
import { onInterruption } from "../../cli/lib/interruption";

/**
 * The real Pulumi engine with our provider in place of AWS's. standIn/server.ts speaks the engine's protocol, standIn/cloud.ts stores
 * resources and refuses what AWS refuses, and standIn/iamCli.ts is an `aws` for it. The bench uses it, too.
 */

const root = path.resolve(__dirname, "../..");
/** Milliseconds for an interrupted engine to end by itself. */
const cancellationMs = 5_000;

export interface EngineOptions {
  region?: string;
  /** Account to deploy to. Default: a new one. */
  cloud?: Cloud;
  /** Additions to the engine's environment. */
  environment?: Record<string, string>;
  /** True if commands run at the same time, or with environments of their own that must reach the program or npm: each starts a language host. */
  ownHosts?: boolean;
}

/** The real engine in its own folder, with a stand-in for AWS. The project's own stack files stay unchanged. */
export class Engine {
  readonly cloud: Cloud;
  readonly folder: string;
  readonly stateFolder: string;
  readonly environment: Record<string, string>;
  readonly #standIn: StandIn;
  #languageHost: LanguageHost | undefined;

  private constructor(folder: string, cloud: Cloud, standIn: StandIn, { environment }: EngineOptions) {
    this.folder = folder;
    this.cloud = cloud;
    onInterruption(async () => {
      await Promise.race([Promise.allSettled(operations), sleep(cancellationMs)]);
      this.stop();
    });
    this.stateFolder = path.join(folder, "state");
    this.#standIn = standIn;
    this.environment = {
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${this.stateFolder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${standIn.port},awsx:${standIn.port}`,
      ...environment,
    };
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const folder = mkdtempSync(path.join(tmpdir(), "webhook-engine-"));
    for (const name of ["home", "state"]) mkdirSync(path.join(folder, name));
    const cloud = options.cloud ?? new Cloud(options.region ?? "eu-central-1");
    const engine = new Engine(folder, cloud, await startStandIn(cloud), options);
    try {
      if (!options.ownHosts) await engine.#shareLanguageHost();
      return engine;
    } catch (error) {
      engine.stop();
      throw error;
    }
  }

  async #shareLanguageHost(): Promise<void> {
    this.#languageHost = await startLanguageHost(this.folder, this.environment);
    if (this.#languageHost) this.environment.PULUMI_DEBUG_LANGUAGES = this.#languageHost.attachment;
  }

  stop(): void {
    this.#languageHost?.stop();
    this.#standIn.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Creates or selects a stack with this configuration. Keys without a namespace are the program's.
   * @param program folder of another program within the project */
  async stack(name: string, settings: Record<string, unknown> = {}, program = "."): Promise<Stack> {
    const stack = await this.stackIn(path.join(this.projectFolder(), program), name);
    await configure(stack, { "aws:region": this.cloud.region, ...settings });
    return stack;
  }

  /** Creates or selects a stack of a program in any folder. */
  stackIn(workDir: string, stackName: string): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack({ stackName, workDir }, { workDir, envVars: this.environment });
  }

  /** Returns a folder with links to the project without its stack files, so that the engine writes only there. */
  projectFolder(): string {
    const folder = path.join(this.folder, "project");
    if (!readdirSync(this.folder).includes("project")) {
      mkdirSync(folder);
      const own = /^(Pulumi\..+\.yaml|Pulumi\.yaml|\.git|\.local|\.cache|coverage|ci-roles)$/;
      for (const name of readdirSync(root)) if (!own.test(name)) symlinkSync(path.join(root, name), path.join(folder, name));
      cpSync(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
      cpSync(path.join(root, "ci-roles"), path.join(folder, "ci-roles"), { recursive: true });
    }
    return folder;
  }
}

/** Writes settings into the stack's file, as a person would: lists and objects as YAML. */
export async function configure(stack: Stack, settings: Record<string, unknown>): Promise<void> {
  const stackFile = await stack.workspace.stackSettings(stack.name);
  const { name: project } = await stack.workspace.projectSettings();
  for (const [key, value] of Object.entries(settings))
    stackFile.config = { ...stackFile.config, [key.includes(":") ? key : `${project}:${key}`]: value as string };
  await stack.workspace.saveStackSettings(stack.name, stackFile);
}

/** The changes of a run, such as `create aws:sqs/queue:Queue webhook-event-store-dead-letters`, and the outputs. */
export interface RunResult {
  steps: string[];
  outputs: Record<string, unknown>;
}

/** Running operations. An interrupted engine notes that in its state before it ends. */
const operations = new Set<Promise<unknown>>();

async function observe(run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<string[]> {
  const steps: string[] = [];
  const operation = run(({ resourcePreEvent }) => {
    const { op, urn } = resourcePreEvent?.metadata ?? {};
    if (!op || !urn || op === "same" || op === "read") return;
    const [type, name] = urn.split("::").slice(-2);
    if (type === "pulumi:pulumi:Stack") return;
    steps.push(`${op} ${type.split("$").at(-1)!} ${name}`);
  });
  operations.add(operation);
  await operation.finally(() => operations.delete(operation));
  return steps;
}

export const previewSteps = (stack: Stack, options: { refresh?: boolean } = {}) =>
  observe((onEvent) => stack.preview({ onEvent, ...options }));

export async function up(stack: Stack): Promise<RunResult> {
  let outputs: Record<string, unknown> = {};
  const steps = await observe(async (onEvent) => {
    const result = await stack.up({ onEvent });
    outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, { value }]) => [name, value as unknown]));
  });
  return { steps, outputs };
}

export const destroy = (stack: Stack) => observe((onEvent) => stack.destroy({ onEvent }));
