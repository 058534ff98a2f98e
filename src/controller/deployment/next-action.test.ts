import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { running } from '../../../test/support/running.ts';
import { type TenureState, tenureStates } from '../../award/award.ts';
import type { Present } from '../../providers/port.ts';
import { type Facts, type Found, INTENT_SETTLES_MS, nextAction, type OrderFact } from './next-action.ts';

const realisable: OrderFact = { kind: 'Realisable' };
const impossible: OrderFact = { kind: 'Impossible', reason: 'DescriptorSchema', message: 'values.replicas is "three"' };
const unresolved: OrderFact = { kind: 'Unknown', reason: 'DescriptorUnreachable', message: 'no source answered' };
const absent: Found = { kind: 'Absent' };
const unseen: Found = { kind: 'Unknown', reason: 'DescriptorUnreachable', message: 'connection refused' };
const drifted: Present = { ...running, differences: [{ what: 'VM offering', detail: 'small, expected large' }] };

function decide(wanted: TenureState, found: Found, more: Partial<Facts> = {}) {
  return nextAction({ wanted, found, order: realisable, intent: undefined, standing: 'Ended', ...more });
}

describe('nextAction', () => {
  it.each<[string, TenureState, Found, Partial<Facts>, string]>([
    ['nothing is created before the chain says Accepted', 'Awarded', absent, {}, 'awaitAcceptance'],
    ['an award that cannot be realised stalls', 'Awarded', absent, { order: impossible }, 'stall'],
    ['an award whose descriptor cannot be fetched yet is retried', 'Awarded', absent, { order: unresolved }, 'retry'],
    ['an accepted tenure is created', 'Accepted', absent, {}, 'create'],
    [
      'the effect of a create just sent is looked for',
      'Accepted',
      absent,
      { intent: { ageMs: 1, attempt: 1 } },
      'lookAgain',
    ],
    [
      'a create that left no trace is sent again',
      'Accepted',
      absent,
      { intent: { ageMs: INTENT_SETTLES_MS, attempt: 1 } },
      'create',
    ],
    ['a workload that runs as ordered is not touched', 'Active', running, {}, 'rest'],
    ['a workload that differs from its order is updated', 'Active', drifted, {}, 'update'],
    ['a half-made realisation is finished', 'Accepted', { ...running, phase: 'Partial' }, {}, 'update'],
    ['a realisation that cannot come up is removed', 'Accepted', { ...running, phase: 'Broken' }, {}, 'remove'],
    ['a workload stopped by an admin is started', 'Active', { ...running, phase: 'Stopped' }, {}, 'start'],
    ['a workload removed by an admin is created again', 'Active', absent, {}, 'create'],
    [
      'a running workload is not touched while its order cannot be read',
      'Active',
      running,
      { order: unresolved },
      'rest',
    ],
    [
      'a drifted workload is not touched while its order cannot be read',
      'Active',
      drifted,
      { order: unresolved },
      'rest',
    ],
    [
      'a broken realisation waits for its order',
      'Active',
      { ...running, phase: 'Broken' },
      { order: unresolved },
      'retry',
    ],
    ['an end that is not confirmed removes nothing', 'Ended', running, { standing: 'Live' }, 'retry'],
    ['an end whose source cannot be asked removes nothing', 'Ended', running, { standing: 'Unknown' }, 'retry'],
    ['an end whose source was not asked removes nothing', 'Ended', running, { standing: undefined }, 'retry'],
    ['a tenure that is gone from its source is removed', 'Ended', running, { standing: 'Gone' }, 'remove'],
    ['an untouchable tenure is not created', 'Accepted', absent, { untouchable: true }, 'rest'],
    ['an untouchable tenure is not removed', 'Ended', running, { untouchable: true }, 'rest'],
    ['a suspended tenure is stopped', 'Suspended', running, {}, 'stop'],
    ['a suspended tenure that is stopped is not touched', 'Suspended', { ...running, phase: 'Stopped' }, {}, 'rest'],
    ['a suspended tenure creates nothing', 'Suspended', absent, {}, 'rest'],
    ['an ended tenure is removed', 'Ended', running, {}, 'remove'],
    ['an ended tenure is removed even if its order cannot be read', 'Ended', running, { order: unresolved }, 'remove'],
    ['an ended tenure is released on proof', 'Ended', absent, {}, 'confirmReleased'],
    [
      'an ended tenure with a create in flight is observed again',
      'Ended',
      absent,
      { intent: { ageMs: 1, attempt: 1 } },
      'lookAgain',
    ],
    ['a busy backend is polled', 'Ended', { kind: 'Busy', what: 'expunge', pollAfterMs: 5 }, {}, 'poll'],
  ])('%s', (_name, wanted, found, more, action) => {
    expect(decide(wanted, found, more).do).toBe(action);
  });

  it('nothing is touched while the backend is unreachable, whatever the desired state', () => {
    for (const wanted of tenureStates) expect(decide(wanted, unseen).do).toBe('retry');
  });
});

