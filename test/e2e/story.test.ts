/**
 * The demo's story with each step asserted, in the cluster KUBECONFIG names (kind, for instance) or else an embedded one.
 * Of the cluster it asks for a storage class by default and for nodes that can pull the charts' images; the embedded one
 * has KWOK's, where every pod is up at once and no container runs.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Story, steps } from '../../src/dev/demo/story.ts';
import { Stage } from '../support/stage.ts';

let stage: Stage;
let story: Story;

beforeAll(async () => {
  stage = await Stage.open('story');
  story = new Story(stage.environment, stage.world);
});

afterAll(() => stage?.close());

describe('from an award on chain to a running workload, and to its end', () => {
  for (const { title, run } of steps) {
    it(title, async () => {
      await run(story, () => undefined);
    });
  }
});
