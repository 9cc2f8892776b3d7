import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print } from "../lib/output";
import { requirePulumi, runPulumi, shown } from "../lib/pulumi";
import { projectName, stackRegion } from "../../config/stackFile";
import { bootstrap, nameBackend, type StateBackend } from "./stateBackend";

/** What `stack bootstrap` is asked. */
export interface BootstrapOptions {
  stack: string;
  region?: string;
  dryRun?: boolean;
  yes?: boolean;
}

/**
 * Makes the backend that a team's state lives in, logs in to it and makes the stack there. It can be run again at any time, for another
 * stack or to bring bucket and key back into form.
 */
export async function bootstrapStack(options: BootstrapOptions): Promise<void> {
  const { stack, dryRun = false } = options;
  const region = regionOf(options);
  if (!dryRun) requirePulumi();
  const backend = await (dryRun ? nameBackend : bootstrap)(projectName(), { region }).catch(refuse);
  const login = ["login", backend.url];
  const init = ["stack", "init", stack, "--secrets-provider", backend.secretsProvider(stack)];
  const setRegion = ["config", "set", "aws:region", region, "--stack", stack];
  print(dryRun ? "This would make, or bring into form:" : "State is kept in:");
  print(`  bucket  ${backend.bucket}\n  key     ${backend.keyAlias}\n`);
  if (dryRun) {
    const commands = [login, init, ...(stackRegion(stack) === region ? [] : [setRegion])];
    print(`and then run:\n${commands.map((command) => `  ${shown(["pulumi", ...command])}`).join("\n")}`);
    return;
  }
  runPulumi(...login);
  print(makeStack(stack, init, backend));
  if (stackRegion(stack) !== region) {
    runPulumi(...setRegion);
    print(`The stack's own region is now ${region} as well.`);
  }
  print(`\nOthers of the team, and CI, log in with:\n  ${shown(["pulumi", ...login])}`);
}

/** A stack that is there already is selected; its secrets stay under the provider that they have. */
function makeStack(stack: string, init: string[], { secretsProvider }: StateBackend): string {
  const stacks = JSON.parse(runPulumi("stack", "ls", "--json")) as { name: string }[];
  if (!stacks.some(({ name }) => name.split("/").at(-1) === stack)) {
    runPulumi(...init);
    return `The stack ${stack} is made and selected; commit Pulumi.${stack}.yaml, which now names its key.`;
  }
  runPulumi("stack", "select", stack);
  return `The stack ${stack} was there already, and is selected. (Its secrets move to the key with: pulumi stack change-secrets-provider '${secretsProvider(stack)}' --stack ${stack})`;
}

function refuse(error: Error): never {
  if (error instanceof UserError) throw error;
  throw new UserError(`AWS refused: ${error.message} (are credentials in the environment, for the right account?)`);
}

function regionOf(options: BootstrapOptions): string {
  const { stack } = options;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stack))
    throw new UsageError(
      `--stack is "${stack}", but must be lower-case letters, digits and single hyphens between them, beginning with a letter.`,
    );
  const region = options.region ?? stackRegion(stack) ?? process.env.AWS_REGION;
  if (!region) throw new UsageError("Which region? Give --region, such as eu-central-1.");
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region is "${region}", but must be the code of an AWS region, such as eu-central-1.`);
  return region;
}
