import { denied } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type Context, listOf, type SyncCommand } from '../command.ts';
import type { Json } from '../json.ts';
import { moment } from '../render.ts';
import type { Job } from '../rows.ts';
import { ROOT_DOMAIN } from '../seed.ts';

export const queryAsyncJobResult: SyncCommand = {
  name: 'queryAsyncJobResult',
  description: 'Retrieves the current status of asynchronous job.',
  params: { jobid: { type: 'id', of: 'jobs', required: true } },
  run: (context, args) => {
    const job = args.needRow('jobid', 'jobs');
    if (job.account !== context.account.id && context.account.role !== 'Admin') {
      const { name, seq, id } = context.account;
      const account = JSON.stringify({ accountName: name, id: seq, uuid: id });
      throw denied(`Account Account [${account}] is not authorized to see job id=${job.seq}`);
    }
    return renderJob(context, job);
  },
};

/** Only jobs in progress are listed. */
export const listAsyncJobs: SyncCommand = {
  name: 'listAsyncJobs',
  description: 'Lists all pending asynchronous jobs for the account.',
  params: { ...listParams, startdate: { type: 'date' } },
  run: (context, args) => {
    const start = args.text('startdate');
    const since = start === undefined ? 0 : Date.parse(start);
    const rows = context.world.tables.jobs.filter(
      (job) =>
        job.status === 0 &&
        job.created >= since &&
        (job.account === context.account.id || (context.account.role === 'Admin' && args.flag('listall') === true)),
    );
    return listOf(
      'asyncjobs',
      args,
      rows.map((job) => renderJob(context, job)),
    );
  },
};

function renderJob({ world }: Context, job: Job): Json {
  const done = job.status !== 0;
  return {
    accountid: job.account,
    account: world.tables.accounts.must(job.account).name,
    domainid: ROOT_DOMAIN.id,
    domainpath: ROOT_DOMAIN.path,
    userid: job.user,
    cmd: `org.apache.cloudstack.api.command.${job.command}`,
    jobprocstatus: 0,
    jobresultcode: job.resultCode,
    // There is no result at all while it runs.
    ...(job.result === undefined ? {} : { jobresulttype: 'object', jobresult: job.result }),
    ...(job.instanceType === undefined ? {} : { jobinstancetype: job.instanceType }),
    ...(job.instance === undefined ? {} : { jobinstanceid: job.instance }),
    ...(done ? {} : { managementserverid: MANAGEMENT_SERVER, managementservername: 'localhost' }),
    created: moment(job.created),
    ...(job.completed === undefined ? {} : { completed: moment(job.completed) }),
    jobid: job.id,
    jobstatus: job.status,
  };
}

const MANAGEMENT_SERVER = '708c2277-76f6-4956-bdb4-29732c7bf2bb';
