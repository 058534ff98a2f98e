import { Story, steps } from '../../dev/demo/story.ts';
import { accountName, type Request, readAuditLog } from './audit-log.ts';
import { describeRight, rightsOf, unusedRights } from './granted-rights.ts';
import { Stage } from './stage.ts';

/** Rights that the story does not use, each with the reason why the operator has it. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'list configmaps': 'descriptors that nobody needs any more are looked for every ten minutes, and the demo takes two',
  'delete configmaps': 'the same',
  'get deployments.dinfra.io': 'only when the write of a status meets that of somebody else',
  'patch events.events.k8s.io': 'only when an event repeats within minutes, which a quick demo does not do',
  'get providers.dinfra.io': 'only when the write of a finalizer meets that of somebody else',
  'get reactors.dinfra.io': 'the same',
  'bind clusterroles.rbac.authorization.k8s.io TENANT_ROLE':
    'the API server asks for it inside of the write of a RoleBinding',
};

/** The step after which tenants are not compared any more. */
const COMPARED = 'The operator is killed and started again: nothing is touched';
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** The requests of the operator installed by the chart, and the rights it was given. */
export interface RightsUse {
  readonly requests: readonly Request[];
  /** All rights, in words. */
  readonly granted: readonly string[];
  /** The rights that no request has needed. */
  readonly unused: readonly string[];
}

/**
 * Plays the demo in a cluster with an audit log. In between, the objects that confine a tenant are tampered with, which
 * the operator has to detect and repair; at the end the Provider is deleted.
 */
export async function playForRights(): Promise<RightsUse> {
  const stage = await Stage.open('rights', { cluster: 'own', audit: true });
  try {
    const { environment, world } = stage;
    const story = new Story(environment, world);
    for (const { title, run } of steps) {
      await run(story, () => undefined);
      if (title === COMPARED) await meddle(stage, story);
    }
    await environment.kubectl(['delete', 'provider', 'acme', '--timeout=60s']);

    const account = { namespace: environment.namespace, name: 'dinfra-operator' };
    const rights = await rightsOf(account, async (args) =>
      JSON.parse(await environment.kubectl(['get', ...args, '-o', 'json'])),
    );
    const log = await readAuditLog(environment.plane?.auditLog ?? '');
    const requests = log.filter(({ user }) => user.username === accountName(account.namespace, account.name));
    const words = (list: typeof rights) =>
      list.map((right) => describeRight(right).replace(environment.release.tenantRole, 'TENANT_ROLE')).toSorted();
    return { requests, granted: words(rights), unused: words(unusedRights(rights, requests)) };
  } finally {
    await stage.close();
  }
}

async function meddle(stage: Stage, { tenants }: Story): Promise<void> {
  const { environment } = stage;
  const name = tenants.find(({ type }) => type === 'helm/v1')?.deployment ?? '';
  const walls = ['limitrange/dinfra-confinement', 'networkpolicy/dinfra-confinement'];
  const account = ['serviceaccount/dinfra-tenant', 'rolebinding/dinfra-tenant'];
  await environment.kubectl(['label', '-n', name, ...walls, ...account, 'meddled=yes']);
  const level = ['get', 'namespace', name, '-o', `jsonpath={.metadata.labels.${ENFORCE.replaceAll('.', '\\.')}}`];
  const before = await environment.kubectl(level);
  await environment.kubectl(['label', '--overwrite', 'namespace', name, `${ENFORCE}=privileged`]);
  await stage.until('the namespace is repaired', 60, async () => (await environment.kubectl(level)) === before);
}
