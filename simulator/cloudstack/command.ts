import type { Arguments, Params } from './arguments.ts';
import type { Clock } from './clock.ts';
import type { Jobs, Work } from './jobs.ts';
import type { Json } from './json.ts';
import type { Account, User } from './rows.ts';
import type { World } from './world.ts';

/** The context of a call. */
export interface Context {
  readonly world: World;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly account: Account;
  readonly user: User;
  readonly method: 'GET' | 'POST';
  /** All commands, for listApis. */
  readonly commands: ReadonlyMap<string, Command>;
  /** Behaviour of an older release, where ours differs. */
  readonly quirks: Quirks;
}

/** Ways in which older servers differ. */
export interface Quirks {
  /** Up to 4.13 `name=` on listVirtualMachines is a substring. */
  readonly substringNames: boolean;
  /** Up to 4.13 the limits of user-data are strict. */
  readonly strictUserDataLimit: boolean;
  /** Milliseconds within which two deploys of one name do not see each other and both succeed. */
  readonly nameRaceMs: number;
}

interface CommandBasics {
  readonly name: string;
  /** The name in its response and errors, when that differs from the command's. */
  readonly answersAs?: string;
  readonly description: string;
  readonly params: Params;
  /** Only root admins may call it. */
  readonly admin?: true;
}

/** A synchronous command. */
export interface SyncCommand extends CommandBasics {
  readonly run: (context: Context, args: Arguments) => Json;
}

/** An asynchronous command. */
export interface AsyncCommand extends CommandBasics {
  /** The class CloudStack names in the job, below `org.apache.cloudstack.api.command.`. */
  readonly jobClass: string;
  /** For some commands root admins run a different class. */
  readonly adminJobClass?: string;
  readonly start: (context: Context, args: Arguments) => Work;
}

export type Command = SyncCommand | AsyncCommand;

/** One page of a list in CloudStack's form: `{}` when it is empty, only a count beyond its end. */
export function listOf(name: string, args: Arguments, rows: readonly Json[]): Json {
  if (rows.length === 0) return {};
  const size = args.integer('pagesize');
  const page = Math.max(1, args.integer('page') ?? 1);
  const limit = size === undefined ? 500 : size === -1 ? rows.length : size;
  const shown = rows.slice((page - 1) * limit, page * limit);
  return shown.length === 0 ? { count: rows.length } : { count: rows.length, [name]: shown };
}
