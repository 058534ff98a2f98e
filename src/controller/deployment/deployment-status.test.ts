import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { Present } from '../../providers/port.ts';
import { backsOff, type Pass, readyOf, summarize } from './deployment-status.ts';

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

function pass(more: Partial<Pass> = {}): Pass {
  return {
    order: { kind: 'Realisable' },
    found: running,
    action: { do: 'rest' },
    step: undefined,
    failure: undefined,
    update: undefined,
    reactor: { name: 'helm', kind: 'helm' },
    name: 'dinfra-1-1-abc',
    now: NOW,
    random: 0.5,
    ...more,
  };
}

const conditionsOf = (status: DeploymentStatus) =>
  Object.fromEntries((status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

describe('the status of a Deployment', () => {
  it('is Ready with its endpoints when what was ordered runs', () => {
    const status = summarize(deployment(), pass());
    expect(conditionsOf(status)).toEqual({
      Ready: 'True Running',
      Resolved: 'True DescriptorVerified',
      Realised: 'True AsOrdered',
      Healthy: 'True Running',
    });
    expect(status.endpoints).toEqual(running.endpoints);
    expect(status.observedGeneration).toBe(3);
  });

  it('does not change when a later pass finds the same', () => {
    const first = summarize(deployment(), pass());
    const second = summarize(deployment('Active', first), pass({ now: NOW + 60_000, random: 0.9 }));
    expect(second).toEqual(first);
  });

  it('is reconciling, not ready, until the workload itself is up', () => {
    const status = summarize(deployment(), pass({ found: { ...running, healthy: false, message: 'awaiting pod 0' } }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False AwaitingHealth', Reconciling: 'True AwaitingHealth' });
    expect(status.message).toBe('awaiting pod 0');
  });

  it('goes on starting, and is not made again, while the backend is at it', () => {
    const stopped = { ...running, phase: 'Stopped' } as const;
    const suspended = summarize(
      deployment('Suspended', { realisation: { descriptorHash: deployment().spec.descriptor.hash } }),
      pass({ found: stopped }),
    );
    const step = { message: 'starting the VM (job 7)', pollAfterMs: 1_000 };
    const started = summarize(
      deployment('Active', suspended),
      pass({ found: stopped, action: { do: 'start', found: stopped }, step }),
    );
    const busy = { kind: 'Busy', what: 'starting the VM', pollAfterMs: 1_000 } as const;
    const polled = summarize(
      deployment('Active', started),
      pass({ found: busy, action: { do: 'poll', what: busy.what, afterMs: busy.pollAfterMs } }),
    );
    expect(conditionsOf(polled)).toMatchObject({ Ready: 'False Starting', Reconciling: 'True Starting' });
  });

  it('is being updated, not made, while the backend works on what runs already', () => {
    const up = summarize(deployment(), pass());
    const busy = { kind: 'Busy', what: 'resizing the VM', pollAfterMs: 1_000 } as const;
    const status = summarize(
      deployment('Active', up),
      pass({ found: busy, action: { do: 'poll', what: busy.what, afterMs: busy.pollAfterMs } }),
    );
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False Updating' });
  });

  it('says it was up when it no longer is', () => {
    const up = summarize(deployment(), pass());
    const down = summarize(
      deployment('Active', up),
      pass({ found: { ...running, healthy: false, message: 'no pod' } }),
    );
    expect(down.message).toBe('It was up and no longer is: no pod');
  });

  it('stalls on a terminal error with its reason, what to do, and no retry', () => {
    const failure = new TerminalError('DescriptorSchema', { message: '/replicas is "three"', hint: 'Correct it.' });
    const status = summarize(deployment('Awarded'), pass({ failure, found: { kind: 'Absent' } }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False DescriptorSchema', Stalled: 'True DescriptorSchema' });
    expect(status.message).toBe('/replicas is "three". Correct it.');
    expect(conditionsOf(status)).not.toHaveProperty('Reconciling');
  });

  it('is Unknown, keeps its endpoints and backs off when the backend cannot be asked', () => {
    const up = summarize(deployment(), pass());
    const blind = { reason: 'ReactorMissing', message: 'no such Reactor' } as const;
    const status = summarize(
      deployment('Active', up),
      pass({ found: { kind: 'Unknown', ...blind }, action: { do: 'retry', ...blind } }),
    );
    expect(conditionsOf(status)).toMatchObject({ Ready: 'Unknown ReactorMissing', Healthy: 'Unknown ReactorMissing' });
    expect(status.endpoints).toEqual(running.endpoints);
    expect(backsOff(deployment('Active', status), NOW)).toBeGreaterThan(0);
  });

  it('waits longer after each failure, never more than five minutes, and as long as the far side asks', () => {
    const failure = new RetryableError('ReactorMissing', { message: 'x' });
    let status: DeploymentStatus = { observedGeneration: 3 };
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      status = summarize(deployment('Active', status), pass({ failure, random: 1 }));
      waits.push(backsOff(deployment('Active', status), NOW) ?? 0);
    }
    expect(waits.slice(0, 4)).toEqual([2000, 4000, 8000, 16_000]);
    expect(Math.max(...waits)).toBe(300_000);
    const asked = new RetryableError('ReactorMissing', { message: 'x', retryAfterMs: 27_000 });
    const told = summarize(deployment('Active', status), pass({ failure: asked }));
    expect(backsOff(deployment('Active', told), NOW)).toBe(27_000);
  });

  it('starts counting anew when the spec changes', () => {
    const failure = new RetryableError('ReactorMissing', { message: 'x' });
    const failed = summarize(deployment(), pass({ failure }));
    const changed = { ...deployment('Active', failed), metadata: { ...deployment().metadata, generation: 4 } };
    expect(backsOff(changed, NOW)).toBeUndefined();
    expect(summarize(changed, pass({ failure })).realisation?.failures).toBe(1);
  });

  it('goes on counting while what is made breaks each time', () => {
    const broken: Present = { ...running, phase: 'Broken', healthy: false, message: 'no capacity' };
    const first = summarize(
      deployment(),
      pass({ found: broken, action: { do: 'remove', found: broken, again: true } }),
    );
    const made = summarize(
      deployment('Active', first),
      pass({ found: { kind: 'Absent' }, action: { do: 'create', attempt: 2 } }),
    );
    const second = summarize(
      deployment('Active', made),
      pass({ found: broken, action: { do: 'remove', found: broken, again: true } }),
    );
    expect(second.realisation?.failures).toBe(2);
    expect(readyOf(second)?.message).toBe('no capacity');
  });

  it('tries an award more often than what has long been accepted: it has to be answered in time', () => {
    const failed = pass({ failure: new RetryableError('RepositoryUnreachable', { message: 'away' }), random: 1 });
    const waits = (state: 'Awarded' | 'Active') => {
      let status = summarize(deployment(state), failed);
      for (let times = 0; times < 12; times++) status = summarize(deployment(state, status), failed);
      return Date.parse(status.realisation?.retryAfter ?? '') - failed.now;
    };
    expect(waits('Awarded')).toBe(30_000);
    expect(waits('Active')).toBe(300_000);
  });

  it('is drifted only when it had been as ordered', () => {
    const found: Present = { ...running, differences: [{ what: 'Service rpc', detail: 'missing' }] };
    const update = { do: 'update', found } as const;
    expect(conditionsOf(summarize(deployment(), pass({ found, action: update })))).not.toHaveProperty('Drifted');
    const up = summarize(deployment(), pass());
    const drifted = summarize(deployment('Active', up), pass({ found, action: update }));
    expect(conditionsOf(drifted)).toMatchObject({ Drifted: 'True Drifted', Ready: 'False Updating' });
    expect(drifted.message).toContain('Service rpc: missing');
    expect(conditionsOf(summarize(deployment('Active', drifted), pass()))).not.toHaveProperty('Drifted');
  });

  it('keeps the intent of a create until its effect is seen', () => {
    const intent = { action: 'Create', at: '2026-11-21T09:59:59Z', attempt: 1 } as const;
    const before = deployment('Accepted', { realisation: { intent } });
    const unseen = summarize(before, pass({ found: { kind: 'Absent' }, action: { do: 'lookAgain', afterMs: 1000 } }));
    expect(unseen.realisation?.intent).toEqual(intent);
    const seen = summarize(deployment('Accepted', unseen), pass());
    expect(seen.realisation?.intent).toBeUndefined();
  });

  it('is released, and forgets what it kept, on proof that nothing is left', () => {
    const before = deployment('Ended', { realisation: { memo: { id: 'vm-1' } } });
    const status = summarize(before, pass({ found: { kind: 'Absent' }, action: { do: 'confirmReleased' } }));
    expect(conditionsOf(status)).toMatchObject({ Ready: 'False Released', Realised: 'False Released' });
    expect(conditionsOf(status)).not.toHaveProperty('Reconciling');
    expect(status.realisation?.memo).toBeUndefined();
  });

  it('leaves the condition of the bridge to the bridge', () => {
    const reported = {
      type: 'Reported',
      status: 'True',
      reason: 'Running',
      message: '',
      lastTransitionTime: '2026-11-21T09:00:00Z',
    } as const;
    const status = summarize(deployment('Active', { conditions: [reported] }), pass());
    expect(conditionsOf(status)).not.toHaveProperty('Reported');
  });

  it('has no memo when there is nothing to remember: of an empty one an apply makes null, and that is invalid', () => {
    const before = deployment('Ended', { realisation: { name: 'n', memo: { network: 'a' } } });
    const found = { ...running, memo: {} };
    expect(summarize(before, pass({ found })).realisation).not.toHaveProperty('memo');
  });

  it('says no more than a status takes, however much there is to say', () => {
    const { message } = summarize(deployment(), pass({ found: { ...running, message: 'x'.repeat(10_000) } }));
    expect(message?.length).toBe(1024);
  });
});
