import * as assert from "node:assert/strict";
import fc from "fast-check";
import { destinationHref, eventHref, eventsHref, nameInPath } from "../../console/router";

const characters = fc.oneof(
  fc.constantFrom(..."/\\?#%.&=+ :;'\""),
  fc.integer({ min: 0, max: 0xd7ff }).map((point) => String.fromCodePoint(point)),
);

/** As a browser takes an address apart. */
const visited = (href: string) => new URL(href, "http://127.0.0.1:4567");

describe("An address of the page", () => {
  it("of a list has the filters that are set", () => {
    assert.equal(eventsHref(), "/events");
    assert.equal(eventsHref({ status: "FAILED", source: "", kind: undefined, limit: 100 }), "/events?status=FAILED&limit=100");
  });

  it("keeps the value of a filter, whatever it is", () => {
    const { pathname, searchParams } = visited(eventsHref({ since: "a&b=c #d+e%41", cursor: "🙂" }));
    assert.deepEqual([pathname, ...searchParams], ["/events", ["since", "a&b=c #d+e%41"], ["cursor", "🙂"]]);
  });

  it("of a destination has its cursor", () => {
    assert.equal(destinationHref("orders"), "/destinations/orders");
    assert.equal(destinationHref("orders", { cursor: "abc" }), "/destinations/orders?cursor=abc");
  });

  it("of an event leads back to its ID, whatever a source calls it", () =>
    fc.assert(
      fc.property(fc.string({ unit: characters }), (own) => {
        const id = `stripe#${own}`;
        const { pathname, search, hash, origin } = visited(eventHref(id));
        assert.deepEqual([nameInPath(pathname, "/events"), search, hash, origin], [id, "", "", "http://127.0.0.1:4567"]);
      }),
    ));

  it("of hostile IDs is still one of this page", () => {
    for (const id of [
      "stripe#../../api/session",
      "stripe#?a=b",
      "stripe#//evil.example",
      "//evil.example",
      "javascript:alert(1)",
      "a/b\\c",
    ])
      assert.deepEqual([nameInPath(visited(eventHref(id)).pathname, "/events"), visited(eventHref(id)).host], [id, "127.0.0.1:4567"]);
  });
});

describe("The name in a path", () => {
  it("is what follows the folder", () => {
    assert.equal(nameInPath("/events/stripe%23evt_1", "/events"), "stripe#evt_1");
    assert.equal(nameInPath("/destinations/orders", "/destinations"), "orders");
  });

  it("is not there in another path, without a name, or where it is misspelt", () => {
    for (const path of ["/", "/events", "/events/", "/eventsx/a", "/destinations/orders", "/events/%", "/events/%ff", "/events/a%2"])
      assert.equal(nameInPath(path, "/events"), undefined, path);
  });
});
