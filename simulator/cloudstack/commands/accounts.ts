import { invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type Context, listOf, type SyncCommand } from '../command.ts';
import type { Json } from '../json.ts';
import { limitRows, resourceTypes, usageOf } from '../limits.ts';
import { freeOn } from '../placement.ts';
import { inDomain, moment } from '../render.ts';
import { renderAccount } from '../render-account.ts';
import type { Account, User } from '../rows.ts';
import { ROOT_DOMAIN } from '../seed.ts';

export const listAccounts: SyncCommand = {
  name: 'listAccounts',
  description: 'Lists accounts and provides detailed account information for listed accounts',
  params: { ...listParams, id: { type: 'id', of: 'accounts' }, name: { type: 'string' } },
  run: (context, args) => {
    const all = context.account.role === 'Admin' && args.flag('listall') === true;
    const shown = all ? [...context.world.tables.accounts.live()] : [context.account];
    const rows = shown.map((account) => ({
      ...renderAccount(context, account, usageOf(context.world, account)),
      user: context.world.tables.users
        .filter((user) => user.account === account.id)
        .map((user) => renderUser(context, user, account)),
    }));
    return listOf('account', args, rows);
  },
};

export const listUsers: SyncCommand = {
  name: 'listUsers',
  description: 'Lists user accounts',
  params: { ...listParams, id: { type: 'id', of: 'users' } },
  run: (context, args) => listOf('user', args, [renderUser(context, context.user, context.account)]),
};

export const getUser: SyncCommand = {
  name: 'getUser',
  description: 'Find user account by API key',
  params: { userapikey: { type: 'string', required: true } },
  run: (context, args) => {
    const user = context.world.tables.users.find((row) => row.apiKey === args.need('userapikey'));
    const shown = user ?? context.user;
    return { user: renderUser(context, shown, context.world.tables.accounts.must(shown.account)) };
  },
};

export const listResourceLimits: SyncCommand = {
  name: 'listResourceLimits',
  description: 'Lists resource limits.',
  params: {
    ...listParams,
    resourcetype: { type: 'integer' },
    resourcetypename: { type: 'string' },
    account: { type: 'string' },
    domainid: { type: 'string' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const type = args.integer('resourcetype');
    if (type !== undefined && limitRows(context.account).length <= type)
      throw invalid('Please specify a valid resource type.');
    const name = args.text('resourcetypename');
    const rows = limitRows(context.account) as Json[];
    const wanted = rows.filter(
      (row) =>
        (type === undefined || row['resourcetype'] === String(type)) &&
        (name === undefined || row['resourcetypename'] === name),
    );
    return listOf('resourcelimit', args, wanted);
  },
};

export const updateResourceLimit: SyncCommand = {
  name: 'updateResourceLimit',
  description: 'Updates resource limits for an account or domain.',
  admin: true,
  params: {
    account: { type: 'string' },
    domainid: { type: 'string' },
    resourcetype: { type: 'integer', required: true },
    max: { type: 'integer' },
  },
  run: (context, args) => {
    const account = context.world.tables.accounts.find((row) => row.name === args.text('account')) ?? context.account;
    const number = String(args.integer('resourcetype'));
    account.limits[number] = args.integer('max') ?? -1;
    const name = Object.entries(resourceTypes).find(([, type]) => type.number === number)?.[0];
    return {
      resourcelimit: {
        account: account.name,
        ...inDomain,
        resourcetype: number,
        resourcetypename: name,
        max: account.limits[number],
      },
    };
  },
};

/** What is free in each zone, by CloudStack's capacity types: 0 memory, 1 CPU, 8 public addresses. */
export const listCapacity: SyncCommand = {
  name: 'listCapacity',
  description: 'Lists all the system wide capacities.',
  admin: true,
  params: { ...listParams, zoneid: { type: 'id', of: 'zones' }, type: { type: 'integer' } },
  run: (context, args) => {
    const zone = args.row('zoneid', 'zones');
    const rows = context.world.tables.zones
      .filter((row) => zone === undefined || row === zone)
      .flatMap((row) => capacities(context, row.id, row.name));
    return listOf('capacity', args, rows);
  },
};

function capacities({ world }: Context, zone: string, zonename: string): Json[] {
  const hosts = world.tables.hosts.filter((host) => host.zone === zone && host.enabled);
  const free = hosts.map((host) => freeOn(world, host));
  const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
  const memory = total(hosts.map((host) => host.memoryMiB)) * 1_048_576;
  const cpu = total(hosts.map((host) => host.cpuMHz));
  const addresses = world.tables.addresses.filter((address) => address.zone === zone);
  const row = (type: number, name: string, used: number, all: number) => ({
    type,
    name,
    zoneid: zone,
    zonename,
    capacityused: used,
    capacitytotal: all,
    percentused: all === 0 ? '0' : ((100 * used) / all).toFixed(2),
  });
  return [
    row(0, 'MEMORY', memory - total(free.map((one) => one.memoryMiB)) * 1_048_576, memory),
    row(1, 'CPU', cpu - total(free.map((one) => one.cpuMHz)), cpu),
    row(8, 'PRIVATE_IP', addresses.filter((address) => address.allocated !== undefined).length, addresses.length),
  ];
}

function renderUser(_context: Context, user: User, account: Account): Json {
  return {
    id: user.id,
    username: user.name,
    firstname: user.firstName,
    lastname: user.lastName,
    email: user.email,
    created: moment(user.created),
    state: user.enabled ? 'enabled' : 'disabled',
    account: account.name,
    accounttype: account.role === 'Admin' ? 1 : 0,
    usersource: 'native',
    roleid: account.id,
    roletype: account.role,
    rolename: account.role === 'Admin' ? 'Root Admin' : 'User',
    domainid: ROOT_DOMAIN.id,
    domain: ROOT_DOMAIN.name,
    apikey: user.apiKey,
    accountid: account.id,
    iscallerchilddomain: false,
    isdefault: false,
    is2faenabled: false,
    is2famandated: false,
  };
}
