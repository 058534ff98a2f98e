import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configMaps } from '../../../test/support/kube-objects.ts';
import { ReflectorWorld } from '../../../test/support/reflector-world.ts';
import { MetadataWatches } from './metadata-watches.ts';

let world: ReflectorWorld;

beforeEach(async () => {
  world = await ReflectorWorld.start();
});
afterEach(() => world.end());

test('all followers of one type share one watch, which is closed with the last of them', async () => {
  world.server.put('a', '1');
  const watches = new MetadataWatches(world.client);
  const followers = [new AbortController(), new AbortController()];
  const views = followers.map(({ signal }) => watches.follow(configMaps, 'x=y', signal));
  expect(views[0]?.isCurrent()).toBe(false);
  await vi.waitFor(() => expect(views.every((view) => view.isCurrent())).toBe(true));
  expect(views[0]?.versionOf('default/a')).toBe(views[1]?.versionOf('default/a'));
  expect(views[0]?.versionOf('default/a')).toMatch(/^[0-9]+$/);
  await world.isWatching();
  followers[0]?.abort(new Error('gone'));
  const before = views[1]?.versionOf('default/a');
  world.server.put('a', '2');
  await vi.waitFor(() => expect(views[1]?.versionOf('default/a')).not.toBe(before));
  followers[1]?.abort(new Error('gone'));
  await vi.waitFor(() => expect(world.server.watching).toBe(0));
});
