import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { judge } from '../support/judge.ts';
import { judged as test } from '../support/judged.ts';

const script = (name: string) =>
  fileURLToPath(new URL(`../../charts/dinfra-operator/files/argocd/${name}.lua`, import.meta.url));
const ready = (status: string, reason: string) => ({ type: 'Ready', status, reason, message: 'words' });
const abnormal = (type: string) => ({ type, status: 'True', reason: 'Because', message: 'words' });

async function run(name: string, object: object): Promise<unknown> {
  const { ok, text } = await judge('lua', [script(name)], object);
  if (!ok) throw new Error(text);
  return JSON.parse(text);
}

function healthOf(conditions: readonly object[], spec: object = {}, observedGeneration = 2): Promise<unknown> {
  const status = { observedGeneration, conditions };
  return run('health', { kind: 'Deployment', metadata: { name: 'a', generation: 2 }, spec, status });
}

test.each([
  ['not seen', [], {}, -1, 'Progressing'],
  ['changed since', [ready('True', 'Running')], {}, 1, 'Progressing'],
  ['up', [ready('True', 'Running')], {}, 2, 'Healthy'],
  ['on its way', [ready('False', 'Creating'), abnormal('Reconciling')], {}, 2, 'Progressing'],
  ['unseen', [ready('Unknown', 'CloudStackUnreachable'), abnormal('Reconciling')], {}, 2, 'Progressing'],
  ['for a person to fix', [ready('False', 'ImageUnknown'), abnormal('Stalled')], {}, 2, 'Degraded'],
  ['stopped for want of funds', [ready('False', 'Suspended')], {}, 2, 'Suspended'],
  ['suspended by a person', [ready('False', 'Paused')], { suspend: true }, 2, 'Suspended'],
  ['a paused Provider', [ready('True', 'Registered')], { paused: true }, 2, 'Suspended'],
  ['removed', [ready('False', 'Released')], {}, 2, 'Healthy'],
] as const)('Argo CD shows what is %s as it should', async (_, conditions, spec, observed, health) => {
  expect(await healthOf(conditions, spec, observed)).toMatchObject({ status: health });
});

test('Argo CD can reconcile every kind, and suspend and resume what can be', async () => {
  const object = { metadata: { name: 'a' }, spec: {} };
  expect(await run('discovery', { ...object, kind: 'Offer' })).toEqual({ reconcile: { disabled: false } });
  expect(await run('discovery', { ...object, kind: 'Deployment' })).toMatchObject({
    suspend: { disabled: false },
    resume: { disabled: true },
  });
  expect(await run('action-suspend', object)).toMatchObject({ spec: { suspend: true } });
  expect(await run('action-resume', { ...object, spec: { suspend: true } })).toMatchObject({
    spec: { suspend: false },
  });
  expect(await run('action-pause', object)).toMatchObject({ spec: { paused: true } });
  expect(await run('action-reconcile', object)).toMatchObject({
    metadata: { annotations: { 'dinfra.io/reconcile-requested-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT/) } },
  });
});
