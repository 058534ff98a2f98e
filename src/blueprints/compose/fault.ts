import { TerminalError } from '../../errors/dinfra-error.ts';

/** Where something is in a compose file: `services`, `web`, `ports`, 0. */
export type Place = readonly (string | number)[];

/** The file is not a compose file. `problem` goes on after the name of the place: `is 5; expected a list`. */
export function invalid(place: Place, problem: string): TerminalError {
  return new TerminalError('ComposeInvalid', { message: `${named(place)} ${problem}`, path: pointer(place) });
}

/** The file is fine, and cannot be run here. `hint` is what to write instead. */
export function unsupported(place: Place, problem: string, hint: string): TerminalError {
  return new TerminalError('ComposeUnsupported', {
    message: `${named(place)} ${problem}: ${hint}`,
    path: pointer(place),
  });
}

/** A value as it can be shown. */
export function preview(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}

function named(place: Place): string {
  if (place.length === 0) return 'the compose file';
  return `in the compose file, ${place.map((part) => `${part}`.slice(0, 63)).join('.')}`;
}

/** Of the descriptor: the file is its field `compose`. */
function pointer(place: Place): string {
  const parts = place.map((part) => `${part}`.slice(0, 63).replaceAll('~', '~0').replaceAll('/', '~1'));
  return ['', 'compose', ...parts].join('/');
}
