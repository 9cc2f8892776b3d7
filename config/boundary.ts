import { configSchema, problem } from "./schema";

/** Where a boundary is to hold. */
interface Place {
  stack: string;
  /** The only accounts that the stack may be in; empty: any. */
  allowedAccountIds: readonly string[];
}

/** Checks the ARN of the policy that bounds the stack's roles. Under another stack's boundary, a stack is deployed well, and every call of its
 * functions is denied. @returns `undefined` if none does */
export function boundaryOf(value: string, { stack, allowedAccountIds }: Place, problems: string[]): string | undefined {
  if (value === "") return undefined;
  const [, account, policy] = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/([\w+=,.@/-]+)$/.exec(value) ?? [];
  const other = /^webhook-pipeline-boundary-(.+)$/.exec(policy ?? "")?.[1] ?? stack;
  if (policy === undefined) problems.push(problem("permissionsBoundary", value, configSchema.permissionsBoundary.allowed));
  else if (other !== stack)
    problems.push(
      `permissionsBoundary is that of the stack ${other}, but this is the stack ${stack}, whose roles it would deny everything. ` +
        "Take this stack's from pulumi -C ci-roles stack output permissionsBoundaryArns.",
    );
  else if (account !== "aws" && allowedAccountIds.length > 0 && !allowedAccountIds.includes(account))
    problems.push(
      `permissionsBoundary is a policy of the account ${account}, but must be one of allowedAccountIds: ${allowedAccountIds.join(", ")}.`,
    );
  return value;
}
