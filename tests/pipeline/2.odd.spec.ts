import * as assert from "node:assert/strict";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { Attribute, Status } from "../../contract";
import { localSenders, type LocalSender } from "../../local/senders";
import { seal, sign } from "../../local/signing";
import { itemWithStatus, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

type Headers = [name: string, value: string][];
interface Reply {
  status: number;
  transactionId: string | undefined;
}

const levels = 10_000;
const deep = (open: string, close: string) => `{"id":"evt_deep_${open.length}","data":${open.repeat(levels)}1${close.repeat(levels)}}`;
const withId = (name: string, rest: string) => `{"id":"evt_odd_${name}","type":"x",${rest}}`;

/** Bodies that a sender never sends, or nearly never, each signed. */
const bodies: Record<string, Buffer | string> = {
  "that is empty": "",
  "of spaces": "   ",
  "that is no UTF-8": Buffer.concat([Buffer.from('{"id":"evt_odd_bytes","data":"'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('"}')]),
  "with a byte order mark": `\ufeff${withId("bom", '"data":1')}`,
  "in UTF-16": Buffer.from(withId("utf16", '"data":1'), "utf16le"),
  "of ten thousand levels of lists": deep("[", "]"),
  "of ten thousand levels of objects": deep('{"a":', "}"),
  "with huge numbers": withId("numbers", `"data":[1e400,-1e400,${"9".repeat(400)},0.${"1".repeat(400)},-0,1E+2]`),
  "with a key __proto__": withId("proto", '"__proto__":{"id":"polluted"},"constructor":{"prototype":{"polluted":true}}'),
  "whose id is inherited": '{"__proto__":{"id":"evt_odd_inherited"},"type":"x"}',
  "with a key twice": withId("twice", '"data":1,"data":2'),
  "with control characters in texts": withId("control", '"data":"\\u0000\\u001b\\ud800"'),
  "with all that UTF-8 has": withId("unicode", '"data":"ä€𝄞\u2028\u00a0"'),
  "with space around": `\n\t ${withId("space", '"data":1')} \n`,
  "that is a form": "id=evt_odd_form&payload=%7B%22id%22%3A1%7D&a=1&a=2",
  "that is cut short": withId("cut", '"data":"').slice(0, -2),
  "that is a text": '"evt_odd_text"',
};

describe("An odd request", function () {
  this.timeout(90_000);
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  /** With these headers and no others, repeated ones and all. */
  function send(sender: LocalSender, body: Buffer, headers: Headers): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const lines = [["host", new URL(pipeline.urls[sender]).host], ["content-length", String(body.length)], ...headers];
      const posted = request(pipeline.urls[sender], { method: "POST", headers: lines.flat() as never }, (answer) => {
        answer.resume();
        const id = answer.headers["x-transaction-id"];
        resolve({ status: answer.statusCode!, transactionId: id ? decodeURIComponent(String(id)) : undefined });
      });
      posted.on("error", reject).end(body);
    });
  }
  const signed = (sender: LocalSender, body: Buffer) => Object.entries(sign(sender, body, pipeline.signing));

  /** Refused clearly, or kept to the byte and processed. */
  async function isClearOrExact({ status, transactionId }: Reply, body: Buffer): Promise<void> {
    if (status >= 400) return assert.ok(status < 500, String(status));
    assert.ok([200, 202].includes(status), String(status));
    const item = await itemWithStatus(pipeline, transactionId!, Status.processed);
    assert.ok(body.equals(item[Attribute.payload].B!), "the body is kept as it was sent");
  }

  for (const [what, text] of Object.entries(bodies))
    it(`with a body ${what} is refused clearly or kept to the byte, whoever signs it`, async () => {
      const sendings = localSenders.map(async (sender) => {
        const body = seal(sender, Buffer.from(text as string), pipeline.signing);
        await isClearOrExact(await send(sender, body, signed(sender, body)), body);
      });
      await Promise.all(sendings);
    });

  const event = (name: string) => Buffer.from(withId(name, '"data":1'));

  it("that is compressed gets 415, whatever it says", async () => {
    for (const encoding of ["gzip", "GZIP", "br", "identity, gzip"]) {
      const body = gzipSync(event("gzip"));
      const { status } = await send("stripe", body, [...signed("stripe", body), ["content-encoding", encoding]]);
      assert.ok(status === 415 || status === 400, `${encoding}: ${status}`);
    }
  });

  it("whose headers are in capitals is as good as any", async () => {
    const body = event("capitals");
    const headers = signed("stripe", body).map(([name, value]): [string, string] => [name.toUpperCase(), value]);
    const answer = await send("stripe", body, headers);
    assert.equal(answer.status, 202);
    await isClearOrExact(answer, body);
  });

  it("whose signature is sent twice is refused clearly or kept, and a genuine one beside a forged one does no harm", async () => {
    const body = event("signatures");
    const [genuine] = signed("stripe", body).filter(([name]) => name === "stripe-signature");
    const others = signed("stripe", body).filter(([name]) => name !== "stripe-signature");
    const forged: Headers = [["stripe-signature", "t=1,v1=00"]];
    for (const signatures of [
      [genuine, genuine],
      [genuine, ...forged],
      [...forged, genuine],
    ])
      await isClearOrExact(await send("stripe", body, [...others, ...signatures]), body);
    assert.equal((await send("stripe", body, [...others, ...forged, ...forged])).status, 401);
  });

  it("whose type is said twice, or oddly, is refused clearly or kept", async () => {
    const body = event("types");
    const others = signed("stripe", body).filter(([name]) => name !== "content-type");
    const types = [
      "application/json; charset=utf-16",
      "APPLICATION/JSON",
      "application/json;",
      "application/json, text/plain",
      "*/*",
      "\u00e4",
    ];
    for (const type of types) await isClearOrExact(await send("stripe", body, [...others, ["content-type", type]]), body);
    const twice: Headers = [
      ["content-type", "application/json"],
      ["content-type", "text/plain"],
    ];
    await isClearOrExact(await send("stripe", body, [...others, ...twice]), body);
  });
});
