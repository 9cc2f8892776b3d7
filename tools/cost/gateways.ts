const source = "https://dev.to/emithq/why-we-built-emithq-the-49-490-webhook-pricing-gap-npd";

/** Hosted webhook gateways: the plan with which paying begins, or the first that is not bound to a few events a second; as a competitor of
 * theirs tells. */
export const gateways: readonly { name: string; dollarsAMonth: number; freeEvents: number | undefined; source: string }[] = [
  { name: "Svix, first paid plan", dollarsAMonth: 490, freeEvents: 50_000, source },
  { name: "Hookdeck, Growth", dollarsAMonth: 499, freeEvents: 10_000, source },
  { name: "Convoy, first paid plan", dollarsAMonth: 99, freeEvents: undefined, source },
];
