import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { processes } from '../../../../test/support/processes.ts';
import { LeadershipLostError, openFence } from '../../../base/fence.ts';
import { type ProcessRequest, runBounded } from './bounded-process.ts';

const run = (script: string, more: Partial<ProcessRequest> = {}, signal = new AbortController().signal) =>
  runBounded(
    {
      command: 'sh',
      args: ['-c', script],
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'] ?? '' },
      deadlineMs: 10_000,
      maxOutput: 10_000,
      addressSpaceKiB: 1_000_000,
      fence: openFence,
      ...more,
    },
    signal,
  );

/** Processes with exactly these words among their arguments. */
const running = (words: string) => processes().filter(({ command }) => command === words).length;

describe('a bounded process', () => {
  test('a bounded process returns its exit code and its output', async () => {
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({
      how: 'Exited',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('a bounded process has only the environment it was given', async () => {
    const { stdout } = await run('env', { env: { PATH: process.env['PATH'] ?? '', GIVEN: 'yes' } });
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['', '_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name ?? ''))).toEqual(
      expect.arrayContaining(['PATH', 'GIVEN']),
    );
    expect(stdout).not.toContain('VITEST');
  });

  test('a bounded process gets its arguments unchanged by a shell', async () => {
    const args = ['-c', 'printf "%s|" "$@"', 'x', '$(id)', "'; exit 1; '", '*', ''];
    expect((await run('', { args })).stdout).toBe("$(id)|'; exit 1; '|*||");
  });

  test('a bounded process is killed at its timeout', async () => {
    const started = performance.now();
    expect(await run('sleep 71', { deadlineMs: 200 })).toMatchObject({ how: 'TimedOut', code: undefined });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('a bounded process that prints too much is killed, and its output is truncated', async () => {
    const { how, stdout } = await run('yes', { maxOutput: 100_000 });
    expect(how).toBe('TooMuchOutput');
    expect(stdout.length).toBeLessThanOrEqual(100_000);
  });

  test('a bounded process is killed when its signal aborts', async () => {
    const wish = new AbortController();
    const ending = run('exec sleep 72', {}, wish.signal);
    setTimeout(() => wish.abort(new Error('no longer wanted')), 200);
    await expect(ending).rejects.toThrow('no longer wanted');
    expect(running('sleep 72')).toBe(0);
  });

  test('a bounded process is not started when its signal has aborted', async () => {
    await expect(run('true', {}, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  test.runIf(process.platform === 'linux')('cannot take more memory than it may, and is the first to go', async () => {
    const { stdout } = await run('ulimit -v; cat /proc/self/oom_score_adj', { addressSpaceKiB: 900_000 });
    expect(stdout).toBe('900000\n1000\n');
  });

  test('a missing executable is reported with the shell’s exit code', async () => {
    expect(await run('', { command: 'no-such-command-anywhere' })).toMatchObject({ how: 'Exited', code: 127 });
  });

  test('a bounded process dies with its parent, even after SIGKILL', async () => {
    const module = fileURLToPath(new URL('./bounded-process.ts', import.meta.url));
    const script = `
      import { runBounded } from ${JSON.stringify(module)};
      const request = { command: 'sleep', args: ['73'], cwd: '/', env: { PATH: process.env.PATH }, deadlineMs: 60_000, maxOutput: 1, addressSpaceKiB: 1_000_000, fence: { assertHeld() {}, remainingMs: () => Infinity } };
      runBounded(request, new AbortController().signal);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await expect.poll(() => running('sleep 73'), { timeout: 5_000 }).toBe(1);
    parent.kill('SIGKILL');
    await expect.poll(() => running('sleep 73'), { timeout: 5_000 }).toBe(0);
  });

  test('a bounded process is not started when another operator may already act', async () => {
    const fence = {
      assertHeld: () => {
        throw new LeadershipLostError();
      },
      remainingMs: () => 0,
    };
    const started = join(tmpdir(), `started-${process.pid}`);
    await expect(run(`touch ${started}`, { fence })).rejects.toThrow(LeadershipLostError);
    expect(existsSync(started)).toBe(false);
  });

  test('a bounded process is killed when the lease ends, even while the operator is stopped by SIGSTOP', async () => {
    // One line on the leash, and then none that would extend it: as from a process that was stopped.
    const fence = { assertHeld: () => undefined, remainingMs: () => (asked++ === 0 ? 300 : Number.POSITIVE_INFINITY) };
    let asked = 0;
    const started = performance.now();
    expect(await run('sleep 74 & sleep 75', { fence })).toMatchObject({ how: 'Killed' });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(running('sleep 74') + running('sleep 75')).toBe(0);
  });

  test('a bounded process outlives one lease duration while the lease is renewed, and leaves no timer behind', async () => {
    const fence = { assertHeld: () => undefined, remainingMs: () => 1_217 };
    expect(await run('sleep 2; echo done', { fence })).toMatchObject({ how: 'Exited', stdout: 'done\n' });
    expect(running('sleep 1.217')).toBe(0);
  });
});
