import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { definitions } from '../../src/api/crd/definitions.ts';
import { RECONCILE_ANNOTATION } from '../../src/api/labels.ts';
import { GROUP } from '../../src/api/resource.ts';

/** What upstream calls this folder: a pull request copies it as it is. */
const FOLDER = `config/argocd/resource_customizations/${GROUP}`;

/** As Argo CD reads it: YAML 1.1, in which a time that is not quoted is no string. */
const YAML = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;

/** The field of the spec by which a person stops the operator's work on an object. */
const STOPS: Readonly<Record<string, string>> = { Deployment: 'suspend', Provider: 'paused' };

/** A file from the root of the checkout. */
interface MadeFile {
  readonly path: string;
  readonly text: string;
}

interface Recorded {
  readonly metadata: { readonly annotations?: object };
  readonly spec: object;
}

/**
 * What Argo CD has to know of our kinds, in the layout of its resource_customizations, and the same as data of a ConfigMap
 * for the chart. What is recorded, the objects of `testdata` and their expected health, is not made here.
 */
export async function customizationFiles(root: URL): Promise<readonly MadeFile[]> {
  const read = (path: string) => readFile(new URL(path, root), 'utf8');
  const health = await read('dev/argocd/lua/health.lua');
  const reconcile = await read('dev/argocd/lua/reconcile.lua');
  const kinds = definitions.map(({ kind }) => {
    const field = STOPS[kind];
    const actions = {
      reconcile,
      ...(field !== undefined && { suspend: setting(field, true), resume: setting(field, false) }),
    };
    return { kind, field, actions, discovery: discovery(field) };
  });
  const files = kinds.map(async ({ kind, field, actions, discovery }) => {
    const recorded = parse(await read(`${FOLDER}/${kind}/testdata/healthy.yaml`)) as Recorded;
    return [
      { path: `${FOLDER}/${kind}/health.lua`, text: health },
      { path: `${FOLDER}/${kind}/actions/discovery.lua`, text: discovery },
      ...Object.entries(actions).map(([name, text]) => ({
        path: `${FOLDER}/${kind}/actions/${name}/action.lua`,
        text,
      })),
      ...testsOf(field, recorded).map(({ path, text }) => ({ path: `${FOLDER}/${kind}/actions/${path}`, text })),
    ];
  });
  const data = Object.fromEntries(
    kinds.flatMap(({ kind, actions, discovery }) => [
      [`resource.customizations.health.${GROUP}_${kind}`, health],
      [`resource.customizations.actions.${GROUP}_${kind}`, stringify(inConfigMap(discovery, actions), YAML)],
    ]),
  );
  const text = stringify(data, YAML);
  const made = '# Made from dev/argocd by `npm run generate`: change the scripts there, not this file.\n';
  return [
    ...(await Promise.all(files)).flat(),
    { path: 'charts/dinfra-operator/files/argocd.yaml', text: made + text },
  ];
}

function inConfigMap(discovery: string, actions: Readonly<Record<string, string>>) {
  const definitionsOf = Object.entries(actions).map(([name, text]) => ({ name, 'action.lua': text }));
  return { 'discovery.lua': discovery, definitions: definitionsOf };
}

function setting(field: string, value: boolean): string {
  return `obj.spec.${field} = ${value}\nreturn obj\n`;
}

function discovery(field: string | undefined): string {
  const reconcile = 'local actions = { reconcile = { disabled = false } }\n';
  if (field === undefined) return `${reconcile}return actions\n`;
  const is = `local is_stopped = obj.spec.${field} == true\n`;
  const both = 'actions["suspend"] = { disabled = is_stopped }\nactions["resume"] = { disabled = not is_stopped }\n';
  return `${reconcile}${is}${both}return actions\n`;
}

/** The tests of the actions, and what they lead to from the recorded object that is healthy. */
function testsOf(field: string | undefined, recorded: Recorded): readonly MadeFile[] {
  const result = (isStopped: boolean) => [
    { name: 'reconcile', disabled: false },
    ...(field === undefined
      ? []
      : [
          { name: 'suspend', disabled: isStopped },
          { name: 'resume', disabled: !isStopped },
        ]),
  ];
  const healthy = '../testdata/healthy.yaml';
  const stops = field !== undefined;
  const tests = {
    discoveryTests: [
      { inputPath: healthy, result: result(false) },
      ...(stops ? [{ inputPath: 'testdata/suspended.yaml', result: result(true) }] : []),
    ],
    actionTests: [
      { action: 'reconcile', inputPath: healthy, expectedOutputPath: 'testdata/reconciled.yaml' },
      ...(stops
        ? [
            { action: 'suspend', inputPath: healthy, expectedOutputPath: 'testdata/suspended.yaml' },
            { action: 'resume', inputPath: 'testdata/suspended.yaml', expectedOutputPath: 'testdata/resumed.yaml' },
          ]
        : []),
    ],
  };
  const { metadata } = recorded;
  const annotations = { ...metadata.annotations, [RECONCILE_ANNOTATION]: '2026-11-25T12:00:00Z' };
  const stopped = (value: boolean) => ({ ...recorded, spec: { ...recorded.spec, [field ?? '']: value } });
  const outputs = {
    reconciled: { ...recorded, metadata: { ...metadata, annotations } },
    ...(stops && { suspended: stopped(true), resumed: stopped(false) }),
  };
  return [
    { path: 'action_test.yaml', text: stringify(tests, YAML) },
    ...Object.entries(outputs).map(([name, object]) => ({
      path: `testdata/${name}.yaml`,
      text: stringify(object, YAML),
    })),
  ];
}
