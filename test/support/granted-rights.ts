import type { Request } from './audit-log.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
}

/** A role, as kubectl names it. */
export interface RoleRef {
  readonly kind: 'Role' | 'ClusterRole';
  /** Of a Role. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What one verb of one rule of one bound role allows: `get secrets acme-account`. */
export interface Right {
  readonly group: string;
  /** With the subresource: `providers/status`. */
  readonly resource: string;
  readonly verb: string;
  /** Undefined: whatever the name. */
  readonly name: string | undefined;
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
  readonly role: RoleRef;
  /** Whether it was given to the account by name, and not to all accounts. */
  readonly isOwn: boolean;
}

/** What the API server asks its authorizer. */
export interface Question {
  readonly verb: string;
  readonly group: string;
  /** With the subresource. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The part of an administrator's kubectl that reading rights takes. */
type Get = <T>(args: readonly string[]) => Promise<T>;

/** Everything that the roles bound to a service account, or to all of them, allow. */
export async function rightsOf(account: { namespace: string; name: string }, get: Get): Promise<readonly Right[]> {
  const kinds = ['rolebindings', 'clusterrolebindings'];
  const lists = await Promise.all(kinds.map((kind) => get<{ items: readonly Binding[] }>([kind, '-A'])));
  const groups = groupsOf(account.namespace);
  const rights = lists
    .flatMap(({ items }) => items)
    .map(async ({ metadata, roleRef, subjects = [] }) => {
      const isOwn = subjects.some(
        ({ kind, namespace, name }) =>
          kind === 'ServiceAccount' && namespace === account.namespace && name === account.name,
      );
      if (!isOwn && !subjects.some(({ kind, name }) => kind === 'Group' && groups.includes(name))) return [];
      const where = roleRef.kind === 'Role' ? ['-n', metadata.namespace ?? ''] : [];
      const { rules } = await get<{ rules: readonly Rule[] }>([roleRef.kind, roleRef.name, ...where]);
      const role = { ...roleRef, namespace: roleRef.kind === 'Role' ? metadata.namespace : undefined } as RoleRef;
      return rules.flatMap((rule) => expand(rule, { namespace: metadata.namespace, role, isOwn }));
    });
  return (await Promise.all(rights)).flat();
}

/** The groups of every service account of a namespace. */
export function groupsOf(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
}

/**
 * What the API server had to ask before it did what it did. An apply that makes the object asks for create, too, and the
 * write of a RoleBinding whether the account may bind the role: `boundRole`, of which the log says nothing.
 */
export function questionsOf({ verb, objectRef = {}, responseStatus = {} }: Request, boundRole: string): Question[] {
  const { apiGroup: group = '', resource = '', subresource, namespace, name } = objectRef;
  const kind = subresource === undefined ? resource : `${resource}/${subresource}`;
  const question = { verb, group, resource: kind, namespace, name };
  const isMade = responseStatus.code === 201;
  return [
    question,
    ...(verb === 'patch' && isMade ? [{ ...question, verb: 'create' }] : []),
    ...(resource === 'rolebindings' && isMade
      ? [{ verb: 'bind', group, resource: 'clusterroles', namespace: undefined, name: boundRole }]
      : []),
  ];
}

/** Whether a right allows what is asked. RBAC only adds: what no right allows is refused. */
export function allows(right: Right, { verb, group, resource, namespace, name }: Question): boolean {
  return (
    right.verb === verb &&
    right.group === group &&
    right.resource === resource &&
    (right.name === undefined || right.name === name) &&
    (right.namespace === undefined || right.namespace === namespace)
  );
}

/** The account's own rights without which nothing of this would have been refused. */
export function unneededRights(rights: readonly Right[], questions: readonly Question[]): readonly Right[] {
  const needed = new Set<Right>();
  for (const question of questions) {
    const [only, another] = rights.filter((right) => allows(right, question));
    if (only !== undefined && another === undefined) needed.add(only);
  }
  return rights.filter((right) => right.isOwn && !needed.has(right));
}

/** `get secrets acme-account`, `patch providers.dinfra.io/status`. */
export function describeRight({ group, resource, verb, name }: Pick<Right, keyof Question>): string {
  const [plural, subresource] = resource.split('/');
  const kind = `${plural}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`}`;
}

/** The rules of a role without one right. */
export function rulesWithout(rules: readonly Rule[], { group, resource, verb, name }: Right): readonly Rule[] {
  return rules.flatMap((rule) =>
    expandRule(rule)
      .filter((one) => !(one.group === group && one.resource === resource && one.verb === verb && one.name === name))
      .map((one) => ({
        apiGroups: [one.group],
        resources: [one.resource],
        verbs: [one.verb],
        ...(one.name !== undefined && { resourceNames: [one.name] }),
      })),
  );
}

function expand(rule: Rule, of: Pick<Right, 'namespace' | 'role' | 'isOwn'>): readonly Right[] {
  return expandRule(rule).map((one) => ({ ...one, ...of }));
}

function expandRule({ apiGroups = [], resources = [], verbs, resourceNames = [] }: Rule) {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.flatMap((verb) => names.map((name) => ({ group, resource, verb, name })))),
  );
}
