import * as assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { findSource } from "../../handlers/configuredSources";
import { withSettings, withSourcesFile } from "../../testbed/handlers";
import { writeSources } from "../../testbed/sourcesFile";
import { Receiver } from "../helpers/receiver";

describe("The file of the sources' settings", () => {
  const { receive, signed } = new Receiver();

  it("configures the sources that the receiver knows", () =>
    withSettings({ "stripe-eu": { provider: "stripe", testEvents: "ignore" } }, async () => {
      const { name, settings } = findSource("stripe-eu")!;
      assert.deepEqual({ name, ...settings }, { name: "stripe-eu", provider: "stripe", testEvents: "ignore" });
      assert.equal(findSource("stripe"), undefined);
    }));

  it("lies beside the code in Lambda", async () => {
    const file = writeSources({ square: { provider: "square" } });
    process.env.LAMBDA_TASK_ROOT = path.dirname(file);
    try {
      await withSourcesFile(undefined, async () => assert.equal(findSource("square")!.name, "square"));
    } finally {
      delete process.env.LAMBDA_TASK_ROOT;
    }
  });

  const refused = async (file: string | undefined, named: string) => {
    const { status, lines } = await withSourcesFile(file, () => receive(signed("stripe")));
    assert.equal(status, 503);
    assert.deepEqual(
      lines.filter(({ message }) => message === "Refused").map(({ reason }) => reason),
      [`${named} is missing or damaged`],
    );
  };

  it("answers 503 if it is missing, and names it", () => refused("/nowhere/sources.json", "/nowhere/sources.json"));

  it("answers 503 if the file beside the code is missing, and names it", () => refused(undefined, "sources.json"));

  for (const [what, text] of [
    ["cut off", '{"stripe":{"prov'],
    ["empty", ""],
    ["not an object", "null"],
  ])
    it(`answers 503 if it is ${what}, and names it`, async () => {
      const file = writeSources({});
      writeFileSync(file, text);
      await refused(file, file);
    });

  it("is read again after an error, and then only once", async () => {
    const file = writeSources({});
    writeFileSync(file, "");
    await refused(file, file);
    writeFileSync(file, '{"stripe":{"provider":"stripe"}}');
    await withSourcesFile(file, async () => assert.equal((await receive(signed("stripe"))).status, 202));
    rmSync(file);
    await withSourcesFile(file, async () => assert.equal((await receive(signed("stripe"))).status, 202));
  });
});
