import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
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

/** @throws RunError, in one sentence, when a value is missing or is none that is allowed. */
export function readAccessConfig(config: pulumi.Config): AccessConfig {
  const repository = config.require("repository");
  if (!/^[\w.-]+(@\d+\/[\w.-]+@\d+|\/[\w.-]+)$/.test(repository))
    throw new pulumi.RunError(
      `repository is "${repository}", but must be owner@id/name@id, such as acme@123/hooks@456, or owner/name for a repository from before July 2026.`,
    );
  return {
    repository,
    stacks: config.requireObject<string[]>("stacks").map((name) => readStack(name)),
    createProvider: config.requireBoolean("createProvider"),
    region: new pulumi.Config("aws").require("region"),
  };
}

/**
 * What a stack's file in the project's folder says of its names; a stack without a file is called by its own name.
 * @throws RunError when a name is none of which a policy can tell what is the stack's own.
 */
export function readStack(name: string, folder = path.resolve(__dirname, "..")): DeployedStack {
  const file = path.join(folder, `Pulumi.${name}.yaml`);
  const { config = {} } = (existsSync(file) ? parse(readFileSync(file, "utf8")) : {}) as { config?: Record<string, unknown> };
  const setting = (key: string) => config[`${pipeline}:${key}`];
  const suffix = String(setting("environmentSuffix") ?? "") || name;
  for (const [what, value] of [
    ["stacks has", name],
    ["environmentSuffix is", suffix],
  ])
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value))
      throw new pulumi.RunError(
        `${what} "${value}", but must be lower-case letters, digits and single hyphens between them, beginning with a letter.`,
      );
  const domain = setting("domain");
  return {
    name,
    suffix,
    domain: typeof domain === "string" && domain !== "" ? domain : undefined,
    managesApiGatewayAccount: String(setting("manageApiGatewayAccount")) !== "false",
  };
}
