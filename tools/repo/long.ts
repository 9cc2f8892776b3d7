import { spawn } from "node:child_process";
import { runCommand } from "../../cli/lib/errors";
import { parseOptions, wholeNumber } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";

const usage = `node -r ts-node/register tools/repo/long.ts [OPTIONS]   what takes minutes: the properties of the API, and its contract
  --cases N     cases of each property (1 to 1,000,000); 16000 if left out, a million in all
  --requests N  requests that are made of the OpenAPI document (1 to 100,000); 2000 if left out
  --help        shows this`;

/** `npm run test:full` does the same with few of both. */
async function main(): Promise<number> {
  const options = { cases: { type: "string" }, requests: { type: "string" }, help: { type: "boolean" } } as const;
  const { values } = parseOptions({ options }, "node -r ts-node/register tools/repo/long.ts --help lists what there is");
  if (values.help) return print(usage);
  const cases = wholeNumber("--cases", values.cases ?? "16000", 1, 1_000_000);
  const requests = wholeNumber("--requests", values.requests ?? "2000", 1, 100_000);
  const properties = await run(["node_modules/mocha/bin/mocha.js", "--config", "tests/handlers/.mocharc.fuzz.json"], {
    FUZZ_CASES: String(cases),
  });
  const contract = await run(["-r", "ts-node/register", "tests/contract/run.ts", "--requests", String(requests)]);
  const failed = [properties, contract].filter((code) => code !== 0).length;
  print(`\nproperties ${said(properties)}, contract ${said(contract)}`);
  return failed;
}

const said = (code: number | null) => (code === 0 ? "ok" : "FAILED");

/** What it starts is interrupted with it, and ends in its own good order. */
function run(args: string[], environment: Record<string, string> = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...environment } });
  const signals = ["SIGINT", "SIGTERM"] as const;
  const hand = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) process.on(signal, hand);
  return new Promise((resolve) =>
    child.once("close", (code) => {
      for (const signal of signals) process.off(signal, hand);
      resolve(code);
    }),
  );
}

void runCommand(main);
