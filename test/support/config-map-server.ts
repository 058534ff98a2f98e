import { FakeApiServer, refuse, respond, type SeenRequest } from './fake-api-server.ts';
import { hastyClient } from './fake-cluster-access.ts';

interface StoredConfigMap {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** An API server over real HTTP that only has ConfigMaps. */
export class ConfigMapServer {
  readonly objects = new Map<string, StoredConfigMap>();
  /** `METHOD name` of every request. */
  readonly requests: string[] = [];
  readonly client;
  readonly #server: FakeApiServer;

  private constructor(server: FakeApiServer) {
    this.#server = server;
    this.client = hastyClient(server.url);
    server.reply((request, response) => {
      const [, namespace = '', name] =
        /^\/api\/v1\/namespaces\/([^/]+)\/configmaps(?:\/([^/]+))?$/.exec(request.url.pathname) ?? [];
      this.requests.push(`${request.method}${name === undefined ? '' : ` ${name}`}`);
      const { code, body } = this.#answer(request, namespace, name);
      if (code >= 400) refuse(response, code, code === 404 ? 'NotFound' : 'AlreadyExists', name);
      else respond(response, code, body);
      return true;
    });
  }

  static async start(): Promise<ConfigMapServer> {
    return new ConfigMapServer(await FakeApiServer.start());
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.#server.stop();
  }

  #answer({ method, body }: SeenRequest, namespace: string, name: string | undefined): { code: number; body?: object } {
    const key = `${namespace}/${name}`;
    if (method === 'POST') {
      const sent = JSON.parse(body) as StoredConfigMap;
      const own = `${namespace}/${sent.metadata.name}`;
      if (this.objects.has(own)) return { code: 409 };
      const metadata = { ...sent.metadata, namespace, uid: own, resourceVersion: '1' };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', ...sent, metadata };
      this.objects.set(own, object);
      return { code: 201, body: object };
    }
    if (name === undefined) {
      const items = [...this.objects.values()];
      return { code: 200, body: { kind: 'ConfigMapList', metadata: { resourceVersion: '1' }, items } };
    }
    const object = this.objects.get(key);
    if (object === undefined) return { code: 404 };
    if (method === 'DELETE') this.objects.delete(key);
    return { code: 200, body: object };
  }
}
