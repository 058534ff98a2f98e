import { createHash } from 'node:crypto';
import { Label, recommendedLabels } from '../../api/labels.ts';
import { BoundedCache } from '../../base/bounded-cache.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { ObjectRef } from '../../base/kube-object.ts';
import { contentHash } from '../../descriptors/content/content-hash.ts';
import { isAlreadyExists } from '../../kube/client/api-error.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { type KubeObject, keyOf, type ResourceType } from '../../kube/client/resource-type.ts';

/** An accepted descriptor, and its translation if a blueprint made one. */
export interface PinnedContent {
  /** The descriptor, byte for byte as it was accepted. */
  readonly bytes: Uint8Array;
  /** The translation by a blueprint, as JSON text; undefined if the descriptor is realised as it is. */
  readonly translated: { readonly type: string; readonly json: string } | undefined;
}

/** Stores accepted descriptors in the cluster, so that nothing outside of it can change what runs. */
export interface ContentPins {
  /** The content stored under a name; undefined if there is none, or if it does not match its hash. */
  find(pin: Pin, signal: AbortSignal): Promise<PinnedContent | undefined>;
  /** Stores content under its name. Does nothing if it is stored already. */
  put(pin: Pin, content: PinnedContent, signal: AbortSignal): Promise<void>;
  /** To be called before a pin is deleted, so that the next `put` asks the cluster. */
  forget(pin: ObjectRef): void;
}

/** The name of stored content: a pure function of the content. */
export interface Pin extends ObjectRef {
  readonly name: string;
  readonly namespace: string;
  /** blake2-256 of the descriptor's bytes, hex with `0x`. */
  readonly hash: string;
}

/** Where a descriptor of a type is stored for the Deployments of a namespace. */
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

/** Value of the label that distinguishes our ConfigMaps from others. */
export const PINNED = 'descriptor';

/** Size of the cache in memory, in bytes. With it, most reconciles need no request. */
const CACHE_BYTES = 8 * 1024 * 1024;
/**
 * How long a stored pin counts as stored without a check, in milliseconds: a burst of awards often has one descriptor.
 */
const KEPT_MS = 30_000;
/** How many pins are remembered as stored. */
const MAX_KEPT = 4096;

/** Content kept in immutable ConfigMaps. */
export class ConfigMapPins implements ContentPins {
  readonly #client: KubeClient;
  readonly #cache = new BoundedCache<PinnedContent>(
    CACHE_BYTES,
    ({ bytes, translated }) => bytes.length + (translated?.json.length ?? 0),
  );
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When a pin was last known to be stored, in monotonic milliseconds. */
  readonly #keptAt = new BoundedCache<number>(MAX_KEPT);

  constructor(client: KubeClient, clock: Pick<Clock, 'monotonic'> = systemClock) {
    this.#client = client;
    this.#clock = clock;
  }

  async find(pin: Pin, signal: AbortSignal): Promise<PinnedContent | undefined> {
    const key = keyOf(pin);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const object = await this.#client.find(configMaps, pin, signal);
    const content = object === undefined ? undefined : contentOf(object);
    // Somebody may have replaced the ConfigMap: only content that matches the hash was accepted.
    if (content === undefined || contentHash(content.bytes) !== pin.hash) {
      this.forget(pin);
      return undefined;
    }
    this.#cache.set(key, content);
    return content;
  }

  async put(pin: Pin, content: PinnedContent, signal: AbortSignal): Promise<void> {
    const key = keyOf(pin);
    const keptAt = this.#keptAt.get(key);
    if (keptAt !== undefined && this.#clock.monotonic() - keptAt < KEPT_MS) return;
    const manifest = manifestOf(pin, content);
    try {
      await this.#client.create(configMaps, manifest, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      if ((await this.find(pin, signal)) === undefined) {
        await this.#client.delete(configMaps, pin, signal);
        await this.#client.create(configMaps, manifest, signal);
      }
    }
    this.#cache.set(key, content);
    this.#keptAt.set(key, this.#clock.monotonic());
  }

  forget(pin: ObjectRef): void {
    this.#keptAt.delete(keyOf(pin));
  }
}

function manifestOf({ name, namespace, hash }: Pin, { bytes, translated }: PinnedContent) {
  return {
    metadata: {
      name,
      namespace,
      // The name is too long for a label: the first 16 hex digits of the hash tell the contents of a namespace apart.
      labels: { ...recommendedLabels('descriptor', `descriptor-${hash.slice(2, 18)}`), [Label.content]: PINNED },
    },
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
