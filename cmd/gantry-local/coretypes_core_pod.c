/* coretypes_core_pod - Pods, down to what stands in a container. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"core.v1.Affinity",
     "nodeAffinity NodeAffinity; podAffinity PodAffinity; podAntiAffinity "
     "PodAntiAffinity"},
    {"core.v1.AppArmorProfile",
     "localhostProfile string; type! string {Localhost|RuntimeDefault|Unconfined}"},
    {"core.v1.Capabilities", "add []string; drop []string"},
    {"core.v1.ConfigMapEnvSource", "name string =\"\"; optional bool"},
    {"core.v1.ConfigMapKeySelector",
     "atomic; key! string; name string =\"\"; optional bool"},
    {"core.v1.Container",
     "args []string; command []string; env []EnvVar map:name merge:name; envFrom "
     "[]EnvFromSource; image! string; imagePullPolicy string "
     "{Always|IfNotPresent|Never}; lifecycle Lifecycle; livenessProbe Probe; name! "
     "string; ports []ContainerPort map:containerPort,protocol "
     "merge:containerPort; readinessProbe Probe; resizePolicy "
     "[]ContainerResizePolicy; resources ResourceRequirements ={}; restartPolicy "
     "string; restartPolicyRules []ContainerRestartRule; securityContext "
     "SecurityContext; startupProbe Probe; stdin bool; stdinOnce bool; "
     "terminationMessagePath string =/dev/termination-log; "
     "terminationMessagePolicy string =File {FallbackToLogsOnError|File}; tty "
     "bool; volumeDevices []VolumeDevice map:devicePath merge:devicePath; "
     "volumeMounts []VolumeMount map:mountPath merge:mountPath; workingDir string"},
    {"core.v1.ContainerExtendedResourceRequest",
     "containerName! string; requestName! string; resourceName! string"},
    {"core.v1.ContainerImage", "names []string; sizeBytes int64"},
    {"core.v1.ContainerPort",
     "containerPort! int32; hostIP string; hostPort int32; name string; protocol "
     "string =TCP {SCTP|TCP|UDP}"},
    {"core.v1.ContainerResizePolicy", "resourceName! string; restartPolicy! string"},
    {"core.v1.ContainerRestartRule",
     "action! string; exitCodes ContainerRestartRuleOnExitCodes"},
    {"core.v1.ContainerRestartRuleOnExitCodes", "operator! string; values []int32 set"},
    {"core.v1.ContainerState",
     "running ContainerStateRunning; terminated ContainerStateTerminated; waiting "
     "ContainerStateWaiting"},
    {"core.v1.ContainerStateRunning", "startedAt time"},
    {"core.v1.ContainerStateTerminated",
     "containerID string; exitCode int32 =0; finishedAt time; message string; "
     "reason string; signal int32; startedAt time"},
    {"core.v1.ContainerStateWaiting", "message string; reason string"},
    {"core.v1.ContainerStatus",
     "allocatedResources {}quantity; allocatedResourcesStatus []ResourceStatus "
     "map:name merge:name; containerID string; image string =\"\"; imageID string "
     "=\"\"; lastState ContainerState; name string =\"\"; ready bool =false; "
     "resources ResourceRequirements; restartCount int32 =0; started bool; state "
     "ContainerState; stopSignal string; user ContainerUser; volumeMounts "
     "[]VolumeMountStatus map:mountPath merge:mountPath"},
    {"core.v1.ContainerUser", "linux LinuxContainerUser"},
    {"core.v1.EnvFromSource",
     "configMapRef ConfigMapEnvSource; prefix string; secretRef SecretEnvSource"},
    {"core.v1.EnvVar", "name! string; value string; valueFrom EnvVarSource"},
    {"core.v1.EnvVarSource",
     "configMapKeyRef ConfigMapKeySelector; fieldRef ObjectFieldSelector; "
     "fileKeyRef FileKeySelector; resourceFieldRef ResourceFieldSelector; "
     "secretKeyRef SecretKeySelector"},
    {"core.v1.EphemeralContainer",
     "args []string; command []string; env []EnvVar map:name merge:name; envFrom "
     "[]EnvFromSource; image string; imagePullPolicy string "
     "{Always|IfNotPresent|Never}; lifecycle Lifecycle; livenessProbe Probe; name! "
     "string; ports []ContainerPort map:containerPort,protocol "
     "merge:containerPort; readinessProbe Probe; resizePolicy "
     "[]ContainerResizePolicy; resources ResourceRequirements ={}; restartPolicy "
     "string; restartPolicyRules []ContainerRestartRule; securityContext "
     "SecurityContext; startupProbe Probe; stdin bool; stdinOnce bool; "
     "targetContainerName string; terminationMessagePath string "
     "=/dev/termination-log; terminationMessagePolicy string =File "
     "{FallbackToLogsOnError|File}; tty bool; volumeDevices []VolumeDevice "
     "map:devicePath merge:devicePath; volumeMounts []VolumeMount map:mountPath "
     "merge:mountPath; workingDir string"},
    {"core.v1.EvictionResponder", "atomic; name! string; priority! int32"},
    {"core.v1.ExecAction", "command []string"},
    {"core.v1.FileKeySelector",
     "atomic; key! string; optional bool =false; path! string; volumeName! string"},
    {"core.v1.GRPCAction",
     "mode string {Plaintext|TLS}; port! int32; service string =\"\""},
    {"core.v1.HTTPGetAction",
     "host string; httpHeaders []HTTPHeader; path string =/; port! intstr; "
     "protocol string {HTTP1|HTTP2}; scheme string =HTTP {HTTP|HTTPS}"},
    {"core.v1.HTTPHeader", "name! string; value string"},
    {"core.v1.HostAlias", "hostnames []string; ip! string"},
    {"core.v1.HostIP", "ip string =\"\""},
    {"core.v1.ImageVolumeStatus", "imageRef! string"},
    {"core.v1.Lifecycle",
     "postStart LifecycleHandler; preStop LifecycleHandler; stopSignal string"},
    {"core.v1.LifecycleHandler",
     "exec ExecAction; httpGet HTTPGetAction; sleep SleepAction; tcpSocket "
     "TCPSocketAction"},
    {"core.v1.LinuxContainerUser",
     "gid! int64; supplementalGroups []int64; uid! int64"},
    {"core.v1.LocalObjectReference", "atomic; name string =\"\""},
    {"core.v1.NodeAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm; "
     "requiredDuringSchedulingIgnoredDuringExecution NodeSelector"},
    {"core.v1.NodeAllocatableMappedResources", "name! string; quantity! quantity"},
    {"core.v1.NodeAllocatableOverheadResources",
     "name! string; perContainer quantity; perPod quantity"},
    {"core.v1.NodeAllocatableResourceClaimStatus",
     "containers []string set; mapping []NodeAllocatableMappedResources map:name "
     "merge:name; overhead []NodeAllocatableOverheadResources map:name merge:name; "
     "resourceClaimName string =\"\""},
    {"core.v1.NodeSelector", "atomic; nodeSelectorTerms! []NodeSelectorTerm"},
    {"core.v1.NodeSelectorRequirement",
     "key! string; operator! string {DoesNotExist|Exists|Gt|In|Lt|NotIn}; values "
     "[]string"},
    {"core.v1.NodeSelectorTerm",
     "atomic; matchExpressions []NodeSelectorRequirement; matchFields "
     "[]NodeSelectorRequirement"},
    {"core.v1.ObjectFieldSelector", "atomic; apiVersion string =v1; fieldPath! string"},
    {"core.v1.ObjectReference",
     "atomic; apiVersion string; fieldPath string; kind string; name string; "
     "namespace string; resourceVersion string; uid string"},
    {"core.v1.Pod", "metadata meta.v1.ObjectMeta; spec PodSpec; status PodStatus"},
    {"core.v1.PodAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm; "
     "requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm"},
    {"core.v1.PodAffinityTerm",
     "labelSelector meta.v1.LabelSelector; matchLabelKeys []string; "
     "mismatchLabelKeys []string; namespaceSelector meta.v1.LabelSelector; "
     "namespaces []string; topologyKey! string"},
    {"core.v1.PodAntiAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm; "
     "requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm"},
    {"core.v1.PodCondition",
     "lastProbeTime time; lastTransitionTime time; message string; "
     "observedGeneration int64; reason string; status string =\"\"; type string "
     "=\"\""},
    {"core.v1.PodDNSConfig",
     "nameservers []string; options []PodDNSConfigOption; searches []string"},
    {"core.v1.PodDNSConfigOption", "name string; value string"},
    {"core.v1.PodExtendedResourceClaimStatus",
     "requestMappings! []ContainerExtendedResourceRequest; resourceClaimName "
     "string =\"\""},
    {"core.v1.PodIP", "ip string =\"\""},
    {"core.v1.PodOS", "name! string"},
    {"core.v1.PodReadinessGate", "conditionType! string"},
    {"core.v1.PodResourceClaim",
     "name! string; resourceClaimName string; resourceClaimTemplateName string"},
    {"core.v1.PodResourceClaimStatus", "name string =\"\"; resourceClaimName string"},
    {"core.v1.PodSchedulingGate", "name! string"},
    {"core.v1.PodSchedulingGroup", "podGroupName string"},
    {"core.v1.PodSecurityContext",
     "appArmorProfile AppArmorProfile; fsGroup int64; fsGroupChangePolicy string "
     "{Always|OnRootMismatch}; runAsGroup int64; runAsNonRoot bool; runAsUser "
     "int64; seLinuxChangePolicy string; seLinuxOptions SELinuxOptions; "
     "seccompProfile SeccompProfile; supplementalGroups []int64; "
     "supplementalGroupsPolicy string {Merge|Strict}; sysctls []Sysctl; "
     "windowsOptions WindowsSecurityContextOptions"},
    {"core.v1.PodSpec",
     "activeDeadlineSeconds int64; affinity Affinity; automountServiceAccountToken "
     "bool; containers! []Container map:name merge:name; dnsConfig PodDNSConfig; "
     "dnsPolicy string =ClusterFirst "
     "{ClusterFirst|ClusterFirstWithHostNet|Default|None}; enableServiceLinks bool "
     "=true; ephemeralContainers []EphemeralContainer map:name merge:name; "
     "evictionResponders []EvictionResponder map:name merge:name; hostAliases "
     "[]HostAlias map:ip merge:ip; hostIPC bool; hostNetwork bool; hostPID bool; "
     "hostUsers bool; hostname string; hostnameOverride string; imagePullSecrets "
     "[]LocalObjectReference map:name merge:name; initContainers []Container "
     "map:name merge:name; nodeName string; nodeSelector {}string atomic; os "
     "PodOS; overhead {}quantity; preemptionPolicy string "
     "{Never|PreemptLowerPriority}; priority int32; priorityClassName string; "
     "readinessGates []PodReadinessGate; resourceClaims []PodResourceClaim "
     "map:name merge:name; resources ResourceRequirements; restartPolicy string "
     "=Always {Always|Never|OnFailure}; runtimeClassName string; schedulerName "
     "string =default-scheduler; schedulingGates []PodSchedulingGate map:name "
     "merge:name; schedulingGroup PodSchedulingGroup; securityContext "
     "PodSecurityContext ={}; serviceAccount string; serviceAccountName string; "
     "setHostnameAsFQDN bool; shareProcessNamespace bool; subdomain string; "
     "terminationGracePeriodSeconds int64 =30; tolerations []Toleration; "
     "topologySpreadConstraints []TopologySpreadConstraint "
     "map:topologyKey,whenUnsatisfiable merge:topologyKey; volumes []Volume "
     "map:name merge:name"},
    {"core.v1.PodStatus",
     "allocatedResources {}quantity; conditions []PodCondition map:type "
     "merge:type; containerStatuses []ContainerStatus; ephemeralContainerStatuses "
     "[]ContainerStatus; extendedResourceClaimStatus "
     "PodExtendedResourceClaimStatus; hostIP string; hostIPs []HostIP merge:ip; "
     "initContainerStatuses []ContainerStatus; message string; "
     "nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus "
     "map:resourceClaimName merge:resourceClaimName; nominatedNodeName string; "
     "observedGeneration int64; phase string "
     "{Failed|Pending|Running|Succeeded|Unknown}; podIP string; podIPs []PodIP "
     "map:ip merge:ip; qosClass string {BestEffort|Burstable|Guaranteed}; reason "
     "string; resize string; resourceClaimStatuses []PodResourceClaimStatus "
     "map:name merge:name; resources ResourceRequirements; startTime time; "
     "volumeHealth []PodVolumeHealth map:name"},
    {"core.v1.PodTemplateSpec", "metadata meta.v1.ObjectMeta; spec PodSpec"},
    {"core.v1.PodVolumeHealth",
     "healthConditions []VolumeHealthCondition map:status,reason merge:status; "
     "lastTransitionTime time; name! string"},
    {"core.v1.PreferredSchedulingTerm", "preference! NodeSelectorTerm; weight! int32"},
    {"core.v1.Probe",
     "exec ExecAction; failureThreshold int32 =3; grpc GRPCAction; httpGet "
     "HTTPGetAction; initialDelaySeconds int32; periodSeconds int32 =10; "
     "successThreshold int32 =1; tcpSocket TCPSocketAction; "
     "terminationGracePeriodSeconds int64; timeoutSeconds int32 =1"},
    {"core.v1.ResourceClaim", "name! string; request string"},
    {"core.v1.ResourceFieldSelector",
     "atomic; containerName string; divisor quantity =0; resource! string"},
    {"core.v1.ResourceHealth", "health string; message string; resourceID! string"},
    {"core.v1.ResourceRequirements",
     "claims []ResourceClaim map:name; limits {}quantity; requests {}quantity"},
    {"core.v1.ResourceStatus",
     "name string =\"\"; resources []ResourceHealth map:resourceID"},
    {"core.v1.SELinuxOptions", "level string; role string; type string; user string"},
    {"core.v1.SeccompProfile",
     "localhostProfile string; type! string {Localhost|RuntimeDefault|Unconfined}"},
    {"core.v1.SecretEnvSource", "name string =\"\"; optional bool"},
    {"core.v1.SecretKeySelector",
     "atomic; key! string; name string =\"\"; optional bool"},
    {"core.v1.SecurityContext",
     "allowPrivilegeEscalation bool; appArmorProfile AppArmorProfile; capabilities "
     "Capabilities; privileged bool; procMount string {Default|Unmasked}; "
     "readOnlyRootFilesystem bool; runAsGroup int64; runAsNonRoot bool; runAsUser "
     "int64; seLinuxOptions SELinuxOptions; seccompProfile SeccompProfile; "
     "windowsOptions WindowsSecurityContextOptions"},
    {"core.v1.SleepAction", "seconds! int64"},
    {"core.v1.Sysctl", "name! string; value! string"},
    {"core.v1.TCPSocketAction", "host string; port! intstr"},
    {"core.v1.Toleration",
     "effect string {NoExecute|NoSchedule|PreferNoSchedule}; key string; operator "
     "string {Equal|Exists|Gt|Lt}; tolerationSeconds int64; value string"},
    {"core.v1.TopologySpreadConstraint",
     "labelSelector meta.v1.LabelSelector; matchLabelKeys []string; maxSkew! "
     "int32; minDomains int32; nodeAffinityPolicy string {Honor|Ignore}; "
     "nodeTaintsPolicy string {Honor|Ignore}; topologyKey! string; "
     "whenUnsatisfiable! string {DoNotSchedule|ScheduleAnyway}"},
    {"core.v1.VolumeDevice", "devicePath! string; name! string"},
    {"core.v1.VolumeHealthCondition",
     "message string; reason string =\"\"; status string =\"\" "
     "{DataLoss|Degraded|Inaccessible}"},
    {"core.v1.VolumeHealthStatus",
     "healthConditions []VolumeHealthCondition map:status,reason merge:status; "
     "lastTransitionTime time"},
    {"core.v1.VolumeMount",
     "bindMountOptions []string set; mountPath! string; mountPropagation string "
     "{Bidirectional|HostToContainer|None}; name! string; readOnly bool; "
     "recursiveReadOnly string; subPath string; subPathExpr string"},
    {"core.v1.VolumeMountStatus",
     "mountPath string =\"\"; name string =\"\"; readOnly bool; recursiveReadOnly "
     "string; volumeStatus VolumeStatus"},
    {"core.v1.VolumeStatus", "image ImageVolumeStatus"},
    {"core.v1.WeightedPodAffinityTerm",
     "podAffinityTerm! PodAffinityTerm; weight! int32"},
    {"core.v1.WindowsSecurityContextOptions",
     "gmsaCredentialSpec string; gmsaCredentialSpecName string; hostProcess bool; "
     "runAsUserName string"},
};

const struct core_types coretypes_core_pod = {rows, ARRAY_LEN(rows)};
