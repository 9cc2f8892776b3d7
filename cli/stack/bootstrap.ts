import { projectName, stackRegion } from "../../config/stackFile";
import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print, printError } from "../lib/output";
import { confirm, requireTerminal } from "../lib/prompt";
import { requirePulumi, runPulumi } from "../lib/pulumi";
import { shellLine } from "../lib/shell";
import { createBackend, nameBackend, type StateBackend } from "./stateBackend";

/** Options of `stack bootstrap`. */
export interface BootstrapOptions {
  stack: string;
  region?: string;
  dryRun?: boolean;
  yes?: boolean;
}

const question = "Create these in your AWS account?";

/**
 * Creates the bucket and the key of Pulumi's state, logs in, and creates or selects the stack. Asks before it creates anything. Running it
 * again, or for another stack, restores the settings of bucket and key.
 * @returns 1 if the answer is no
 */
export async function bootstrapStack(options: BootstrapOptions): Promise<number> {
  const { stack, dryRun = false, yes = false } = options;
  const region = regionOf(options);
  if (!dryRun) requirePulumi();
  if (!dryRun && !yes) requireTerminal(question);
  const project = projectName();
  const backend = await nameBackend(project, { region }).catch(explain);
  const login = ["login", backend.url];
  const init = ["stack", "init", stack, "--secrets-provider", backend.secretsProvider(stack)];
  const setRegion = ["config", "set", "aws:region", region, "--stack", stack];
  const plan = planOf(backend, [login, init, ...(stackRegion(stack) === region ? [] : [setRegion])]);
  if (dryRun) return print(plan);
  printError(plan);
  if (!yes && !(await confirm(question))) return print("Nothing was changed.", 1);
  await createBackend(project, { region }, printError).catch(explain);
  printError("Logging in to the state …");
  runPulumi(...login);
  print(createStack(stack, init, backend));
  if (stackRegion(stack) !== region) {
    runPulumi(...setRegion);
    print(`Set aws:region to ${region} in Pulumi.${stack}.yaml.`);
  }
  return print(`\nOthers of the team, and CI, log in with:\n  ${shellLine(["pulumi", ...login])}`);
}

/** Writes what a bootstrap creates and runs. */
function planOf({ account, bucket, keyAlias }: StateBackend, commands: readonly string[][]): string {
  const lines = commands.map((command) => `  ${shellLine(["pulumi", ...command])}`);
  return `In the AWS account ${account}, this creates what is missing of:
  bucket  ${bucket}
  key     ${keyAlias}
and runs:
${lines.join("\n")}
`;
}

/** Creates the stack, or selects it if it exists: then its secrets keep their provider. */
function createStack(stack: string, init: string[], { secretsProvider }: StateBackend): string {
  const stacks = JSON.parse(runPulumi("stack", "ls", "--json")) as { name: string }[];
  if (!stacks.some(({ name }) => name.split("/").at(-1) === stack)) {
    runPulumi(...init);
    return `Created and selected the stack ${stack}. Commit Pulumi.${stack}.yaml, which now names its key.`;
  }
  runPulumi("stack", "select", stack);
  const change = shellLine(["pulumi", "stack", "change-secrets-provider", secretsProvider(stack), "--stack", stack]);
  return `Selected the stack ${stack}, which exists already. To encrypt its secrets with the key, run: ${change}`;
}

function explain(error: Error): never {
  if (error instanceof UserError) throw error;
  throw new UserError(`AWS: ${error.message}. Check that the environment has credentials for the right account.`);
}

/** Returns the region from the options, the stack's file or AWS_REGION. @throws UsageError for an invalid name, or if there is no region */
function regionOf(options: BootstrapOptions): string {
  const { stack } = options;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stack))
    throw new UsageError(
      `--stack is "${stack}". Allowed: lower-case letters, digits and single hyphens between them, beginning with a letter.`,
    );
  const region = options.region ?? stackRegion(stack) ?? process.env.AWS_REGION;
  if (!region) throw new UsageError("No region is known. Give --region, such as eu-central-1.");
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region is "${region}". Allowed: the code of an AWS region, such as eu-central-1.`);
  return region;
}
