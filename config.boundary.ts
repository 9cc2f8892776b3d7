import { configSchema, problem } from "./config.schema";

/** The ARN of the policy that bounds the stack's roles; `undefined`: none does. */
export function boundaryOf(value: string, problems: string[]): string | undefined {
  if (value === "") return undefined;
  if (!/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(value))
    problems.push(problem("permissionsBoundary", value, configSchema.permissionsBoundary.allowed));
  return value;
}
