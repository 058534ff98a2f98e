import { type Fault, type FaultKind, faultKinds } from './faults.ts';
import { UsageError } from './usage-error.ts';

/** `deployVirtualMachine:LoseReply,times=1,chance=0.5` as a fault of the simulator. Throws UsageError saying what is wrong. */
export function parseFault(text: string): Fault {
  const [head = '', ...rest] = text.split(',');
  const [command = '', kind = ''] = head.split(':');
  if (!/^(\*|[A-Za-z]+)$/.test(command)) {
    throw wrong(text, `"${command}" is not the name of a command, write or *`);
  }
  if (!isKind(kind)) throw wrong(text, `"${kind}" is none of ${faultKinds.join(', ')}`);
  return { command, kind, ...Object.fromEntries(rest.map((part) => detailOf(text, part))) };
}

/** Details that are numbers, and the largest they can be. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['times', 1_000_000],
  ['after', 1_000_000],
  ['code', 999],
  ['ms', 3_600_000],
]);

function detailOf(whole: string, part: string): readonly [string, string | number] {
  const at = part.indexOf('=');
  const [name, value] = [part.slice(0, Math.max(0, at)), part.slice(at + 1)];
  if (name === 'text') return [name, value];
  if (name === 'chance' && /^(0(\.\d+)?|1)$/.test(value)) return [name, Number(value)];
  if (name === 'chance') throw wrong(whole, `chance is "${value}"; expected a number from 0 to 1`);
  const most = NUMBERS.get(name);
  if (most === undefined) throw wrong(whole, `"${part}" is none of times=, chance=, after=, code=, ms=, text=`);
  if (/^\d{1,10}$/.test(value) && Number(value) <= most) return [name, Number(value)];
  throw wrong(whole, `${name} is "${value}"; expected a whole number up to ${most}`);
}

function isKind(text: string): text is FaultKind {
  return faultKinds.some((kind) => kind === text);
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(
    `--fault ${text}: ${why}`,
    'Write for instance --fault deployVirtualMachine:LoseReply,times=1.',
  );
}
