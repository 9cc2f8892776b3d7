import { answerPlaceholder, type Handshake } from "../../../domain/description";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { hmac } from "../lib/signature";
import type { Answer } from "../lib/types";
import type { Credential } from "./credential";
import { textAtPath, textAtPlace } from "./places";

/** Longest text of a request that an answer returns, and longest answer: anyone may send an unsigned request. */
const [longestText, longestAnswer] = [1_024, 65_536];

/**
 * Returns the answer to a handshake; `undefined` if the request is none.
 * @param signer the credential that has signed the request
 */
export function answerHandshake(
  handshakes: readonly Handshake[],
  event: Json | undefined,
  request: WebhookRequest,
  signer?: () => Credential,
): Answer | undefined {
  const handshake = handshakes.find(({ when }) => {
    const found = textAtPlace(when, request, event);
    return found !== undefined && found.length <= longestText && (when.is?.includes(found) ?? true);
  });
  if (!handshake) return undefined;
  const { when, show } = handshake;
  const { status, contentType, body } = handshake.answer;
  const filled = (text: string) => fill(text, event, request, signer);
  const text =
    typeof body === "string"
      ? filled(body)
      : JSON.stringify(Object.fromEntries(Object.entries(body).map(([key, value]) => [key, filled(value)])));
  if (text.length > longestAnswer) return undefined;
  return { status, body: { contentType, text }, ...(show && { token: textAtPlace(when, request, event) }) };
}

function fill(template: string, event: Json | undefined, request: WebhookRequest, signer?: () => Credential): string {
  return template.replace(
    answerPlaceholder,
    (_, kind: string | undefined, name: string, algorithm: string, encoding: "hex" | "base64", path: string) => {
      if (kind !== undefined)
        return (textAtPlace({ [kind]: kind === "header" ? name.toLowerCase() : name } as never, request, event) ?? "").slice(
          0,
          longestText,
        );
      // For a request that nobody has signed, this would sign any text.
      const credential = signer?.();
      if (!credential || !("secret" in credential)) return "";
      return hmac(algorithm, credential.secret as string, encoding, textAtPath(event!, path) ?? "");
    },
  );
}
