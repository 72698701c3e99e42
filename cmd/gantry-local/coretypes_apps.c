/* coretypes_apps - apps/v1, batch/v1, policy/v1. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"apps.v1.ControllerRevision",
     "data~ raw @2; metadata meta.v1.ObjectMeta @1; revision int64 @3 =0"},
    {"apps.v1.DaemonSet",
     "metadata meta.v1.ObjectMeta @1; spec! DaemonSetSpec @2; status "
     "DaemonSetStatus @3 ={}"},
    {"apps.v1.DaemonSetCondition",
     "lastTransitionTime time @3; message string @5; reason string @4; status string "
     "@2 =\"\"; type string @1 =\"\""},
    {"apps.v1.DaemonSetSpec",
     "minReadySeconds int32 @4; revisionHistoryLimit int32 @6? =10; selector! "
     "meta.v1.LabelSelector @1? late; template! core.v1.PodTemplateSpec @2; "
     "updateStrategy DaemonSetUpdateStrategy @3"},
    {"apps.v1.DaemonSetStatus",
     "collisionCount int32 @9?; conditions []DaemonSetCondition @10 map:type "
     "merge:type; currentNumberScheduled~ int32 @1 =0; desiredNumberScheduled~ "
     "int32 @3 =0; numberAvailable int32 @7; numberMisscheduled~ int32 @2 =0; "
     "numberReady~ int32 @4 =0; numberUnavailable int32 @8; observedGeneration "
     "int64 @5; updatedNumberScheduled int32 @6"},
    {"apps.v1.DaemonSetUpdateStrategy", "rollingUpdate RollingUpdateDaemonSet @2?; "
                                        "type string @1 {/OnDelete|RollingUpdate}"},
    {"apps.v1.Deployment",
     "metadata meta.v1.ObjectMeta @1; spec! DeploymentSpec @2; status "
     "DeploymentStatus @3 ={}"},
    {"apps.v1.DeploymentCondition",
     "lastTransitionTime time @7; lastUpdateTime time @6; message string @5; reason "
     "string @4; status string @2 =\"\"; type string @1 =\"\""},
    {"apps.v1.DeploymentSpec",
     "minReadySeconds int32 @5; paused bool @7; progressDeadlineSeconds int32 @9? "
     "=600; replicas int32 @1? =1; revisionHistoryLimit int32 @6? =10; selector! "
     "meta.v1.LabelSelector @2?; strategy DeploymentStrategy @4 retain; template! "
     "core.v1.PodTemplateSpec @3"},
    {"apps.v1.DeploymentStatus",
     "availableReplicas int32 @4; collisionCount int32 @8?; conditions "
     "[]DeploymentCondition @6 map:type merge:type; observedGeneration int64 @1; "
     "readyReplicas int32 @7; replicas int32 @2; terminatingReplicas int32 @9?; "
     "unavailableReplicas int32 @5; updatedReplicas int32 @3"},
    {"apps.v1.DeploymentStrategy",
     "rollingUpdate RollingUpdateDeployment @2?; type string @1 "
     "{/Recreate|RollingUpdate}"},
    {"apps.v1.ReplicaSet",
     "metadata meta.v1.ObjectMeta @1; spec! ReplicaSetSpec @2; status "
     "ReplicaSetStatus @3 ={}"},
    {"apps.v1.ReplicaSetCondition",
     "lastTransitionTime time @3; message string @5; reason string @4; status string "
     "@2 =\"\"; type string @1 =\"\""},
    {"apps.v1.ReplicaSetSpec",
     "minReadySeconds int32 @4; replicas int32 @1? =1; selector! meta.v1.LabelSelector "
     "@2?; template core.v1.PodTemplateSpec @3 ={}"},
    {"apps.v1.ReplicaSetStatus",
     "availableReplicas int32 @5; conditions []ReplicaSetCondition @6 map:type "
     "merge:type; fullyLabeledReplicas int32 @2; observedGeneration int64 @3; "
     "readyReplicas int32 @4; replicas~ int32 @1 =0; terminatingReplicas int32 @7?"},
    {"apps.v1.RollingUpdateDaemonSet",
     "maxSurge intstr @2?; maxUnavailable intstr @1?"},
    {"apps.v1.RollingUpdateDeployment",
     "maxSurge intstr @2?; maxUnavailable intstr @1?"},
    {"apps.v1.RollingUpdateStatefulSetStrategy",
     "maxUnavailable intstr @2?; partition int32 @1?"},
    {"apps.v1.StatefulSet",
     "metadata meta.v1.ObjectMeta @1; spec! StatefulSetSpec @2; status "
     "StatefulSetStatus @3 ={}"},
    {"apps.v1.StatefulSetCondition",
     "lastTransitionTime time @3; message string @5; reason string @4; status string "
     "@2 =\"\"; type string @1 =\"\""},
    {"apps.v1.StatefulSetOrdinals", "start int32 @1 =0"},
    {"apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
     "whenDeleted string @1 =Retain; whenScaled string @2 =Retain"},
    {"apps.v1.StatefulSetSpec",
     "minReadySeconds int32 @9; ordinals StatefulSetOrdinals @11?; "
     "persistentVolumeClaimRetentionPolicy "
     "StatefulSetPersistentVolumeClaimRetentionPolicy @10? ={}; podManagementPolicy "
     "string @6 =OrderedReady; replicas int32 @1? =1; revisionHistoryLimit int32 "
     "@8? =10; selector! meta.v1.LabelSelector @2?; serviceName string @5 =\"\"; "
     "template! core.v1.PodTemplateSpec @3; updateStrategy "
     "StatefulSetUpdateStrategy @7; volumeClaimTemplates "
     "[]core.v1.PersistentVolumeClaim @4"},
    {"apps.v1.StatefulSetStatus",
     "availableReplicas int32 @11 =0; collisionCount int32 @9?; conditions "
     "[]StatefulSetCondition @10 map:type merge:type; currentReplicas int32 @4; "
     "currentRevision string @6; observedGeneration int64 @1; readyReplicas int32 "
     "@3; replicas~ int32 @2 =0; updateRevision string @7; updatedReplicas int32 @5"},
    {"apps.v1.StatefulSetUpdateStrategy",
     "rollingUpdate RollingUpdateStatefulSetStrategy @2?; type string @1 "
     "{/OnDelete|Recreate|RollingUpdate}"},
    {"batch.v1.CronJob",
     "metadata meta.v1.ObjectMeta @1; spec! CronJobSpec @2; status CronJobStatus @3 "
     "={}"},
    {"batch.v1.CronJobSpec",
     "concurrencyPolicy string @3 =Allow {Allow|Forbid|Replace}; "
     "failedJobsHistoryLimit int32 @7? =1; jobTemplate! JobTemplateSpec @5; "
     "schedule! string @1; startingDeadlineSeconds int64 @2?; "
     "successfulJobsHistoryLimit int32 @6? =3; suspend bool @4? =false; timeZone "
     "string @8?"},
    {"batch.v1.CronJobStatus",
     "active []core.v1.ObjectReference @1; lastScheduleTime time @4?; "
     "lastSuccessfulTime time @5?"},
    {"batch.v1.Job",
     "metadata meta.v1.ObjectMeta @1; spec JobSpec @2 ={}; status JobStatus @3 ={}"},
    {"batch.v1.JobCondition",
     "lastProbeTime time @3; lastTransitionTime time @4; message string @6; reason "
     "string @5; status~ string @2 =\"\"; type~ string @1 =\"\""},
    {"batch.v1.JobSchedulingConfiguration",
     "disruptionMode scheduling.v1alpha3.WorkloadPodGroupDisruptionMode @3?; "
     "resourceClaims []scheduling.v1alpha3.WorkloadPodGroupResourceClaim @4 map:name "
     "merge:name; schedulingConstraints "
     "scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints @2?; schedulingPolicy "
     "scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy @1?"},
    {"batch.v1.JobSpec",
     "activeDeadlineSeconds int64 @3?; backoffLimit int32 @7?; backoffLimitPerIndex "
     "int32 @12?; completionMode string @9? {NonIndexed|Indexed}; completions int32 "
     "@2?; managedBy string @15?; manualSelector bool @5?; maxFailedIndexes int32 "
     "@13?; parallelism int32 @1?; podFailurePolicy PodFailurePolicy @11?; "
     "podReplacementPolicy string @14? {Failed|TerminatingOrFailed}; scheduling "
     "JobSchedulingConfiguration @17?; selector meta.v1.LabelSelector @4?; "
     "successPolicy SuccessPolicy @16?; suspend bool @10?; template! "
     "core.v1.PodTemplateSpec @6; ttlSecondsAfterFinished int32 @8?"},
    {"batch.v1.JobStatus",
     "active int32 @4; completedIndexes string @7; completionTime time @3?; conditions "
     "[]JobCondition @1 merge:type; failed int32 @6; failedIndexes string @10?; ready "
     "int32 @9?; startTime time @2?; succeeded int32 @5; terminating int32 @11?; "
     "uncountedTerminatedPods UncountedTerminatedPods @8?"},
    {"batch.v1.JobTemplateSpec",
     "metadata meta.v1.ObjectMeta @1 ={}; spec JobSpec @2 ={}"},
    {"batch.v1.PodFailurePolicy", "rules~ []PodFailurePolicyRule @1 =null"},
    {"batch.v1.PodFailurePolicyOnExitCodesRequirement",
     "containerName string @1?; operator! string @2 {In|NotIn}; values! []int32 @3 "
     "set"},
    {"batch.v1.PodFailurePolicyOnPodConditionsPattern",
     "status string @2 =\"\"; type! string @1"},
    {"batch.v1.PodFailurePolicyRule",
     "action! string @1 {Count|FailIndex|FailJob|Ignore}; onExitCodes "
     "PodFailurePolicyOnExitCodesRequirement @2?; onPodConditions "
     "[]PodFailurePolicyOnPodConditionsPattern @3"},
    {"batch.v1.SuccessPolicy", "rules! []SuccessPolicyRule @1"},
    {"batch.v1.SuccessPolicyRule",
     "succeededCount int32 @2?; succeededIndexes string @1?"},
    {"batch.v1.UncountedTerminatedPods",
     "failed []string @2 set; succeeded []string @1 set"},
    {"policy.v1.Eviction",
     "deleteOptions meta.v1.DeleteOptions @2?; metadata meta.v1.ObjectMeta @1"},
    {"policy.v1.PodDisruptionBudget",
     "metadata meta.v1.ObjectMeta @1; spec PodDisruptionBudgetSpec @2 ={}; status "
     "PodDisruptionBudgetStatus @3 ={}"},
    {"policy.v1.PodDisruptionBudgetSpec",
     "maxUnavailable intstr @3?; minAvailable intstr @1?; selector "
     "meta.v1.LabelSelector @2? replace; unhealthyPodEvictionPolicy string @4? "
     "{AlwaysAllow|IfHealthyBudget}"},
    {"policy.v1.PodDisruptionBudgetStatus",
     "conditions []meta.v1.Condition @7 map:type merge:type; currentHealthy int32 @4 "
     "=0; desiredHealthy int32 @5 =0; disruptedPods {}time @2; disruptionsAllowed "
     "int32 @3 =0; expectedPods int32 @6 =0; observedGeneration int64 @1"},
    {"scheduling.v1alpha3.TopologyConstraint", "key! string @1"},
    {"scheduling.v1alpha3.WorkloadPodGroupAllDisruptionMode", ""},
    {"scheduling.v1alpha3.WorkloadPodGroupBasicSchedulingPolicy", ""},
    {"scheduling.v1alpha3.WorkloadPodGroupDisruptionMode",
     "all WorkloadPodGroupAllDisruptionMode @2?; single "
     "WorkloadPodGroupSingleDisruptionMode @1?"},
    {"scheduling.v1alpha3.WorkloadPodGroupGangSchedulingPolicy", "minCount int32 @1"},
    {"scheduling.v1alpha3.WorkloadPodGroupResourceClaim",
     "name! string @1; resourceClaimName string @2?; resourceClaimTemplateName "
     "string @3?"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints",
     "topology []TopologyConstraint @1"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy",
     "basic WorkloadPodGroupBasicSchedulingPolicy @1?; gang "
     "WorkloadPodGroupGangSchedulingPolicy @2?"},
    {"scheduling.v1alpha3.WorkloadPodGroupSingleDisruptionMode", ""},
};

const struct core_types coretypes_apps = {rows, ARRAY_LEN(rows)};
