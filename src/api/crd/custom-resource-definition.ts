import type { Definition, PrinterColumn } from '../definition.ts';
import { structuralSchema } from './structural-schema.ts';

/** The category of all our kinds: `kubectl get dinfra`. */
const CATEGORY = 'dinfra';

/** The CustomResourceDefinition of a kind: plain data. */
export function customResourceDefinition(definition: Definition) {
  const { group, version, plural, singular, kind, shortName, namespaced, columns, selectableFields } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular, kind, listKind: `${kind}List`, shortNames: [shortName], categories: [CATEGORY] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map(printerColumn),
          ...(selectableFields.length > 0 && { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) }),
          schema: { openAPIV3Schema: objectSchema(definition) },
        },
      ],
    },
  };
}

function objectSchema({ description, kind, rules, spec, status }: Definition) {
  return {
    description,
    type: 'object',
    required: ['spec'],
    ...(rules && { 'x-kubernetes-validations': rules }),
    properties: {
      apiVersion: { type: 'string', description: 'Always dinfra.io/v1alpha1.' },
      kind: { type: 'string', description: `Always ${kind}.` },
      metadata: { type: 'object' },
      spec: structuralSchema(spec, `${kind}.spec`),
      status: structuralSchema(status, `${kind}.status`),
    },
  };
}

function printerColumn({ name, type, jsonPath, description, priority }: PrinterColumn) {
  return { name, type, jsonPath, description, ...(priority !== undefined && { priority }) };
}
