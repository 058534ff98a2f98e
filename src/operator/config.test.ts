import { describe, expect, it, vi } from 'vitest';
import { exitCodeOf, parseConfig } from './config.ts';

describe('the configuration', () => {
  it('without flags the operator serves every namespace and port 8080', () => {
    expect(parseConfig([], { POD_NAME: 'operator-0' })).toMatchObject({
      namespace: undefined,
      probes: { host: '0.0.0.0', port: 8080 },
      concurrency: 10,
      resyncMs: 60_000,
      helm: 'helm',
      leaderElection: true,
      leaseMs: 4_000,
      identity: 'operator-0',
    });
  });

  it('flags accept whole seconds and addresses with or without a host', () => {
    const config = parseConfig(['--resync', '5', '--probe-address', '[::1]:0', '--namespace', 'acme'], {});
    expect(config).toMatchObject({ resyncMs: 5000, probes: { host: '::1', port: 0 }, namespace: 'acme' });
    expect(parseConfig(['--probe-address', ':9000'], {}).probes).toEqual({ host: '0.0.0.0', port: 9000 });
  });

  it('--no-leader-election switches leader election off', () => {
    expect(parseConfig(['--no-leader-election'], {}).leaderElection).toBe(false);
    expect(parseConfig(['--leader-election'], {}).leaderElection).toBe(true);
  });

  it.each([
    ['--concurrency', '0', 'whole number from 1 to 1000'],
    ['--resync', 'often', 'whole number'],
    ['--lease-duration', '1', 'whole number from 2 to 3600'],
    ['--probe-address', '8080', 'host:port'],
    ['--log-level', 'loud', 'Allowed choices'],
    ['--nonsense', 'x', "unknown option '--nonsense'"],
  ])('the operator refuses %s %s and says what is valid', (flag, value, said) => {
    const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      parseConfig([flag, value], {});
      expect.unreachable();
    } catch (error) {
      expect(exitCodeOf(error)).toBe(1);
      expect(print.mock.calls.join('')).toContain(said);
    } finally {
      print.mockRestore();
    }
  });
});
