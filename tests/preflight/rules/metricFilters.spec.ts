import { Type } from "../../../preflight/graph/types";
import { metricFilterRules } from "../../../preflight/rules/metricFilters";
import { own, specifyRules } from "../../helpers/brokenGraph";

const set = (path: string, value: unknown) => own((broken) => broken.set(Type.logMetricFilter, path, value));

describe("Rules for metric filters", () =>
  specifyRules(metricFilterRules, {
    "metric-filter-field": [
      set("pattern", '{ $.code = "429" }'),
      set("metricTransformation.value", "$.duration"),
      set("metricTransformation.dimensions", { stage: "$.environment" }),
      own((broken) => [
        broken.set(Type.stage, "accessLogSettings.format", '{"requestId":"$context.requestId","status":"$context.status"}'),
        broken.one(Type.logMetricFilter),
      ]),
    ],
    "metric-filter-default": [
      set("metricTransformation.defaultValue", "0"),
      set("metricTransformation.dimensions", { a: "$.stage", b: "$.status", c: "$.path", d: "$.sourceIp" }),
    ],
  }));
