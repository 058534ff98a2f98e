import type { KeyringPair } from '@polkadot/keyring/types';
import type { SubmitResult } from '../../src/award/report.ts';
import type { SourceState, Submission } from '../../src/award/source.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openFence } from '../../src/base/fence.ts';
import { DinfraSource, type DinfraSourceOptions } from '../../src/sources/dinfra/dinfra-source.ts';
import { ChainClient, type ChainClientOptions } from '../../src/substrate/chain-client.ts';
import { type Connection, connect } from '../../src/substrate/connection.ts';

/** A client of real nodes. Each connection is added to `connections`. */
export function clientOf(
  endpoints: readonly string[],
  options: Partial<ChainClientOptions> = {},
  connections: Connection[] = [],
) {
  return new ChainClient<Connection>(
    { endpoints, genesis: undefined, backoff: { initialMs: 50, maxMs: 200 }, ...options },
    {
      clock: systemClock,
      random: () => 0.5,
      connect: async (endpoint, signal) => {
        const made = await connect(endpoint, signal);
        connections.push(made);
        return made;
      },
    },
  );
}

/** A running source of awards, with its callbacks recorded. */
export class RunningSource {
  readonly source: DinfraSource;
  readonly states: SourceState[] = [];
  readonly results: { readonly submission: Submission; readonly result: SubmitResult }[] = [];
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(account: KeyringPair, options: Pick<DinfraSourceOptions, 'chain'> & Partial<DinfraSourceOptions>) {
    this.source = new DinfraSource({
      cursor: undefined,
      account,
      accessKey: `0x${'07'.repeat(32)}`,
      mayReport: () => true,
      fence: openFence,
      clock: systemClock,
      listener: {
        onWake: () => undefined,
        onState: (state) => this.states.push(state),
        onSubmitted: (submission, result) => this.results.push({ submission, result }),
      },
      ...options,
    });
    this.running = this.source.run(this.stopping.signal);
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  desired(types: readonly string[] = []) {
    return this.source.desired(types, this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}
