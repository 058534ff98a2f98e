{{- define "dinfra.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "dinfra.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else if contains (include "dinfra.name" .) .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "dinfra.name" .) | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The name of what belongs to the cluster: two releases must not share it. */}}
{{- define "dinfra.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "dinfra.fullname" .) -}}
{{- end -}}

{{- define "dinfra.selectorLabels" -}}
app.kubernetes.io/name: {{ include "dinfra.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "dinfra.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "dinfra.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: dinfra
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "dinfra.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "dinfra.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "dinfra.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "dinfra.providerName" -}}
{{- default .Release.Name .Values.provider.name -}}
{{- end -}}

{{/* Names of the Secrets the operator may read, each once, as a list in JSON. */}}
{{- define "dinfra.secretNames" -}}
{{- $names := .Values.rbac.secretNames -}}
{{- with .Values.provider.accountSecret }}{{ $names = append $names . }}{{ end -}}
{{- with .Values.provider.accessKeySecret }}{{ $names = append $names . }}{{ end -}}
{{- if .Values.reactors.cloudStack.enabled }}{{ with .Values.reactors.cloudStack.credentialsSecret }}{{ $names = append $names . }}{{ end }}{{ end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* A key has no place in values: they are kept in the release and shown by `helm get values`. */}}
{{- define "dinfra.refuseKeys" -}}
{{- $values := toJson (omit .Values "provider") -}}
{{- $provider := toJson (omit .Values.provider "genesisHash") -}}
{{- range list $values $provider -}}
{{- if regexMatch "\"(0x)?[0-9a-fA-F]{64}\"" . -}}
{{- fail "a value looks like a private key (64 hex digits). Put it into a Secret and name the Secret in provider.accountSecret" -}}
{{- end -}}
{{- if regexMatch "\"([a-z]{3,8} ){11,23}[a-z]{3,8}(//[^\"]*)?\"" . -}}
{{- fail "a value looks like a mnemonic. Put it into a Secret and name the Secret in provider.accountSecret" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What would fail later with fewer words. */}}
{{- define "dinfra.check" -}}
{{- include "dinfra.refuseKeys" . -}}
{{- if and .Values.customResources.asHooks (or .Values.provider.accountSecret .Values.reactors.helm.enabled .Values.reactors.cloudStack.enabled) (not (hasPrefix "v4." .Capabilities.HelmVersion.Version)) -}}
{{- fail (printf "helm %s cannot keep a Provider over an upgrade of this chart; use helm 4, or set customResources.asHooks=false once the custom resource definitions are installed" .Capabilities.HelmVersion.Version) -}}
{{- end -}}
{{- with .Values.provider }}
{{- if and .accountSecret (not .endpoints) -}}
{{- fail "provider.endpoints is empty: name at least one WebSocket URL of a node of the chain, for instance wss://rpc.example.org" -}}
{{- end -}}
{{- if and .endpoints (not .accountSecret) -}}
{{- fail "provider.endpoints is given and provider.accountSecret is not: name the Secret that holds the account" -}}
{{- end -}}
{{- end -}}
{{- with .Values.reactors.cloudStack }}
{{- if and .enabled (or (not .endpoint) (not .credentialsSecret)) -}}
{{- fail "reactors.cloudStack.enabled needs reactors.cloudStack.endpoint and reactors.cloudStack.credentialsSecret" -}}
{{- end -}}
{{- end -}}
{{- $reactors := list -}}
{{- if .Values.reactors.helm.enabled }}{{ $reactors = append $reactors .Values.reactors.helm.name }}{{ end -}}
{{- if .Values.reactors.cloudStack.enabled }}{{ $reactors = append $reactors .Values.reactors.cloudStack.name }}{{ end -}}
{{- range .Values.offers -}}
{{- if not $.Values.provider.accountSecret -}}
{{- fail (printf "offers: %s has no Provider to sell for: set provider.accountSecret and provider.endpoints, or make the Offer yourself" .name) -}}
{{- end -}}
{{- if not (has .reactor $reactors) -}}
{{- fail (printf "offers: %s names reactor %q; expected one of %s: enable it under reactors" .name .reactor (join ", " $reactors | default "none, as no reactor is enabled")) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
On objects of our kinds made by this chart. An uninstall or a prune must not take tenants down. helm refuses an object
whose kind comes with the same release, unless the object is a hook; helm 4 applies hooks, and deletes none whose delete
policy is one it does not know.
*/}}
{{- define "dinfra.keptAnnotations" -}}
helm.sh/resource-policy: keep
argocd.argoproj.io/sync-options: Prune=confirm,Delete=confirm,SkipDryRunOnMissingResource=true
{{- if .Values.customResources.asHooks }}
helm.sh/hook: post-install,post-upgrade,post-rollback
helm.sh/hook-delete-policy: never
{{- end }}
{{- end -}}
