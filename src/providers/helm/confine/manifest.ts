import { type Document, isScalar, type Tags, visit } from 'yaml';
import { strictDocuments, unparsable } from '../../../base/strict-yaml.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { at, isRecord, type JsonRecord, recordOf, textOf } from '../json-fields.ts';

/** One object of a rendered chart. Untrusted: only the four names below have been checked. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined if the manifest has none. */
  readonly namespace: string | undefined;
  readonly content: JsonRecord;
}

export const MAX_MANIFEST_BYTES = 512 * 1024;
const MAX_OBJECTS = 100;
/** Tokens of the YAML text, including spaces and line ends. */
const MAX_WORDS = 80_000;

/**
 * The objects of a manifest rendered by helm.
 *
 * @throws TerminalError ChartTooLarge, or ChartInvalid if it is not YAML that all parsers read the same way.
 */
export function parseManifest(manifest: string): readonly ManifestObject[] {
  const bytes = Buffer.byteLength(manifest);
  if (bytes > MAX_MANIFEST_BYTES) {
    throw tooLarge(`it renders to ${bytes} bytes; at most ${MAX_MANIFEST_BYTES} are allowed`);
  }
  const objects = documentsOf(manifest).map(parseObject);
  if (objects.length > MAX_OBJECTS) throw tooLarge(`it renders to ${objects.length} objects; at most ${MAX_OBJECTS}`);
  return objects;
}

/** An object in messages: `StatefulSet node`. */
export function describe({ kind, name }: Pick<ManifestObject, 'kind' | 'name'>): string {
  return `${kind.slice(0, 63)} ${name.slice(0, 253)}`;
}

/** The value of an annotation of an object. */
export function annotationOf({ content }: ManifestObject, key: string): string | undefined {
  return textOf(recordOf(at(content, 'metadata', 'annotations'))[key]);
}

/**
 * YAML 1.1 with merge keys and only JSON's types, like in helm and the API server. Neither reads `12:30` as a base 60
 * number.
 */
const AS_HELM_READS = {
  version: '1.1',
  merge: true,
  // The parser would compare each key with all previous ones.
  uniqueKeys: false,
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' || !(/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag) || tag.format === 'TIME'),
    ),
} as const;

function documentsOf(manifest: string): readonly JsonRecord[] {
  const why = unparsable(manifest, MAX_WORDS);
  if (why !== undefined) throw invalid(`what it renders to is not YAML anybody writes: ${why}`);
  try {
    return [...strictDocuments(manifest, AS_HELM_READS)].flatMap((document) => {
      refuseTwins(document);
      const content: unknown = document.toJS({ maxAliasCount: 100 });
      if (content === null || content === undefined) return [];
      if (!isRecord(content)) throw new TypeError('a document is no map');
      return [content];
    });
  } catch (cause) {
    throw invalid('it renders to what is not YAML', cause);
  }
}

/** Parsers differ on which value of a duplicate key they take. */
function refuseTwins(document: Document): void {
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        // A merge key; there may be several.
        if (typeof value === 'symbol' || value === '<<') continue;
        const name = String(value);
        if (seen.has(name)) throw new TypeError(`${name.slice(0, 64)} is there twice`);
        seen.add(name);
      }
    },
  });
}

function parseObject(content: JsonRecord): ManifestObject {
  const [apiVersion, kind, name] = [content['apiVersion'], content['kind'], at(content, 'metadata', 'name')].map(
    textOf,
  );
  if (!apiVersion || !kind) throw invalid('it renders an object without apiVersion or kind');
  if (!name) throw invalid(`it renders a ${kind.slice(0, 63)} without a name`);
  return { apiVersion, kind, name, namespace: textOf(at(content, 'metadata', 'namespace')) || undefined, content };
}

function invalid(what: string, cause?: unknown): TerminalError {
  return new TerminalError('ChartInvalid', { message: `the chart cannot be used: ${what}`, path: '/chart', cause });
}

function tooLarge(what: string): TerminalError {
  return new TerminalError('ChartTooLarge', { message: `the chart is too large: ${what}`, path: '/chart' });
}
