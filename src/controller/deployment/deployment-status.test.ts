import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import type { Present } from '../../providers/port.ts';
import { isWorthWriting, statusAfter } from './deployment-status.ts';
import type { Outcome } from './outcome.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const running: Present = {
  kind: 'Present',
  phase: 'Running',
  healthy: true,
  message: '3 of 3 objects ready',
  differences: [],
  endpoints: [{ name: 'rpc', address: 'node.dinfra-1-1:9944' }],
};

function deployment(state: Deployment['spec']['state'] = 'Active', status?: Partial<DeploymentStatus>): Deployment {
  const hash = `0x${'11'.repeat(32)}`;
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: {
      name: 'dinfra-1-1-abc',
      namespace: 'acme',
      uid: 'u',
      resourceVersion: '5',
      generation: 3,
      creationTimestamp: '2026-11-21T09:00:00Z',
    },
    spec: {
      genesisHash: hash,
      subscription: '1',
      tenure: 1,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'p' },
      consumer: '5Grw',
      accessKey: hash,
      descriptorType: 'helm/v1',
      descriptor: { hash, length: 10, source: 'Preimage' },
      state,
    },
    status: { observedGeneration: 3, ...status },
  };
}

function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    order: { kind: 'Realisable' },
    found: running,
    action: { do: 'rest' },
    step: undefined,
    failure: undefined,
    accepted: undefined,
    update: undefined,
    reactor: { name: 'helm', kind: 'helm' },
    name: 'dinfra-1-1-abc',
    now: NOW,
    retry: undefined,
    ...more,
  };
}

