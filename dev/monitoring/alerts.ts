/** An alert, its page, and what shows that it fires and that it keeps still. */
export interface Alert {
  readonly name: string;
  /** `critical`: tenants or money are being lost now. `warning`: they will be, or somebody has to decide. */
  readonly severity: 'critical' | 'warning';
  readonly expr: string;
  /** How long it has to hold, in Prometheus' words. */
  readonly for: string;
  /** One line for who is woken: what is wrong, with the labels of the series. */
  readonly summary: string;
  readonly meaning: string;
  readonly cost: string;
  /** Commands that show more. */
  readonly look: readonly string[];
  readonly fix: readonly string[];
  /** Series in the notation of promtool, 1 minute apart, and the minute at which it fires. */
  readonly fires: { readonly series: Readonly<Record<string, string>>; readonly atMinute: number };
  /** Series close to the former with which it keeps still. */
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
    summary: 'Provider {{ $labels.namespace }}/{{ $labels.provider }} follows no node of its chain.',
    meaning:
      'No node of `spec.chain.endpoints` answers, or it is of another chain or another history, or finality stands still. Nothing is made and nothing is removed.',
    cost: 'No heartbeat gets through: after the heartbeat period nothing is earned, after `LostAfter` blocks tenures may be taken away.',
    look: [status, 'kubectl -n NAMESPACE describe dprov NAME'],
    fix: [
      'The reason of `Ready` says which of them it is: docs/operations.md has a part on each.',
      'Give more than one endpoint, of nodes that do not fail together.',
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
    meaning: 'The last heartbeat covers no block any more. The chain pays a tenure only while the heartbeat is fresh.',
    cost: 'All earnings until the next one; after `LostAfter` blocks tenures are taken away.',
    look: [status, 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator | grep heartbeat'],
    fix: [
      'The account cannot pay its fee: see DinfraAccountLow.',
      'The operator does not see its own cluster: see DinfraWatchSilent.',
      'The chain takes no transactions, or refuses this one: see DinfraCallRefused.',
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
      'A heartbeat is sent when half of its period is left, and several attempts fit into the next quarter. None was final in that time.',
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
    cost: 'None yet. Without funds no heartbeat is taken: nothing is earned, and tenures are lost.',
    look: [status, "kubectl -n NAMESPACE get dprov NAME -o jsonpath='{.status.account}'"],
    fix: [
      'Send funds to the address in `status.account`. What is earned goes to the owner, which may be another account.',
      'If the owner is the same account, withdraw what is earned: `dinfra_withdrawable` says how much.',
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
      'A tenure of {{ $labels.namespace }}/{{ $labels.provider }} that is {{ $labels.state }} has {{ $value }} blocks left.',
    meaning:
      'Awarded: the operator answers when a third of the time is left, and that has not come through. Accepted: it is not ready yet. Degraded: it is not up again.',
    cost: 'The tenure goes to somebody else. A missed deadline costs reputation, too.',
    look: ['kubectl -n NAMESPACE get ddep -o wide', status],
    fix: [
      'The message of `Ready` of the Deployment says what is awaited.',
      'The condition `Reported` says what the chain answered to a report.',
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
    summary:
      '{{ $value }} awards or resources of {{ $labels.namespace }}/{{ $labels.provider }} are not brought into the cluster.',
    meaning: 'The API server refuses an object the operator writes, or an award on chain cannot be understood.',
    cost: 'What is new is not realised, and its award is lost at the deadline. What runs is left as it is.',
    look: ['kubectl -n NAMESPACE get dprov NAME -o jsonpath=\'{.status.conditions[?(@.type=="Mirrored")].message}\''],
    fix: [
      'Refused: the message has the answer of the API server; a quota or an admission policy stands in the way.',
      'Not understood: the chain has a newer runtime than the operator knows. Upgrade the operator.',
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
    meaning: 'A stage of the comparison fails again and again. The other stages go on.',
    cost: 'Stage `read`: nothing is answered, mirrored or reported. Others: what the stage is for.',
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
      'The chain says Active while the workload is down or gone. The operator reports it as degraded after half a minute: that has not come through either.',
    cost: 'The consumer pays for nothing. Once the chain hears of it, it pays nothing, and takes the tenure away after `MaxDegraded` blocks.',
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
    meaning: 'The chain says Degraded, and the workload is not up again.',
    cost: 'Nothing is earned with it, and after `MaxDegraded` blocks the chain takes the tenure away.',
    look: ['kubectl -n NAMESPACE get ddep -o wide', 'kubectl -n NAMESPACE describe ddep NAME'],
    fix: [
      'The message of `Ready` says what is awaited. Look at the workload in its backend.',
      'Several at once are rather the backend: see DinfraReactorDown.',
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
    meaning: 'The workload is up, and the chain says Degraded, Suspended or Ended for longer than reporting it takes.',
    cost: 'What the backend costs.',
    look: [
      'kubectl -n NAMESPACE get ddep -o wide',
      'kubectl -n NAMESPACE get ddep NAME -o jsonpath=\'{.status.conditions[?(@.type=="Reported")]}\'',
    ],
    fix: ['The condition `Reported` says what the chain answered. See also DinfraChainAway and DinfraCallRefused.'],
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
    cost: 'Awards of its types are declined and nothing ended is removed. What runs is unseen, and after a while reported as degraded and not paid.',
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
    summary: '{{ $value }} {{ $labels.kind }} in "{{ $labels.namespace }}" wait for a person: {{ $labels.reason }}.',
    meaning: 'The condition Stalled is True: the operator goes on with nothing of it until somebody changes something.',
    cost: 'Whatever the object is for: a Provider that is not followed, an Offer that is not sold, a tenure that does not run.',
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
    summary: '{{ $value }} ended {{ $labels.type }} of {{ $labels.namespace }}/{{ $labels.provider }} are still there.',
    meaning: 'Removal takes longer than half an hour: the backend refuses it, or cannot be asked.',
    cost: 'The capacity stays taken and is not paid for.',
    look: ['kubectl -n NAMESPACE get ddep -o wide | grep Ended'],
    fix: ['The message of `Ready` says what is left. For CloudStack, see whether the account may expunge.'],
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
    summary: '{{ $value }} teardowns of {{ $labels.namespace }}/{{ $labels.provider }} wait for a person.',
    meaning:
      'More tenures ended at once than the limit of the Provider allows. They are stopped, and nothing of them is removed.',
    cost: 'What waits takes up room that nobody pays for.',
    look: [
      'kubectl -n NAMESPACE get dprov NAME -o jsonpath=\'{.status.conditions[?(@.type=="TeardownHeld")].message}\'',
    ],
    fix: [
      'Ask whether it can be true. Then set `spec.teardown.approvedUntil`: docs/operations.md, "Teardowns are held".',
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
      'The backend of {{ $labels.namespace }}/{{ $labels.reactor }} has something of {{ $value }} tenures nobody knows of.',
    meaning: 'Something is marked as a tenure’s and has no Deployment.',
    cost: 'It runs for nobody, and nobody pays.',
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
    meaning: 'A call was included and failed. It is tried again, seldom.',
    cost: 'Fees, and whatever the call was for.',
    look: [status, 'kubectl -n NAMESPACE events --types=Warning'],
    fix: ['The reason names the pallet’s error: docs/chain.md has them.'],
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
    meaning: 'A backend does not answer, or refuses what it is asked.',
    cost: 'Awards of its types are declined; what runs is reported as degraded when it cannot be seen for long.',
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
    summary: 'The API server has said nothing of {{ $labels.resource }} for {{ $value | humanizeDuration }}.',
    meaning:
      'The operator no longer hears of changes in its own cluster, and sends no heartbeat for what it cannot see.',
    cost: 'All earnings, from the end of the heartbeat period on.',
    look: ['kubectl get --raw /readyz', 'kubectl -n NAMESPACE logs deploy/RELEASE-dinfra-operator'],
    fix: ['See that the API server can be reached from the pod: the NetworkPolicy’s `apiServerPorts`.'],
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
    summary: 'A watch of {{ $labels.resource }} lost changes that reading again has found.',
    meaning: 'A defect, of the operator or of something between it and the API server.',
    cost: 'A change was acted on late.',
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
    summary: 'Reconciles of {{ $labels.controller }} go on beyond their deadline.',
    meaning: 'A defect: every reconcile has a deadline.',
    cost: 'A worker is taken.',
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
      'The access to the API server ends in {{ $value | humanizeDuration }}: {{ $labels.certificate }} of the kubeconfig.',
    meaning:
      'The client certificate of the kubeconfig, its token, or the last CA certificate it trusts, ends within two weeks. A token that lives for less than two days is not shown: somebody renews it.',
    cost: 'None yet. From then on the operator is blind: it sends no heartbeat, and nothing is earned.',
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
    cost: 'All earnings, from the end of the heartbeat period on.',
    look: ['kubectl -n NAMESPACE get lease dinfra-operator -o yaml', 'kubectl -n NAMESPACE get pods'],
    fix: ['See why the pods do not run, or why they may not write the Lease: the right on `leases`.'],
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
