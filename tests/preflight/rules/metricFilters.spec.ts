import { Type } from "../../../graph/types";
import { metricFilterRules } from "../../../preflight/rules/metricFilters";
import { own, specifyRules } from "../../helpers/patient";

const set = (path: string, value: unknown) => own((patient) => patient.set(Type.logMetricFilter, path, value));

describe("Rules over what is counted of log lines", () =>
  specifyRules(metricFilterRules, {
    "metric-filter-field": [
      set("pattern", '{ $.code = "429" }'),
      set("metricTransformation.value", "$.duration"),
      set("metricTransformation.dimensions", { stage: "$.environment" }),
      own((patient) => [
        patient.set(Type.stage, "accessLogSettings.format", '{"requestId":"$context.requestId","status":"$context.status"}'),
        patient.one(Type.logMetricFilter),
      ]),
    ],
    "metric-filter-default": [
      set("metricTransformation.defaultValue", "0"),
      set("metricTransformation.dimensions", { a: "$.stage", b: "$.status", c: "$.path", d: "$.sourceIp" }),
    ],
  }));
