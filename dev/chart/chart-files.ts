import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments, stringify } from 'yaml';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { customizationFiles } from '../argocd/customizations.ts';
import { rulesYaml, runbook } from '../monitoring/alert-files.ts';
import { alerts } from '../monitoring/alerts.ts';
import { dashboardJson } from '../monitoring/dashboard-json.ts';
import { dashboards } from '../monitoring/dashboards.ts';
import { valuesSchema, valuesTable, valuesYaml } from './render-values.ts';
import { values } from './values.ts';

/** Files of rules in the chart, with the role in config/rbac that each is generated from. */
const RULES = {
  namespace: ['operator.yaml', 'dinfra-operator'],
  cluster: ['operator.yaml', 'dinfra-operator-cluster'],
  helm: ['helm-operator.yaml', 'dinfra-operator-helm'],
  tenant: ['helm-tenant.yaml', 'dinfra-tenant'],
} as const;

const CHART = 'charts/dinfra-operator';

/** The generated files of the chart: path from the root of the checkout, and text. */
export async function chartFiles(root: URL): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const names = (await readdir(new URL('crds/', root))).filter((file) => file.endsWith('.yaml'));
  const crds = names.map(async (file) => ({
    path: `${CHART}/files/crds/${file}`,
    text: await readFile(new URL(`crds/${file}`, root), 'utf8'),
  }));
  const readme = await readFile(new URL(`${CHART}/README.md`, root), 'utf8');
  return [
    { path: `${CHART}/values.yaml`, text: valuesYaml(values) },
    { path: `${CHART}/values.schema.json`, text: valuesSchema(values) },
    { path: `${CHART}/README.md`, text: withMadeParts(`${CHART}/README.md`, readme, { values: valuesTable(values) }) },
    { path: `${CHART}/files/alerts.yaml`, text: rulesYaml(alerts) },
    ...dashboards.map((dashboard) => ({
      path: `${CHART}/files/dashboards/${dashboard.file}.json`,
      text: dashboardJson(dashboard),
    })),
    ...alerts.map((alert) => ({ path: `docs/runbooks/${alert.name}.md`, text: runbook(alert) })),
    ...(await Promise.all(Object.entries(RULES).map(([name, [file, role]]) => rulesFile(root, name, file, role)))),
    ...(await Promise.all(crds)),
    ...(await customizationFiles(root)),
  ];
}

/** The rules of a role without those on Secrets: the chart allows the operator to read named Secrets only. */
async function rulesFile(root: URL, name: string, file: string, role: string) {
  const text = await readFile(new URL(`config/rbac/${file}`, root), 'utf8');
  const roles = parseAllDocuments(text).map((document) => document.toJS() as Role);
  const found = roles.find(({ metadata }) => metadata.name === role);
  if (found === undefined) throw new Error(`config/rbac/${file} has no role ${role}`);
  const rules = name === 'tenant' ? found.rules : found.rules.filter(({ resources }) => !resources.includes('secrets'));
  return {
    path: `${CHART}/files/rules/${name}.yaml`,
    text: `# Made from config/rbac/${file} by \`npm run generate\`: change that file, not this one.\n${stringify(rules, { lineWidth: 0 })}`,
  };
}

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly resources: readonly string[] }[];
}
