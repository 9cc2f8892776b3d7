import type { NodeHttpHandlerOptions } from "@smithy/types";

interface RequestHandler {
  handle(request: object, options: { abortSignal: AbortSignal }): Promise<unknown>;
  httpHandlerConfigs(): NodeHttpHandlerOptions;
}

/** How a client of the SDK ends its requests, as the client itself has it: it is read with its first one, which is ended before it begins. */
export async function requestOptionsOf({ config }: { config: { requestHandler: unknown } }): Promise<NodeHttpHandlerOptions> {
  const handler = config.requestHandler as RequestHandler;
  await handler.handle({ protocol: "https:", headers: {} }, { abortSignal: AbortSignal.abort() }).catch(() => undefined);
  return handler.httpHandlerConfigs();
}
