import type { AuthChoice } from "../../domain/destinations";
import { parseEntry } from "../../handlers/deliver/secrets";
import type { Credential, Field } from "./field";

/** A destination, as far as it decides the form of its secret. */
export interface DestinationHolder {
  auth: AuthChoice;
}

const signingSecret: Field = { key: "secret", question: "Signing secret (whsec_…), or nothing to make one", hidden: true };

const authFields: Readonly<Record<AuthChoice, readonly Field[]>> = {
  none: [],
  basic: [
    { key: "username", question: "User name of basic authentication", hidden: false },
    { key: "password", question: "Password of basic authentication", hidden: true },
  ],
  bearer: [{ key: "token", question: "Bearer token", hidden: true }],
};

/** Lists the fields of a destination's secret. The signing secret can be made. */
export const destinationFields = ({ auth }: DestinationHolder): readonly Field[] => [signingSecret, ...authFields[auth]];

/** Returns the form of a destination's secret, for messages. */
export function destinationForm({ auth }: DestinationHolder): string {
  const fields = authFields[auth].map(({ key }) => `, "${key}": "…"`);
  return `{"secret": "whsec_…"${fields.join("")}} with base64 of at least ${leastKeyBytes} bytes after whsec_`;
}

/** Fewest bytes of a signing secret: fewer could be guessed. Standard Webhooks recommends 24; its own example has 22. */
const leastKeyBytes = 16;

/** Values that an entry may have. One that `auth` does not use any more stays. */
const known = ["secret", "username", "password", "token"] as const;

/** Returns the fields that an entry has, if `deliver` can use it. @throws Error if it cannot */
export function parseDestinationEntry({ auth }: DestinationHolder, entry: Credential): Credential {
  signingKeyOf({ auth }, entry);
  return Object.fromEntries(known.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
}

/** Returns the key with which `deliver` signs, if it can use the entry. @throws Error if it cannot */
export function signingKeyOf({ auth }: DestinationHolder, entry: Credential): Buffer {
  const { key } = parseEntry(entry, auth);
  if (key.length < leastKeyBytes) throw new RangeError("secret");
  return key;
}
