import { createHash } from 'node:crypto';
import { Label } from '../../api/labels.ts';
import { BoundedCache } from '../../base/bounded-cache.ts';
import type { ObjectRef } from '../../base/kube-object.ts';
import { contentHash } from '../../descriptors/content/content-hash.ts';
import { isAlreadyExists } from '../../kube/client/api-error.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { type KubeObject, keyOf, type ResourceType } from '../../kube/client/resource-type.ts';

/** Bytes that were accepted, and what a reactor realises of them. */
export interface PinnedContent {
  /** The descriptor, byte for byte as it was accepted. */
  readonly bytes: Uint8Array;
  /** What a blueprint made of it, as JSON text; undefined when the descriptor is realised as it is. */
  readonly translated: { readonly type: string; readonly json: string } | undefined;
}

/** Where accepted descriptors are kept, so that nothing outside of the cluster can change what runs. */
export interface ContentPins {
  /** What is kept under a name, or undefined when there is nothing or what is there is not what the hash says. */
  find(pin: Pin, signal: AbortSignal): Promise<PinnedContent | undefined>;
  /** Keeps content under its name. Nothing happens when it is there already. */
  put(pin: Pin, content: PinnedContent, signal: AbortSignal): Promise<void>;
}

/** The name of kept content: a pure function of what is kept. */
export interface Pin extends ObjectRef {
  readonly name: string;
  readonly namespace: string;
  /** blake2-256 of the descriptor's bytes, hex with `0x`. */
  readonly hash: string;
}

/** Where a descriptor of a type is kept for the Deployments of a namespace. */
export function pinOf(namespace: string, hash: string, type: string): Pin {
  const typeDigest = createHash('sha256').update(type).digest('hex').slice(0, 10);
  return { namespace, name: `descriptor-${hash.slice(2)}-${typeDigest}`, hash };
}

export interface ConfigMap extends KubeObject {
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

export const configMaps: ResourceType<ConfigMap> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** The value of the label that tells our ConfigMaps from those of others. */
export const PINNED = 'descriptor';

/** How many bytes are kept in memory, too: most reconciles then need no request. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** Content kept in immutable ConfigMaps. */
export class ConfigMapPins implements ContentPins {
  readonly #client: KubeClient;
  readonly #cache = new BoundedCache<PinnedContent>(
    CACHE_BYTES,
    ({ bytes, translated }) => bytes.length + (translated?.json.length ?? 0),
  );

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async find(pin: Pin, signal: AbortSignal): Promise<PinnedContent | undefined> {
    const key = keyOf(pin);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const object = await this.#client.find(configMaps, pin, signal);
    const content = object === undefined ? undefined : contentOf(object);
    // Somebody may have made another ConfigMap of this name: only what has the hash was accepted.
    if (content === undefined || contentHash(content.bytes) !== pin.hash) return undefined;
    this.#cache.set(key, content);
    return content;
  }

  async put(pin: Pin, content: PinnedContent, signal: AbortSignal): Promise<void> {
    const manifest = manifestOf(pin, content);
    try {
      await this.#client.create(configMaps, manifest, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      if ((await this.find(pin, signal)) !== undefined) return;
      await this.#client.delete(configMaps, pin, signal);
      await this.#client.create(configMaps, manifest, signal);
    }
    this.#cache.set(keyOf(pin), content);
  }
}

function manifestOf({ name, namespace }: Pin, { bytes, translated }: PinnedContent) {
  return {
    metadata: { name, namespace, labels: { [Label.content]: PINNED } },
    immutable: true,
    ...(translated && { data: { 'translated-type': translated.type } }),
    binaryData: {
      descriptor: Buffer.from(bytes).toString('base64'),
      ...(translated && { translated: Buffer.from(translated.json).toString('base64') }),
    },
  };
}

function contentOf({ data = {}, binaryData = {} }: ConfigMap): PinnedContent | undefined {
  const { descriptor, translated } = binaryData;
  if (descriptor === undefined) return undefined;
  const type = data['translated-type'];
  return {
    bytes: Buffer.from(descriptor, 'base64'),
    translated:
      translated === undefined || type === undefined
        ? undefined
        : { type, json: Buffer.from(translated, 'base64').toString('utf8') },
  };
}
