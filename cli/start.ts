import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { endpointUrl, lazily, loopbackUrl, providerNames, wholeNumber, withExamples } from "./lib/command";

const load = createRequire(__filename);

/** Adds `start`. */
export function addStart(program: Command): void {
  const start = program
    .command("start")
    .description("Run the whole pipeline on this machine, with a local AWS, and send a sample event of each source.")
    .option("--once", "end after the sample events: exit code 0 if all are PROCESSED")
    .addOption(
      new Option("--sources <names>", 'providers to run, separated by commas, or "all" with the catalog')
        .argParser(providerNames)
        .conflicts("stack"),
    )
    .option("--stack <name>", "use this stack's own configuration (Pulumi.<name>.yaml)")
    .addOption(new Option("--port <n>", "port of the local AWS; a free one if left out").argParser(wholeNumber(1, 65_535)))
    .addOption(
      new Option("--endpoint <url>", "use an AWS-compatible endpoint that already runs").argParser(endpointUrl).conflicts(["port", "keep"]),
    )
    .addOption(new Option("--forward-to <url>", "post each event, signed, to a service on this machine").argParser(loopbackUrl))
    .option("--deliver", "post to the destinations of the stack; left out, the run only shows what it would post")
    .option("--keep", "keep URLs, secrets and events for the next start with --keep")
    .option("--no-console", "do not serve the page that shows the events")
    .option("--quiet", "print the URLs and refused requests only")
    .action(lazily(() => load("./start/runPipeline") as typeof import("./start/runPipeline"), "runPipeline"));
  withExamples(
    start,
    ["start --once", "Sends a sample event of each source, prints each timeline, and ends."],
    ["start --sources all --once", "Sends a sample of every provider, those of the catalog included."],
    ["start --forward-to http://127.0.0.1:3000/hooks", "Posts each event to a service of yours, and prints the secret to verify it with."],
    ["start --stack dev --keep", "Runs what Pulumi.dev.yaml configures, and keeps the URLs over a restart."],
  );
}
