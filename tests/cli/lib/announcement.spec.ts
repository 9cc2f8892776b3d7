import * as assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server } from "node:net";
import { isListening } from "../../../cli/lib/announcement";
import { freePort } from "../../helpers/freePort";

describe("An endpoint", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  for (const loopback of ["127.0.0.1", "::1"])
    it(`is known to be listened at on ${loopback}`, async () => {
      server = createServer().listen(0, loopback);
      await new Promise((resolve) => server!.once("listening", resolve));
      const { port } = server.address() as AddressInfo;
      assert.equal(await isListening(`http://${loopback.includes(":") ? `[${loopback}]` : loopback}:${port}/path`), true);
    });

  it("is known to be left", async () => assert.equal(await isListening(`http://127.0.0.1:${await freePort()}`), false));
});
