/* coretypes_core_pod - Pods, down to what stands in a container. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

/* What may ask a container to end. */
#define SIGNALS                                                                  \
    "{"                                                                          \
    "SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|" \
    "SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|"      \
    "SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|"    \
    "SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|"         \
    "SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|"         \
    "SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|"     \
    "SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|" \
    "SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|"   \
    "SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ"                         \
    "}"

static const struct core_type rows[] = {
    {"core.v1.Affinity", "nodeAffinity NodeAffinity @1?; podAffinity PodAffinity @2?; "
                         "podAntiAffinity PodAntiAffinity @3?"},
    {"core.v1.AppArmorProfile", "localhostProfile string @2?; type! string @1 "
                                "{Localhost|RuntimeDefault|Unconfined}"},
    {"core.v1.Capabilities", "add []string @1; drop []string @2"},
    {"core.v1.ConfigMapEnvSource", "name string @1.1 =\"\"; optional bool @2?"},
    {"core.v1.ConfigMapKeySelector",
     "atomic; key! string @2; name string @1.1 =\"\"; optional bool @3?"},
    {"core.v1.Container",
     "args []string @4; command []string @3; env []EnvVar @7 map:name merge:name; "
     "envFrom []EnvFromSource @19; image string @2; imagePullPolicy string @14 "
     "{Always|IfNotPresent|Never}; lifecycle Lifecycle @12?; livenessProbe Probe "
     "@10?; name! string @1; ports []ContainerPort @6 map:containerPort,protocol "
     "merge:containerPort; readinessProbe Probe @11?; resizePolicy "
     "[]ContainerResizePolicy @23; resources ResourceRequirements @8 ={}; "
     "restartPolicy string @24?; restartPolicyRules []ContainerRestartRule @25; "
     "securityContext SecurityContext @15?; startupProbe Probe @22?; stdin bool "
     "@16; stdinOnce bool @17; terminationMessagePath string @13 "
     "=/dev/termination-log; terminationMessagePolicy string @20 =File "
     "{FallbackToLogsOnError|File}; tty bool @18; volumeDevices []VolumeDevice @21 "
     "map:devicePath merge:devicePath; volumeMounts []VolumeMount @9 map:mountPath "
     "merge:mountPath; workingDir string @5"},
    {"core.v1.ContainerExtendedResourceRequest",
     "containerName! string @1; requestName! string @3; resourceName! string @2"},
    {"core.v1.ContainerImage", "names []string @1; sizeBytes int64 @2"},
    {"core.v1.ContainerPort",
     "containerPort! int32 @3; hostIP string @5; hostPort int32 @2; name string @1; "
     "protocol string @4 =TCP {SCTP|TCP|UDP}"},
    {"core.v1.ContainerResizePolicy",
     "resourceName! string @1; restartPolicy! string @2"},
    {"core.v1.ContainerRestartRule",
     "action! string @1; exitCodes ContainerRestartRuleOnExitCodes @2?"},
    {"core.v1.ContainerRestartRuleOnExitCodes",
     "operator! string @1; values []int32 @2 set"},
    {"core.v1.ContainerState",
     "running ContainerStateRunning @2?; terminated ContainerStateTerminated @3?; "
     "waiting ContainerStateWaiting @1?"},
    {"core.v1.ContainerStateRunning", "startedAt time @1"},
    {"core.v1.ContainerStateTerminated",
     "containerID string @7; exitCode~ int32 @1 =0; finishedAt time @6; message "
     "string @4; reason string @3; signal int32 @2; startedAt time @5"},
    {"core.v1.ContainerStateWaiting", "message string @2; reason string @1"},
    {"core.v1.ContainerStatus",
     "allocatedResources {}quantity @10; allocatedResourcesStatus []ResourceStatus "
     "@14 map:name merge:name; containerID string @8; image~ string @6 =\"\"; "
     "imageID~ string @7 =\"\"; lastState ContainerState @3; name~ string @1 =\"\"; "
     "ready~ bool @4 =false; resources ResourceRequirements @11?; restartCount~ "
     "int32 @5 =0; started bool @9?; state ContainerState @2; stopSignal string "
     "@15? " SIGNALS ";"
     "user ContainerUser @13?; volumeMounts []VolumeMountStatus @12 map:mountPath "
     "merge:mountPath"},
    {"core.v1.ContainerUser", "linux LinuxContainerUser @1?"},
    {"core.v1.EnvFromSource", "configMapRef ConfigMapEnvSource @2?; prefix string @1; "
                              "secretRef SecretEnvSource @3?"},
    {"core.v1.EnvVar", "name! string @1; value string @2; valueFrom EnvVarSource @3?"},
    {"core.v1.EnvVarSource",
     "configMapKeyRef ConfigMapKeySelector @3?; fieldRef ObjectFieldSelector @1?; "
     "fileKeyRef FileKeySelector @5?; resourceFieldRef ResourceFieldSelector @2?; "
     "secretKeyRef SecretKeySelector @4?"},
    {"core.v1.EphemeralContainer",
     "args []string @1.4; command []string @1.3; env []EnvVar @1.7 map:name "
     "merge:name; envFrom []EnvFromSource @1.19; image string @1.2; imagePullPolicy "
     "string @1.14 {Always|IfNotPresent|Never}; lifecycle Lifecycle @1.12?; "
     "livenessProbe Probe @1.10?; name! string @1.1; ports []ContainerPort @1.6 "
     "map:containerPort,protocol merge:containerPort; readinessProbe Probe @1.11?; "
     "resizePolicy []ContainerResizePolicy @1.23; resources ResourceRequirements @1.8 "
     "={}; restartPolicy string @1.24?; restartPolicyRules []ContainerRestartRule "
     "@1.25; securityContext SecurityContext @1.15?; startupProbe Probe @1.22?; stdin "
     "bool @1.16; stdinOnce bool @1.17; targetContainerName string @2; "
     "terminationMessagePath string @1.13 =/dev/termination-log; "
     "terminationMessagePolicy string @1.20 =File {FallbackToLogsOnError|File}; tty "
     "bool @1.18; volumeDevices []VolumeDevice @1.21 map:devicePath merge:devicePath; "
     "volumeMounts []VolumeMount @1.9 map:mountPath merge:mountPath; workingDir string "
     "@1.5"},
    {"core.v1.EvictionResponder", "atomic; name! string @1; priority! int32 @2?"},
    {"core.v1.ExecAction", "command []string @1"},
    {"core.v1.FileKeySelector", "atomic; key! string @3; optional bool @4? =false; "
                                "path! string @2; volumeName! string @1"},
    {"core.v1.GRPCAction",
     "mode string @3? {Plaintext|TLS}; port! int32 @1; service string @2? =\"\""},
    {"core.v1.HTTPGetAction",
     "host string @3; httpHeaders []HTTPHeader @5; path string @1 =/; port! intstr @2; "
     "protocol string @6? {HTTP1|HTTP2}; scheme string @4 =HTTP {HTTP|HTTPS}"},
    {"core.v1.HTTPHeader", "name! string @1; value~ string @2"},
    {"core.v1.HostAlias", "hostnames []string @2; ip! string @1"},
    {"core.v1.HostIP", "ip~ string @1 =\"\""},
    {"core.v1.ImageVolumeStatus", "imageRef! string @1"},
    {"core.v1.Lifecycle",
     "postStart LifecycleHandler @1?; preStop LifecycleHandler @2?; stopSignal "
     "string @3? " SIGNALS},
    {"core.v1.LifecycleHandler",
     "exec ExecAction @1?; httpGet HTTPGetAction @2?; sleep SleepAction @4?; tcpSocket "
     "TCPSocketAction @3?"},
    {"core.v1.LinuxContainerUser",
     "gid! int64 @2; supplementalGroups []int64 @3; uid! int64 @1"},
    {"core.v1.LocalObjectReference", "atomic; name string @1 =\"\""},
    {"core.v1.NodeAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm @2; "
     "requiredDuringSchedulingIgnoredDuringExecution NodeSelector @1?"},
    {"core.v1.NodeAllocatableMappedResources",
     "name! string @1; quantity! quantity @2?"},
    {"core.v1.NodeAllocatableOverheadResources",
     "name! string @1; perContainer quantity @3?; perPod quantity @2?"},
    {"core.v1.NodeAllocatableResourceClaimStatus",
     "containers []string @2 set; mapping []NodeAllocatableMappedResources @4 "
     "map:name merge:name; overhead []NodeAllocatableOverheadResources @5 map:name "
     "merge:name; resourceClaimName~ string @1 =\"\""},
    {"core.v1.NodeSelector", "atomic; nodeSelectorTerms! []NodeSelectorTerm @1"},
    {"core.v1.NodeSelectorRequirement",
     "key! string @1; operator! string @2 {DoesNotExist|Exists|Gt|In|Lt|NotIn}; values "
     "[]string @3"},
    {"core.v1.NodeSelectorTerm", "atomic; matchExpressions []NodeSelectorRequirement "
                                 "@1; matchFields []NodeSelectorRequirement @2"},
    {"core.v1.ObjectFieldSelector",
     "atomic; apiVersion string @1 =v1; fieldPath! string @2"},
    {"core.v1.ObjectReference",
     "atomic; apiVersion string @5; fieldPath string @7; kind string @1; name string "
     "@3; namespace string @2; resourceVersion string @6; uid string @4"},
    {"core.v1.Pod",
     "metadata meta.v1.ObjectMeta @1; spec PodSpec @2; status PodStatus @3"},
    {"core.v1.PodAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm @2; "
     "requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm @1"},
    {"core.v1.PodAffinityTerm",
     "labelSelector meta.v1.LabelSelector @1?; matchLabelKeys []string @5; "
     "mismatchLabelKeys []string @6; namespaceSelector meta.v1.LabelSelector @4?; "
     "namespaces []string @2; topologyKey! string @3"},
    {"core.v1.PodAntiAffinity",
     "preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm @2; "
     "requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm @1"},
    {"core.v1.PodCondition",
     "lastProbeTime time @3; lastTransitionTime time @4; message string @6; "
     "observedGeneration int64 @7; reason string @5; status~ string @2 =\"\"; type~ "
     "string @1 =\"\""},
    {"core.v1.PodDNSConfig",
     "nameservers []string @1; options []PodDNSConfigOption @3; searches []string @2"},
    {"core.v1.PodDNSConfigOption", "name string @1; value string @2?"},
    {"core.v1.PodExtendedResourceClaimStatus",
     "requestMappings! []ContainerExtendedResourceRequest @1; resourceClaimName~ "
     "string @2 =\"\""},
    {"core.v1.PodIP", "ip~ string @1 =\"\""},
    {"core.v1.PodOS", "name! string @1"},
    {"core.v1.PodReadinessGate", "conditionType! string @1"},
    {"core.v1.PodResourceClaim", "name! string @1; resourceClaimName string @3?; "
                                 "resourceClaimTemplateName string @4?"},
    {"core.v1.PodResourceClaimStatus",
     "name~ string @1 =\"\"; resourceClaimName string @2?"},
    {"core.v1.PodSchedulingGate", "name! string @1"},
    {"core.v1.PodSchedulingGroup", "podGroupName string @1?"},
    {"core.v1.PodSecurityContext",
     "appArmorProfile AppArmorProfile @11?; fsGroup int64 @5?; fsGroupChangePolicy "
     "string @9? {Always|OnRootMismatch}; runAsGroup int64 @6?; runAsNonRoot bool @3?; "
     "runAsUser int64 @2?; seLinuxChangePolicy string @13?; seLinuxOptions "
     "SELinuxOptions @1?; seccompProfile SeccompProfile @10?; supplementalGroups "
     "[]int64 @4; supplementalGroupsPolicy string @12? {Merge|Strict}; sysctls "
     "[]Sysctl @7; windowsOptions WindowsSecurityContextOptions @8?"},
    {"core.v1.PodSpec",
     "activeDeadlineSeconds int64 @5?; affinity Affinity @18?; "
     "automountServiceAccountToken bool @21?; containers! []Container @2 map:name "
     "merge:name late; dnsConfig PodDNSConfig @26?; dnsPolicy string @6 =ClusterFirst "
     "{ClusterFirstWithHostNet|ClusterFirst|Default|None}; enableServiceLinks bool "
     "@30?; ephemeralContainers []EphemeralContainer @34 map:name merge:name; "
     "evictionResponders []EvictionResponder @44 map:name merge:name; hostAliases "
     "[]HostAlias @23 map:ip merge:ip; hostIPC bool @13; hostNetwork bool @11; "
     "hostPID bool @12; hostUsers bool @37?; hostname string @16; hostnameOverride "
     "string @41?; imagePullSecrets []LocalObjectReference @15 map:name merge:name; "
     "initContainers []Container @20 map:name merge:name; nodeName string @10; "
     "nodeSelector {}string @7 atomic; os PodOS @36?; overhead {}quantity @32; "
     "preemptionPolicy string @31? {Never|PreemptLowerPriority}; priority int32 "
     "@25?; priorityClassName string @24; readinessGates []PodReadinessGate @28; "
     "resourceClaims []PodResourceClaim @39 map:name merge:name retain; resources "
     "ResourceRequirements @40?; restartPolicy string @3 =Always "
     "{Always|OnFailure|Never}; runtimeClassName string @29?; schedulerName string "
     "@19 =default-scheduler; schedulingGates []PodSchedulingGate @38 map:name "
     "merge:name; schedulingGroup PodSchedulingGroup @43?; securityContext "
     "PodSecurityContext @14? ={}; serviceAccount string @9; serviceAccountName "
     "string @8; setHostnameAsFQDN bool @35?; shareProcessNamespace bool @27?; "
     "subdomain string @17; terminationGracePeriodSeconds int64 @4? =30; "
     "tolerations []Toleration @22; topologySpreadConstraints "
     "[]TopologySpreadConstraint @33 map:topologyKey,whenUnsatisfiable "
     "merge:topologyKey; volumes []Volume @1 map:name merge:name retain"},
    {"core.v1.PodStatus",
     "allocatedResources {}quantity @19; conditions []PodCondition @2 map:type "
     "merge:type; containerStatuses []ContainerStatus @8; "
     "ephemeralContainerStatuses []ContainerStatus @13; extendedResourceClaimStatus "
     "PodExtendedResourceClaimStatus @18?; hostIP string @5; hostIPs []HostIP @16 "
     "merge:ip; initContainerStatuses []ContainerStatus @10; message string @3; "
     "nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus @21 "
     "map:resourceClaimName merge:resourceClaimName; nominatedNodeName string @11; "
     "observedGeneration int64 @17; phase string @1 "
     "{/Failed|Pending|Running|Succeeded|Unknown}; podIP string @6; podIPs []PodIP "
     "@12 map:ip merge:ip; qosClass string @9 {BestEffort|Burstable|Guaranteed}; "
     "reason string @4; resize string @14; resourceClaimStatuses "
     "[]PodResourceClaimStatus @15 map:name merge:name retain; resources "
     "ResourceRequirements @20?; startTime time @7?; volumeHealth []PodVolumeHealth "
     "@22 map:name"},
    {"core.v1.PodTemplateSpec",
     "metadata meta.v1.ObjectMeta @1 ={}; spec PodSpec @2 ={}"},
    {"core.v1.PodVolumeHealth",
     "healthConditions []VolumeHealthCondition @2 map:status,reason merge:status; "
     "lastTransitionTime time @3; name! string @1"},
    {"core.v1.PreferredSchedulingTerm",
     "preference! NodeSelectorTerm @2; weight! int32 @1"},
    {"core.v1.Probe",
     "exec ExecAction @1.1?; failureThreshold int32 @6 =3; grpc GRPCAction @1.4?; "
     "httpGet HTTPGetAction @1.2?; initialDelaySeconds int32 @2; periodSeconds int32 "
     "@4 =10; successThreshold int32 @5 =1; tcpSocket TCPSocketAction @1.3?; "
     "terminationGracePeriodSeconds int64 @7?; timeoutSeconds int32 @3 =1"},
    {"core.v1.ResourceClaim", "name! string @1; request string @2"},
    {"core.v1.ResourceFieldSelector",
     "atomic; containerName string @1; divisor quantity @3 =0; resource! string @2"},
    {"core.v1.ResourceHealth",
     "health string @2; message string @6?; resourceID! string @1"},
    {"core.v1.ResourceRequirements", "claims []ResourceClaim @3 map:name; limits "
                                     "{}quantity @1; requests {}quantity @2"},
    {"core.v1.ResourceStatus",
     "name~ string @1 =\"\"; resources []ResourceHealth @2 map:resourceID"},
    {"core.v1.SELinuxOptions",
     "level string @4; role string @2; type string @3; user string @1"},
    {"core.v1.SeccompProfile", "localhostProfile string @2?; type! string @1 "
                               "{Localhost|RuntimeDefault|Unconfined}"},
    {"core.v1.SecretEnvSource", "name string @1.1 =\"\"; optional bool @2?"},
    {"core.v1.SecretKeySelector",
     "atomic; key! string @2; name string @1.1 =\"\"; optional bool @3?"},
    {"core.v1.SecurityContext",
     "allowPrivilegeEscalation bool @7?; appArmorProfile AppArmorProfile @12?; "
     "capabilities Capabilities @1?; privileged bool @2?; procMount string @9? "
     "{Default|Unmasked}; readOnlyRootFilesystem bool @6?; runAsGroup int64 @8?; "
     "runAsNonRoot bool @5?; runAsUser int64 @4?; seLinuxOptions SELinuxOptions @3?; "
     "seccompProfile SeccompProfile @11?; windowsOptions WindowsSecurityContextOptions "
     "@10?"},
    {"core.v1.SleepAction", "seconds! int64 @1"},
    {"core.v1.Sysctl", "name! string @1; value! string @2"},
    {"core.v1.TCPSocketAction", "host string @2; port! intstr @1"},
    {"core.v1.Toleration", "effect string @4 {/NoExecute|NoSchedule|PreferNoSchedule}; "
                           "key string @1; operator string @2 {/Equal|Exists|Gt|Lt}; "
                           "tolerationSeconds int64 @5?; value string @3"},
    {"core.v1.TopologySpreadConstraint",
     "labelSelector meta.v1.LabelSelector @4?; matchLabelKeys []string @8; maxSkew! "
     "int32 @1; minDomains int32 @5?; nodeAffinityPolicy string @6? {Honor|Ignore}; "
     "nodeTaintsPolicy string @7? {Honor|Ignore}; topologyKey! string @2; "
     "whenUnsatisfiable! string @3 {DoNotSchedule|ScheduleAnyway}"},
    {"core.v1.VolumeDevice", "devicePath! string @2; name! string @1"},
    {"core.v1.VolumeHealthCondition",
     "message string @3; reason~ string @2 =\"\"; status~ string @1 =\"\" "
     "{DataLoss|Degraded|Inaccessible}"},
    {"core.v1.VolumeHealthStatus",
     "healthConditions []VolumeHealthCondition @1 map:status,reason merge:status; "
     "lastTransitionTime time @2"},
    {"core.v1.VolumeMount",
     "bindMountOptions []string @8 set; mountPath! string @3; mountPropagation string "
     "@5? {Bidirectional|HostToContainer|None}; name! string @1; readOnly bool @2; "
     "recursiveReadOnly string @7?; subPath string @4; subPathExpr string @6"},
    {"core.v1.VolumeMountStatus",
     "mountPath~ string @2 =\"\"; name~ string @1 =\"\"; readOnly bool @3; "
     "recursiveReadOnly string @4?; volumeStatus VolumeStatus @5?"},
    {"core.v1.VolumeStatus", "image ImageVolumeStatus @1?"},
    {"core.v1.WeightedPodAffinityTerm",
     "podAffinityTerm! PodAffinityTerm @2; weight! int32 @1"},
    {"core.v1.WindowsSecurityContextOptions",
     "gmsaCredentialSpec string @2?; gmsaCredentialSpecName string @1?; hostProcess "
     "bool @4?; runAsUserName string @3?"},
};

const struct core_types coretypes_core_pod = {rows, ARRAY_LEN(rows)};
