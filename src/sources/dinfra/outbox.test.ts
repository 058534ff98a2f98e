import { expect, it } from 'vitest';
import type { Submission } from '../../award/source.ts';
import { Outbox } from './outbox.ts';

function call(key: string): Submission {
  return { key, name: key, text: key, about: 'tenure', tenure: undefined };
}

function world() {
  const sent: string[][] = [];
  const outbox = new Outbox<Submission>({ send: (calls) => sent.push(calls.map(({ key }) => key)) });
  return { sent, outbox };
}

it('a call is sent once, and again only if its effect should show and does not', () => {
  const { sent, outbox } = world();
  outbox.post([call('a')], 10, 0);
  outbox.post([call('a')], 11, 0);
  outbox.settle(call('a'), { kind: 'Applied', block: 15 }, 0);
  outbox.post([call('a')], 14, 0);
  expect(sent).toEqual([['a']]);
  outbox.post([call('a')], 15, 0);
  expect(sent).toEqual([['a'], ['a']]);
});

it('a refused call does not block others, and its error has the name that the chain gives it', () => {
  const { sent, outbox } = world();
  outbox.post([call('a')], 10, 0);
  outbox.settle(call('a'), { kind: 'Refused', error: 'subscription.WrongState', block: 10 }, 0);
  outbox.post([call('a'), call('b')], 11, 0);
  expect(sent).toEqual([['a'], ['b']]);
  expect(outbox.refusal('a')).toBe('subscription.WrongState');
});

it('lost calls are sent again with backoff, which grows once for all calls of a lost transaction', () => {
  const { sent, outbox } = world();
  const both = [call('a'), call('b')];
  const lose = (now: number) => {
    for (const one of both) outbox.settle(one, { kind: 'Lost' }, now);
  };
  outbox.post(both, 10, 0);
  lose(0);
  outbox.post(both, 11, 999);
  expect(sent).toHaveLength(1);
  outbox.post(both, 11, 1_000);
  expect(sent).toHaveLength(2);
  lose(1_000);
  outbox.post(both, 12, 2_999);
  expect(sent).toHaveLength(2);
  outbox.post(both, 12, 3_000);
  expect(sent).toHaveLength(3);
});
