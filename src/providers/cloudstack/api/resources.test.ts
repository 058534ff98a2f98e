import { describe, expect, it } from 'vitest';
import { integer, truth } from './reply.ts';
import { networkOf, virtualMachineOf, volumeOf } from './resources.ts';

describe('resources of any CloudStack version', () => {
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

  it('a VM is parsed the same when numbers and booleans are strings', () => {
    const nic = { networkid: 'n', networkname: 'net', ipaddress: '10.1.1.2', isdefault: 'true' };
    const asTexts = { ...today, cpunumber: '2', memory: '4096', nic: [nic] };
    expect(virtualMachineOf(asTexts)).toEqual(virtualMachineOf(today));
  });

  it('a VM is parsed the same when its key pair is in the field used up to 4.16', () => {
    const { keypairs: _, ...rest } = today;
    expect(virtualMachineOf({ ...rest, keypair: 'one' }).keyPairs).toEqual(['one']);
    expect(virtualMachineOf({ ...today, keypair: 'one' }).keyPairs).toEqual(['one', 'two']);
    expect(virtualMachineOf(rest).keyPairs).toEqual([]);
  });

  it('a VM is parsed the same when empty lists are omitted', () => {
    const { affinitygroup: _, tags: __, ...rest } = today;
    expect(virtualMachineOf(rest)).toEqual(virtualMachineOf(today));
  });

  it('a VM is busy only with a pending job', () => {
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: 0 }).job).toBe('j');
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: '0' }).job).toBe('j');
    expect(virtualMachineOf({ ...today, jobid: 'j', jobstatus: 1 }).job).toBeUndefined();
  });

  it('a resource without an id is ignored', () => {
    for (const read of [virtualMachineOf, networkOf, volumeOf]) {
      expect(() => read({ name: 'a' })).toThrow(expect.objectContaining({ code: 'CloudStackBadReply' }));
    }
  });

  it('numbers and booleans are parsed from both forms, and from nothing that only looks like them', () => {
    expect([7, '7', '-1'].map(integer)).toEqual([7, 7, -1]);
    expect(['', 'seven', '7.5', 7.5, null, '1'.repeat(16), Number.NaN].map(integer)).toEqual(Array(7).fill(undefined));
    expect([true, 'true', 'True'].map(truth)).toEqual([true, true, true]);
    expect([false, 'false', 'yes', 1, undefined].map(truth)).toEqual(Array(5).fill(false));
  });
});
