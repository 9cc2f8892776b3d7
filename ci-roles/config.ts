import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { problem } from "../config/problems";
import { configSchema } from "../config/schema";
import { encrypted, readStackFile } from "../config/stackFile";
import type { DeployedStack } from "./scope";
import { pipeline } from "./state";

/** Configuration of the roles' own stack. */
export interface AccessConfig {
  /** Repository whose workflows assume the roles, as in GitHub's tokens: `owner@id/name@id`, or `owner/name` if created before July 2026.
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/ */
  repository: string;
  /** Stacks. Each gets a role that deploys it, and a boundary for the roles that it creates. */
  stacks: DeployedStack[];
  /** False if the account already has a GitHub OpenID Connect provider. An account can have only one. */
  createProvider: boolean;
  region: string;
}

/** Reads the configuration. @throws RunError for a missing or invalid value */
export function readAccessConfig(config: pulumi.Config): AccessConfig {
  const repository = config.require("repository");
  if (!/^[\w.-]+(@\d+\/[\w.-]+@\d+|\/[\w.-]+)$/.test(repository))
    throw new pulumi.RunError(
      problem(
        "repository",
        repository,
        "owner@id/name@id, such as acme@123/hooks@456, or owner/name for a repository created before July 2026",
      ),
    );
  const region = new pulumi.Config("aws").require("region");
  return {
    repository,
    stacks: config.requireObject<string[]>("stacks").map((name) => readStack(name, region)),
    createProvider: config.requireBoolean("createProvider"),
    region,
  };
}

/**
 * Reads the settings that determine a stack's names, from its file in the project's folder. Without a file, the suffix is the stack's name.
 * @param region region of the roles
 * @throws RunError if a name is invalid or encrypted, or if the stack is in another region
 */
export function readStack(name: string, region: string, folder = path.resolve(__dirname, "..")): DeployedStack {
  const setting = settingsIn(path.join(folder, `Pulumi.${name}.yaml`));
  const own = setting("aws:region") || region;
  if (own !== region)
    throw new pulumi.RunError(
      `Pulumi.${name}.yaml deploys to ${own}, but these roles are for ${region}. Remove ${name} from stacks, and create its roles with a second stack of ci-roles/ whose aws:region is ${own}.`,
    );
  const suffix = setting("environmentSuffix") || name;
  for (const [what, value] of [
    ["stacks has", name],
    ["environmentSuffix is", suffix],
  ])
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value))
      throw new pulumi.RunError(
        `${what} "${value}". Allowed: lower-case letters, digits and single hyphens between them, beginning with a letter.`,
      );
  return {
    name,
    suffix,
    domain: domainOf(setting("domain")),
    managesApiGatewayAccount: setting("manageApiGatewayAccount") !== "false",
    hasPrivateNetwork: setting("network") === "private",
  };
}

/** Reads a stack's file as Pulumi does. Without a file, every setting is empty. */
function settingsIn(file: string): (key: string) => string {
  const fileName = path.basename(file);
  const settings = read(file);
  return (key) => {
    const value = settings[key.includes(":") ? key : `${pipeline}:${key}`] ?? "";
    if (value === encrypted)
      throw new pulumi.RunError(
        `${fileName} has an encrypted ${key}, but the roles depend on it. Set it with pulumi config set --plaintext ${key}.`,
      );
    return value;
  };
}

function read(file: string): Record<string, string> {
  try {
    return readStackFile(file, pipeline) ?? {};
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

/** Validates the domain: a wildcard in it would allow changes to the records of other names. */
function domainOf(domain: string): string | undefined {
  const { error } = configSchema.shape.domain.safeParse(domain);
  if (error) throw new pulumi.RunError(problem("domain", domain, error.issues[0].message));
  return domain || undefined;
}
