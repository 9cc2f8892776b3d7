/** Project whose stacks GitHub Actions previews and deploys. */
export const pipeline = "webhook-pipeline";

/** Returns the names of the state backend's bucket and key. Bucket names must be unique in all of AWS. */
export function stateNames(project: string, account: string, region: string): { bucket: string; keyAlias: string } {
  return { bucket: `${project}-state-${account}-${region}`, keyAlias: `alias/${project}-state` };
}

/** Tags of the state's key. No stack has this `Environment`, because suffixes have no underscore, and no deployment can replace another's tag. */
export const stateKeyTags = { Environment: "_state", ManagedBy: "bootstrap" };

/** Key of the encryption context in which Pulumi names the stack, so that policies can limit a role to one stack's secrets. */
export const secretsContext = "stack";

/** Builds the secrets provider for `pulumi stack init`. All stacks share the key, but it decrypts one stack's secrets for no other.
 * @see https://gocloud.dev/howto/secrets/#aws */
export function secretsProvider(keyAlias: string, region: string, stack: string): string {
  return `awskms://${keyAlias}?region=${region}&context_${secretsContext}=${stack}`;
}
