import type { PipelineConfig } from "./load";

type Throttled = Pick<
  PipelineConfig,
  "region" | "sources" | "throttleRequestsPerMinute" | "throttleBurst" | "accountRequestsPerSecond" | "waf" | "wafRequestsPerAddress"
>;

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

/** Each source has a throttle of its own. All together fit into what the account may send, or one source could still take it from the others;
 * and one address, which AWS WAF stops, cannot fill a source's throttle alone. */
export function checkThrottles(config: Throttled, problems: string[]): void {
  const { region, sources, throttleRequestsPerMinute, throttleBurst, accountRequestsPerSecond, waf, wafRequestsPerAddress } = config;
  const { perSecond, burst } = accountQuota(region, accountRequestsPerSecond);
  const check = (key: string, each: number, most: number, unit: string) => {
    if (sources.length * each > most)
      problems.push(
        `${key} is ${each}, for each of ${sources.length} sources, but must be at most ${Math.floor(most / sources.length)}: API Gateway takes ` +
          `${most} requests ${unit} of the account in ${region}. Lower it, or ask AWS for a higher throttle rate and set accountRequestsPerSecond to it.`,
      );
  };
  check("throttleRequestsPerMinute", throttleRequestsPerMinute, perSecond * 60, "a minute");
  check("throttleBurst", throttleBurst, burst, "at once");
  const fromOneAddress = wafRequestsPerAddress / 5;
  if (waf && fromOneAddress > throttleRequestsPerMinute)
    problems.push(
      `wafRequestsPerAddress is ${wafRequestsPerAddress} in five minutes, but must be at most ${throttleRequestsPerMinute * 5}: ` +
        "five times throttleRequestsPerMinute, or one address could take a whole source's share. Lower it, or raise throttleRequestsPerMinute.",
    );
}
