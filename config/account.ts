/** Concurrent executions that no function may reserve, whatever the account's limit is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const keptUnreserved = 100;

/** Lambda's limit of an account that AWS has not lowered; that of a new account is often 10.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const usualConcurrency = 1_000;

/** Asks AWS for it; the code is that of Lambda's quota of concurrent executions.
 * @see https://docs.aws.amazon.com/cli/latest/reference/service-quotas/request-service-quota-increase.html */
export const quotaRequest = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${usualConcurrency}`;

/** Warns of an account in which the functions throttle each other; nothing, if the limit suffices. */
export function concurrencyWarning(accountConcurrency: number): string | undefined {
  if (accountConcurrency >= keptUnreserved) return undefined;
  return (
    `The account runs ${accountConcurrency} Lambda functions at once (accountConcurrency), all of its functions together: ` +
    `a burst of events keeps the receiver from answering, and nothing can be reserved for it. Ask for more: ${quotaRequest}`
  );
}

/** What AWS lets an account send to API Gateway in a region: requests a second, and at once. */
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

/** Returns what the account may send: AWS's default of the region, or the rate that it was given, with half of it at once, as AWS's defaults
 * have it: AWS sets the burst by the rate. A region that is not known has the usual default.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export function accountQuota(region: string | undefined, perSecond: number): AccountQuota {
  if (perSecond > 0) return { perSecond, burst: Math.floor(perSecond / 2) };
  return region !== undefined && smallerRegions.includes(region) ? smaller : usual;
}
