import type { PipelineConfig } from "./load";
import { problem } from "./schema";

/** Concurrent executions that no function may reserve, whatever the account's limit is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const keptUnreserved = 100;

/** Lambda's limit of an account that AWS has not lowered; that of a new account is often 10.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const usualConcurrency = 1_000;

/** Asks AWS for it; the code is that of Lambda's quota of concurrent executions.
 * @see https://docs.aws.amazon.com/cli/latest/reference/service-quotas/request-service-quota-increase.html */
export const quotaRequest = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${usualConcurrency}`;

/** Refuses what Lambda would refuse of the reservations. */
export function checkReservations(config: PipelineConfig, problems: string[]): void {
  const { accountConcurrency } = config;
  for (const key of ["receiverReservedConcurrency", "processorReservedConcurrency"] as const) {
    if (config[key] === 0) problems.push(problem(key, 0, "-1 for none reserved, or at least 1: with 0 the function would never run"));
  }
  const reserved = (config.receiverReservedConcurrency ?? 0) + (config.processorReservedConcurrency ?? 0);
  const most = accountConcurrency - keptUnreserved;
  if (reserved === 0 || reserved <= most) return;
  const allowed = most > 0 ? `at most ${most}` : "-1 each, for none reserved";
  problems.push(
    `receiverReservedConcurrency and processorReservedConcurrency are ${reserved} together, but must be ${allowed}: ` +
      `AWS keeps ${keptUnreserved} unreserved, and the account has ${accountConcurrency} (accountConcurrency). For more: ${quotaRequest}`,
  );
}

/** Warns of an account in which the functions throttle each other; nothing, if the limit suffices. */
export function concurrencyWarning(accountConcurrency: number): string | undefined {
  if (accountConcurrency >= keptUnreserved) return undefined;
  return (
    `The account runs ${accountConcurrency} Lambda functions at once (accountConcurrency), all of its functions together: ` +
    `a burst of events keeps the receiver from answering, and nothing can be reserved for it. Ask for more: ${quotaRequest}`
  );
}
