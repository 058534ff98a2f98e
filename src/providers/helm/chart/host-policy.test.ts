import { describe, expect, test } from 'vitest';
import { isPublicAddress, permitUrl, shown } from './host-policy.ts';

const OPEN = { hosts: undefined, plainHttpHosts: [], privateAddresses: false };
const permit = (url: string, charts: Parameters<typeof permitUrl>[1] = OPEN) =>
  permitUrl(new URL(url), charts, '/chart/repository');
const FORBIDDEN = expect.objectContaining({ code: 'RepositoryForbidden', path: '/chart/repository' });

describe('an address', () => {
  test.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00::1'])(
    'an address %s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    '2001::1',
    '2001:db8::1',
    'not an address',
  ])('an address %s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a URL', () => {
  test('a URL of a public host over https may be fetched', () => {
    expect(() => permit('https://charts.example.org/index.yaml')).not.toThrow();
  });

  test.each([
    'http://charts.example.org/',
    'file:///etc/passwd',
    'ftp://charts.example.org/',
    'https://user:password@charts.example.org/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
  ])('a URL %s may not be fetched', (url) => {
    expect(() => permit(url)).toThrow(FORBIDDEN);
  });

  test('a plain http URL may be fetched only from hosts the provider lists for it', () => {
    const charts = { ...OPEN, plainHttpHosts: ['charts.example.org', 'registry.example.org:5000'] };
    expect(() => permit('http://charts.example.org:8080/', charts)).not.toThrow();
    expect(() => permit('http://registry.example.org:5000/', charts)).not.toThrow();
    expect(() => permit('http://registry.example.org/', charts)).toThrow(FORBIDDEN);
  });

  test('a URL may be fetched only from the hosts a provider allows', () => {
    const charts = { ...OPEN, hosts: ['charts.example.org', '*.example.net', 'registry.example.com:5000'] };
    for (const host of [
      'charts.example.org',
      'CHARTS.example.org.',
      'a.example.net',
      'a.b.example.net',
      'registry.example.com:5000',
    ]) {
      expect(() => permit(`https://${host}/`, charts)).not.toThrow();
    }
    for (const host of [
      'example.org',
      'example.net',
      'badexample.net',
      'charts.example.org.evil.com',
      'registry.example.com',
    ]) {
      expect(() => permit(`https://${host}/`, charts)).toThrow(FORBIDDEN);
    }
  });

  test('a URL with a private address may be fetched when the provider allows it', () => {
    expect(() => permit('https://10.0.0.1/', { ...OPEN, privateAddresses: true })).not.toThrow();
  });

  test('a URL is shown without its user and query, which may be secrets', () => {
    expect(shown(new URL('https://user:secret@example.org/a?token=secret'))).toBe('https://example.org/a');
  });
});
