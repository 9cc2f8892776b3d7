import * as assert from "node:assert/strict";
import Ajv from "ajv";
import { Type } from "../../../preflight/graph/types";
import { dashboardSchema } from "../../helpers/dashboardSchema";
import { delivering, program, type Program, type ProgramConfig } from "../../../testbed/program";

type Graphed = [namespace: string, metric: string, ...dimensionsAndStatistic: unknown[]];
interface Body {
  widgets: {
    type: string;
    x: number;
    y: number;
    width: number;
    height: number;
    properties: { title: string; metrics: Graphed[]; alarms: string[] };
  }[];
}
type Watching = { metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; stat: string } }[];

const stages = ["API Gateway", "Receiver", "Events table", "Pipe", "Workflow", "Processor", "Reconciler", "Dead letters"];
const polled = { destinations: [{ name: "ledger", type: "queue" }] };

specify("The dashboard", {}, [...stages, "Alarms"]);
specify("The dashboard of a stack with destinations", { destinations: delivering.destinations }, [
  ...stages,
  "Destinations",
  "Deliver",
  "Alarms",
]);
specify("The dashboard of a stack with a queue as its destination", polled, [...stages, "Destinations", "Alarms"]);

function specify(title: string, settings: ProgramConfig, rows: string[]): void {
  describe(title, () => specifyDashboard(settings, rows));
}

function specifyDashboard(settings: ProgramConfig, rows: string[]): void {
  let dev: Program;
  before(async () => (dev = await program(settings)));

  const body = () => JSON.parse(dev.one(Type.dashboard).inputs.dashboardBody as string) as Body;

  it("fits CloudWatch's structure", () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(dashboardSchema);
    assert.ok(validate(body()), JSON.stringify(validate.errors));
  });

  it("has a row for each stage, in the order of an event's timeline", () => {
    const titles = body().widgets.map(({ properties }) => properties.title.split(":")[0]);
    assert.deepEqual([...new Set(titles)], rows);
  });

  it("lays out two graphs per row, one row below the other", () => {
    for (const [index, { type, x, y, width, height }] of body().widgets.entries()) {
      if (type === "alarm") assert.deepEqual({ x, y, width, height }, { x: 0, y: (rows.length - 1) * 6, width: 24, height: 4 });
      else assert.deepEqual({ x, y, width, height }, { x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6 });
    }
  });

  it("shows every alarm's metric per minute, except the denominators of error rates", () => {
    const graphs = body().widgets.filter(({ type }) => type === "metric");
    for (const { properties } of graphs) {
      const { title, metrics } = properties;
      assert.deepEqual({ ...properties }, { title, metrics, view: "timeSeries", stacked: false, region: "eu-central-1", period: 60 });
    }
    const text = (namespace: string, metric: string, dimensions: unknown[], stat: string) =>
      [namespace, metric, ...dimensions.sort(), stat].join(" ");
    const shown = graphs.flatMap(({ properties: { metrics } }) =>
      metrics.map(([namespace, metric, ...rest]) => text(namespace, metric, rest.slice(0, -1), (rest.at(-1) as { stat: string }).stat)),
    );
    assert.equal(new Set(shown).size, shown.length);
    for (const { metric } of dev.all(Type.metricAlarm).flatMap(({ inputs }) => inputs.metricQueries as Watching))
      if (metric && metric.metricName !== "Invocations") {
        const { namespace, metricName, dimensions, stat } = metric;
        assert.ok(shown.includes(text(namespace, metricName, Object.entries(dimensions).flat(), stat)), metricName);
      }
  });

  it("shows only metrics of watched resources and of the whole table: sums, maxima or p99", () => {
    const scopeOf = (namespace: string, dimensions: unknown[]) => [namespace, ...dimensions.sort()].join(" ");
    const watched = dev
      .all(Type.metricAlarm)
      .flatMap(({ inputs }) => inputs.metricQueries as Watching)
      .flatMap(({ metric }) => (metric ? [scopeOf(metric.namespace, Object.entries(metric.dimensions).flat())] : []));
    const scopes = new Set([...watched, scopeOf("AWS/DynamoDB", ["TableName", dev.outputs.tableName])]);
    for (const { properties } of body().widgets)
      for (const [namespace, metric, ...rest] of properties.metrics ?? []) {
        assert.ok(scopes.has(scopeOf(namespace, rest.slice(0, -1))), `${namespace} ${metric}`);
        const stat = /Oldest|Delay|Visible|Pause/.test(metric) ? "Maximum" : /Latency|Duration/.test(metric) ? "p99" : "Sum";
        assert.deepEqual(rest.at(-1), { stat }, metric);
      }
  });
}

describe("The dashboard", () => {
  for (const [name, configuration] of Object.entries({ "the smallest stack": undefined, "one with everything": delivering })) {
    it(`shows the state of every alarm of ${name}`, async () => {
      const deployed = await program(configuration);
      const { widgets } = JSON.parse(deployed.one(Type.dashboard).inputs.dashboardBody as string) as Body;
      assert.deepEqual(
        widgets
          .at(-1)!
          .properties.alarms.map((arn) => arn.split("webhook-")[1].replace(/-dev$/, ""))
          .sort(),
        deployed
          .all(Type.metricAlarm)
          .map(({ inputs }) => (inputs.name as string).slice("webhook-".length, -"-dev".length))
          .sort(),
      );
    });
  }
});
