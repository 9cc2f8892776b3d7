import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { preflight } from "../../../preflight/preflight";
import { stageRules } from "../../../preflight/rules/stages";
import { program } from "../../../testbed/program";
import { other, own, Patient, specifyRules } from "../../helpers/patient";

/** What is said of the throttles of a stack in a region, with one source's set to these. */
async function throttled(region: string, account: object, settings: Record<string, number>): Promise<string[]> {
  const patient = new Patient((await program({ "aws:region": region })).resources);
  for (const [setting, value] of Object.entries(settings)) patient.set(Type.methodSettings, `settings.${setting}`, value, "api-paypal");
  return preflight(patient.resources, account).map(({ rule, resource, detail }) => `${rule.id} ${resource.name}: ${detail}`);
}

describe("Rules over a stage", () => {
  specifyRules(stageRules, {
    "api-logging-role": own((patient) => {
      const [settings, account] = [patient.one(Type.methodSettings), patient.one(Type.account)];
      patient.unchain(settings, account);
      patient.unchain(patient.one(Type.stage), account);
      return settings;
    }),
    "api-log-format": [
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", "$context.status")),
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", undefined)),
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", "$context.requestId\n$context.status")),
    ],
    "api-log-destination": [
      own((patient) =>
        patient.set(
          Type.stage,
          "accessLogSettings.destinationArn",
          `${String(patient.one(Type.logGroup, "api-access-log").outputs.arn)}:*`,
        ),
      ),
      own((patient) => patient.set(Type.stage, "accessLogSettings.destinationArn", undefined)),
    ],
    "api-deployment-stale": [
      other((patient) => {
        const deployment = patient.set(Type.apiDeployment, "triggers", { version: "1" });
        delete deployment.propertyDependencies.triggers;
        return deployment;
      }),
      own((patient) => {
        const deployment = patient.set(Type.apiDeployment, "triggers", undefined);
        delete deployment.propertyDependencies.triggers;
        return deployment;
      }),
    ],
    "api-deployment-early": [
      other((patient) => {
        const deployment = patient.one(Type.apiDeployment);
        for (const type of [Type.apiIntegration, "aws:apigateway/method:Method"]) patient.unchain(deployment, patient.one(type));
        return deployment;
      }),
      own((patient) => {
        delete patient.one(Type.restApi).inputs.body;
        return patient.one(Type.apiDeployment);
      }),
    ],
    "api-throttle": [
      own((patient) => patient.set(Type.methodSettings, "settings.throttlingRateLimit", 10_001)),
      own((patient) => patient.set(Type.methodSettings, "settings.throttlingBurstLimit", 5_001)),
      ...Object.entries({ throttlingRateLimit: 9_990, throttlingBurstLimit: 4_300 }).map(([setting, value]) =>
        own((patient) => [patient.set(Type.methodSettings, `settings.${setting}`, value, "api-paypal"), patient.one(Type.stage)]),
      ),
      own((patient) => {
        patient.account = { requestsPerSecond: 40 };
        return patient.one(Type.stage);
      }),
    ],
    "api-cache": own((patient) => patient.set(Type.methodSettings, "settings.cachingEnabled", true)),
    "api-method-settings": [
      own((patient) => patient.set(Type.methodSettings, "methodPath", "/webhook/POST"), "project-api"),
      own((patient) => patient.set(Type.methodSettings, "methodPath", "webhook/stripe/POST", "api-stripe"), "project-api"),
      own((patient) => patient.set(Type.methodSettings, "settings.loggingLevel", "DEBUG"), "project-api"),
    ],
  });

  it("hold throttles against what AWS gives an account in the stage's region", async () => {
    assert.deepEqual(await throttled("eu-central-1", {}, { throttlingRateLimit: 2_501 }), []);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingRateLimit: 2_400, throttlingBurstLimit: 450 }), []);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingRateLimit: 2_501 }), [
      "api-throttle webhook-api-paypal: throttlingRateLimit is 2501, of 2500",
      "api-throttle webhook-api: throttlingRateLimit of its 3 methods is 2534.34 together, of 2500",
    ]);
    assert.deepEqual(await throttled("eu-south-1", {}, { throttlingBurstLimit: 451 }), [
      "api-throttle webhook-api: throttlingBurstLimit of its 3 methods is 1251 together, of 1250",
    ]);
  });

  it("hold throttles against the account's own limit, where the configuration says it", async () => {
    const settings = { throttlingRateLimit: 19_000, throttlingBurstLimit: 9_000 };
    assert.deepEqual(await throttled("eu-south-1", { requestsPerSecond: 20_000 }, settings), []);
    assert.deepEqual(await throttled("eu-central-1", { requestsPerSecond: 18_000 }, { throttlingRateLimit: 19_000 }), [
      "api-throttle webhook-api-paypal: throttlingRateLimit is 19000, of 18000",
      "api-throttle webhook-api: throttlingRateLimit of its 3 methods is 19033.34 together, of 18000",
    ]);
    assert.deepEqual(await throttled("eu-south-1", { requestsPerSecond: 0 }, {}), [], "0 is AWS's default");
  });
});
