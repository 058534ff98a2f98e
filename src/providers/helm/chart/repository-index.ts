import { strictDocument, unparsable } from '../../../base/strict-yaml.ts';
import { isRecord, listOf, recordOf, textOf } from '../json-fields.ts';

/** One version of a chart in a repository's index. */
export interface IndexEntry {
  readonly version: string;
  /** Where its archive is, absolute or relative to the repository. */
  readonly urls: readonly string[];
  /** `sha256:<hex>` of the archive, when the index says. */
  readonly digest: string | undefined;
}

/** What an index says about one version of one chart. */
export type IndexAnswer =
  | { readonly found: 'Entry'; readonly entry: IndexEntry }
  | { readonly found: 'NoChart' }
  | { readonly found: 'NoVersion'; readonly others: readonly string[] }
  | { readonly found: 'NotAnIndex' };

/** What is parsed as YAML at most: a hundred times slower than it is read, and nothing else runs meanwhile. */
const MAX_PARSED = 256 * 1024;
/** Of an index in JSON, which is parsed as a whole. */
const MAX_JSON = 4 * 1024 * 1024;
/** Of the section of one chart: charts with hundreds of versions have some hundred kilobytes. */
const MAX_SECTION = 4 * 1024 * 1024;
/** Versions of one chart that are looked through. */
const MAX_ITEMS = 5_000;
/** Words and marks in what is parsed. */
const MAX_WORDS = 50_000;
const MAX_OTHERS = 5;

/**
 * Looks up one version of one chart in an index.yaml.
 *
 * The indices of large repositories have tens of megabytes, of which one entry is wanted. So the chart's section, and in
 * it the entries that mention the version, are cut out by their indentation, as every tool that writes these files has
 * it; only these are parsed. An index of another form is parsed as a whole while it is small.
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
  // Helm takes `v1.2.3` and `1.2.3` for the same version.
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

/** The lines below `entries:` that belong to a chart; undefined when the index is not written in the usual form. */
function sectionOf(index: string, name: string): string | 'absent' | undefined {
  const start = /^entries:[ \t]*$/m.exec(index);
  if (start === null) return undefined;
  const body = index.slice(start.index + start[0].length + 1);
  const indent = /^([ ]+)[^\s#-]/m.exec(body)?.[1];
  if (indent === undefined) return undefined;
  const quoted = `(?:${literal(name)}|"${literal(name)}"|'${literal(name)}')`;
  const key = new RegExp(`^${indent}${quoted}:[ \\t]*(.*)$`, 'm').exec(body);
  if (key === null) return 'absent';
  // A list in brackets, an anchor: not by these rules.
  if (key[1] !== '') return undefined;
  const rest = body.slice(key.index + key[0].length + 1);
  // The next key of the same or a higher level; list items may stand at the level of their key.
  const end = new RegExp(`^(?:${indent}[^\\s#-]|[^\\s#-])`, 'm').exec(rest);
  return end === null ? rest : rest.slice(0, end.index);
}

/** A list's text as one text for each of its items. */
function itemsOf(section: string): readonly string[] {
  const indent = /^([ ]*)- /m.exec(section)?.[1];
  if (indent === undefined) return [];
  const items = section.split(new RegExp(`^(?=${indent}- )`, 'm'), MAX_ITEMS);
  return items.filter((item) => item.startsWith(`${indent}- `));
}

/** The version an entry gives for itself, which stands deeper in those of its dependencies. */
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
