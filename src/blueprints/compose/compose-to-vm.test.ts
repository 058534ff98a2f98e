import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import type { Json } from '../../base/json.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import { vmOrderOf } from '../../providers/cloudstack/plan/vm-order.ts';
import { composeToVm } from './compose-to-vm.ts';

const config = new URL('../../../config/', import.meta.url);
const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, config), 'utf8'));
const size = { image: 'debian-12', cpu: 1, memoryMiB: 1_024 };

type Ports = readonly { readonly name: string; readonly port: number; readonly [key: string]: Json }[];

/** The VM for services; each gets an image unless it has one. */
function vmOf(services: Record<string, object>, more: Record<string, Json> = {}) {
  const whole = Object.entries(services).map(([name, service]) => [name, { image: 'nginx', ...service }]);
  const vm = composeToVm({ ...size, compose: { services: Object.fromEntries(whole) }, ...more });
  return vm as { readonly network: { readonly ports: Ports }; readonly userData: string };
}

const portsOf = (ports: Json, more: Record<string, Json> = {}) => vmOf({ web: { ports } }, more).network.ports;

/** The user-data as cloud-init parses it. */
function cloudConfigIn(vm: Json): {
  readonly bootcmd: readonly (readonly string[])[];
  readonly write_files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
  readonly runcmd: readonly (readonly string[])[];
} {
  const { userData } = vm as { readonly userData: string };
  expect(userData.startsWith('#cloud-config\n')).toBe(true);
  return parse(userData, { version: '1.1' });
}

/** The compose file in the arguments of the boot command. */
const composeIn = (vm: Json) => cloudConfigIn(vm).bootcmd[0]?.at(-1);

function refusal(make: () => unknown): TerminalError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(TerminalError);
    return error as TerminalError;
  }
  throw new Error('it was accepted');
}

describe('a compose/v1 descriptor', () => {
  it('a compose/v1 descriptor becomes its VM with the file in it and the published ports open', () => {
    const sample = readJson('samples/descriptors/substrate-node-compose.json');
    const vm = composeToVm(sample);
    expect(vm).toMatchObject({ image: 'debian-12', cpu: 2, memoryMiB: 4_096, rootDiskGiB: 20 });
    expect(vmOrderOf(vm).ports.map(({ name, port, protocol }) => [name, port, protocol])).toEqual([
      ['ssh', 22, 'tcp'],
      ['node-9944', 9_944, 'tcp'],
      ['node-30333', 30_333, 'tcp'],
    ]);
    const { write_files: files, runcmd } = cloudConfigIn(vm);
    expect(files.map(({ path, permissions }) => [path, permissions])).toEqual([
      ['/opt/dinfra/install-docker', '0755'],
      ['/etc/systemd/system/dinfra-compose.service', '0644'],
    ]);
    expect(composeIn(vm)).toBe(sample.compose);
    expect(runcmd).toContainEqual(['systemctl', 'enable', 'dinfra-compose.service']);
  });

  it('the schema of compose/v1 has the fields of vm/v1 except for user-data and disks', () => {
    const { properties: own, $defs } = readJson('descriptor-types/compose-v1.schema.json');
    const vm = readJson('descriptor-types/vm-v1.schema.json');
    const { compose, ...shared } = own;
    expect(compose).toBeDefined();
    const { userData, userDataBase64, dataDisks, ...known } = vm.properties;
    const plain = (fields: Record<string, object>) =>
      Object.entries(fields).map(([name, field]) => [name, { ...field, description: '' }]);
    expect(plain(shared)).toEqual(plain(known));
    expect($defs).toEqual(vm.$defs);
  });

  it('the translation matches the schema of vm/v1', () => {
    const validate = new Ajv.default({ strict: false }).compile(readJson('descriptor-types/vm-v1.schema.json'));
    const vm = composeToVm(readJson('samples/descriptors/substrate-node-compose.json'));
    expect(validate(vm), JSON.stringify(validate.errors)).toBe(true);
  });

  it('the translation is deterministic, so that it never counts as a change', () => {
    const sample = readJson('samples/descriptors/substrate-node-compose.json');
    expect(composeToVm(sample)).toEqual(composeToVm(structuredClone(sample)));
  });

  it('problems of the VM itself are left to the vm/v1 parser', () => {
    const vm = composeToVm({ ...size, cpu: 0, compose: 'services: {a: {image: b}}' });
    expect(refusal(() => vmOrderOf(vm))).toMatchObject({ code: 'VmDescriptorInvalid', path: '/cpu' });
    const network = composeToVm({ ...size, network: 5, compose: 'services: {a: {image: b}}' });
    expect(refusal(() => vmOrderOf(network))).toMatchObject({ path: '/network' });
  });
});

