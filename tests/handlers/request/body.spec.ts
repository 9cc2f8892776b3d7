import * as assert from "node:assert/strict";
import { isOtherInForm, mediaTypeOf, parseBody } from "../../../handlers/request/body";

const json = (text: string | Buffer) => parseBody(Buffer.from(text), "json");
const form = (text: string) => parseBody(Buffer.from(text), "form");

describe("A body", () => {
  for (const [contentType, mediaType] of [
    ["application/json", "json"],
    ["Application/JSON; charset=utf-8", "json"],
    ["application/cloudevents+json", "json"],
    ["application/x-www-form-urlencoded;charset=utf-8", "form"],
    ["application/jsonp", undefined],
    ["application/json, application/json", undefined],
    ["text/plain", "text"],
    ["text/xml; charset=utf-8", "xml"],
    ["application/octet-stream", "bytes"],
    ['multipart/form-data; boundary="a b"', "multipart"],
    ["multipart/mixed; boundary=a", undefined],
    ["image/png", undefined],
    [undefined, undefined],
  ] as const) {
    it(`of type ${contentType} is ${mediaType}`, () => assert.equal(mediaTypeOf(contentType), mediaType));
  }

  it("in JSON is an object or an array", () => {
    assert.deepEqual(json('{"a":1}'), { a: 1 });
    assert.deepEqual(json("[1]"), [1]);
    for (const other of ["", "1", "null", '"text"', "{", "NaN"]) assert.equal(json(other), undefined, other);
  });
  it("can begin with a byte order mark", () => assert.deepEqual(json('\ufeff{"a":1}'), { a: 1 }));
  it("that is not UTF-8 is refused", () => assert.equal(json(Buffer.from([0x7b, 0xff, 0x7d])), undefined));
  it("can be ten thousand levels deep", () => assert.ok(json(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`)));
  it("can have huge numbers", () => assert.ok(json(`{"a":${"9".repeat(10_000)}}`)));

  for (const key of ["__proto__", "constructor", "hasOwnProperty"]) {
    it(`can have its own key ${key}, without side effects`, () => {
      for (const body of [json(`{"${key}":{"polluted":"x"}}`)!, form(`${key}=x`)!]) assert.ok(Object.hasOwn(body, key));
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });
  }

  it("in a form is its fields, with the first value of a repeated one", () => {
    assert.deepEqual(form("a=1&b=%C3%A9+x&a=2&c"), { a: "1", b: "é x", c: "" });
    assert.deepEqual(form("%"), { "%": "" });
    assert.deepEqual(form(""), {});
  });

  it("in a form is the JSON in one of its fields, if the provider has such a field", () => {
    const field = (text: string) => parseBody(Buffer.from(text), "form", "payload");
    assert.deepEqual(
      field(`a=1&payload=${encodeURIComponent('{"id":9007199254740993001}')}`),
      parseBody(Buffer.from('{"id":9007199254740993001}'), "json"),
    );
    for (const other of ["a=1", "payload=", "payload=1", "payload=%7B"]) assert.equal(field(other), undefined, other);
    assert.deepEqual(parseBody(Buffer.from('{"payload":1}'), "json", "payload"), { payload: 1 }, "JSON has no fields");
  });

  it("in JSON is recognized under the content type of a form", () => {
    for (const text of ['{"a":1}', "[1]", ' \n{"a":1}']) assert.ok(isOtherInForm(Buffer.from(text), "form"), text);
    for (const text of ["a[0]={1}", "1", ""]) assert.ok(!isOtherInForm(Buffer.from(text), "form"), text);
    assert.ok(!isOtherInForm(Buffer.from("{}"), "json"));
  });
  it("in multipart is recognized under the content type of a form", () => {
    const body = Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n');
    assert.ok(isOtherInForm(body, "form"));
    assert.ok(!isOtherInForm(body, "multipart"));
  });
  it("in a form is ASCII, as a browser writes it", () => assert.equal(form("a=é"), undefined));
});
