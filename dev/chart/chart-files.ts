import { readdir, readFile } from 'node:fs/promises';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { rulesYaml, runbook } from '../monitoring/alert-files.ts';
import { alerts } from '../monitoring/alerts.ts';
import { dashboardJson } from '../monitoring/dashboard-json.ts';
import { dashboards } from '../monitoring/dashboards.ts';
import { valuesSchema, valuesTable, valuesYaml } from './render-values.ts';
import { values } from './values.ts';

const CHART = 'charts/dinfra-operator';

/** The files of the chart that are made from other sources: path from the root of the checkout, and text. */
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
    ...(await Promise.all(crds)),
  ];
}
