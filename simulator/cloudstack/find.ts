import { denied, invalid } from './api-error.ts';
import type { Arguments } from './arguments.ts';
import type { Context } from './command.ts';
import type { Json } from './json.ts';

/** Whether the caller's lists show rows of this account. */
export function sees(context: Context, args: Arguments, account: string | undefined): boolean {
  if (account === context.account.id) return true;
  return context.account.role === 'Admin' && args.flag('listall') === true;
}

/** Throws 531 when the caller may not change what this account owns. */
export function mayChange(context: Context, account: string | undefined): void {
  if (account === context.account.id || context.account.role === 'Admin') return;
  throw denied('Caller does not have permission to operate with provided resource.');
}

/** The test of the tag filters of a list. Several filters are joined by OR, as on the server. */
export function tagged({ world }: Context, args: Arguments, resourceType: string): (row: { id: string }) => boolean {
  const wanted = args.maps('tags');
  if (wanted.length === 0) return () => true;
  for (const { key, value } of wanted) {
    if (value === undefined) throw invalid(`No value is passed in for key ${key}`);
  }
  const ids = new Set(
    world.tables.tags
      .filter((tag) => tag.resourceType === resourceType)
      .filter((tag) => wanted.some(({ key, value }) => tag.key === key && tag.value === value))
      .map((tag) => tag.resource),
  );
  return ({ id }) => ids.has(id);
}

/** `keyword=`: a substring of a name, without case. */
export function matches(args: Arguments, ...texts: (string | undefined)[]): boolean {
  const keyword = args.text('keyword')?.toLowerCase();
  return keyword === undefined || texts.some((text) => text?.toLowerCase().includes(keyword));
}

/** `name=`: exact but for case. */
export function named(wanted: string | undefined, name: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === name.toLowerCase();
}

/** Newest first: how most lists are sorted. */
export function newestFirst<T extends { seq: number }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.seq - a.seq);
}

/** `{success: true}`. */
export const success: Json = { success: true };
