import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Story, steps } from '../../dev/demo/story.ts';
import { deployments } from '../../src/api/deployment.ts';
import { IN_USE_FINALIZER, TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import { providers } from '../../src/api/provider.ts';
import { reactors } from '../../src/api/reactor.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { ConfigMapPins } from '../../src/controller/content/content-pins.ts';
import { PinSweeper } from '../../src/controller/content/pin-sweeper.ts';
import { addFinalizer } from '../../src/kube/client/finalizers.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import type { KubeObject, ResourceType } from '../../src/kube/client/resource-type.ts';
import { EventRecorder } from '../../src/kube/events/event-recorder.ts';
import { accountName, type Request, readAuditLog } from './audit-log.ts';
import {
  allows,
  describeRight,
  groupsOf,
  type Question,
  questionsOf,
  type Right,
  rightsOf,
  rulesWithout,
  unneededRights,
} from './granted-rights.ts';
import { ManualClock } from './manual-clock.ts';
import { Stage } from './stage.ts';

/** The step after which tenants are not compared any more. */
const COMPARED = 'The operator is killed and started again: nothing is touched';
const ENFORCE = 'pod-security.kubernetes.io/enforce';
const ACCOUNT = 'dinfra-operator';

/** What the operator, installed by the chart, has asked the API server for, and was given to ask for. */
export interface RightsUse {
  readonly requests: readonly Request[];
  /** All rights of its own, in words. */
  readonly granted: readonly string[];
  /** Those without which nothing of it would have been refused. */
  readonly unneeded: readonly string[];
  /** Questions which the API server answers otherwise than the evaluation here; and how many it was asked. */
  readonly disagreements: readonly string[];
  readonly asked: number;
  /** What the API server said to the request that needs a right, before the right was taken out, and without it. */
  readonly takenOut: readonly { readonly right: string; readonly before: string; readonly without: string }[];
}

/**
 * Plays the demo in a cluster with an audit log. In between somebody meddles with what confines a tenant, which the operator
 * has to read and to repair, and at the end the Provider is deleted. What takes longer than a demo, or the meeting of two
 * writers, is then asked for by the same code with the operator's account.
 */
export async function playForRights(): Promise<RightsUse> {
  const stage = await Stage.open('rights', { cluster: 'own', audit: true });
  try {
    const { environment, world } = stage;
    const operator = new KubeClient(loadClusterAccess(environment.release.kubeconfig));
    const story = new Story(environment, world);
    for (const { title, run } of steps) {
      await run(story, () => undefined);
      if (title === COMPARED) {
        await meddle(stage, story);
        await meetOtherWriters(stage, operator);
        await sayTwice(stage, operator);
      }
    }
    await environment.kubectl(['delete', 'provider', 'acme', '--timeout=60s']);
    await sweepTwice(stage, operator);
    return await evaluate(stage);
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

/** A write that somebody else was faster than: the object is read again, and has the finalizer already. */
async function meetOtherWriters(stage: Stage, operator: KubeClient): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const meet = async <T extends KubeObject>(type: ResourceType<T>, finalizer: string) => {
    const [object] = (await operator.list(type, { namespace: stage.environment.namespace }, signal)).items;
    if (object === undefined) throw new Error(`there is no ${type.kind}`);
    const stale = { ...object, metadata: { ...object.metadata, finalizers: [] } };
    await addFinalizer(operator, type, stale, finalizer, signal);
  };
  await meet(providers, IN_USE_FINALIZER);
  await meet(reactors, IN_USE_FINALIZER);
  await meet(deployments, TEARDOWN_FINALIZER);
}

/** An Event that repeats within minutes is counted and not written again. */
async function sayTwice(stage: Stage, operator: KubeClient): Promise<void> {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const recorder = new EventRecorder({ client: operator, signal, instance: 'rights', clock });
  const ref = { name: 'acme', namespace: stage.environment.namespace };
  const provider = await operator.get(providers, ref, AbortSignal.timeout(30_000));
  for (const _ of [1, 2]) {
    recorder.record(provider, { type: 'Normal', reason: 'Registered', action: 'Register', note: 'said again' });
    await recorder.flush();
    await clock.advance(60_000);
  }
  await recorder.flush();
}

/** Descriptors that nobody needs any more are removed at the second look, ten minutes after the first. */
async function sweepTwice(stage: Stage, operator: KubeClient): Promise<void> {
  const { namespace } = stage.environment;
  const signal = AbortSignal.timeout(30_000);
  const none = { get: () => undefined, list: () => [], size: 0 };
  const pins = new ConfigMapPins(operator);
  const sweeper = new PinSweeper({ client: operator, pins, deployments: none, namespace, log: silentLogger });
  for (const _ of [1, 2]) await sweeper.sweep(signal);
}

async function evaluate(stage: Stage): Promise<RightsUse> {
  const { environment } = stage;
  const { tenantRole } = environment.release;
  const account = { namespace: environment.namespace, name: ACCOUNT };
  const rights = await rightsOf(account, async (args) =>
    JSON.parse(await environment.kubectl(['get', ...args, '-o', 'json'])),
  );
  const log = await readAuditLog(environment.plane?.auditLog ?? '');
  const requests = log.filter(({ user }) => user.username === accountName(account.namespace, account.name));
  const granted = requests.filter((request) => request.objectRef?.resource && request.responseStatus?.code !== 403);
  const questions = distinct(granted.flatMap((request) => questionsOf(request, tenantRole)));
  const words = (list: readonly Right[]) =>
    list.map((right) => describeRight(right).replace(tenantRole, 'TENANT_ROLE')).toSorted();
  const admin = new KubeClient(loadClusterAccess(environment.kubeconfig));
  const asked = distinct(questions.flatMap(nearby));
  return {
    requests,
    granted: words(rights.filter(({ isOwn }) => isOwn)),
    unneeded: words(unneededRights(rights, questions)),
    asked: asked.length,
    disagreements: await disagreements(admin, account.namespace, rights, asked),
    takenOut: await takeOutSome(stage, rights),
  };
}

function distinct(questions: readonly Question[]): readonly Question[] {
  return [...new Map(questions.map((question) => [JSON.stringify(question), question])).values()];
}

/** A question, and some close to it that are none of the operator's business. */
function nearby(question: Question): readonly Question[] {
  return [
    question,
    { ...question, verb: 'deletecollection' },
    { ...question, namespace: 'kube-system' },
    { ...question, name: 'another' },
  ];
}

/** Which of these the API server's own authorizer answers otherwise than `allows` does. */
async function disagreements(
  admin: KubeClient,
  namespace: string,
  rights: readonly Right[],
  questions: readonly Question[],
): Promise<readonly string[]> {
  const limit = pLimit(8);
  const subject = { user: accountName(namespace, ACCOUNT), groups: groupsOf(namespace) };
  const answers = questions.map((question) =>
    limit(async () => {
      const [resource, subresource] = question.resource.split('/');
      const attributes = { ...question, resource, subresource };
      const { status } = (await admin.request(
        {
          method: 'POST',
          path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SubjectAccessReview',
            spec: { ...subject, resourceAttributes: attributes },
          },
          attempt: 'ask what the operator may do',
        },
        AbortSignal.timeout(30_000),
      )) as { readonly status: { readonly allowed: boolean } };
      const mayHere = rights.some((right) => allows(right, question));
      if (status.allowed === mayHere) return [];
      return [`${describeRight(question)} in ${question.namespace}: ${status.allowed ? 'allowed' : 'refused'}`];
    }),
  );
  return (await Promise.all(answers)).flat();
}

/** Takes a right of each role out of the cluster, one after the other, and asks for what needs it before and after. */
async function takeOutSome(stage: Stage, rights: readonly Right[]): Promise<RightsUse['takenOut']> {
  const { environment } = stage;
  const { namespace, release } = environment;
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'dinfra-tenant' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: release.tenantRole },
    subjects: [],
  };
  const tries = [
    ['get secrets acme-account', 'GET', `/api/v1/namespaces/${namespace}/secrets/acme-account`],
    ['list descriptortypes.dinfra.io', 'GET', '/apis/dinfra.io/v1alpha1/descriptortypes?limit=1'],
    ['list namespaces', 'GET', '/api/v1/namespaces?limit=1'],
    [
      `bind clusterroles.rbac.authorization.k8s.io ${release.tenantRole}`,
      'PATCH',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/dinfra-tenant?fieldManager=rights&dryRun=All`,
      binding,
    ],
  ] as const;
  const takenOut: RightsUse['takenOut'][number][] = [];
  for (const [words, method, path, body] of tries) {
    const right = rights.find((one) => one.isOwn && describeRight(one) === words);
    if (right === undefined) throw new Error(`the chart does not give ${words}`);
    const ask = () => answerTo(release.kubeconfig, method, path, body);
    const before = await ask();
    await takeOut(stage, right);
    let without = await ask();
    // The authorizer follows the role by a watch.
    for (let tried = 0; tried < 100 && !without.startsWith('403'); tried++) {
      await sleep(100);
      without = await ask();
    }
    takenOut.push({ right: words.replace(release.tenantRole, 'TENANT_ROLE'), before, without });
  }
  return takenOut;
}

async function takeOut({ environment }: Stage, right: Right): Promise<void> {
  const { kind, name, namespace } = right.role;
  const role = [kind, name, ...(namespace === undefined ? [] : ['-n', namespace])];
  const { rules } = JSON.parse(await environment.kubectl(['get', ...role, '-o', 'json']));
  const patch = JSON.stringify([{ op: 'replace', path: '/rules', value: rulesWithout(rules, right) }]);
  await environment.kubectl(['patch', ...role, '--type=json', '-p', patch]);
}

/** `200`, or the code and the message of what the API server says to a request of the operator's account. */
async function answerTo(kubeconfig: string, method: 'GET' | 'PATCH', path: string, body?: object): Promise<string> {
  const client = new KubeClient(loadClusterAccess(kubeconfig));
  try {
    await client.request(
      {
        method,
        path,
        attempt: 'ask',
        ...(body !== undefined && { body, contentType: 'application/apply-patch+yaml' }),
      },
      AbortSignal.timeout(10_000),
    );
    return '200';
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes('forbidden') ? `403 ${message}` : message;
  }
}
