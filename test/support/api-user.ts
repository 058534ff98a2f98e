import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { parse } from 'yaml';

/** The root of the checkout. */
export const root = new URL('../../', import.meta.url);

/** The result of a command, with both its outputs. */
export interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/** An object as a user writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string } & Fields;
  readonly spec: Fields;
  readonly status?: Fields;
}

type Fields = Readonly<Record<string, unknown>>;

/** A valid object of each kind: the examples of the reference pages. */
export const examples = {
  Provider: await load('config/samples/provider.yaml'),
  Offer: await load('config/samples/offer-helm.yaml'),
  Reactor: await load('config/samples/reactor-cloudstack.yaml'),
  DescriptorType: await load('docs/resources/examples/descriptor-type.yaml'),
  Subscription: await load('docs/resources/examples/subscription.yaml'),
  Deployment: await load('docs/resources/examples/deployment.yaml'),
} as const;

export type Kind = keyof typeof examples;
export const kinds = Object.keys(examples) as readonly Kind[];

/** A user of our resources who works with kubectl in a separate namespace, in the cluster of KUBECONFIG. */
export class ApiUser {
  readonly namespace: string;
  /** Names of the cluster-scoped objects that were created. */
  readonly #made = new Set<string>();
  readonly #suffix = randomBytes(4).toString('hex');

  constructor(purpose: string) {
    this.namespace = `${purpose}-${this.#suffix}`;
  }

  /** Installs our CustomResourceDefinitions and creates the namespace. */
  async start(): Promise<void> {
    const crds = new URL('crds', root).pathname;
    await this.run(['apply', '--server-side', '--force-conflicts', '-f', crds]);
    await this.run(['wait', '--for=condition=Established', '--timeout=30s', '-f', crds]);
    await this.run(['create', 'namespace', this.namespace]);
  }

  /** Removes what was created. */
  async stop(): Promise<void> {
    for (const name of this.#made) await this.kubectl(['delete', 'dtype', name, '--ignore-not-found', '--wait=false']);
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  /** Runs a command with a document on its standard input. */
  async kubectl(args: readonly string[], input?: unknown): Promise<Said> {
    const { exitCode, all } = await execa('kubectl', ['-n', this.namespace, ...args], {
      reject: false,
      all: true,
      timeout: 30_000,
      ...(input !== undefined && { input: JSON.stringify(input) }),
    });
    return { ok: exitCode === 0, text: all };
  }

  /** The output of a command. Throws if it fails. */
  async run(args: readonly string[], input?: unknown): Promise<string> {
    const { ok, text } = await this.kubectl(args, input);
    if (!ok) throw new Error(`kubectl ${args.join(' ')}: ${text}`);
    return text;
  }

  /** The example of a kind under a unique name. */
  example(kind: Kind, purpose: string): Manifest {
    const name = `${purpose}-${this.#suffix}`;
    if (kind === 'DescriptorType') this.#made.add(name);
    return withField(examples[kind], 'metadata.name', name);
  }

  async apply(object: Manifest): Promise<Said> {
    return this.kubectl(['apply', '-f', '-'], object);
  }

  /** A dry run of apply. */
  async tryApply(object: Manifest): Promise<Said> {
    return this.kubectl(['apply', '--dry-run=server', '-f', '-'], object);
  }

  async read({ apiVersion, kind, metadata }: Manifest): Promise<Manifest> {
    const type = `${kind.toLowerCase()}s.${apiVersion.replace(/\/.*/, '')}`;
    return JSON.parse(await this.run(['get', type, metadata.name, '-o', 'json'])) as Manifest;
  }
}

/** A copy with another value of one field; undefined removes the field. The path is dotted. */
export function withField(object: Manifest, path: string, value: unknown): Manifest {
  const copy = structuredClone(object);
  const keys = path.split('.');
  let at = copy as unknown as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  const last = keys.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

async function load(path: string): Promise<Manifest> {
  return parse(await readFile(new URL(path, root), 'utf8')) as Manifest;
}
