/** An alert, its runbook, and the series for its tests. */
export interface Alert {
  readonly name: string;
  /** `critical`: tenants or money are being lost now. `warning`: they will be, or a decision is needed. */
  readonly severity: 'critical' | 'warning';
  readonly expr: string;
  /** Prometheus' `for`: how long the condition must hold. */
  readonly for: string;
  /** One line for the person on call: the problem, with labels of the series. */
  readonly summary: string;
  readonly meaning: string;
  readonly cost: string;
  /** Commands for diagnosis. */
  readonly look: readonly string[];
  readonly fix: readonly string[];
  /** Series in promtool's notation, 1 minute apart, and the minute at which the alert fires. */
  readonly fires: { readonly series: Readonly<Record<string, string>>; readonly atMinute: number };
  /** Similar series with which it does not fire. */
  readonly silent: { readonly series: Readonly<Record<string, string>>; readonly atMinute: number };
}

const PROVIDER = 'namespace="acme", provider="acme"';
const status = 'kubectl -n {{ $labels.namespace }} get dprov,doffer -o wide';

export const alerts: readonly Alert[] = [
  {
    name: 'DinfraChainAway',
    severity: 'critical',
    expr: 'dinfra_chain_up == 0',
    for: '2m',
    summary: 'Provider {{ $labels.namespace }}/{{ $labels.provider }} has no usable node of its chain.',
    meaning:
      'No node of `spec.chain.endpoints` answers, or it is of another chain or another history, or finality has stalled. Nothing is created and nothing is removed.',
    cost: 'No heartbeat gets through: after the heartbeat period nothing is earned, and after `LostAfter` blocks tenures may be lost.',
    look: [status, 'kubectl -n NAMESPACE describe dprov NAME'],
    fix: [
      'The reason of `Ready` says which of them applies: docs/operations.md has a section on each.',
      'Configure more than one endpoint, of nodes that do not fail together.',
    ],
    fires: { series: { [`dinfra_chain_up{${PROVIDER}}`]: '0x5' }, atMinute: 3 },
    silent: { series: { [`dinfra_chain_up{${PROVIDER}}`]: '1 0 1 0 1 1' }, atMinute: 5 },
  },
  {
    name: 'DinfraHeartbeatMissing',
    severity: 'critical',
    expr: 'dinfra_heartbeat_blocks_left <= 0',
    for: '1m',
    summary: 'The heartbeat of {{ $labels.namespace }}/{{ $labels.provider }} has lapsed: nothing is earned.',
    meaning: 'The last heartbeat has expired. The chain pays for tenures only while the heartbeat is fresh.',
    cost: 'All earnings until the next heartbeat; after `LostAfter` blocks tenures are lost.',
    look: [status, 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep heartbeat'],
    fix: [
      'The account cannot pay its fee: see DinfraAccountLow.',
      'The operator does not see its own cluster: see DinfraWatchSilent.',
      'The chain accepts no transactions, or refuses this one: see DinfraCallRefused.',
    ],
    fires: { series: { [`dinfra_heartbeat_blocks_left{${PROVIDER}}`]: '20-10x5' }, atMinute: 4 },
    silent: { series: { [`dinfra_heartbeat_blocks_left{${PROVIDER}}`]: '20 10 1 40 30 20' }, atMinute: 5 },
  },
  {
    name: 'DinfraHeartbeatLate',
    severity: 'warning',
    expr: 'dinfra_heartbeat_blocks_left < on (namespace, provider) dinfra_heartbeat_period_blocks / 4',
    for: '30s',
    summary:
      'The heartbeat of {{ $labels.namespace }}/{{ $labels.provider }} is late: it covers {{ $value }} more blocks.',
    meaning:
      'A heartbeat is sent when half of its period is left, and several attempts fit into the next quarter. None was finalised in that time.',
    cost: 'None yet. Nothing is earned once it has lapsed.',
    look: [status, 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep heartbeat'],
    fix: [
      'The account cannot pay its fee: see DinfraAccountLow.',
      'The operator does not see its own cluster: see DinfraWatchSilent.',
      'Finality lags behind: see the finalised block on the dashboard.',
    ],
    fires: {
      series: {
        [`dinfra_heartbeat_blocks_left{${PROVIDER}}`]: '25 12 10 8',
        [`dinfra_heartbeat_period_blocks{${PROVIDER}}`]: '50x5',
      },
      atMinute: 3,
    },
    silent: {
      series: {
        [`dinfra_heartbeat_blocks_left{${PROVIDER}}`]: '25 21 50 40 30 21',
        [`dinfra_heartbeat_period_blocks{${PROVIDER}}`]: '50x5',
      },
      atMinute: 5,
    },
  },
  {
    name: 'DinfraAccountLow',
    severity: 'warning',
    expr: 'dinfra_account_free < 1',
    for: '5m',
    summary: 'The account of {{ $labels.namespace }}/{{ $labels.provider }} has {{ $value }} units left for fees.',
    meaning:
      'The account that signs pays the fees of heartbeats and reports, and the deposits of offers. The threshold is in whole units of the chain: `prometheusRule.accountLow` of the chart, 1 by default. Make it a week of your fees.',
    cost: 'None yet. Without funds no heartbeat is accepted: nothing is earned, and tenures are lost.',
    look: [status, "kubectl -n NAMESPACE get dprov NAME -o jsonpath='{.status.account}'"],
    fix: [
      'Send funds to the address in `status.account`. Earnings go to the owner, which may be another account.',
      'If the owner is the same account, withdraw the earnings: `dinfra_withdrawable` shows the amount.',
    ],
    fires: { series: { [`dinfra_account_free{${PROVIDER}}`]: '1.2 0.9x10' }, atMinute: 7 },
    silent: { series: { [`dinfra_account_free{${PROVIDER}}`]: '1.2 0.9 0.9 50x10' }, atMinute: 9 },
  },
  {
    name: 'DinfraDeadlineNear',
    severity: 'warning',
    expr: 'dinfra_award_deadline_blocks_left{state="Awarded"} < on (namespace, provider) group_left () dinfra_accept_period_blocks / 5 or dinfra_award_deadline_blocks_left{state=~"Accepted|Degraded"} < 30',
    for: '0m',
    summary:
      '{{ $labels.state }} tenures of {{ $labels.namespace }}/{{ $labels.provider }} have as few as {{ $value }} blocks left.',
    meaning:
      'Awarded: the operator answers at the latest when a third of the time is left, and the answer has not got through. Accepted: the workload is not ready yet. Degraded: it has not recovered.',
    cost: 'The tenure goes to another provider. A missed deadline also costs reputation.',
    look: ['kubectl -n NAMESPACE get ddep -o wide', status],
    fix: [
      'The message of the Deployment’s `Ready` says what is pending.',
      'The condition `Reported` has the chain’s answer to a report.',
    ],
    fires: {
      series: {
        [`dinfra_award_deadline_blocks_left{${PROVIDER}, state="Awarded"}`]: '20 9',
        [`dinfra_accept_period_blocks{${PROVIDER}}`]: '50x5',
      },
      atMinute: 1,
    },
    silent: {
      series: {
        [`dinfra_award_deadline_blocks_left{${PROVIDER}, state="Awarded"}`]: '20 11',
        [`dinfra_award_deadline_blocks_left{${PROVIDER}, state="Degraded"}`]: '100 90',
        [`dinfra_award_deadline_blocks_left{${PROVIDER}, state="Ended"}`]: '5 5',
        [`dinfra_accept_period_blocks{${PROVIDER}}`]: '50x5',
      },
      atMinute: 1,
    },
  },
  {
    name: 'DinfraMirrorIncomplete',
    severity: 'warning',
    expr: 'dinfra_mirror_objects_refused > 0 or dinfra_awards_unreadable > 0',
    for: '5m',
    summary: '{{ $value }} awards or resources of {{ $labels.namespace }}/{{ $labels.provider }} cannot be mirrored.',
    meaning: 'The API server refuses an object of the operator, or an award on chain cannot be decoded.',
    cost: 'New awards are not realised, and are lost at their deadline. Running workloads are unaffected.',
    look: ['kubectl -n NAMESPACE get dprov NAME -o jsonpath=\'{.status.conditions[?(@.type=="Mirrored")].message}\''],
    fix: [
      'Refused: the message has the API server’s answer, e.g. about a quota or an admission policy.',
      'Not decoded: the chain has a newer runtime than the operator supports. Upgrade the operator.',
    ],
    fires: { series: { [`dinfra_awards_unreadable{${PROVIDER}}`]: '1x10' }, atMinute: 6 },
    silent: {
      series: {
        [`dinfra_awards_unreadable{${PROVIDER}}`]: '0x10',
        [`dinfra_mirror_objects_refused{${PROVIDER}}`]: '0 0 1 1 0 0 0 0',
      },
      atMinute: 6,
    },
  },
  {
    name: 'DinfraComparisonFails',
    severity: 'warning',
    expr: 'sum by (namespace, provider, stage, reason) (increase(dinfra_bridge_stage_failures_total[10m])) > 10',
    for: '5m',
    summary:
      '{{ $labels.namespace }}/{{ $labels.provider }} cannot be compared with its chain: {{ $labels.stage }} fails with {{ $labels.reason }}.',
    meaning: 'A stage of the comparison fails repeatedly. The other stages continue.',
    cost: 'Stage `read`: nothing is answered, mirrored or reported. Others: the purpose of the stage.',
    look: [status, 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep comparison'],
    fix: ['docs/reasons.md has the reason, with what to do.'],
    fires: {
      series: {
        [`dinfra_bridge_stage_failures_total{${PROVIDER}, stage="read", reason="ChainUndecodable"}`]: '0+5x20',
      },
      atMinute: 15,
    },
    silent: {
      series: {
        [`dinfra_bridge_stage_failures_total{${PROVIDER}, stage="read", reason="ChainUnreachable"}`]: '0 3 6 6x17',
      },
      atMinute: 15,
    },
  },
  {
    name: 'DinfraPaidButNotRunning',
    severity: 'critical',
    expr: 'sum by (namespace, provider, type) (dinfra_deployment_workloads{state="Active", workload=~"Absent|Down"}) > 0',
    for: '5m',
    summary:
      '{{ $value }} {{ $labels.type }} of {{ $labels.namespace }}/{{ $labels.provider }} are paid for and do not run.',
    meaning:
      'The tenure is Active on chain while the workload is down or gone. The operator reports it as degraded after half a minute, which has not got through either.',
    cost: 'The consumer pays for nothing. Once it is reported, the chain stops paying, and ends the tenure after `MaxDegraded` blocks.',
    look: ['kubectl -n NAMESPACE get ddep -o wide', 'kubectl -n NAMESPACE describe ddep NAME'],
    fix: [
      'The message of `Ready` says what is awaited. Look at the workload in its backend.',
      'If reports do not get through: see DinfraChainAway and DinfraCallRefused.',
    ],
    fires: {
      series: {
        [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Active", workload="Down"}`]: '1x10',
      },
      atMinute: 6,
    },
    silent: {
      series: {
        [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Active", workload="Up"}`]: '1x10',
        [`dinfra_deployment_workloads{${PROVIDER}, type="helm/v1", state="Active", workload="Down"}`]: '1x3 stale',
      },
      atMinute: 6,
    },
  },
  {
    name: 'DinfraDegraded',
    severity: 'critical',
    expr: 'sum by (namespace, provider, type) (dinfra_deployment_workloads{state="Degraded", workload!="Up"}) > 0',
    for: '5m',
    summary: '{{ $value }} {{ $labels.type }} of {{ $labels.namespace }}/{{ $labels.provider }} are down and unpaid.',
    meaning: 'The tenure is Degraded on chain, and the workload has not recovered.',
    cost: 'Nothing is earned with it, and after `MaxDegraded` blocks the chain ends the tenure.',
    look: ['kubectl -n NAMESPACE get ddep -o wide', 'kubectl -n NAMESPACE describe ddep NAME'],
    fix: [
      'The message of `Ready` says what is awaited. Look at the workload in its backend.',
      'Several at once rather indicate a problem of the backend: see DinfraReactorDown.',
    ],
    fires: {
      series: {
        [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Degraded", workload="Unseen"}`]: '1x10',
      },
      atMinute: 6,
    },
    silent: {
      series: { [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Degraded", workload="Up"}`]: '1x10' },
      atMinute: 6,
    },
  },
  {
    name: 'DinfraRunningButNotPaid',
    severity: 'warning',
    expr: 'sum by (namespace, provider, type) (dinfra_deployment_workloads{state=~"Degraded|Suspended|Ended", workload="Up"}) > 0',
    for: '10m',
    summary:
      '{{ $value }} {{ $labels.type }} of {{ $labels.namespace }}/{{ $labels.provider }} run and are not paid for.',
    meaning:
      'The workload is up, and the tenure has been Degraded, Suspended or Ended on chain for longer than a report or a stop takes.',
    cost: 'The costs of the backend.',
    look: [
      'kubectl -n NAMESPACE get ddep -o wide',
      'kubectl -n NAMESPACE get ddep NAME -o jsonpath=\'{.status.conditions[?(@.type=="Reported")]}\'',
    ],
    fix: ['The condition `Reported` has the chain’s answer. See also DinfraChainAway and DinfraCallRefused.'],
    fires: {
      series: { [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Degraded", workload="Up"}`]: '1x15' },
      atMinute: 11,
    },
    silent: {
      series: {
        [`dinfra_deployment_workloads{${PROVIDER}, type="vm/v1", state="Suspended", workload="Down"}`]: '1x15',
      },
      atMinute: 11,
    },
  },
  {
    name: 'DinfraReactorDown',
    severity: 'critical',
    expr: 'dinfra_reactor_up == 0',
    for: '5m',
    summary: 'The {{ $labels.kind }} backend of {{ $labels.namespace }}/{{ $labels.reactor }} cannot be used.',
    meaning: 'The condition Ready of the Reactor is not True: its backend does not answer, or refuses the credentials.',
    cost: 'Awards of its types are declined, and ended tenures are not removed. Running workloads are not observed, and after a while reported as degraded and not paid.',
    look: ['kubectl -n NAMESPACE get dreactor -o wide', 'kubectl -n NAMESPACE describe dreactor NAME'],
    fix: ['The reason of `Ready` is one of docs/reasons.md, which says what to do.'],
    fires: {
      series: { 'dinfra_reactor_up{namespace="acme", reactor="cloud", kind="cloudstack"}': '0x10' },
      atMinute: 6,
    },
    silent: {
      series: { 'dinfra_reactor_up{namespace="acme", reactor="cloud", kind="cloudstack"}': '0 0 0 1 0 0 0 1 0 0' },
      atMinute: 9,
    },
  },
  {
    name: 'DinfraStalled',
    severity: 'warning',
    expr: 'sum by (namespace, kind, reason) (dinfra_stalled) > 0',
    for: '15m',
    summary: '{{ $value }} {{ $labels.kind }} in "{{ $labels.namespace }}" are stalled: {{ $labels.reason }}.',
    meaning: 'The condition Stalled is True: the operator cannot continue until somebody changes something.',
    cost: 'The purpose of the object: a Provider without its chain, an Offer that is not sold, a tenure that does not run.',
    look: ['kubectl get dprov,doffer,dreactor,ddep -A -o wide', 'kubectl get descriptortypes.dinfra.io -o wide'],
    fix: ['docs/reasons.md has the reason, with what to do. The message of `Stalled` names the field.'],
    fires: {
      series: { 'dinfra_stalled{namespace="acme", kind="Provider", reason="AccountInUse"}': '1x20' },
      atMinute: 16,
    },
    silent: {
      series: { 'dinfra_stalled{namespace="acme", kind="Provider", reason="AccountInUse"}': '1x10 _x10' },
      atMinute: 16,
    },
  },
  {
    name: 'DinfraTeardownSlow',
    severity: 'warning',
    expr: 'sum by (namespace, provider, type) (dinfra_deployments{state="Ended"}) > 0',
    for: '30m',
    summary:
      '{{ $value }} ended {{ $labels.type }} of {{ $labels.namespace }}/{{ $labels.provider }} have not been removed.',
    meaning: 'The removal takes longer than half an hour: the backend refuses it, or does not answer.',
    cost: 'The capacity stays in use and is not paid for.',
    look: ['kubectl -n NAMESPACE get ddep -o wide | grep Ended'],
    fix: ['The message of `Ready` says what is left. For CloudStack, check whether the account may expunge.'],
    fires: {
      series: {
        [`dinfra_deployments{${PROVIDER}, type="vm/v1", state="Ended", ready="False", reason="Removing"}`]: '1x40',
      },
      atMinute: 31,
    },
    silent: {
      series: {
        [`dinfra_deployments{${PROVIDER}, type="vm/v1", state="Ended", ready="False", reason="Removing"}`]: '1x20 _x20',
      },
      atMinute: 35,
    },
  },
  {
    name: 'DinfraTeardownHeld',
    severity: 'warning',
    expr: 'dinfra_teardowns_held > 0',
    for: '0m',
    summary: '{{ $value }} teardowns of {{ $labels.namespace }}/{{ $labels.provider }} wait for approval.',
    meaning: 'More tenures ended at once than the limit of the Provider allows. They are stopped but not removed.',
    cost: 'They use capacity that nobody pays for.',
    look: [
      'kubectl -n NAMESPACE get dprov NAME -o jsonpath=\'{.status.conditions[?(@.type=="TeardownHeld")].message}\'',
    ],
    fix: [
      'Check that they have really ended. Then set `spec.teardown.approvedUntil`: docs/operations.md, "Teardowns are held".',
    ],
    fires: { series: { [`dinfra_teardowns_held{${PROVIDER}}`]: '3x2' }, atMinute: 1 },
    silent: { series: { [`dinfra_teardowns_held{${PROVIDER}}`]: '0x2' }, atMinute: 1 },
  },
  {
    name: 'DinfraOrphans',
    severity: 'warning',
    expr: 'dinfra_orphans > 0',
    for: '30m',
    summary:
      'The backend of {{ $labels.namespace }}/{{ $labels.reactor }} has resources of {{ $value }} unknown tenures.',
    meaning: 'There are resources with the marker of a tenure for which there is no Deployment.',
    cost: 'They use capacity that nobody pays for: nobody needs them any more.',
    look: [
      'kubectl -n NAMESPACE get dreactor NAME -o jsonpath=\'{.status.conditions[?(@.type=="OrphansFound")].message}\'',
    ],
    fix: ['docs/operations.md, "There are orphans".'],
    fires: { series: { 'dinfra_orphans{namespace="acme", reactor="cloud"}': '1x40' }, atMinute: 31 },
    silent: { series: { 'dinfra_orphans{namespace="acme", reactor="cloud"}': '1x20 0x20' }, atMinute: 35 },
  },
  {
    name: 'DinfraCallRefused',
    severity: 'warning',
    expr: 'sum by (namespace, provider, call) (increase(dinfra_chain_calls_total{result="Refused"}[15m])) > 0',
    for: '5m',
    summary: 'The chain refuses {{ $labels.call }} of {{ $labels.namespace }}/{{ $labels.provider }}.',
    meaning: 'A call was included and failed. It is retried at long intervals.',
    cost: 'Fees, and whatever the call was for.',
    look: [status, 'kubectl -n NAMESPACE events --types=Warning'],
    fix: ['The reason contains the pallet’s error: docs/chain.md lists them.'],
    fires: {
      series: { [`dinfra_chain_calls_total{${PROVIDER}, call="setOffer", result="Refused"}`]: '0+1x15' },
      atMinute: 10,
    },
    silent: {
      series: { [`dinfra_chain_calls_total{${PROVIDER}, call="setOffer", result="Applied"}`]: '0+1x15' },
      atMinute: 10,
    },
  },
  {
    name: 'DinfraReactorFails',
    severity: 'warning',
    expr: 'sum by (reactor, reason) (increase(dinfra_reactor_errors_total[15m])) > 5',
    for: '5m',
    summary: 'Calls of the {{ $labels.reactor }} reactor fail with {{ $labels.reason }}.',
    meaning: 'A backend does not answer, or refuses calls.',
    cost: 'Awards of its types are declined; running workloads are reported as degraded if they cannot be observed for long.',
    look: ['kubectl get dreactor -A -o wide', 'kubectl get ddep -A -o wide'],
    fix: ['docs/reasons.md says what each reason means and what to do.'],
    fires: {
      series: {
        'dinfra_reactor_errors_total{reactor="cloudstack", method="observe", reason="CloudStackUnreachable"}': '0+2x25',
      },
      atMinute: 20,
    },
    silent: {
      series: {
        'dinfra_reactor_errors_total{reactor="cloudstack", method="check", reason="ImageUnknown"}': '0 1 2 2x22',
      },
      atMinute: 20,
    },
  },
  {
    name: 'DinfraWatchSilent',
    severity: 'critical',
    expr: 'dinfra_kube_watch_silence_seconds > 300',
    for: '1m',
    summary: 'The API server has sent nothing about {{ $labels.resource }} for {{ $value | humanizeDuration }}.',
    meaning:
      'The operator no longer learns of changes in its own cluster, and sends no heartbeat while its view is stale.',
    cost: 'All earnings after the end of the heartbeat period.',
    look: ['kubectl get --raw /readyz', 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator'],
    fix: ['Check that the pod can reach the API server: see the NetworkPolicy’s `apiServerPorts`.'],
    fires: {
      series: { 'dinfra_kube_watch_silence_seconds{resource="deployments.dinfra.io"}': '0+60x10' },
      atMinute: 8,
    },
    silent: {
      series: { 'dinfra_kube_watch_silence_seconds{resource="deployments.dinfra.io"}': '0 60 0 60 0 60 0 60 0' },
      atMinute: 8,
    },
  },
  {
    name: 'DinfraWatchLostChanges',
    severity: 'warning',
    expr: 'increase(dinfra_kube_watch_corrections_total[1h]) > 0',
    for: '0m',
    summary: 'A watch of {{ $labels.resource }} missed changes that a verification has found.',
    meaning: 'A defect of the operator or of something between it and the API server.',
    cost: 'The operator reacted late to a change.',
    look: ['kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep correction'],
    fix: ['Report it, with the log: see CONTRIBUTING.md.'],
    fires: {
      series: { 'dinfra_kube_watch_corrections_total{resource="deployments.dinfra.io"}': '0 0 1 1 1' },
      atMinute: 4,
    },
    silent: { series: { 'dinfra_kube_watch_corrections_total{resource="deployments.dinfra.io"}': '0x5' }, atMinute: 4 },
  },
  {
    name: 'DinfraReconcileOverdue',
    severity: 'warning',
    expr: 'dinfra_reconciles_overdue > 0',
    for: '5m',
    summary: 'Reconciles of {{ $labels.controller }} exceed their deadline.',
    meaning: 'A defect: every reconcile has a deadline.',
    cost: 'A worker is occupied.',
    look: ['kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep reconcile'],
    fix: ['Report it, with the log. A restart helps.'],
    fires: { series: { 'dinfra_reconciles_overdue{controller="deployment"}': '1x10' }, atMinute: 6 },
    silent: { series: { 'dinfra_reconciles_overdue{controller="deployment"}': '0 1 0 1 0 1 0 1' }, atMinute: 6 },
  },
  {
    name: 'DinfraCertificateEnds',
    severity: 'warning',
    expr: 'dinfra_cluster_certificate_expiry_timestamp_seconds - time() < 14 * 86400',
    for: '1h',
    summary:
      'The access to the API server expires in {{ $value | humanizeDuration }}: {{ $labels.certificate }} of the kubeconfig.',
    meaning:
      'The client certificate of the kubeconfig, its token, or the last CA certificate that it trusts, expires within two weeks. A token with a lifetime of less than two days is not included, because it is renewed automatically.',
    cost: 'None yet. After that the operator cannot read the cluster: it sends no heartbeat, and nothing is earned.',
    look: ['kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep ClusterUnauthorized'],
    fix: [
      'Issue a new kubeconfig, or use the service account of the pod, whose token is renewed.',
      'The CA: follow the rotation of your distribution; the file is read again within a minute.',
    ],
    fires: {
      series: { 'dinfra_cluster_certificate_expiry_timestamp_seconds{certificate="client"}': '1000000x90' },
      atMinute: 70,
    },
    silent: {
      series: { 'dinfra_cluster_certificate_expiry_timestamp_seconds{certificate="client"}': '2000000x90' },
      atMinute: 70,
    },
  },
  {
    name: 'DinfraNoLeader',
    severity: 'critical',
    expr: 'absent(leader_election_master_status{name="dinfra-operator"} == 1)',
    for: '2m',
    summary: 'No operator leads: nothing is reconciled, and no heartbeat is sent.',
    meaning: 'No replica holds the Lease, or none is scraped.',
    cost: 'All earnings after the end of the heartbeat period.',
    look: ['kubectl -n NAMESPACE get lease dinfra-operator -o yaml', 'kubectl -n NAMESPACE get pods'],
    fix: ['Check why the pods do not run, or why they may not write the Lease: the right on `leases`.'],
    fires: { series: { 'leader_election_master_status{name="dinfra-operator", pod="a"}': '0x5' }, atMinute: 3 },
    silent: {
      series: {
        'leader_election_master_status{name="dinfra-operator", pod="a"}': '0x5',
        'leader_election_master_status{name="dinfra-operator", pod="b"}': '1x5',
      },
      atMinute: 3,
    },
  },
];
