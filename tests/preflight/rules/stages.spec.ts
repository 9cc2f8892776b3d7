import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { stageRules } from "../../../preflight/rules/stages";
import { program } from "../../../testbed/program";
import { other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

/** Returns the findings for a stack in a region, with these throttles for one source. */
async function throttled(region: string, account: object, settings: Record<string, number>): Promise<string[]> {
  const broken = new BrokenGraph((await program({ "aws:region": region })).resources);
  for (const [setting, value] of Object.entries(settings)) broken.set(Type.methodSettings, `settings.${setting}`, value, "api-paypal");
  return preflight(broken.resources, account).map(({ rule, resource, detail }) => `${rule.id} ${resource.name}: ${detail}`);
}

describe("Rules for a stage", () => {
  specifyRules(stageRules, {
    "api-logging-role": own((broken) => {
      const [settings, account] = [broken.one(Type.methodSettings), broken.one(Type.account)];
      broken.unchain(settings, account);
      broken.unchain(broken.one(Type.stage), account);
      return settings;
    }),
    "api-log-format": [
      own((broken) => broken.set(Type.stage, "accessLogSettings.format", "$context.status")),
      own((broken) => broken.set(Type.stage, "accessLogSettings.format", undefined)),
      own((broken) => broken.set(Type.stage, "accessLogSettings.format", "$context.requestId\n$context.status")),
    ],
    "api-log-destination": [
      own((broken) =>
        broken.set(Type.stage, "accessLogSettings.destinationArn", `${String(broken.one(Type.logGroup, "api-access-log").outputs.arn)}:*`),
      ),
      own((broken) => broken.set(Type.stage, "accessLogSettings.destinationArn", undefined)),
    ],
    "api-deployment-stale": [
      other((broken) => {
        const deployment = broken.set(Type.apiDeployment, "triggers", { version: "1" });
        delete deployment.propertyDependencies.triggers;
        return deployment;
      }),
      own((broken) => {
        const deployment = broken.set(Type.apiDeployment, "triggers", undefined);
        delete deployment.propertyDependencies.triggers;
        return deployment;
      }),
    ],
    "api-deployment-early": [
      other((broken) => {
        const deployment = broken.one(Type.apiDeployment);
        for (const type of [Type.apiIntegration, "aws:apigateway/method:Method"]) broken.unchain(deployment, broken.one(type));
        return deployment;
      }),
      own((broken) => {
        delete broken.one(Type.restApi).inputs.body;
        return broken.one(Type.apiDeployment);
      }),
    ],
    "api-throttle": [
      own((broken) => broken.set(Type.methodSettings, "settings.throttlingRateLimit", 10_001)),
      own((broken) => broken.set(Type.methodSettings, "settings.throttlingBurstLimit", 5_001)),
      ...Object.entries({ throttlingRateLimit: 9_990, throttlingBurstLimit: 4_300 }).map(([setting, value]) =>
        own((broken) => [broken.set(Type.methodSettings, `settings.${setting}`, value, "api-paypal"), broken.one(Type.stage)]),
      ),
      own((broken) => {
        broken.account = { requestsPerSecond: 40 };
        return broken.one(Type.stage);
      }),
    ],
    "api-cache": own((broken) => broken.set(Type.methodSettings, "settings.cachingEnabled", true)),
    "api-method-settings": [
      own((broken) => broken.set(Type.methodSettings, "methodPath", "/webhook/POST"), "project-api"),
      own((broken) => broken.set(Type.methodSettings, "methodPath", "webhook/stripe/POST", "api-stripe"), "project-api"),
      own((broken) => broken.set(Type.methodSettings, "settings.loggingLevel", "DEBUG"), "project-api"),
    ],
  });

  it("compare throttles with AWS's default quota in the stage's region", async () => {
    assert.deepEqual(await throttled("eu-central-1", {}, { throttlingRateLimit: 2_501 }), []);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingRateLimit: 2_400, throttlingBurstLimit: 450 }), []);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingRateLimit: 2_501 }), [
      "api-throttle webhook-api-paypal: throttlingRateLimit is 2501. The account's quota is 2500.",
      "api-throttle webhook-api: throttlingRateLimit of its 3 methods is 2534.34 together. The account's quota is 2500.",
    ]);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingBurstLimit: 451 }), [
      "api-throttle webhook-api: throttlingBurstLimit of its 3 methods is 1251 together. The account's quota is 1250.",
    ]);
  });

  it("compare throttles with the account's quota, if the configuration has one", async () => {
    const settings = { throttlingRateLimit: 19_000, throttlingBurstLimit: 9_000 };
    assert.deepEqual(await throttled("eu-south-1", { requestsPerSecond: 20_000 }, settings), []);
    assert.deepEqual(await throttled("eu-central-1", { requestsPerSecond: 18_000 }, { throttlingRateLimit: 19_000 }), [
      "api-throttle webhook-api-paypal: throttlingRateLimit is 19000. The account's quota is 18000.",
      "api-throttle webhook-api: throttlingRateLimit of its 3 methods is 19033.34 together. The account's quota is 18000.",
    ]);
    assert.deepEqual(await throttled("eu-south-1", { requestsPerSecond: 0 }, {}), [], "0 is AWS's default");
  });
});
