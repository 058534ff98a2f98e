/** A panel: the question it answers, and its queries. */
export interface Panel {
  readonly title: string;
  readonly unit?: 'short' | 's' | 'reqps' | 'bytes' | 'percentunit' | 'none';
  readonly kind?: 'timeseries' | 'stat' | 'table';
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

/** A dashboard: rows of panels, from general to specific. */
export interface Dashboard {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const SCOPE = 'namespace=~"$namespace"';

export const dashboards: readonly Dashboard[] = [
  {
    file: 'provider',
    title: 'DINFRA / Provider',
    description: 'Is everything that is sold up, seen, and paid for?',
    rows: [
      {
        title: 'Now',
        panels: [
          {
            title: 'Chain followed',
            kind: 'stat',
            queries: [{ expr: `min by (provider) (dinfra_chain_up{${SCOPE}})`, legend: '{{provider}}' }],
          },
          {
            title: 'Tenures up',
            kind: 'stat',
            queries: [{ expr: `sum(dinfra_deployment_workloads{${SCOPE}, workload="Up"})`, legend: 'up' }],
          },
          {
            title: 'Paid for and not up',
            kind: 'stat',
            queries: [
              {
                expr: `sum(dinfra_deployment_workloads{${SCOPE}, state="Active", workload!="Up"}) or vector(0)`,
                legend: 'down',
              },
            ],
          },
          {
            title: 'Teardowns that wait for approval',
            kind: 'stat',
            queries: [{ expr: `sum(dinfra_teardowns_held{${SCOPE}}) or vector(0)`, legend: 'held' }],
          },
        ],
      },
      {
        title: 'Awards',
        panels: [
          {
            title: 'Tenures by state on chain',
            queries: [{ expr: `sum by (state) (dinfra_deployments{${SCOPE}})`, legend: '{{state}}' }],
          },
          {
            title: 'Tenures by type',
            queries: [{ expr: `sum by (type) (dinfra_deployments{${SCOPE}})`, legend: '{{type}}' }],
          },
          {
            title: 'Workloads not up, by reason',
            queries: [{ expr: `sum by (reason) (dinfra_deployments{${SCOPE}, ready!="True"})`, legend: '{{reason}}' }],
          },
          {
            title: 'Time from award to ready',
            unit: 's',
            queries: [0.5, 0.9, 0.99].map((quantile) => ({
              expr: `histogram_quantile(${quantile}, sum by (le, type) (rate(dinfra_award_to_ready_seconds_bucket[1h])))`,
              legend: `{{type}} p${quantile * 100}`,
            })),
          },
        ],
      },
      {
        title: 'Money',
        panels: [
          {
            title: 'Price per block, by state (only Active earns it)',
            queries: [
              { expr: `sum by (provider, state) (dinfra_price_per_block{${SCOPE}})`, legend: '{{provider}} {{state}}' },
            ],
          },
          {
            title: 'Earnings per day, and amount owed',
            queries: [
              { expr: `increase(dinfra_earned_total{${SCOPE}}[1d])`, legend: '{{provider}} earned' },
              { expr: `dinfra_owed{${SCOPE}}`, legend: '{{provider}} owed' },
            ],
          },
          {
            title: 'Balance to withdraw, and balance for fees',
            queries: [
              { expr: `dinfra_withdrawable{${SCOPE}}`, legend: '{{provider}} to withdraw' },
              { expr: `dinfra_account_free{${SCOPE}}`, legend: '{{provider}} for fees' },
            ],
          },
          {
            title: 'Unpaid blocks, by reason',
            queries: [
              {
                expr: `sum by (provider, reason) (increase(dinfra_blocks_unpaid_total{${SCOPE}}[1h]))`,
                legend: '{{provider}} {{reason}}',
              },
            ],
          },
        ],
      },
      {
        title: 'Capacity',
        panels: [
          {
            title: 'Used capacity, by type',
            queries: [
              {
                expr: `sum by (provider, type) (dinfra_offer_capacity{${SCOPE}, share="used"})`,
                legend: '{{provider}} {{type}}',
              },
            ],
          },
          {
            title: 'Free capacity, by type',
            queries: [
              {
                expr: `sum by (provider, type) (dinfra_offer_capacity{${SCOPE}, share="free"})`,
                legend: '{{provider}} {{type}}',
              },
            ],
          },
          {
            title: 'Workloads by observed state',
            queries: [{ expr: `sum by (workload) (dinfra_deployment_workloads{${SCOPE}})`, legend: '{{workload}}' }],
          },
          {
            title: 'Stalled resources, by reason',
            queries: [{ expr: `sum by (kind, reason) (dinfra_stalled{${SCOPE}})`, legend: '{{kind}} {{reason}}' }],
          },
        ],
      },
      {
        title: 'Time left',
        panels: [
          {
            title: 'Blocks covered by the heartbeat',
            unit: 'none',
            queries: [{ expr: `dinfra_heartbeat_blocks_left{${SCOPE}}`, legend: '{{provider}}' }],
          },
          {
            title: 'Blocks to the nearest deadline',
            unit: 'none',
            queries: [{ expr: `dinfra_award_deadline_blocks_left{${SCOPE}}`, legend: '{{provider}} {{state}}' }],
          },
        ],
      },
      {
        title: 'Reports to the chain',
        panels: [
          {
            title: 'Calls per minute',
            queries: [
              {
                expr: `60 * sum by (call) (rate(dinfra_chain_calls_total{${SCOPE}, result="Applied"}[5m]))`,
                legend: '{{call}}',
              },
            ],
          },
          {
            title: 'Refused and lost calls',
            queries: [
              {
                expr: `sum by (call, result) (increase(dinfra_chain_calls_total{${SCOPE}, result!="Applied"}[15m]))`,
                legend: '{{call}} {{result}}',
              },
            ],
          },
          {
            title: 'Finalised block',
            unit: 'none',
            queries: [{ expr: `dinfra_chain_finalised_block{${SCOPE}}`, legend: '{{provider}}' }],
          },
          {
            title: 'Age of the last finalised block',
            unit: 's',
            queries: [{ expr: `time() - dinfra_chain_last_head_timestamp_seconds{${SCOPE}}`, legend: '{{provider}}' }],
          },
        ],
      },
    ],
  },
  {
    file: 'operator',
    title: 'DINFRA / Operator',
    description: 'Does the operator keep up, and does it hear of everything?',
    rows: [
      {
        title: 'Queues',
        panels: [
          {
            title: 'Queued keys',
            queries: [{ expr: 'sum by (controller) (workqueue_depth)', legend: '{{controller}}' }],
          },
          {
            title: 'Time in the queue, 99th percentile',
            unit: 's',
            queries: [
              {
                expr: 'histogram_quantile(0.99, sum by (le, controller) (rate(workqueue_queue_duration_seconds_bucket[5m])))',
                legend: '{{controller}}',
              },
            ],
          },
          {
            title: 'Duration of a reconcile, 99th percentile',
            unit: 's',
            queries: [
              {
                expr: 'histogram_quantile(0.99, sum by (le, controller) (rate(controller_runtime_reconcile_time_seconds_bucket[5m])))',
                legend: '{{controller}}',
              },
            ],
          },
          {
            title: 'Failed reconciles',
            queries: [
              {
                expr: 'sum by (controller) (rate(controller_runtime_reconcile_errors_total[5m]))',
                legend: '{{controller}}',
              },
            ],
          },
        ],
      },
      {
        title: 'API server',
        panels: [
          {
            title: 'Requests per second',
            unit: 'reqps',
            queries: [
              { expr: 'sum by (method, code) (rate(rest_client_requests_total[5m]))', legend: '{{method}} {{code}}' },
            ],
          },
          {
            title: 'Time since the last message of a watch',
            unit: 's',
            queries: [{ expr: 'dinfra_kube_watch_silence_seconds', legend: '{{resource}}' }],
          },
          {
            title: 'Failed lists and watches',
            queries: [
              {
                expr: 'sum by (resource, reason) (increase(dinfra_kube_watch_failures_total[15m]))',
                legend: '{{resource}} {{reason}}',
              },
            ],
          },
          {
            title: 'Cached objects',
            queries: [{ expr: 'dinfra_kube_objects', legend: '{{resource}}' }],
          },
        ],
      },
      {
        title: 'Process',
        panels: [
          { title: 'Leader', queries: [{ expr: 'leader_election_master_status', legend: '{{pod}}' }] },
          {
            title: 'Memory',
            unit: 'bytes',
            queries: [{ expr: 'process_resident_memory_bytes', legend: '{{pod}}' }],
          },
          {
            title: 'CPU',
            unit: 'percentunit',
            queries: [{ expr: 'rate(process_cpu_seconds_total[5m])', legend: '{{pod}}' }],
          },
          {
            title: 'Event loop lag, 99th percentile',
            unit: 's',
            queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds', legend: '{{pod}}' }],
          },
        ],
      },
    ],
  },
  {
    file: 'reactor',
    title: 'DINFRA / Reactors',
    description: 'Do the backends answer, how fast, and with which errors?',
    rows: [
      {
        title: 'Calls',
        panels: [
          {
            title: 'Calls per second',
            unit: 'reqps',
            queries: [
              {
                expr: 'sum by (reactor, method) (rate(dinfra_reactor_call_seconds_count[5m]))',
                legend: '{{reactor}} {{method}}',
              },
            ],
          },
          {
            title: 'Latency, 99th percentile',
            unit: 's',
            queries: [
              {
                expr: 'histogram_quantile(0.99, sum by (le, reactor, method) (rate(dinfra_reactor_call_seconds_bucket[5m])))',
                legend: '{{reactor}} {{method}}',
              },
            ],
          },
          {
            title: 'Errors by reason',
            queries: [
              {
                expr: 'sum by (reactor, reason) (increase(dinfra_reactor_errors_total[15m]))',
                legend: '{{reactor}} {{reason}}',
              },
            ],
          },
          { title: 'Orphans', queries: [{ expr: 'dinfra_orphans', legend: '{{namespace}}/{{reactor}}' }] },
        ],
      },
      {
        title: 'Backends',
        panels: [
          {
            title: 'Usable',
            queries: [{ expr: 'dinfra_reactor_up', legend: '{{namespace}}/{{reactor}} {{kind}}' }],
          },
        ],
      },
    ],
  },
];
