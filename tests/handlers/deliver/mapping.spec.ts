import * as assert from "node:assert/strict";
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { Deliverer } from "../../helpers/deliverer";

describe("A mapping", () => {
  const deliverer = new Deliverer();

  it("is that of the destination's queue and of this function, whatever page of the list it is on", async () => {
    const mapping = (UUID: string, queue: string) => ({
      UUID,
      State: "Enabled",
      EventSourceArn: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
    });
    deliverer.lambda
      .on(ListEventSourceMappingsCommand, { FunctionName: "webhook-test", EventSourceArn: deliverer.queueArn() })
      .resolves({ EventSourceMappings: [mapping("other", "webhook-to-others-test")], NextMarker: "2" })
      .on(ListEventSourceMappingsCommand, { FunctionName: "webhook-test", EventSourceArn: deliverer.queueArn(), Marker: "2" })
      .resolves({ EventSourceMappings: [mapping("own", `webhook-to-${deliverer.name}-test`)] });
    deliverer.endpoint.answer = () => 410;
    await deliverer.deliver(deliverer.record());
    const changes = deliverer.lambda.commandCalls(UpdateEventSourceMappingCommand).map(({ args }) => args[0].input);
    assert.deepEqual(changes, [{ UUID: "own", Enabled: false }]);
  });
});
