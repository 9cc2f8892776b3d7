import { ListSecretVersionIdsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { entriesInVersion } from "../../domain/secretVersions";

/** What reads about secrets, and never a secret. */
export interface SecretsReader {
  secretsManager: SecretsManagerClient;
}

/** Version of a secret that is in use. */
export interface SecretVersion {
  /** Number of secrets in it, as the program that stored it says; `undefined` if another one did. */
  entries: number | undefined;
  since: Date | undefined;
}

/** Label of the version in use. */
const inUse = "AWSCURRENT";

/** Reads which version of a secret is in use, without its value; `undefined` if there is none yet. */
export async function readVersion({ secretsManager }: SecretsReader, SecretId: string): Promise<SecretVersion | undefined> {
  // AWS leaves out the versions without a label, so one page has those that are left.
  const { Versions = [] } = await secretsManager.send(new ListSecretVersionIdsCommand({ SecretId, MaxResults: 100 }));
  const current = Versions.find(({ VersionStages = [] }) => VersionStages.includes(inUse));
  return current && { entries: entriesInVersion(current.VersionId ?? ""), since: current.CreatedDate };
}
