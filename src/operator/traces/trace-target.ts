/** Where and how traces are sent. */
export interface TraceTarget {
  readonly url: string;
  /** Secret: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  /** Delay between exports, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Reads OpenTelemetry's standard environment variables. Undefined, so that nothing is traced, unless they name an
 * endpoint. Spans are always sent as JSON over HTTP, whatever OTEL_EXPORTER_OTLP_PROTOCOL says: every collector accepts
 * that on its HTTP port.
 */
export function traceTarget(environment: NodeJS.ProcessEnv): TraceTarget | undefined {
  const own = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? '';
  const base = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  const url = own === '' && base !== '' ? `${base.replace(/\/+$/, '')}/v1/traces` : own;
  if (url === '' || environment['OTEL_SDK_DISABLED'] === 'true') return undefined;
  const headers = environment['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? environment['OTEL_EXPORTER_OTLP_HEADERS'];
  const delay = Number(environment['OTEL_BSP_SCHEDULE_DELAY']);
  return {
    url,
    headers: headersOf(headers ?? ''),
    service: environment['OTEL_SERVICE_NAME'] ?? 'dinfra-operator',
    everyMs: delay > 0 ? delay : 5_000,
  };
}

/** Parses `name=value,other=value` with URL-encoded values. */
function headersOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((pair) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), decoded(value)] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
