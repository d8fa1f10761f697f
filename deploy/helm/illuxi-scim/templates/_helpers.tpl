{{- define "illuxi.labels" -}}
app.kubernetes.io/part-of: illuxi-scim
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "illuxi.image" -}}
{{- $digest := get .root.Values.image.digests .service -}}
{{ .root.Values.image.prefix }}/{{ .service }}{{ if $digest }}@{{ $digest }}{{ else }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "illuxi.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "illuxi.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "illuxi.spread" -}}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { app.kubernetes.io/name: {{ $.service }}, app.kubernetes.io/instance: {{ $.root.Release.Name }} } }
  {{- end }}
{{- end }}

{{- define "illuxi.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: private }
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health/live, port: private }
  periodSeconds: 10
  timeoutSeconds: 5
# Sooner than the five seconds in which the process still serves when it is told to end.
readinessProbe:
  httpGet: { path: /health/ready, port: private }
  periodSeconds: 2
  timeoutSeconds: 4
  failureThreshold: 1
{{- end }}

{{- define "illuxi.settings" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}

{{- define "illuxi.traces" -}}
{{- if .endpoint }}
- { name: ILLUXI__TRACES__ENDPOINT, value: {{ .endpoint | quote }} }
- { name: ILLUXI__TRACES__RATIO, value: {{ .ratio | toString | quote }} }
{{- end }}
{{- end }}

{{- define "illuxi.adminOidc" -}}
{{- with .Values.oidc }}
{{- if .issuer }}
- { name: ILLUXI__ADMIN__OIDC__ISSUER, value: {{ .issuer | quote }} }
- { name: ILLUXI__ADMIN__OIDC__AUDIENCE, value: {{ required "oidc.clientId" .clientId | quote }} }
- { name: ILLUXI__ADMIN__OIDC__JWKS_URL, value: {{ required "oidc.jwksUrl" .jwksUrl | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "illuxi.caVariable" -}}
{{- if .configMap }}
- { name: SSL_CERT_FILE, value: /run/ca-bundle/ca.crt }
{{- end }}
{{- end }}

{{- define "illuxi.caMount" -}}
{{- if .configMap }}
- { name: ca-bundle, mountPath: /run/ca-bundle, readOnly: true }
{{- end }}
{{- end }}

{{- define "illuxi.caVolume" -}}
{{- if .configMap }}
- { name: ca-bundle, configMap: { name: {{ .configMap | quote }}, items: [{ key: {{ .key | quote }}, path: ca.crt }] } }
{{- end }}
{{- end }}
