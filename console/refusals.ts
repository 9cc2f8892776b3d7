/** What to do about a refused request. */
export interface NextStep {
  text: string;
  /** Whether `secrets rotate` for the source is the way to put it right. */
  rotates?: true;
}

const secret: NextStep = {
  text: "Compare the source's secret with the provider's. If they differ, store the provider's as a second one:",
  rotates: true,
};
const clock: NextStep = {
  text: "Check the sender's clock. A request whose signature is older than five minutes is refused, also a repeated one.",
};
const sender: NextStep = { text: "Have the sender send one event as uncompressed JSON, or as the form that its provider uses." };
const stranger: NextStep = { text: "If the address is not the provider's, no action is needed. Else check the sender's signing settings." };

/** Next steps by the beginning of a reason; the first that fits. */
const steps: readonly (readonly [beginning: string, step: NextStep])[] = [
  ["signature mismatch", secret],
  ["audience", secret],
  ["claim", secret],
  ["digest", secret],
  ["topic", secret],
  ["stale", clock],
  ["expired", clock],
  ["not valid yet", clock],
  ["no such source", { text: "Compare the sender's URL with those above: no source has this name." }],
  ["address not allowed", { text: "If the address is the provider's, add it to the source's allowed CIDRs." }],
  ["throttled", { text: "Providers repeat these requests. If the traffic is expected, raise the source's throttle." }],
  ["not an event", { text: "Compare the sender's URL and content type with the source's: API Gateway refused the request." }],
  ["no event id", sender],
  ["event ", sender],
  ["content ", sender],
  ["body size", { text: "Have the sender send smaller events: the body is larger than the receiver takes." }],
  ["unproven body size", { text: "Have the sender send smaller events: the body is larger than the receiver takes." }],
];

/** Returns what to do about a refused request, by the reason that the server tells. */
export const nextStepFor = (reason: string): NextStep => steps.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? stranger;
