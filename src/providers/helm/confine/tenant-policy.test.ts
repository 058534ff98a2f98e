import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { settingsOf } from '../config.ts';
import { tenantFinding } from './tenant-policy.ts';

const { allowed } = settingsOf({}, 'acme');
const file = new URL('../../../../charts/dinfra-operator/files/tenant-policies.yaml', import.meta.url);
const policies = parse(readFileSync(file, 'utf8')) as readonly {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
}[];

/** The names that a variable of the policies allows before the provider adds any. */
function namesIn(variable: string): readonly string[] {
  const found = policies.flatMap(({ variables }) => variables).find(({ name }) => name === variable);
  const [list = ''] = /^\[[^\]]*\]/.exec(found?.expression ?? '') ?? [];
  return [...list.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
}

const pod = {
  nodeLabels: { nodeSelector: { 'example.org/other': 'x' } },
  tolerations: { tolerations: [{ key: 'example.org/other' }] },
  resources: { containers: [{ resources: { limits: { 'example.org/other': '1' } } }] },
};
const annotated = { kind: 'ConfigMap', metadata: { annotations: { 'other.example/x': 'y' } } };

test.each([
  ['nodeLabels', tenantFinding({}, pod.nodeLabels, allowed)],
  ['tolerations', tenantFinding({}, pod.tolerations, allowed)],
  ['resources', tenantFinding({}, pod.resources, allowed)],
  ['prefixes', tenantFinding(annotated, undefined, allowed)],
])('the early check allows the same %s as the admission policies', (variable, finding) => {
  const names = namesIn(variable);
  expect(names.length).toBeGreaterThan(2);
  const allowedEarly = finding?.why
    .split(/: | are /)
    .at(-1)
    ?.split(', ');
  expect(allowedEarly).toEqual(names);
});
