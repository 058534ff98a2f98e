import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificationOf } from './support/certification.ts';

const sample = new URL('../config/samples/reactor-cloudstack.yaml', import.meta.url).pathname;
const keys = { CLOUDSTACK_API_KEY: 'the-key', CLOUDSTACK_SECRET_KEY: 'the-secret' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-certification-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function manifest(text: string): string {
  const path = join(folder, 'reactor.yaml');
  writeFileSync(path, text);
  return path;
}

describe('the certification of a Reactor', () => {
  it('the certification reads the Reactor manifest as it will be applied, and polls every five seconds', () => {
    const { backend, credentials, pollMs } = certificationOf({ ...keys, CLOUDSTACK_REACTOR: sample });
    expect(backend.zones).toEqual(['zone-1']);
    expect(credentials).toEqual({ apiKey: 'the-key', secretKey: 'the-secret' });
    expect(pollMs).toBe(5_000);
  });

  it.each([
    ['CLOUDSTACK_REACTOR', { ...keys }],
    ['CLOUDSTACK_API_KEY', { CLOUDSTACK_REACTOR: sample }],
    ['CLOUDSTACK_SECRET_KEY', { CLOUDSTACK_REACTOR: sample, CLOUDSTACK_API_KEY: 'the-key' }],
  ])('the certification requires %s', (name, environment) => {
    expect(() => certificationOf(environment)).toThrow(`set ${name}`);
  });

  it('the certification requires a Reactor with spec.cloudStack', () => {
    const path = manifest('spec: {helm: {}}');
    expect(() => certificationOf({ ...keys, CLOUDSTACK_REACTOR: path })).toThrow('has no spec.cloudStack');
  });

  it('the certification refuses an invalid Reactor with its field and without the keys', () => {
    const path = manifest(readFileSync(sample, 'utf8').replace('zone-1', '{}'));
    const refusal = (() => {
      try {
        certificationOf({ ...keys, CLOUDSTACK_REACTOR: path });
        return '';
      } catch (error) {
        return String(error);
      }
    })();
    expect(refusal).toContain('spec.cloudStack.zones.0');
    expect(refusal).not.toMatch(/the-key|the-secret/);
  });
});
