import * as assert from "node:assert/strict";
import { Status } from "../../../domain/event";
import { faultsIn, type Deliveries, type Evidence, type Indexed, type Stored } from "../../../testbed/chaos/accounting";
import type { Delivery, Sort } from "../../../testbed/chaos/plan";

const id = "stripe#evt_1";
const body = '{"id":"evt_1"}';

const delivery = (sort: Sort, transactionId: string | undefined = id): Delivery => ({
  sort,
  provider: "stripe",
  body,
  signature: "proper",
  transactionId,
});
const acknowledged = { delivery: delivery("genuine"), status: 202, acknowledgedAs: id };
const processed: Stored = { transactionId: id, status: Status.processed, payload: body, error: undefined, requeues: 0 };
const failed: Stored = { ...processed, status: Status.failed, error: "Transient: throttled" };
const deadLetter = { transactionId: id, error: "Transient: throttled" };

/** One event that was processed, with these differences. */
const faults = (differences: Partial<Evidence>) => {
  const stored = differences.stored ?? [processed];
  return faultsIn({
    sendings: [acknowledged],
    stored,
    indexed: indexesOf(stored),
    deadLetters: [],
    published: new Set([id]),
    deliveries: deliveriesOf(stored),
    ...differences,
  });
};

/** Returns the deliveries as they should be: each PROCESSED event was accepted once. */
function deliveriesOf(stored: readonly Stored[], changes: Partial<Deliveries> = {}): Deliveries {
  const ids = stored.filter(({ status }) => status === Status.processed).map(({ transactionId }) => transactionId);
  return { accepted: new Map(ids.map((one) => [one, 1])), rows: new Map(ids.map((one) => [one, "DELIVERED"])), unsigned: 0, ...changes };
}

/** Returns the indexes as they should be. */
function indexesOf(stored: readonly Stored[]): Indexed {
  const withStatus = (...statuses: string[]) => [
    ...new Set(stored.filter(({ status }) => statuses.includes(status)).map(({ transactionId }) => transactionId)),
  ];
  return { open: withStatus("RECEIVED", "PROCESSING"), byTime: withStatus("PROCESSED", "FAILED"), failed: withStatus("FAILED") };
}

