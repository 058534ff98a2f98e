import { execa } from 'execa';
import { parseAllDocuments, stringify } from 'yaml';

const FOLDER = 'config/kustomize';
/** The namespace of the base; an overlay names another. */
const NAMESPACE = 'dinfra-system';
const NAME = 'dinfra-operator';
const MADE = '# Made from charts/dinfra-operator by `npm run generate:kustomize`: change the chart, not this file.\n';

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly template?: Rendered };
}

/**
 * The Kustomize base and its component: what the chart renders, without what only helm understands.
 *
 * @param helm the program.
 */
export async function kustomizeFiles(
  root: URL,
  helm: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const render = async (values: readonly string[]) => {
    const chart = new URL('charts/dinfra-operator', root).pathname;
    const fixed = ['crds.enabled=false', `fullnameOverride=${NAME}`, ...values].flatMap((value) => ['--set', value]);
    const { stdout } = await execa(helm, ['template', 'dinfra', chart, '--namespace', NAMESPACE, ...fixed]);
    return parseAllDocuments(stdout)
      .map((document) => document.toJS() as Rendered | null)
      .filter((object) => object !== null)
      .filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined)
      .map(withoutHelm);
  };
  const base = await render([]);
  const known = new Set(base.map(keyOf));
  const more = (await render(['rbac.helmReactor=true'])).filter((object) => !known.has(keyOf(object)));
  return [
    { path: `${FOLDER}/base/operator.yaml`, text: MADE + manifests([namespace, ...base]) },
    { path: `${FOLDER}/helm-reactor/roles.yaml`, text: MADE + manifests(more) },
  ];
}

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

function withoutHelm(object: Rendered): Rendered {
  const { metadata, spec } = object;
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('helm.sh/'));
  const isOurs = metadata.labels?.['app.kubernetes.io/managed-by'] !== undefined;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(metadata.labels && {
        labels: { ...Object.fromEntries(labels), ...(isOurs && { 'app.kubernetes.io/managed-by': 'kustomize' }) },
      }),
    },
    ...(spec && { spec: { ...spec, ...(spec.template && { template: withoutHelm(spec.template) }) } }),
  };
}

function keyOf({ kind, metadata }: Rendered): string {
  return `${kind} ${metadata.name}`;
}

function manifests(objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
