/** The project whose stacks GitHub Actions previews and deploys. */
export const pipeline = "webhook-pipeline";

/** Names of the state backend, in one place for what makes it and for what may use it. Bucket names are unique over all of AWS. */
export function stateNames(project: string, account: string, region: string): { bucket: string; keyAlias: string } {
  return { bucket: `${project}-state-${account}-${region}`, keyAlias: `alias/${project}-state` };
}
