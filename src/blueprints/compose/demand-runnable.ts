import type { Json } from '../../base/json.ts';
import { type ComposeFile, type Fields, fieldsOf, listOf } from './compose-file.ts';
import { invalid, type Place, preview, unsupported } from './fault.ts';
import { interpolate } from './interpolation.ts';
import { extendedBy, lineageOf } from './lineage.ts';

/** The allowed top-level elements, in addition to extensions (`x-…`). */
const TOP = new Set(['version', 'name', 'services', 'networks', 'volumes', 'configs', 'secrets']);

/**
 * Refuses a file that needs anything but itself: a new VM has no other files, no variables and no existing resources.
 * What is dangerous elsewhere (privileged containers, the host's network, absolute host paths) is allowed, because the
 * whole machine is the consumer's own. Throws ComposeUnsupported or ComposeInvalid.
 */
export function demandRunnable({ top, services }: ComposeFile): void {
  for (const key of top.keys()) {
    if (!TOP.has(key) && !key.startsWith('x-')) {
      throw unsupported([key], 'is not known', `a compose file here has ${[...TOP].join(', ')} and x-…`);
    }
  }
  for (const [name, service] of services) {
    demandService(service, services, ['services', name]);
    lineageOf(name, services);
  }
  for (const kind of ['networks', 'volumes', 'configs', 'secrets']) {
    const value = top.get(kind);
    if (value === undefined || value === null) continue;
    for (const [name, entry] of fieldsOf(value, [kind])) {
      if (entry !== null) demandResource(fieldsOf(entry, [kind, name]), [kind, name]);
    }
  }
  demandVariables([...top].map(([key, value]) => [[key], value] as const));
}

function demandService(service: Fields, services: ReadonlyMap<string, Fields>, place: Place): void {
  const { image, build, ...others } = Object.fromEntries(service);
  if (build !== undefined) {
    throw unsupported([...place, 'build'], 'has nothing to build from', 'build and push the image, and name it');
  }
  if (others['extends'] !== undefined) demandExtends(others['extends'], services, [...place, 'extends']);
  else if (typeof image !== 'string' || image === '') {
    throw invalid([...place, 'image'], `is ${preview(image)}; expected the name of an image`);
  }
  if (others['provider'] !== undefined) {
    throw unsupported([...place, 'provider'], 'is a program that is not there', 'name an image');
  }
  const network = others['network_mode'];
  if (typeof network === 'string' && network.startsWith('container:')) {
    throw unsupported([...place, 'network_mode'], `is ${preview(network)}`, 'name a service of the file, service:NAME');
  }
  for (const key of ['env_file', 'label_file']) {
    for (const [index, file] of filesOf(others[key])) demandAbsolute(file, [...place, key, ...index], 'write it out');
  }
  for (const [index, volume] of listOf(others['volumes'], [...place, 'volumes']).entries()) {
    const source = bindSource(volume);
    if (source !== undefined) {
      demandAbsolute(source, [...place, 'volumes', index], 'use a named volume, or configs with their content');
    }
  }
}

function demandExtends(value: Json, services: ReadonlyMap<string, Fields>, place: Place): void {
  const from = extendedBy(value);
  if (typeof value !== 'string' && fieldsOf(value, place).has('file')) {
    throw unsupported([...place, 'file'], 'is a file that is not there', 'put the service into this file');
  }
  if (from === undefined || !services.has(from)) {
    throw invalid(
      place,
      `is ${preview(typeof value === 'string' ? value : fieldsOf(value, place).get('service'))}; expected the name of a service of the file`,
    );
  }
}

/** Checks a network, volume, config or secret of the file. */
function demandResource(resource: Fields, place: Place): void {
  const { external, file, environment } = Object.fromEntries(resource);
  if (external !== undefined && external !== false) {
    throw unsupported([...place, 'external'], 'is something made before, and there is nothing', 'leave it out');
  }
  if (environment !== undefined) {
    throw unsupported([...place, 'environment'], `is ${preview(environment)}, which is not set`, 'give its content');
  }
  if (typeof file === 'string') demandAbsolute(file, [...place, 'file'], 'give its content');
}

/** Refuses relative paths, which refer to the author's folder, and `~`, which refers to the author's home. */
function demandAbsolute(path: string, place: Place, instead: string): void {
  const read = interpolate(path);
  if ('text' in read && read.text.startsWith('/')) return;
  throw unsupported(place, `is ${preview(path)}, which is not there`, `${instead}, or name an absolute path of the VM`);
}

/** The host path of a mount; undefined if it has none. */
function bindSource(volume: Json): string | undefined {
  if (typeof volume !== 'string') {
    if (typeof volume !== 'object' || volume === null || Array.isArray(volume)) return undefined;
    const { type, source } = Object.fromEntries(Object.entries(volume));
    return type === 'bind' && typeof source === 'string' ? source : undefined;
  }
  const read = interpolate(volume);
  const [source = '', target] = ('text' in read ? read.text : volume).split(':');
  // The name of a volume has no slash and does not start like a path.
  return target !== undefined && /^[./~]|[/\\]/.test(source) ? source : undefined;
}

/** The paths in `env_file` and similar fields: a single one, or a list of paths and of objects with a path. */
function filesOf(value: Json | undefined): readonly (readonly [Place, string])[] {
  const entries = Array.isArray(value) ? [...value.entries()].map(([at, one]) => [[at], one] as const) : [[[], value]];
  return entries.flatMap(([place, one]) => {
    const path = typeof one === 'object' && one !== null && 'path' in one ? one['path'] : one;
    return typeof path === 'string' ? [[place as Place, path] as const] : [];
  });
}

/** Refuses variables that are not set: docker would substitute nothing and mention it only in a log. */
function demandVariables(found: readonly (readonly [Place, Json])[]): void {
  const left = [...found];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [place, value] = next;
    if (typeof value === 'string') {
      const read = interpolate(value);
      if ('unset' in read) {
        throw unsupported(
          place,
          `has the variable ${preview(read.unset)}, which is not set`,
          `write its value, give a default (\${NAME:-value}), or write $$ for a dollar sign`,
        );
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) left.push([[...place, key], one]);
    }
  }
}
