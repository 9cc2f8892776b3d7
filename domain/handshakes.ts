import { createHash } from "node:crypto";
import { Attribute } from "./event";

/**
 * Defines tokens that wait for an operator, for receiver and command line. Some providers post a token once, unsigned, which then is the
 * signing secret. Anyone can post one, so the receiver only keeps it as an item of the events table while the source has no secret. It is
 * no event: without a status, neither the pipe nor an index sees it.
 */

/** Begins the keys of such items. No source's name begins like this, so no event has such a key. */
export const handshakeKeyPrefix = "#handshake#";

/** Most tokens of a source that wait at the same time. Another one replaces one of them: whoever came first must not block the rest. */
export const waitingTokens = 8;

/** Hours after which a token expires. */
export const tokenHours = 24;

/** Attributes of such an item besides its key, `source`, `receivedAt` and `expiresAt`. */
export const tokenAttribute = "handshake_token";

/** Returns the key of a source's nth token. */
export const handshakeKey = (source: string, slot: number) => ({
  [Attribute.transactionId]: { S: `${handshakeKeyPrefix}${source}#${slot}` },
});

/** Returns the place of a token among those that wait, the same for each attempt to send it. */
export const slotOf = (token: string) => createHash("sha256").update(token).digest()[0] % waitingTokens;
