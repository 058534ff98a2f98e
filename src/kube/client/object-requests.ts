import { apiVersionOf, type ObjectRef } from '../../base/kube-object.ts';
import type { ApplyOptions, DeleteOptions, JsonPatchStep, WatchOptions, WriteOptions } from './call-options.ts';
import {
  collectionPath,
  type KubeObject,
  keyOf,
  type Manifest,
  objectPath,
  type ResourceType,
  resourceNameOf,
} from './resource-type.ts';
import type { HttpRequest } from './transport.ts';

const METADATA = 'application/json;as=PartialObjectMetadata';

/** Our field manager for writes that name none. */
const FIELD_MANAGER = 'dinfra-operator';

/** Reads one object. */
export function getRequest(type: ResourceType, ref: ObjectRef): HttpRequest {
  return { method: 'GET', path: objectPath(type, ref), attempt: attempt('get', type, ref) };
}

/** Lists all objects of a type; the caller adds the query of each page. */
export function listRequest(type: ResourceType, namespace: string | undefined): HttpRequest {
  return {
    method: 'GET',
    path: collectionPath(type, namespace),
    ...(type.metadataOnly === true && { accept: `${METADATA}List;g=meta.k8s.io;v=v1` }),
    attempt: attemptAll('list', type, namespace),
  };
}

/** Watches all objects of a type. */
export function watchRequest(type: ResourceType, options: WatchOptions): HttpRequest {
  return {
    method: 'GET',
    path: collectionPath(type, options.namespace),
    ...(type.metadataOnly === true && { accept: `${METADATA};g=meta.k8s.io;v=v1` }),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: options.timeoutSeconds ?? 300,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    },
    attempt: attemptAll('watch', type, options.namespace),
  };
}

export function createRequest<T extends KubeObject>(
  type: ResourceType<T>,
  manifest: Manifest<T>,
  options: WriteOptions,
): HttpRequest {
  const { name, namespace } = manifest.metadata;
  if (type.namespaced && namespace === undefined) throw new TypeError(`${type.kind} ${name} has no namespace`);
  return {
    method: 'POST',
    path: collectionPath(type, namespace),
    query: writeQuery(options),
    body: bodyOf(type, manifest),
    attempt: attempt('create', type, manifest.metadata),
  };
}

export function replaceRequest<T extends KubeObject>(
  type: ResourceType<T>,
  manifest: Manifest<T>,
  options: WriteOptions,
): HttpRequest {
  return {
    method: 'PUT',
    path: objectPath(type, manifest.metadata, options.subresource),
    query: writeQuery(options),
    body: bodyOf(type, manifest),
    attempt: attempt('replace', type, manifest.metadata),
  };
}

export function applyRequest<T extends KubeObject>(
  type: ResourceType<T>,
  manifest: Manifest<T>,
  options: ApplyOptions,
): HttpRequest {
  return {
    method: 'PATCH',
    path: objectPath(type, manifest.metadata, options.subresource),
    query: { fieldManager: options.fieldManager, force: options.force ?? true, ...dryRun(options) },
    // JSON is valid YAML.
    contentType: 'application/apply-patch+yaml',
    body: bodyOf(type, manifest),
    attempt: attempt('apply', type, manifest.metadata),
  };
}

/** `patch`: an array is a JSON patch, an object a JSON merge patch. */
export function patchRequest(
  type: ResourceType,
  ref: ObjectRef,
  patch: readonly JsonPatchStep[] | object,
  options: WriteOptions,
): HttpRequest {
  return {
    method: 'PATCH',
    path: objectPath(type, ref, options.subresource),
    query: writeQuery(options),
    contentType: `application/${Array.isArray(patch) ? 'json-patch' : 'merge-patch'}+json`,
    body: patch,
    attempt: attempt('patch', type, ref),
  };
}

export function deleteRequest(type: ResourceType, ref: ObjectRef, options: DeleteOptions): HttpRequest {
  const { dryRun: dry = false, ...body } = options;
  return {
    method: 'DELETE',
    path: objectPath(type, ref),
    query: dryRun({ dryRun: dry }),
    body: { apiVersion: 'v1', kind: 'DeleteOptions', ...body },
    attempt: attempt('delete', type, ref),
  };
}

function attempt(verb: string, type: ResourceType, ref: ObjectRef): string {
  return `${verb} ${resourceNameOf(type)} ${keyOf(ref)}`;
}

function attemptAll(verb: string, type: ResourceType, namespace: string | undefined): string {
  return `${verb} ${resourceNameOf(type)}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

function bodyOf(type: ResourceType, manifest: object): object {
  return { apiVersion: apiVersionOf(type), kind: type.kind, ...manifest };
}

function writeQuery({
  fieldManager = FIELD_MANAGER,
  strict = false,
  ...options
}: WriteOptions): NonNullable<HttpRequest['query']> {
  return { fieldManager, ...(strict && { fieldValidation: 'Strict' }), ...dryRun(options) };
}

function dryRun(options: { readonly dryRun?: boolean }): { readonly dryRun?: string } {
  return options.dryRun === true ? { dryRun: 'All' } : {};
}
