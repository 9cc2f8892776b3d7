/**
 * Returns options that end a request after so many milliseconds without progress: while connecting, until the head of the answer, and
 * between parts of its body. `requestTimeout` alone only logs; `throwOnRequestTimeout` makes it throw. It ends with the head of the
 * answer, so a body that stalls needs `socketTimeout`.
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

/** Options of the functions' clients. `deadline.ts` limits the time of all calls of an invocation together. */
export const clientOptions = { requestHandler: endedAfter(3_000), maxAttempts: 3 };
