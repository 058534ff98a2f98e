import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../base/json.ts';
import { parseHelmDescriptor } from './descriptor.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../../config/descriptor-types/helm-v1.schema.json', import.meta.url), 'utf8'),
);
const matchesSchema = new Ajv.default({ strict: false }).compile(schema);

const repository = { repository: 'https://charts.example.org', name: 'web', version: '1.2.3' };
const oci = { oci: 'oci://registry.example.org/charts/web', version: '1.2.3+build.4' };
const archive = { archive: 'H4sIAAAA' };

const accepts = (descriptor: Json): boolean => {
  try {
    parseHelmDescriptor(descriptor);
    return true;
  } catch {
    return false;
  }
};

describe('a helm/v1 descriptor', () => {
  test('a helm/v1 descriptor names a chart in a repository or a registry, or embeds it', () => {
    expect(parseHelmDescriptor({ chart: repository })).toEqual({
      chart: { from: 'repository', ...repository, digest: undefined },
      values: {},
      endpoints: [],
    });
    expect(parseHelmDescriptor({ chart: oci }).chart).toEqual({ from: 'oci', ...oci, digest: undefined });
    expect(parseHelmDescriptor({ chart: archive }).chart).toEqual({ from: 'archive', ...archive });
  });

  test('a helm/v1 descriptor may name its endpoints', () => {
    const endpoints = [
      { name: 'rpc', port: 'rpc', scheme: 'ws' },
      { name: 'p2p', port: 30333 },
    ];
    expect(parseHelmDescriptor({ chart: archive, endpoints }).endpoints).toEqual([
      { name: 'rpc', port: 'rpc', scheme: 'ws' },
      { name: 'p2p', port: 30333, scheme: undefined },
    ]);
  });

  test.each([
    [[], '', 'the descriptor is []; helm/v1 wants an object'],
    [{}, '/chart', 'chart is missing'],
    [{ chart: {} }, '/chart', 'exactly one of repository, oci and archive'],
    [{ chart: { ...repository, ...archive } }, '/chart', '"repository and archive"'],
    [{ chart: { ...repository, version: '>=1' } }, '/chart/version', 'chart.version is ">=1"'],
    [{ chart: { ...repository, version: 1 } }, '/chart/version', 'chart.version is 1'],
    [{ chart: { ...repository, repository: 'file:///etc' } }, '/chart/repository', 'an http(s) URL'],
    [{ chart: { ...repository, repository: 'https://u:p@example.org' } }, '/chart/repository', 'without user'],
    [{ chart: { ...repository, name: '../x' } }, '/chart/name', 'the name of a chart'],
    [{ chart: { ...repository, digest: 'md5:1' } }, '/chart/digest', 'sha256:<hex>'],
    [{ chart: { ...repository, branch: 'x' } }, '/chart/branch', 'only repository, name, version, digest'],
    [{ chart: { oci: oci.oci } }, '/chart/version', 'or a digest beside it'],
    [{ chart: { ...oci, oci: 'oci://host/a:tag' } }, '/chart/oci', 'without tag'],
    [{ chart: { archive: 'not base64!' } }, '/chart/archive', 'base64'],
    [{ chart: { archive: 'A'.repeat(300_000) } }, '/chart/archive', '300000 characters'],
    [{ chart: archive, values: [] }, '/values', 'an object'],
    [{ chart: archive, endpoints: {} }, '/endpoints', 'a list'],
    [{ chart: archive, endpoints: Array(17).fill({ name: 'a', port: 1 }) }, '/endpoints', 'at most 16'],
    [{ chart: archive, endpoints: [{ name: 'A B', port: 1 }] }, '/endpoints/0/name', 'a DNS label'],
    [{ chart: archive, endpoints: [{ name: 'a', port: 0 }] }, '/endpoints/0/port', 'a port from 1 to 65535'],
    [{ chart: archive, hooks: true }, '/hooks', 'only chart, values, endpoints'],
  ] as [Json, string, string][])('a helm/v1 descriptor %j is refused, naming %s', (descriptor, path, words) => {
    expect(() => parseHelmDescriptor(descriptor)).toThrow(
      expect.objectContaining({ code: 'DescriptorSchema', path, message: expect.stringContaining(words) }),
    );
  });

  test('the parser accepts a helm/v1 descriptor exactly when its JSON Schema does', () => {
    const text = fc.constantFrom(
      '',
      'a',
      '1.2.3',
      'v1.0.0-rc.1',
      'https://x.org/y',
      'http://u@x',
      'oci://a/b',
      'oci://a',
      'AAAA',
      'A=',
      ' ',
    );
    const field = fc.oneof(text, fc.constant(1), fc.constant(null), fc.constant(`sha256:${'a'.repeat(64)}`));
    const chart = fc.dictionary(
      fc.constantFrom('repository', 'name', 'version', 'digest', 'oci', 'archive', 'x'),
      field,
    );
    const hint = fc.dictionary(
      fc.constantFrom('name', 'port', 'scheme', 'x'),
      fc.oneof(text, fc.integer({ min: -1, max: 70_000 })),
    );
    const descriptor = fc.record(
      {
        chart: fc.oneof(chart, fc.constant(archive), fc.constant(repository), fc.constant(oci)),
        values: fc.oneof(fc.constant({}), fc.constant(1)),
        endpoints: fc.array(hint, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(descriptor, (value) => {
        expect(accepts(value as Json), JSON.stringify(value)).toBe(matchesSchema(value));
      }),
      { numRuns: 2000 },
    );
  });
});
