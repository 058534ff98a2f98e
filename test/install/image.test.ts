import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wishFor } from '../support/consumer.ts';
import { ImageTree } from '../support/image-tree.ts';
import { leftOut } from '../support/left-out.ts';
import { Stage } from '../support/stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'dinfra-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const made = await ImageTree.make(folder);

describe.skipIf(leftOut('the image', typeof made === 'string' ? made : undefined))('in the image', () => {
  const image = made as ImageTree;
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open('image', { cluster: 'own' });
  });
  afterAll(() => stage?.close());

  test('the operator and helm print their versions', async () => {
    const operator = await image.run(['/nodejs/bin/node', '/app/dinfra-operator.js', '--version']);
    expect(operator).toMatchObject({ ok: true, text: expect.stringMatching(/^\d+\.\d+\.\d+( \([0-9a-f]{12}\))?$/) });
    const helm = await image.run(['helm', 'version', '--short']);
    expect(helm).toMatchObject({ ok: true, text: expect.stringMatching(/^v4\./) });
  });

  test('a process runs as user 65532 and can write only to /tmp', async () => {
    const script = `
      const fs = require('node:fs');
      const refusal = (path) => { try { fs.writeFileSync(path + '/probe', ''); return ''; } catch (error) { return error.code; } };
      const folders = ['/tmp', '/app', '/home/nonroot', '/etc', '/'];
      console.log(JSON.stringify([process.getuid(), process.getgroups(), folders.map(refusal)]));`;
    const { text } = await image.run(['/nodejs/bin/node', '-e', script]);
    expect(JSON.parse(text)).toEqual([65532, [65532], ['', 'EROFS', 'EROFS', 'EROFS', 'EROFS']]);
  });

  test('the operator becomes ready, realises a helm/v1 award, and removes it', async () => {
    const { environment, consumer, world } = stage;
    const kubeconfig = image.give(environment.release.kubeconfig, 'kubeconfig');
    const operator = await environment.startOperator({ command: image.operator, kubeconfig, helm: 'helm' });
    await stage.until('the operator in the image is ready', 30, async () => (await operator.readiness()).ok);
    await environment.applySamples();
    await stage.until('a chart is for sale', 60, async () => {
      return (await world.offers()).get('helm/v1')?.capacity === 10 && (await world.isFresh());
    });

    const [id = 0n] = await consumer.subscribe([wishFor('helm/v1', await descriptor(), { funds: 10n ** 12n })]);
    await stage.until('the chart runs', 60, async () => (await world.state(id)) === 'Active');
    const name = (await world.deploymentOf(id)) ?? '';
    expect(await world.remains([name])).toMatchObject({ releases: [expect.stringContaining(name)] });
    await consumer.cancel(id);
    await stage.until('it is gone', 60, async () => (await world.state(id)) === undefined);
    expect(await world.remains([name])).toMatchObject({ namespaces: [], releases: [], claims: [], capacityUsed: 0 });

    const log = await readFile(environment.operatorLog, 'utf8');
    expect(log.split('\n').filter((line) => /EROFS|EACCES|ENOENT|read-only file system/i.test(line))).toEqual([]);
  }, 240_000);
});

function descriptor(): Promise<string> {
  return readFile(new URL('../../config/samples/descriptors/substrate-node-helm.json', import.meta.url), 'utf8');
}
