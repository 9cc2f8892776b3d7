import { spawn } from "node:child_process";
import { print } from "../../cli/lib/output";

/** Tests the properties of the API, and its contract. `npm run test:full` does the same with fewer cases. @returns 1 if one of them fails */
export async function fuzz({ cases, requests }: { cases: number; requests: number }): Promise<number> {
  const properties = await run(["node_modules/mocha/bin/mocha.js", "--config", "tests/handlers/.mocharc.fuzz.json"], {
    FUZZ_CASES: String(cases),
  });
  const contract = await run(["-r", "ts-node/register", "tests/contract/run.ts", "--requests", String(requests)]);
  const failed = [properties, contract].filter((code) => code !== 0).length;
  print(`\nproperties ${outcome(properties)}, contract ${outcome(contract)}`);
  return failed > 0 ? 1 : 0;
}

const outcome = (code: number | null) => (code === 0 ? "ok" : "FAILED");

/** Runs a program and passes signals on to it, so that it cleans up. @returns its exit code */
function run(args: string[], environment: Record<string, string> = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...environment } });
  const signals = ["SIGINT", "SIGTERM"] as const;
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) =>
    child.once("close", (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    }),
  );
}
