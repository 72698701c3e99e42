/* coretypes_autoscaling - autoscaling/v1, autoscaling/v2. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"autoscaling.v1.CrossVersionObjectReference",
     "atomic; apiVersion string @3; kind! string @1; name! string @2"},
    {"autoscaling.v1.HorizontalPodAutoscaler",
     "metadata meta.v1.ObjectMeta @1; spec! HorizontalPodAutoscalerSpec @2; status "
     "HorizontalPodAutoscalerStatus @3 ={}"},
    {"autoscaling.v1.HorizontalPodAutoscalerSpec",
     "maxReplicas! int32 @3 =0; minReplicas int32 @2? =1; scaleTargetRef! "
     "CrossVersionObjectReference @1; targetCPUUtilizationPercentage int32 @4?"},
    {"autoscaling.v1.HorizontalPodAutoscalerStatus",
     "currentCPUUtilizationPercentage int32 @5?; currentReplicas~ int32 @3 =0; "
     "desiredReplicas~ int32 @4 =0; lastScaleTime time @2?; observedGeneration int64 "
     "@1?"},
    {"autoscaling.v1.Scale",
     "metadata meta.v1.ObjectMeta @1; spec ScaleSpec @2; status ScaleStatus @3"},
    {"autoscaling.v1.ScaleSpec", "replicas int32 @1 =0"},
    {"autoscaling.v1.ScaleStatus", "replicas int32 @1 =0; selector string @2"},
    {"autoscaling.v2.ContainerResourceMetricSource",
     "container! string @3; name! string @1; target! MetricTarget @2"},
    {"autoscaling.v2.ContainerResourceMetricStatus",
     "container~ string @3 =\"\"; current~ MetricValueStatus @2; name~ string @1 "
     "=\"\""},
    {"autoscaling.v2.CrossVersionObjectReference",
     "apiVersion string @3; kind! string @1; name! string @2"},
    {"autoscaling.v2.ExternalMetricSource",
     "metric! MetricIdentifier @1; target! MetricTarget @2"},
    {"autoscaling.v2.ExternalMetricStatus",
     "current~ MetricValueStatus @2; metric~ MetricIdentifier @1"},
    {"autoscaling.v2.HPAScalingPolicy",
     "periodSeconds! int32 @3 =0; type! string @1; value! int32 @2 =0"},
    {"autoscaling.v2.HPAScalingRules",
     "policies []HPAScalingPolicy @2?; selectPolicy string @1?; "
     "stabilizationWindowSeconds int32 @3?; tolerance quantity @4?"},
    {"autoscaling.v2.HorizontalPodAutoscaler",
     "metadata meta.v1.ObjectMeta @1; spec! HorizontalPodAutoscalerSpec @2; status "
     "HorizontalPodAutoscalerStatus @3 ={}"},
    {"autoscaling.v2.HorizontalPodAutoscalerBehavior",
     "scaleDown HPAScalingRules @2?; scaleUp HPAScalingRules @1?"},
    {"autoscaling.v2.HorizontalPodAutoscalerCondition",
     "lastTransitionTime time @3; message string @5; observedGeneration int64 @6?; "
     "reason string @4; status~ string @2 =\"\"; type~ string @1 =\"\""},
    {"autoscaling.v2.HorizontalPodAutoscalerSpec",
     "behavior HorizontalPodAutoscalerBehavior @5?; maxReplicas! int32 @3 =0; "
     "metrics []MetricSpec @4; minReplicas int32 @2? =1; scaleTargetRef! "
     "CrossVersionObjectReference @1"},
    {"autoscaling.v2.HorizontalPodAutoscalerStatus",
     "conditions []HorizontalPodAutoscalerCondition @6 map:type merge:type; "
     "currentMetrics []MetricStatus @5 =null; currentReplicas int32 @3; "
     "desiredReplicas~ "
     "int32 @4 =0; lastScaleTime time @2?; observedGeneration int64 @1?"},
    {"autoscaling.v2.MetricIdentifier",
     "name! string @1; selector meta.v1.LabelSelector @2?"},
    {"autoscaling.v2.MetricSpec",
     "containerResource ContainerResourceMetricSource @7?; external "
     "ExternalMetricSource @5?; object ObjectMetricSource @2?; pods "
     "PodsMetricSource @3?; resource ResourceMetricSource @4?; type! string @1"},
    {"autoscaling.v2.MetricStatus",
     "containerResource ContainerResourceMetricStatus @7?; external "
     "ExternalMetricStatus @5?; object ObjectMetricStatus @2?; pods "
     "PodsMetricStatus @3?; resource ResourceMetricStatus @4?; type~ string @1 "
     "=\"\""},
    {"autoscaling.v2.MetricTarget",
     "averageUtilization int32 @4?; averageValue quantity @3?; type! string @1; "
     "value quantity @2?"},
    {"autoscaling.v2.MetricValueStatus",
     "averageUtilization int32 @3?; averageValue quantity @2?; value quantity @1?"},
    {"autoscaling.v2.ObjectMetricSource",
     "describedObject! CrossVersionObjectReference @1; metric! MetricIdentifier @3; "
     "target! MetricTarget @2"},
    {"autoscaling.v2.ObjectMetricStatus",
     "current~ MetricValueStatus @2; describedObject~ CrossVersionObjectReference "
     "@3; metric~ MetricIdentifier @1"},
    {"autoscaling.v2.PodsMetricSource",
     "metric! MetricIdentifier @1; target! MetricTarget @2"},
    {"autoscaling.v2.PodsMetricStatus",
     "current~ MetricValueStatus @2; metric~ MetricIdentifier @1"},
    {"autoscaling.v2.ResourceMetricSource", "name! string @1; target! MetricTarget @2"},
    {"autoscaling.v2.ResourceMetricStatus",
     "current~ MetricValueStatus @2; name~ string @1 =\"\""},
};

const struct core_types coretypes_autoscaling = {rows, ARRAY_LEN(rows)};
