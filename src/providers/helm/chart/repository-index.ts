import { strictDocument, unparsable } from '../../../base/strict-yaml.ts';
import { isRecord, listOf, recordOf, textOf } from '../json-fields.ts';

/** One version of a chart in a repository's index. */
export interface IndexEntry {
  readonly version: string;
  /** URL of its archive, absolute or relative to the repository. */
  readonly urls: readonly string[];
  /** `sha256:<hex>` of the archive, if the index has it. */
  readonly digest: string | undefined;
}

/** The result of a lookup of one version of one chart. */
export type IndexAnswer =
  | { readonly found: 'Entry'; readonly entry: IndexEntry }
  | { readonly found: 'NoChart' }
  | { readonly found: 'NoVersion'; readonly others: readonly string[] }
  | { readonly found: 'NotAnIndex' };

/** Limit of text parsed as YAML: parsing is a hundred times slower than reading, and blocks the thread. */
const MAX_PARSED = 256 * 1024;
/** Limit of an index in JSON, which is parsed as a whole. */
const MAX_JSON = 4 * 1024 * 1024;
/** Limit of the section of one chart: charts with hundreds of versions have some hundred kilobytes. */
const MAX_SECTION = 4 * 1024 * 1024;
/** Limit of versions of one chart. */
const MAX_ITEMS = 5_000;
/** Limit of tokens in parsed text. */
const MAX_WORDS = 50_000;
const MAX_OTHERS = 5;

/**
 * Looks up one version of one chart in an index.yaml.
 *
 * The index of a large repository has tens of megabytes, and one entry is needed. So the chart's section, and in it the
 * entries that mention the version, are extracted by the indentation that all common tools write; only these are
 * parsed. An index in another style is parsed as a whole if it is small.
 */
export function lookUpChart(index: string, name: string, version: string): IndexAnswer {
  const section = index.trimStart().startsWith('{') ? undefined : sectionOf(index, name);
  if (section === undefined) return lookUpInWhole(index, name, version);
  if (section === 'absent') return { found: 'NoChart' };
  if (section.length > MAX_SECTION) return { found: 'NotAnIndex' };
  const items = itemsOf(section);
  const named = items.filter((item) => plain(versionOf(item) ?? '') === plain(version));
  const parsed = named.length === 0 ? [] : parse(named.slice(0, 8).join('\n'));
  // An alias of an anchor elsewhere, for instance.
  if (!Array.isArray(parsed)) return lookUpInWhole(index, name, version);
  return answer(parsed.map(recordOf), version, () => items.flatMap((item) => versionOf(item) ?? []));
}

function lookUpInWhole(index: string, name: string, version: string): IndexAnswer {
  const whole = index.trimStart().startsWith('{') ? parseJson(index) : parse(index);
  const entries = recordOf(whole)['entries'];
  if (!isRecord(entries)) return { found: 'NotAnIndex' };
  if (!Object.hasOwn(entries, name)) return { found: 'NoChart' };
  const versions = listOf(entries[name]).map(recordOf);
  return answer(versions, version, () => versions.flatMap((entry) => textOf(entry['version']) ?? []));
}

function answer(
  entries: readonly Readonly<Record<string, unknown>>[],
  version: string,
  others: () => readonly string[],
): IndexAnswer {
  // To helm, `v1.2.3` and `1.2.3` are the same version.
  const found = entries.find((entry) => plain(`${entry['version']}`) === plain(version));
  if (found === undefined) return { found: 'NoVersion', others: others().slice(0, MAX_OTHERS) };
  const digest = textOf(found['digest'])
    ?.replace(/^sha256:/, '')
    .toLowerCase();
  return {
    found: 'Entry',
    entry: {
      version: `${found['version']}`,
      urls: listOf(found['urls']).flatMap((url) => textOf(url) ?? []),
      digest: digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? `sha256:${digest}` : undefined,
    },
  };
}

/** The lines below `entries:` that belong to a chart; undefined if the index is not written in the usual style. */
function sectionOf(index: string, name: string): string | 'absent' | undefined {
  const start = /^entries:[ \t]*$/m.exec(index);
  if (start === null) return undefined;
  const body = index.slice(start.index + start[0].length + 1);
  const indent = /^([ ]+)[^\s#-]/m.exec(body)?.[1];
  if (indent === undefined) return undefined;
  const quoted = `(?:${literal(name)}|"${literal(name)}"|'${literal(name)}')`;
  const key = new RegExp(`^${indent}${quoted}:[ \\t]*(.*)$`, 'm').exec(body);
  if (key === null) return 'absent';
  // Another style, e.g. a flow sequence or an anchor.
  if (key[1] !== '') return undefined;
  const rest = body.slice(key.index + key[0].length + 1);
  // The next key of the same or a higher level; list items may be indented like their key.
  const end = new RegExp(`^(?:${indent}[^\\s#-]|[^\\s#-])`, 'm').exec(rest);
  return end === null ? rest : rest.slice(0, end.index);
}

/** Splits the text of a list into its items. */
function itemsOf(section: string): readonly string[] {
  const indent = /^([ ]*)- /m.exec(section)?.[1];
  if (indent === undefined) return [];
  const items = section.split(new RegExp(`^(?=${indent}- )`, 'm'), MAX_ITEMS);
  return items.filter((item) => item.startsWith(`${indent}- `));
}

/** The version of an entry itself; those of its dependencies are indented deeper. */
function versionOf(item: string): string | undefined {
  const dash = /^[ ]*-[ ]+/.exec(item)?.[0] ?? '';
  const own = new RegExp(`^(?:${dash}| {${dash.length}})version:[ \\t]*["']?([^\\s"']+)["']?[ \\t]*$`, 'm');
  return own.exec(item)?.[1];
}

function parse(yaml: string): unknown {
  if (yaml.length > MAX_PARSED || unparsable(yaml, MAX_WORDS) !== undefined) return undefined;
  try {
    return strictDocument(yaml, {})?.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function parseJson(json: string): unknown {
  if (json.length > MAX_JSON) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function plain(version: string): string {
  return version.replace(/^v/, '');
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
