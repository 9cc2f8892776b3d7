import { accountQuota, keptUnreserved, quotaRequest } from "./account";
import { isHttps } from "./destinations";
import { didYouMean, problem } from "./problems";
import { keyDescriptions, suffixPattern, type ConfigName, type PipelineConfig, type Settings } from "./schema";
import type { Source } from "./sources";
import { eventPattern, hasWildcards, patternBounds } from "../domain/destinationFilter";
import { destinationName, secretOwner, tooLongName } from "../domain/names";

/** Names of what is configured. */
export interface Names {
  stack: string;
  /** Takes the place of a missing `environmentSuffix`, and whose name it is. */
  fallbackSuffix: { name: string; owner: "stack" | "component" };
}

/** Input of the checks: the checked configuration, the keys as they were set, and the names of the stack and of what lacks a suffix. */
type Checked = Omit<PipelineConfig, keyof Settings> &
  Pick<PipelineConfig, "environmentSuffix" | "sources" | "destinations" | "domain"> &
  Names & { settings: Settings };

/**
 * Checks that compare the values of several keys, or a value with the stack. Each returns its problems, one sentence each. A check does
 * not run if one of its keys is already refused: it would report on a default.
 */
export const checks: readonly { keys: ConfigName[]; problems: (checked: Checked) => string[] }[] = [
  { keys: ["environmentSuffix", "auditTrail"], problems: suffixProblems },
  { keys: ["domain", "hostedZone"], problems: domainProblems },
  { keys: ["permissionsBoundary", "allowedAccountIds"], problems: boundaryProblems },
  { keys: ["receiverReservedConcurrency", "processorReservedConcurrency", "accountConcurrency"], problems: reservationProblems },
  { keys: ["sources", "throttleRequestsPerMinute", "throttleBurst", "accountRequestsPerSecond"], problems: throttleProblems },
  { keys: ["sources", "throttleRequestsPerMinute", "waf", "wafRequestsPerAddress"], problems: addressProblems },
  { keys: ["destinations", "sources"], problems: destinationProblems },
  {
    keys: ["destinations", "accountConcurrency", "receiverReservedConcurrency", "processorReservedConcurrency"],
    problems: deliveryConcurrencyProblems,
  },
  { keys: ["destinations", "network"], problems: portProblems },
  { keys: ["destinations"], problems: patternProblems },
];

function suffixProblems({ fallbackSuffix: { owner }, settings, environmentSuffix: suffix }: Checked): string[] {
  const place = settings.environmentSuffix === "" ? `environmentSuffix (not set, so the ${owner}'s name)` : "environmentSuffix";
  if (!suffixPattern.test(suffix)) return [problem(place, suffix, keyDescriptions.environmentSuffix.allowed)];
  const tooLong = tooLongName(suffix);
  if (!tooLong) return [];
  return [
    `${place} is ${JSON.stringify(suffix)} with ${suffix.length} characters. Allowed: at most ${tooLong.longestSuffix}, ` +
      `because the ${tooLong.kind} ${tooLong.name} would have ${tooLong.name.length} characters of at most ${tooLong.limit}.`,
  ];
}

function domainProblems({ domain }: Checked): string[] {
  if (!domain) return [];
  const { name, hostedZone } = domain;
  if (name === "") return [problem("domain", name, `${keyDescriptions.domain.allowed} together with hostedZone`)];
  const endsDomain = hostedZone.includes(".") && (name === hostedZone || name.endsWith(`.${hostedZone}`));
  return endsDomain ? [] : [problem("hostedZone", hostedZone, keyDescriptions.hostedZone.allowed)];
}

/** Refuses another stack's boundary. Such a stack deploys, but its functions are denied every call. */
function boundaryProblems({ stack, settings: { permissionsBoundary, allowedAccountIds } }: Checked): string[] {
  if (permissionsBoundary === undefined) return [];
  const [, , , , account, policy] = permissionsBoundary.split(":");
  const other = /^policy\/webhook-pipeline-boundary-(.+)$/.exec(policy)?.[1] ?? stack;
  if (other !== stack)
    return [
      `permissionsBoundary belongs to the stack ${other}. It would deny every call to the roles of this stack, ${stack}. ` +
        "Find this stack's boundary: pulumi -C ci-roles stack output permissionsBoundaryArns",
    ];
  if (account === "aws" || allowedAccountIds.length === 0 || allowedAccountIds.includes(account)) return [];
  return [
    `permissionsBoundary is a policy of the account ${account}. Allowed: a policy of one of allowedAccountIds, ${allowedAccountIds.join(", ")}.`,
  ];
}

/** Returns the concurrent executions that are reserved for functions of this stack. */
const reservedConcurrency = ({ receiverReservedConcurrency = 0, processorReservedConcurrency = 0 }: Settings): number =>
  receiverReservedConcurrency + processorReservedConcurrency;

/** Refuses reservations that Lambda would refuse. */
function reservationProblems({ settings }: Checked): string[] {
  const { accountConcurrency } = settings;
  const reserved = reservedConcurrency(settings);
  const most = accountConcurrency - keptUnreserved;
  if (reserved === 0 || reserved <= most) return [];
  const allowed = most > 0 ? `at most ${most}` : "-1 each (none reserved)";
  return [
    `receiverReservedConcurrency and processorReservedConcurrency are ${reserved} together. Allowed: ${allowed}, because ` +
      `AWS keeps ${keptUnreserved} unreserved and the account has ${accountConcurrency} (accountConcurrency). Request more: ${quotaRequest}`,
  ];
}

