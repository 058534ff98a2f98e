import { readFileSync, statSync } from 'node:fs';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { cloudStackBackend } from '../../src/api/cloud-stack-backend.ts';
import type { CloudStackCredentials } from '../../src/providers/cloudstack/api/signing.ts';

/** A cloud to certify. */
export interface Certification {
  /** Its configuration in the Reactor. */
  readonly backend: Static<typeof cloudStackBackend>;
  readonly credentials: CloudStackCredentials;
  /** Polling interval, in milliseconds. */
  readonly pollMs: number;
}

/** Maximum size of the manifest, in bytes. */
const MAX_MANIFEST = 256 * 1024;

/**
 * What to certify, from the environment: `CLOUDSTACK_REACTOR` (path of a Reactor manifest), `CLOUDSTACK_API_KEY`,
 * `CLOUDSTACK_SECRET_KEY`, and `CLOUDSTACK_POLL_MS` (default 5,000).
 *
 * @throws Error that names what is missing or wrong, never a key.
 */
export function certificationOf(environment: NodeJS.ProcessEnv): Certification {
  const path = need(environment, 'CLOUDSTACK_REACTOR', 'the path of a Reactor manifest');
  const credentials = {
    apiKey: need(environment, 'CLOUDSTACK_API_KEY', "the API key of the operator's account"),
    secretKey: need(environment, 'CLOUDSTACK_SECRET_KEY', 'the secret key that goes with it'),
  };
  const pollMs = Number(environment['CLOUDSTACK_POLL_MS'] ?? 5_000);
  if (!Number.isInteger(pollMs) || pollMs < 1) throw new Error('CLOUDSTACK_POLL_MS has to be a number of milliseconds');
  return { backend: backendIn(path), credentials, pollMs };
}

function backendIn(path: string): Static<typeof cloudStackBackend> {
  if (statSync(path).size > MAX_MANIFEST) throw new Error(`${path} is larger than ${MAX_MANIFEST} bytes`);
  const manifest: unknown = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
  const backend = field(field(manifest, 'spec'), 'cloudStack');
  if (backend === undefined)
    throw new Error(`${path} has no spec.cloudStack: give the manifest of a CloudStack Reactor`);
  if (Value.Check(cloudStackBackend, backend)) return backend;
  const [first] = Value.Errors(cloudStackBackend, backend);
  const where = `spec.cloudStack${(first?.instancePath ?? '').replaceAll('/', '.')}`;
  throw new Error(`${path}: ${where} ${first?.message ?? 'is not as it should be'}`);
}

function need(environment: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`set ${name}: ${what}`);
  return value;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
