/**
 * The demo's story with each step asserted, in the cluster of KUBECONFIG (kind, for instance) or else an embedded one.
 * The cluster needs a default storage class and nodes that can pull the charts' images; the embedded one has KWOK
 * nodes, where every pod is up immediately and no container runs.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Story, steps } from '../../dev/demo/story.ts';
import { lastingLines, screensOf } from '../support/screens.ts';
import { Stage } from '../support/stage.ts';
import { attributeOf, TraceCollector } from '../support/trace-collector.ts';

/** The step after which the outputs in the docs are compared. */
const UP = 'All come up, and the chain says Active';

/** What each tenure leaves in the log. */
const FROM_AWARD_TO_RELEASE = [
  'the Deployment follows its award',
  'a report to the chain was applied or refused',
  'the reactor has taken a step',
  'the Deployment has changed',
  'the Deployment of a tenure that is over was deleted',
];

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly version: string;
  readonly tenure?: string;
}

let stage: Stage;
let story: Story;
let collector: TraceCollector;

beforeAll(async () => {
  collector = await TraceCollector.start();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.endpoint;
  // One of the operators is killed: what waits to be sent is lost then.
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '200';
  // As in the docs, whose outputs are compared.
  stage = await Stage.open('story', { firstSubscription: 0 });
  story = new Story(stage.environment, stage.world);
});

afterAll(async () => {
  await stage?.close();
  await collector?.stop();
});

describe('from an award on chain to a running workload, and to its end', () => {
  for (const { title, run } of steps) {
    it(title, async () => {
      await run(story, () => undefined);
    });
    if (title === UP) it('docs/deployments.md shows what kubectl prints then', showsScreens);
  }

  it('every line of the log about a tenure names it, from the award to the release', async () => {
    const names = story.tenants.map(({ deployment }) => deployment);
    expect(names).toHaveLength(3);
    for (const name of names) {
      const ofIt = async () => (await linesOfOperator()).filter(({ tenure }) => tenure === name);
      // The last of them is written a moment after the end.
      await expect
        .poll(async () => (await ofIt()).map(({ msg }) => msg), { timeout: 10_000 })
        .toEqual(expect.arrayContaining(FROM_AWARD_TO_RELEASE));
      // Whatever has its name or its key in a field is about it.
      const isAbout = (line: LogLine) =>
        Object.values(line).some((value) => typeof value === 'string' && value.split('/').at(-1) === name);
      expect((await linesOfOperator()).filter((line) => isAbout(line) && line.tenure !== name)).toEqual([]);
    }
    for (const { level, version } of await linesOfOperator()) {
      expect(level).toMatch(/^(debug|info|warn|error)$/);
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
  });

  it('each tenure has one trace, from the award to the release', async () => {
    for (const { deployment } of story.tenants) {
      const spans = () => collector.spans.filter((span) => attributeOf(span, 'dinfra.tenure') === deployment);
      const calls = () => spans().map((span) => `${attributeOf(span, 'call')} ${attributeOf(span, 'result')}`);
      // The last ones are sent a moment after the end.
      await expect.poll(calls, { timeout: 20_000 }).toContain('released Applied');
      expect(calls()).toEqual(expect.arrayContaining(['accept Applied', 'ready Applied']));
      expect(new Set(spans().map(({ traceId }) => traceId)).size).toBe(1);
      const names = new Set(spans().map(({ name }) => name));
      for (const name of ['mirror', 'reconcile', 'reactor create', 'reactor observe', 'reactor delete', 'report']) {
        expect(names).toContain(name);
      }
    }
  });

  it('the story has the step at which the outputs in the docs are compared', () => {
    expect(steps.map(({ title }) => title)).toContain(UP);
  });
});

async function linesOfOperator(): Promise<readonly LogLine[]> {
  // The last line may be half written.
  const lines = (await readFile(stage.environment.operatorLog, 'utf8')).split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
}

async function showsScreens(): Promise<void> {
  const page = await readFile(new URL('../../docs/deployments.md', import.meta.url), 'utf8');
  const shown = screensOf(page);
  const vm = story.tenants.find(({ type }) => type === 'vm/v1')?.deployment ?? '';
  const screens = [
    { command: 'kubectl -n acme get dinfra -o wide', args: ['get', 'dinfra', '-o', 'wide'] },
    { command: 'kubectl -n acme describe ddep dinfra-1-1-c9e8d5c227', args: ['describe', 'ddep', vm] },
  ];
  for (const { command, args } of screens) {
    // The condition of the last report is written a moment later.
    await expect
      .poll(async () => lastingLines(ofOurChain(await stage.environment.kubectl(args))), { timeout: 20_000 })
      .toEqual(lastingLines(shown.get(command) ?? ''));
  }
}

/** Descriptor types are cluster-scoped: those of other files' chains are in the same cluster. */
function ofOurChain(screen: string): string {
  const genesis = stage.consumer.api.genesisHash.toHex();
  const lines = screen.split('\n');
  return lines.filter((line) => !line.startsWith('descriptortype') || line.includes(genesis)).join('\n');
}
