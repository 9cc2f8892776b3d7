import { Attribute } from "../../domain/event";
import { handshakeKey, slotOf, tokenAttribute, tokenHours } from "../../domain/handshakes";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import type { JsonClient } from "../aws/jsonClient";
import { PutItemCommand } from "../aws/jsonCommands";
import { Refusal, safeDescription } from "../errors";
import { logger } from "../aws/telemetry";

/** Keeps a token for an operator, until it expires. The log never has it. @throws Refusal unavailable */
export async function keepToken(client: JsonClient, source: string, token: string, now: Date): Promise<void> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: requiredVariable(Variable.tableName),
        Item: {
          ...handshakeKey(source, slotOf(token)),
          [Attribute.source]: { S: source },
          [tokenAttribute]: { S: token },
          [Attribute.receivedAt]: { S: now.toISOString() },
          [Attribute.expiresAt]: { N: String(Math.floor(now.getTime() / 1_000) + tokenHours * 60 * 60) },
        },
      }),
      abortAtDeadline(),
    );
    logger.info("A token waits for an operator", { source });
  } catch (error) {
    logger.error("The token cannot be kept", { source, cause: safeDescription(error) });
    throw new Refusal("unavailable", "store unavailable");
  }
}
