import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';
import { parameter } from './authenticate.ts';
import { type Answer, answer, type Call, refusal, type Server } from './dispatch.ts';
import type { Fault, Faults } from './faults.ts';
import { tooMany } from './throttle.ts';
import { toXml } from './xml.ts';

/** Longest request line and headers, in bytes. */
const MAX_HEAD = 8_192;
/** Largest form, in bytes. */
const MAX_FORM = 1_048_576;
const VERSION = '4.22.0.0-SNAPSHOT';

export interface HttpOptions {
  readonly server: Server;
  readonly faults: Faults;
  /** Called for every command, before the response. */
  readonly onCall: (command: string) => void;
}

/** The HTTP side of the API: paths, methods, forms, limits, faults of the wire. */
export function createHttpServer(options: HttpOptions): HttpServer {
  return createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    respond(options, request, response).catch(() => response.destroy());
  });
}

async function respond(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  if (url.length > MAX_HEAD - 100)
    return html(response, 414, '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>');
  const [path = '/', query = ''] = split(url);
  if (path === '/client/') return html(response, 200, noInterface);
  if (path !== '/client/api') return redirect(response, path);
  const form = await readForm(request);
  if (form === undefined) return html(response, 404, page404);
  const { method } = request;
  if (method !== 'GET' && method !== 'POST' && method !== 'HEAD') return void response.writeHead(405).end();
  const call: Call = {
    method: method === 'POST' ? 'POST' : 'GET',
    parameters: new Map([...pairs(query), ...pairs(form)]),
  };
  const command = parameter(call.parameters, 'command') ?? '';
  options.onCall(command);
  const fault = options.faults.next(command);
  if (fault?.kind === 'Delay') await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1_000));
  if (fault !== undefined && (await before(response, command, fault))) return;
  const reply = answer(options.server, call, fault);
  if (fault?.kind === 'LoseReply') return void request.socket.destroy();
  write(response, reply, parameter(call.parameters, 'response') === 'json', fault?.kind === 'Truncate');
}

/** Applies a fault instead of the command. True when it has responded. */
async function before(response: ServerResponse, command: string, fault: Fault): Promise<boolean> {
  const envelope = `${command.toLowerCase()}response`;
  switch (fault.kind) {
    case 'Cut':
      response.socket?.destroy();
      return true;
    case 'Html':
      html(response, 502, '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>');
      return true;
    case 'Empty':
      response.writeHead(200, { 'content-length': 0 }).end();
      return true;
    case 'RateLimit':
      write(response, refusal(envelope, tooMany(fault.ms ?? 1_000)), true, false);
      return true;
    case 'Maintenance':
      write(
        response,
        refusal(
          envelope,
          new ApiError(
            503,
            9999,
            'Maintenance or shutdown has been initiated on this management server. Can not accept new jobs',
          ),
        ),
        true,
        false,
      );
      return true;
    case 'Error':
      write(response, refusal(envelope, new ApiError(fault.code ?? 530, 9999, fault.text ?? 'injected')), true, false);
      return true;
    default:
      return false;
  }
}

function write(response: ServerResponse, { status, envelope, body }: Answer, json: boolean, cut: boolean): void {
  const text = json
    ? JSON.stringify({ [envelope]: body })
    : toXml(envelope, withoutEmptyLists(body), status === 200 ? VERSION : undefined);
  const description = typeof body['errortext'] === 'string' && status !== 401 ? body['errortext'] : undefined;
  response.writeHead(status, {
    'content-type': json ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
    ...(description === undefined ? {} : { 'x-description': headerText(description) }),
  });
  if (!cut) return void response.end(text);
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
}

/** XML has no empty lists, and no `uuidList`. */
function withoutEmptyLists(body: Answer['body']): Answer['body'] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_FORM) chunks.push(bytes);
  }
  if (size > MAX_FORM) return undefined;
  const type = request.headers['content-type'] ?? '';
  // Any other body is not read at all.
  return type.startsWith('application/x-www-form-urlencoded') ? Buffer.concat(chunks).toString('utf8') : '';
}

function pairs(text: string): [string, string][] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

/** `+` is a space; what is not an escape stays as it is. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function split(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function redirect(response: ServerResponse, path: string): void {
  response.writeHead(301, { location: path.startsWith('/client') ? '/client/' : '/client' }).end();
}

function html(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html;charset=iso-8859-1', connection: 'close' }).end(text);
}

// A real server has its user interface here: shown when the address is opened in a browser.
const noInterface =
  '<html><head><title>CloudStack simulator</title></head><body>A simulated CloudStack. It has no user interface: its API is at /client/api.</body></html>';

const page404 =
  '<html><head><title>Error 404 Not Found</title></head><body><h2>HTTP ERROR 404 Not Found</h2><table><tr><th>CAUSED BY:</th><td>java.lang.IllegalStateException: Form is larger than max length 1048576</td></tr></table></body></html>';
