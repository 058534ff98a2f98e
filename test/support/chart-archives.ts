import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of a tar file: any header, however invalid, and a body. */
export interface TarEntry {
  readonly header: Partial<Header> & { readonly name: string };
  readonly body?: string | Buffer;
}

/** A .tgz of exactly these entries. */
export async function tarball(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { header, body } of entries) tar.entry({ mode: 0o644, mtime: new Date(0), ...header }, body ?? '');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** A .tgz of a chart, from file paths and contents. A Chart.yaml is added if there is none. */
export async function chartArchive(
  files: Readonly<Record<string, string>>,
  { name = 'demo', version = '0.1.0' } = {},
): Promise<Buffer> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
  return tarball(Object.entries(all).map(([path, body]) => ({ header: { name: `${name}/${path}` }, body })));
}

/** A chart of one Deployment with one replica, a Service and a ConfigMap, which passes pod security `restricted`. */
export const WEB_CHART: Readonly<Record<string, string>> = {
  'values.yaml': 'replicas: 1\ngreeting: hello\n',
  'values.schema.json': JSON.stringify({
    type: 'object',
    properties: { replicas: { type: 'integer', minimum: 0 }, greeting: { type: 'string' } },
  }),
  'templates/web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: web
          image: registry.k8s.io/pause:3.10
          ports: [{name: http, containerPort: 8080}]
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: greeting}
data: {greeting: {{ .Values.greeting | quote }}}
`,
};