describe("The accounting of a chaos run", () => {
  it("accepts an event that was PROCESSED and published, with a copy acknowledged under the same ID", () => {
    assert.deepEqual(faults({ sendings: [acknowledged, acknowledged] }), []);
  });

  it("accepts a FAILED event with its dead letter, or with two", () => {
    assert.deepEqual(faults({ stored: [failed], deadLetters: [deadLetter, deadLetter], published: new Set() }), []);
  });

  it("accepts a PROCESSED event whose worker died after sending a dead letter", () => {
    assert.deepEqual(faults({ deadLetters: [deadLetter] }), []);
  });

  it("accepts refused forged, stale and malformed requests", () => {
    const refused = [
      { delivery: delivery("forged"), status: 401, acknowledgedAs: undefined },
      { delivery: delivery("stale", "stripe#evt_2"), status: 401, acknowledgedAs: undefined },
      { delivery: { ...delivery("malformed"), transactionId: undefined }, status: 400, acknowledgedAs: undefined },
    ];
    assert.deepEqual(faults({ sendings: [acknowledged, ...refused] }), []);
  });

  const other = "stripe#evt_2";
  const cases: [string, Partial<Evidence>, string, string][] = [
    ["a lost event", { stored: [] }, id, "acknowledged, but not in the table"],
    ["an event that nobody claimed", { stored: [{ ...processed, status: Status.received }] }, id, "still RECEIVED"],
    ["an event whose worker died", { stored: [{ ...processed, status: Status.processing }] }, id, "still PROCESSING"],
    ["a FAILED event without a dead letter", { stored: [failed] }, id, "FAILED, but without a dead letter"],
    [
      "a FAILED event with the dead letter of another failure",
      { stored: [failed], deadLetters: [{ ...deadLetter, error: "Exhausted" }] },
      id,
      'FAILED with "Transient: throttled", but its dead letter says "Exhausted"',
    ],
    ["an event that its service never got", { deliveries: deliveriesOf([]) }, id, "PROCESSED, but never delivered"],
    [
      "a delivery whose success nobody wrote down",
      { deliveries: deliveriesOf([processed], { rows: new Map([[id, "OPEN"]]) }) },
      id,
      "delivered, but its delivery is still OPEN",
    ],
    [
      "a delivery that was given up",
      { deliveries: deliveriesOf([processed], { rows: new Map([[id, "FAILED"]]) }) },
      id,
      "its delivery is FAILED",
    ],
    [
      "a forged event that was delivered",
      {
        deliveries: deliveriesOf([processed], {
          accepted: new Map([
            [id, 1],
            [other, 1],
          ]),
        }),
      },
      other,
      "delivered, but not PROCESSED",
    ],
    [
      "deliveries that are not signed",
      { deliveries: deliveriesOf([processed], { unsigned: 2 }) },
      "deliveries",
      "2 of them had a wrong signature",
    ],
    ["an event that no list shows", { indexed: { open: [], byTime: [], failed: [] } }, id, "not in the index by_time"],
    ["a PROCESSED event that the reconciler still reads", { indexed: { open: [id], byTime: [id], failed: [] } }, id, "in the index open"],
    ["a PROCESSED event that is listed as FAILED", { indexed: { open: [], byTime: [id], failed: [id] } }, id, "in the index failed"],
    ["a PROCESSED event that was never published", { published: new Set() }, id, "PROCESSED, but never published"],
    [
      "an event that nobody sent",
      { stored: [processed, { ...processed, transactionId: other }], published: new Set([id, other]) },
      other,
      "stored, but never sent by its provider",
    ],
    ["an event that is stored twice", { stored: [processed, processed] }, id, "stored twice"],
    ["an event with a forged body", { stored: [{ ...processed, payload: "{}" }] }, id, "stored with another body than its provider sent"],
    [
      "an event with two IDs",
      {
        sendings: [acknowledged, { ...acknowledged, acknowledgedAs: other }],
        stored: [processed, { ...processed, transactionId: other }],
        published: new Set([id, other]),
      },
      id,
      `acknowledged as ${id} and as ${other}`,
    ],
    [
      "a dead letter of no event",
      { deadLetters: [{ ...deadLetter, transactionId: other }] },
      other,
      "has a dead letter, but is not in the table",
    ],
    [
      "a forged request that was acknowledged",
      { sendings: [acknowledged, { delivery: delivery("forged"), status: 202, acknowledgedAs: id }] },
      id,
      "forged, but answered with 202",
    ],
    [
      "a stale request that was acknowledged",
      { sendings: [acknowledged, { delivery: delivery("stale"), status: 202, acknowledgedAs: id }] },
      id,
      "stale, but answered with 202",
    ],
    [
      "a malformed request that was refused as forged",
      {
        sendings: [
          acknowledged,
          { delivery: { ...delivery("malformed"), transactionId: undefined }, status: 401, acknowledgedAs: undefined },
        ],
      },
      "stripe without an ID",
      "malformed, but answered with 401",
    ],
    [
      "a genuine event that was refused",
      { sendings: [{ ...acknowledged, status: 401, acknowledgedAs: undefined }] },
      id,
      "genuine, but answered with 401",
    ],
    [
      "an event that was never answered",
      { sendings: [{ ...acknowledged, status: undefined, acknowledgedAs: undefined }] },
      id,
      "genuine, but never answered",
    ],
  ];
  for (const [what, differences, faultId, message] of cases) {
    it(`finds ${what}`, () => {
      const found = faults(differences);
      assert.ok(
        found.some((fault) => fault.id === faultId && fault.what === message),
        JSON.stringify(found),
      );
    });
  }
});