/** Refuses throttles that together exceed the account's limit: one source could then use up the share of another. */
function throttleProblems({ region, sources, settings }: Checked): string[] {
  const { perSecond, burst } = accountQuota(region, settings.accountRequestsPerSecond);
  const compare = (key: keyof Source["throttle"], fallback: string, most: number, unit: string) => {
    const sum = sources.reduce((total, { throttle }) => total + throttle[key], 0);
    if (sum <= most) return [];
    return [
      `${fallback} and the sources' own throttle.${key} add up to ${sum} for ${sources.length} sources. Allowed: at most ${most} ` +
        `(${Math.floor(most / sources.length)} each), because API Gateway accepts ${most} requests ${unit} from the account in ${region}. ` +
        "Lower them, or request a higher limit from AWS and set accountRequestsPerSecond to it.",
    ];
  };
  return [
    ...compare("requestsPerMinute", "throttleRequestsPerMinute", perSecond * 60, "per minute"),
    ...compare("burst", "throttleBurst", burst, "at once"),
  ];
}

/** Refuses a rate per address at which one address could use up a source's throttle before AWS WAF blocks it. */
function addressProblems({ sources, settings: { waf, wafRequestsPerAddress } }: Checked): string[] {
  const [slowest] = [...sources].sort((a, b) => a.throttle.requestsPerMinute - b.throttle.requestsPerMinute);
  const most = slowest.throttle.requestsPerMinute * 5;
  if (!waf || wafRequestsPerAddress <= most) return [];
  return [
    `wafRequestsPerAddress is ${wafRequestsPerAddress} in five minutes. Allowed: at most ${most}, five times the requests per minute of the ` +
      `source ${slowest.name}; otherwise one address could use up that source's throttle. Lower it, or raise throttleRequestsPerMinute or the source's throttle.`,
  ];
}

/** Refuses destinations that share a name, filter for a source that does not exist, or whose secret or queue has the name of another one. */
function destinationProblems({ destinations, sources }: Checked): string[] {
  const names = sources.map(({ name }) => name);
  return destinations.flatMap(({ name, sources: wanted = [] }, index) => {
    const place = `destinations[${index}]`;
    const unknown = wanted.find((source) => !names.includes(source));
    const earlier = destinations.findIndex((other) => other.name === name);
    const sameQueue = destinations.find((other) => destinationName.deadLetterQueue(other.name, "") === destinationName.queue(name, ""));
    return [
      ...(earlier < index
        ? [`${place}.name is ${JSON.stringify(name)}, which destinations[${earlier}] also has. Give each destination its own name.`]
        : []),
      ...(sameQueue
        ? [
            `${place}.name is ${JSON.stringify(name)}, whose queue would have the name of the dead-letter queue of ${JSON.stringify(sameQueue.name)}. ` +
              "Give one of them another name.",
          ]
        : []),
      ...(unknown === undefined
        ? []
        : [`${problem(`${place}.sources`, unknown, `sources of this stack: ${names.join(", ")}`)}${didYouMean(unknown, names)}`]),
      ...(names.includes(secretOwner(name))
        ? [
            `${place}.name is ${JSON.stringify(name)}, whose secret would have the name of that of the source ${secretOwner(name)}. Give one of them another name.`,
          ]
        : []),
    ];
  });
}

/**
 * Refuses destinations that could use up the account's concurrency: the receiver needs its share. `deliver` reserves none, so it shares what
 * reservations leave.
 */
function deliveryConcurrencyProblems({ destinations, settings }: Checked): string[] {
  const { accountConcurrency } = settings;
  const sum = destinations.filter(isHttps).reduce((total, { maxConcurrency }) => total + maxConcurrency, 0);
  const reserved = reservedConcurrency(settings);
  const most = Math.max(0, Math.floor((accountConcurrency - reserved) / 2));
  if (sum <= most) return [];
  const less = reserved > 0 ? ` less the ${reserved} that are reserved` : "";
  return [
    `The destinations' maxConcurrency add up to ${sum}. Allowed: at most ${most}, half of the account's ${accountConcurrency} concurrent ` +
      `executions (accountConcurrency)${less}, so that receiving goes on while destinations are slow. Lower them, or request more: ${quotaRequest}`,
  ];
}

/** Refuses ports that the security group of a private network does not let out. */
function portProblems({ destinations, settings: { network } }: Checked): string[] {
  if (network !== "private") return [];
  return destinations.flatMap((destination, index) => {
    const port = isHttps(destination) ? new URL(destination.url).port : "";
    if (port === "") return [];
    return [
      `destinations[${index}].url has the port ${port}. Allowed: 443 with network: private, whose security group lets nothing else out. ` +
        "Let the service answer at the port 443, or set network to public.",
    ];
  });
}

/** Refuses filters whose patterns EventBridge would refuse. */
function patternProblems({ destinations }: Checked): string[] {
  const { characters, wildcardRules } = patternBounds;
  const tooLong = destinations.flatMap((destination, index) => {
    const { length } = JSON.stringify(eventPattern(destination));
    if (length <= characters) return [];
    return [
      `destinations[${index}] has filters whose event pattern has ${length} characters. Allowed: at most ${characters}. ` +
        "Shorten its lists, such as eventTypes with a * for what they have in common.",
    ];
  });
  const withWildcards = destinations.filter(hasWildcards).length;
  if (withWildcards <= wildcardRules) return tooLong;
  return [
    ...tooLong,
    `${withWildcards} destinations have eventTypes with a * in the middle or more than one *. Allowed: at most ${wildcardRules}, because ` +
      "EventBridge has no more rules with wildcards on an event bus. Write only one *, at the beginning or the end.",
  ];
}
