import { BlockList, isIPv6 } from 'node:net';

/** Networks that webhooks must not reach, because their URLs come from customer records (SSRF). */
const PRIVATE_NETWORKS = new BlockList();
const IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
const IPV6: readonly [string, number][] = [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];
for (const [network, prefix] of IPV4) PRIVATE_NETWORKS.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of IPV6) PRIVATE_NETWORKS.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address belongs to this machine or a private network; IPv4-mapped IPv6 counts as IPv4. */
export function isPrivateAddress(ip: string): boolean {
  return PRIVATE_NETWORKS.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
