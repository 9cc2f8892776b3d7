import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { NotFoundError, UsageError } from "../lib/errors";
import { UserError } from "../../domain/userError";
import type { Problem } from "./api";

/** Answers with a sentence instead of a result. */
export function problem(c: Context, status: ContentfulStatusCode, code: string, error: string, permission?: string): Response {
  const body: Problem = { error, code, ...(permission !== undefined && { permission }) };
  return c.json(body, status);
}

/** Answers with the sentence of an error. */
export function problemOf(c: Context, error: Error): Response {
  // The command line's words for its options, without their dashes: the page has fields of these names.
  if (error instanceof UsageError) return problem(c, 400, "usage", error.message.replace(/(?<![^\s(])--(?=[a-z])/g, ""));
  if (error instanceof NotFoundError) return problem(c, 404, "not_found", error.message);
  if (error instanceof UserError) return problem(c, 409, "failed", error.message);
  const permission = refusedAction(error);
  if (permission !== undefined) return problem(c, 403, "permission", sentenceOf(error), permission);
  const isOfAws = "$metadata" in error || error.name === "CredentialsProviderError" || isSilence(error);
  if (isOfAws) return problem(c, 502, "unavailable", sentenceOf(error));
  return problem(c, 500, "unexpected", `The console failed: ${error.message}. Please report it.`);
}

/** Says in one sentence why the pipeline gave no answer, or AWS refused. */
export function sentenceOf(error: Error): string {
  if (error instanceof UserError) return error.message;
  const permission = refusedAction(error);
  if (permission !== undefined) return `The credentials of this console may not call ${permission}. ${whoGrants}`;
  const { name, message } = error;
  if (name === "CredentialsProviderError") return `There are no AWS credentials that work: ${message}`;
  if (!isSilence(error)) return `AWS answered ${name}: ${message}`;
  return `The pipeline does not answer: ${message || String((error as NodeJS.ErrnoException).code ?? name)}.`;
}

const whoGrants = "The stack's output consolePolicy has what it needs, and operatorPolicy what --write needs.";

/** Returns the IAM action that AWS refused, such as `dynamodb:Query`; "an action" where its message names none; `undefined` of another error. */
export function refusedAction({ name, message }: Error): string | undefined {
  if (!/AccessDenied|NotAuthorized|Forbidden|UnauthorizedOperation/.test(name)) return undefined;
  return /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? "an action";
}

/** Tells whether nobody answered: the process is gone, stands still, or cannot be reached. */
function isSilence(error: Error): boolean {
  return error.name === "TimeoutError" || ("code" in error && /^(?!ERR_)E[A-Z_]+$/.test(String(error.code)));
}
