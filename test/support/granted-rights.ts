import type { Request } from './audit-log.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
}

/** A single right of a rule: `get secrets acme-account`. */
export interface Right {
  readonly group: string;
  /** With the subresource: `providers/status`. */
  readonly resource: string;
  readonly verb: string;
  /** Undefined: any name. */
  readonly name: string | undefined;
}

/** The part of an administrator's kubectl that is needed to read rights. */
type Get = <T>(args: readonly string[]) => Promise<T>;

/** All rights of the roles bound to a service account, without duplicates. */
export async function rightsOf(account: { namespace: string; name: string }, get: Get): Promise<readonly Right[]> {
  const kinds = ['rolebindings', 'clusterrolebindings'];
  const lists = await Promise.all(kinds.map((kind) => get<{ items: readonly Binding[] }>([kind, '-A'])));
  const bound = lists
    .flatMap(({ items }) => items)
    .filter(({ subjects = [] }) =>
      subjects.some(
        ({ kind, namespace, name }) =>
          kind === 'ServiceAccount' && namespace === account.namespace && name === account.name,
      ),
    );
  const rules = await Promise.all(
    bound.map(async ({ metadata, roleRef }) => {
      const where = roleRef.kind === 'Role' ? ['-n', metadata.namespace ?? ''] : [];
      return (await get<{ rules: readonly Rule[] }>([roleRef.kind, roleRef.name, ...where])).rules;
    }),
  );
  const rights = rules.flat().flatMap(expand);
  return [...new Map(rights.map((right) => [describeRight(right), right])).values()];
}

/** The rights that none of the granted requests has needed. */
export function unusedRights(rights: readonly Right[], requests: readonly Request[]): readonly Right[] {
  return rights.filter((right) => !requests.some((request) => needs(request, right)));
}

/** `get secrets acme-account`, `patch providers.dinfra.io/status`. */
export function describeRight({ group, resource, verb, name }: Right): string {
  const [plural, subresource] = resource.split('/');
  const kind = `${plural}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`}`;
}

function expand({ apiGroups, resources, verbs, resourceNames = [] }: Rule): readonly Right[] {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.flatMap((verb) => names.map((name) => ({ group, resource, verb, name })))),
  );
}

function needs({ verb, objectRef = {}, responseStatus = {} }: Request, right: Right): boolean {
  const { apiGroup = '', resource = '', subresource } = objectRef;
  const kind = subresource === undefined ? resource : `${resource}/${subresource}`;
  if (apiGroup !== right.group || kind !== right.resource) return false;
  if (right.name !== undefined && objectRef.name !== right.name) return false;
  if (responseStatus.code === 403) return false;
  // An apply that creates the object is a patch that also needs create.
  return verb === right.verb || (right.verb === 'create' && verb === 'patch' && responseStatus.code === 201);
}
