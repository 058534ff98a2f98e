import type { Dashboard, Panel } from './dashboards.ts';

/** Grafana's grid has 24 columns: four panels per row. */
const WIDTH = 6;
const HEIGHT = 7;
const STAT_HEIGHT = 4;

/** A dashboard as JSON for Grafana's sidecar. */
export function dashboardJson({ file, title, description, rows }: Dashboard): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({ type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    const height = row.panels.every(({ kind }) => kind === 'stat') ? STAT_HEIGHT : HEIGHT;
    row.panels.forEach((panel, index) => {
      panels.push(panelJson(panel, panels.length + 1, { x: index * WIDTH, y: y + 1, w: WIDTH, h: height }));
    });
    y += height + 1;
  }
  const dashboard = {
    uid: `dinfra-${file}`,
    title,
    description,
    tags: ['dinfra'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [datasource, namespace] },
    panels,
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

const datasource = { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };
const namespace = {
  name: 'namespace',
  label: 'Namespace',
  type: 'query',
  datasource: { type: 'prometheus', uid: '$datasource' },
  query: 'label_values(dinfra_chain_up, namespace)',
  refresh: 2,
  includeAll: true,
  multi: true,
  current: { text: 'All', value: '$__all' },
};

function panelJson(
  { title, unit = 'short', kind = 'timeseries', queries }: Panel,
  id: number,
  gridPos: object,
): object {
  return {
    id,
    type: kind,
    title,
    gridPos,
    datasource: { type: 'prometheus', uid: '$datasource' },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === 'stat'
        ? { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'area' }
        : { legend: { showLegend: true } },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      expr,
      legendFormat: legend,
    })),
  };
}
