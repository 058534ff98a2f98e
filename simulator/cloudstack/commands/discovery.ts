import { ApiError } from '../api-error.ts';
import type { Command, SyncCommand } from '../command.ts';
import type { Json } from '../json.ts';
import { mayCall } from '../permissions.ts';

export const listApis: SyncCommand = {
  name: 'listApis',
  description: 'lists all available apis on the server, provided by the Api Discovery plugin',
  params: { name: { type: 'string' } },
  run: (context, args) => {
    const name = args.text('name');
    const allowed = [...context.commands.values()].filter((command) => mayCall(context.account, command));
    const shown = allowed.filter((command) => name === undefined || command.name === name);
    if (shown.length === 0) {
      throw new ApiError(530, 9999, 'Api Discovery plugin was unable to find an api by that name or process any apis');
    }
    return { count: shown.length, api: shown.map(describe) };
  },
};

/** Counts as a call itself and can be refused like any other. */
export const getApiLimit: SyncCommand = {
  name: 'getApiLimit',
  description: 'Get API limit count for the caller',
  params: {},
  run: ({ account }) => ({
    apilimit: { accountid: account.id, account: account.name, apiIssued: 1, apiAllowed: 25, expireAfter: 1 },
  }),
};

function describe(command: Command): Json {
  return {
    name: command.name,
    description: command.description,
    isasync: 'start' in command,
    related: '',
    params: Object.entries(command.params).map(([name, param]) => ({
      name,
      description: '',
      type: param.type === 'id' ? 'uuid' : param.type,
      length: 255,
      required: param.required === true,
    })),
    response: [],
  };
}
