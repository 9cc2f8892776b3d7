import * as pulumi from "@pulumi/pulumi";

/** What `pulumi config set` gives the stack of the roles. */
export interface AccessConfig {
  /** Whose workflows take the roles, as GitHub's tokens name it: `owner@id/name@id`, or `owner/name` for one from before July 2026.
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/ */
  repository: string;
  /** Each gets a role that deploys it. */
  stacks: string[];
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
    stacks: config.requireObject<string[]>("stacks"),
    createProvider: config.requireBoolean("createProvider"),
    region: new pulumi.Config("aws").require("region"),
  };
}
