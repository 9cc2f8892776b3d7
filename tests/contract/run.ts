import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Option } from "commander";
import { openApiDocument } from "../../components/webhookApi/openApi";
import { wholeNumber } from "../../cli/lib/command";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { print } from "../../cli/lib/output";
import { startMiniStack } from "../../local/ministack";
import { deployPipeline } from "../../local/pipeline";
import { ensurePythonEnvironment } from "../../local/python";
import { localSources } from "../../local/sources";
import { seeded } from "../../testbed/chaos/random";
import { onInterruption } from "../../cli/lib/interruption";
import { startSigningProxy, type Passed, type SigningProxy } from "./signingProxy";

const description =
  "Send requests that Schemathesis makes of the OpenAPI document to the local pipeline. " +
  "Fail at the first response that the document does not describe, and at any 5xx.";
const program = createStrictCommand("node -r ts-node/register tests/contract/run.ts", description)
  .addOption(new Option("--requests <n>", "least number of requests").argParser(wholeNumber(1, 100_000)).default(2_000))
  .addOption(new Option("--seed <n>", "the same seed makes the same requests").argParser(wholeNumber(0, 2 ** 32 - 1)).default(1))
  .action(async (options: ContractOptions) => void (process.exitCode = await testContract(options)));

interface ContractOptions {
  requests: number;
  seed: number;
}

const schemathesis = { what: "Schemathesis", requirements: path.join(__dirname, "requirements.txt") };
/** Every response is one of the document's, with its type and its shape, and none is a 5xx. */
const checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];
/** Half of what is posted to a source is signed: without, nothing would be read further than its signature. */
const signedShare = 0.5;

async function testContract({ requests, seed }: ContractOptions): Promise<number> {
  const python = await ensurePythonEnvironment(schemathesis, print);
  const { aws, stop } = await startMiniStack({ region: "us-east-1", progress: print, onSpawn: onInterruption });
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-contract-"));
  let proxy: SigningProxy | undefined;
  const cleanUp = async () => {
    proxy?.stop();
    rmSync(folder, { recursive: true, force: true });
    await stop();
  };
  onInterruption(cleanUp);
  try {
    print("The pipeline is being made on a local AWS …");
    const pipeline = await deployPipeline(aws, "contract");
    proxy = await startSigningProxy(pipeline, signedShare, seeded(seed).fraction);
    const document = path.join(folder, "openapi.json");
    writeFileSync(document, JSON.stringify(theDocument));
    const started = performance.now();
    const code = await runSchemathesis(python, document, { requests, seed, folder, url: proxy.url });
    report(proxy.passed, (performance.now() - started) / 1000);
    return [code === 0, enough(proxy.passed, requests), asDocumented(proxy.passed)].includes(false) ? 1 : 0;
  } finally {
    await cleanUp();
  }
}

/** The program's own. */
const theDocument = openApiDocument({
  title: "webhook-api-contract",
  sources: localSources.map((name) => ({ name, checks: [] })),
  binaryContentTypes: [],
  receiverInvokeArn: "",
});

function runSchemathesis(
  python: string,
  document: string,
  run: { requests: number; seed: number; folder: string; url: string },
): Promise<number | null> {
  const options = {
    url: run.url,
    checks: checks.join(","),
    phases: "coverage,fuzzing",
    mode: "all",
    "max-examples": String(run.requests),
    seed: String(run.seed),
    "suppress-health-check": "all",
    "generation-database": "none",
    "request-timeout": "30",
    warnings: "off",
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(python, ["-m", "schemathesis.cli", "run", document, ...args, "--no-color"], { cwd: run.folder, stdio: "inherit" });
  const forget = onInterruption(() => child.kill());
  return new Promise((resolve) => child.once("close", (code) => resolve((forget(), code))));
}

function report(passed: readonly Passed[], seconds: number): void {
  const signed = passed.filter((one) => one.signed);
  print(`\n${passed.length} requests in ${seconds.toFixed(0)} s, ${signed.length} of them signed`);
  print(`status  signed  not signed`);
  for (const status of [...new Set(passed.map((one) => one.status))].sort()) {
    const [of, all] = [signed, passed].map((some) => some.filter((one) => one.status === status).length);
    print(`${status}     ${String(of).padStart(6)}  ${String(all - of).padStart(10)}`);
  }
}

/** Schemathesis ends early where it runs out of ideas: then less was tried than was asked for. */
function enough(passed: readonly Passed[], requests: number): boolean {
  if (passed.length < requests) print(`Only ${passed.length} requests of ${requests} were made.`);
  return passed.length >= requests;
}

/** Schemathesis lets a 415 pass that is not in the document; nothing does here. */
function asDocumented(passed: readonly Passed[]): boolean {
  const [{ post }] = Object.values(theDocument.paths);
  const wrong = [...new Set(passed.map(({ status }) => status))].filter((status) => status >= 500 || !(status in post.responses));
  for (const status of wrong)
    print(`${status} was answered, ${status >= 500 ? "a failure of ours" : "which the document does not describe"}.`);
  return wrong.length === 0;
}

void runStrictCommand(program, process.argv.slice(2));
