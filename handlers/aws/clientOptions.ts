/**
 * Ends a try that nobody answers: its connection, its answer's head, and each further part of that have so many milliseconds. Without
 * `throwOnRequestTimeout`, `requestTimeout` only logs; and it ends with the answer's head, so that a body which stalls needs `socketTimeout`.
 * @see https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-smithy-node-http-handler/Interface/NodeHttpHandlerOptions/
 */
export function endedAfter(milliseconds: number) {
  return {
    connectionTimeout: Math.ceil(milliseconds / 3),
    requestTimeout: milliseconds,
    throwOnRequestTimeout: true,
    socketTimeout: milliseconds,
  };
}

/** Of the functions' clients. How long all calls of an invocation take together is limited by `deadline.ts`. */
export const clientOptions = { requestHandler: endedAfter(3_000), maxAttempts: 3 };
