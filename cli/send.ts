import { createRequire } from "node:module";
import { InvalidArgumentError, Option, type Command } from "commander";
import { lazily, wholeNumber, withExamples } from "./lib/command";

const load = createRequire(__filename);

/** Adds `send`. */
export function addSend(program: Command): void {
  const send = program
    .command("send")
    .description("Sign an event as its source does, and send it to the local run.")
    .argument("<source>", "name of a source of the local run")
    .argument("[file]", "body to send, or - for standard input; a sample of the source if left out")
    .option("--type <type>", "event type of the sample")
    .addOption(
      new Option("--header <header>", "a header of a request that the provider has signed, such as 'X-Signature: …'. Can be repeated")
        .argParser(headerOf)
        .conflicts(["type", "badSignature", "fail", "secret"]),
    )
    .addOption(new Option("--count <n>", "number of events to send").argParser(wholeNumber(1, 10_000)).default(1))
    .addOption(new Option("--bad-signature", "sign with another secret: the pipeline answers 401").conflicts(["fail", "secret"]))
    .addOption(new Option("--secret <choice>", "secret to sign with during a rotation").choices(["new", "old"]).default("new"))
    .option("--fail", "send a sample whose payload the processor is denied: it becomes FAILED")
    .option("--json", "print JSON, and nothing else, on standard output")
    .action(lazily(() => load("./send/sendEvent") as typeof import("./send/sendEvent"), "sendEvent"));
  withExamples(
    send,
    ["send stripe", "Sends Stripe's sample event with a new ID."],
    ["send github body.json --type issues.closed", "Signs and sends the body in body.json as GitHub does."],
    ["send stripe --secret old", "Signs with the old secret during a rotation, to see that it still works."],
    ["send acme body.json --header 'X-Signature: 5e13'", "Sends a request that the provider has signed, to try a description."],
  );
}

/** Reads a header, and adds it to those before, by lower-case names. @throws InvalidArgumentError if it is none */
export function headerOf(given: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]{1,256}):[ \t]*([\x20-\x7e\t]*)$/.exec(given) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Allowed: a name and a value, such as 'X-Signature: 5e13'.");
  return { ...before, [name.toLowerCase()]: value };
}
