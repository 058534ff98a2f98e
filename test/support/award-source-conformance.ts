import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Award } from '../../src/award/award.ts';
import type { SubmitResult, TenureReport } from '../../src/award/report.ts';
import type {
  AwardSource,
  Desired,
  SourceListener,
  SourceState,
  Submission,
  WantedRegistration,
} from '../../src/award/source.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';

/** A source under test, and the ledger behind it. */
export interface AwardSourceHarness {
  /** Opens a source for an account that does not act for a provider yet. */
  open(listener: SourceListener): AwardSource;
  /** A published descriptor type. */
  readonly type: string;
  /** Creates a subscription to the registered provider. Returns its number. */
  subscribe(): Promise<bigint>;
  /** Ends a subscription as its consumer. */
  cancel(subscription: bigint): Promise<void>;
  /** Stores bytes at the source. Returns their hash. */
  keep(bytes: Uint8Array): Promise<string>;
  /** Finalises the next point. */
  advance(): Promise<void>;
  /** Makes the source unreachable, or reachable again. */
  setReachable(reachable: boolean): Promise<void>;
  close(): Promise<void>;
}

const MAX_POINTS = 30;

/** The conformance suite of the AwardSource port. Parts that need a capability are left out for a source without it. */
export function describeAwardSource(name: string, start: () => Promise<AwardSourceHarness>, timeoutMs = 30_000): void {
  describe(`the award source ${name}`, { timeout: timeoutMs }, () => {
    let harness: AwardSourceHarness;
    let source: AwardSource;
    let results: { readonly submission: Submission; readonly result: SubmitResult }[];
    let states: SourceState[];
    let wakes: number;
    let stop: AbortController;
    let running: Promise<void>;

    beforeEach(async () => {
      harness = await start();
      [results, states, wakes] = [[], [], 0];
      stop = new AbortController();
      source = harness.open({
        onWake: () => {
          wakes += 1;
        },
        onState: (state) => states.push(state),
        onSubmitted: (submission, result) => results.push({ submission, result }),
      });
      running = source.run(stop.signal);
      await source.settled;
    });
    afterEach(async () => {
      stop.abort(new Error('test over'));
      await running;
      await harness.close();
    });

    const desired = async (): Promise<Desired> => {
      for (let point = 0; point < MAX_POINTS; point++) {
        const found = await source.desired([harness.type], stop.signal);
        if (found !== undefined) return found;
        await harness.advance();
      }
      throw new Error('no point was finalised');
    };
    const wanted = (more: Partial<WantedRegistration> = {}): WantedRegistration => ({
      metadata: '{"name":"Acme"}',
      policy: 'Open',
      consumers: [],
      paused: false,
      offers: [{ type: harness.type, price: 1_000n, capacity: 5 }],
      ...more,
    });
    /** Compares and submits at each point, as a session does, until `done`. */
    const until = async (
      done: (state: Desired) => boolean,
      reports: readonly TenureReport[] = [],
      registration: WantedRegistration | undefined = wanted(),
    ): Promise<Desired> => {
      for (let point = 0; point < MAX_POINTS; point++) {
        const state = await desired();
        if (done(state)) return state;
        source.submit(state, registration, reports);
        await harness.advance();
      }
      throw new Error(`not after ${MAX_POINTS} points: ${JSON.stringify(results)}`);
    };
    const registered = () => until(({ provider }) => provider?.inStep === true && provider.offers.has(harness.type));
    const awardFor = async (): Promise<Award & Pick<Desired, 'genesis'>> => {
      await registered();
      const subscription = await harness.subscribe();
      const state = await until(({ awards }) => awards.some((award) => award.subscription === subscription));
      const award = state.awards.find((one) => one.subscription === subscription);
      if (award === undefined) throw new Error('the award is gone');
      return { ...award, genesis: state.genesis };
    };
    const stateOf = ({ awards }: Desired, subscription: bigint) =>
      awards.find((award) => award.subscription === subscription)?.state;
    const applied = () => results.filter(({ result }) => result.kind === 'Applied').map(({ submission }) => submission);

    it('an award source reports that it follows, its identity, and a finalised point that only grows', async () => {
      const first = await desired();
      expect(source.state.kind).toBe('Following');
      expect(states.at(-1)?.kind).toBe('Following');
      expect(first.genesis).toMatch(/^0x[0-9a-f]{64}$/);
      const before = wakes;
      await harness.advance();
      const next = await desired();
      expect(next.point.number).toBeGreaterThan(first.point.number);
      expect(next.genesis).toBe(first.genesis);
      expect(wakes).toBeGreaterThan(before);
    });

    it('an award source returns a requested published type and omits an unpublished one', async () => {
      await desired();
      const { types } = (await source.desired([harness.type, 'nobody/v9'], stop.signal)) ?? {};
      expect([...(types?.keys() ?? [])]).toEqual([harness.type]);
      expect(types?.get(harness.type)).toMatchObject({ name: harness.type, retired: false });
    });

    it('an award source registers the provider as wanted and then needs no further submission', async () => {
      expect((await desired()).provider).toBeUndefined();
      const state = await registered();
      expect(state.provider?.offers.get(harness.type)).toMatchObject({ price: 1_000n, capacity: 5, withdrawn: false });
      expect(source.submit(state, wanted(), [])).toEqual([]);
    });

    it('an award source withdraws an offer that is no longer wanted', async () => {
      await registered();
      const isWithdrawn = ({ provider }: Desired) => provider?.offers.get(harness.type)?.withdrawn !== false;
      const state = await until(isWithdrawn, [], wanted({ offers: [], paused: true }));
      expect(isWithdrawn(state)).toBe(true);
    });

    it('an award source lists an award with its deadline, and applies an acceptance and a ready report once each', async () => {
      const { genesis, subscription, tenure, state, deadline, type } = await awardFor();
      expect({ state, type }).toEqual({ state: 'Awarded', type: harness.type });
      expect(deadline).toBeGreaterThan(0);
      const accept = { report: 'accept', genesis, subscription, tenure } as const;
      // Twice at one point, which must submit once.
      const now = await desired();
      source.submit(now, wanted(), [accept]);
      source.submit(now, wanted(), [accept]);
      await until((one) => stateOf(one, subscription) === 'Accepted', [accept]);
      await until((one) => stateOf(one, subscription) === 'Active', [{ ...accept, report: 'ready' }]);
      const about = applied().filter((submission) => submission.tenure?.subscription === subscription);
      expect(about.map(({ tenure: reported }) => reported)).toEqual([
        { genesis, subscription, tenure },
        { genesis, subscription, tenure },
      ]);
    });

    it('an award source reports a rejection by its own name and remembers it for the submission', async () => {
      const { genesis, subscription, tenure } = await awardFor();
      const early = { report: 'ready', genesis, subscription, tenure } as const;
      await until(() => results.some(({ result }) => result.kind === 'Refused'), [early]);
      const refused = results.find(({ result }) => result.kind === 'Refused');
      expect(refused?.result).toMatchObject({ kind: 'Refused', error: expect.stringMatching(/^[A-Z]\w+/) });
      expect(source.refusal(refused?.submission.key ?? '')).toBe(
        refused?.result.kind === 'Refused' ? refused.result.error : undefined,
      );
    });

    it('an award source no longer lists a declined award, and its tenure permits removal', async () => {
      const { genesis, subscription, tenure } = await awardFor();
      const one = { genesis, subscription, tenure };
      expect(await source.standing(one, stop.signal)).toBe('Live');
      await until(
        (state) => stateOf(state, subscription) === undefined,
        [{ ...one, report: 'decline', reason: 10_008 }],
      );
      expect(await source.standing(one, stop.signal)).toBe('Gone');
    });

    it('an award source lists an ended tenure until it is released, as Ended and then as Gone', async () => {
      const { genesis, subscription, tenure } = await awardFor();
      const one = { genesis, subscription, tenure };
      await until((state) => stateOf(state, subscription) === 'Accepted', [{ ...one, report: 'accept' }]);
      await until((state) => stateOf(state, subscription) === 'Active', [{ ...one, report: 'ready' }]);
      await harness.cancel(subscription);
      await until((state) => stateOf(state, subscription) === 'Ended');
      expect(await source.standing(one, stop.signal)).toBe('Ended');
      await until((state) => stateOf(state, subscription) === undefined, [{ ...one, report: 'released' }]);
      expect(await source.standing(one, stop.signal)).toBe('Gone');
    });

    it('an award source reports Unknown for a tenure of another chain', async () => {
      await desired();
      const other = { genesis: `0x${'77'.repeat(32)}`, subscription: 1n, tenure: 1 };
      expect(await source.standing(other, stop.signal)).toBe('Unknown');
    });

    it('an award source returns the bytes it stores and undefined for others', async () => {
      const bytes = new TextEncoder().encode('{"kept":true}');
      const hash = await harness.keep(bytes);
      await harness.advance();
      await desired();
      expect(await source.preimage(hash, bytes.length, stop.signal)).toEqual(bytes);
      expect(await source.preimage(`0x${'99'.repeat(32)}`, 5, stop.signal)).toBeUndefined();
    });

    it('an unreachable award source never returns an empty state for one it could not read', async () => {
      const { genesis, subscription, tenure } = await awardFor();
      await harness.setReachable(false);
      source.invalidate();
      const answer = await source.desired([harness.type], stop.signal).catch((error: unknown) => error);
      // It either fails or returns the last state that it read.
      if (!(answer instanceof RetryableError)) {
        expect((answer as Desired).awards.map((award) => award.subscription)).toContain(subscription);
      }
      expect(await source.standing({ genesis, subscription, tenure }, stop.signal)).toBe('Unknown');
      await harness.setReachable(true);
    });
  });
}
