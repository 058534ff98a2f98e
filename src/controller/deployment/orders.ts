import { type Deployment, type DeploymentStatus, tenureOf } from '../../api/deployment.ts';
import type { DescriptorType } from '../../api/descriptor-type.ts';
import { descriptorTypeName, identityOf } from '../../award/identity.ts';
import type { ContentRef } from '../../base/content-ref.ts';
import type { Json } from '../../base/json.ts';
import type { Blueprints } from '../../blueprints/blueprints.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import type { Descriptors } from '../../descriptors/descriptors.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { Order, Reactor } from '../../providers/port.ts';
import { type ContentPins, type Pin, type PinnedContent, pinOf } from '../content/content-pins.ts';

/** The record of a descriptor that was validated and stored. */
export type Accepted = NonNullable<DeploymentStatus['accepted']>;

/** Orders of Deployments: validated once, and from then on read from the stored descriptor. */
export interface Orders {
  /**
   * Validates a descriptor, the only time: it is fetched by hash, verified, validated against the current schema,
   * translated and checked by the reactor. If all succeed, it is stored in the cluster.
   *
   * @throws DinfraError why it cannot be realised, or why that cannot be decided yet.
   */
  accept(deployment: Deployment, ref: ContentRef, reactor: Reactor, signal: AbortSignal): Promise<Accepted>;
  /**
   * The order of a Deployment as it was accepted. Lost bytes are fetched again by their hash but not validated again:
   * nothing that was published since may affect what was accepted.
   *
   * @throws DinfraError why it cannot be read.
   */
  accepted(deployment: Deployment, signal: AbortSignal): Promise<{ readonly order: Order; readonly record: Accepted }>;
}

export interface DescriptorOrdersOptions {
  readonly descriptors: Descriptors;
  readonly types: StoreView<DescriptorType>;
  readonly blueprints: Blueprints;
  readonly pins: ContentPins;
  /** Where the descriptors of a Provider's awards can be fetched, by `namespace/name` of the Provider. */
  readonly sourcesOf: (providerKey: string) => readonly ContentSource[];
}

/** A version that no schema has, for descriptors that were accepted before the version was recorded. */
const UNRECORDED_VERSION = 0;

/** Orders from descriptors, stored in the cluster once accepted. */
export class DescriptorOrders implements Orders {
  readonly #options: DescriptorOrdersOptions;

  constructor(options: DescriptorOrdersOptions) {
    this.#options = options;
  }

  async accept(deployment: Deployment, ref: ContentRef, reactor: Reactor, signal: AbortSignal): Promise<Accepted> {
    const { spec } = deployment;
    const type = this.#typeOf(deployment);
    const schema = { name: type.spec.name, schema: type.spec.schema };
    const { bytes, json } = await this.#options.descriptors.descriptor(ref, schema, this.#sources(deployment), signal);
    const content = this.#translate(spec.descriptorType, bytes, json);
    await this.#check(orderOf(deployment, ref.hash, content), reactor, spec.descriptorType, signal);
    const pin = this.#pinOf(deployment, ref.hash);
    await this.#options.pins.put(pin, content, signal);
    return { hash: ref.hash, schemaVersion: type.spec.version, contentRef: { name: pin.name } };
  }

  async accepted(deployment: Deployment, signal: AbortSignal) {
    const { descriptor, descriptorType } = deployment.spec;
    const pin = this.#pinOf(deployment, descriptor.hash);
    let content = await this.#options.pins.find(pin, signal);
    if (content === undefined) {
      const fetched = await this.#options.descriptors.content(descriptor, this.#sources(deployment), signal);
      content = this.#translate(descriptorType, fetched.bytes, fetched.json);
      await this.#options.pins.put(pin, content, signal);
    }
    const known = [deployment.spec.accepted, deployment.status.accepted].find((one) => one?.hash === descriptor.hash);
    const record: Accepted = known ?? {
      hash: descriptor.hash,
      schemaVersion: UNRECORDED_VERSION,
      contentRef: { name: pin.name },
    };
    return { order: orderOf(deployment, descriptor.hash, content), record };
  }

  async #check(order: Order, reactor: Reactor, type: string, signal: AbortSignal): Promise<void> {
    try {
      await reactor.check(order, signal);
    } catch (error) {
      throw this.#options.blueprints.inTermsOf(type, error);
    }
  }

  #translate(type: string, bytes: Uint8Array, json: Json): PinnedContent {
    const translated = this.#options.blueprints.translate(type, json);
    return {
      bytes,
      translated:
        translated.type === type ? undefined : { type: translated.type, json: JSON.stringify(translated.descriptor) },
    };
  }

  #pinOf({ metadata, spec }: Deployment, hash: string): Pin {
    return pinOf(metadata.namespace ?? '', hash, spec.descriptorType);
  }

  #typeOf({ spec }: Deployment): DescriptorType {
    const type = this.#options.types.get(descriptorTypeName(spec.genesisHash, spec.descriptorType));
    if (type !== undefined) return type;
    throw new RetryableError('DescriptorTypePending', {
      message: `the schema of ${spec.descriptorType} is not mirrored yet`,
    });
  }

  #sources({ metadata, spec }: Deployment): readonly ContentSource[] {
    const sources = this.#options.sourcesOf(`${metadata.namespace}/${spec.providerRef.name}`);
    if (sources.length > 0) return sources;
    throw new RetryableError('DescriptorUnreachable', {
      message: `Provider ${spec.providerRef.name} has no connection to its chain yet`,
    });
  }
}

function orderOf(deployment: Deployment, hash: string, { bytes, translated }: PinnedContent): Order {
  const { descriptorType, consumer, accessKey } = deployment.spec;
  return {
    identity: identityOf(tenureOf(deployment)),
    type: translated?.type ?? descriptorType,
    descriptor: JSON.parse(translated?.json ?? new TextDecoder().decode(bytes)) as Json,
    descriptorHash: hash,
    consumer,
    accessKey,
  };
}
