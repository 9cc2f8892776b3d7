import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarmName } from "../../domain/names";
import { isHttps } from "../../config/destinations";
import { alarmWhat, type AlarmRule } from "./alarmRule";
import { pipelineAlarms } from "./alarms";
import { groupsOf } from "./groups";
import type { MetricOf, Watched, WatchedDestination } from "./metrics";
import { dashboardBody } from "./dashboard";
import { protectedOptions, type StackContext } from "../lib/context";
import type { Deliveries } from "../destinations/deliveries";
import type { Destination } from "../destinations/destination";
import type { Encryption } from "../encryption";
import type { EventStore } from "../eventStore/eventStore";
import { denyInsecureTransport, document, type Statement } from "../lib/policies";
import type { Processor } from "../processor";
import type { Reconciler } from "../reconciler";
import type { WebhookApi } from "../webhookApi/webhookApi";
import type { Workflow } from "../workflow/workflow";

export interface AlertingArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  processor: Processor;
  reconciler: Reconciler;
  workflow: Workflow;
  webhookApi: WebhookApi;
  /** Absent: the pipeline posts to no destination. */
  deliveries?: Deliveries;
  /** By name. */
  destinations: Readonly<Record<string, Destination>>;
}

/** Path of the runbook in the repository. Every alarm's description ends with its heading there. */
const runbook = "docs/runbook.md";

