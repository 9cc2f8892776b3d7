import * as assert from "node:assert/strict";
import type { GraphResource } from "../../graph/resource";
import { preflight, rules } from "../../policy/preflight";
import { renderJson, renderSarif, renderText } from "../../policy/report";
import { guarded, program, varied } from "../helpers/graph";
import { Type } from "../helpers/types";

/** A copy of the program's own graph, to plant faults in. */
class Patient {
  readonly resources: GraphResource[];
  constructor(resources: readonly GraphResource[]) {
    this.resources = structuredClone(resources) as GraphResource[];
  }

  one(type: string, name?: string): GraphResource {
    const found = this.resources.find((resource) => resource.type === type && (name === undefined || resource.name === name));
    assert.ok(found, `${type} ${name ?? ""}`);
    return found;
  }

  set(type: string, path: string, value: unknown): GraphResource {
    const resource = this.one(type);
    const keys = path.split(".");
    const last = keys.pop()!;
    let target = resource.inputs;
    for (const key of keys) target = (target[key] ??= {}) as Record<string, unknown>;
    target[last] = value;
    return resource;
  }

  /** Puts something else in the place of each occurrence in a document. */
  rewrite(type: string, name: string, input: string, from: string, to: string): GraphResource {
    const resource = this.one(type, name);
    const text = resource.inputs[input] as string;
    assert.ok(text.includes(from), `${name}.${input} has ${from}`);
    resource.inputs[input] = text.replaceAll(from, to);
    return resource;
  }

  /** As if nothing had said that the first comes after the second. */
  unchain(resource: GraphResource, other: GraphResource): void {
    resource.dependencies = resource.dependencies.filter((urn) => urn !== other.urn);
  }
}

/** As if another service were to take the role of a resource. */
function distrust(role: string, service: string, type: string, name?: string): (patient: Patient) => GraphResource {
  return (patient) => {
    patient.rewrite(Type.role, role, "assumeRolePolicy", service, "ec2.amazonaws.com");
    return patient.one(type, name);
  };
}

