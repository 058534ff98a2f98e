import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { inDomain, moment } from './render.ts';
import type { Account } from './rows.ts';

/** The limits and usage of an account, as in listAccounts. */
export function renderAccount(context: Context, account: Account, usage: ReadonlyMap<string, number>): Json {
  const row: Json = {
    id: account.id,
    name: account.name,
    accounttype: account.role === 'Admin' ? 1 : 0,
    roleid: account.id,
    roletype: account.role,
    rolename: account.role === 'Admin' ? 'Root Admin' : 'User',
    ...inDomain,
  };
  for (const [name, number] of Object.entries(ACCOUNT_FIELDS)) {
    const limit = account.limits[number] ?? -1;
    const used = usage.get(number) ?? 0;
    row[`${name}limit`] = limit === -1 ? 'Unlimited' : String(limit);
    row[`${name}total`] = used;
    row[`${name}available`] = limit === -1 ? 'Unlimited' : formatted(name, limit - used);
  }
  const vms = context.world.tables.vms.filter((vm) => vm.account === account.id);
  row['vmstopped'] = vms.filter((vm) => vm.state === 'Stopped').length;
  row['vmrunning'] = vms.filter((vm) => vm.state === 'Running').length;
  row['state'] = 'enabled';
  row['created'] = moment(account.created);
  row['isdefault'] = false;
  row['groups'] = [];
  return row;
}

/** Only secondary storage is shown with a decimal. */
function formatted(name: string, available: number): string {
  return name === 'secondarystorage' ? available.toFixed(1) : String(available);
}

/** The names of limits in listAccounts, with CloudStack's resource type numbers. */
const ACCOUNT_FIELDS = {
  vm: '0',
  ip: '1',
  volume: '2',
  snapshot: '3',
  template: '4',
  project: '5',
  network: '6',
  vpc: '7',
  cpu: '8',
  memory: '9',
  primarystorage: '10',
  secondarystorage: '11',
  backup: '12',
  backupstorage: '13',
  bucket: '14',
  objectstorage: '15',
  gpu: '16',
} as const;
