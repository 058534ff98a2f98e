import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BridgeWorld } from '../../../test/support/bridge-world.ts';
import { GENESIS } from '../../../test/support/memory-source.ts';
import { type DescriptorType, descriptorTypes } from '../../api/descriptor-type.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';

const SECOND = `0x${'22'.repeat(32)}`;

let world: BridgeWorld;
let fetched: string[];
beforeEach(() => {
  world = new BridgeWorld();
  fetched = [];
  world.fetchSchema = async (type) => {
    fetched.push(type);
    return '{"type":"object"}';
  };
});
afterEach(() => world.end());

/** Sets what the chain has, and waits until all work that this began has ended. */
async function want(): Promise<void> {
  world.context.types.want(GENESIS, world.ledger.types.values(), [], () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 10));
}

function types(): readonly DescriptorType[] {
  return world.cluster.view<DescriptorType>(descriptorTypes).list();
}

describe('a descriptor type', () => {
  it('a descriptor type is mirrored with its schema, becomes Ready, and is written only once', async () => {
    await want();
    expect(types()).toMatchObject([{ spec: { name: 'helm/v1', version: 1, schema: '{"type":"object"}' } }]);
    expect(world.readyOf(types()[0])).toMatchObject({ status: 'True', reason: 'Registered', message: 'Version 1.' });
    const writes = world.cluster.writes.length;
    await world.clock.advance(600_000);
    await want();
    expect(world.cluster.writes).toHaveLength(writes);
    expect(fetched).toEqual(['helm/v1']);
  });

  it('a type that is retired without a new version fetches no schema', async () => {
    await want();
    const [known] = world.ledger.types.values();
    if (known === undefined) throw new Error('no type');
    world.ledger.types.set('helm/v1', { ...known, retired: true });
    await world.clock.advance(2_000);
    await want();
    expect(types()).toMatchObject([{ spec: { retired: true } }]);
    expect(fetched).toEqual(['helm/v1']);
  });

  it('a type whose next version cannot be used keeps the previous one, and is Stalled with the reason', async () => {
    await want();
    world.ledger.publish('helm/v1', 2, SECOND);
    world.fetchSchema = () => {
      throw new TerminalError('DescriptorTypeUnknown', { message: 'the schema is no JSON' });
    };
    await world.clock.advance(2_000);
    await want();
    expect(types()).toMatchObject([{ spec: { version: 1 } }]);
    expect(world.condition(types()[0], 'Stalled')).toMatchObject({
      reason: 'DescriptorTypeUnknown',
      message: 'Version 1 stays in use: the schema is no JSON',
    });
    expect(world.context.types.problemOf(GENESIS, 'helm/v1')).toMatchObject({ reason: 'DescriptorTypeUnknown' });
  });

  it('a type whose schema cannot be fetched is retried with backoff, and immediately once the chain has another version', async () => {
    let attempts = 0;
    world.fetchSchema = () => {
      attempts += 1;
      throw new TerminalError('DescriptorTypeUnknown', { message: 'no' });
    };
    await want();
    await want();
    expect(attempts).toBe(1);
    await world.clock.advance(2_000);
    await want();
    await world.clock.advance(2_000);
    await want();
    expect(attempts).toBe(2);
    world.ledger.publish('helm/v1', 2, SECOND);
    await want();
    expect(attempts).toBe(3);
  });

  it('a type whose gateway hangs does not delay other types', async () => {
    for (const name of ['a/v1', 'b/v1', 'c/v1']) world.ledger.publish(name);
    world.fetchSchema = (type, _sources, signal) =>
      type === 'helm/v1'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
        : Promise.resolve('{}');
    await want();
    expect(
      types()
        .map(({ spec }) => spec.name)
        .toSorted(),
    ).toEqual(['a/v1', 'b/v1', 'c/v1']);
  });

  it('a requested reconcile of a DescriptorType is echoed in its status', async () => {
    await want();
    const [known] = types();
    if (known === undefined) throw new Error('no type');
    world.cluster.put(descriptorTypes, {
      metadata: { ...known.metadata, annotations: { [RECONCILE_ANNOTATION]: 'now' } },
    });
    await world.clock.advance(2_000);
    await want();
    expect(types()).toMatchObject([{ status: { lastHandledReconcileAt: 'now' } }]);
  });
});
