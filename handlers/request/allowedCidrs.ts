import { BlockList, isIP } from "node:net";

/**
 * Tells whether an address is in one of the networks.
 * @param networks IPv4 or IPv6, in CIDR notation or as single addresses; the configuration has checked them
 */
export function isInCidrs(address: string, networks: readonly string[]): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base, length] = network.split("/");
    const family = isIP(base) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(base, length === undefined ? (family === "ipv4" ? 32 : 128) : Number(length), family);
  }
  return list.check(address, version === 4 ? "ipv4" : "ipv6");
}
