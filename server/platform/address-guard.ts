import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Where requests may go whose address somebody configured, or whose name somebody else's DNS resolves: to the hosts a
 * connector names, over https, and never to this machine, its network or its cloud's metadata. Decided twice: of the URL
 * before anything is asked (`mayReach`), and of every address its name resolves to when it is dialled (`isPublicAddress`),
 * for a name may resolve to another address by then.
 */
export type AddressGuard = {
  /** `api.hubapi.com`, or `*.zendesk.com` for whatever is under it and not itself. */
  hosts: string[];
  /** Any host, private addresses and http: for a demo, for tests, for a CRM inside the company's own network. */
  allowPrivate: boolean;
};

export function mayReach(address: URL | string, guard: AddressGuard): boolean {
  const url = URL.parse(String(address));
  // `https://api.hubapi.com@evil.example` leads to evil.example, and credentials in an address end up in logs.
  if (url?.username !== '' || url.password !== '') return false;
  if (guard.allowPrivate) return url.protocol === 'https:' || url.protocol === 'http:';
  return url.protocol === 'https:' && guard.hosts.some((rule) => matchesHost(url.hostname, rule));
}

/**
 * `hostname` as URL gives it: lower case, in ASCII, and every way of writing an IPv4 address (`0x7f.1`, `2130706433`) as
 * four numbers. No rule matches an address: whoever needs one has a network of their own.
 */
export function matchesHost(hostname: string, rule: string): boolean {
  if (hostname.startsWith('[') || isIP(hostname) !== 0) return false;
  const name = rule.toLowerCase();
  return /^\*\.[^.]/.test(name) ? hostname.endsWith(name.slice(1)) && hostname !== name.slice(1) : hostname === name;
}

const globalUnicast = ipaddr.IPv6.parse('2000::');
// RFC 6052: what an IPv6-only network's DNS64 makes of a name that has IPv4 alone.
const translated = ipaddr.IPv6.parse('64:ff9b::');

// Public by its number, but answered by the virtual machine's own host: Azure's WireServer, which gives out certificates
// and settings. learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
const hostOfVirtualMachine = '168.63.129.16';

/**
 * Whether `ip`, as a resolver writes it, is somewhere on the public internet. What is not surely so is not: other ways of
 * writing an address, zones, ranges set aside, and the tunnels of old (6to4, Teredo), which no CRM is behind.
 */
export function isPublicAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 0 || ip.includes('%')) return false;
  if (version === 4) return ipaddr.IPv4.parse(ip).range() === 'unicast' && ip !== hostOfVirtualMachine;
  // In eight words first: ipaddr.js takes `::8.8.8.8` for `::ffff:8.8.8.8`, and a system does not.
  const address = ipaddr.IPv6.parse(new URL(`http://[${ip}]`).hostname.slice(1, -1));
  if (address.isIPv4MappedAddress() || address.match(translated, 96)) {
    return isPublicAddress(address.toByteArray().slice(-4).join('.'));
  }
  return address.match(globalUnicast, 3) && address.range() === 'unicast';
}
