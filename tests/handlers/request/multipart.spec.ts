import * as assert from "node:assert/strict";
import fc from "fast-check";
import { multipartFields } from "../../../handlers/request/multipart";
import { bounds } from "../../../handlers/request/bounds";

/** Encodes a form as Node.js does, after the standard of browsers. */
const encoded = async (form: FormData) => Buffer.from(await new Response(form).arrayBuffer());
const formOf = (entries: readonly (readonly [string, string | Blob])[]) => {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value as string);
  return form;
};

const part = (headers: string, value = "1") => `--b\r\n${headers}\r\n\r\n${value}\r\n`;
const disposition = 'Content-Disposition: form-data; name="a"';
const read = (text: string | Buffer) => multipartFields(Buffer.from(text as string, "utf8"));

describe("A form in multipart/form-data", () => {
  it("is its fields as another implementation has encoded them, without files", async () => {
    const json = '{"id":"é","text":"--\\r\\n"}';
    const form = formOf([
      ["json", json],
      ["empty", ""],
      ["lines", "1\r\n\r\n2\r\n"],
      ["files", new Blob([new Uint8Array([0xff, 0x0d, 0x0a, 0x00])])],
      ["json", "second"],
    ]);
    assert.deepEqual(multipartFields(await encoded(form)), { json, empty: "", lines: "1\r\n\r\n2\r\n" });
  });

  it("has the values that another implementation reads, whatever they are", async () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.string({ unit: "binary" })), { minLength: 1, maxLength: 10 }), async (entries) => {
        const body = await encoded(formOf(entries));
        const [, boundary] = /^--(.+)\r\n/.exec(body.toString("latin1"))!;
        const theirs = await new Response(new Uint8Array(body), {
          headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
        }).formData();
        const fields = Object.fromEntries([...theirs].reverse());
        assert.deepEqual({ ...multipartFields(body) }, fields);
      }),
    );
  });

  it("can have header lines in any order and case, and names without quotes", () => {
    assert.deepEqual(read(`${part("content-type: application/json\r\nCONTENT-DISPOSITION: form-data; name=a")}--b--`), { a: "1" });
  });

  it("keeps a byte order mark, which is a part of the value", () =>
    assert.deepEqual(read(`${part(disposition, "\ufeff1")}--b--`), { a: "\ufeff1" }));

  it("can have a field __proto__, without side effects", () => {
    const fields = read(`${part('Content-Disposition: form-data; name="__proto__"')}--b--`)!;
    assert.deepEqual(Object.keys(fields), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
  });

  it(`has at most ${bounds.parts} parts`, () => {
    assert.ok(read(`${part(disposition).repeat(bounds.parts)}--b--`));
    assert.equal(read(`${part(disposition).repeat(bounds.parts + 1)}--b--`), undefined);
  });

  for (const [what, body] of [
    ["text before the first boundary", `preamble\r\n${part(disposition)}--b--`],
    ["no end", part(disposition)],
    ["a part without an end", `--b\r\n${disposition}\r\n\r\n1`],
    ["another end of lines", `${part(disposition)}--b--`.replaceAll("\r\n", "\n")],
    ["a part without a name", `${part("Content-Disposition: form-data")}--b--`],
    ["a part that is no field", `${part('Content-Disposition: attachment; name="a"')}--b--`],
    ["a part without headers", "--b\r\n\r\n--b--"],
    ["endless headers", `${part(`${disposition}\r\nX: ${"x".repeat(2_000)}`)}--b--`],
    ["a boundary of more than 70 characters", `${part(disposition)}--b--`.replaceAll("--b", `--${"b".repeat(71)}`)],
    ["a value that is not UTF-8", Buffer.from(`${part(disposition, "\xff")}--b--`, "latin1")],
    ["nothing", ""],
    ["JSON", "{}"],
  ] as const)
    it(`is refused with ${what}`, () => assert.equal(read(body as string), undefined));
});
