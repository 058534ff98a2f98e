import { BlockList, isIP } from 'node:net';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { Settings } from '../config.ts';
import { SPECIAL_V4, SPECIAL_V6 } from '../special-ranges.ts';

const special = new BlockList();
for (const [net, prefix] of SPECIAL_V4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** True for an address on the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Checks whether a URL, of the descriptor or of a redirect, may be fetched at all. The addresses of its name are
 * checked during the connection.
 *
 * @throws TerminalError RepositoryForbidden; `path` is the descriptor's field with the URL.
 */
export function permitUrl(url: URL, charts: Settings['charts'], path: string): void {
  const forbidden = (why: string) =>
    new TerminalError('RepositoryForbidden', { message: `${shown(url)} is not fetched: ${why}`, path });
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPlainHttp(url, charts))) {
    throw forbidden(`this provider wants https, not ${url.protocol.slice(0, 20)}`);
  }
  if (url.username !== '' || url.password !== '') throw forbidden('a URL must not carry a user or password');
  const host = hostOf(url);
  if (charts.hosts !== undefined && !charts.hosts.some((pattern) => matches(host, url.port, pattern))) {
    throw forbidden('its host is not among those this provider allows');
  }
  if (isIP(host) !== 0 && !charts.privateAddresses && !isPublicAddress(host)) {
    throw forbidden('its address is not a public one');
  }
}

/** True if the provider allows plain http with the host. */
export function isPlainHttp(url: URL, { plainHttpHosts }: Pick<Settings['charts'], 'plainHttpHosts'>): boolean {
  return plainHttpHosts.includes(url.host) || plainHttpHosts.includes(url.hostname);
}

/** A URL for messages, without query and user, which may be secrets. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
}

/** The host without the brackets of an IPv6 address and the dot of an absolute name. */
function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** `*.example.org` matches every name below example.org but not itself; a pattern without a port matches all ports. */
function matches(host: string, port: string, pattern: string): boolean {
  const [, name = '', wantedPort] = /^(.*?)(?::([0-9]+))?$/.exec(pattern.toLowerCase()) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
}