describe('the ports of a compose file', () => {
  it.each<[string, Json, object[]]>([
    ['a port', '8080:80', [{ name: 'web-8080', port: 8_080, protocol: 'tcp' }]],
    ['a range', '8000-8002:80-82', [{ name: 'web-8000', port: 8_000, endPort: 8_002, protocol: 'tcp' }]],
    ['another protocol', '53:53/udp', [{ name: 'web-53-udp', port: 53, protocol: 'udp' }]],
    ['every address', '0.0.0.0:80:80', [{ name: 'web-80', port: 80, protocol: 'tcp' }]],
    ['every address of IPv6', '[::]:80:80', [{ name: 'web-80', port: 80, protocol: 'tcp' }]],
    ['the loopback address', '127.0.0.1:80:80', []],
    ['the loopback address of IPv6', '[::1]:80:80', []],
    ['the loopback address with any port', '127.0.0.1::80', []],
    ['an object', { target: 80, published: '8080' }, [{ name: 'web-8080', port: 8_080, protocol: 'tcp' }]],
    ['numbers', { target: 53, published: 53, protocol: 'udp' }, [{ name: 'web-53-udp', port: 53, protocol: 'udp' }]],
    ['an object on the loopback address', { target: 80, published: 80, host_ip: '127.0.0.1' }, []],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what docker compose calls a variable.
    ['a default', '${PORT:-8080}:80', [{ name: 'web-8080', port: 8_080, protocol: 'tcp' }]],
  ])('published ports are opened: %s', (_what, port, expected) => {
    expect(portsOf([port])).toEqual(expected);
  });

  it.each<[Json, string]>([
    ['80', 'any port may become of it'],
    [80, 'any port may become of it'],
    [{ target: 80 }, 'any port may become of it'],
    ['22:22', "the VM's own SSH"],
    ['20-25:20-25', "the VM's own SSH"],
    ['203.0.113.7:80:80', 'which the VM does not have'],
    ['80:80/sctp', 'only tcp and udp'],
    ['0x50:80', 'expected PUBLISHED:TARGET'],
    ['99999:80', 'expected a number from 1 to 65535'],
    ['81-80:80', 'or a range'],
    [{ published: 80 }, 'target is missing'],
    [true, 'expected a text or a number'],
    [null, 'expected a text or a number'],
  ])('the port entry %j is refused', (port, why) => {
    const error = refusal(() => portsOf([port]));
    expect(error.message).toContain(why);
    expect(error.path).toMatch(/^\/compose\/services\/web\/ports\/0/);
  });

  it('ports of a service with a profile stay closed, because it is not started', () => {
    expect(vmOf({ web: { ports: ['80:80'], profiles: ['debug'] } }).network.ports).toEqual([]);
  });

  it('ports that a service inherits by extends, over any number of services, are opened', () => {
    const base = { ports: ['80:80', '127.0.0.1:81:81'], scale: 0 };
    const middle = { extends: 'base', ports: ['82:82', '80:80'] };
    const web = { extends: { service: 'middle' }, ports: ['80:80/tcp', '83:83'], scale: 1 };
    expect(vmOf({ web, middle, base }).network.ports.map(({ name }) => name)).toEqual(['web-80', 'web-83', 'web-82']);
  });

  it('ports of a service that is not started stay closed, and those of services that inherit its profile', () => {
    const none = { ports: ['80:80'], deploy: { replicas: 0 } };
    const debug = { ports: ['81:81'], profiles: ['debug'] };
    expect(vmOf({ none, debug, more: { extends: 'debug' }, still: { extends: 'none' } }).network.ports).toEqual([]);
  });

  it('a port published by a service and by the one it extends is refused', () => {
    const error = refusal(() => vmOf({ one: { ports: ['80:80'] }, two: { extends: 'one' } }));
    expect(error).toMatchObject({ code: 'ComposeInvalid', path: '/compose/services/two/extends' });
    expect(error.message).toContain('publishes 80/tcp, as the service "one" does');
  });

  it.each([
    ['itself', { a: { extends: 'a' } }, 'a'],
    ['one that extends it', { a: { extends: 'b' }, b: { extends: { service: 'a' } } }, 'a'],
    ['a circle of others', { a: { extends: 'b' }, b: { extends: 'c' }, c: { extends: 'b' } }, 'b'],
  ])('a service that extends %s is refused', (_what, services, again) => {
    const error = refusal(() => vmOf(services));
    expect(error).toMatchObject({ code: 'ComposeInvalid', path: '/compose/services/a/extends' });
    expect(error.message).toContain(`leads back to the service "${again}"`);
  });

  it('a port published by two services is refused', () => {
    const error = refusal(() => vmOf({ a: { ports: ['80:80'] }, b: { ports: ['79-81:79-81'] } }));
    expect(error).toMatchObject({ code: 'ComposeInvalid', path: '/compose/services/b/ports/0' });
    expect(error.message).toContain('publishes 79-81/tcp, as the service "a" does');
  });

  it('an entry in network.ports restricts who may connect to a published port', () => {
    const ports = [{ name: 'rpc', port: 8_000, endPort: 8_010, from: ['203.0.113.0/24'] }];
    expect(portsOf(['8001:80', '53:53/udp'], { network: { ports } })).toEqual([
      ...ports,
      { name: 'web-53-udp', port: 53, protocol: 'udp' },
    ]);
  });

  it('an entry in network.ports for a part of a published range is refused', () => {
    const ports = [{ name: 'rpc', port: 8_000, from: ['203.0.113.0/24'] }];
    expect(refusal(() => portsOf(['8000-8001:80-81'], { network: { ports } })).message).toContain('the whole range');
  });

  it('more ports than vm/v1 allows are refused', () => {
    const many = Array.from({ length: 33 }, (_, index) => `${1_000 + index}:80`);
    expect(refusal(() => portsOf(many)).message).toContain('33 with those of network.ports; at most 32');
  });

  it('the other fields of the network are not changed', () => {
    expect(vmOf({ web: {} }, { network: { egress: 'None' } }).network).toEqual({ egress: 'None', ports: [] });
  });

  it('port names are unique and valid for vm/v1, whatever the names of the services', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,63}$/);
    const services = fc.uniqueArray(
      fc.record({ name, port: fc.integer({ min: 23, max: 65_535 }), udp: fc.boolean() }),
      { maxLength: 30, selector: ({ port, udp }) => `${port}${udp}` },
    );
    fc.assert(
      fc.property(services, name, (list, taken) => {
        const unique = new Map(list.map((one) => [one.name, one]));
        const compose = {
          services: {
            none: { image: 'a' },
            ...Object.fromEntries(
              [...unique].map(([service, { port, udp }]) => [
                service,
                { image: 'a', ports: [`${port}:80${udp ? '/udp' : ''}`] },
              ]),
            ),
          },
        };
        const own = [{ name: `x-${taken.length}`, port: 22 }];
        const { ports } = vmOrderOf(composeToVm({ ...size, compose, network: { ports: own } }));
        expect(ports).toHaveLength(unique.size + 1);
      }),
    );
  });
});

