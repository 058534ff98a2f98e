import { TerminalError } from '../../errors/dinfra-error.ts';

/** A path in a compose file, e.g. `services`, `web`, `ports`, 0. */
export type Place = readonly (string | number)[];

/**
 * The error for a file that is not a compose file. `problem` follows the name of the place: `is 5; expected a list`.
 */
export function invalid(place: Place, problem: string): TerminalError {
  return new TerminalError('ComposeInvalid', { message: `${named(place)} ${problem}`, path: pointer(place) });
}

/** The error for a valid file that cannot run here. `hint` is what to write instead. */
export function unsupported(place: Place, problem: string, hint: string): TerminalError {
  return new TerminalError('ComposeUnsupported', {
    message: `${named(place)} ${problem}: ${hint}`,
    path: pointer(place),
  });
}

/** A value as shown in a message. */
export function preview(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}

function named(place: Place): string {
  if (place.length === 0) return 'the compose file';
  return `in the compose file, ${place.map((part) => `${part}`.slice(0, 63)).join('.')}`;
}

/** The JSON pointer in the descriptor, whose field `compose` is the file. */
function pointer(place: Place): string {
  const parts = place.map((part) => `${part}`.slice(0, 63).replaceAll('~', '~0').replaceAll('/', '~1'));
  return ['', 'compose', ...parts].join('/');
}
