import { describe, expect, it } from 'vitest';
import { parseFault } from './parse-fault.ts';

describe('a fault of the simulated cloud', () => {
  it('a fault is parsed as a command, a kind and its frequency', () => {
    expect(parseFault('deployVirtualMachine:LoseReply,times=1')).toEqual({
      command: 'deployVirtualMachine',
      kind: 'LoseReply',
      times: 1,
    });
    expect(parseFault('*:RateLimit,chance=0.1,ms=5000')).toEqual({
      command: '*',
      kind: 'RateLimit',
      chance: 0.1,
      ms: 5_000,
    });
    expect(parseFault('write:Error,code=535,text=no room')).toMatchObject({ code: 535, text: 'no room' });
  });

  it.each([
    ['deployVirtualMachine', '"" is none of Error, Delay'],
    ['deployVirtualMachine:Explode', '"Explode" is none of'],
    ['rm -rf:Error', '"rm -rf" is not the name of a command'],
    ['*:Error,times=-1', 'times is "-1"; expected a whole number'],
    ['*:Error,chance=2', 'chance is "2"; expected a number from 0 to 1'],
    ['*:Error,often', '"often" is none of times='],
    ['*:Error,__proto__=1', '"__proto__=1" is none of'],
  ])('"%s" is not a valid fault', (text, why) => {
    expect(() => parseFault(text)).toThrow(why);
  });
});