const conditionsOf = (status: DeploymentStatus) =>
  Object.fromEntries((status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

describe('the status of a Deployment', () => {
  it('a Deployment that runs as ordered is Ready with its endpoints', () => {
    const status = statusAfter(deployment(), outcome());
    expect(conditionsOf(status)).toEqual({
      Ready: 'True Running',
      Resolved: 'True DescriptorVerified',
      Realised: 'True AsOrdered',
      Healthy: 'True Running',
    });
    expect(status.endpoints).toEqual(running.endpoints);
    expect(status.observedGeneration).toBe(3);
  });

  it('a status does not change when a later reconcile finds the same', () => {
    const first = statusAfter(deployment(), outcome());
    const second = statusAfter(deployment('Active', first), outcome({ now: NOW + 60_000 }));
    expect(second).toEqual(first);
  });

  it('a Deployment is Reconciling and not Ready until the workload itself is up', () => {
    const status = statusAfter(
      deployment(),
      outcome({ found: { ...running, healthy: false, message: 'awaiting pod 0' } }),
    );
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False AwaitingHealth', Reconciling: 'True AwaitingHealth' });
    expect(status.message).toBe('awaiting pod 0');
  });

  it('a Deployment keeps starting and is not created again while its backend is busy', () => {
    const stopped = { ...running, phase: 'Stopped' } as const;
    const suspended = statusAfter(
      deployment('Suspended', { realisation: { descriptorHash: deployment().spec.descriptor.hash } }),
      outcome({ found: stopped }),
    );
    const step = { message: 'starting the VM (job 7)', pollAfterMs: 1_000 };
    const started = statusAfter(
      deployment('Active', suspended),
      outcome({ found: stopped, action: { do: 'start', found: stopped }, step }),
    );
    const busy = { kind: 'Busy', what: 'starting the VM', pollAfterMs: 1_000 } as const;
    const polled = statusAfter(
      deployment('Active', started),
      outcome({ found: busy, action: { do: 'poll', what: busy.what, afterMs: busy.pollAfterMs } }),
    );
    expect(conditionsOf(polled)).toMatchObject({ Ready: 'False Starting', Reconciling: 'True Starting' });
  });

  it('a running Deployment is Updating, not Creating, while its backend is busy', () => {
    const up = statusAfter(deployment(), outcome());
    const busy = { kind: 'Busy', what: 'resizing the VM', pollAfterMs: 1_000 } as const;
    const status = statusAfter(
      deployment('Active', up),
      outcome({ found: busy, action: { do: 'poll', what: busy.what, afterMs: busy.pollAfterMs } }),
    );
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False Updating' });
  });

  it('a Deployment that is down says that it was up', () => {
    const up = statusAfter(deployment(), outcome());
    const down = statusAfter(
      deployment('Active', up),
      outcome({ found: { ...running, healthy: false, message: 'no pod' } }),
    );
    expect(down.message).toBe('It was up and no longer is: no pod');
  });

  it('a terminal error makes a Deployment Stalled with a reason, a remedy and no retry', () => {
    const failure = new TerminalError('DescriptorSchema', { message: '/replicas is "three"', hint: 'Correct it.' });
    const status = statusAfter(deployment('Awarded'), outcome({ failure, found: { kind: 'Absent' } }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False DescriptorSchema', Stalled: 'True DescriptorSchema' });
    expect(status.message).toBe('/replicas is "three". Correct it.');
    expect(conditionsOf(status)).not.toHaveProperty('Reconciling');
  });

  it('a Deployment is Unknown and keeps its endpoints while its backend is unreachable', () => {
    const up = statusAfter(deployment(), outcome());
    const blind = { reason: 'ReactorMissing', message: 'no such Reactor' } as const;
    const status = statusAfter(
      deployment('Active', up),
      outcome({ found: { kind: 'Unknown', ...blind }, action: { do: 'retry', ...blind } }),
    );
    expect(conditionsOf(status)).toMatchObject({
      Ready: 'Unknown ReactorMissing',
      Healthy: 'Unknown ReactorMissing',
      Stalled: 'True ReactorMissing',
    });
    expect(status.endpoints).toEqual(running.endpoints);
  });

  it('a Deployment is Drifted only if it was as ordered before', () => {
    const found: Present = { ...running, differences: [{ what: 'Service rpc', detail: 'missing' }] };
    const update = { do: 'update', found } as const;
    expect(conditionsOf(statusAfter(deployment(), outcome({ found, action: update })))).not.toHaveProperty('Drifted');
    const up = statusAfter(deployment(), outcome());
    const drifted = statusAfter(deployment('Active', up), outcome({ found, action: update }));
    expect(conditionsOf(drifted)).toMatchObject({
      Drifted: 'True Drifted',
      Ready: 'True Running',
      Reconciling: 'True Updating',
    });
    expect(drifted.conditions?.find(({ type }) => type === 'Drifted')?.message).toContain('Service rpc: missing');
    expect(conditionsOf(statusAfter(deployment('Active', drifted), outcome()))).not.toHaveProperty('Drifted');
  });

  it('the intent of a create is kept until its effect is seen', () => {
    const intent = { action: 'Create', at: '2026-11-21T09:59:59Z', attempt: 1 } as const;
    const before = deployment('Accepted', { realisation: { intent } });
    const unseen = statusAfter(
      before,
      outcome({ found: { kind: 'Absent' }, action: { do: 'lookAgain', afterMs: 1000 } }),
    );
    expect(unseen.realisation?.intent).toEqual(intent);
    const seen = statusAfter(deployment('Accepted', unseen), outcome());
    expect(seen.realisation?.intent).toBeUndefined();
  });

  it('a Deployment is released and drops its memo on proof that nothing is left', () => {
    const before = deployment('Ended', { realisation: { memo: { id: 'vm-1' } } });
    const status = statusAfter(before, outcome({ found: { kind: 'Absent' }, action: { do: 'confirmReleased' } }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False Released', Realised: 'False Released' });
    expect(conditionsOf(status)).not.toHaveProperty('Reconciling');
    expect(status.realisation?.memo).toBeUndefined();
  });

  it('the controller does not touch the bridge’s condition', () => {
    const reported = {
      type: 'Reported',
      status: 'True',
      reason: 'Running',
      message: '',
      lastTransitionTime: '2026-11-21T09:00:00Z',
    } as const;
    const status = statusAfter(deployment('Active', { conditions: [reported] }), outcome());
    expect(conditionsOf(status)).not.toHaveProperty('Reported');
  });

  it('an empty memo is omitted, because server-side apply would turn it into an invalid null', () => {
    const before = deployment('Ended', { realisation: { name: 'n', memo: { network: 'a' } } });
    const found = { ...running, memo: {} };
    expect(statusAfter(before, outcome({ found })).realisation).not.toHaveProperty('memo');
  });

  it('messages of a status are truncated to its limits', () => {
    const { message } = statusAfter(deployment(), outcome({ found: { ...running, message: 'x'.repeat(10_000) } }));
    expect(message?.length).toBe(1024);
  });

  it('Ready follows the workload while the order can no longer be read', () => {
    const up = statusAfter(deployment(), outcome());
    const order = { kind: 'Unknown', reason: 'DescriptorUnreachable', message: 'no gateway answers' } as const;
    const status = statusAfter(deployment('Active', up), outcome({ order }));
    expect(conditionsOf(status)).toMatchObject({
      Ready: 'True Running',
      Resolved: 'Unknown DescriptorUnreachable',
      Realised: 'Unknown DescriptorUnreachable',
    });
    expect(status.facts).toMatchObject({ workload: 'Up' });
  });

  it('a Deployment whose update is refused stays Ready and reports the refusal and the next attempt', () => {
    const up = statusAfter(deployment(), outcome());
    const found: Present = { ...running, differences: [{ what: 'Service rpc', detail: 'port 1, expected 2' }] };
    const failure = new TerminalError('ReleaseRejected', { message: 'helm upgrade: port is taken' });
    const refused = outcome({
      found,
      action: { do: 'update', found },
      failure,
      retry: { failures: 1, waitMs: 60_000, at: NOW + 300_000 },
    });
    const status = statusAfter(deployment('Active', up), refused);
    expect(conditionsOf(status)).toMatchObject({
      Ready: 'True Running',
      Realised: 'False ReleaseRejected',
      Stalled: 'True ReleaseRejected',
    });
    expect(status.conditions?.find(({ type }) => type === 'Realised')?.message).toContain('2026-11-21T10:05:00Z');
    expect(status.facts?.workload).toBe('Up');
  });

  it('Ready of a paused Deployment follows the workload and says that nothing is touched', () => {
    const up = statusAfter(deployment(), outcome());
    const paused = { ...deployment('Active', up), spec: { ...deployment().spec, suspend: true } };
    const status = statusAfter(paused, outcome());
    expect(conditionsOf(status)).toMatchObject({ Ready: 'True Paused' });
    expect(status.facts).toEqual(up.facts);
    const down = statusAfter(paused, outcome({ found: { ...running, healthy: false } }));
    expect(conditionsOf(down)).toMatchObject({ Ready: 'False Paused' });
  });

  it('parts that could not be observed are named and do not count as differences', () => {
    const found: Present = { ...running, unseen: [{ what: 'Widget x', detail: 'its kind is not served any more' }] };
    const status = statusAfter(deployment(), outcome({ found }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'True Running', Realised: 'Unknown PartlyUnseen' });
    expect(status.conditions?.find(({ type }) => type === 'Realised')?.message).toContain('Widget x');
  });

  it('the record of an update is kept until its source has accepted the update', () => {
    const record = (hash: string) => ({ hash, schemaVersion: 1, contentRef: { name: hash } });
    const [current, next] = [`0x${'11'.repeat(32)}`, `0x${'22'.repeat(32)}`];
    const spec = { ...deployment().spec, update: { hash: next, length: 1, source: 'Preimage' as const } };
    const before = { ...deployment('Active', { accepted: record(next) }), spec };
    expect(statusAfter(before, outcome({ accepted: record(current) })).accepted?.hash).toBe(next);
  });

  it('a status is written when the reason of a failure changes, not on each attempt', () => {
    const blind = { reason: 'CloudStackUnreachable', message: 'no answer' } as const;
    const at = (failures: number, message: string = blind.message) =>
      outcome({
        found: { kind: 'Unknown', ...blind, message },
        action: { do: 'retry', ...blind, message },
        now: NOW + failures * 60_000,
        retry: { failures, waitMs: 300_000, at: NOW + failures * 60_000 + 300_000 },
      });
    const first = statusAfter(deployment(), at(1));
    const worth = (failures: number, message?: string) => {
      const next = at(failures, message);
      return isWorthWriting(first, statusAfter(deployment('Active', first), next), next);
    };
    expect([2, 3, 4, 5, 6, 7, 8].map((failures) => worth(failures))).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(worth(5, 'no answer after 30.1 s')).toBe(false);
    const other = outcome({ found: { kind: 'Absent' }, action: { do: 'create', attempt: 1 } });
    expect(isWorthWriting(first, statusAfter(deployment('Active', first), other), other)).toBe(true);
  });
});
