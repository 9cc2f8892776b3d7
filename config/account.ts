/**
 * Concurrent executions that no function may reserve, whatever the account's limit is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export const keptUnreserved = 100;

/**
 * Concurrent executions of an account whose limit AWS has not lowered. A new account often has 10.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const usualConcurrency = 1_000;

/**
 * Command that asks AWS for the usual limit. `L-B99A9384` is Lambda's quota of concurrent executions.
 * @see https://docs.aws.amazon.com/cli/latest/reference/service-quotas/request-service-quota-increase.html
 */
export const quotaRequest = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${usualConcurrency}`;

/** Returns a warning if the account's limit is so low that the functions throttle each other; `undefined` if it suffices. */
export function concurrencyWarning(accountConcurrency: number): string | undefined {
  if (accountConcurrency >= keptUnreserved) return undefined;
  return (
    `The account can run ${accountConcurrency} Lambda executions at once (accountConcurrency), for all of its functions together. ` +
    `A burst of events can keep the receiver from answering, and no concurrency can be reserved for it. Request more: ${quotaRequest}`
  );
}

/** Limit of an account's requests to API Gateway in one region: per second, and at once. */
interface AccountQuota {
  perSecond: number;
  burst: number;
}

const usual: AccountQuota = { perSecond: 10_000, burst: 5_000 };
/** Cape Town, Milan, Jakarta, UAE, Hyderabad, Melbourne, Spain, Zurich, Tel Aviv, Calgary, Malaysia, Thailand, Mexico. */
const smaller: AccountQuota = { perSecond: 2_500, burst: 1_250 };
const smallerRegions = [
  "af-south-1",
  "eu-south-1",
  "ap-southeast-3",
  "me-central-1",
  "ap-south-2",
  "ap-southeast-4",
  "eu-south-2",
  "eu-central-2",
  "il-central-1",
  "ca-west-1",
  "ap-southeast-5",
  "ap-southeast-7",
  "mx-central-1",
];

/**
 * Returns the account's request limit: the configured rate, or AWS's default for the region if `perSecond` is 0. AWS derives the burst
 * from the rate. AWS's default bursts are half the rate, so a configured rate gets the same share. An unknown region has the usual
 * default.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export function accountQuota(region: string | undefined, perSecond: number): AccountQuota {
  if (perSecond > 0) return { perSecond, burst: Math.floor(perSecond / 2) };
  return region !== undefined && smallerRegions.includes(region) ? smaller : usual;
}
