import { z } from "zod";
import {
  parseTemplate,
  deliveryKey,
  showsToken,
  signsBody,
  timeUnits,
  type PlaceholderName,
  type ProviderDescription,
} from "../domain/description";
import { mediaTypes } from "../domain/payload";
import { confidentialHeaders } from "../domain/sources";
import { meaningsSchema } from "./meanings";
import { answerText, handshake, signatureIssues, statusIssue } from "./handshakes";
import { choice, contradiction, integer, list, object } from "./values";
import { header, path, place, requireOne, scalar, some, templateForm, tokenIssues, verify } from "./verification";

const placesOfTime = ["header", "path", "query", "part"];
const time = place(
  {
    part: some("the name of the part with the time, such as t").optional(),
    unit: choice(timeUnits),
    toleranceSeconds: integer(1, 3_600, "seconds").optional(),
  },
  placesOfTime,
);
const paths = list(path, "a list of paths, such as [data.id]")
  .min(1, { error: "a list of at least one path" })
  .max(8, { error: "a list of at most eight paths" });
const identity = object(
  {
    header: header.optional(),
    paths: paths.optional(),
    digest: z.literal(true, { error: "true" }).optional(),
    windowSeconds: integer(1, 86_400, "seconds").optional(),
  },
  "an object",
)
  .superRefine(requireOne(["header", "paths", "digest"]))
  .superRefine(({ digest, windowSeconds }, context) => {
    if (windowSeconds !== undefined && digest === undefined)
      context.addIssue(contradiction(["windowSeconds"], "is set, but only a digest needs it. Remove it."));
  });
const type = object(
  { header: header.optional(), paths: paths.optional(), join: some("the text between the joined texts").optional() },
  "an object",
).superRefine(requireOne(["header", "paths"]));
/** Schema of `description`: how a source signs, and where its events say what they are. */
export const descriptionSchema = object(
  {
    mediaTypes: list(choice(mediaTypes), `a list of ${mediaTypes.join(", ")}`)
      .min(1, { error: `a list of at least one of ${mediaTypes.join(", ")}` })
      .prefault(["json"]),
    jsonField: some("the name of a form's field with JSON").optional(),
    readAs: z.literal("json", { error: "json" }).optional(),
    verify,
    time: time.optional(),
    identity: identity.prefault({ digest: true }),
    type: type.optional(),
    occurredAt: object({ path, unit: choice(timeUnits) }, "an object").optional(),
    account: object({ path }, "an object").optional(),
    test: object({ path, is: scalar }, "an object").optional(),
    items: z.union([z.literal(""), path], { error: "the path of an array; empty: the body is the array" }).optional(),
    meanings: meaningsSchema.optional(),
    handshakes: list(handshake, "a list of handshakes").max(4, { error: "a list of at most four handshakes" }).optional(),
    answersHead: z.literal(true, { error: "true" }).optional(),
    answer: object(
      {
        status: integer(200, 299, "the status"),
        body: answerText.optional(),
        contentType: choice(["application/json", "text/plain", "text/xml"]).optional(),
        refusal: answerText.optional(),
      },
      "an object",
    )
      .superRefine(({ status, body }, context) => statusIssue(status, body).forEach((issue) => context.addIssue(issue)))
      .optional(),
  },
  "a description of how the source signs",
)
  .superRefine((value, context) => {
    const description = value as unknown as ProviderDescription;
    for (const issue of issuesOf(description)) context.addIssue(issue);
  })
  .transform((value) => value as unknown as ProviderDescription);

const issuesOf = (description: ProviderDescription) =>
  [templateIssues, bodyIssues, meaningIssues, signatureIssues, leakIssues].flatMap((issues) => issues(description));

/** A meaning follows from what is signed: anyone could give a body that is not, or a type in a header, another one. */
function meaningIssues(description: ProviderDescription) {
  if (description.meanings === undefined) return [];
  if (!signsBody(description)) return [contradiction(["meanings"], "is set, but the signature does not cover the body. Remove it.")];
  const isInBody = description.type !== undefined && "paths" in description.type;
  return isInBody ? [] : [contradiction(["meanings"], "is set, but the type is not in the body. Set type.paths, or remove meanings.")];
}

/** Lists keys that need bodies or a scheme of another form. */
function bodyIssues(description: ProviderDescription) {
  const {
    mediaTypes: types,
    jsonField,
    items,
    verify: { scheme },
  } = description;
  const hasForms = types.includes("form") || types.includes("multipart");
  const hasTexts = (["text", "xml", "bytes"] as const).some((one) => types.includes(one));
  return [
    ...(jsonField !== undefined && !hasForms
      ? [contradiction(["jsonField"], "is set, but mediaTypes has neither form nor multipart. Remove it, or add one of them.")]
      : []),
    ...(types.includes("form") && hasTexts
      ? [contradiction(["mediaTypes"], "has form beside text, xml or bytes, but any text is a form. Remove one of them.")]
      : []),
    ...(showsToken(description) && scheme === "basic"
      ? [contradiction(["handshakes"], "shows a token, but basic authentication has two values. Remove show.")]
      : []),
    ...(items !== undefined && !types.includes("json")
      ? [contradiction(["items"], "is set, but only a JSON body is split. Remove it, or add json to mediaTypes.")]
      : []),
  ];
}

