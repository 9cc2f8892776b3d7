import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { kinds, type Kind } from "../../../domain/event";
import type { CodedProvider } from "../../../domain/sources";
import type { Json } from "../../../handlers/request/json";
import { providers } from "../../../handlers/sources";
import { meaningOf } from "../../../handlers/sources/lib/meaning";
import { digitsOf } from "../../../handlers/sources/lib/money";
import { meanings } from "../../../handlers/sources/meanings";
import { webhookRequest } from "../../../testbed/handlers";
import { declaredEvents, type Declaration } from "../../helpers/declaredEvents";

/** Runs per type of event: Stripe's events are large, and Adyen's one declaration has all types. */
const runs: Partial<Record<CodedProvider, number>> = { stripe: 40, square: 1_600, paypal: 150, adyen: 3_000, shopify: 800 };

/** Kinds of events that the package does not declare. */
const undeclared: Partial<Record<CodedProvider, Kind[]>> = { paypal: ["dispute", "payout"] };

for (const [provider, declarations] of Object.entries(declaredEvents) as [CodedProvider, Declaration[]][])
  describe(`An event of ${provider}, as a package declares it,`, () => {
    const seen = new Set<Kind>();
    const withAmount = new Set<Kind>();

    for (const [type, values] of declarations)
      it(`${type} has a kind, and an amount only with its currency`, () => {
        fc.assert(
          fc.property(values, (value) => {
            const event = JSON.parse(JSON.stringify(value)) as Json;
            const request = webhookRequest(Buffer.from(JSON.stringify(event)), { "x-shopify-topic": type });
            const { identify, originOf } = providers[provider];
            const identity = identify(event, request);
            originOf?.(event, request);
            if (identity?.occurredAt !== undefined) assert.ok(!Number.isNaN(Date.parse(identity.occurredAt)));
            const { kind, amount } = meaningOf(meanings[provider], event, identity?.eventType ?? type);
            assert.ok(kinds.includes(kind));
            seen.add(kind);
            if (amount === undefined) return;
            assert.ok(Number.isSafeInteger(amount.value) && amount.value >= 0, JSON.stringify(amount));
            assert.equal(amount.exponent, digitsOf(amount.currency));
            withAmount.add(kind);
          }),
          { numRuns: runs[provider] },
        );
      });

    it("reaches every kind of the table, and an amount of nearly every one", () => {
      const inTable = new Set(meanings[provider].rows.map(({ kind }) => kind));
      const expected = [...inTable].filter((kind) => !undeclared[provider]?.includes(kind));
      assert.deepEqual(
        expected.filter((kind) => !seen.has(kind)),
        [],
      );
      assert.ok(withAmount.size >= expected.length / 2, [...withAmount].join());
    });
  });
