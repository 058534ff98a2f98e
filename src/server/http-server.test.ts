import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { Health } from './health.ts';
import { type ProbeServer, serveProbes } from './http-server.ts';

let server: ProbeServer | undefined;
afterEach(() => server?.close());

async function start(health = new Health(), metrics = new Registry()) {
  server = await serveProbes({ host: '127.0.0.1', port: 0 }, health, metrics);
  const { port } = server;
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

describe('probes', () => {
  it('readyz answers 200 and names each check when all of them pass', async () => {
    const health = new Health();
    health.addLive('workers', () => undefined);
    health.addReady('cluster', () => undefined);
    const get = await start(health);
    const reply = await get('/readyz');
    expect(reply.status).toBe(200);
    expect(await reply.text()).toBe('[+]workers ok\n[+]cluster ok\n');
  });

  it('a process that has not synced yet is alive but not ready', async () => {
    const health = new Health();
    health.addReady('cluster deployments.dinfra.io', () => 'not read yet');
    const get = await start(health);
    expect((await get('/healthz')).status).toBe(200);
    const reply = await get('/readyz');
    expect(reply.status).toBe(503);
    expect(await reply.text()).toBe('[-]cluster deployments.dinfra.io: not read yet\n');
  });

  it('a check that was removed no longer affects readyz', async () => {
    const health = new Health();
    const leave = health.addReady('old', () => 'gone');
    leave();
    const get = await start(health);
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('metrics', () => {
  it('metrics are served in the Prometheus text format', async () => {
    const metrics = new Registry();
    new Counter({ name: 'dinfra_tested_total', help: 'Tests.', registers: [metrics] }).inc();
    const get = await start(new Health(), metrics);
    expect(await (await get('/metrics')).text()).toContain('dinfra_tested_total 1');
  });
});

describe('anything else', () => {
  it('other paths and methods are refused without reading the body', async () => {
    const get = await start();
    expect((await get('/admin')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST', body: 'x' })).status).toBe(405);
  });
});
