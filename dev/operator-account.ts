import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs kubectl as an administrator, in the operator's namespace. */
type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

const NAME = 'dinfra-operator';
const RBAC = fileURLToPath(new URL('../config/rbac', import.meta.url));

/**
 * Creates the account of the operator: config/rbac and nothing more, for one namespace.
 *
 * @param folder for its kubeconfig, which only its owner can read.
 * @returns the path of that kubeconfig. Its token is valid for a day.
 */
export async function makeOperatorAccount(kubectl: Kubectl, namespace: string, folder: string): Promise<string> {
  await kubectl(['apply', '-f', RBAC]);
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } },
    { ...binding('RoleBinding', NAME, namespace), metadata: { name: NAME, namespace } },
    ...clusterRoles.map((role) => ({
      ...binding('ClusterRoleBinding', role, namespace),
      metadata: { name: clusterBindingName(role, namespace) },
    })),
  ];
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const token = await kubectl(['create', 'token', NAME, '--duration=24h']);
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
    readonly users: readonly { readonly name: string }[];
  };
  const users = config.users.map(({ name }) => ({ name, user: { token: token.trim() } }));
  const path = join(folder, 'operator-kubeconfig');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return path;
}

/** Removes what `makeOperatorAccount` has created outside the namespace, except for the roles, which others may use. */
export async function removeOperatorAccount(kubectl: Kubectl, namespace: string): Promise<void> {
  const names = clusterRoles.map((role) => clusterBindingName(role, namespace));
  await kubectl(['delete', 'clusterrolebinding', '--ignore-not-found', ...names]);
}

const clusterRoles = ['dinfra-operator-cluster', 'dinfra-operator-helm'];

function clusterBindingName(role: string, namespace: string): string {
  return `${role}-${namespace}`;
}

function binding(kind: string, role: string, namespace: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  };
}
