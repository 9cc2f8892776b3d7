/** The project whose stacks GitHub Actions previews and deploys. */
export const pipeline = "webhook-pipeline";

/** Names of the state backend, in one place for what makes it and for what may use it. Bucket names are unique over all of AWS. */
export function stateNames(project: string, account: string, region: string): { bucket: string; keyAlias: string } {
  return { bucket: `${project}-state-${account}-${region}`, keyAlias: `alias/${project}-state` };
}

/** Tags of the state's key. Its `Environment` is no stack's, because a suffix has no underscore; and a deployment gives its own stack's tag to
 * nothing that has another's. */
export const stateKeyTags = { Environment: "_state", ManagedBy: "bootstrap" };

/** What Pulumi tells the key when it opens a stack's secrets: of which stack, so that a role can be kept to one. */
export const secretsContext = "stack";

/** Names a stack's key for secrets, as `pulumi stack init` takes it. The key is the same for all; what it encrypts for one stack, it
 * decrypts for no other.
 * @see https://gocloud.dev/howto/secrets/#aws */
export function secretsProvider(keyAlias: string, region: string, stack: string): string {
  return `awskms://${keyAlias}?region=${region}&context_${secretsContext}=${stack}`;
}
