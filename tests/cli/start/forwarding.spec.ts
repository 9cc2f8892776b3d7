import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import type { ForwardingSecret } from "../../../cli/start/forwarding";
import { temporaryFolder } from "../../helpers/script";

const root = path.resolve(__dirname, "../../..");

describe("The secret of --forward-to and listen", () => {
  const at = temporaryFolder();
  let file: string;
  before(() => (file = at("forwarding-secret")));
  beforeEach(() => rmSync(file, { force: true }));

  /** Reads it in a process of its own. @param before code that runs there first */
  async function read(before = ""): Promise<ForwardingSecret> {
    const code = `require("./bin/typescript.js"); ${before}
      try { console.log(JSON.stringify(require("./cli/start/forwarding.ts").forwardingSecret())); }
      catch (error) { console.log(JSON.stringify(error.message)); }`;
    const env = { ...process.env, LOCAL_RUN_FOLDER: path.dirname(file) };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", code], { cwd: root, env });
    return JSON.parse(stdout, (name, value: unknown) => (name === "key" ? Buffer.from(value as Buffer) : value)) as ForwardingSecret;
  }

  it("is made once, and is one that a receiver's library takes", async () => {
    const first = await read();
    assert.deepEqual([first.isNew, first.file], [true, file]);
    assert.deepEqual(await read(), { ...first, isNew: false });
    const at = new Date(1_769_860_800_000);
    const signature = createHmac("sha256", first.key).update("msg_1.1769860800.{}").digest("base64");
    assert.equal(new Webhook(first.secret).sign("msg_1", at, "{}"), `v1,${signature}`);
    assert.deepEqual(readdirSync(path.dirname(file)), ["forwarding-secret"]);
  }).timeout(30_000);

  it("is the other's if two processes make it at once", async () => {
    const first = await read();
    const sawNone = 'const fs = require("fs"), { existsSync } = fs; fs.existsSync = (one) => !one.endsWith("-secret") && existsSync(one);';
    assert.deepEqual(await read(sawNone), { ...first, isNew: false });
  }).timeout(30_000);

  for (const damaged of ["", "whsec_", "whsec_AA==", "hunter2"])
    it(`is refused if its file has ${JSON.stringify(damaged)}: anybody could sign`, async () => {
      writeFileSync(file, damaged);
      assert.equal(await read(), `${file} has no signing secret. Delete it: then a new one is made.`);
    }).timeout(30_000);
});
