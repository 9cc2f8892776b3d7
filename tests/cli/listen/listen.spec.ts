import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(__dirname, "../../..");

describe("listen", () => {
  it("loads without a warning, also with the oldest Node.js", async () => {
    const oldest = 'Object.defineProperty(process, "version", { value: "v20.19.0" });';
    const load = 'for (const file of ["bin/typescript.js", "cli/program.ts", "cli/listen/listen.ts"]) require(`./${file}`)';
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "" };
    const { stderr } = await promisify(execFile)(process.execPath, ["-e", `${oldest} ${load}`], { cwd: root, env });
    assert.equal(stderr, "");
  }).timeout(30_000);
});
