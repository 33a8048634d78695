import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Protects against requests to internal addresses (SSRF) where a deployer configures the address or another party's
 * DNS resolves it: only the hosts that a connector names, only https on a usual port, never this machine, its network
 * or its cloud's metadata service. Checked twice, because a name may resolve to another address later: the URL before
 * the request (`mayReach`) and every resolved address when the connection is opened (`isPublicAddress`).
 */
export type AddressGuard = {
  /** `api.hubapi.com`, or `*.zendesk.com` for all its subdomains, without the domain itself. */
  hosts: string[];
  /** Any host, private addresses and http: for a demo, for tests, for a CRM inside the company's own network. */
  allowPrivate: boolean;
};

export function mayReach(address: URL | string, guard: AddressGuard): boolean {
  const url = URL.parse(String(address));
  // `https://api.hubapi.com@evil.example` leads to evil.example, and credentials in an address end up in logs.
  if (url?.username !== '' || url.password !== '') return false;
  if (guard.allowPrivate) return url.protocol === 'https:' || url.protocol === 'http:';
  return url.protocol === 'https:' && hasUsualPort(url) && guard.hosts.some((rule) => matchesHost(url.hostname, rule));
}

/** Below 1024 only https's own: other services of the host listen there. `URL` leaves 443 out. */
export const hasUsualPort = ({ port }: URL): boolean => port === '' || Number(port) >= 1_024;

/**
 * `hostname` as URL normalizes it: lower case, ASCII, and every notation of an IPv4 address (`0x7f.1`, `2130706433`) as
 * four numbers. No rule matches an IP address.
 */
export function matchesHost(hostname: string, rule: string): boolean {
  if (hostname.startsWith('[') || isIP(hostname) !== 0) return false;
  const name = rule.toLowerCase();
  return /^\*\.[^.]/.test(name) ? hostname.endsWith(name.slice(1)) && hostname !== name.slice(1) : hostname === name;
}

const globalUnicast = ipaddr.IPv6.parse('2000::');
// RFC 6052: the prefix with which an IPv6-only network's DNS64 translates IPv4 addresses.
const translated = ipaddr.IPv6.parse('64:ff9b::');

// A public address that the host of a virtual machine answers: Azure's WireServer, which serves certificates and
// settings. learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
const hostOfVirtualMachine = '168.63.129.16';

/**
 * Whether `ip`, as a resolver writes it, is on the public internet. In doubt it is not: other notations, zones,
 * reserved ranges, and the obsolete tunnels 6to4 and Teredo.
 */
export function isPublicAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 0 || ip.includes('%')) return false;
  if (version === 4) return ipaddr.IPv4.parse(ip).range() === 'unicast' && ip !== hostOfVirtualMachine;
  // Normalized first: ipaddr.js takes `::8.8.8.8` for `::ffff:8.8.8.8`, operating systems do not.
  const address = ipaddr.IPv6.parse(new URL(`http://[${ip}]`).hostname.slice(1, -1));
  if (address.isIPv4MappedAddress() || address.match(translated, 96)) {
    return isPublicAddress(address.toByteArray().slice(-4).join('.'));
  }
  return address.match(globalUnicast, 3) && address.range() === 'unicast';
}
