import { afterEach, expect, it } from 'vitest';
import { type HttpHost, startHttpHost } from '../../test/support/http-host.ts';
import { connect } from './connection.ts';

let host: HttpHost | undefined;
afterEach(() => host?.close());

/** Why a node of this host cannot be connected to. */
async function problemOf(path = ''): Promise<unknown> {
  const endpoint = `ws://${host?.host}${path}`;
  return connect(endpoint, AbortSignal.timeout(10_000)).catch((error: unknown) => error);
}

it.each([
  [429, '429 Too Many Requests'],
  [503, '503 Service Unavailable'],
])('a node that refuses the handshake with %i is reported with that', async (status, answer) => {
  host = await startHttpHost((_, reply) => reply.writeHead(status, 'Words of the node').end());
  expect(await problemOf('/?token=secret')).toMatchObject({
    code: 'ChainUnreachable',
    message: `the chain at ws://${host.host} answers ${answer} instead of opening a WebSocket`,
  });
});

it('a web page in the place of a node is reported as one', async () => {
  host = await startHttpHost((_, reply) => reply.writeHead(200).end('<html>'));
  expect(await problemOf()).toMatchObject({ message: expect.stringContaining('answers 200 OK instead of') });
});

it('a node that does not run is reported as refusing the connection', async () => {
  host = await startHttpHost(() => undefined);
  const { host: gone } = host;
  await host.close();
  expect(await problemOf()).toMatchObject({
    message: `the chain at ws://${gone} does not answer: the connection was refused or is not a WebSocket`,
  });
});

it('the response to another endpoint of the same host is not attributed to a node that hangs up', async () => {
  const asked = Promise.withResolvers<() => void>();
  host = await startHttpHost(({ url, socket }, reply) => {
    if (url === '/a') asked.resolve(() => socket.destroy());
    else reply.writeHead(503).end();
  });
  const problem = problemOf('/a');
  const hangUp = await asked.promise;
  expect(await problemOf('/b')).toMatchObject({ message: expect.stringContaining('answers 503') });
  hangUp();
  expect(await problem).toMatchObject({ message: expect.stringContaining('does not answer') });
});