/** A fault for each rule; what it is planted in must be found, by that rule. */
const faults: Record<string, (patient: Patient) => GraphResource> = {
  "lambda-memory": (patient) => patient.set(Type.function, "memorySize", 64),
  "lambda-timeout": (patient) => patient.set(Type.function, "timeout", 901),
  "sqs-visibility-timeout": (patient) => patient.set(Type.queue, "visibilityTimeoutSeconds", 43_201),
  "sqs-retention": (patient) => patient.set(Type.queue, "messageRetentionSeconds", 59),
  "sqs-delay": (patient) => patient.set(Type.queue, "delaySeconds", 901),
  "sqs-message-size": (patient) => patient.set(Type.queue, "maxMessageSize", 1023),
  "sqs-data-key-reuse": (patient) => patient.set(Type.queue, "kmsDataKeyReusePeriodSeconds", 59),
  "kms-deletion-window": (patient) => patient.set(Type.key, "deletionWindowInDays", 6),
  "secret-recovery-window": (patient) => patient.set(Type.secret, "recoveryWindowInDays", 1),
  "log-retention": (patient) => patient.set(Type.logGroup, "retentionInDays", 31),
  "table-recovery-period": (patient) => patient.set(Type.table, "pointInTimeRecovery.recoveryPeriodInDays", 36),
  "pipe-batch-size": (patient) => patient.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.batchSize", 0),
  "pipe-batching-window": (patient) =>
    patient.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.maximumBatchingWindowInSeconds", 301),
  "pipe-parallelization": (patient) => patient.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.parallelizationFactor", 1.5),
  "lambda-name": (patient) => patient.set(Type.function, "name", "x".repeat(65)),
  "role-name": (patient) => patient.set(Type.role, "name", "x".repeat(65)),
  "sqs-name": (patient) => patient.set(Type.queue, "name", "dead.letters"),
  "table-name": (patient) => patient.set(Type.table, "name", "ev"),
  "state-machine-name": (patient) => patient.set(Type.stateMachine, "name", "a workflow"),
  "pipe-name": (patient) => patient.set(Type.pipe, "name", "a/pipe"),
  "event-bus-name": (patient) => patient.set(Type.eventBus, "name", "default"),
  "topic-name": (patient) => patient.set(Type.topic, "name", "alerts.dev"),
  "log-group-name": (patient) => patient.set(Type.logGroup, "name", "a log group"),
  "alias-name": (patient) => patient.set(Type.alias, "name", "webhook-data"),
  "secret-name": (patient) => patient.set(Type.secret, "name", "a secret"),
  "stage-name": (patient) => patient.set(Type.stage, "stageName", "v1.0"),
  "dashboard-name": (patient) => patient.set(Type.dashboard, "dashboardName", "a dashboard"),
  "web-acl-name": (patient) => patient.set(Type.webAcl, "name", "web.acl"),
  "name-taken": (patient) => {
    const [one, other] = patient.resources.filter(({ type }) => type === Type.secret);
    other.inputs.name = one.inputs.name;
    return other;
  },
  "lambda-role-trust": distrust("process-role", "lambda.amazonaws.com", Type.function, "process-function"),
  "state-machine-role-trust": distrust("workflow-role", "states.amazonaws.com", Type.stateMachine),
  "pipe-role-trust": distrust("pipe-role", "pipes.amazonaws.com", Type.pipe),
  "state-machine-log-delivery": (patient) => {
    patient.rewrite(Type.rolePolicy, "workflow-log-delivery", "policy", '"logs:PutResourcePolicy",', "");
    return patient.one(Type.stateMachine);
  },
  "lambda-dead-letter-permission": (patient) => {
    patient.rewrite(Type.rolePolicy, "process-policy", "policy", "sqs:SendMessage", "sqs:ReceiveMessage");
    return patient.one(Type.function, "process-function");
  },
  "key-needless-lambda-principal": (patient) => {
    const key = patient.one(Type.key);
    const policy = JSON.parse(key.inputs.policy as string) as { Statement: object[] };
    policy.Statement.push({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "kms:Decrypt", Resource: "*" });
    key.inputs.policy = JSON.stringify(policy);
    return key;
  },
  "log-group-key": (patient) => {
    const group = patient.one(Type.logGroup);
    const key = patient.resources.find(({ urn }) => group.propertyDependencies.kmsKeyId.includes(urn))!;
    patient.rewrite(Type.key, key.name, "policy", "logs.eu-central-1.amazonaws.com", "logs.us-east-1.example.com");
    return group;
  },
  "api-logging-role": (patient) => {
    const [settings, account] = [patient.one(Type.methodSettings), patient.one(Type.account)];
    patient.unchain(settings, account);
    patient.unchain(patient.one(Type.stage), account);
    return settings;
  },
  "waf-log-group-name": (patient) => {
    const logging = patient.one(Type.webAclLogging);
    const group = patient.resources.find(
      ({ urn, type }) => type === Type.logGroup && logging.propertyDependencies.logDestinationConfigs.includes(urn),
    )!;
    group.inputs.name = "waf-logs";
    return logging;
  },
};

