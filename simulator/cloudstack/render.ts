import type { Context } from './command.ts';
import type { Json } from './json.ts';
import type { Row, Tag } from './rows.ts';
import { ROOT_DOMAIN } from './seed.ts';

/** CloudStack's way of writing a moment: `2026-11-21T02:39:07+0000`. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+0000');
}

/** The domain everything is in; the simulator has one. */
export const inDomain = { domainid: ROOT_DOMAIN.id, domain: ROOT_DOMAIN.name, domainpath: ROOT_DOMAIN.path };

/** The owner of a row. */
export function ownedBy({ world }: Context, account: string): Json {
  return { account: world.tables.accounts.must(account).name, ...inDomain };
}

/** The zone a row is in. */
export function inZone({ world }: Context, zone: string): Json {
  return { zoneid: zone, zonename: world.tables.zones.must(zone).name };
}

/** The unfinished job of a row: shown in the row itself, with a status that is always pending. */
export function pendingJob({ jobs }: Context, row: Row): Json {
  const job = jobs.pendingFor(row.id);
  return job === undefined ? {} : { jobid: job.id, jobstatus: 0 };
}

/** The tags of a row, as its own row shows them: without the path of the domain. */
export function tagsOf(context: Context, resourceType: string, id: string): Json[] {
  return tagRows(context, resourceType, id).map((tag) => {
    const { domainpath: _, ...row } = renderTag(context, tag);
    return row;
  });
}

/** The tags of a network or an address, which show no more than key and value. */
export function bareTagsOf(context: Context, resourceType: string, id: string): Json[] {
  return tagRows(context, resourceType, id).map(({ key, value }) => ({ key, value }));
}

function tagRows({ world }: Context, resourceType: string, id: string): Tag[] {
  return world.tables.tags
    .filter((tag) => tag.resource === id && tag.resourceType === resourceType)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function renderTag(context: Context, tag: Tag): Json {
  return {
    key: tag.key,
    value: tag.value,
    resourcetype: tag.resourceType,
    resourceid: tag.resource,
    ...ownedBy(context, tag.account),
  };
}