/** Watches every stage of an event: alarms, a composite alarm over them, the topic to which they publish, and the dashboard. */
export class Alerting extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;
  readonly alarms: aws.cloudwatch.MetricAlarm[];
  /** In alarm while any other alarm is: the one alarm to page on. */
  readonly compositeAlarm: aws.cloudwatch.CompositeAlarm;
  readonly dashboard: aws.cloudwatch.Dashboard;
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: AlertingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Alerting", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, processor, reconciler, workflow, webhookApi, deliveries } = args;
    const { config, accountId } = context;
    const suffix = config.environmentSuffix;

    const topic = createTopic();
    const topicPolicy = createTopicPolicy();
    createSubscriptions();
    const watched = resourcesWatched();
    const alarms = pipelineAlarms(watched, { signatureFailures: config.signatureFailureThreshold }).map(createAlarm);
    const compositeAlarm = createCompositeAlarm();
    const dashboard = createDashboard();
    this.topic = topic;
    this.alarms = alarms;
    this.compositeAlarm = compositeAlarm;
    this.dashboard = dashboard;
    this.dashboardUrl = pulumi.interpolate`https://${config.region}.console.aws.amazon.com/cloudwatch/home?region=${config.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ topicArn: topic.arn, dashboardUrl: this.dashboardUrl });

    function createTopic(): aws.sns.Topic {
      return new aws.sns.Topic(`${name}-alerts`, { name: context.name("topic"), kmsMasterKeyId: encryption.dataKey.arn }, { parent });
    }

    /** Creates the topic's policy, which replaces the default one: only alarms of this account may publish, and only over TLS. */
    function createTopicPolicy(): aws.sns.TopicPolicy {
      const letAlarmsPublish: Statement = {
        Sid: "LetAlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      };
      return new aws.sns.TopicPolicy(
        `${name}-alerts`,
        { arn: topic.arn, policy: document([letAlarmsPublish, denyInsecureTransport(["sns:Publish"], topic.arn)]) },
        protectedOptions(context, topic),
      );
    }

    /** Creates the subscriptions. Endpoints often contain a token, so the state stores them encrypted. */
    function createSubscriptions(): void {
      config.alertSubscriptions.forEach(
        ({ protocol, endpoint }, index) =>
          new aws.sns.TopicSubscription(
            `${name}-alerts-${index}`,
            { topic: topic.arn, protocol, endpoint: pulumi.secret(endpoint) },
            { parent: topic },
          ),
      );
    }

    function resourcesWatched(): Watched {
      return {
        environment: suffix,
        api: webhookApi.api.name,
        stage: webhookApi.stage.stageName,
        receiveFunction: webhookApi.function.name,
        processFunction: processor.function.name,
        reconcileFunction: reconciler.function.name,
        table: eventStore.table.name,
        pipe: workflow.pipe.name,
        stateMachineArn: workflow.stateMachine.arn,
        deadLetterQueue: eventStore.deadLetterQueue.name,
        firewall: config.waf ? { webAcl: context.name("webAcl"), region: config.region } : undefined,
        deliverFunction: deliveries?.function.name,
        destinations: config.destinations.map((destination): WatchedDestination => {
          const { queue, deadLetterQueue, rule } = args.destinations[destination.name];
          return {
            name: destination.name,
            queue: queue.name,
            deadLetterQueue: deadLetterQueue.name,
            rule: rule.name,
            eventBus: workflow.eventBus.name,
            isSentTo: isHttps(destination),
          };
        }),
      };
    }

    function createAlarm(rule: AlarmRule): aws.cloudwatch.MetricAlarm {
      return new aws.cloudwatch.MetricAlarm(
        `${name}-${alarmWhat(rule)}`,
        {
          name: alarmName(alarmWhat(rule), suffix),
          alarmDescription: `${rule.description} ${runbook}#${rule.what}`,
          comparisonOperator: rule.comparison,
          threshold: rule.threshold,
          evaluationPeriods: rule.periods,
          treatMissingData: rule.silenceIsBad ? "breaching" : "notBreaching",
          metricQueries: metricQueries(rule),
          alarmActions: [topic.arn],
          okActions: [topic.arn],
        },
        { parent, dependsOn: [topicPolicy] },
      );
    }

    /** Creates the composite alarm over all others. If its rule cannot name them all, it names one for each group of them. */
    function createCompositeAlarm(): aws.cloudwatch.CompositeAlarm {
      const groups = groupsOf(alarms.map((alarm) => alarm.name));
      if (groups.length === 1) return createAnyOf("pipeline", groups[0]);
      return createAnyOf(
        "pipeline",
        groups.map((group, index) => createAnyOf(`pipeline-${index + 1}`, group).alarmName),
      );
    }

    function createAnyOf(what: string, children: pulumi.Output<string>[]): aws.cloudwatch.CompositeAlarm {
      const anyOf = pulumi.all(children).apply((names) => names.map((alarm) => `ALARM("${alarm}")`).join(" OR "));
      return new aws.cloudwatch.CompositeAlarm(
        `${name}-${what}`,
        {
          alarmName: alarmName(what, suffix),
          alarmDescription: `At least one alarm of the webhook pipeline is on. Open that alarm and follow its runbook entry. ${runbook}#pipeline`,
          alarmRule: anyOf,
          alarmActions: [topic.arn],
          okActions: [topic.arn],
        },
        { ...protectedOptions(context, parent), dependsOn: [topicPolicy] },
      );
    }

    function createDashboard(): aws.cloudwatch.Dashboard {
      const alarmArns = alarms.map(({ arn }) => arn);
      return new aws.cloudwatch.Dashboard(
        `${name}-pipeline`,
        { dashboardName: context.name("dashboard"), dashboardBody: pulumi.jsonStringify(dashboardBody(watched, config.region, alarmArns)) },
        protectedOptions(context, parent),
      );
    }
  }
}

/** Returns an alarm's metrics in CloudWatch's form. Exactly one query, the last one, returns data. */
function metricQueries(rule: AlarmRule): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
  const only = rule.expression === undefined;
  const metrics = Object.entries(rule.metrics).map(([id, of]) => ({ id, metric: asAlarmMetric(of, rule.minutes), returnData: only }));
  return only ? metrics : [...metrics, { id: "value", expression: rule.expression, label: rule.what, returnData: true }];
}

function asAlarmMetric({ namespace, metric, dimensions, statistic }: MetricOf, minutes: number) {
  return { namespace, metricName: metric, dimensions, stat: statistic, period: minutes * 60 };
}
