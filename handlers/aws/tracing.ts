type Tracer = Awaited<ReturnType<typeof loadTracer>>;

/** SDK clients that wait for X-Ray's library to be loaded. */
const waiting: object[] = [];
let opening: Promise<Tracer> | undefined;
let loaded: Tracer | undefined;
/** Tracer of the current invocation, if it is traced. Lambda runs one invocation per container at a time. */
let tracer: Tracer | undefined;

/** Adds a client's calls to traces, beginning with the first traced invocation. */
export function withTracing<Client extends object>(client: Client): Client {
  if (loaded) loaded.captureAWSv3Client(client);
  else waiting.push(client);
  return client;
}

/** Adds an annotation to the trace, by which the trace can be found. */
export function annotateTrace(key: string, value: string): void {
  tracer?.putAnnotation(key, value);
}

/**
 * Runs a handler's work in its own subsegment if the invocation is traced; Lambda's segment accepts no annotations. The first traced
 * invocation loads X-Ray's library. Most are not traced, and the library is a quarter of the code to load.
 */
export async function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!isSampled()) return work();
  tracer = await openTracer();
  const parent = tracer.getSegment();
  const segment = parent?.addNewSubsegment(name);
  if (segment) tracer.setSegment(segment);
  try {
    return await work();
  } finally {
    segment?.close();
    if (parent) tracer.setSegment(parent);
    tracer = undefined;
  }
}

/**
 * Tells whether this invocation is traced. Lambda says so in a variable, newer runtimes in a store.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
function isSampled(): boolean {
  const { awslambda } = globalThis as { awslambda?: { InvokeStore?: { getXRayTraceId?(): string | undefined } } };
  const traceId = awslambda?.InvokeStore?.getXRayTraceId?.() ?? process.env._X_AMZN_TRACE_ID;
  return /;\s*Sampled=1/.test(traceId ?? "");
}

function openTracer(): Promise<Tracer> {
  return (opening ??= loadTracer());
}

/** Loads X-Ray's library. Bodies and results stay out of traces. */
async function loadTracer() {
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const made = new Tracer({ captureHTTPsRequests: false });
  for (const client of waiting) made.captureAWSv3Client(client);
  loaded = made;
  return made;
}
