import * as assert from "node:assert/strict";
import { Hono } from "hono";
import { refusedAction, problemOf } from "../../../cli/console/problems";
import { UsageError } from "../../../cli/lib/errors";
import { NotFoundError, UserError } from "../../../domain/userError";

/** An error with the properties that others give theirs. */
const errorOf = (name: string, message: string, properties: object = {}) => Object.assign(new Error(message), { name, ...properties });
const ofAws = (name: string, message: string, httpStatusCode = 400) =>
  errorOf(name, message, { $fault: "client", $metadata: { httpStatusCode } });
const denied = (action: string) =>
  `User: arn:aws:iam::123456789012:user/me is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/t because no identity-based policy allows the ${action} action`;
const grants = "The stack's output consolePolicy has what it needs, and operatorPolicy what --write needs.";

/** Answers a request that fails with an error. */
async function answerTo(error: Error): Promise<unknown> {
  const app = new Hono();
  app.get("/", () => {
    throw error;
  });
  app.onError((thrown, c) => problemOf(c, thrown));
  const response = await app.request("/");
  assert.match(response.headers.get("content-type")!, /^application\/json/);
  return { status: response.status, ...((await response.json()) as object) };
}

describe("An error on the console", () => {
  const rows: [what: string, error: Error, answer: object][] = [
    ["of usage", new UsageError('"limit" is "0".'), { status: 400, code: "usage", error: '"limit" is "0".' }],
    [
      "of usage, without the dashes of options",
      new UsageError('--min-amount is "x".'),
      { status: 400, code: "usage", error: 'min-amount is "x".' },
    ],
    [
      "of Node.js in the program itself",
      errorOf("TypeError", "Invalid URL", { code: "ERR_INVALID_URL" }),
      { status: 500, code: "unexpected", error: "The console failed: Invalid URL. Please report it." },
    ],
    [
      "of usage, with a value as it was given",
      new UsageError('Unknown destination "a--b".'),
      { status: 400, code: "usage", error: 'Unknown destination "a--b".' },
    ],
    [
      "of usage, with two options",
      new UsageError("--since (b) is after --until (a). Give an earlier --since."),
      { status: 400, code: "usage", error: "since (b) is after until (a). Give an earlier since." },
    ],
    [
      "of a name that does not exist",
      new NotFoundError("There is no event x."),
      { status: 404, code: "not_found", error: "There is no event x." },
    ],
    ["that a person can put right", new UserError("deliver failed: boom"), { status: 409, code: "failed", error: "deliver failed: boom" }],
    [
      "of a missing permission",
      ofAws("AccessDeniedException", denied("dynamodb:Query")),
      {
        status: 403,
        code: "permission",
        error: `The credentials of this console may not call dynamodb:Query. ${grants}`,
        permission: "dynamodb:Query",
      },
    ],
    [
      "of a missing permission that AWS does not name",
      ofAws("AccessDenied", "Access Denied", 403),
      {
        status: 403,
        code: "permission",
        error: `The credentials of this console may not call an action. ${grants}`,
        permission: "an action",
      },
    ],
    [
      "of AWS",
      ofAws("ThrottlingException", "Rate exceeded"),
      { status: 502, code: "unavailable", error: "AWS answered ThrottlingException: Rate exceeded" },
    ],
    [
      "of the network",
      errorOf("Error", "connect ECONNREFUSED 127.0.0.1:4566", { code: "ECONNREFUSED" }),
      { status: 502, code: "unavailable", error: "The pipeline does not answer: connect ECONNREFUSED 127.0.0.1:4566." },
    ],
    [
      "of the network, at several addresses",
      Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:1"), new Error("connect ECONNREFUSED 127.0.0.1:1")]), {
        code: "ECONNREFUSED",
      }),
      { status: 502, code: "unavailable", error: "The pipeline does not answer: ECONNREFUSED." },
    ],
    [
      "of a name that is not found now",
      errorOf("Error", "getaddrinfo EAI_AGAIN sqs.eu-central-1.amazonaws.com", { code: "EAI_AGAIN" }),
      {
        status: 502,
        code: "unavailable",
        error: "The pipeline does not answer: getaddrinfo EAI_AGAIN sqs.eu-central-1.amazonaws.com.",
      },
    ],
    [
      "of a time that is over",
      errorOf("TimeoutError", "Connection timed out after 10000 ms"),
      { status: 502, code: "unavailable", error: "The pipeline does not answer: Connection timed out after 10000 ms." },
    ],
    [
      "of missing credentials",
      errorOf("CredentialsProviderError", "Could not load credentials from any providers"),
      { status: 502, code: "unavailable", error: "There are no AWS credentials that work: Could not load credentials from any providers" },
    ],
    [
      "of the program itself",
      new TypeError("Cannot read properties of undefined (reading 'S')"),
      {
        status: 500,
        code: "unexpected",
        error: "The console failed: Cannot read properties of undefined (reading 'S'). Please report it.",
      },
    ],
  ];
  for (const [what, error, answer] of rows) it(`${what} is a sentence`, async () => assert.deepEqual(await answerTo(error), answer));

  it("has no stack trace", async () => {
    for (const [, error] of rows) assert.doesNotMatch(JSON.stringify(await answerTo(error)), /\.ts:\d|node_modules| at /);
  });
});

describe("A missing permission", () => {
  it("is the action that AWS names, whatever AWS calls the error", () => {
    for (const name of [
      "AccessDenied",
      "AccessDeniedException",
      "NotAuthorized",
      "NotAuthorizedException",
      "Forbidden",
      "UnauthorizedOperation",
    ])
      assert.equal(refusedAction(errorOf(name, denied("sqs:SendMessage"))), "sqs:SendMessage", name);
    for (const action of ["states:ListExecutions", "execute-api:Invoke", "s3:GetObject"])
      assert.equal(refusedAction(errorOf("AccessDenied", denied(action))), action);
  });

  it("is none of another error, also one that speaks of it", () => {
    for (const error of [new Error(denied("sqs:SendMessage")), ofAws("ValidationException", "AccessDenied"), new UserError("Forbidden")])
      assert.equal(refusedAction(error), undefined);
  });
});