describe("The preflight", () => {
  for (const [name, settings] of Object.entries({ defaults: {}, varied, guarded })) {
    it(`finds nothing in the project's own graph: ${name}`, async () => {
      assert.equal(renderText(preflight((await program(settings)).resources), 0).split("\n\n").length, 1);
    });
    it(`finds nothing in a preview of it, where most is not known yet: ${name}`, async () => {
      assert.deepEqual(preflight((await program(settings, { preview: true })).resources), []);
    });
  }

  for (const { id } of rules) {
    it(`finds the fault that ${id} is about, and no other`, async () => {
      const patient = new Patient((await program(guarded)).resources);
      const faulty = faults[id](patient);
      const findings = preflight(patient.resources);
      assert.deepEqual([...new Set(findings.map(({ rule }) => rule.id))], [id]);
      assert.ok(findings.some(({ resource }) => resource.urn === faulty.urn));
    });
  }

  it("has a fault for each rule, and no two rules of one name", () => {
    assert.deepEqual(rules.map(({ id }) => id).sort(), Object.keys(faults).sort());
  });

  it("says of each rule what AWS answers, why, what to do, and where that is written", () => {
    for (const { id, answer, cause, fix, link } of rules) {
      assert.match(answer, /^([A-Z]\w+: |silent: )/, id);
      assert.ok(cause.endsWith(".") && fix.endsWith("."), id);
      assert.match(link, /^https:\/\//, id);
    }
  });

  it("notices that a state machine does not wait for its log delivery: the failure that this project began with", async () => {
    const patient = new Patient((await program()).resources);
    patient.unchain(patient.one(Type.stateMachine), patient.one(Type.rolePolicy, "workflow-log-delivery"));
    const [finding] = preflight(patient.resources);
    assert.equal(finding.rule.id, "state-machine-log-delivery");
    assert.match(finding.detail, /^it does not wait for workflow-log-delivery/);
  });

  it("leaves a role alone to which policies from elsewhere are attached: they may grant what is missed", async () => {
    const patient = new Patient((await program()).resources);
    faults["lambda-dead-letter-permission"](patient);
    const attachment = structuredClone(patient.one(Type.rolePolicyAttachment));
    attachment.propertyDependencies = { role: [patient.one(Type.role, "process-role").urn] };
    patient.resources.push(attachment);
    assert.deepEqual(preflight(patient.resources), []);
  });

  it("is not stopped by a document that is none: what it would allow is missed", async () => {
    const patient = new Patient((await program()).resources);
    patient.one(Type.rolePolicy, "workflow-log-delivery").inputs.policy = "{not JSON";
    assert.deepEqual([...new Set(preflight(patient.resources).map(({ rule }) => rule.id))], ["state-machine-log-delivery"]);
  });

  it("respects a denial", async () => {
    const patient = new Patient((await program()).resources);
    const policy = patient.one(Type.rolePolicy, "process-policy");
    const document = JSON.parse(policy.inputs.policy as string) as { Statement: object[] };
    document.Statement.push({ Effect: "Deny", Action: "sqs:*", Resource: "*" });
    policy.inputs.policy = JSON.stringify(document);
    assert.deepEqual(
      preflight(patient.resources).map(({ rule }) => rule.id),
      ["lambda-dead-letter-permission"],
    );
  });
});

describe("A preflight's report", () => {
  const faulty = async (id: string) => {
    const patient = new Patient((await program(guarded)).resources);
    faults[id](patient);
    return preflight(patient.resources);
  };

  it("is a block a finding, with a summary", async () => {
    const text = renderText(await faulty("lambda-memory"), 80);
    assert.match(
      text,
      /^error lambda-memory\n {2}where {2}aws:lambda\/function:Function .+: memorySize is 64, but must be from 128 to 10240 MB\n {2}AWS/,
    );
    assert.match(text, /\n\n80 resources, \d+ rules: 1 errors, 0 warnings$/);
  });

  it("is JSON for programs", async () => {
    const [entry] = JSON.parse(renderJson(await faulty("key-needless-lambda-principal"))) as Record<string, string>[];
    assert.deepEqual([entry.rule, entry.severity], ["key-needless-lambda-principal", "warning"]);
    assert.match(entry.urn, /^urn:pulumi:/);
  });

  it("is SARIF for code scanning: every rule described, every result under one of them", async () => {
    const { version, runs } = JSON.parse(renderSarif(await faulty("log-retention"))) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; level: string }[] }[];
    };
    assert.equal(version, "2.1.0");
    assert.equal(runs[0].tool.driver.rules.length, rules.length);
    assert.deepEqual(
      runs[0].results.map(({ ruleId, level }) => [ruleId, level]),
      [["log-retention", "error"]],
    );
  });
});