/** Lists keys at the place of the token or signature. Types and IDs are logged, and published with the event. */
function leakIssues(description: ProviderDescription) {
  const { verify, identity: id, type: kind, account, items } = description;
  const secret: object = "signature" in verify ? verify.signature : "token" in verify ? verify.token : {};
  const before = items === undefined ? [] : items === "" ? ["0"] : [items, "0"];
  const inBody = (keys: string) => (keys.startsWith(`${deliveryKey}.`) ? keys.slice(2) : [...before, keys].join("."));
  // Any element of a list may have it.
  const general = (keys: string) => keys.replace(/(?<=^|\.)\d+(?=\.|$)/g, "0");
  const isSecret = (keys: string) => "path" in secret && general(inBody(keys)) === general(String(secret.path));
  const confidential = confidentialHeaders({ provider: "custom", description });
  const rules = { identity: id, type: kind, account: account && { paths: [account.path] } };
  return Object.entries(rules).flatMap(([key, rule = {}]) =>
    ("header" in rule && confidential.includes(rule.header)) || ("paths" in rule && rule.paths.some(isSecret))
      ? [contradiction([key], "is at the place of the token or signature, and would be logged. Set another place.")]
      : [],
  );
}

const isUnknown = (text: string) => /\{[a-z]+(:[^{}]*)?\}/.test(text);

/**
 * Lists what makes a signature weaker than it looks. A value counts only if it is signed: otherwise anyone who repeats a request could give
 * it another time or ID. Two values need text between them: otherwise the end of one could become the beginning of the next. A time in
 * digits before or after a JSON body needs none, because JSON neither begins nor ends with a digit, and method and URL are fixed. An ID
 * before a time of RFC 3339 needs none if it is the only value without a form of its own.
 */
function templateIssues(description: ProviderDescription) {
  const {
    verify: { scheme, ...rest },
    time: sentAt,
    identity: id,
    mediaTypes: types,
  } = description;
  if (!("signed" in rest)) {
    const timed =
      scheme === "jwt" ? "a token says its own time" : scheme === "aws-sns" ? "SNS signs no time of sending" : "a token signs no time";
    return [
      ...(sentAt ? [contradiction(["time"], `is set, but ${timed}. Remove it.`)] : []),
      ...(description.verify.scheme === "jwt" ? tokenIssues(description.verify) : []),
    ];
  }
  const parts = parseTemplate(rest.signed);
  const count = (name: PlaceholderName) => parts.filter((part) => part.name === name).length;
  const issue = (message: string) => ({ code: "custom" as const, path: ["verify", "signed"], message });
  const unknown = parts.some((part) => part.name === "text" && isUnknown(part.value));
  if (unknown || parts.length > 16 || count("body") !== 1) return [issue(`${templateForm}; {body} once, at most 16 parts`)];
  const signsTime = sentAt === undefined || "path" in sentAt;
  if (count("time") !== (signsTime ? 0 : 1))
    return [issue(signsTime ? "a template without {time}. Set time to use it" : "a template with {time} once, because time is set")];
  if (count("id") > ("header" in id ? 1 : 0)) return [issue("a template with {id} only if identity has a header")];
  const argument = parts.find(({ name, value }) => (name === "header" || name === "path") !== (value !== undefined) && name !== "text");
  if (argument)
    return [
      issue(
        `a template in which ${argument.name === "header" || argument.name === "path" ? `{${argument.name}:…} has a name` : `{${argument.name}} has none`}`,
      ),
    ];
  const fixed = (name: string | undefined) => name === undefined || name === "text" || name === "method" || name === "url";
  const isJson = types.join() === "json";
  const isDigits = sentAt !== undefined && sentAt.unit !== "rfc3339";
  const mayTouch = (one: string, other: string) =>
    fixed(one) ||
    fixed(other) ||
    ([one, other].includes("time") && [one, other].includes("body") && isJson) ||
    (one === "id" && other === "time" && !isDigits && isJson && count("header") + count("path") === 0);
  const touching = parts.findIndex((part, index) => index > 0 && !mayTouch(parts[index - 1].name, part.name));
  return touching < 0 ? [] : [issue(`a template with text between {${parts[touching - 1].name}} and {${parts[touching].name}}`)];
}
