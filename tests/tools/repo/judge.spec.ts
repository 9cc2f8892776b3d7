import * as assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { factsOf } from "../../../tools/cost/stack";
import { readGraph } from "../../../preflight/graph/read";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { captureFile } from "../../../cli/lib/graphs";
import { runScript } from "../../helpers/script";

const everything = "tests/everything.yaml";
const unknownType =
  "FINDING   conversion | aws | aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig reconcile: its type is not known to this tool";

describe("Judging a graph", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-judge-test-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the program with a judge that prints these lines, ends with this exit code, and keeps the graph. */
  async function judged(status: number, ...lines: string[]) {
    const judge = path.join(folder, "judge");
    writeFileSync(judge, `#!/bin/sh\ncp "$1" "${folder}/given.json"\ncat <<'END'\n${lines.join("\n")}\nEND\nexit ${status}\n`);
    chmodSync(judge, 0o700);
    return runScript("tools/repo/judge", everything, judge);
  }

  it("passes without findings, and passes the graph of the file on", async () => {
    const { status, stdout } = await judged(0, "0 findings, 0 of them unexplained");
    assert.equal(status, 0);
    assert.equal(stdout, "0 findings, 0 of them unexplained\n");
    const resources = readGraph(readFileSync(path.join(folder, "given.json"), "utf8"), "given.json");
    const types = new Set(resources.map(({ type }) => type));
    for (const type of [Type.webAcl, Type.vpc, Type.trail, Type.domainName, Type.topicSubscription]) assert.ok(types.has(type), type);
  });

  it("passes if every finding is explained, and prints why", async () => {
    const { status, stdout } = await judged(1, unknownType);
    assert.equal(status, 0);
    assert.match(stdout, /^explained here: The judges cannot convert these types/m);
  });

  it("fails if a finding is not explained, or the judge itself fails", async function () {
    this.timeout(180_000);
    assert.equal((await judged(1, unknownType, "FINDING   cfn-lint | Table | E3002 no such property")).status, 1);
    assert.equal((await judged(1, "Traceback")).status, 1);
    assert.equal((await judged(2, unknownType)).status, 1);
    const { status, stderr } = await runScript("tools/repo/judge", everything, path.join(folder, "missing"));
    assert.equal(status, 1);
    assert.match(stderr, /^The judge .+ cannot be run: /);
  });
});

describe(".ci/run", () => {
  it("sets the variable of the judge that npm run test:full reads", () => {
    assert.match(readFileSync(".ci/run", "utf8"), /^ {2}export GRAPH_JUDGE$/m);
    assert.match(readFileSync("tools/repo/check.ts", "utf8"), /process\.env\.GRAPH_JUDGE\b/);
  });
});

describe("A stack in which everything is on", () => {
  it("passes the preflight, and has a price", async () => {
    const resources = await captureFile(everything);
    assert.deepEqual(preflight(resources), []);
    const { webAcls, natGateways, trail, workflow } = factsOf(resources);
    assert.deepEqual({ webAcls, natGateways, trail, workflow }, { webAcls: 1, natGateways: 1, trail: true, workflow: "STANDARD" });
  });
});
