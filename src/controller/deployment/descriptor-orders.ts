import { type Deployment, tenureOf } from '../../api/deployment.ts';
import type { DescriptorType } from '../../api/descriptor-type.ts';
import { descriptorTypeName, identityOf } from '../../award/identity.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import type { Descriptors } from '../../descriptors/descriptors.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { Order } from '../../providers/port.ts';
import type { OrderSource } from './deployment-reconciler.ts';

/** Orders from descriptors: fetched by hash, verified, validated against the schema of their type. */
export class DescriptorOrders implements OrderSource {
  private readonly descriptors: Descriptors;
  private readonly types: StoreView<DescriptorType>;
  private readonly sourcesOf: (providerKey: string) => readonly ContentSource[];

  constructor(
    descriptors: Descriptors,
    types: StoreView<DescriptorType>,
    /** By `namespace/name` of the Provider. */
    sourcesOf: (providerKey: string) => readonly ContentSource[],
  ) {
    this.descriptors = descriptors;
    this.types = types;
    this.sourcesOf = sourcesOf;
  }

  async orderFor(
    deployment: Deployment,
    wanted: Deployment['spec']['descriptor'],
    signal: AbortSignal,
  ): Promise<Order> {
    const { metadata, spec } = deployment;
    const type = this.types.get(descriptorTypeName(spec.genesisHash, spec.descriptorType));
    if (type === undefined) {
      throw new RetryableError('DescriptorTypePending', {
        message: `the schema of ${spec.descriptorType} is not mirrored yet`,
      });
    }
    const sources = this.sourcesOf(`${metadata.namespace}/${spec.providerRef.name}`);
    if (sources.length === 0) {
      throw new RetryableError('DescriptorUnreachable', {
        message: `Provider ${spec.providerRef.name} has no connection to its chain yet`,
      });
    }
    const schema = { name: type.spec.name, schema: type.spec.schema };
    const descriptor = await this.descriptors.descriptor(wanted, schema, sources, signal);
    return {
      identity: identityOf(tenureOf(deployment)),
      type: spec.descriptorType,
      descriptor,
      descriptorHash: wanted.hash,
      consumer: spec.consumer,
      accessKey: spec.accessKey,
    };
  }
}
