import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Story, steps } from '../../src/dev/demo/story.ts';
import { World } from '../../src/dev/demo/world.ts';
import { Environment } from '../../src/dev/environment.ts';

let folder: string;
let environment: Environment;
let world: World;
let story: Story;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-story-'));
  environment = await Environment.start({
    folder,
    ports: 'free',
    namespace: `story-${randomBytes(4).toString('hex')}`,
    ...(process.env['KUBECONFIG'] !== undefined && { kubeconfig: process.env['KUBECONFIG'] }),
  });
  world = await World.open(environment);
  story = new Story(environment, world);
});

afterAll(async () => {
  await world?.close();
  await environment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('from an award on chain to a running workload, and to its end', () => {
  for (const { title, run } of steps) {
    it(title, async () => {
      await run(story, () => undefined);
    });
  }
});
