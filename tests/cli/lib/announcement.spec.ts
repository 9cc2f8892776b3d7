import * as assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server } from "node:net";
import { isListening } from "../../../cli/lib/announcement";
import { freePort } from "../../helpers/freePort";

describe("An endpoint", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  for (const host of ["127.0.0.1", "::1"])
    it(`is known to be listened at on ${host}`, async () => {
      server = createServer().listen(0, host);
      await new Promise((resolve) => server!.once("listening", resolve));
      const { port } = server.address() as AddressInfo;
      assert.equal(await isListening(`http://${host.includes(":") ? `[${host}]` : host}:${port}/path`), true);
    });

  it("is known to be left", async () => assert.equal(await isListening(`http://127.0.0.1:${await freePort()}`), false));
});
