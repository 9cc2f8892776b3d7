import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { asUserError, NotFoundError, UsageError } from "../lib/errors";
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
  if (error instanceof UsageError) return problem(c, 400, "usage", error.message.replace(/--(?=[a-z])/g, ""));
  if (error instanceof NotFoundError) return problem(c, 404, "not_found", error.message);
  if (error instanceof UserError) return problem(c, 409, "failed", error.message);
  const permission = missingPermission(error);
  if (permission !== undefined)
    return problem(c, 403, "permission", `The credentials of this console may not call ${permission}. ${whoGrants}`, permission);
  if (isOfAws(error)) return problem(c, 502, "unavailable", asUserError("console", error).message);
  return problem(c, 500, "unexpected", `The console failed: ${error.message}. Please report it.`);
}

const whoGrants = "The stack's output consolePolicy has what it needs, and operatorPolicy what --write needs.";

/** Returns the IAM action that AWS refused, such as `dynamodb:Query`; "an action" where its message names none; `undefined` of another error. */
export function missingPermission({ name, message }: Error): string | undefined {
  if (!/AccessDenied|NotAuthorized|Forbidden|UnauthorizedOperation/.test(name)) return undefined;
  return /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? "an action";
}

/** Tells an error of AWS, of its credentials or of the network from one of this program. */
function isOfAws(error: Error): boolean {
  return (
    "$metadata" in error ||
    /CredentialsProviderError|TimeoutError/.test(error.name) ||
    ("code" in error && /^E[A-Z]+$/.test(String(error.code)))
  );
}
