import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Resolves a host name to all of its addresses. @throws the error of DNS */
export type Resolve = (host: string) => Promise<string[]>;

/** Refuses a destination whose host has an address that must not be called. */
export class ForbiddenAddress extends Error {
  constructor() {
    super("an address is not allowed");
    this.name = "ForbiddenAddress";
  }
}

/** Asks the operating system's resolver, as `node:https` would. */
export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Returns the addresses of a URL's host, all of them checked. One that must not be called refuses all: which one a connection takes is
 * chance.
 * @param isLocal whether the destination is a service on this machine, which must have loopback addresses
 * @throws ForbiddenAddress, or the error of DNS
 */
export async function addressesOf(hostname: string, isLocal: boolean, resolve: Resolve): Promise<string[]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) > 0 ? [host] : await resolve(host);
  const isAllowed = isLocal ? isLoopback : isPublic;
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw new ForbiddenAddress();
  return addresses;
}

/**
 * Tells whether an address is global unicast: none that is private, local, shared, reserved, or that leads to an IPv4 address, as NAT64 and
 * 6to4 do. An IPv4 address in the form of IPv6 counts as what it is. Of IPv6, only 2000::/3 is assigned.
 * @see https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml
 */
export function isPublic(address: string): boolean {
  const parsed = parse(address);
  if (parsed?.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast);
}

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

function isLoopback(address: string): boolean {
  return parse(address)?.range() === "loopback";
}

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return isIP(address) > 0 && ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
}
