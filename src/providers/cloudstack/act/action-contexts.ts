import pLimit from 'p-limit';
import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { Clock } from '../../../base/clock.ts';
import type { CloudStackClient } from '../api/client.ts';
import type { Parameters } from '../api/signing.ts';
import type { CloudCatalogue } from '../observe/cloud-catalogue.ts';
import type { FoundResources } from '../observe/found.ts';
import type { TenureMemo } from '../observe/memo.ts';
import type { DirectReader } from '../observe/reader.ts';
import { type DeployInputs, findDeployInputs, findDiskOffering, findOffering, zoneFor } from '../plan/deploy-inputs.ts';
import { type AccountAsked, checkGrowth } from '../plan/limits.ts';
import { isExpungeRefused } from '../plan/retry.ts';
import type { WantedVm } from '../plan/wanted-vm.ts';
import type { ActionContext, Exclusively, Tools } from './context.ts';

/** What the contexts of all tenures of a reactor share. */
export interface ActionContextsOptions {
  readonly config: CloudStackConfig;
  readonly client: CloudStackClient;
  readonly reader: DirectReader;
  readonly catalogue: CloudCatalogue;
  /** Added to every call: the project, or empty. */
  readonly scope: Parameters;
  readonly clock: Clock;
}

/** Builds the contexts in which the actions of tenures are performed. */
export class ActionContexts {
  readonly #options: ActionContextsOptions;
  readonly #exclusively: Exclusively = pLimit(1);

  constructor(options: ActionContextsOptions) {
    this.#options = options;
  }

  /** The context for the actions of one step of a tenure. */
  async contextFor(
    wanted: WantedVm,
    memo: TenureMemo,
    found: FoundResources,
    signal: AbortSignal,
  ): Promise<ActionContext> {
    const { catalogue, config } = this.#options;
    const network = found.networks[0]?.id;
    const securityGroup = found.securityGroups[0]?.id;
    return {
      ...this.tools(await this.mayExpunge(memo, signal)),
      wanted,
      deployInputs: () => this.deployInputs(wanted, memo, found, signal),
      forgetOffers: () => catalogue.forget(),
      offering: () => findOffering(wanted, catalogue, signal),
      diskOffering: () => findDiskOffering(wanted.vm, config, catalogue, signal),
      checkGrowth: (vm) => checkGrowth(wanted, vm, this.account, signal),
      unseenVm: found.vms.length === 0 ? (memo.destroyed?.id ?? memo.vm) : undefined,
      ids: {
        ...(network === undefined ? {} : { network }),
        ...(securityGroup === undefined ? {} : { securityGroup }),
      },
    };
  }

  tools(expunge: boolean): Tools {
    const { client, reader, scope } = this.#options;
    return { client, reader, scope, exclusively: this.#exclusively, expunge };
  }

  /** Looks up the inputs of a new VM of a tenure. */
  deployInputs(
    wanted: WantedVm,
    memo: TenureMemo,
    found: FoundResources | undefined,
    signal: AbortSignal,
  ): Promise<DeployInputs> {
    const { catalogue, config } = this.#options;
    // An existing network determines the zone.
    const zone = found?.networks[0]?.zone ?? zoneFor(config, memo);
    return findDeployInputs(wanted, config, zone, catalogue, signal);
  }

  /** The account or project whose limits apply. */
  get account(): AccountAsked {
    return { catalogue: this.#options.catalogue, project: this.#options.config.project };
  }

  /** Whether VMs may be expunged, according to capabilities, settings and the last attempt. The role may still forbid it. */
  async mayExpunge(memo: TenureMemo, signal: AbortSignal): Promise<boolean> {
    const { catalogue, clock, config } = this.#options;
    const isAllowed = (config.expunge ?? true) && (await catalogue.mayExpunge(signal));
    return isAllowed && !isExpungeRefused(memo, clock.wallTime());
  }
}
