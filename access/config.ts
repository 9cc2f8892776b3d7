import * as pulumi from "@pulumi/pulumi";

/** What `pulumi config set` gives the stack of the roles. */
export interface AccessConfig {
  /** Whose workflows take the roles, as `owner/name`. */
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
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new pulumi.RunError(`repository is "${repository}", but must be owner/name, such as acme/webhook-pipeline.`);
  return {
    repository,
    stacks: config.requireObject<string[]>("stacks"),
    createProvider: config.requireBoolean("createProvider"),
    region: new pulumi.Config("aws").require("region"),
  };
}
