import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { problem } from "../config/problems";
import { configSchema } from "../config/schema";
import { encrypted, readStackFile } from "../config/stackFile";
import type { DeployedStack } from "./scope";
import { pipeline } from "./state";

/** What `pulumi config set` gives the stack of the roles. */
export interface AccessConfig {
  /** Whose workflows take the roles, as GitHub's tokens name it: `owner@id/name@id`, or `owner/name` for one from before July 2026.
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/ */
  repository: string;
  /** Each gets a role that deploys it, and a boundary for the roles that it makes. */
  stacks: DeployedStack[];
  /** Whether GitHub's OpenID Connect provider is made here; an account has one, which others may have made already. */
  createProvider: boolean;
  region: string;
}

/** Reads the configuration of the roles. @throws RunError, in one sentence, when a value is missing or is none that is allowed. */
export function readAccessConfig(config: pulumi.Config): AccessConfig {
  const repository = config.require("repository");
  if (!/^[\w.-]+(@\d+\/[\w.-]+@\d+|\/[\w.-]+)$/.test(repository))
    throw new pulumi.RunError(
      `repository is "${repository}", but must be owner@id/name@id, such as acme@123/hooks@456, or owner/name for a repository from before July 2026.`,
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
 * Reads what a stack's file in the project's folder says of its names; a stack without a file is called by its own name.
 * @param region of the roles
 * @throws RunError when a name is none of which a policy can tell what is the stack's own, or is encrypted, or the stack is in another region.
 */
export function readStack(name: string, region: string, folder = path.resolve(__dirname, "..")): DeployedStack {
  const setting = settingsIn(path.join(folder, `Pulumi.${name}.yaml`));
  const own = setting("aws:region") || region;
  if (own !== region)
    throw new pulumi.RunError(
      `Pulumi.${name}.yaml deploys to ${own}, but these roles are for ${region}: leave ${name} out of stacks, and make its roles with a second stack of ci-roles/ whose aws:region is ${own}.`,
    );
  const suffix = setting("environmentSuffix") || name;
  for (const [what, value] of [
    ["stacks has", name],
    ["environmentSuffix is", suffix],
  ])
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value))
      throw new pulumi.RunError(
        `${what} "${value}", but must be lower-case letters, digits and single hyphens between them, beginning with a letter.`,
      );
  return {
    name,
    suffix,
    domain: domainOf(setting("domain")),
    managesApiGatewayAccount: setting("manageApiGatewayAccount") !== "false",
    hasPrivateNetwork: setting("network") === "private",
  };
}

/** Reads a stack's file as the engine does; without a file, every setting is empty. */
function settingsIn(file: string): (key: string) => string {
  const fileName = path.basename(file);
  const settings = read(file);
  return (key) => {
    const value = settings[key.includes(":") ? key : `${pipeline}:${key}`] ?? "";
    if (value === encrypted)
      throw new pulumi.RunError(
        `${fileName} has ${key} encrypted, but the roles depend on it: write it down with pulumi config set --plaintext ${key}.`,
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

/** Returns the stack's host name, and refuses one with a wildcard, which would allow the records of other names. */
function domainOf(domain: string): string | undefined {
  const { error } = configSchema.shape.domain.safeParse(domain);
  if (error) throw new pulumi.RunError(problem("domain", domain, error.issues[0].message));
  return domain || undefined;
}
