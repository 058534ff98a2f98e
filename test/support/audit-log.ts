import { readFile } from 'node:fs/promises';

/** A request in the audit log of the API server; a watch appears at its start and at its end. */
export interface Request {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
  readonly requestReceivedTimestamp: string;
}

/** Verbs of writes. */
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** All requests in the log of a control plane, in the order of their answers. */
export async function readAuditLog(path: string): Promise<readonly Request[]> {
  // The last line may be incomplete.
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Request);
}

/** The name of a service account in the log. */
export function accountName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Whether a request was a persistent write: not a dry run, a token request or an access review. */
export function isWrite({ verb, requestURI, objectRef }: Request): boolean {
  const lasts = objectRef?.subresource !== 'token' && objectRef?.apiGroup !== 'authorization.k8s.io';
  return WRITES.has(verb) && lasts && !new URL(requestURI, 'http://api').searchParams.has('dryRun');
}

/** `patch resourcequotas dinfra-a/dinfra-confinement (403: …)`. */
export function describeRequest({ verb, objectRef = {}, responseStatus = {} }: Request): string {
  const { resource = '', subresource, namespace, name = '' } = objectRef;
  const kind = subresource === undefined ? resource : `${resource}/${subresource}`;
  const object = namespace === undefined ? name : `${namespace}/${name}`;
  return `${verb} ${kind} ${object} (${responseStatus.code}${responseStatus.message === undefined ? '' : `: ${responseStatus.message}`})`;
}
