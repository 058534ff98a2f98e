/** The API server's rejection of a request: the part of metav1.Status that we read. */
export interface ApiStatus {
  /** HTTP status code. */
  readonly code: number;
  /** One CamelCase word, e.g. `AlreadyExists`; empty when the server gave none. */
  readonly reason: string;
  readonly message: string;
  /** The object it is about; empty when it is not about a single object. */
  readonly objectName: string;
  /** The invalid fields. */
  readonly causes: readonly ApiStatusCause[];
  readonly retryAfterMs: number | undefined;
}

/** One invalid field. */
interface ApiStatusCause {
  /** As in the manifest: `spec.values[0].name`. */
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** Long messages are truncated: they end up in conditions, events and logs. */
const MAX_MESSAGE = 2048;
const MAX_CAUSES = 32;

/**
 * Parses a rejection. A proxy may answer in the API server's place, so a body that is not a Status becomes one, made of
 * the code and the beginning of the text.
 *
 * @param retryAfter the Retry-After header, in seconds; takes precedence over the body.
 */
export function parseApiStatus(code: number, body: string, retryAfter?: string): ApiStatus {
  const status = asRecord(parseJson(body));
  const details = asRecord(status['details']);
  const causes = Array.isArray(details['causes']) ? details['causes'].slice(0, MAX_CAUSES).map(asRecord) : [];
  const message = text(status['message']) || text(body).trim().slice(0, 200) || `HTTP ${code}`;
  const seconds = Number(retryAfter ?? details['retryAfterSeconds'] ?? Number.NaN);
  return {
    code: typeof status['code'] === 'number' ? status['code'] : code,
    reason: text(status['reason']),
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message,
    objectName: text(details['name']),
    causes: causes.map((cause) => ({
      field: text(cause['field']),
      reason: text(cause['reason']),
      message: text(cause['message']).slice(0, MAX_MESSAGE),
    })),
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
