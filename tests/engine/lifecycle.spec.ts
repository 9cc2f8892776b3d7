import * as assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { Type } from "../../preflight/graph/types";
import { configure, destroy, Engine, previewSteps, up } from "../../testbed/engine/engine";
import { program } from "../../testbed/program";
import { plain } from "../../testbed/engine/standIn/values";

/** What stays after a destroy on purpose: the account's API Gateway logging, which others may use by now. */
const retained = [Type.account, Type.role, Type.rolePolicyAttachment];

/** In the order of a stack's life; each step finds what the one before has left. */
describe("A development stack on the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  let planned: string[];
  const alertEndpoint = "https://alerts.example.com/integration/0123456789abcdef";
  const settings = { alertSubscriptions: [{ protocol: "https", endpoint: "set by the next line" }] };

  before(async () => {
    engine = await Engine.start();
    dev = await engine.stack("dev", settings);
    await dev.setConfig("alertSubscriptions[0].endpoint", { value: alertEndpoint, secret: true }, true);
  });
  after(() => engine.stop());

  it("can be previewed before anything is there, with all that AWS computes unknown", async () => {
    planned = await previewSteps(dev);
    const expected = (await program(settings)).resources.map(({ type, name }) => `create ${type} ${name}`);
    assert.deepEqual([...planned].sort(), expected.filter((step) => !step.includes("pulumi:pulumi:Stack")).sort());
  });

  it("is warned, before anything is there, of an account that runs ten functions at once", async () => {
    await configure(dev, { accountConcurrency: 10 });
    assert.match((await dev.preview()).stdout, /warning: The account can run 10 Lambda executions at once \(accountConcurrency\)/);
  });

  it("becomes what its preview said", async () => {
    const { steps, outputs } = await up(dev);
    assert.deepEqual([...steps].sort(), [...planned].sort());
    assert.deepEqual(Object.keys(outputs).sort(), Object.keys((await program(settings)).outputs).sort());
    assert.match(
      (outputs.webhookUrls as Record<string, string>).stripe,
      /^https:\/\/[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com\//,
    );
  });

  it("makes what AWS looks at before what is looked at", () => {
    const made = (type: string, name: string) => {
      const place = engine.cloud.journal.indexOf(`create ${type} ${name}`);
      assert.ok(place >= 0, `${type} ${name}`);
      return place;
    };
    assert.ok(made(Type.rolePolicy, "webhook-workflow-log-delivery") < made(Type.stateMachine, "webhook-workflow"));
    assert.ok(made(Type.rolePolicy, "webhook-workflow-pipe-policy") < made(Type.pipe, "webhook-workflow-events"));
    assert.ok(made(Type.rolePolicy, "webhook-processor-process-policy") < made(Type.function, "webhook-processor-process-function"));
    assert.ok(made(Type.account, "webhook-api-account") < made(Type.stage, "webhook-api"));
  });

  it("has nothing to change when it is previewed again", async () => assert.deepEqual(await previewSteps(dev), []));

  it("has no secret and no source text in its state", async () => {
    const state = readFileSync(path.join(engine.stateFolder, ".pulumi/stacks/webhook-pipeline/dev.json"), "utf8");
    assert.equal(plain(engine.cloud.all(Type.topicSubscription)[0].inputs.endpoint), alertEndpoint, "AWS gets it");
    for (const file of filesIn(engine.stateFolder)) assert.ok(!readFileSync(file, "utf8").includes(alertEndpoint), file);
    for (const text of [alertEndpoint, "createRequire"]) assert.ok(!state.includes(text), text);
    assert.ok(state.length < 600_000, `${state.length} characters`);
  });

  it("changes the throttle in place, and deploys the API anew if its document changes: first the new deployment, then the old goes", async () => {
    const before = engine.cloud.journal.length;
    await configure(dev, { throttleRequestsPerMinute: 600, sources: ["stripe", "square"] });
    const { steps } = await up(dev);
    assert.ok(steps.includes(`update ${Type.methodSettings} webhook-api`));
    assert.ok(steps.includes(`delete ${Type.secret} webhook-api-paypal`));
    const untouched = [Type.table, Type.queue, Type.key, Type.eventBus, Type.stateMachine, Type.pipe];
    assert.deepEqual(
      steps.filter((step) => untouched.some((type) => step.includes(type))),
      [],
    );
    const journal = engine.cloud.journal.slice(before);
    const order = ["create", "update", "delete"].map(
      (step) => `${step} ${step === "update" ? Type.stage : Type.apiDeployment} webhook-api`,
    );
    assert.deepEqual(
      journal.filter((step) => order.includes(step)),
      order,
    );
    assert.ok(!journal.some((step) => step.startsWith(`delete ${Type.restApi}`)), "its URL stays");
  });

  it("shows what somebody has changed behind its back", async () => {
    const queue = engine.cloud.all(Type.queue)[0];
    queue.inputs = { ...queue.inputs, messageRetentionSeconds: 60 };
    const steps = await previewSteps(dev, { refresh: true });
    assert.deepEqual(
      steps.filter((step) => !step.startsWith("refresh")),
      [`update ${Type.queue} webhook-event-store-dead-letters`],
    );
    queue.inputs = { ...queue.inputs, messageRetentionSeconds: 1_209_600 };
  });

  it("shows a change of suffix as what it is: all that has a name is made anew", async () => {
    await configure(dev, { environmentSuffix: "other" });
    const steps = await previewSteps(dev);
    for (const data of [
      `${Type.table} webhook-event-store-table`,
      `${Type.queue} webhook-event-store-dead-letters`,
      `${Type.secret} webhook-api-stripe`,
    ])
      assert.ok(steps.includes(`replace ${data}`) || steps.includes(`create-replacement ${data}`), data);
    await configure(dev, { environmentSuffix: "dev" });
  });

  it("leaves nothing but the account's logging role when it is destroyed", async () => {
    await destroy(dev);
    assert.deepEqual(left(), [...retained].sort());
    assert.equal(engine.cloud.remadeLogGroups.size, 2, "what API Gateway writes late comes on top");
  });

  it("comes back after that, with a logging role of its own that the account now has", async () => {
    const former = loggingRoles();
    const { outputs } = await up(dev);
    assert.deepEqual(await previewSteps(dev), []);
    assert.equal(outputs.tableName, "webhook-events-dev");
    const [added, ...others] = loggingRoles().filter((name) => !former.includes(name));
    assert.deepEqual(others, []);
    assert.equal(accountRole(), added);
  });

  it("may give the account's logging away, which stays, and take it back", async () => {
    const before = accountRole();
    await configure(dev, { manageApiGatewayAccount: false });
    const { steps } = await up(dev);
    for (const type of retained)
      assert.ok(
        steps.some((step) => step.startsWith(`delete ${type}`)),
        `${type} is forgotten`,
      );
    assert.equal(accountRole(), before, "and stays");
    await configure(dev, { manageApiGatewayAccount: true });
    await up(dev);
    assert.notEqual(accountRole(), before);
    assert.ok(loggingRoles().includes(accountRole()));
  });

  it("takes more shards in place, and refuses fewer before anything changes, also in a preview", async () => {
    await configure(dev, { indexShards: 4 });
    const { steps, outputs } = await up(dev);
    assert.ok(steps.includes(`update ${Type.table} webhook-event-store-table`), steps.join("\n"));
    assert.equal(outputs.indexShards, 4);
    await configure(dev, { indexShards: 2 });
    const refusal = /indexShards would be 2, but the table's events have 4 shards\..+Set indexShards to 4 or more\./;
    await assert.rejects(previewSteps(dev), refusal);
    const before = engine.cloud.journal.length;
    await assert.rejects(up(dev), refusal);
    assert.ok(!engine.cloud.journal.slice(before).some((step) => step.includes(Type.table)));
  });

  const left = () => [...engine.cloud.resources.values()].map(({ type }) => type).sort();
  const loggingRoles = () =>
    engine.cloud
      .all(Type.role)
      .map(({ id }) => id)
      .filter((name) => name.startsWith("webhook-api-logs-dev-"));
  const accountRole = () => (plain(engine.cloud.all(Type.account)[0].inputs.cloudwatchRoleArn) as string).split("/").at(-1)!;
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, name as string))
    .filter((file) => statSync(file).isFile());
}
