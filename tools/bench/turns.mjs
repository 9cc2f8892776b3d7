// Runs two handlers in turns on the same events, and sends the CPU time of each turn in microseconds.
import { context, readEvents } from "./invocations.mjs";

const { modules, eventsFile, rounds, perRound } = JSON.parse(process.argv[2]);
const handlers = [];
for (const file of modules) handlers.push((await import(file)).handler);
const events = readEvents(eventsFile);
let next = 0;
async function turn(handler) {
  const before = process.cpuUsage();
  for (let count = 0; count < perRound; count++) {
    const { statusCode } = await handler(events[next++ % events.length], context);
    if (statusCode !== 202) throw new Error(`answered ${statusCode}`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / perRound;
}

for (let warm = 0; warm < 5; warm++) for (const handler of handlers) await turn(handler);
const taken = handlers.map(() => []);
for (let round = 0; round < rounds; round++) for (const [index, handler] of handlers.entries()) taken[index].push(await turn(handler));
process.send(taken);
process.disconnect();
