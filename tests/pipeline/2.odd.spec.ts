import * as assert from "node:assert/strict";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { Status } from "../../domain/event";
import { localSources, type LocalSource } from "../../local/sources";
import { seal, sign } from "../../local/signing";
import { payloadInItem } from "../../domain/payload";
import { itemWithStatus, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

type Headers = [name: string, value: string][];
interface Reply {
  status: number;
  transactionId: string | undefined;
}

const levels = 10_000;
const deep = (open: string, close: string) => `{"id":"evt_deep_${open.length}","data":${open.repeat(levels)}1${close.repeat(levels)}}`;
const withId = (name: string, rest: string) => `{"id":"evt_odd_${name}","type":"x",${rest}}`;

/** Signed bodies that a source rarely or never sends, with the answers to a source of JSON and to one of forms. */
const bodies: Record<string, [text: Buffer | string, stripe: number, twilio: number]> = {
  "that is empty": ["", 400, 200],
  "of spaces": ["   ", 400, 200],
  "that is no UTF-8": [
    Buffer.concat([Buffer.from('{"id":"evt_odd_bytes","data":"'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('"}')]),
    400,
    400,
  ],
  "with a byte order mark": [`\ufeff${withId("bom", '"data":1')}`, 202, 200],
  "in UTF-16": [Buffer.from(withId("utf16", '"data":1'), "utf16le"), 400, 200],
  "of ten thousand levels of lists": [deep("[", "]"), 400, 200],
  "of ten thousand levels of objects": [deep('{"a":', "}"), 400, 200],
  "with huge numbers": [withId("numbers", `"data":[1e400,-1e400,${"9".repeat(400)},0.${"1".repeat(400)},-0,1E+2]`), 202, 200],
  "with a key __proto__": [withId("proto", '"__proto__":{"id":"polluted"},"constructor":{"prototype":{"polluted":true}}'), 202, 200],
  "whose id is inherited": ['{"__proto__":{"id":"evt_odd_inherited"},"type":"x"}', 400, 200],
  "with a key twice": [withId("twice", '"data":1,"data":2'), 202, 200],
  "with control characters in texts": [withId("control", '"data":"\\u0000\\u001b\\ud800"'), 202, 200],
  "with all that UTF-8 has": [withId("unicode", '"data":"ä€𝄞\u2028\u00a0"'), 202, 400],
  "with space around": [`\n\t ${withId("space", '"data":1')} \n`, 202, 200],
  "that is a form": ["id=evt_odd_form&payload=%7B%22id%22%3A1%7D&a=1&a=2", 400, 200],
  "that is cut short": [withId("cut", '"data":"').slice(0, -2), 400, 200],
  "that is a text": ['"evt_odd_text"', 400, 200],
};

describe("An unusual request", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  /** Sends exactly these headers, repeated ones included. */
  function send(source: LocalSource, body: Buffer, headers: Headers): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const lines = [["host", new URL(pipeline.urls[source]).host], ["content-length", String(body.length)], ...headers];
      const posted = request(pipeline.urls[source], { method: "POST", headers: lines.flat() as never }, (answer) => {
        answer.resume();
        const id = answer.headers["x-transaction-id"];
        resolve({ status: answer.statusCode!, transactionId: id ? decodeURIComponent(String(id)) : undefined });
      });
      posted.on("error", reject).end(body);
    });
  }
  const signed = (source: LocalSource, body: Buffer) => Object.entries(sign(source, body, pipeline.signing));

  /** Requires a clear refusal, or that the body is stored byte for byte and processed. */
  async function isClearOrExact({ status, transactionId }: Reply, body: Buffer): Promise<void> {
    if (status >= 400) return assert.ok(status < 500, String(status));
    assert.ok([200, 202].includes(status), String(status));
    const item = await itemWithStatus(pipeline, transactionId!, Status.processed);
    assert.ok(body.equals(payloadInItem(item)!), "the body is kept as it was sent");
  }

  for (const [what, [text, stripe, twilio]] of Object.entries(bodies))
    it(`with a body ${what} is refused clearly or stored byte for byte, whatever the source`, async () => {
      const statuses: Partial<Record<LocalSource, number>> = {};
      const sendings = localSources.map(async (source) => {
        const body = seal(source, Buffer.from(text as string), pipeline.signing);
        const reply = await send(source, body, signed(source, body));
        statuses[source] = reply.status;
        await isClearOrExact(reply, body);
      });
      await Promise.all(sendings);
      assert.deepEqual([statuses.stripe, statuses.twilio], [stripe, twilio]);
    });

  const event = (name: string) => Buffer.from(withId(name, '"data":1'));

  it("that is compressed, or claims to be, is refused", async () => {
    for (const encoding of ["gzip", "GZIP", "br", "identity, gzip"]) {
      const said: Headers = [["content-encoding", encoding]];
      const compressed = gzipSync(event("gzip"));
      // API Gateway refuses it as not JSON, before the receiver sees it.
      assert.equal((await send("stripe", compressed, [...signed("stripe", compressed), ...said])).status, 400, encoding);
      const plain = event("gzip");
      assert.equal((await send("stripe", plain, [...signed("stripe", plain), ...said])).status, 415, encoding);
    }
  });

  it("with header names in capitals is accepted", async () => {
    const body = event("capitals");
    const headers = signed("stripe", body).map(([name, value]): [string, string] => [name.toUpperCase(), value]);
    const answer = await send("stripe", body, headers);
    assert.equal(answer.status, 202);
    await isClearOrExact(answer, body);
  });

  it("with two signature headers is refused, even if one is genuine", async () => {
    const body = event("signatures");
    const [genuine] = signed("stripe", body).filter(([name]) => name === "stripe-signature");
    const others = signed("stripe", body).filter(([name]) => name !== "stripe-signature");
    const forged: [string, string] = ["stripe-signature", "t=1,v1=00"];
    assert.equal((await send("stripe", body, [...others, genuine])).status, 202);
    for (const signatures of [
      [genuine, genuine],
      [genuine, forged],
      [forged, genuine],
      [forged, forged],
    ])
      assert.equal((await send("stripe", body, [...others, ...signatures])).status, 401);
  });

  const types: [types: string[], status: number][] = [
    [["application/json; charset=utf-16"], 202],
    [["APPLICATION/JSON"], 202],
    [["application/json;"], 202],
    [["application/json, text/plain"], 415],
    [["*/*"], 415],
    [["\u00e4"], 415],
    [["application/json", "text/plain"], 415],
  ];
  for (const [said, status] of types)
    it(`with the type ${said.join(" and ")} is answered ${status}`, async () => {
      const body = event(`type_${Buffer.from(said.join()).toString("hex")}`);
      const others = signed("stripe", body).filter(([name]) => name !== "content-type");
      const reply = await send("stripe", body, [...others, ...said.map((type): [string, string] => ["content-type", type])]);
      assert.equal(reply.status, status);
      await isClearOrExact(reply, body);
    });
});
