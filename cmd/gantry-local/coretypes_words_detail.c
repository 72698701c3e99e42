/* coretypes_words_detail - what explain says of smaller parts of pods and workloads. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.SecurityContext", NULL,
     "appArmorProfile: The AppArmor profile, in the place of the pod's.\n"
     "windowsOptions: What only Windows has.\n"},
    {"core.v1.PodSecurityContext", NULL,
     "appArmorProfile: The AppArmor profile of the containers.\n"
     "seLinuxChangePolicy: How volumes get the SELinux label: MountOption or "
     "Recursive.\n"
     "seLinuxOptions: The SELinux label of the containers; by default the runtime "
     "picks one.\n"
     "supplementalGroupsPolicy: Merge adds the groups that the image's user has; "
     "Strict does not.\n"
     "windowsOptions: What only Windows has.\n"},
    {"core.v1.SELinuxOptions", "An SELinux label, part by part.",
     "level: The level.\n"
     "role: The role.\n"
     "type: The type.\n"
     "user: The user.\n"},
    {"core.v1.SeccompProfile", "Which system calls are filtered.",
     "localhostProfile: The profile's file on the node; for the type Localhost.\n"
     "type: RuntimeDefault, Unconfined or Localhost.\n"},
    {"core.v1.AppArmorProfile", "An AppArmor profile.",
     "localhostProfile: The profile's name on the node; for the type Localhost.\n"
     "type: RuntimeDefault, Unconfined or Localhost.\n"},
    {"core.v1.WindowsSecurityContextOptions", "What only Windows has.",
     "gmsaCredentialSpec: The credential spec of the group managed account, itself.\n"
     "gmsaCredentialSpecName: The name of that credential spec.\n"
     "hostProcess: Whether it runs as a process of the host.\n"
     "runAsUserName: The Windows user that it runs as.\n"},
    {"core.v1.Sysctl", "A kernel parameter.", "value: What it is set to.\n"},
    {"core.v1.HTTPHeader", "A header of a request.", "value: What stands in it.\n"},
    {"core.v1.SleepAction", "Waiting.", "seconds: How long.\n"},
    {"core.v1.ContainerResizePolicy",
     "What a change of one resource means for a running container.",
     "resourceName: cpu or memory.\n"
     "restartPolicy: NotRequired or RestartContainer.\n"},
    {"core.v1.ContainerRestartRule", "For which ends of a container something is done.",
     "action: Restart, or RestartAllContainers.\n"
     "exitCodes: The exit codes that it is about.\n"},
    {"core.v1.ResourceClaim", "A claim of devices that a container uses.",
     "request: The one request of the claim that is meant; by default all of them.\n"},
    {"core.v1.EphemeralContainer",
     "A container that is put into a running pod to debug it.",
     "targetContainerName: The container whose processes it sees.\n"},
    {"core.v1.VolumeDevice", "A block device that a container sees.",
     "devicePath: The path that it has in the container.\n"},
    {"core.v1.VolumeMount", NULL,
     "bindMountOptions: Options of the mount, one by one.\n"},
    {"core.v1.PodDNSConfigOption", "An option of the resolver.",
     "value: What it is set to, if anything.\n"},
    {"core.v1.PodReadinessGate",
     "A condition that must be true before the pod is ready.",
     "conditionType: The condition's type.\n"},
    {"core.v1.EvictionResponder", "Who is asked before the pod is evicted.",
     "priority: The order in which they are asked: the highest first.\n"},
    {"core.v1.PodSchedulingGroup", "The group that a pod is scheduled with.",
     "podGroupName: The PodGroup.\n"},
    {"core.v1.PodIP", "An address of a pod.", "ip: The address.\n"},
    {"core.v1.HostIP", "An address of a node.", "ip: The address.\n"},
    {"core.v1.PreferredSchedulingTerm", "A wish, and its weight.",
     "preference: What a node should have.\n"
     "weight: How much it counts, 1 to 100.\n"},
    {"core.v1.WeightedPodAffinityTerm", "A wish, and its weight.",
     "podAffinityTerm: Which pods it should be near, or away from.\n"
     "weight: How much it counts, 1 to 100.\n"},
    {"core.v1.PodAffinityTerm", NULL,
     "labelSelector: The pods that are meant, by their labels.\n"
     "matchLabelKeys: Labels whose values must be those of the new pod itself.\n"
     "mismatchLabelKeys: Labels whose values must not be those of the new pod itself.\n"
     "namespaceSelector: Namespaces whose pods are meant, too; an empty one selects "
     "all.\n"},
    {"core.v1.TopologySpreadConstraint", NULL,
     "labelSelector: The pods that are counted.\n"
     "matchLabelKeys: Labels whose values must be those of the new pod itself.\n"
     "nodeAffinityPolicy: Honor counts only nodes that the pod's affinity allows, "
     "Ignore all.\n"
     "nodeTaintsPolicy: Honor leaves out nodes whose taints are not tolerated, Ignore "
     "none.\n"},
    {"core.v1.ContainerStatus", NULL,
     "allocatedResources: What the node has set aside for it.\n"
     "allocatedResourcesStatus: How the devices are that it was given.\n"
     "resources: What it asks for and may use, as it runs now.\n"
     "stopSignal: The signal that it is asked to end by.\n"
     "user: As whom it was started.\n"
     "volumeMounts: How its volumes are mounted.\n"},
    {"core.v1.ContainerStateTerminated", NULL,
     "containerID: The container, as its runtime names it.\n"},
    {"core.v1.ContainerUser", "As whom a container was started.",
     "linux: The user and groups of its first process, on Linux.\n"},
    {"core.v1.LinuxContainerUser", "The user and groups of a process.",
     "gid: The group.\n"
     "supplementalGroups: The other groups.\n"
     "uid: The user.\n"},
    {"core.v1.VolumeMountStatus", "How a volume is mounted.",
     "mountPath: Where.\n"
     "recursiveReadOnly: Whether what is mounted below is read-only, too.\n"
     "volumeStatus: What is known of the volume.\n"},
    {"core.v1.ResourceStatus", "How the devices of one resource are.",
     "resources: Each device.\n"},
    {"core.v1.ResourceHealth", "How a device is.",
     "health: Healthy, Unhealthy or Unknown.\n"
     "resourceID: The device.\n"},
    {"core.v1.PodStatus", NULL,
     "allocatedResources: What the node has set aside for the pod as a whole.\n"
     "extendedResourceClaimStatus: The claim that stands for its extended resources.\n"
     "nodeAllocatableResourceClaimStatuses: What its claims take of the node.\n"
     "volumeHealth: How its volumes are.\n"},
    {"core.v1.PodResourceClaimStatus",
     "The claim that was made for an entry of the pod.",
     "resourceClaimName: The ResourceClaim; none was needed where it is absent.\n"},
    {"core.v1.PodExtendedResourceClaimStatus",
     "The claim that stands for extended resources.",
     "requestMappings: Which request of the claim stands for which resource.\n"
     "resourceClaimName: The ResourceClaim.\n"},
    {"core.v1.ContainerExtendedResourceRequest",
     "A request that stands for a container's resource.",
     "containerName: The container.\n"
     "requestName: The request.\n"
     "resourceName: The resource.\n"},
    {"core.v1.PodVolumeHealth", "How a volume of the pod is.",
     "healthConditions: What is wrong with it.\n"},
    {"core.v1.FileKeySelector", "A line of a file in a volume.",
     "path: The file, within the volume.\n"},
    {"apps.v1.DeploymentCondition", "One thing that is true of a Deployment, or not.",
     "lastUpdateTime: When this condition was last written.\n"
     "type: Available, Progressing or ReplicaFailure.\n"},
    {"apps.v1.ReplicaSetCondition", "One thing that is true of a ReplicaSet, or not.",
     "type: ReplicaFailure or another.\n"},
    {"apps.v1.DaemonSetCondition", "One thing that is true of a DaemonSet, or not.",
     "type: What it is about.\n"},
    {"apps.v1.StatefulSetCondition", "One thing that is true of a StatefulSet, or not.",
     "type: What it is about.\n"},
    {"apps.v1.DaemonSetUpdateStrategy", "How old pods become new ones.",
     "rollingUpdate: How fast; for RollingUpdate.\n"
     "type: RollingUpdate, by default, or OnDelete.\n"},
    {"apps.v1.RollingUpdateDaemonSet", "How fast old pods become new ones.",
     "maxSurge: How many nodes may have an old and a new pod at a time; 0 by default.\n"
     "maxUnavailable: How many nodes may be without a pod at a time; 1 by default.\n"},
    {"apps.v1.RollingUpdateStatefulSetStrategy", "How fast old pods become new ones.",
     "maxUnavailable: How many pods may be missing at a time; 1 by default.\n"
     "partition: Pods of this number and above are updated, those below stay.\n"},
    {"apps.v1.StatefulSetOrdinals", "How pods are numbered.",
     "start: The first number; 0 by default.\n"},
    {"apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
     "What becomes of the claims.",
     "whenDeleted: Retain or Delete, when the StatefulSet goes.\n"
     "whenScaled: Retain or Delete, when a pod goes because fewer are wanted.\n"},
    {"apps.v1.StatefulSetStatus", "How it stands.",
     "currentRevision: The revision that pods have which are not updated yet.\n"
     "updateRevision: The revision that pods are updated to.\n"},
    {"apps.v1.DeploymentStrategy", "How old pods become new ones.", ""},
    {"apps.v1.DeploymentStatus", "How it stands.", ""},
    {"apps.v1.ReplicaSetStatus", "How it stands.", ""},
    {"apps.v1.DaemonSetStatus", "How it stands.", ""},
    {"core.v1.ReplicationControllerStatus", "How it stands.", ""},
    {"core.v1.ReplicationControllerCondition", "One thing that is true of it, or not.",
     "type: ReplicaFailure or another.\n"},
    {"batch.v1.JobStatus", "How it stands.",
     "uncountedTerminatedPods: Pods that ended and are not in the numbers yet.\n"},
    {"batch.v1.UncountedTerminatedPods", "Pods that ended and are not counted yet.",
     "failed: Those that failed, by uid.\n"
     "succeeded: Those that succeeded, by uid.\n"},
    {"batch.v1.CronJobStatus", "How it stands.", ""},
    {"batch.v1.JobCondition", "One thing that is true of a Job, or not.",
     "type: Complete, Failed, Suspended, SuccessCriteriaMet or FailureTarget.\n"},
    {"batch.v1.JobSpec", NULL, "scheduling: How its pods are scheduled together.\n"},
    {"batch.v1.PodFailurePolicy", "What failed pods mean for the Job.",
     "rules: Rules, of which the first that fits counts.\n"},
    {"batch.v1.PodFailurePolicyRule", "What is done about some failures.",
     "action: FailJob, FailIndex, Ignore or Count.\n"
     "onExitCodes: The exit codes that it is about.\n"
     "onPodConditions: The conditions of the pod that it is about.\n"},
    {"batch.v1.PodFailurePolicyOnExitCodesRequirement", "Some exit codes.",
     "containerName: The container that is meant; by default any.\n"},
    {"batch.v1.PodFailurePolicyOnPodConditionsPattern", "A condition of a pod.",
     "type: The condition's type.\n"},
    {"batch.v1.SuccessPolicy", "When enough pods have succeeded.",
     "rules: Rules, of which one that is met is enough.\n"},
    {"batch.v1.SuccessPolicyRule", "A number or choice of indices that is enough.",
     "succeededCount: How many indices, among those that are named.\n"
     "succeededIndexes: Which indices, as in \"1,3-5\".\n"},
    {"policy.v1.PodDisruptionBudgetStatus", "How it stands.",
     "disruptedPods: Pods whose eviction was granted and that are not gone yet.\n"},
};

const struct core_words_table coretypes_words_detail = {rows, ARRAY_LEN(rows)};
