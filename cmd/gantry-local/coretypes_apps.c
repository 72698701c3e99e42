/* coretypes_apps - apps/v1, batch/v1, policy/v1. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"apps.v1.DaemonSet",
     "metadata meta.v1.ObjectMeta; spec! DaemonSetSpec; status DaemonSetStatus"},
    {"apps.v1.DaemonSetCondition",
     "lastTransitionTime time; message string; reason string; status string =\"\"; "
     "type string =\"\""},
    {"apps.v1.DaemonSetSpec",
     "minReadySeconds int32; revisionHistoryLimit int32 =10; selector! "
     "meta.v1.LabelSelector; template! core.v1.PodTemplateSpec; updateStrategy "
     "DaemonSetUpdateStrategy "
     "={\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":1,"
     "\"maxSurge\":0}}"},
    {"apps.v1.DaemonSetStatus",
     "collisionCount int32; conditions []DaemonSetCondition map:type merge:type; "
     "currentNumberScheduled int32 =0; desiredNumberScheduled int32 =0; "
     "numberAvailable int32; numberMisscheduled int32 =0; numberReady int32 =0; "
     "numberUnavailable int32; observedGeneration int64; updatedNumberScheduled "
     "int32"},
    {"apps.v1.DaemonSetUpdateStrategy",
     "rollingUpdate RollingUpdateDaemonSet; type string {OnDelete|RollingUpdate}"},
    {"apps.v1.Deployment",
     "metadata meta.v1.ObjectMeta; spec! DeploymentSpec; status DeploymentStatus"},
    {"apps.v1.DeploymentCondition",
     "lastTransitionTime time; lastUpdateTime time; message string; reason string; "
     "status string =\"\"; type string =\"\""},
    {"apps.v1.DeploymentSpec",
     "minReadySeconds int32; paused bool; progressDeadlineSeconds int32 =600; "
     "replicas int32 =1; revisionHistoryLimit int32 =10; selector! "
     "meta.v1.LabelSelector; strategy DeploymentStrategy "
     "={\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":\"25%\","
     "\"maxSurge\":\"25%\"}}; "
     "template! core.v1.PodTemplateSpec"},
    {"apps.v1.DeploymentStatus",
     "availableReplicas int32; collisionCount int32; conditions "
     "[]DeploymentCondition map:type merge:type; observedGeneration int64; "
     "readyReplicas int32; replicas int32; terminatingReplicas int32; "
     "unavailableReplicas int32; updatedReplicas int32"},
    {"apps.v1.DeploymentStrategy",
     "rollingUpdate RollingUpdateDeployment; type string =RollingUpdate "
     "{Recreate|RollingUpdate}"},
    {"apps.v1.ReplicaSet",
     "metadata meta.v1.ObjectMeta; spec! ReplicaSetSpec; status ReplicaSetStatus"},
    {"apps.v1.ReplicaSetCondition",
     "lastTransitionTime time; message string; reason string; status string =\"\"; "
     "type string =\"\""},
    {"apps.v1.ReplicaSetSpec",
     "minReadySeconds int32; replicas int32 =1; selector! meta.v1.LabelSelector; "
     "template core.v1.PodTemplateSpec"},
    {"apps.v1.ReplicaSetStatus",
     "availableReplicas int32; conditions []ReplicaSetCondition map:type "
     "merge:type; fullyLabeledReplicas int32; observedGeneration int64; "
     "readyReplicas int32; replicas int32 =0; terminatingReplicas int32"},
    {"apps.v1.RollingUpdateDaemonSet", "maxSurge intstr; maxUnavailable intstr"},
    {"apps.v1.RollingUpdateDeployment", "maxSurge intstr; maxUnavailable intstr"},
    {"apps.v1.RollingUpdateStatefulSetStrategy",
     "maxUnavailable intstr; partition int32"},
    {"apps.v1.StatefulSet",
     "metadata meta.v1.ObjectMeta; spec! StatefulSetSpec; status StatefulSetStatus"},
    {"apps.v1.StatefulSetCondition",
     "lastTransitionTime time; message string; reason string; status string =\"\"; "
     "type string =\"\""},
    {"apps.v1.StatefulSetOrdinals", "start int32 =0"},
    {"apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
     "whenDeleted string; whenScaled string"},
    {"apps.v1.StatefulSetSpec",
     "minReadySeconds int32; ordinals StatefulSetOrdinals; "
     "persistentVolumeClaimRetentionPolicy "
     "StatefulSetPersistentVolumeClaimRetentionPolicy; podManagementPolicy string "
     "=OrderedReady {OrderedReady|Parallel}; replicas int32 =1; "
     "revisionHistoryLimit int32 =10; selector! meta.v1.LabelSelector; serviceName "
     "string =\"\"; template! core.v1.PodTemplateSpec; updateStrategy "
     "StatefulSetUpdateStrategy "
     "={\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":0}}; "
     "volumeClaimTemplates []core.v1.PersistentVolumeClaim"},
    {"apps.v1.StatefulSetStatus",
     "availableReplicas int32 =0; collisionCount int32; conditions "
     "[]StatefulSetCondition map:type merge:type; currentReplicas int32; "
     "currentRevision string; observedGeneration int64; readyReplicas int32; "
     "replicas int32 =0; updateRevision string; updatedReplicas int32"},
    {"apps.v1.StatefulSetUpdateStrategy",
     "rollingUpdate RollingUpdateStatefulSetStrategy; type string "
     "{OnDelete|Recreate|RollingUpdate}"},
    {"batch.v1.Job", "metadata meta.v1.ObjectMeta; spec JobSpec; status JobStatus"},
    {"batch.v1.JobCondition",
     "lastProbeTime time; lastTransitionTime time; message string; reason string; "
     "status string =\"\"; type string =\"\""},
    {"batch.v1.JobSchedulingConfiguration",
     "disruptionMode scheduling.v1alpha3.WorkloadPodGroupDisruptionMode; "
     "resourceClaims []scheduling.v1alpha3.WorkloadPodGroupResourceClaim map:name "
     "merge:name; schedulingConstraints "
     "scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints; schedulingPolicy "
     "scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy"},
    {"batch.v1.JobSpec",
     "activeDeadlineSeconds int64; backoffLimit int32 =6; backoffLimitPerIndex "
     "int32; completionMode string =NonIndexed {Indexed|NonIndexed}; completions "
     "int32; managedBy string; manualSelector bool; maxFailedIndexes int32; "
     "parallelism int32; podFailurePolicy PodFailurePolicy; podReplacementPolicy "
     "string =TerminatingOrFailed {Failed|TerminatingOrFailed}; scheduling "
     "JobSchedulingConfiguration; selector meta.v1.LabelSelector; successPolicy "
     "SuccessPolicy; suspend bool =false; template! core.v1.PodTemplateSpec; "
     "ttlSecondsAfterFinished int32"},
    {"batch.v1.JobStatus",
     "active int32; completedIndexes string; completionTime time; conditions "
     "[]JobCondition merge:type; failed int32; failedIndexes string; ready int32; "
     "startTime time; succeeded int32; terminating int32; uncountedTerminatedPods "
     "UncountedTerminatedPods"},
    {"batch.v1.PodFailurePolicy", "rules! []PodFailurePolicyRule"},
    {"batch.v1.PodFailurePolicyOnExitCodesRequirement",
     "containerName string; operator! string {In|NotIn}; values! []int32 set"},
    {"batch.v1.PodFailurePolicyOnPodConditionsPattern",
     "status string =\"\"; type! string"},
    {"batch.v1.PodFailurePolicyRule",
     "action! string {Count|FailIndex|FailJob|Ignore}; onExitCodes "
     "PodFailurePolicyOnExitCodesRequirement; onPodConditions "
     "[]PodFailurePolicyOnPodConditionsPattern"},
    {"batch.v1.SuccessPolicy", "rules! []SuccessPolicyRule"},
    {"batch.v1.SuccessPolicyRule", "succeededCount int32; succeededIndexes string"},
    {"batch.v1.UncountedTerminatedPods", "failed []string set; succeeded []string set"},
    {"policy.v1.Eviction",
     "deleteOptions meta.v1.DeleteOptions; metadata meta.v1.ObjectMeta"},
    {"policy.v1.PodDisruptionBudget",
     "metadata meta.v1.ObjectMeta; spec PodDisruptionBudgetSpec; status "
     "PodDisruptionBudgetStatus"},
    {"policy.v1.PodDisruptionBudgetSpec",
     "maxUnavailable intstr; minAvailable intstr; selector meta.v1.LabelSelector; "
     "unhealthyPodEvictionPolicy string {AlwaysAllow|IfHealthyBudget}"},
    {"policy.v1.PodDisruptionBudgetStatus",
     "conditions []meta.v1.Condition map:type merge:type; currentHealthy int32 =0; "
     "desiredHealthy int32 =0; disruptedPods {}time; disruptionsAllowed int32 =0; "
     "expectedPods int32 =0; observedGeneration int64"},
    {"scheduling.v1alpha3.TopologyConstraint", "key! string"},
    {"scheduling.v1alpha3.WorkloadPodGroupAllDisruptionMode", ""},
    {"scheduling.v1alpha3.WorkloadPodGroupBasicSchedulingPolicy", ""},
    {"scheduling.v1alpha3.WorkloadPodGroupDisruptionMode",
     "all WorkloadPodGroupAllDisruptionMode; single "
     "WorkloadPodGroupSingleDisruptionMode"},
    {"scheduling.v1alpha3.WorkloadPodGroupGangSchedulingPolicy", "minCount int32"},
    {"scheduling.v1alpha3.WorkloadPodGroupResourceClaim",
     "name! string; resourceClaimName string; resourceClaimTemplateName string"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints",
     "topology []TopologyConstraint"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy",
     "basic WorkloadPodGroupBasicSchedulingPolicy; gang "
     "WorkloadPodGroupGangSchedulingPolicy"},
    {"scheduling.v1alpha3.WorkloadPodGroupSingleDisruptionMode", ""},
};

const struct core_types coretypes_apps = {rows, ARRAY_LEN(rows)};
