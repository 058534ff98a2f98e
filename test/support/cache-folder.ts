import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder that tools/run caches in, outside of the checkout. */
export function cacheFolder(): string {
  const { DINFRA_CACHE: cache, XDG_CACHE_HOME: caches = join(homedir(), '.cache') } = process.env;
  return cache ?? join(caches, 'dinfra-operator');
}
