import * as assert from "node:assert/strict";
import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { createClients, type Clients } from "../../local/clients";
import { deploySettings } from "../../local/pipeline";
import { everyProvider, withNamespace } from "../../local/settings";
import { postedOrders } from "../helpers/destinations";
import { sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";

const suffix = "fenced";
const destinations = JSON.stringify([postedOrders, { name: "ledger", type: "queue" }]);

/** Asks the local AWS, which enforces policies, with what the policy of each function's role allows. */
describe("The functions of a stack with destinations", () => {
  let pipeline: PipelineUnderTest;
  let receive: Clients;
  let deliver: Clients;
  before(async () => {
    const shared = await sharedPipeline();
    const settings = everyProvider(shared.region, suffix);
    const own = withNamespace(settings.project, { sources: '["stripe"]', destinations, manageApiGatewayAccount: "false" });
    const sources = settings.sources.filter(({ name }) => name === "stripe");
    const deployed = await deploySettings(shared, { ...settings, config: { ...settings.config, ...own }, sources });
    pipeline = { ...deployed, clients: shared.clients } as PipelineUnderTest;
    const value = { SecretId: `webhook-to-orders-${suffix}`, SecretString: "{}" };
    await shared.clients.secretsManager.send(new PutSecretValueCommand(value));
    [receive, deliver] = await Promise.all(["receive", "deliver"].map(asFunction));
  });

  async function asFunction(name: string): Promise<Clients> {
    const role = `webhook-${name}-${suffix}`;
    const { PolicyDocument } = await pipeline.clients.iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: role }));
    return createClients({ ...pipeline, ...(await userWith(pipeline, `as-${name}`, decodeURIComponent(PolicyDocument!))) });
  }
  const outcome = (call: Promise<unknown>) =>
    call.then(
      () => "allowed",
      (error: Error) => (/^AccessDenied/.test(error.name) ? "denied" : error.message),
    );
  const reads = ({ secretsManager }: Clients, owner: string) =>
    outcome(secretsManager.send(new GetSecretValueCommand({ SecretId: `webhook-${owner}-${suffix}` })));
  const receives = ({ sqs }: Clients, name: string) =>
    outcome(sqs.send(new ReceiveMessageCommand({ QueueUrl: pipeline.outputs.destinations![name].queueUrl })));
  const buries = ({ sqs }: Clients, name: string) =>
    outcome(sqs.send(new SendMessageCommand({ QueueUrl: pipeline.outputs.destinations![name].deadLetterQueueUrl, MessageBody: "{}" })));

  it("read the secrets of sources, or those of destinations, and never both", async () => {
    assert.deepEqual([await reads(receive, "stripe"), await reads(receive, "to-orders")], ["allowed", "denied"]);
    assert.deepEqual([await reads(deliver, "stripe"), await reads(deliver, "to-orders")], ["denied", "allowed"]);
  });

  it("take messages only for the destinations to which they post", async () => {
    for (const use of [receives, buries]) {
      assert.deepEqual([await use(deliver, "orders"), await use(deliver, "ledger")], ["allowed", "denied"]);
      assert.deepEqual([await use(receive, "orders"), await use(receive, "ledger")], ["denied", "denied"]);
    }
  });
});
