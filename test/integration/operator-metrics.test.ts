import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorProcess } from '../../dev/operator-process.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const [, table = ''] = /<!-- made: metrics -->\n(.*?)<!-- end -->/s.exec(page) ?? [];
const documented = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name = '']) => name);

let folder: string;
let operator: OperatorProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-metrics-'));
  operator = await OperatorProcess.start({
    kubeconfig: process.env['KUBECONFIG'] ?? '',
    namespace: 'default',
    helm: 'helm',
    logFile: join(folder, 'operator.log'),
  });
});

afterAll(async () => {
  await operator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('docs/operations.md', () => {
  it('docs/operations.md lists every metric of the operator’s process', async () => {
    const own = async () => {
      const exposed = [...(await operator.metrics()).matchAll(/^# HELP (\w+)/gm)].map(([, name = '']) => name);
      return exposed.filter((name) => !/^(nodejs|process)_/.test(name)).toSorted();
    };
    // The leader's metrics exist only after its election.
    await expect.poll(own, { timeout: 20_000 }).toEqual(documented.toSorted());
  });
});
