import { z } from "zod";
import { answerPlaceholder, type ProviderDescription } from "../domain/description";
import { choice, contradiction, integer, list, object, text } from "./values";
import { place, some } from "./verification";

/** Most texts, and most values of the request, in an answer. Anyone may send an unsigned request. */
const [mostTexts, mostPlaceholders] = [16, 8];

export const answerText = text(/^[^]{0,1024}$/, "a text of at most 1,024 characters");

/** Text of an answer, in which every opening brace before a word begins a placeholder. */
const template = answerText.refine((value) => !/\{\s*[\w-]/.test(value.replace(answerPlaceholder, "")), {
  error:
    "a text whose placeholders are {path:…}, {query:…}, {header:…}, or {hmac-sha256-hex(path:…)} with sha1, sha256 or sha512, and hex or base64",
});

type Body = string | Readonly<Record<string, string>>;
const textsOf = (body: Body) => (typeof body === "string" ? [body] : Object.values(body));
const placeholdersIn = (body: Body) => textsOf(body).flatMap((one) => one.match(answerPlaceholder) ?? []);

const body = z
  .union(
    [
      template,
      z
        .record(z.string().regex(/^[^]{1,128}$/), template)
        .refine((value) => Object.keys(value).length <= mostTexts, { error: `an object with at most ${mostTexts} texts` }),
    ],
    { error: "a text, or an object with texts" },
  )
  .refine((value) => placeholdersIn(value).length <= mostPlaceholders, {
    error: `an answer with at most ${mostPlaceholders} values of the request`,
  });

/** Tells what contradicts an answer: a status that has no body, beside a body. */
export const statusIssue = (status: number, value: Body | undefined) =>
  status === 204 && value !== "" ? [contradiction(["status"], 'is 204, which has no body. Set body to "".')] : [];

export const handshake = object(
  {
    when: place({ is: list(some("a value"), "a list of values").max(16, { error: "a list of at most 16 values" }).optional() }),
    unsigned: z.literal(true, { error: "true" }).optional(),
    show: z.literal(true, { error: "true" }).optional(),
    answer: object(
      {
        status: integer(200, 299, "the status"),
        contentType: choice(["application/json", "text/plain"]),
        body,
      },
      "an object",
    ).superRefine(({ status, contentType, body: value }, context) => {
      for (const issue of statusIssue(status, value)) context.addIssue(issue);
      // A value with a quotation mark would add keys of its own.
      if (contentType === "application/json" && typeof value === "string" && placeholdersIn(value).length > 0)
        context.addIssue({
          code: "custom",
          path: ["body"],
          message: "an object with texts, because a JSON answer has values of the request",
        });
    }),
  },
  "an object",
).superRefine(({ when, unsigned, show, answer }, context) => {
  if (show && (!unsigned || when.query !== undefined))
    context.addIssue(
      contradiction(["show"], "is set, but only an unsigned value in body or header is shown. Set unsigned, and path or header."),
    );
  // It would sign any text that anyone sends.
  if (unsigned && placeholdersIn(answer.body).some(isSignature))
    context.addIssue(contradiction(["unsigned"], "is set, but the answer has a signature of the request. Remove one of the two."));
});

const isSignature = (placeholder: string) => placeholder.startsWith("{hmac-");

/** Lists answers with a signature, of a source without a key that signs. */
export function signatureIssues({ handshakes = [], verify }: ProviderDescription) {
  const isSigning = handshakes.some(({ answer }) => placeholdersIn(answer.body).some(isSignature));
  return isSigning && verify.scheme !== "hmac"
    ? [contradiction(["handshakes"], `has an answer with a signature, but the scheme ${verify.scheme} has no key for it. Remove {hmac-…}.`)]
    : [];
}
