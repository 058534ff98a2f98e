import { expect, test } from 'vitest';
import { Effects, type Moment } from './sweep/effects.ts';

/** Runs three effects, with the operator killed at the second. Returns the events, in order. */
async function killedAtTheSecond(moment: Moment): Promise<string[]> {
  const happened: string[] = [];
  const effects = new Effects();
  effects.armAt({ effect: 2, moment }, async () => {
    happened.push('killed');
  });
  for (const name of ['a', 'b', 'c']) {
    await effects.carry(
      name,
      async () => happened.push(`${name} sent`),
      async () => {
        happened.push(`${name} answered`);
      },
    );
  }
  expect(effects.hit).toBe('b');
  expect(effects.seen).toEqual(['a', 'b', 'c']);
  return happened;
}

test('an operator killed before an effect has not sent it', async () => {
  expect(await killedAtTheSecond('before')).toEqual(['a sent', 'a answered', 'killed', 'c sent', 'c answered']);
});

test('an operator killed before the response has sent the effect without knowing its result', async () => {
  expect(await killedAtTheSecond('lost')).toEqual(['a sent', 'a answered', 'b sent', 'killed', 'c sent', 'c answered']);
});

test('an operator killed after an effect has received its response', async () => {
  const after = ['a sent', 'a answered', 'b sent', 'b answered', 'killed', 'c sent', 'c answered'];
  expect(await killedAtTheSecond('after')).toEqual(after);
});
