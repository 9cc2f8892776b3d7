import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print, printError } from "../lib/output";
import { confirm } from "../lib/prompt";
import { requirePulumi, runPulumi, shown } from "../lib/pulumi";
import { projectName, stackRegion } from "../../config/stackFile";
import { bootstrap, nameBackend, type StateBackend } from "./stateBackend";

/** Options of `stack bootstrap`. */
export interface BootstrapOptions {
  stack: string;
  region?: string;
  dryRun?: boolean;
  yes?: boolean;
}

/**
 * Creates the backend that a team's state lives in, logs in to it, and creates or selects the stack. Run it again at any time: for another
 * stack, or to bring bucket and key back into form.
 * @throws UserError if AWS or Pulumi refuses, or the answer to the question is no
 */
export async function bootstrapStack(options: BootstrapOptions): Promise<void> {
  const { stack, dryRun = false, yes = false } = options;
  const region = regionOf(options);
  if (!dryRun) requirePulumi();
  const backend = await nameBackend(projectName(), { region }).catch(refuse);
  const login = ["login", backend.url];
  const init = ["stack", "init", stack, "--secrets-provider", backend.secretsProvider(stack)];
  const setRegion = ["config", "set", "aws:region", region, "--stack", stack];
  const commands = [login, init, ...(stackRegion(stack) === region ? [] : [setRegion])];
  const plan = [
    "This creates, or brings into form:",
    `  bucket  ${backend.bucket}`,
    `  key     ${backend.keyAlias}`,
    "and then runs:",
    ...commands.map((command) => `  ${shown(["pulumi", ...command])}`),
  ].join("\n");
  if (dryRun) return void print(plan);
  if (!yes) {
    printError(plan);
    if (!(await confirm(`Create them in ${region}?`))) throw new UserError("Nothing is changed.");
  }
  await bootstrap(projectName(), { region }).catch(refuse);
  print(`State is kept in the bucket ${backend.bucket}, encrypted with the key ${backend.keyAlias}.`);
  runPulumi(...login);
  print(makeStack(stack, init, backend));
  if (stackRegion(stack) !== region) {
    runPulumi(...setRegion);
    print(`The region of the stack ${stack} is now ${region}.`);
  }
  print(`\nYour team and CI log in with:\n  ${shown(["pulumi", ...login])}`);
}

/** Creates a stack, or selects it if it exists; its secrets then keep their provider. Returns a sentence that tells which. */
function makeStack(stack: string, init: string[], { secretsProvider }: StateBackend): string {
  const stacks = JSON.parse(runPulumi("stack", "ls", "--json")) as { name: string }[];
  if (!stacks.some(({ name }) => name.split("/").at(-1) === stack)) {
    runPulumi(...init);
    return `The stack ${stack} is created and selected. Commit Pulumi.${stack}.yaml, which now names its key.`;
  }
  runPulumi("stack", "select", stack);
  return `The stack ${stack} exists and is selected. To move its secrets to the key, run: pulumi stack change-secrets-provider '${secretsProvider(stack)}' --stack ${stack}`;
}

function refuse(error: Error): never {
  if (error instanceof UserError) throw error;
  throw new UserError(`AWS refused: ${error.message} Check that the credentials in the environment are for the right account.`);
}

function regionOf(options: BootstrapOptions): string {
  const { stack } = options;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stack))
    throw new UsageError(
      `--stack is "${stack}", but must be lower-case letters, digits and single hyphens between them, beginning with a letter.`,
    );
  const region = options.region ?? stackRegion(stack) ?? process.env.AWS_REGION;
  if (!region) throw new UsageError("The stack has no region. Give --region, such as eu-central-1.");
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region is "${region}", but must be the code of an AWS region, such as eu-central-1.`);
  return region;
}
