import { ApiError } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, sees, success } from '../find.ts';
import { renderTag } from '../render.ts';
import type { Row } from '../rows.ts';
import type { Kinds } from '../world.ts';

/** The resource types that can have tags, by CloudStack's names. */
const tables: Readonly<Record<string, keyof Kinds>> = {
  UserVm: 'vms',
  Network: 'networks',
  Volume: 'volumes',
  Snapshot: 'snapshots',
  Template: 'templates',
  PublicIpAddress: 'addresses',
  FirewallRule: 'rules',
  PortForwardingRule: 'rules',
  SecurityGroup: 'securityGroups',
};

const params = {
  resourcetype: { type: 'string', required: true },
  resourceids: { type: 'list', required: true },
  tags: { type: 'map', required: true },
} as const;

export const createTags: AsyncCommand = {
  name: 'createTags',
  description: 'Creates resource tag(s)',
  jobClass: 'user.tag.CreateTagsCmd',
  params,
  start: (context, args) => ({
    takes: 'other',
    begin: () => addTags(context, args.need('resourcetype'), args.list('resourceids'), args.maps('tags')),
    finish: () => ({ ...success }),
  }),
};

export const deleteTags: AsyncCommand = {
  name: 'deleteTags',
  description: 'Deleting resource tag(s)',
  jobClass: 'user.tag.DeleteTagsCmd',
  params: { ...params, tags: { type: 'map' } },
  start: (context, args) => ({
    takes: 'other',
    begin: () => {
      const type = args.need('resourcetype');
      const ids = resources(context, type, args.list('resourceids'));
      const wanted = args.maps('tags');
      const matching = context.world.tables.tags.filter(
        (tag) =>
          tag.resourceType === type &&
          ids.includes(tag.resource) &&
          (wanted.length === 0 ||
            wanted.some(({ key, value }) => tag.key === key && (value === undefined || tag.value === value))),
      );
      if (matching.length === 0) throw new ApiError(530, undefined, 'Failed to delete tags');
      for (const tag of matching) context.world.tables.tags.drop(tag.id);
    },
    finish: () => ({ ...success }),
  }),
};

export const listTags: SyncCommand = {
  name: 'listTags',
  description: 'List resource tag(s)',
  params: {
    ...listParams,
    resourcetype: { type: 'string' },
    resourceid: { type: 'string' },
    key: { type: 'string' },
    value: { type: 'string' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const inProject = args.text('projectid') !== undefined;
    const rows = context.world.tables.tags.filter(
      (tag) =>
        !inProject &&
        sees(context, args, tag.account) &&
        named(args.text('resourcetype'), tag.resourceType) &&
        (args.text('resourceid') === undefined || tag.resource === args.text('resourceid')) &&
        (args.text('key') === undefined || tag.key === args.text('key')) &&
        (args.text('value') === undefined || tag.value === args.text('value')) &&
        matches(args, tag.key),
    );
    const sorted = rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    return listOf(
      'tag',
      args,
      sorted.map((tag) => renderTag(context, tag)),
    );
  },
};

/** Sets tags on resources: all of them, or none when one exists already. */
export function addTags(
  context: Context,
  type: string,
  ids: readonly string[],
  maps: readonly Readonly<Record<string, string>>[],
): void {
  const { tags } = context.world.tables;
  const targets = resources(context, type, ids);
  for (const { key, value } of maps) {
    if (key === undefined || value === undefined) {
      throw new ApiError(431, undefined, `Value for the key ${key} is either null or empty`);
    }
    const taken = targets.find((id) => tags.find((tag) => tag.resource === id && tag.key === key) !== undefined);
    if (taken !== undefined) throw new ApiError(530, undefined, `tag ${key} already on ${type} with id ${taken}`);
  }
  for (const id of targets) {
    for (const { key = '', value = '' } of maps) {
      tags.add({
        created: context.clock.now(),
        key,
        value,
        resourceType: type,
        resource: id,
        account: context.account.id,
      });
    }
  }
}

function resources(context: Context, type: string, ids: readonly string[]): string[] {
  const table = tables[type];
  if (table === undefined) throw new ApiError(431, undefined, `Invalid resource type: ${type}`);
  return ids.map((id) => {
    const row: (Row & { account?: string }) | undefined = context.world.tables[table].get(id);
    if (row === undefined || row.removed !== undefined) {
      throw new ApiError(431, undefined, `Unable to find resource by id ${id} and type ${type}`);
    }
    mayChange(context, row.account);
    return row.id;
  });
}
