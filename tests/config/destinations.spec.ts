import * as assert from "node:assert/strict";
import { consumerRoles, isHttps, settingsByDestination } from "../../config/destinations";
import { assertRefused, parseSettings, problemsOf } from "../helpers/configuration";

const url = "https://orders.example.com/webhooks?team=1";
const orders = { name: "orders", url };
const ledger = { name: "ledger", type: "queue" };
const role = "arn:aws:iam::123456789012:role/services/ledger";
const usual = { payload: "none", timeoutSeconds: 15, maxConcurrency: 2, retryHours: 72, auth: "none" };

describe("The destinations of a configuration", () => {
  const parsed = (...destinations: object[]) => parseSettings({ destinations }).destinations;
  const refused = (destination: object, message: RegExp) => assertRefused({ destinations: [destination] }, message);

  it("are none by default", () => assert.deepEqual(parseSettings({}).destinations, []));

  it("are posted to, with the usual settings, or are queues that consumers poll", () => {
    assert.deepEqual(parsed(orders, ledger, { ...ledger, name: "audit", consumerRoles: [role] }), [
      { name: "orders", type: "https", url, ...usual },
      { name: "ledger", type: "queue", consumerRoles: [] },
      { name: "audit", type: "queue", consumerRoles: [role] },
    ]);
  });

  it("keep their own settings and filters", () => {
    const filter = { kinds: ["refund", "dispute"], sources: ["stripe"], eventTypes: ["charge.*", "payment_intent.succeeded"] };
    const own = { payload: "full", timeoutSeconds: 30, maxConcurrency: 100, maxPerSecond: 1_000, retryHours: 168, auth: "bearer" };
    assert.deepEqual(parsed({ ...orders, ...filter, ...own }), [{ ...orders, type: "https", ...filter, ...own }]);
    assert.deepEqual(parsed({ ...ledger, ...filter }), [{ ...ledger, ...filter, consumerRoles: [] }]);
  });

  it("give the function that posts only the settings that it needs, by name", () => {
    const all = parsed({ ...orders, kinds: ["refund"] }, ledger, { ...orders, name: "audit", maxPerSecond: 5 });
    assert.deepEqual(settingsByDestination(all), { orders: { url, ...usual }, audit: { url, ...usual, maxPerSecond: 5 } });
    assert.deepEqual(
      all.filter(isHttps).map(({ name }) => name),
      ["orders", "audit"],
    );
  });

  it("name each role that reads a queue once", () => {
    const roles = ["arn:aws:iam::123456789012:role/b", "arn:aws:iam::123456789012:role/a"];
    const all = parsed(orders, { ...ledger, consumerRoles: roles }, { ...ledger, name: "audit", consumerRoles: [roles[1]] });
    assert.deepEqual(consumerRoles(all), [roles[1], roles[0]]);
  });

  for (const name of ["Orders", "1st", "a_b", "a".repeat(21), "listen-here", ""])
    it(`refuse the name ${JSON.stringify(name)}`, () =>
      refused({ ...orders, name }, /^destinations\[0\]\.name is .*Allowed: at most 20 lower-case/));

  for (const bad of [
    "http://orders.example.com/",
    "https://user:secret@orders.example.com/",
    "https://user@orders.example.com/",
    "https://orders.example.com/#part",
    "https://192.0.2.1/",
    "https://[2001:db8::1]/",
    "https://3221225985/",
    "https://localhost/",
    "https://orders.localhost/",
    "https://orders..example.com/",
    "https://.example.com/",
    "https://orders.example.com./",
    " https://orders.example.com/",
    "https://orders.example.com/ ",
    "https://orders.example.com/web hooks",
    "https://orders.exam\nple.com/",
    "https://orders.example.com:0/",
    "https:\\\\orders.example.com",
    `https://${"a".repeat(64)}.example.com/`,
    `https://orders.example.com/${"a".repeat(2_048)}`,
    "orders.example.com",
    "",
  ])
    it(`refuse the URL ${JSON.stringify(bad)}`, () =>
      refused({ ...orders, url: bad }, /^destinations\[0\]\.url is .*Allowed: an https URL/));

  it("refuse a URL that is missing, and keys of the other type", () => {
    refused({ name: "orders" }, /^destinations\[0\]\.url is missing\. Allowed: an https URL/);
    refused(
      { ...orders, consumerRoles: [role] },
      /^destinations\[0\]\.consumerRoles is set, but a destination of the type https does not use it/,
    );
    for (const key of ["url", "payload", "timeoutSeconds", "maxConcurrency", "maxPerSecond", "retryHours", "auth"]) {
      const value = { url, maxPerSecond: 5, ...usual }[key as keyof typeof usual];
      refused({ ...ledger, [key]: value }, new RegExp(`^destinations\\[0\\]\\.${key} is set, but a destination of the type queue`));
    }
  });

  for (const [key, bad] of [
    ["timeoutSeconds", 0],
    ["timeoutSeconds", 31],
    ["maxConcurrency", 1],
    ["maxConcurrency", 101],
    ["maxPerSecond", 0],
    ["maxPerSecond", 1_001],
    ["retryHours", 0],
    ["retryHours", 169],
    ["retryHours", 1.5],
    ["payload", "all"],
    ["auth", "digest"],
    ["type", "sqs"],
    ["kinds", []],
    ["sources", []],
    ["eventTypes", []],
    ["eventTypes", ["charge.**"]],
    ["eventTypes", ["a b"]],
    ["kinds", ["payment"]],
  ] as const)
    it(`refuse ${key}: ${JSON.stringify(bad)}`, () =>
      refused({ ...orders, [key]: bad }, new RegExp(`^destinations\\[0\\]\\.${key}(\\[0\\])? is`)));

  it("refuse a consumer that is not the ARN of a role", () => {
    for (const bad of ["ledger", "arn:aws:iam::123456789012:user/ledger", "arn:aws:iam::123456789012:root", "*"])
      refused({ ...ledger, consumerRoles: [bad] }, /^destinations\[0\]\.consumerRoles\[0\] is .*Allowed: the ARN of a role/);
  });

  it("refuse more consumers than the policy of a queue can name", () => {
    const roles = (count: number) => Array.from({ length: count }, (_, index) => `${role}-${index}`);
    refused(
      { ...ledger, consumerRoles: roles(49) },
      /^destinations\[0\]\.consumerRoles is .*Allowed: at most 48 roles, because the policy/,
    );
    assert.equal(parsed({ ...ledger, consumerRoles: roles(48) }).length, 1);
  });

  it("refuse names that would give two resources one name", () => {
    assertRefused({ destinations: [orders, orders] }, /^destinations\[1\]\.name is "orders", which destinations\[0\] also has/);
    assertRefused(
      { destinations: [orders], sources: ["stripe", { name: "to-orders", provider: "stripe" }] },
      /^destinations\[0\]\.name is "orders", whose secret would have the name of that of the source to-orders/,
    );
    assertRefused(
      {
        destinations: [
          { ...orders, name: "a" },
          { ...orders, name: "a-dead-letters" },
        ],
      },
      /^destinations\[1\]\.name is "a-dead-letters", whose queue would have the name of the dead-letter queue of "a"/,
    );
  });

  it("refuse a source that the stack does not have, and suggest the one that is meant", () =>
    refused(
      { ...orders, sources: ["strip"] },
      /^destinations\[0\]\.sources is "strip"\. Allowed: sources of this stack: stripe, square, paypal\..*stripe/,
    ));

  it("refuse more rules with wildcards than a bus may have: a * at one end is none", () => {
    const many = (count: number, eventTypes: string[]) =>
      Array.from({ length: count }, (_, index) => ({ ...ledger, name: `ledger-${index}`, eventTypes }));
    assertRefused({ destinations: many(31, ["a.*.b"]) }, /^31 destinations have eventTypes with a \* in the middle .*Allowed: at most 30/);
    assert.deepEqual(problemsOf({ destinations: [...many(30, ["a.*.b"]), { ...ledger, eventTypes: ["a.*", "*.b"] }] }), []);
  });

  it("refuse filters that do not fit into an event pattern", () => {
    const filter = (last: number) => ({
      ...ledger,
      eventTypes: [..."abcdefg"].map((letter) => letter.repeat(256)).concat("z".repeat(last)),
    });
    const { length } = JSON.stringify({ source: ["webhook.pipeline"], detail: { eventType: filter(0).eventTypes } });
    assertRefused(
      { destinations: [orders, filter(2_049 - length)] },
      /^destinations\[1\] has filters whose event pattern has 2049 characters\. Allowed: at most 2048/,
    );
    assert.deepEqual(problemsOf({ destinations: [filter(2_048 - length)] }), []);
  });

  it("say where an unknown key is explained", () => {
    refused({ ...orders, retries: 3 }, /^destinations\[0\] has the unknown key "retries"\..* See docs\/destinations\.md\.$/);
  });

  it("refuse a port that a private network does not let out", () => {
    const destinations = [
      ledger,
      { ...orders, url: "https://orders.example.com:443/" },
      { ...orders, name: "audit", url: "https://a.example.com:8443/" },
    ];
    assertRefused(
      { network: "private", destinations },
      /^destinations\[2\]\.url has the port 8443\. Allowed: 443 with network: private, whose security group lets nothing else out\./,
    );
    assert.deepEqual(problemsOf({ network: "private", destinations: destinations.slice(0, 2) }), []);
    assert.deepEqual(problemsOf({ destinations }), [], "a public network lets every port out");
  });

  it("leave half of the concurrency to the receiver that the account has and nothing reserves", () => {
    const two = [
      { ...orders, maxConcurrency: 3 },
      { ...orders, name: "audit", maxConcurrency: 3 },
    ];
    assertRefused(
      { accountConcurrency: 10, destinations: two },
      /^The destinations' maxConcurrency add up to 6\. Allowed: at most 5, half/,
    );
    assert.deepEqual(problemsOf({ accountConcurrency: 12, destinations: [...two, ledger] }), []);
    const reserved = { receiverReservedConcurrency: 500, processorReservedConcurrency: 391 };
    assertRefused(
      { ...reserved, destinations: [{ ...orders, maxConcurrency: 55 }] },
      /add up to 55\. Allowed: at most 54, half of the account's 1000 concurrent executions \(accountConcurrency\) less the 891 that are reserved,/,
    );
    assert.deepEqual(problemsOf({ ...reserved, destinations: [{ ...orders, maxConcurrency: 54 }] }), []);
  });
});
