import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { keptUnreserved, quotaRequest } from "../../config/account";
import { largestInItem } from "../../domain/payload";
import { keyDescriptions } from "../../config/schema";
import { executionTimeoutSeconds, leaseSeconds, maximumAttempts, staleSeconds } from "../../domain/processing";
import { Type } from "../../preflight/graph/types";
import { captureFile } from "../../cli/lib/graphs";
import { delivering, program, type Program } from "../../testbed/program";
import { leadsSomewhere, localLinks } from "../../tools/repo/packedPages";

const read = (file: string) => readFileSync(file, "utf8");
const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true }).flatMap((file) => (`${file}`.endsWith(".md") ? [`docs/${file}`] : [])),
];
/** A page in one line, so that a sentence is found wherever it is broken. */
const textOf = (page: string) => read(page).replace(/\s+/g, " ");
/** A page without AWS's own words, which the table of the preflight's rules has. */
const proseOf = (page: string) => read(page).replace(/<!-- rules: begin[^]*?rules: end -->/, "");
/** What stands in backticks; blocks of code are left out. */
const codeIn = (page: string) =>
  [
    ...read(page)
      .replace(/^ *```[^]*?^ *```$/gm, "")
      .matchAll(/`([^`]+)`/g),
  ].map(([, code]) => code.replace(/\s+/g, " "));
/** Everything that somebody wrote by hand and that runs: names in documents are names in here. */
const patterns = ["*.ts", "*.mjs", "*.json", "*.yaml", "*.yml", "*.py", ":!docs", ":!.github", ":!package-lock.json"];
const sources = execFileSync("git", ["ls-files", ...patterns], { encoding: "utf8" })
  .split("\n")
  .filter((file) => existsSync(file) && file !== path.relative(".", __filename))
  .map(read)
  .join("\n");

/** What people read who operate it: each name in there is the program's own, or AWS's. */
const operating = ["README.md", "docs/deploy.md", "docs/destinations.md", "docs/runbook.md", "docs/events.md", "docs/providers.md"];
const topLevel = new Set(readdirSync("."));
/** Made while something runs, or by the reader. */
const madeLater = /^\.(local|cache)\/|^ci-roles\/Pulumi\.main\.yaml$/;
/** AWS's own words in its records, answers and parameters. */
const namesOfOthers = [
  "EntityAlreadyExists",
  "ERROR_CODE",
  "ERROR_MESSAGE",
  "terminatingRuleId",
  "clientIp",
  "ruleGroupList",
  "StateReason",
  "FilterArns",
  "LatestDeliveryError",
  "include_fields",
];
/** Small numbers, as prose has them. */
const words: Readonly<Record<number, string>> = { 5: "five", 15: "fifteen" };

describe("What the documents say", () => {
  let outputs: Program["outputs"];
  before(async () => ({ outputs } = await program(delivering)));

  for (const page of pages) {
    it(`has links that lead somewhere: ${page}`, () => {
      for (const target of localLinks(proseOf(page))) assert.ok(leadsSomewhere(page, target), `${page}: ${target}`);
    });

    it(`names commands that there are: ${page}`, () => {
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      for (const [, script] of read(page).matchAll(/\bnpm run (?:--silent )?([a-z][a-z:]*)/g))
        assert.ok(scripts[script], `${page}: npm run ${script}`);
    });

    it(`names files that there are: ${page}`, () => {
      const isOurs = (code: string) => topLevel.has(code.split("/")[0]) || /^[a-z][\w-]*\/([\w./-]*\.(ts|mjs|py))?$/.test(code);
      const files = codeIn(page).filter((code) => /^\.?[\w-]+\/([\w.*<>-]+\/?)*$/.test(code) && isOurs(code));
      for (const file of files.filter((one) => !/[*<]/.test(one) && !madeLater.test(one))) assert.ok(existsSync(file), `${page}: ${file}`);
    });

    it(`names outputs that there are: ${page}`, () => {
      for (const [, output] of read(page).matchAll(/pulumi stack output (\w+)/g)) assert.ok(output in outputs, `${page}: ${output}`);
    });

    it(`sets keys that there are: ${page}`, () => {
      const keys = [...read(page).matchAll(/pulumi config set (?:--\w+ )*'?([a-z]\w*)/g)].map(([, key]) => key);
      const settings = (operating.includes(page) ? codeIn(page) : []).flatMap((code) => /^([a-z]+[A-Z]\w*): /.exec(code)?.[1] ?? []);
      for (const key of [...keys, ...settings].filter((one) => one !== "aws")) assert.ok(key in keyDescriptions, `${page}: ${key}`);
    });
  }

  it("calls things by the names that the sources have", () => {
    const words = operating.flatMap((page) =>
      codeIn(page)
        .filter((code) => /^[A-Za-z]\w*([A-Z_]\w*)+$/.test(code))
        .map((word) => [page, word]),
    );
    assert.ok(words.length > 20, String(words.length));
    assert.deepEqual(
      words.filter(([, word]) => !new RegExp(`\\b${word}\\b`).test(sources) && !namesOfOthers.includes(word)),
      [],
    );
  });

  it("calls resources by the names that they get", async () => {
    const names = new Set((await captureFile("tests/everything.yaml")).flatMap(({ inputs }) => [inputs.name, inputs.bucket].map(String)));
    const { outputs } = (await captureFile("tests/everything.yaml")).find(({ type }) => type === Type.restApi)!;
    const placeholders = { suffix: "everything", account: "123456789012", "api id": String(outputs.id) };
    const expected = (name: string) => Object.entries(placeholders).reduce((text, [key, value]) => text.replace(`<${key}>`, value), name);
    for (const page of pages)
      for (const code of codeIn(page)) {
        const name = /(?:^|=| )((?:\/aws\/\w+\/(?:\w+\/|<api id>\/)?|aws-waf-logs-)?webhook-[\w-]+-<suffix>(?:-<account>)?)$/.exec(
          code,
        )?.[1];
        if (name !== undefined) assert.ok(names.has(expected(name)), `${page}: ${name}`);
      }
  });
});

describe("docs/runbook.md", () => {
  /** Returns the heading to which an alarm's description leads. The alarms of several destinations share one. */
  const headingOf = ({ inputs }: { inputs: Record<string, unknown> }) => /runbook\.md#([\w-]+)$/.exec(String(inputs.alarmDescription))![1];

  it("has a heading for each alarm, and for no alarm that there is not", async () => {
    const resources = await captureFile("tests/everything.yaml");
    const alarms = resources.filter(({ type }) => type === Type.metricAlarm || type === Type.compositeAlarm).map(headingOf);
    const headings = [...read("docs/runbook.md").matchAll(/^## ([a-z0-9-]+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual([...headings].sort(), [...new Set(alarms)].sort());
  });

  it("quotes log lines as the functions write them", () => {
    const quoted = [...textOf("docs/runbook.md").matchAll(/`([A-Z][a-z ]+)` lines/g)].map(([, message]) => message);
    assert.ok(new Set(quoted).size >= 5, String(quoted));
    for (const message of quoted) assert.match(sources, new RegExp(`logger\\.\\w+\\("${message}"`), message);
  });

  it("says of each alarm on API Gateway's answers that AWS may leave some out of logs and metrics", async () => {
    const stack = await program();
    const { stageName } = stack.one(Type.stage).inputs;
    const watched = stack.all(Type.metricAlarm).filter(({ inputs: { metricQueries } }) => {
      const [{ metric }] = metricQueries as { metric?: { metricName: string; dimensions: Record<string, unknown> } }[];
      return Object.values(metric?.dimensions ?? {}).includes(stageName) && metric!.metricName !== "Latency";
    });
    assert.deepEqual(watched.map(headingOf).sort(), ["api-4xx", "api-5xx", "api-throttled"]);
    const sections = read("docs/runbook.md").split(/^## /m);
    for (const name of watched.map(headingOf)) {
      const section = sections.find((one) => one.startsWith(`${name}\n`))!;
      assert.match(section, /in no log and no metric|to no log and no metric/, name);
      assert.ok(section.includes("https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-monitor.html"), name);
    }
    assert.match(textOf("docs/runbook.md"), /API Gateway's own 413 .* and 431 .*may be in no log/);
  });
});

describe("Numbers in the documents", () => {
  const figure = (value: number) => value.toLocaleString("en");
  const claims: [page: string, sentence: string][] = [
    [
      "docs/decisions/0010-let-the-lease-outlast-every-execution.md",
      `The lease (${leaseSeconds} s) outlasts any execution (${executionTimeoutSeconds} s)`,
    ],
    ["docs/runbook.md", `An execution ran longer than ${executionTimeoutSeconds} s`],
    ["docs/runbook.md", `RECEIVED for ${words[staleSeconds / 60]} minutes`],
    ["docs/runbook.md", `After ${words[maximumAttempts]} attempts the event is exhausted`],
    ["docs/deploy.md", quotaRequest],
    ["docs/deploy.md", `AWS keeps ${keptUnreserved} unreserved`],
    ["docs/runbook.md", `Bodies above ${figure(largestInItem)} bytes`],
    ["docs/decisions/0016-store-large-bodies-in-a-bucket-before-the.md", `Above ${figure(largestInItem)} bytes a body goes to a bucket`],
    ["README.md", `Above ${figure(largestInItem)} bytes a body goes to a bucket`],
    [
      "README.md",
      `${figure(Number(keyDescriptions.throttleRequestsPerMinute.default))} requests a minute, ${String(keyDescriptions.throttleBurst.default)} at once`,
    ],
  ];
  for (const [page, sentence] of claims) it(`are the program's own: ${sentence}`, () => assert.ok(textOf(page).includes(sentence), page));

  it("say twice what was measured once", () => {
    const measured = /receive, code loaded at a cold start \| (\d+ kB)/.exec(read("docs/performance.md"))![1];
    assert.match(read("docs/performance.md"), new RegExp(`Now\\s+it\\s+loads ${measured}\\.`));
  });

  it("count endpoints as the network has them", async () => {
    const resources = await captureFile("tests/everything.yaml");
    const endpoints = resources.find(({ type }) => type === Type.vpc)!.inputs.vpcEndpointSpecs as { serviceName: string }[];
    const services: Record<string, string> = { dynamodb: "DynamoDB", s3: "S3", secretsmanager: "Secrets Manager", sqs: "SQS" };
    const named = endpoints.map(({ serviceName }) => services[serviceName.split(".").at(-1)!]);
    assert.ok(
      textOf("docs/decisions/0066-create-endpoints-for-four-services-only.md").includes(
        `endpoints for ${named.slice(0, -1).join(", ")} and ${named.at(-1)} only.`,
      ),
    );
  });
});
