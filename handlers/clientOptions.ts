/** Milliseconds that one try of a call waits: for the connection, for the answer's first byte, and for each further part of it. */
const [connectionTimeout, requestTimeout, socketTimeout] = [1_000, 3_000, 3_000];

/**
 * Ends a call that nobody answers. Without `throwOnRequestTimeout`, `requestTimeout` only logs; and it ends with the answer's head, so
 * that a body which stalls needs `socketTimeout`. How long all calls of an invocation take together is limited by `deadline.ts`.
 * @see https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-smithy-node-http-handler/Interface/NodeHttpHandlerOptions/
 */
export const clientOptions = {
  requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true, socketTimeout },
  maxAttempts: 3,
};
