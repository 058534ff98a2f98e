import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../simulator/cloudstack/clock.ts';
import { type Simulator, startSimulator } from '../simulator/cloudstack/simulator.ts';
import { signedForm } from '../src/providers/cloudstack/api/signing.ts';
import { differences, IdPairs } from './support/answer-comparison.ts';
import { type Exchange, readRecording, recordedKeys } from './support/cloudstack-recording.ts';
import { prepare, recordedWorld } from './support/recorded-world.ts';
import { replayExemptions } from './support/replay-exemptions.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('the simulator, with the recorded calls of a real server', () => {
  const recording = readRecording();
  const clock = new ManualClock((recording[0]?.at ?? 0) * 1_000 - 3_600_000);
  const ids = new IdPairs();
  /** The differences of each response from the recorded one. */
  const results = new Map<string, readonly string[]>();
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({
      clock,
      delays: { queue: 200, vm: 1_500, other: 50 },
      quirks: { nameRaceMs: 100 },
      fill: recordedWorld,
    });
    prepare(simulator, {}, ids, clock.now());
    for (const exchange of recording) {
      if (exchange.setup === undefined) results.set(exchange.n, await play(exchange));
      else setUp(exchange);
    }
  }, 120_000);
  afterAll(() => simulator.stop());

  it('the simulator answers every recorded call as the real server did', () => {
    const wrong = [...results].filter(([name, found]) => found.length > 0 && !replayExemptions.has(numberOf(name)));
    expect(Object.fromEntries(wrong)).toEqual({});
  });

  it('every exemption of the replay is still needed', () => {
    const needed = new Set([...results].filter(([, found]) => found.length > 0).map(([name]) => numberOf(name)));
    expect([...replayExemptions.keys()].filter((number) => !needed.has(number))).toEqual([]);
  });

  it('the replay covers nearly the whole recording', () => {
    expect(results.size).toBeGreaterThan(900);
    expect(replayExemptions.size / results.size).toBeLessThan(0.07);
  });

  function setUp({ setup, at }: Exchange): void {
    clock.moveTo(Math.max(clock.now() + 1_000, at * 1_000));
    prepare(simulator, setup ?? {}, ids, clock.now());
  }

  async function play(exchange: Exchange): Promise<readonly string[]> {
    // Times are recorded in seconds; calls within one second are still in order.
    clock.moveTo(Math.max(clock.now() + 60, exchange.at * 1_000));
    const answer = exchange.wire === undefined ? await signed(exchange) : await send(...exchange.wire);
    // The progress of a job after a second depends on the machine.
    if (jobStatusOf(exchange.r) === 0 && jobStatusOf(parsed(answer.text)) !== 0) return [];
    const status = answer.status === exchange.st ? [] : [`status ${exchange.st} / ${answer.status}`];
    if (exchange.r === undefined) return status;
    return [...status, ...differences(exchange.r, comparable(exchange, parsed(answer.text)), ids)];
  }

  async function signed({ c = '', p = {}, u, m, r }: Exchange) {
    const parameters = Object.fromEntries(
      Object.entries(p).map(([name, value]) => [
        name,
        typeof value === 'string' ? ids.translate(value) : 'A'.repeat(value.A),
      ]),
    );
    const form = signedForm(c, parameters, u === 'admin' ? simulator.accounts.admin : recordedKeys, clock.now());
    // A job is polled until it has the recorded status.
    const waits = (jobStatusOf(r) ?? 0) !== 0;
    for (let count = 0; ; count++) {
      const answer =
        m === 'POST'
          ? await send('POST', '/client/api', '', form, FORM)
          : await send('GET', '/client/api', form, null, null);
      if (!waits || jobStatusOf(parsed(answer.text)) !== 0 || count > 20) return answer;
      clock.moveTo(clock.now() + 500);
    }
  }

  function send(method: string, path: string, query: string, body: string | null, type: string | null) {
    const url = `${simulator.endpoint.replace('/client/api', path)}${query === '' ? '' : `?${query}`}`;
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = body === null || type === null ? {} : { 'content-type': type };
      const call = request(url, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      call.on('error', reject);
      call.end(body ?? undefined);
    });
  }
});

function numberOf(name: string): number {
  return Number.parseInt(name, 10);
}

/** Of listApis, only the names of commands and whether they are asynchronous. */
function comparable({ c }: Exchange, answer: { [key: string]: unknown } | undefined): unknown {
  const list = answer?.['listapisresponse'];
  if (c !== 'listApis' || typeof list !== 'object' || list === null || !('api' in list)) return answer;
  const api = (list.api as { name: string; isasync: boolean }[]).map(({ name, isasync }) => ({ name, isasync }));
  return { listapisresponse: { ...list, api } };
}

function parsed(text: string): { [key: string]: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jobStatusOf(answer: { readonly [key: string]: unknown } | undefined): number | undefined {
  const inner = answer?.['queryasyncjobresultresponse'];
  const status = typeof inner === 'object' && inner !== null && 'jobstatus' in inner ? inner.jobstatus : undefined;
  return typeof status === 'number' ? status : undefined;
}
