/* coretypes_words_workload - what kubectl explain says of what makes, scales and guards
 * pods. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"apps.v1.Deployment",
     "Pods that are alike, replaced step by step when their template changes.", ""},
    {"apps.v1.DeploymentSpec", "The pods that are wanted.",
     "paused: Whether changes of the template wait.\n"
     "progressDeadlineSeconds: Seconds without progress after which it counts as "
     "stuck; 600 by default.\n"
     "replicas: How many pods; 1 by default.\n"
     "selector: Which pods are its own; must match the template's labels, and cannot "
     "change.\n"
     "strategy: How old pods are replaced by new ones.\n"
     "template: What its pods look like.\n"},
    {"apps.v1.DeploymentStrategy", "How old pods are replaced by new ones.",
     "rollingUpdate: How many at a time.\n"
     "type: RollingUpdate by default, or Recreate: all at once.\n"},
    {"apps.v1.RollingUpdateDeployment", "How many pods are replaced at a time.",
     "maxSurge: How many more than wanted there may be; 25% by default.\n"
     "maxUnavailable: How many less than wanted there may be; 25% by default.\n"},
    {"apps.v1.DeploymentStatus", "How far the Deployment is.", ""},
    {"apps.v1.ReplicaSet", "Pods that are alike; a Deployment makes such.", ""},
    {"apps.v1.ReplicaSetSpec", "The pods that are wanted.",
     "replicas: How many pods; 1 by default.\n"
     "selector: Which pods are its own; must match the template's labels, and cannot "
     "change.\n"
     "template: What its pods look like.\n"},
    {"apps.v1.ReplicaSetStatus", "How far the ReplicaSet is.", ""},
    {"apps.v1.StatefulSet", "Pods with lasting names and volumes: x-0, x-1, ...", ""},
    {"apps.v1.StatefulSetSpec", "The pods that are wanted.",
     "ordinals: The number that the first pod has; 0 by default.\n"
     "persistentVolumeClaimRetentionPolicy: What becomes of claims when pods go.\n"
     "podManagementPolicy: OrderedReady by default, one pod after the other, or "
     "Parallel.\n"
     "replicas: How many pods; 1 by default.\n"
     "selector: Which pods are its own; must match the template's labels, and cannot "
     "change.\n"
     "serviceName: The headless Service that gives the pods their names.\n"
     "template: What its pods look like.\n"
     "updateStrategy: How pods of an old template are replaced.\n"
     "volumeClaimTemplates: Claims that each pod gets.\n"},
    {"apps.v1.StatefulSetUpdateStrategy", "How pods of an old template are replaced.",
     "rollingUpdate: Which, and how many at a time.\n"
     "type: RollingUpdate by default, or OnDelete.\n"},
    {"apps.v1.DaemonSet", "One pod on each node, or on each that is selected.", ""},
    {"apps.v1.DaemonSetSpec", "The pods that are wanted.",
     "selector: Which pods are its own; must match the template's labels, and cannot "
     "change.\n"
     "template: What its pods look like; its nodeSelector says on which nodes they "
     "run.\n"
     "updateStrategy: How pods of an old template are replaced.\n"},
    {"apps.v1.DaemonSetStatus", "How far the DaemonSet is.",
     "currentNumberScheduled: Nodes that have a pod and should.\n"
     "desiredNumberScheduled: Nodes that should have a pod.\n"
     "numberAvailable: Nodes whose pod is available.\n"
     "numberMisscheduled: Nodes that have a pod and should not.\n"
     "numberReady: Nodes whose pod is ready.\n"
     "numberUnavailable: Nodes whose pod is not available.\n"
     "updatedNumberScheduled: Nodes whose pod is of the newest template.\n"},
    {"apps.v1.ControllerRevision", "A state that a controller can go back to.",
     "data: The state.\n"
     "revision: Its number.\n"},
    {"core.v1.ReplicationController",
     "Pods that are alike; the forerunner of ReplicaSet.", ""},
    {"core.v1.ReplicationControllerSpec", "The pods that are wanted.",
     "replicas: How many pods; 1 by default.\n"
     "selector: Labels of its own pods; by default the template's.\n"
     "template: What its pods look like.\n"},
    {"batch.v1.Job", "Pods that run to their end.", ""},
    {"batch.v1.JobSpec", "The pods that are to run, and when it is enough.",
     "activeDeadlineSeconds: Seconds after which the job fails, whatever its pods do.\n"
     "backoffLimit: Failed pods before the job has failed; 6 by default.\n"
     "backoffLimitPerIndex: Failed pods of one index before that index has failed.\n"
     "completionMode: NonIndexed by default, or Indexed: each pod has a number.\n"
     "completions: Pods that must succeed.\n"
     "managedBy: The controller that runs it, if not Kubernetes' own.\n"
     "manualSelector: Whether selector is chosen by hand. Better leave it.\n"
     "maxFailedIndexes: Failed indexes before the job has failed.\n"
     "parallelism: Pods that may run at a time; 1 by default.\n"
     "podFailurePolicy: What failures of pods mean.\n"
     "podReplacementPolicy: Whether a pod is replaced as it ends, or when it has "
     "failed.\n"
     "selector: Which pods are its own; the server makes it.\n"
     "successPolicy: When the job has succeeded before all pods have.\n"
     "suspend: Whether no pods run for now.\n"
     "template: What its pods look like; restartPolicy must be Never or OnFailure.\n"
     "ttlSecondsAfterFinished: Seconds after its end when the job is deleted.\n"},
    {"batch.v1.JobStatus", "How far the job is.",
     "active: Pods that have not ended.\n"
     "completedIndexes: Indexes that have succeeded, such as 1,3-5.\n"
     "completionTime: When it succeeded.\n"
     "failed: Pods that failed.\n"
     "failedIndexes: Indexes that have failed.\n"
     "ready: Pods that are ready.\n"
     "startTime: When it was first acted on.\n"
     "succeeded: Pods that succeeded.\n"
     "terminating: Pods that are being deleted.\n"},
    {"batch.v1.CronJob", "Jobs by the clock.", ""},
    {"batch.v1.CronJobSpec", "The jobs, and when they start.",
     "concurrencyPolicy: While one runs: Allow another by default, Forbid it, or "
     "Replace it.\n"
     "failedJobsHistoryLimit: Failed jobs that are kept; 1 by default.\n"
     "jobTemplate: What its jobs look like.\n"
     "schedule: Minute, hour, day of month, month, day of week, as in cron.\n"
     "startingDeadlineSeconds: Seconds that a job may be late.\n"
     "successfulJobsHistoryLimit: Succeeded jobs that are kept; 3 by default.\n"
     "suspend: Whether no jobs start for now.\n"
     "timeZone: The time zone of the schedule, such as Europe/Berlin.\n"},
    {"batch.v1.CronJobStatus", "What ran.",
     "active: Jobs that run.\n"
     "lastScheduleTime: When a job last started.\n"
     "lastSuccessfulTime: When a job last succeeded.\n"},
    {"batch.v1.JobTemplateSpec", "What jobs that are made from it look like.", ""},
    {"autoscaling.v1.HorizontalPodAutoscaler",
     "Changes how many pods there are, by how much of their CPUs they use. A second "
     "version knows more.",
     ""},
    {"autoscaling.v1.HorizontalPodAutoscalerSpec", "What is scaled, and how far.",
     "maxReplicas: The most pods.\n"
     "minReplicas: The fewest pods; 1 by default.\n"
     "scaleTargetRef: What is scaled.\n"
     "targetCPUUtilizationPercentage: How much of the CPU that they ask for pods are "
     "to use, in per cent; 80 by default.\n"},
    {"autoscaling.v1.HorizontalPodAutoscalerStatus", "How it stands.",
     "currentCPUUtilizationPercentage: How much of their CPUs the pods use.\n"
     "currentReplicas: How many pods there were when last looked.\n"
     "desiredReplicas: How many pods it last asked for.\n"
     "lastScaleTime: When it last changed their number.\n"},
    {"autoscaling.v1.CrossVersionObjectReference", "An object.", ""},
    {"autoscaling.v2.HorizontalPodAutoscaler",
     "Changes how many pods there are, by how busy they are.", ""},
    {"autoscaling.v2.HorizontalPodAutoscalerSpec", "What is scaled, and by what.",
     "behavior: How fast it may go, in either direction.\n"
     "maxReplicas: The most pods.\n"
     "metrics: What is measured; the one that asks for most pods counts. 80% of the "
     "CPU by default.\n"
     "minReplicas: The fewest pods; 1 by default.\n"
     "scaleTargetRef: What is scaled.\n"},
    {"autoscaling.v2.MetricSpec", "Something that is measured.",
     "type: Which of the others is set.\n"
     "resource: The pods' CPU or memory.\n"
     "containerResource: CPU or memory of one container.\n"
     "pods: A measure of each pod.\n"
     "object: A measure of one object.\n"
     "external: A measure from outside of the cluster.\n"},
    {"autoscaling.v2.MetricTarget", "The value to be kept.",
     "averageUtilization: Percent of what the pods request.\n"
     "averageValue: A value for each pod.\n"
     "type: Utilization, Value or AverageValue.\n"
     "value: A value.\n"},
    {"autoscaling.v1.Scale", "How many pods something has.", ""},
    {"policy.v1.PodDisruptionBudget",
     "How many pods may be away at a time by somebody's will.", ""},
    {"policy.v1.PodDisruptionBudgetSpec", "The pods, and how many must stay.",
     "maxUnavailable: How many may be away; a number or a percentage.\n"
     "minAvailable: How many must stay; a number or a percentage.\n"
     "selector: The pods; an empty one means all of the namespace.\n"
     "unhealthyPodEvictionPolicy: Whether pods that are not ready may go in any "
     "case.\n"},
    {"policy.v1.PodDisruptionBudgetStatus", "How many may go now.",
     "currentHealthy: Pods that are ready.\n"
     "desiredHealthy: Pods that must be.\n"
     "disruptionsAllowed: Pods that may go.\n"
     "expectedPods: Pods that count.\n"},
    {"policy.v1.Eviction", "Asks that a pod goes, if its budgets allow that.", ""},
};

const struct core_words_table coretypes_words_workload = {rows, ARRAY_LEN(rows)};
