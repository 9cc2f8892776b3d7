const column = { type: "integer", minimum: 0, maximum: 23 } as const;
const row = { type: "integer", minimum: 0 } as const;
const text = { type: "string", minLength: 1 } as const;

/** Requires properties of a widget type. */
const widgetOf = (type: string, properties: object) => ({
  if: { properties: { type: { const: type } } },
  then: { properties: { properties } },
});

/** JSON schema of a dashboard's body, as far as CloudWatch validates it. Other keys are allowed.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export const dashboardSchema = {
  type: "object",
  required: ["widgets"],
  properties: {
    start: text,
    end: text,
    periodOverride: { enum: ["auto", "inherit"] },
    widgets: {
      type: "array",
      maxItems: 500,
      items: {
        type: "object",
        required: ["type", "properties"],
        properties: {
          type: { enum: ["metric", "text", "log", "alarm", "explorer", "custom"] },
          x: column,
          y: row,
          width: { type: "integer", minimum: 1, maximum: 24 },
          height: { type: "integer", minimum: 1, maximum: 1000 },
          properties: { type: "object" },
        },
        allOf: [
          widgetOf("metric", {
            required: ["region"],
            anyOf: [{ required: ["metrics"] }, { required: ["annotations"] }],
            properties: {
              region: text,
              title: { type: "string" },
              view: { enum: ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"] },
              stacked: { type: "boolean" },
              stat: text,
              period: { type: "integer", minimum: 1 },
              metrics: {
                type: "array",
                minItems: 1,
                maxItems: 500,
                items: { type: "array", minItems: 1, items: { type: ["string", "object"] } },
              },
            },
          }),
          widgetOf("alarm", { required: ["alarms"], properties: { alarms: { type: "array", minItems: 1, maxItems: 100, items: text } } }),
          widgetOf("text", { required: ["markdown"], properties: { markdown: text } }),
          widgetOf("log", { required: ["query", "region"], properties: { query: text, region: text } }),
        ],
      },
    },
  },
};
