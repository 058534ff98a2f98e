import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { RetryableError } from '../errors/dinfra-error.ts';
import { Health } from '../server/health.ts';
import { serveProbes } from '../server/http-server.ts';
import { startupProblem } from './startup-problem.ts';

test('a probe port that is in use is reported in one line that names it and what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const error = await serveProbes({ host: '127.0.0.1', port }, new Health(), new Registry()).catch((e: unknown) => e);
  expect(startupProblem(error)).toBe(
    `--probe-address 127.0.0.1:${port} is taken by another process; choose another, or port 0 for any`,
  );
  await new Promise((resolve) => other.close(resolve));
});

test('a catalogued startup error is reported without a stack', () => {
  expect(startupProblem(new RetryableError('ClusterUnreachable', { message: 'no kubeconfig' }))).toBe('no kubeconfig');
});

test('an unexpected startup error is reported with its stack', () => {
  expect(startupProblem(new TypeError('x is undefined'))).toContain('startup-problem.test.ts');
});
