import { type DinfraError, RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { JsonRecord } from '../json-fields.ts';

type Kind = (message: string) => DinfraError;

const terminal =
  (code: ConstructorParameters<typeof TerminalError>[0], path: string): Kind =>
  (message) =>
    new TerminalError(code, { message, path });

const retryable =
  (code: ConstructorParameters<typeof RetryableError>[0]): Kind =>
  (message) =>
    new RetryableError(code, { message });

/** Go's message if the address space is exhausted, at the start of a dump. */
const OUT_OF_MEMORY = /^(?:fatal error|runtime): .*(?:out of memory|cannot allocate memory)/m;

type Meanings = readonly (readonly [words: RegExp, kind: Kind])[];

/** Messages of helm 4.3 about a chart and its values. The first match counts. */
const OF_THE_CHART: Meanings = [
  [OUT_OF_MEMORY, terminal('ChartTooLarge', '/chart')],
  [/don't meet the specifications of the schema|values don't meet/i, terminal('ChartValuesInvalid', '/values')],
  // The chart's own `fail` and `required`.
  [/execution error at \(/, terminal('ChartValuesInvalid', '/values')],
  [/data: Too long: may not be more than|request is too large/i, terminal('ReleaseTooLarge', '/chart')],
  [/chart requires kubeVersion/, terminal('ChartInvalid', '/chart')],
];

/** Messages of helm and the API server about a release. */
const OF_THE_CLUSTER: Meanings = [
  [/because it is being terminated/, retryable('NamespaceTerminating')],
  [
    /cluster unreachable|connection refused|i\/o timeout|TLS handshake timeout|no such host/i,
    retryable('ClusterUnreachable'),
  ],
  [/\bEOF\b|etcdserver:|unable to handle the request|Too Many Requests|Unauthorized/i, retryable('ReleaseFailed')],
  [
    /exceeded quota|is forbidden|admission webhook|is invalid:|strict decoding error/,
    terminal('ReleaseRejected', '/chart'),
  ],
  [/no matches for kind|unable to build kubernetes objects/, terminal('ReleaseRejected', '/chart')],
  [/failed to create typed patch object|field not declared in schema/, terminal('ReleaseRejected', '/chart')],
];

/** The error for a `helm template` that failed, which can only be due to the chart or its values. */
export function renderFailure(stderr: string, values: JsonRecord): DinfraError {
  return explain('helm cannot render the chart', stderr, values, OF_THE_CHART, terminal('ChartInvalid', '/chart'));
}

/** The error for a helm command on the cluster that failed. */
export function releaseFailure(what: string, namespace: string, stderr: string, values: JsonRecord): DinfraError {
  // Every tenant has this right, but new RBAC rules reach each API server with a delay.
  const isTooEarly = / cannot [a-z]+ resource "secrets" .* in the namespace "([^"]+)"/.exec(stderr)?.[1] === namespace;
  const meanings = isTooEarly ? [] : [...OF_THE_CHART, ...OF_THE_CLUSTER];
  return explain(what, stderr, values, meanings, retryable('ReleaseFailed'));
}

function explain(what: string, stderr: string, values: JsonRecord, meanings: Meanings, otherwise: Kind): DinfraError {
  const words = OUT_OF_MEMORY.test(stderr) ? 'it takes more memory than it may' : tidy(stderr, values);
  const kind = meanings.find(([meant]) => meant.test(stderr))?.[1] ?? otherwise;
  return kind(`${what}: ${words}`);
}

const MAX_MESSAGE = 700;
/** Limit of helm's output that is examined: a chart controls its length. */
const MAX_LOOKED_AT = 16 * 1024;
const MIN_SECRET = 8;
const HIDDEN = '(a value)';

/** Helm's message as one truncated line, without its log lines and the consumer's values. */
function tidy(stderr: string, values: JsonRecord): string {
  const lines = stderr
    .slice(0, MAX_LOOKED_AT)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(level=|time=|WARNING:|Warning:|[IWE][0-9]{4} )/.test(line));
  const line = lines.join(' ').replace(/^Error: /, '');
  const printable = [...line].map((character) => (character < ' ' || character === '\x7f' ? ' ' : character)).join('');
  const words = hide(printable, values) || 'it gives no reason';
  return words.length > MAX_MESSAGE ? `${words.slice(0, MAX_MESSAGE)}…` : words;
}

/**
 * Values may be passwords, so an error that quotes one must not reach a status. All occurrences are found in the
 * original text and replaced once, so that replacements are not searched again.
 */
function hide(text: string, values: JsonRecord): string {
  const hidden = new Uint8Array(text.length);
  for (const value of new Set(secretsIn(values))) {
    // Of a value longer than the text, only the beginning can occur in it, if the text was truncated.
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      hidden.fill(1, at, at + value.length);
    }
  }
  let shown = '';
  for (let index = 0; index < text.length; index++) {
    if (hidden[index] === 0) shown += text[index];
    else if (index === 0 || hidden[index - 1] === 0) shown += HIDDEN;
  }
  return shown;
}

/** All strings of the values that are long enough to be a secret, and their Base64 forms. */
function* secretsIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length >= MIN_SECRET) {
    yield value;
    yield Buffer.from(value).toString('base64').replace(/=+$/, '');
  }
  if (typeof value === 'number' && String(value).length >= MIN_SECRET) yield String(value);
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* secretsIn(inner);
}
