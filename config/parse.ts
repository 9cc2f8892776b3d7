import { checks, type Names } from "./checks";
import { completeDestination } from "./destinations";
import { problem, problemsIn, type Problem } from "./problems";
import { configSchema, type Domain, type PipelineConfig } from "./schema";
import { completeSources, listProblems } from "./sources";
import { shardsFor } from "../domain/shards";

/** Settings of a pipeline before they are checked. */
export interface GivenSettings extends Names {
  /** Values by key, in their types. */
  values: Readonly<Record<string, unknown>>;
  /** Region with the key that sets it, and how to. */
  region: { value: unknown; place: string; hint: string };
}

/** Checks settings and completes them. Refused values count as not set, so that one run finds every problem. */
export function checkSettings(given: GivenSettings): { config: PipelineConfig; problems: Problem[] } {
  const { values, stack, fallbackSuffix } = given;
  const parsed = configSchema.safeParse(values);
  const refused = new Set(parsed.error?.issues.map(({ path: [key] }) => key));
  const settings = parsed.data ?? configSchema.parse(without(values, refused));
  const { testEvents, throttleRequestsPerMinute, throttleBurst, domain, hostedZone, ...asSet } = settings;
  const stageThrottle = { requestsPerMinute: throttleRequestsPerMinute, burst: throttleBurst };
  const sources = completeSources(settings.sources, { testEvents, throttle: stageThrottle });
  const checked = {
    ...asSet,
    region: String(given.region.value),
    environmentSuffix: settings.environmentSuffix || fallbackSuffix.name,
    sources,
    destinations: settings.destinations.map(completeDestination),
    indexShards: settings.indexShards || shardsFor(sources.reduce((sum, { throttle }) => sum + throttle.requestsPerMinute / 60, 0)),
    stageThrottle,
    domain: domainOf(domain, hostedZone),
  };
  const problems = [
    ...regionProblems(given),
    ...(parsed.error ? problemsIn(parsed.error, values) : []),
    ...listProblems(values.sources).map((sentence) => ({ place: placeIn(sentence, "sources"), sentence })),
    ...checks
      .filter(({ keys }) => !keys.some((key) => refused.has(key)))
      .flatMap((check) =>
        check
          .problems({ ...checked, stack, fallbackSuffix, settings })
          .map((sentence) => ({ place: placeIn(sentence, check.keys[0]), sentence })),
      ),
  ];
  return { config: checked, problems };
}

/** Returns the place that a sentence begins with, such as `sources[0].name`; the key if it begins with another word. */
function placeIn(sentence: string, key: string): string {
  const [place = "", root] = /^([a-z][A-Za-z]+)(\[\d+\]|\.[a-z][A-Za-z]+)*(?= )/.exec(sentence) ?? [];
  return root !== undefined && Object.hasOwn(configSchema.shape, root) ? place : key;
}

/** Returns the values that the schema accepts. Refused values and unknown keys count as not set. */
function without(values: Readonly<Record<string, unknown>>, refused: ReadonlySet<unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(configSchema.shape, key) && !refused.has(key)));
}

function regionProblems({ region: { value, place, hint } }: GivenSettings): Problem[] {
  if (typeof value === "string" && /^[a-z]{2}(-[a-z]+)+-\d$/.test(value)) return [];
  const isMissing = value === "" || value === undefined || value === null;
  const sentence = isMissing ? `${place} is missing. ${hint}` : problem(place, value, "an AWS region code, such as eu-central-1");
  return [{ place, sentence }];
}

function domainOf(name: string, hostedZone: string): Domain | undefined {
  if (name === "" && hostedZone === "") return undefined;
  return { name, hostedZone: hostedZone === "" ? name.slice(name.indexOf(".") + 1) : hostedZone };
}
