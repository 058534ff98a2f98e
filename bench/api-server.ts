import { Agent, request } from 'undici';
import { loadClusterAccess } from '../src/kube/client/kubeconfig.ts';

/** An object as the API server has it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** The API server without any client of ours: what a bare loop uses, and a watch that notes when objects appear. */
export class ApiServer {
  private readonly server: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly agent: Agent;

  private constructor(server: string, headers: Readonly<Record<string, string>>, agent: Agent) {
    this.server = server;
    this.headers = headers;
    this.agent = agent;
  }

  static async open(kubeconfig: string): Promise<ApiServer> {
    const access = loadClusterAccess(kubeconfig);
    const { headers, tls } = await access.credentials();
    const agent = new Agent({ connect: { ...tls }, connections: 64, bodyTimeout: 0, headersTimeout: 60_000 });
    return new ApiServer(access.server, headers, agent);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  async create(path: string, object: object): Promise<void> {
    const { statusCode, body } = await this.send('POST', path, JSON.stringify(object));
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`POST ${path}: ${statusCode} ${text.slice(0, 300)}`);
  }

  /** Writes a status as a whole. */
  async writeStatus(path: string, status: object): Promise<void> {
    const { statusCode, body } = await this.send('PATCH', `${path}/status`, JSON.stringify({ status }));
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`PATCH ${path}: ${statusCode} ${text.slice(0, 300)}`);
  }

  async list(path: string): Promise<{ readonly items: readonly ApiObject[]; readonly version: string }> {
    const { statusCode, body } = await this.send('GET', path);
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${text.slice(0, 300)}`);
    const list = JSON.parse(text) as { items: ApiObject[]; metadata: { resourceVersion: string } };
    return { items: list.items, version: list.metadata.resourceVersion };
  }

  /** Number of objects, without reading them. */
  async count(path: string): Promise<number> {
    const { body } = await this.send('GET', `${path}?limit=1`);
    const list = (await body.json()) as { items: unknown[]; metadata: { remainingItemCount?: number } };
    return list.items.length + (list.metadata.remainingItemCount ?? 0);
  }

  /** Calls `onAdded` for each object that appears from now on, until `signal` aborts. Resolves when the watch is up. */
  async watch(path: string, onAdded: (object: ApiObject) => void, signal: AbortSignal): Promise<void> {
    const { version } = await this.list(`${path}?limit=1`);
    const { body } = await this.send('GET', `${path}?watch=true&resourceVersion=${version}`, undefined, signal);
    void follow(body, onAdded).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  private send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: string, signal?: AbortSignal) {
    return request(`${this.server}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        ...this.headers,
        accept: 'application/json',
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    });
  }
}

async function follow(body: AsyncIterable<Buffer>, onAdded: (object: ApiObject) => void): Promise<void> {
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${chunk.toString('utf8')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The type comes first in each event: what was not added need not be read.
      if (line.startsWith('{"type":"ADDED"')) onAdded((JSON.parse(line) as { object: ApiObject }).object);
    }
  }
}
