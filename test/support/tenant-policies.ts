import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const chart = fileURLToPath(new URL('../../charts/dinfra-operator', import.meta.url));

/**
 * Installs the admission policies for tenants of Reactors in `namespace`, as rendered by the chart, in the cluster of
 * KUBECONFIG.
 */
export async function installTenantPolicies(namespace: string): Promise<void> {
  const { stdout } = await execa('helm', [
    'template',
    'dinfra',
    chart,
    `--namespace=${namespace}`,
    '--set=rbac.helmReactor=true',
    '--show-only=templates/tenantpolicy.yaml',
  ]);
  await execa('kubectl', ['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: stdout });
}
