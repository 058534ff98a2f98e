import { describe, expect, it } from 'vitest';
import { integer, truth } from './reply.ts';
import { networkOf, virtualMachineOf, volumeOf } from './resources.ts';

describe('what CloudStack tells, of whatever version', () => {
  const today = {
    id: 'a',
    name: 'vm',
    displayname: 'vm',
    state: 'Running',
    cpunumber: 2,
    memory: 4_096,
    keypairs: 'one,two',
    nic: [{ networkid: 'n', networkname: 'net', ipaddress: '10.1.1.2', isdefault: true }],
    affinitygroup: [],
    tags: [],
    created: '2026-11-21T02:39:07+0000',
  };

  it('is the same VM when numbers and truth values are texts', () => {
    const nic = { networkid: 'n', networkname: 'net', ipaddress: '10.1.1.2', isdefault: 'true' };
    const asTexts = { ...today, cpunumber: '2', memory: '4096', nic: [nic] };
    expect(virtualMachineOf(asTexts)).toEqual(virtualMachineOf(today));
  });

  it('is the same VM when its key stands where it stood up to 4.16', () => {
    const { keypairs: _, ...rest } = today;
    expect(virtualMachineOf({ ...rest, keypair: 'one' }).keyPairs).toEqual(['one']);
    expect(virtualMachineOf({ ...today, keypair: 'one' }).keyPairs).toEqual(['one', 'two']);
    expect(virtualMachineOf(rest).keyPairs).toEqual([]);
  });

  it('is the same VM when lists that are empty are left out', () => {
    const { affinitygroup: _, tags: __, ...rest } = today;
    expect(virtualMachineOf(rest)).toEqual(virtualMachineOf(today));
  });

  it('is busy only with a job that goes on', () => {
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: 0 }).job).toBe('j');
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: '0' }).job).toBe('j');
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: 1 }).job).toBeUndefined();
  });

  it('is not a thing at all without an id', () => {
    for (const read of [virtualMachineOf, networkOf, volumeOf]) {
      expect(() => read({ name: 'a' })).toThrow(expect.objectContaining({ code: 'CloudStackBadReply' }));
    }
  });

  it('has numbers and truth values of both shapes, and nothing that only looks like them', () => {
    expect([7, '7', '-1'].map(integer)).toEqual([7, 7, -1]);
    expect(['', 'seven', '7.5', 7.5, null, '1'.repeat(16), Number.NaN].map(integer)).toEqual(Array(7).fill(undefined));
    expect([true, 'true', 'True'].map(truth)).toEqual([true, true, true]);
    expect([false, 'false', 'yes', 1, undefined].map(truth)).toEqual(Array(5).fill(false));
  });
});
