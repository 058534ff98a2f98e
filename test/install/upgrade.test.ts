import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chart } from '../support/chart.ts';
import { RestingTenants } from '../support/resting-tenants.ts';

const COUNTS = { charts: 10, vms: 2 };
const TENANTS = COUNTS.charts + COUNTS.vms;
/** The chart as it was when the definitions had fewer fields, and the roles more rights. */
const EARLIER = fileURLToPath(new URL('../fixtures/charts/dinfra-operator-0.0.1.tgz', import.meta.url));
/** How long the operator stays uninstalled, in milliseconds. */
const AWAY_MS = 5_000;

let tenants: RestingTenants;
beforeAll(async () => {
  tenants = await RestingTenants.open(COUNTS);
}, 300_000);
afterAll(() => tenants?.close());

describe(`with ${COUNTS.charts} charts and ${COUNTS.vms} VMs running`, () => {
  test('an upgrade to other values restarts nothing and writes nothing of a tenant', async () => {
    const outcome = await tenants.during(async (release) => {
      const upgraded = await release.upgrade({ set: ['operator.concurrency=3', 'replicas=1'] });
      expect(upgraded.flags).toContain('--concurrency=3');
      return upgraded;
    });
    expect(outcome).toEqual({ tenants: tenants.before, writes: [] });
  });

  test('an upgrade to another version of the chart restarts nothing and writes nothing of a tenant', async () => {
    const { binaries, folder } = tenants.stage.environment;
    await execa(binaries.helm, ['package', chart, '--version', '9.9.9', '--destination', folder]);
    const other = join(folder, 'dinfra-operator-9.9.9.tgz');
    const outcome = await tenants.during((release) => release.upgrade({ chart: other }));
    expect(outcome).toEqual({ tenants: tenants.before, writes: [] });
  });

  test('an earlier chart with its definitions, and then this one again, restart nothing and write nothing of a tenant', async () => {
    const { environment } = tenants.stage;
    const field = 'jsonpath={..finalityTimeoutSeconds.type}';
    const later = () => environment.kubectl(['get', 'crd', 'providers.dinfra.io', '-o', field]);
    const outcome = await tenants.during(async (release) => {
      const earlier = await release.upgrade({ chart: EARLIER });
      expect(await later()).toBe('');
      return earlier.upgrade({});
    });
    expect(await later()).toBe('integer');
    expect(outcome).toEqual({ tenants: tenants.before, writes: [] });
  });

  test('a rollback to the first revision restarts nothing and writes nothing of a tenant', async () => {
    const outcome = await tenants.during((release) => release.rollBack(1));
    expect(outcome).toEqual({ tenants: tenants.before, writes: [] });
  });

  test('an uninstall leaves every tenant as it is, and an operator that is installed again goes on with them', async () => {
    const outcome = await tenants.during(async (release) => {
      await tenants.stage.environment.stopOperator();
      await release.uninstall();
      await sleep(AWAY_MS);
      expect(await tenants.fingerprint()).toEqual(tenants.before);
      return release.upgrade({});
    });
    expect(outcome).toEqual({ tenants: tenants.before, writes: [] });
  });

  test('tenants as the first version of the operator wrote them are taken over, and nothing of them is made again', async () => {
    const { stage } = tenants;
    const { tenants: after, writes } = await tenants.during(async (release) => {
      await stage.environment.stopOperator();
      await tenants.forgetWhatTheFirstVersionDidNotKeep();
      expect(await tenants.kept()).toBe(0);
      return release;
    });
    await stage.until('what it did not keep is known', 60, async () => (await tenants.kept()) === TENANTS);
    // The specs of the Deployments have another generation.
    expect({ ...after, deployments: '' }).toEqual({ ...tenants.before, deployments: '' });
    expect(writes).toEqual([]);
  });
});
