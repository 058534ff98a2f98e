import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../base/json.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { vmOrderOf } from './vm-order.ts';

const schema = readJson('../../../../config/descriptor-types/vm-v1.schema.json');
const sample = readJson('../../../../config/samples/descriptors/substrate-node-vm.json');
const matches = new Ajv.Ajv2020({ strict: false }).compile(schema as object);

function readJson(path: string): Json {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}

const smallest = { image: 'debian-12', cpu: 1, memoryMiB: 1024 };

describe('a vm/v1 descriptor', () => {
  it('a vm/v1 descriptor allows no ingress and all egress by default', () => {
    expect(vmOrderOf(smallest)).toEqual({
      image: 'debian-12',
      cpu: 1,
      memoryMiB: 1024,
      rootDiskGiB: undefined,
      dataDisks: [],
      hostname: undefined,
      ports: [],
      egress: 'All',
      userData: undefined,
      sshKeys: [],
      affinity: undefined,
    });
  });

  it('the sample vm/v1 descriptor matches the schema and is parsed', () => {
    expect(matches(sample), JSON.stringify(matches.errors)).toBe(true);
    const { ports, userData } = vmOrderOf(sample);
    expect(ports.map(({ name, port }) => [name, port])).toEqual([
      ['ssh', 22],
      ['p2p', 30333],
      ['rpc', 9944],
    ]);
    expect(Buffer.from(userData ?? []).toString()).toMatch(/^#cloud-config\n/);
  });

  it('the CIDR ranges of a vm/v1 descriptor are normalised', () => {
    const ports = [{ name: 'ssh', port: 22, from: ['203.0.113.77/24', '203.0.113.0/24'] }];
    expect(vmOrderOf({ ...smallest, network: { ports } }).ports[0]?.from).toEqual(['203.0.113.0/24']);
  });

  it.each<[string, { [key: string]: Json }, string, string]>([
    ['no image', { image: null }, '/image', 'image is null; expected a text'],
    ['half a CPU', { cpu: 0.5 }, '/cpu', 'cpu is 0.5; expected a whole number from 1 to 256'],
    ['memory as text', { memoryMiB: '1024' }, '/memoryMiB', 'memoryMiB is "1024"'],
    ['a host name with an underscore', { hostname: 'bad_name' }, '/hostname', 'hostname is "bad_name"'],
    ['a host name that starts with a digit', { hostname: '1vm' }, '/hostname', 'starting with a letter'],
    ['a long disk name', { dataDisks: [{ name: 'a'.repeat(21), sizeGiB: 1 }] }, '/dataDisks/0/name', 'at most 20'],
    [
      'two disks of one name',
      {
        dataDisks: [
          { name: 'a', sizeGiB: 1 },
          { name: 'a', sizeGiB: 2 },
        ],
      },
      '/dataDisks/1/name',
      'for the second time',
    ],
    [
      'overlapping ports',
      {
        network: {
          ports: [
            { name: 'a', port: 10, endPort: 20 },
            { name: 'b', port: 20 },
          ],
        },
      },
      '/network/ports/1/port',
      'overlaps with the port "a"',
    ],
    [
      'a range that ends before it starts',
      { network: { ports: [{ name: 'a', port: 10, endPort: 9 }] } },
      '/network/ports/0/endPort',
      'from 10 to 65535',
    ],
    [
      'a range that is none',
      { network: { ports: [{ name: 'a', port: 1, from: ['10.0.0.0/33'] }] } },
      '/network/ports/0/from/0',
      'IPv4 range',
    ],
    ['unknown egress', { network: { egress: 'Some' } }, '/network/egress', 'expected All or None'],
    [
      'a port of icmp',
      { network: { egress: [{ protocol: 'icmp', port: 1 }] } },
      '/network/egress/0/port',
      'has no ports',
    ],
    ['two kinds of user-data', { userData: 'a', userDataBase64: 'YWFh' }, '/userDataBase64', 'beside userData'],
    ['a key with a second line', { sshKeys: ['ssh-ed25519 AAAA x\nssh-rsa AAAA'] }, '/sshKeys/0', 'one-line form'],
  ])('a vm/v1 descriptor is refused with %s', (_name, change, path, message) => {
    const error = caught(() => vmOrderOf({ ...smallest, ...change }));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ code: 'VmDescriptorInvalid', path, message: expect.stringContaining(message) });
  });

  it.each([[null], [[]], ['text'], [7]])('a vm/v1 descriptor is refused when it is %j', (descriptor) => {
    expect(() => vmOrderOf(descriptor as Json)).toThrow('expected an object');
  });
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
