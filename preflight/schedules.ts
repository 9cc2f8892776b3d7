const seconds: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };
const [minute, hour, day] = Object.values(seconds);

/**
 * Returns the shortest time between two runs of a schedule, in seconds; `undefined` if the schedule is known only after deployment,
 * infinity if it runs once.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function periodOf(expression: unknown): number | undefined {
  const [, kind, inside] = /^(rate|cron|at)\((.*)\)$/.exec(String(expression)) ?? [];
  if (kind === "at") return Infinity;
  if (kind === "cron") return periodOfCron(inside);
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(inside ?? "") ?? [];
  return unit === undefined ? undefined : Number(count) * seconds[unit];
}

/** Returns the period of a cron expression, in seconds. Assumes that the schedule runs every day. */
function periodOfCron(inside: string): number | undefined {
  const [ofMinutes = "", ofHours = ""] = inside.split(" ");
  const [minutes, hours] = [timesOf(ofMinutes, 60), timesOf(ofHours, 24)];
  if (!minutes?.length || !hours?.length) return undefined;
  const runs = hours.flatMap((at) => minutes.map((past) => at * hour + past * minute)).sort((a, b) => a - b);
  const gaps = runs.map((at, index) => (index + 1 < runs.length ? runs[index + 1] : runs[0] + day) - at);
  return Math.min(...gaps);
}

/** Lists the values that a cron field matches: `*`, `5`, `1,3` or `1-5`, with or without a step. */
function timesOf(field: string, end: number): number[] | undefined {
  const times = field.split(",").flatMap((part) => {
    const [, from, to, step] = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined || Number(step) === 0) return [NaN];
    const first = from === "*" ? 0 : Number(from);
    const last = to !== undefined ? Number(to) : from === "*" || step !== undefined ? end - 1 : first;
    const every = Number(step ?? 1);
    return Array.from({ length: Math.max(0, Math.floor((last - first) / every) + 1) }, (_, index) => first + index * every);
  });
  return times.every((time) => time < end) ? [...new Set(times)] : undefined;
}
