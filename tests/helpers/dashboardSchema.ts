const coordinate = { type: "integer", minimum: 0 } as const;
const size = (maximum: number) => ({ type: "integer", minimum: 1, maximum }) as const;

/** JSON schema of the part of CloudWatch's dashboard body that this program uses. Refuses all other keys.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export const dashboardSchema = {
  type: "object",
  required: ["widgets"],
  additionalProperties: false,
  properties: {
    widgets: {
      type: "array",
      minItems: 1,
      maxItems: 500,
      items: {
        type: "object",
        required: ["type", "x", "y", "width", "height", "properties"],
        additionalProperties: false,
        properties: {
          type: { enum: ["metric", "alarm"] },
          x: { ...coordinate, maximum: 23 },
          y: coordinate,
          width: size(24),
          height: size(1000),
          properties: { type: "object" },
        },
        oneOf: [
          {
            properties: {
              type: { const: "metric" },
              properties: {
                type: "object",
                required: ["metrics", "region", "view", "title"],
                additionalProperties: false,
                properties: {
                  title: { type: "string", minLength: 1 },
                  view: { enum: ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"] },
                  stacked: { type: "boolean" },
                  region: { type: "string", minLength: 1 },
                  period: { type: "integer", multipleOf: 60 },
                  metrics: {
                    type: "array",
                    minItems: 1,
                    items: { type: "array", minItems: 5, items: { type: ["string", "object"], minLength: 1 } },
                  },
                },
              },
            },
          },
          {
            properties: {
              type: { const: "alarm" },
              properties: {
                type: "object",
                required: ["alarms", "title"],
                additionalProperties: false,
                properties: {
                  title: { type: "string" },
                  alarms: {
                    type: "array",
                    minItems: 1,
                    maxItems: 100,
                    items: { type: "string", pattern: "^arn:[^:]+:cloudwatch:[^:]+:\\d{12}:alarm:.+" },
                  },
                },
              },
            },
          },
        ],
      },
    },
  },
};
