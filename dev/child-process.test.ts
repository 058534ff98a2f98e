import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Child } from './child-process.ts';
import { isAlive } from './is-alive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a shell script as a child process, and waits for its first output. */
async function startScript(script: string, onDeath?: (problem: string) => void): Promise<Child> {
  const logFile = join(folder, 'log');
  const child = Child.start({
    name: 'script',
    command: '/bin/sh',
    args: ['-c', script],
    logFile,
    ...(onDeath !== undefined && { onDeath }),
  });
  await child.untilReady(async () => readFileSync(logFile, 'utf8') !== '', 5_000);
  return child;
}

async function ends(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
}

describe('a child process', () => {
  it('the command of a child process has its process id, so that signals reach it', async () => {
    const child = await startScript('echo $$; exec sleep 60');
    expect(Number(readFileSync(join(folder, 'log'), 'utf8'))).toBe(child.pid);
    await child.stop();
    expect(child.running).toBe(false);
    expect(await child.exited).toBe('SIGTERM');
  });

  it('a child process that ignores SIGTERM is killed', async () => {
    const child = await startScript('trap "" TERM; echo up; while :; do sleep 1; done');
    await child.stop(200);
    expect(await child.exited).toBe('SIGKILL');
  });

  it('a stopped child process leaves no processes behind', async () => {
    const child = await startScript('sleep 60 & echo $!; wait');
    const grandchild = Number(readFileSync(join(folder, 'log'), 'utf8'));
    expect(isAlive(grandchild)).toBe(true);
    await child.stop();
    await ends(grandchild);
  });

  it('a child process ends with its parent, even if that is killed with SIGKILL', async () => {
    const script = `
      import { Child } from ${JSON.stringify(new URL('./child-process.ts', import.meta.url).href)};
      const options = { name: 'sleep', command: 'sleep', args: ['60'], logFile: ${JSON.stringify(join(folder, 'log'))} };
      console.log(Child.start(options).pid);
      process.kill(process.pid, 'SIGKILL');`;
    const parent = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script]);
    const { stdout, signal } = (await parent.catch((error: unknown) => error)) as { stdout: string; signal: string };
    expect(signal).toBe('SIGKILL');
    await ends(Number(stdout));
  });

  it('the unexpected end of a child process is reported with its last lines', async () => {
    const deaths: string[] = [];
    const onDeath = (problem: string) => deaths.push(problem);
    const failing = await startScript('echo "disk full"; sleep 0.2; exit 3', onDeath);
    await failing.exited;
    await expect.poll(() => deaths).toHaveLength(1);
    expect(deaths[0]).toMatch(/^script ended \(exit code 3\)\. Its last lines, of .*log:\ndisk full$/);
    const stopped = await startScript('echo up; exec sleep 60', onDeath);
    await stopped.stop();
    await sleep(50);
    expect(deaths).toHaveLength(1);
  });

  it('a child process that ends or takes too long to be ready is reported with the reason', async () => {
    const options = { name: 'server', logFile: join(folder, 'log') };
    const ended = Child.start({ ...options, command: '/bin/sh', args: ['-c', 'echo "port taken" >&2; exit 1'] });
    await expect(ended.untilReady(async () => false, 5_000)).rejects.toThrow(
      /server ended \(exit code 1\).*\nport taken$/s,
    );
    const slow = Child.start({ ...options, command: 'sleep', args: ['60'] });
    await expect(slow.untilReady(async () => false, 100)).rejects.toThrow('server was not ready within 0.1 s');
    await slow.stop();
    const missing = Child.start({ ...options, command: join(folder, 'nothing-here'), args: [] });
    await expect(missing.untilReady(async () => false, 5_000)).rejects.toThrow(/exit code 127.*not found/s);
  });
});
