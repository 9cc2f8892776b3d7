import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { randomBytes } from "node:crypto";
import type { AuthChoice } from "../domain/destinations";
import { secretVersionId } from "../domain/secretVersions";
import type { Clients } from "./clients";

/** A destination of the local run to which the pipeline posts. */
export interface LocalDestination {
  name: string;
  auth: AuthChoice;
  /** URL in the configuration. */
  url: string;
  /** URL of a service on this machine that gets the deliveries instead. Absent: the configured URL is called. */
  localUrl?: string;
  /** Signing secret to begin with. Absent: a new one. */
  secret?: string;
}

/** Value of a destination's secret. */
interface SecretValue {
  secret: string;
  username?: string;
  password?: string;
  token?: string;
}

/** Creates a signing secret of Standard Webhooks. */
export const createDestinationSecret = (): string => `whsec_${randomBytes(24).toString("base64")}`;

function createValue({ auth, secret = createDestinationSecret() }: LocalDestination): SecretValue {
  const text = () => randomBytes(24).toString("base64url");
  if (auth === "basic") return { secret, username: "webhook-pipeline", password: text() };
  return auth === "bearer" ? { secret, token: text() } : { secret };
}

/** Returns the signing secret of a destination; during a rotation the old one, which stays valid. Sets a value unless a run has kept one. */
export async function secretOfDestination({ secretsManager }: Clients, destination: LocalDestination, SecretId: string): Promise<string> {
  const kept = await secretsManager.send(new GetSecretValueCommand({ SecretId })).then(
    ({ SecretString }) => SecretString,
    () => undefined,
  );
  if (kept !== undefined) return ([JSON.parse(kept)] as [SecretValue | SecretValue[]]).flat().at(-1)!.secret;
  const value = createValue(destination);
  const SecretString = JSON.stringify(value);
  await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken: secretVersionId(1) }));
  return value.secret;
}

/** Returns which URLs on this machine replace configured ones, by the destination's name. */
export const localUrlsOf = (destinations: readonly LocalDestination[]): Record<string, string> =>
  Object.fromEntries(destinations.flatMap(({ name, localUrl }) => (localUrl === undefined ? [] : [[name, localUrl]])));
