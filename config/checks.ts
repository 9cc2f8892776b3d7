import { accountQuota, keptUnreserved, quotaRequest } from "./account";
import { problem } from "./problems";
import { keyDescriptions, suffixPattern, type ConfigName, type PipelineConfig, type Settings } from "./schema";
import { settingsBySource, type Source } from "./sources";
import { secretName, tooLongName } from "../domain/names";

/** What the checks compare: the configuration, the keys as they were set, and the stack. */
type Checked = Omit<PipelineConfig, keyof Settings> &
  Pick<PipelineConfig, "environmentSuffix" | "sources" | "domain"> & { stack: string; settings: Settings };

/** What the values of several keys, or the stack beside them, say about each other; each returns its problems, a sentence each. A check is left
 * out where one of its keys is refused already: it would speak of a default. */
export const checks: readonly { keys: ConfigName[]; problems: (checked: Checked) => string[] }[] = [
  { keys: ["environmentSuffix", "auditTrail"], problems: suffixProblems },
  { keys: ["domain", "hostedZone"], problems: domainProblems },
  { keys: ["permissionsBoundary", "allowedAccountIds"], problems: boundaryProblems },
  { keys: ["sources"], problems: environmentProblems },
  { keys: ["receiverReservedConcurrency", "processorReservedConcurrency", "accountConcurrency"], problems: reservationProblems },
  { keys: ["sources", "throttleRequestsPerMinute", "throttleBurst", "accountRequestsPerSecond"], problems: throttleProblems },
  { keys: ["sources", "throttleRequestsPerMinute", "waf", "wafRequestsPerAddress"], problems: addressProblems },
];

function suffixProblems({ stack, settings, environmentSuffix: suffix }: Checked): string[] {
  const place = settings.environmentSuffix === "" ? "environmentSuffix (the stack's name, as none is set)" : "environmentSuffix";
  if (!suffixPattern.test(suffix)) return [problem(place, stack, keyDescriptions.environmentSuffix.allowed)];
  const tooLong = tooLongName(suffix);
  if (!tooLong) return [];
  return [
    `${place} is ${JSON.stringify(suffix)} with ${suffix.length} characters, but must be at most ${tooLong.longestSuffix}: ` +
      `the ${tooLong.kind} ${tooLong.name} would have ${tooLong.name.length} of at most ${tooLong.limit}.`,
  ];
}

function domainProblems({ domain }: Checked): string[] {
  if (!domain) return [];
  const { name, hostedZone } = domain;
  if (name === "") return [problem("domain", name, `${keyDescriptions.domain.allowed} together with hostedZone`)];
  const endsDomain = hostedZone.includes(".") && (name === hostedZone || name.endsWith(`.${hostedZone}`));
  return endsDomain ? [] : [problem("hostedZone", hostedZone, keyDescriptions.hostedZone.allowed)];
}

/** Under another stack's boundary, a stack is deployed well, and every call of its functions is denied. */
function boundaryProblems({ stack, settings: { permissionsBoundary, allowedAccountIds } }: Checked): string[] {
  if (permissionsBoundary === undefined) return [];
  const [, , , , account, policy] = permissionsBoundary.split(":");
  const other = /^policy\/webhook-pipeline-boundary-(.+)$/.exec(policy)?.[1] ?? stack;
  if (other !== stack)
    return [
      `permissionsBoundary is that of the stack ${other}, but this is the stack ${stack}, whose roles it would deny everything. ` +
        "Take this stack's from pulumi -C ci-roles stack output permissionsBoundaryArns.",
    ];
  if (account === "aws" || allowedAccountIds.length === 0 || allowedAccountIds.includes(account)) return [];
  return [
    `permissionsBoundary is a policy of the account ${account}, but must be one of allowedAccountIds: ${allowedAccountIds.join(", ")}.`,
  ];
}

/** What the receiver's other variables and the names of all take, at most. */
const reservedBytes = 600;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const environmentBytes = 4_096;

/** The receiver has the sources in its environment: their settings, and the ARNs of their secrets. */
function environmentProblems({ sources, region, environmentSuffix }: Checked): string[] {
  const arnOf = (name: string) =>
    `arn:aws-us-gov:secretsmanager:${region}:123456789012:secret:${secretName(name, environmentSuffix)}-abcdef`;
  const arns = Object.fromEntries(sources.map(({ name }) => [name, arnOf(name)]));
  const bytes = Buffer.byteLength(JSON.stringify(settingsBySource(sources)) + JSON.stringify(arns));
  const most = environmentBytes - reservedBytes;
  if (bytes <= most) return [];
  return [
    `sources take ${bytes} bytes of the receiver's environment together, but must take at most ${most}: AWS Lambda keeps 4 KB for a ` +
      "function's variables. Leave sources out, or shorten their events and allowedCidrs.",
  ];
}

/** Refuses what Lambda would refuse of the reservations. */
function reservationProblems({ settings }: Checked): string[] {
  const { receiverReservedConcurrency = 0, processorReservedConcurrency = 0, accountConcurrency } = settings;
  const reserved = receiverReservedConcurrency + processorReservedConcurrency;
  const most = accountConcurrency - keptUnreserved;
  if (reserved === 0 || reserved <= most) return [];
  const allowed = most > 0 ? `at most ${most}` : "-1 each, for none reserved";
  return [
    `receiverReservedConcurrency and processorReservedConcurrency are ${reserved} together, but must be ${allowed}: ` +
      `AWS keeps ${keptUnreserved} unreserved, and the account has ${accountConcurrency} (accountConcurrency). For more: ${quotaRequest}`,
  ];
}

/** Each source has a throttle of its own. All together fit into what the account may send, or one source could still take it from the others. */
function throttleProblems({ region, sources, settings }: Checked): string[] {
  const { perSecond, burst } = accountQuota(region, settings.accountRequestsPerSecond);
  const compare = (key: keyof Source["throttle"], fallback: string, most: number, unit: string) => {
    const sum = sources.reduce((total, { throttle }) => total + throttle[key], 0);
    if (sum <= most) return [];
    return [
      `${fallback} and the sources' own throttle.${key} add up to ${sum} for ${sources.length} sources, but must be at most ${most} ` +
        `(${Math.floor(most / sources.length)} each): API Gateway takes ${most} requests ${unit} of the account in ${region}. Lower them, ` +
        "or ask AWS for a higher throttle rate and set accountRequestsPerSecond to it.",
    ];
  };
  return [
    ...compare("requestsPerMinute", "throttleRequestsPerMinute", perSecond * 60, "a minute"),
    ...compare("burst", "throttleBurst", burst, "at once"),
  ];
}

/** One address, which AWS WAF stops, cannot fill a source's throttle alone. */
function addressProblems({ sources, settings: { waf, wafRequestsPerAddress } }: Checked): string[] {
  const [slowest] = [...sources].sort((a, b) => a.throttle.requestsPerMinute - b.throttle.requestsPerMinute);
  const most = slowest.throttle.requestsPerMinute * 5;
  if (!waf || wafRequestsPerAddress <= most) return [];
  return [
    `wafRequestsPerAddress is ${wafRequestsPerAddress} in five minutes, but must be at most ${most}: five times the requests a minute of the ` +
      `source ${slowest.name}, or one address could take that source's whole share. Lower it, or raise throttleRequestsPerMinute or the source's throttle.`,
  ];
}
