/* coretypes_words_pod - what kubectl explain says of pods and containers. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.Pod",
     "Containers that run together on one node, with one address and common volumes.",
     "spec: What is to run, and where.\n"
     "status: How it runs. It may be a little old.\n"},
    {"core.v1.PodSpec", "What a pod consists of.",
     "activeDeadlineSeconds: Seconds after its start when the pod is ended as failed.\n"
     "affinity: On which nodes, and near which pods, it may or should run.\n"
     "automountServiceAccountToken: Whether containers get a token of the service "
     "account.\n"
     "containers: The containers; at least one. The list cannot change.\n"
     "dnsConfig: Added to what dnsPolicy gives.\n"
     "dnsPolicy: Where names are looked up: ClusterFirst by default.\n"
     "enableServiceLinks: Whether environment variables name the namespace's Services; "
     "true by default.\n"
     "ephemeralContainers: Containers put into a running pod to debug it.\n"
     "evictionResponders: Who is asked before the pod is evicted.\n"
     "hostAliases: Lines for the pod's /etc/hosts.\n"
     "hostIPC: Whether it has the node's IPC namespace.\n"
     "hostNetwork: Whether it has the node's network.\n"
     "hostPID: Whether it has the node's PID namespace.\n"
     "hostUsers: Whether it has the node's users; true by default.\n"
     "hostname: The pod's host name; by default its own name.\n"
     "hostnameOverride: A host name in its place, also a full one.\n"
     "imagePullSecrets: Secrets for pulling images.\n"
     "initContainers: Containers that run before the others, one after the other, each "
     "to its end.\n"
     "nodeName: The node that the pod is bound to; a scheduler fills it.\n"
     "nodeSelector: Labels that a node must have.\n"
     "os: The operating system of its containers.\n"
     "overhead: What running the pod costs beside its containers; a RuntimeClass says "
     "it.\n"
     "preemptionPolicy: Whether pods of lower priority may be ended for it.\n"
     "priority: The higher, the more important. Filled from the class.\n"
     "priorityClassName: The PriorityClass.\n"
     "readinessGates: Conditions that must be true, too, before the pod is ready.\n"
     "resourceClaims: Claims of devices that its containers may use.\n"
     "resources: Resources of the pod as a whole.\n"
     "restartPolicy: When ended containers are started again: Always by default.\n"
     "runtimeClassName: The RuntimeClass that says how containers are run.\n"
     "schedulerName: Who finds a node for it.\n"
     "schedulingGates: While there are any, no node is looked for.\n"
     "schedulingGroup: The group that the pod is scheduled with.\n"
     "securityContext: Users, groups and such for the pod's containers.\n"
     "serviceAccount: The old name of serviceAccountName.\n"
     "serviceAccountName: The ServiceAccount that it runs as.\n"
     "setHostnameAsFQDN: Whether its full name is its host name.\n"
     "shareProcessNamespace: Whether containers see each other's processes.\n"
     "subdomain: The domain that its host name is in, often that of a headless "
     "Service.\n"
     "terminationGracePeriodSeconds: Seconds that it may take to end; 30 by default.\n"
     "tolerations: Taints of nodes that do not keep it away.\n"
     "topologySpreadConstraints: How pods are spread over zones, nodes and the like.\n"
     "volumes: What containers may mount.\n"},
    {"core.v1.PodStatus", "How a pod runs.",
     "containerStatuses: How each container runs.\n"
     "initContainerStatuses: How each init container runs.\n"
     "ephemeralContainerStatuses: How each ephemeral container runs.\n"
     "hostIP: The address of its node.\n"
     "hostIPs: The addresses of its node.\n"
     "nominatedNodeName: The node where room is being made for it.\n"
     "phase: Pending, Running, Succeeded, Failed or Unknown.\n"
     "podIP: Its address.\n"
     "podIPs: Its addresses, one a family.\n"
     "qosClass: BestEffort, Burstable or Guaranteed, from its requests and limits.\n"
     "startTime: When its node took it on.\n"
     "resize: Use conditions.\n"
     "resources: Resources that the pod as a whole has.\n"
     "resourceClaimStatuses: The claims made for it.\n"},
    {"core.v1.PodCondition", "One thing that is true of a pod, false, or not known.",
     "status: True, False or Unknown.\n"
     "type: PodScheduled, Initialized, ContainersReady, Ready or another.\n"},
    {"core.v1.PodTemplateSpec", "What pods that are made from it look like.",
     "metadata: Labels and annotations of the pods.\n"
     "spec: What the pods consist of.\n"},
    {"core.v1.PodTemplate", "A template, kept as an object.",
     "template: The pods that would be made.\n"},
    {"core.v1.Container", "A program that runs in a pod.",
     "args: Arguments of the command; by default the image's. $(NAME) stands for a "
     "variable.\n"
     "command: The program and its first arguments; by default the image's.\n"
     "env: Environment variables.\n"
     "envFrom: ConfigMaps and Secrets whose keys become variables.\n"
     "image: The image.\n"
     "imagePullPolicy: When the image is pulled: Always for the tag latest, else "
     "IfNotPresent.\n"
     "lifecycle: What is done after its start and before its end.\n"
     "livenessProbe: When it fails, the container is restarted.\n"
     "name: The name, unlike that of the pod's other containers.\n"
     "ports: Ports that it listens on; for information.\n"
     "readinessProbe: While it fails, Services pass the pod by.\n"
     "resizePolicy: What changed resources mean for the running container.\n"
     "resources: What it asks for and may use.\n"
     "restartPolicy: Always makes an init container a sidecar.\n"
     "restartPolicyRules: Exit codes for which it is restarted or not.\n"
     "securityContext: What it may do; goes before the pod's.\n"
     "startupProbe: Until it succeeds, the other probes are not asked.\n"
     "stdin: Whether it has an open standard input.\n"
     "stdinOnce: Whether that closes with the first who attached.\n"
     "terminationMessagePath: The file that its last words are read from.\n"
     "terminationMessagePolicy: FallbackToLogsOnError takes the end of the log where "
     "that file is empty.\n"
     "tty: Whether it has a terminal.\n"
     "volumeDevices: Block devices that it sees.\n"
     "volumeMounts: Where it sees the pod's volumes.\n"
     "workingDir: The directory that it starts in; by default the image's.\n"},
    {"core.v1.ContainerPort", "A port that a container listens on.",
     "containerPort: The port, 1 to 65535.\n"
     "hostIP: The node's address that it is bound to.\n"
     "hostPort: The port on the node.\n"
     "name: A name by which Services may call it.\n"
     "protocol: TCP by default, UDP or SCTP.\n"},
    {"core.v1.EnvVar", "An environment variable.",
     "name: The variable.\n"
     "value: Its value. $(NAME) stands for a variable before it.\n"
     "valueFrom: Where the value comes from instead.\n"},
    {"core.v1.EnvVarSource", "Where a variable's value comes from; one of them.",
     "configMapKeyRef: A key of a ConfigMap.\n"
     "fieldRef: A field of the pod.\n"
     "fileKeyRef: A line of a file in a volume.\n"
     "resourceFieldRef: A request or limit of a container.\n"
     "secretKeyRef: A key of a Secret.\n"},
    {"core.v1.EnvFromSource", "A ConfigMap or Secret whose keys become variables.",
     "configMapRef: The ConfigMap.\n"
     "prefix: What is put before each key.\n"
     "secretRef: The Secret.\n"},
    {"core.v1.ConfigMapKeySelector", "A key of a ConfigMap.", ""},
    {"core.v1.SecretKeySelector", "A key of a Secret.", ""},
    {"core.v1.ObjectFieldSelector", "A field of the pod.",
     "apiVersion: The version that the path is written for; v1 by default.\n"
     "fieldPath: The path, such as metadata.name or status.podIP.\n"},
    {"core.v1.ResourceFieldSelector", "A request or limit of a container.",
     "containerName: The container; needed in volumes.\n"
     "divisor: What counts as one; 1 by default.\n"
     "resource: Such as limits.cpu or requests.memory.\n"},
    {"core.v1.ResourceRequirements", "What is asked for and may be used.",
     "claims: Devices of the pod's claims that it uses.\n"
     "limits: The most that may be used of each resource.\n"
     "requests: What must be free on the node; by default the limits.\n"},
    {"core.v1.Probe", "A question that is asked of a container again and again.",
     "exec: A command that must end with 0.\n"
     "failureThreshold: Failures in a row that count; 3 by default.\n"
     "grpc: A health check by gRPC.\n"
     "httpGet: A request that must be answered with 200 to 399.\n"
     "initialDelaySeconds: Seconds after the start before it is first asked.\n"
     "periodSeconds: Seconds between two questions; 10 by default.\n"
     "successThreshold: Successes in a row that count; 1 by default.\n"
     "tcpSocket: A port that must take connections.\n"
     "terminationGracePeriodSeconds: Seconds to end after a failure, in place of the "
     "pod's.\n"
     "timeoutSeconds: Seconds to wait for the answer; 1 by default.\n"},
    {"core.v1.ExecAction", "A command to run in the container.",
     "command: The program and its arguments; no shell is in between.\n"},
    {"core.v1.HTTPGetAction", "A request by HTTP.",
     "host: The host; by default the pod.\n"
     "httpHeaders: Headers of the request.\n"
     "path: The path.\n"
     "port: The port, by number or name.\n"
     "protocol: The version of HTTP.\n"
     "scheme: HTTP or HTTPS.\n"},
    {"core.v1.TCPSocketAction", "A connection to a port.",
     "host: The host; by default the pod.\n"
     "port: The port, by number or name.\n"},
    {"core.v1.GRPCAction", "A health check by gRPC.",
     "mode: Plaintext or TLS.\n"
     "port: The port.\n"
     "service: The service that is asked about.\n"},
    {"core.v1.Lifecycle", "What is done after a container's start and before its end.",
     "postStart: Done right after the start; the container is ended when it fails.\n"
     "preStop: Done before the container is asked to end.\n"
     "stopSignal: The signal that asks it to end; by default the image's.\n"},
    {"core.v1.LifecycleHandler", "What is done; one of them.",
     "exec: A command.\n"
     "httpGet: A request.\n"
     "sleep: A pause.\n"
     "tcpSocket: Of no effect.\n"},
    {"core.v1.SecurityContext", "What a container may do.",
     "allowPrivilegeEscalation: Whether a process may get more rights than its "
     "parent.\n"
     "capabilities: Capabilities that are added and dropped.\n"
     "privileged: Whether it may do what root on the node may.\n"
     "procMount: How /proc is mounted.\n"
     "readOnlyRootFilesystem: Whether its root file system is read-only.\n"
     "runAsGroup: The group of its first process.\n"
     "runAsNonRoot: Whether it must not run as root.\n"
     "runAsUser: The user of its first process.\n"
     "seccompProfile: Which system calls it may use.\n"
     "seLinuxOptions: Its SELinux label.\n"},
    {"core.v1.PodSecurityContext",
     "Users, groups and such for all containers of a pod.",
     "fsGroup: A group that owns the volumes, and that all processes are in.\n"
     "fsGroupChangePolicy: Whether volumes get that group always or when the root "
     "differs.\n"
     "runAsGroup: The group of the first processes.\n"
     "runAsNonRoot: Whether containers must not run as root.\n"
     "runAsUser: The user of the first processes.\n"
     "supplementalGroups: More groups that all processes are in.\n"
     "sysctls: Kernel parameters.\n"
     "seccompProfile: Which system calls containers may use.\n"},
    {"core.v1.Capabilities", "POSIX capabilities.",
     "add: Capabilities to have.\n"
     "drop: Capabilities not to have.\n"},
    {"core.v1.Affinity", "Where a pod may or should run.",
     "nodeAffinity: By labels of nodes.\n"
     "podAffinity: Near other pods.\n"
     "podAntiAffinity: Away from other pods.\n"},
    {"core.v1.NodeAffinity", "Nodes by their labels.",
     "preferredDuringSchedulingIgnoredDuringExecution: Nodes that are preferred, by "
     "weight.\n"
     "requiredDuringSchedulingIgnoredDuringExecution: Nodes that are possible at "
     "all.\n"},
    {"core.v1.PodAffinity", "Near other pods.",
     "preferredDuringSchedulingIgnoredDuringExecution: Terms that are preferred, by "
     "weight.\n"
     "requiredDuringSchedulingIgnoredDuringExecution: Terms that must all hold.\n"},
    {"core.v1.PodAntiAffinity", "Away from other pods.",
     "preferredDuringSchedulingIgnoredDuringExecution: Terms that are preferred, by "
     "weight.\n"
     "requiredDuringSchedulingIgnoredDuringExecution: Terms that must all hold.\n"},
    {"core.v1.PodAffinityTerm", "Other pods, and what counts as near.",
     "namespaces: Where the other pods are; by default where this one is.\n"
     "topologyKey: The node label whose value nodes near each other share.\n"},
    {"core.v1.NodeSelector", "Nodes that fit one of the terms.",
     "nodeSelectorTerms: The terms; one must hold.\n"},
    {"core.v1.NodeSelectorTerm", "Requirements that must all hold.",
     "matchExpressions: Requirements of labels.\n"
     "matchFields: Requirements of fields, such as metadata.name.\n"},
    {"core.v1.NodeSelectorRequirement", "A requirement of one label or field.",
     "operator: In, NotIn, Exists, DoesNotExist, Gt or Lt.\n"},
    {"core.v1.Toleration", "A taint that does not keep the pod away.",
     "effect: NoSchedule, PreferNoSchedule or NoExecute; none means all.\n"
     "key: The taint; none, with Exists, means all.\n"
     "operator: Exists, or Equal by default.\n"
     "tolerationSeconds: Seconds that a NoExecute taint is borne; for ever by "
     "default.\n"
     "value: The taint's value.\n"},
    {"core.v1.TopologySpreadConstraint", "How evenly pods are spread.",
     "maxSkew: By how many pods two domains may differ.\n"
     "topologyKey: The node label whose values are the domains.\n"
     "whenUnsatisfiable: DoNotSchedule, or ScheduleAnyway.\n"
     "minDomains: Domains that there must be.\n"},
    {"core.v1.HostAlias", "A line of /etc/hosts.",
     "hostnames: The names.\n"
     "ip: The address.\n"},
    {"core.v1.PodDNSConfig", "How names are looked up.",
     "nameservers: Addresses of servers.\n"
     "options: Options of the resolver.\n"
     "searches: Domains that names are tried in.\n"},
    {"core.v1.PodSchedulingGate", "Who wants the pod to wait.", ""},
    {"core.v1.PodResourceClaim",
     "A claim of devices that the pod's containers may use.",
     "resourceClaimName: A ResourceClaim that is there.\n"
     "resourceClaimTemplateName: A template to make one from.\n"},
    {"core.v1.ContainerStatus", "How a container runs.",
     "containerID: What the runtime calls it.\n"
     "image: The image that runs.\n"
     "imageID: The exact image.\n"
     "lastState: How it ended before.\n"
     "ready: Whether its readiness probe succeeds.\n"
     "restartCount: How often it was started again.\n"
     "started: Whether its startup probe has succeeded.\n"
     "state: Waiting, running or terminated.\n"},
    {"core.v1.ContainerState", "One of them; waiting by default.",
     "running: It runs.\n"
     "terminated: It has ended.\n"
     "waiting: It does not run yet.\n"},
    {"core.v1.ContainerStateRunning", "A container that runs.",
     "startedAt: Since when.\n"},
    {"core.v1.ContainerStateTerminated", "A container that has ended.",
     "exitCode: The exit status.\n"
     "signal: The signal that ended it.\n"
     "startedAt: When it started.\n"
     "finishedAt: When it ended.\n"},
    {"core.v1.ContainerStateWaiting", "A container that waits to be started.", ""},
    {"core.v1.LocalObjectReference", "An object of the same namespace.", ""},
    {"core.v1.ObjectReference", "An object.",
     "fieldPath: The part of the object that is meant.\n"},
};

const struct core_words_table coretypes_words_pod = {rows, ARRAY_LEN(rows)};
