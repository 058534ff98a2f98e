import { type DinfraError, RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { JsonRecord } from '../observe/json-fields.ts';

type Kind = (message: string) => DinfraError;

const terminal =
  (code: ConstructorParameters<typeof TerminalError>[0], path: string): Kind =>
  (message) =>
    new TerminalError(code, { message, path });

const retryable =
  (code: ConstructorParameters<typeof RetryableError>[0]): Kind =>
  (message) =>
    new RetryableError(code, { message });

/** Go's last words when the address space is used up; the rest is a dump. */
const OUT_OF_MEMORY = /^(?:fatal error|runtime): .*(?:out of memory|cannot allocate memory)/m;

type Meanings = readonly (readonly [words: RegExp, kind: Kind])[];

/** What helm 4.3 writes of a chart and its values. The first that fits is taken. */
const OF_THE_CHART: Meanings = [
  [OUT_OF_MEMORY, terminal('ChartTooLarge', '/chart')],
  [/don't meet the specifications of the schema|values don't meet/i, terminal('ChartValuesInvalid', '/values')],
  // The chart's own `fail` and `required`.
  [/execution error at \(/, terminal('ChartValuesInvalid', '/values')],
  [/data: Too long: may not be more than|request is too large/i, terminal('ReleaseTooLarge', '/chart')],
  [/chart requires kubeVersion/, terminal('ChartInvalid', '/chart')],
];

/** What helm and the API server write when a release is made. */
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

/** The error for a `helm template` that failed. It is the chart or its values: there is nothing else. */
export function renderFailure(stderr: string, values: JsonRecord): DinfraError {
  return explain('helm cannot render the chart', stderr, values, OF_THE_CHART, terminal('ChartInvalid', '/chart'));
}

/** The error for a helm command on the cluster that failed. */
export function releaseFailure(what: string, stderr: string, values: JsonRecord): DinfraError {
  return explain(what, stderr, values, [...OF_THE_CHART, ...OF_THE_CLUSTER], retryable('ReleaseFailed'));
}

function explain(what: string, stderr: string, values: JsonRecord, meanings: Meanings, otherwise: Kind): DinfraError {
  const words = OUT_OF_MEMORY.test(stderr) ? 'it takes more memory than it may' : tidy(stderr, values);
  const kind = meanings.find(([meant]) => meant.test(stderr))?.[1] ?? otherwise;
  return kind(`${what}: ${words}`);
}

const MAX_MESSAGE = 700;
const MIN_SECRET = 8;

/** Helm's words in one bounded line, without its log lines and without any of the consumer's values. */
function tidy(stderr: string, values: JsonRecord): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(level=|time=|WARNING:|Warning:|[IWE][0-9]{4} )/.test(line));
  const line = lines.join(' ').replace(/^Error: /, '');
  const printable = [...line].map((character) => (character < ' ' || character === '\x7f' ? ' ' : character)).join('');
  const words = hide(printable, values) || 'it gives no reason';
  return words.length > MAX_MESSAGE ? `${words.slice(0, MAX_MESSAGE)}…` : words;
}

/** Values may be passwords; an error that quotes one must not carry it into a status. */
function hide(text: string, values: unknown): string {
  if (typeof values === 'string') {
    return values.length < MIN_SECRET ? text : text.replaceAll(values, '(a value)');
  }
  if (typeof values !== 'object' || values === null) return text;
  return Object.values(values).reduce<string>(hide, text);
}
