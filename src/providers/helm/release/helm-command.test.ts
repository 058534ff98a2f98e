import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeadershipLostError } from '../../../base/fence.ts';
import { HelmCommand, type HelmRun } from './helm-command.ts';

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'helm-command-test-'));
});
afterEach(() => rm(temporary, { recursive: true }));

/** Runs a script where helm would be. */
async function runAsHelm(script: string, run: Partial<HelmRun> = {}, signal = new AbortController().signal) {
  const command = join(temporary, 'helm');
  await writeFile(command, `#!/bin/sh\n${script}`, { mode: 0o755 });
  const helm = new HelmCommand({ command, temporary, deadlineMs: 5_000 });
  return helm.run({ args: () => [], files: {}, tenant: 'somebody', ...run }, signal);
}

describe('the helm command', () => {
  test('helm reads its files from a private folder that is removed afterwards', async () => {
    const { ok, stdout } = await runAsHelm('stat -c "%a %n" . *; cat "$1"', {
      args: (path) => [path('values.json')],
      files: { 'values.json': '{"a":1}' },
      kubeconfig: '{}',
    });
    expect(ok).toBe(true);
    expect(stdout).toMatch(/^700 \.$/m);
    expect(stdout).toMatch(/^600 values\.json$/m);
    expect(stdout).toMatch(/^600 kubeconfig$/m);
    expect(stdout).toContain('{"a":1}');
    expect(await readdir(temporary)).toEqual(['helm']);
  });

  test('helm sees no configuration, plugins or kubeconfig of the machine', async () => {
    const { stdout } = await runAsHelm('env; pwd', { kubeconfig: '{}' });
    const env = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s, 2)));
    const home = env['HOME'].replace(/\/home$/, '');
    const ours = ['KUBECONFIG', 'HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME', 'HELM_PLUGINS', 'TMPDIR'];
    for (const name of ours) expect(env[name], name).toMatch(new RegExp(`^${home}/`));
    const others = Object.keys(env).filter((name) => /^(HELM|KUBE)/.test(name) && !ours.includes(name));
    expect(others.sort()).toEqual(['HELM_DRIVER', 'KUBECACHEDIR']);
    expect(stdout).not.toMatch(/VITEST|NODE_OPTIONS/);
  });

  test('helm makes no connection unless it is given a cluster', async () => {
    expect((await runAsHelm('env')).stdout).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
    expect((await runAsHelm('env', { kubeconfig: '{}' })).stdout).not.toMatch(/PROXY/);
  });

  test('helm’s credentials are in a file and not in its arguments or environment', async () => {
    const { stdout } = await runAsHelm('env; echo "$@"; cat "$KUBECONFIG"', {
      args: (path) => ['install', path('values.json')],
      files: { 'values.json': 'a-secret-value' },
      kubeconfig: 'a-secret-token',
    });
    expect(stdout.match(/a-secret-token/g)).toHaveLength(1);
    expect(stdout).not.toContain('a-secret-value');
  });

  test('the error of a failed helm command contains its output', async () => {
    expect(await runAsHelm('echo no >&2; exit 1')).toEqual({
      ok: false,
      stdout: '',
      stderr: 'no\n',
      overflowed: false,
    });
  });

  test('a helm command that takes too long or prints too much is killed', async () => {
    const command = join(temporary, 'slow');
    await writeFile(command, '#!/bin/sh\nsleep 74', { mode: 0o755 });
    const slow = new HelmCommand({ command, temporary, deadlineMs: 100 });
    const run = { args: () => [], files: {}, tenant: 'somebody' };
    await expect(slow.run(run, new AbortController().signal)).rejects.toMatchObject({ code: 'HelmTimeout' });
    expect(await runAsHelm('yes', { maxOutput: 1_000 })).toMatchObject({ ok: false, overflowed: true });
    expect(await readdir(temporary)).toEqual(expect.not.arrayContaining([expect.stringMatching(/^dinfra-helm/)]));
  });

  test('a helm command killed from outside proves nothing about the chart', async () => {
    await expect(runAsHelm('kill -KILL $$')).rejects.toMatchObject({ code: 'ReleaseFailed', family: 'retryable' });
  });

  test('a missing helm executable is the operator’s problem and not the chart’s', async () => {
    const helm = new HelmCommand({ command: join(temporary, 'nowhere'), temporary });
    const running = helm.run({ args: () => [], files: {}, tenant: 'somebody' }, new AbortController().signal);
    await expect(running).rejects.toMatchObject({ code: 'HelmUnavailable', family: 'retryable' });
  });

  test.each([
    ['v4.3.1', true],
    ['v3.19.0', false],
    ['', false],
  ])('helm version %j is supported: %s', async (version, isKnown) => {
    const command = join(temporary, 'helm');
    await writeFile(command, `#!/bin/sh\nprintf '%s' '${version}'`, { mode: 0o755 });
    const asking = new HelmCommand({ command, temporary }).version(new AbortController().signal);
    if (isKnown) await expect(asking).resolves.toBe(version);
    else
      await expect(asking).rejects.toMatchObject({
        code: 'HelmUnavailable',
        message: expect.stringContaining('helm 4'),
      });
  });

  test('no more helm commands run at once than allowed, and none for callers that have aborted', async () => {
    const command = join(temporary, 'helm');
    await writeFile(
      command,
      `#!/bin/sh\ntouch ${temporary}/$1; ls ${temporary} | grep -c run-; sleep 0.2; rm ${temporary}/$1`,
      { mode: 0o755 },
    );
    const helm = new HelmCommand({ command, temporary, concurrency: 2 });
    const gone = new AbortController();
    const runs = Array.from({ length: 6 }, (_, index) =>
      helm.run({ args: () => [`run-${index}`], files: {}, tenant: `${index % 3}` }, new AbortController().signal),
    );
    const late = helm.run({ args: () => ['run-late'], files: {}, tenant: 'late' }, gone.signal);
    gone.abort(new Error('gone'));
    const first = await Promise.race([late.catch(() => 'late'), runs[0]]);
    expect(first).toBe('late');
    await expect(late).rejects.toThrow('gone');
    const counts = (await Promise.all(runs)).map(({ stdout }) => Number(stdout));
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });

  test('an operator that has lost leadership starts no helm process', async () => {
    const command = join(temporary, 'helm');
    await writeFile(command, `#!/bin/sh\ntouch ${temporary}/started`, { mode: 0o755 });
    const fence = {
      assertHeld: () => {
        throw new LeadershipLostError();
      },
      remainingMs: () => 0,
    };
    const helm = new HelmCommand({ command, temporary, fence });
    const running = helm.run({ args: () => [], files: {}, tenant: 'somebody' }, new AbortController().signal);
    await expect(running).rejects.toThrow(LeadershipLostError);
    expect(await readdir(temporary)).not.toContain('started');
  });

  test('helm’s version is read by one process for all callers', async () => {
    const command = join(temporary, 'helm');
    await writeFile(command, `#!/bin/sh\nsleep 0.1; printf v4.3.1`, { mode: 0o755 });
    const helm = new HelmCommand({ command, temporary });
    const leaving = new AbortController();
    const left = helm.version(leaving.signal);
    const others = Array.from({ length: 5 }, () => helm.version(new AbortController().signal));
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(await Promise.all(others)).toEqual(Array(5).fill('v4.3.1'));
    expect(helm.processes).toBe(1);
  });
});
