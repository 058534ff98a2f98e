import { ApiError, internal } from './api-error.ts';
import { Arguments } from './arguments.ts';
import { authenticate, parameter, unauthenticated } from './authenticate.ts';
import type { Clock } from './clock.ts';
import type { Command, Context, Quirks } from './command.ts';
import type { Fault } from './faults.ts';
import type { Jobs } from './jobs.ts';
import type { Json } from './json.ts';
import { elsewhere, mayCall } from './permissions.ts';
import type { Account, User } from './rows.ts';
import type { Throttle } from './throttle.ts';
import type { World } from './world.ts';

/** The dependencies of dispatching. */
export interface Server {
  readonly world: World;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly throttle: Throttle;
  readonly quirks: Quirks;
  readonly commands: ReadonlyMap<string, Command>;
}

/** One incoming call. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly parameters: ReadonlyMap<string, string>;
}

/** The response: the envelope's key and its content. */
export interface Answer {
  readonly status: number;
  readonly envelope: string;
  readonly body: Json;
}

/** Handles one call. `fault` is the injected fault inside the server. */
export function answer(server: Server, call: Call, fault?: Fault): Answer {
  const name = parameter(call.parameters, 'command');
  const command = name === undefined ? undefined : server.commands.get(name);
  // Without a command the key is the word null; an unknown one is not named.
  const envelope = command === undefined ? (name === undefined ? 'null' : 'errorresponse') : envelopeOf(command);
  try {
    const caller = authenticate(server.world, call.parameters, server.clock.now());
    if (command === undefined) throw name !== undefined && elsewhere.has(name) ? forbidden(name) : unauthenticated();
    return { status: 200, envelope, body: run(server, call, command, caller, fault) };
  } catch (error) {
    return refusal(envelope, error);
  }
}

/** The key of a command's response. */
function envelopeOf(command: Command): string {
  return `${command.answersAs ?? command.name.toLowerCase()}response`;
}

/** An error response. */
export function refusal(envelope: string, error: unknown): Answer {
  const apiError = error instanceof ApiError ? error : internal(`the simulator failed: ${String(error)}`);
  return {
    status: apiError.code,
    envelope: apiError.envelope ?? envelope,
    body: {
      uuidList: apiError.uuidList,
      errorcode: apiError.code,
      ...(apiError.csCode === undefined ? {} : { cserrorcode: apiError.csCode }),
      errortext: apiError.message,
    },
  };
}

function run(
  server: Server,
  call: Call,
  command: Command,
  { account, user }: { account: Account; user: User },
  fault: Fault | undefined,
): Json {
  const { world, clock, jobs, quirks, commands } = server;
  server.throttle.count(world, account, clock.now());
  if (!mayCall(account, command)) throw forbidden(command.name);
  const strict = world.setting('enforce.post.requests.and.timestamps') === 'true';
  if (strict && call.method !== 'POST' && !/^(get|list|query|find)\w+$/.test(command.name)) {
    throw new ApiError(400, 9999, `State changing command ${command.name} needs to be sent using POST request`);
  }
  const label = (command.answersAs ?? command.name).toLowerCase();
  const raw = lowerCaseNames(command, call.parameters);
  checkPaging(world, raw, label);
  const args = new Arguments(world, label, command.params, raw);
  const context: Context = { world, clock, jobs, account, user, method: call.method, commands, quirks };
  if ('run' in command) return command.run(context, args);
  const work = command.start(context, args);
  const admin = account.role === 'Admin' ? command.adminJobClass : undefined;
  const job = jobs.start(admin ?? command.jobClass, account, user, work);
  if (fault?.kind === 'FailJob') jobs.doom(job, new ApiError(fault.code ?? 530, undefined, fault.text ?? 'injected'));
  return work.created === undefined ? { jobid: job.id } : { id: work.created, jobid: job.id };
}

/** Parameter names are case-insensitive; of map parameters only the part before the bracket counts. */
function lowerCaseNames(command: Command, parameters: ReadonlyMap<string, string>): Map<string, string> {
  const own = new Set(Object.keys(command.params));
  const raw = new Map<string, string>();
  for (const [name, value] of parameters) {
    const bracket = name.indexOf('[');
    const base = (bracket < 0 ? name : name.slice(0, bracket)).toLowerCase();
    if (own.has(base)) raw.set(bracket < 0 ? base : `${base}${name.slice(bracket)}`, value);
  }
  return raw;
}

function checkPaging(world: World, raw: ReadonlyMap<string, string>, label: string): void {
  const page = raw.get('page');
  const size = raw.get('pagesize');
  const numbers = [
    ['page', page],
    ['pagesize', size],
  ] as const;
  for (const [name, value] of numbers) {
    if (value === undefined || /^-?\d+$/.test(value)) continue;
    throw new ApiError(
      431,
      9999,
      `Unable to execute API command ${label} due to invalid value ${value} for parameter ${name}`,
    );
  }
  if (size !== undefined && page === undefined && size !== '-1') {
    throw new ApiError(431, 9999, '"page" parameter is required when "pagesize" is specified');
  }
  if (page !== undefined && size === undefined) {
    throw new ApiError(431, 9999, '"pagesize" parameter is required when "page" is specified');
  }
  const max = Number(world.setting('default.page.size'));
  if (size !== undefined && Number(size) > max) {
    throw new ApiError(431, 4350, `Page size can't exceed max allowed page size value: ${max}`);
  }
}

/** The id in the text differs on every call, as on the server. */
function forbidden(name: string): ApiError {
  return new ApiError(
    432,
    9999,
    `The API [${name}] does not exist or is not available for the account for user id [${crypto.randomUUID()}].`,
    { envelope: 'errorresponse' },
  );
}