/** A backend reduced to what the decision depends on. */
interface World {
  vm: 'none' | 'Running' | 'Stopped' | 'Broken' | 'Partial';
  visible: boolean;
}

type Disturbance = 'none' | 'blind' | 'loseReply' | 'crashBeforeSend' | 'adminDeletes' | 'adminStops' | 'breaks';

describe('nextAction, applied over a whole life', () => {
  const state = fc.constantFrom<TenureState>(...tenureStates);
  const disturbance = fc.constantFrom<Disturbance>(
    'none',
    'none',
    'none',
    'blind',
    'loseReply',
    'crashBeforeSend',
    'adminDeletes',
    'adminStops',
    'breaks',
  );

  it('a workload is never created twice or before its acceptance, and never removed before its end', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ wanted: state, disturbance }), { maxLength: 60 }), (script) => {
        const life = new Life();
        for (const { wanted, disturbance } of script) life.pass(wanted, disturbance);
      }),
      { numRuns: 500 },
    );
  });

  it('every state converges to the desired one when undisturbed, and then rests', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ wanted: state, disturbance }), { maxLength: 40 }), state, (script, last) => {
        const life = new Life();
        for (const { wanted, disturbance } of script) life.pass(wanted, disturbance);
        for (let i = 0; i < 12; i++) life.pass(last, 'none');
        const final = life.pass(last, 'none');
        expect(final).toBe(
          { Awarded: 'awaitAcceptance', Suspended: 'rest', Ended: 'confirmReleased' }[last as 'Awarded'] ?? 'rest',
        );
        if (last === 'Ended') expect(life.world.vm).toBe('none');
        if (['Accepted', 'Active', 'Degraded'].includes(last)) expect(life.world.vm).toBe('Running');
      }),
      { numRuns: 500 },
    );
  });
});

/** Plays the controller around nextAction: intent first, then the step, with faults in between. */
class Life {
  readonly world: World = { vm: 'none', visible: true };
  private intent: { readonly at: number; readonly attempt: number } | undefined;
  private now = 0;

  pass(wanted: TenureState, disturbance: Disturbance): string {
    this.now += INTENT_SETTLES_MS / 2;
    this.disturb(disturbance);
    const found = this.look(disturbance);
    if (found.kind === 'Present') this.intent = undefined;
    const intent = this.intent && { attempt: this.intent.attempt, ageMs: this.now - this.intent.at };
    const action = nextAction({ wanted, found, order: realisable, intent, standing: 'Ended' });
    switch (action.do) {
      case 'create':
        expect(['Accepted', 'Active', 'Degraded']).toContain(wanted);
        this.intent = { at: this.now, attempt: action.attempt };
        if (disturbance === 'crashBeforeSend') break;
        expect(this.world.vm).toBe('none');
        this.world.vm = disturbance === 'loseReply' ? 'Partial' : 'Running';
        break;
      case 'remove':
        expect(wanted === 'Ended' || this.world.vm === 'Broken').toBe(true);
        this.world.vm = 'none';
        break;
      case 'start':
      case 'update':
        this.world.vm = 'Running';
        break;
      case 'stop':
        this.world.vm = 'Stopped';
        break;
      case 'confirmReleased':
        expect(this.world.vm).toBe('none');
        this.intent = undefined;
        break;
      default:
        break;
    }
    return action.do;
  }

  private disturb(disturbance: Disturbance): void {
    if (disturbance === 'adminDeletes') this.world.vm = 'none';
    if (this.world.vm === 'none') return;
    if (disturbance === 'adminStops') this.world.vm = 'Stopped';
    if (disturbance === 'breaks') this.world.vm = 'Broken';
  }

  private look(disturbance: Disturbance): Found {
    if (disturbance === 'blind') return unseen;
    return this.world.vm === 'none' ? absent : { ...running, phase: this.world.vm };
  }
}