describe('requirements that a new VM cannot meet', () => {
  it.each<[string, object, string]>([
    ['sources to build', { build: '.' }, 'services/web/build'],
    [
      'a file beside the compose file',
      { volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro'] },
      'services/web/volumes/0',
    ],
    ['a home', { volumes: ['~/.ssh:/root/.ssh'] }, 'services/web/volumes/0'],
    [
      'a relative bind mount in the long syntax',
      { volumes: [{ type: 'bind', source: 'conf', target: '/c' }] },
      'services/web/volumes/0',
    ],
    ['a path without a slash in front', { volumes: ['conf/a:/c'] }, 'services/web/volumes/0'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what docker compose calls a variable.
    ['a path hidden in a default', { volumes: ['${X:-./a}:/c'] }, 'services/web/volumes/0'],
    ['a file of variables', { env_file: '.env' }, 'services/web/env_file'],
    ['files of variables', { env_file: ['/etc/a', { path: 'b' }] }, 'services/web/env_file/1'],
    ['a file of labels', { label_file: ['labels'] }, 'services/web/label_file/0'],
    ['another compose file', { extends: { file: 'a.yaml', service: 'web' } }, 'services/web/extends/file'],
    ['existing containers', { network_mode: 'container:db' }, 'services/web/network_mode'],
    ['a program to provide', { provider: { type: 'x' } }, 'services/web/provider'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what docker compose calls a variable.
    ['variables', { environment: { A: '${TOKEN}' } }, 'services/web/environment/A'],
    ['required variables', { command: ['$TOKEN'] }, 'services/web/command/0'],
  ])('a service is refused with the path of the field: %s', (_what, service, path) => {
    const error = refusal(() => vmOf({ web: service }));
    expect(error).toMatchObject({ code: 'ComposeUnsupported', path: `/compose/${path}` });
  });

  it.each<[string, object, string]>([
    ['existing volumes', { volumes: { data: { external: true } } }, 'volumes/data/external'],
    ['existing networks', { networks: { front: { external: { name: 'x' } } } }, 'networks/front/external'],
    ['a file of a config', { configs: { a: { file: './a' } } }, 'configs/a/file'],
    ['a secret of the environment', { secrets: { a: { environment: 'A' } } }, 'secrets/a/environment'],
    ['other compose files', { include: ['b.yaml'] }, 'include'],
    ['a model', { models: { llm: { model: 'a' } } }, 'models'],
  ])('a top-level element is refused with the path of the field: %s', (_what, top, path) => {
    const compose = { services: { web: { image: 'a' } }, ...top } as Json;
    const error = refusal(() => composeToVm({ ...size, compose }));
    expect(error).toMatchObject({ code: 'ComposeUnsupported', path: `/compose/${path}` });
  });

  it('privileges that are dangerous elsewhere are allowed, because the machine is the consumer’s own', () => {
    const service = {
      privileged: true,
      network_mode: 'host',
      pid: 'host',
      cap_add: ['ALL'],
      devices: ['/dev/kvm'],
      volumes: [
        '/var/run/docker.sock:/var/run/docker.sock',
        'data:/data',
        '/anonymous',
        { type: 'tmpfs', target: '/t' },
      ],
      env_file: '/etc/environment',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what docker compose calls a variable.
      environment: { PRICE: '$$5', LEVEL: '${LEVEL:-${OTHER:-info}}', NONE: '${NONE:+set}' },
      configs: ['a'],
    };
    const compose = {
      name: 'shop',
      'x-common': { restart: 'always' },
      services: { web: { image: 'a', ...service }, more: { extends: { service: 'web' } } },
      configs: { a: { content: 'b' } },
      volumes: { data: null },
    };
    expect(() => composeToVm({ ...size, compose })).not.toThrow();
  });
});

describe('a hostile or careless compose file', () => {
  const ofText = (compose: Json) => refusal(() => composeToVm({ ...size, compose }));

  it.each<[string, Json, string]>([
    ['empty', '', 'expected an object'],
    ['a list', '- a', 'expected an object'],
    ['a number', 5, 'is 5; expected its text'],
    ['missing', null, 'expected its text'],
    ['two documents', 'services: {}\n---\nservices: {}', 'cannot be read as YAML'],
    ['not YAML', 'services: [', 'cannot be read as YAML'],
    ['ambiguous', 'services: {a: {image: b, image: c}}', 'Map keys must be unique'],
    ['without services', 'name: a', 'services is missing'],
    ['with no service', 'services: {}', 'at least one service'],
    ['with an invalid service name', 'services: {"../x": {image: a}}', 'a name has letters'],
    ['with a service that is not an object', 'services: {a: b}', 'services.a is "b"; expected an object'],
    ['without an image', 'services: {a: {}}', 'services.a.image is missing'],
    ['extending nothing', 'services: {a: {extends: b}}', 'the name of a service of the file'],
    ['with a tag', 'services: !!js/function "x"', 'cannot be read as YAML'],
    ['with NaN', 'services: {a: {image: b, x: .nan}}', 'neither text, number'],
    ['with a control character', 'services: {a: {image: "b\u0007"}}', 'U+0007'],
    ['with a lone surrogate', 'services: {a: {image: "\ud800"}}', 'U+D800'],
    ['too long', `services: {a: {image: b}} # ${'x'.repeat(70_000)}`, 'at most 65536'],
    ['too long in bytes', `services: {a: {image: b}} # ${'ü'.repeat(33_000)}`, 'at most 65536'],
  ])('a compose file that is %s is refused', (_what, compose, why) => {
    const error = ofText(compose);
    expect(error.code).toBe('ComposeInvalid');
    expect(error.message).toContain(why);
    expect(error.path).toMatch(/^\/compose/);
  });

  it('a compose file with an alias bomb is refused', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const entry = level === 0 ? 'lol' : `*a${level - 1}`;
      return `x-${level}: &a${level} [${Array.from({ length: 9 }, () => entry).join(', ')}]`;
    });
    const started = cpuMs();
    expect(ofText(`${levels.join('\n')}\nservices: {a: {image: b}}`).message).toContain('alias');
    expect(cpuMs() - started).toBeLessThan(2_000);
  });

  it('a compose file may use aliases and merge keys', () => {
    const compose = 'x-web: &web {image: nginx}\nservices:\n  a: {<<: *web, ports: ["80:80"]}\n  b: *web\n';
    expect((composeToVm({ ...size, compose }) as { network: { ports: Ports } }).network.ports).toHaveLength(1);
  });

  it.each([
    ['brackets', '['.repeat(60_000)],
    ['braces', '{a: '.repeat(15_000)],
    ['lists', '- '.repeat(30_000)],
    ['keys', '? '.repeat(30_000)],
    ['some keys', '? '.repeat(500)],
    ['anchors', '&a '.repeat(20_000)],
    ['defaults', `services: {a: {image: "${'\u0024{A:-'.repeat(12_000)}"}}`],
    ['dollars', `services: {a: {image: "${'\u0024{A'.repeat(20_000)}"}}`],
    ['levels', `services: {a: {image: b, x: ${'['.repeat(40)}${']'.repeat(40)}}}`],
  ])('a deeply nested compose file is refused quickly: %s', (_what, text) => {
    const started = cpuMs();
    expect(ofText(text)).toMatchObject({ code: expect.stringMatching(/^Compose/) });
    expect(cpuMs() - started).toBeLessThan(1_000);
  });

  it('any input becomes a VM or a TerminalError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.jsonValue()), (compose) => {
        try {
          composeToVm({ ...size, compose: compose as Json });
        } catch (error) {
          expect(error).toBeInstanceOf(TerminalError);
        }
      }),
    );
    const odd = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.string()),
    );
    const key = fc.constantFrom(
      'image',
      'ports',
      'volumes',
      'env_file',
      'extends',
      'profiles',
      'network_mode',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(odd, fc.array(odd))), (service) => {
        try {
          composeToVm({ ...size, compose: { services: { a: service } } as Json });
        } catch (error) {
          expect(error).toBeInstanceOf(TerminalError);
        }
      }),
    );
  });

  it('the file in the VM is the ordered one after the first boot, and the updated one after a later boot', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-compose-'));
    try {
      for (const comment of ['it\'s `x` $(x) $X "\\\\n" %s ü\r', 'no more']) {
        const compose = `services: {a: {image: b}}\n# ${comment}\n\n`;
        const [command = '', ...args] = cloudConfigIn(composeToVm({ ...size, compose })).bootcmd[0] ?? [];
        const here = args.map((arg) => arg.replaceAll('/opt/dinfra', join(folder, 'dinfra')));
        execFileSync(command, here);
        const file = join(folder, 'dinfra/compose.yaml');
        expect(readFileSync(file, 'utf8')).toBe(compose);
        expect(statSync(file).mode & 0o777).toBe(0o600);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('the file arrives in the VM unchanged, whatever its content', () => {
    const printable = fc
      .string({ unit: 'binary' })
      .map((text) => text.replace(/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\u{10000}-\u{10ffff}]/gu, ''));
    fc.assert(
      fc.property(printable, (text) => {
        const compose = `services: {a: {image: b}}\n#${text.replace(/[\r\n\x85\u2028\u2029]/g, '$&#').replace(/\t/g, ' ')}\n`;
        expect(composeIn(composeToVm({ ...size, compose }))).toBe(compose);
      }),
      { numRuns: 30 },
    );
  });
});
