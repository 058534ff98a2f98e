import { conditionsAfter } from '../../api/conditions.ts';
import { type DescriptorType, descriptorTypes } from '../../api/descriptor-type.ts';
import { FieldManager } from '../../api/labels.ts';
import { descriptorTypeName } from '../../award/identity.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import type { Descriptors } from '../../descriptors/descriptors.ts';
import { type DinfraError, findDinfraError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { OnChainType } from '../../sources/dinfra/model.ts';
import { writeStatus } from '../status/write-status.ts';

/** Keeps a DescriptorType resource, schema and all, for each on-chain type a provider has to do with. */
export class DescriptorTypeMirror {
  private readonly client: KubeClient;
  private readonly store: StoreView<DescriptorType>;
  private readonly descriptors: Descriptors;

  constructor(client: KubeClient, store: StoreView<DescriptorType>, descriptors: Descriptors) {
    this.client = client;
    this.store = store;
    this.descriptors = descriptors;
  }

  /** Brings the resources in step. Returns why, by type, where that could not be done: none keeps another back. */
  async mirror(
    genesis: string,
    types: Iterable<OnChainType>,
    sources: readonly ContentSource[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, DinfraError>> {
    const problems = new Map<string, DinfraError>();
    for (const type of types) {
      try {
        await this.mirrorOne(genesis, type, sources, signal);
      } catch (error) {
        const ours = findDinfraError(error);
        if (ours === undefined) throw error;
        problems.set(type.name, ours);
      }
    }
    return problems;
  }

  private async mirrorOne(
    genesis: string,
    type: OnChainType,
    sources: readonly ContentSource[],
    signal: AbortSignal,
  ): Promise<void> {
    const name = descriptorTypeName(genesis, type.name);
    const known = this.store.get(name);
    const facts = { owner: type.owner, version: type.version, schemaHash: type.schema.hash, retired: type.retired };
    if (known !== undefined && isInStep(known.spec, facts)) return;
    const schema = await this.descriptors.schema(type.name, type.schema, sources, signal);
    const applied = await this.client.apply(
      descriptorTypes,
      { metadata: { name }, spec: { genesisHash: genesis, name: type.name, schema, ...facts } },
      { fieldManager: FieldManager.bridge },
      signal,
    );
    const { generation } = applied.metadata;
    const usable = {
      type: 'SchemaUsable',
      status: 'True',
      reason: 'Registered',
      message: `Version ${type.version}.`,
    } as const;
    const conditions = conditionsAfter(applied.status.conditions, [usable], generation, Date.now());
    await writeStatus(this.client, descriptorTypes, applied, { observedGeneration: generation, conditions }, signal);
  }
}

type Facts = Pick<DescriptorType['spec'], 'owner' | 'version' | 'schemaHash' | 'retired'>;

function isInStep(before: Facts, after: Facts): boolean {
  return (
    before.owner === after.owner &&
    before.version === after.version &&
    before.schemaHash === after.schemaHash &&
    before.retired === after.retired
  );
}
