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

beforeAll(async () => {
  // As in the docs, whose outputs are compared.
  stage = await Stage.open('story', { firstSubscription: 0 });
  story = new Story(stage.environment, stage.world);
});

afterAll(() => stage?.close());

describe('from an award on chain to a running workload, and to its end', () => {
  for (const { title, run } of steps) {
    it(title, async () => {
      await run(story, () => undefined);
    });
    if (title === UP) it('docs/deployments.md shows what kubectl prints then', showsScreens);
  }

  it('every line of the log about a tenure names it, from the award to the release', async () => {
    const text = await readFile(stage.environment.operatorLog, 'utf8');
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => ({ line, ...(JSON.parse(line) as LogLine) }));
    const names = story.tenants.map(({ deployment }) => deployment);
    expect(names).toHaveLength(3);
    for (const name of names) {
      const about = lines.filter(({ line }) => line.includes(name));
      const alone = about.filter(({ line }) => names.filter((other) => line.includes(other)).length === 1);
      expect(alone.filter(({ tenure }) => tenure !== name).map(({ line }) => line)).toEqual([]);
      const logged = new Set(about.map(({ msg }) => msg));
      for (const message of FROM_AWARD_TO_RELEASE) expect(logged).toContain(message);
    }
    for (const { level, version } of lines) {
      expect(level).toMatch(/^(debug|info|warn|error)$/);
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
  });

  it('the story has the step at which the outputs in the docs are compared', () => {
    expect(steps.map(({ title }) => title)).toContain(UP);
  });
});

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
