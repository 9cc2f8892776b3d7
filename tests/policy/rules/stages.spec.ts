import { Type } from "../../../graph/types";
import { stageRules } from "../../../policy/rules/stages";
import { other, own, specifyRules } from "../patient";

describe("Rules over a stage", () =>
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
        own((patient) => {
          patient.set(Type.methodSettings, `settings.${setting}`, value, "api-paypal");
          return patient.one(Type.stage);
        }),
      ),
    ],
    "api-cache": own((patient) => patient.set(Type.methodSettings, "settings.cachingEnabled", true)),
    "api-method-settings": [
      own((patient) => patient.set(Type.methodSettings, "methodPath", "/webhook/POST"), "promise-door"),
      own((patient) => patient.set(Type.methodSettings, "methodPath", "webhook/stripe/POST", "api-stripe"), "promise-door"),
      own((patient) => patient.set(Type.methodSettings, "settings.loggingLevel", "DEBUG"), "promise-door"),
    ],
  }));
