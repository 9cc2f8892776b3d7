import * as assert from "node:assert/strict";
import { BlockList, isIPv6 } from "node:net";
import * as fc from "fast-check";
import { addressesOf, isPublic, systemResolve } from "../../../handlers/deliver/addresses";
import { closeConnections } from "../../../handlers/deliver/agents";
import { send, type Answer } from "../../../handlers/deliver/send";
import { Endpoint } from "../../helpers/endpoint";

/** Addresses that no destination may have, by what they are. */
const forbidden: Record<string, readonly string[]> = {
  loopback: ["127.0.0.1", "127.1.2.3", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001"],
  "loopback in the form of IPv6": [
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:7f00:0001",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:0:127.0.0.1",
  ],
  unspecified: ["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"],
  "link-local, with the metadata of AWS": [
    "169.254.169.254",
    "169.254.170.2",
    "::ffff:169.254.169.254",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
  ],
  "metadata of AWS, and others, by IPv6": ["fd00:ec2::254", "fd20:ce::254"],
  private: ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "::ffff:10.0.0.1", "::ffff:c0a8:1"],
  "carrier-grade NAT": ["100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1"],
  "unique local": ["fc00::1", "fdff:ffff::1"],
  "site-local": ["fec0::1", "feff::1"],
  NAT64: ["64:ff9b::7f00:1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1"],
  "6to4 and Teredo": ["2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "2001::1", "2001:0:7f00:1::"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
  broadcast: ["255.255.255.255"],
  "reserved, for documentation and tests": [
    ...["192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "192.88.99.1"],
    ...["2001:db8::1", "3fff::1", "100::1", "2001:2::1", "2001:10::1", "2001:20::1", "5f00::1", "4000::1", "1::1"],
  ],
  "no address": ["", "localhost", "1.2.3", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "fe80::1%eth0", "[::1]", "1.1.1.1 "],
};

const allowed = [
  "1.1.1.1",
  "8.8.8.8",
  "52.95.110.1",
  "223.255.255.254",
  "100.128.0.1",
  "172.32.0.1",
  "2606:4700::1111",
  "2a00:1450:4001::1",
  "::ffff:8.8.8.8",
];

describe("An address", () => {
  for (const [what, addresses] of Object.entries(forbidden))
    it(`is refused if it is ${what}`, () => {
      for (const address of addresses) assert.equal(isPublic(address), false, address);
    });

  it("is taken if it is global unicast", () => {
    for (const address of allowed) assert.equal(isPublic(address), true, address);
  });

  /** The special-purpose registries, as Node.js's own list of blocks reads them. */
  it("is refused in every block of IANA's special-purpose registries that is not globally reachable", () => {
    const blocks = new BlockList();
    for (const block of ipv4Special) blocks.addSubnet(...split(block), "ipv4");
    for (const block of ipv6Special) blocks.addSubnet(...split(block), "ipv6");
    const isIn = (address: string) => blocks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
    fc.assert(
      fc.property(fc.constantFrom(...ipv4Special, ...ipv6Special), fc.bigInt({ min: 0n, max: 2n ** 128n }), (block, random) => {
        const address = inside(block, random);
        assert.deepEqual([isIn(address), isPublic(address)], [true, false], `${address} in ${block}`);
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => assert.equal(isIn(address) && isPublic(address), false, address)),
      { numRuns: 3_000 },
    );
  });
});

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml */
const ipv4Special = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/29", "192.0.2.0/24"],
  ...["192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32", "224.0.0.0/4"],
];
/** @see https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml */
const ipv6Special = [
  ...["::1/128", "::/128", "::ffff:0:0/104", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:10::/28"],
  ...["2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "ff00::/8"],
];

const split = (block: string): [string, number] => {
  const [network, bits] = block.split("/");
  return [network, Number(bits)];
};

/** Returns an address in a block. */
function inside(block: string, random: bigint): string {
  const [network, bits] = split(block);
  const length = isIPv6(network) ? 128 : 32;
  const hosts = 2n ** BigInt(length - bits);
  const value = numberOf(network) + (random % hosts);
  if (length === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(":");
}

function numberOf(address: string): bigint {
  if (!isIPv6(address)) return address.split(".").reduce((all, part) => all * 256n + BigInt(part), 0n);
  const [left, right = ""] = address.split("::").map((side) => side.split(":").filter(Boolean)) as [string[], string[]];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return groups.reduce((all, group) => all * 65_536n + BigInt(`0x${group}`), 0n);
}

describe("A destination's host", () => {
  /** A trap on each loopback address, at one port. */
  const traps = [new Endpoint(), new Endpoint()];
  let port: number;
  before(async () => {
    await traps[0].start(undefined, "127.0.0.1");
    ({ port } = traps[0]);
    await traps[1].start(undefined, "::1", port);
  });
  after(() => Promise.all(traps.map((trap) => trap.stop())));
  afterEach(() => {
    closeConnections();
    assert.deepEqual(
      traps.map(({ connections }) => connections),
      [0, 0],
    );
  });

  const sendTo = (url: string, resolve = systemResolve, isLocal = false): Promise<Answer> =>
    send({ url, headers: {}, body: Buffer.alloc(0), timeoutMs: 1_000, isLocal }, resolve);
  const refused = { error: "forbidden-address" };

  for (const host of [
    ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0", "0.0.0.0", "127.0.0.1."],
    ...["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]"],
    ...["localhost", "LOCALHOST", "①②⑦.0.0.1", "127。0。0。1", "169.254.169.254", "[fd00:ec2::254]"],
  ])
    it(`is refused if it is ${host}`, async () => {
      assert.deepEqual(await sendTo(`https://${host}:${port}/`), refused);
      assert.deepEqual(await sendTo(`http://${host}:${port}/`), refused);
    });

  it("is what it is if it is an address: DNS is not asked, since the connection would not, either", async () => {
    assert.deepEqual(await sendTo(`https://127.0.0.1:${port}/`, () => Promise.resolve(["1.1.1.1"])), refused);
  });

  for (const [what, addresses] of Object.entries(forbidden).filter(([name]) => name !== "no address"))
    it(`is refused if it resolves to an address that is ${what}`, async () => {
      for (const address of addresses)
        assert.deepEqual(await sendTo(`https://orders.example:${port}/`, () => Promise.resolve([address])), refused);
    });

  it("is refused if only one of its addresses is not public, or it has none", async () => {
    for (const answer of [["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["2606:4700::1111", "::1"], []])
      assert.deepEqual(await sendTo(`https://orders.example:${port}/`, () => Promise.resolve(answer)), refused);
  });

  it("is asked for once: the connection goes to an address of that answer, whatever DNS says then", async () => {
    const pinned = await new Endpoint().start(undefined, "127.0.0.2", port);
    let asked = 0;
    const rebinding = () => Promise.resolve(asked++ === 0 ? ["127.0.0.2"] : ["127.0.0.1"]);
    assert.deepEqual(await sendTo(`http://localhost:${port}/`, rebinding, true), { status: 204 });
    assert.deepEqual([asked, pinned.received.length, pinned.received[0].headers.host], [1, 1, `localhost:${port}`]);
    assert.deepEqual(await sendTo(`https://localhost:${port}/`, rebinding), refused);
    await pinned.stop();
  });

  it("is never public in the local run", async () => {
    assert.deepEqual(await sendTo("http://orders.example/", () => Promise.resolve(["1.1.1.1"]), true), refused);
    assert.deepEqual(await sendTo("http://orders.example/", () => Promise.resolve(["127.0.0.1", "10.0.0.1"]), true), refused);
    assert.deepEqual(await addressesOf("[::1]", true, systemResolve), ["::1"]);
  });
});

describe("A kept connection", () => {
  it("is used only while its host still has the same addresses", async () => {
    const endpoint = await new Endpoint().start();
    const sendVia = (address: string) =>
      send(
        { url: endpoint.url.replace("127.0.0.1", "orders.example"), headers: {}, body: Buffer.alloc(0), timeoutMs: 1_000, isLocal: true },
        () => Promise.resolve([address]),
      );
    for (const address of ["127.0.0.1", "127.0.0.1", "127.0.0.2"]) await sendVia(address);
    assert.deepEqual(
      endpoint.received.map(({ connection }) => connection),
      [1, 1],
    );
    closeConnections();
    await endpoint.stop();
  });
});
