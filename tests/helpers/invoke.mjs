// Runs invocations of a bundled handler concurrently, each with Lambda's context, and reports each result and its duration.
const warnings = [];
process.on("warning", ({ name }) => warnings.push(name));
for (const stream of [process.stdout, process.stderr]) stream.write = () => true;

async function invoke(handler, { event, limitMs }) {
  const started = Date.now();
  const context = { awsRequestId: "1", functionName: "test", invokedFunctionArn: "arn:test", memoryLimitInMB: "512" };
  context.getRemainingTimeInMillis = () => limitMs - (Date.now() - started);
  const ended = await handler(event, context).then(
    (result) => ({ result }),
    ({ name, message }) => ({ error: { name, message } }),
  );
  return { ...ended, milliseconds: Date.now() - started };
}

process.once("message", async ({ module, invocations }) => {
  const { handler } = await import(module);
  const ended = await Promise.all(invocations.map((one) => invoke(handler, one)));
  process.send({ ended, warnings }, () => process.exit());
});
