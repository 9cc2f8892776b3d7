type Tracer = Awaited<ReturnType<typeof loadTracer>>;

/** SDK clients whose calls are to be parts of a trace, until X-Ray's library is there. */
const waiting: object[] = [];
let opening: Promise<Tracer> | undefined;
let loaded: Tracer | undefined;
/** Of the invocation that is under way, if it is traced: Lambda hands a container one at a time. */
let tracer: Tracer | undefined;

/** Makes a client's calls parts of the traces, from the first invocation on that is traced. */
export function observed<Client extends object>(client: Client): Client {
  if (loaded) loaded.captureAWSv3Client(client);
  else waiting.push(client);
  return client;
}

/** Puts a word on the trace by which it is found. */
export function annotateTrace(key: string, value: string): void {
  tracer?.putAnnotation(key, value);
}

/**
 * Runs a handler's work inside a subsegment of its own, if the invocation is traced; Lambda's own segment takes no annotations.
 * X-Ray's library is loaded with the first that is: most are not, and it is a quarter of all that there would be to load.
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

/** Whether API Gateway, or whoever else began the trace, wants to see this one. Lambda says so in a variable, newer runtimes in a store.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
function isSampled(): boolean {
  const { awslambda } = globalThis as { awslambda?: { InvokeStore?: { getXRayTraceId?(): string | undefined } } };
  const traceId = awslambda?.InvokeStore?.getXRayTraceId?.() ?? process.env._X_AMZN_TRACE_ID;
  return /;\s*Sampled=1/.test(traceId ?? "");
}

function openTracer(): Promise<Tracer> {
  return (opening ??= loadTracer());
}

/** Bodies and results stay out of traces. */
async function loadTracer() {
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const made = new Tracer({ captureHTTPsRequests: false });
  for (const client of waiting) made.captureAWSv3Client(client);
  loaded = made;
  return made;
}
