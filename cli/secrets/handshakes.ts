import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { showsToken } from "../../domain/description";
import { Attribute } from "../../domain/event";
import { handshakeKey, slotOf, tokenAttribute, waitingTokens } from "../../domain/handshakes";
import { UserError } from "../../domain/userError";
import { readItems, type ItemTable } from "../events/items";
import { checked, credentialFields, isOfDestination } from "./credentials";
import type { Credential } from "./field";
import type { OwnedSecret } from "./rotation";

/** Token that a source, or anyone who knows its URL, has posted. */
export interface WaitingToken {
  token: string;
  receivedAt: string;
}

const postsToken = (source: OwnedSecret) => !isOfDestination(source) && source.description !== undefined && showsToken(source.description);

/** Reads the tokens of a source that have not expired, the newest first. A source whose provider posts none has none. */
export async function readTokens(table: ItemTable, source: OwnedSecret, now: Date): Promise<WaitingToken[]> {
  if (!postsToken(source)) return [];
  const { name } = source;
  const ids = Array.from({ length: waitingTokens }, (_, slot) => handshakeKey(name, slot)[Attribute.transactionId].S);
  const items = await readItems(table, ids, [Attribute.receivedAt, Attribute.expiresAt, tokenAttribute]);
  return [...items.values()]
    .filter((item) => Number(item[Attribute.expiresAt].N) * 1_000 > now.getTime())
    .map((item) => ({ token: item[tokenAttribute].S!, receivedAt: item[Attribute.receivedAt].S! }))
    .sort((one, other) => (one.receivedAt < other.receivedAt ? 1 : -1));
}

/** Removes tokens, after one of them has become the secret. */
export async function removeTokens(
  { dynamodb, tableName }: ItemTable,
  { name }: OwnedSecret,
  tokens: readonly WaitingToken[],
): Promise<void> {
  for (const { token } of tokens)
    await dynamodb.send(new DeleteItemCommand({ TableName: tableName, Key: handshakeKey(name, slotOf(token)) }));
}

/** Requires that a source has posted tokens. @throws UserError that says why there may be none */
export function requireTokens(tokens: readonly WaitingToken[], source: OwnedSecret): void {
  const { name, url } = source;
  if (isOfDestination(source)) throw new UserError(`A destination posts no token. Run "secrets set ${name}" instead.`);
  if (!postsToken(source)) throw new UserError(`The provider of ${name} posts no token. Run "secrets set ${name}" instead.`);
  if (tokens.length === 0)
    throw new UserError(`No token of ${name} waits. Register ${url} at the provider. A source that has a secret gets no token.`);
}

/** Makes the only token that waits the entry of a source's secret. @throws UserError if there is none, or several: one may be a stranger's */
export function entryFrom(tokens: readonly WaitingToken[], source: OwnedSecret): Credential {
  requireTokens(tokens, source);
  if (tokens.length > 1)
    throw new UserError(
      `${tokens.length} tokens of ${source.name} wait, and strangers may have posted some. See them with "secrets handshake ${source.name}", and enter the one that the provider accepts with "secrets set ${source.name}".`,
    );
  const fields = credentialFields(source).map(({ key, isUrl }) => [key, isUrl ? source.url : tokens[0].token] as const);
  return checked(source, Object.fromEntries(fields));
}
