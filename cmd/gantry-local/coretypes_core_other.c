/* coretypes_core_other - Core kinds beside Pod. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"core.v1.AttachedVolume", "devicePath~ string @2 =\"\"; name~ string @1 =\"\""},
    {"core.v1.Binding", "metadata meta.v1.ObjectMeta @1; target! ObjectReference @2"},
    {"core.v1.ClientIPConfig", "timeoutSeconds int32 @1?"},
    {"core.v1.ConfigMap", "binaryData {}bytes @3; data {}string @2; immutable bool "
                          "@4?; metadata meta.v1.ObjectMeta @1"},
    {"core.v1.ConfigMapNodeConfigSource",
     "kubeletConfigKey! string @5; name! string @2; namespace! string @1; "
     "resourceVersion string @4; uid string @3"},
    {"core.v1.DaemonEndpoint", "Port~ int32 @1 =0"},
    {"core.v1.EndpointAddress",
     "atomic; hostname string @3; ip~ string @1 =\"\"; nodeName string @4?; "
     "targetRef ObjectReference @2?"},
    {"core.v1.EndpointPort",
     "atomic; appProtocol string @4?; name string @1; port! int32 @2; protocol "
     "string @3 =TCP {SCTP|TCP|UDP}"},
    {"core.v1.EndpointSubset", "addresses []EndpointAddress @1; notReadyAddresses "
                               "[]EndpointAddress @2; ports []EndpointPort @3"},
    {"core.v1.Endpoints",
     "metadata meta.v1.ObjectMeta @1; subsets []EndpointSubset @2"},
    {"core.v1.Event",
     "action string @12; count int32 @8; eventTime microtime @10; firstTimestamp "
     "time @6; involvedObject~ ObjectReference @2; lastTimestamp time @7; message "
     "string @4; metadata~ meta.v1.ObjectMeta @1; reason string @3; related "
     "ObjectReference @13?; reportingComponent string @14 =\"\"; reportingInstance "
     "string @15 =\"\"; series EventSeries @11?; source EventSource @5; type string "
     "@9"},
    {"core.v1.EventSeries", "count int32 @1; lastObservedTime microtime @2"},
    {"core.v1.EventSource", "component string @1; host string @2"},
    {"core.v1.LimitRange", "metadata meta.v1.ObjectMeta @1; spec LimitRangeSpec @2"},
    {"core.v1.LimitRangeItem",
     "default {}quantity @4; defaultRequest {}quantity @5; max {}quantity @2; "
     "maxLimitRequestRatio {}quantity @6; min {}quantity @3; type! string @1"},
    {"core.v1.LimitRangeSpec", "limits~ []LimitRangeItem @1 =null"},
    {"core.v1.LoadBalancerIngress",
     "hostname string @2; ip string @1; ipMode string @3?; ports []PortStatus @4"},
    {"core.v1.LoadBalancerStatus", "ingress []LoadBalancerIngress @1"},
    {"core.v1.Namespace", "metadata meta.v1.ObjectMeta @1; spec NamespaceSpec @2; "
                          "status NamespaceStatus @3"},
    {"core.v1.NamespaceCondition",
     "lastTransitionTime time @4; message string @6; reason string @5; status~ "
     "string @2 =\"\"; type~ string @1 =\"\""},
    {"core.v1.NamespaceSpec", "finalizers []string @1"},
    {"core.v1.NamespaceStatus", "conditions []NamespaceCondition @2 map:type "
                                "merge:type; phase string @1 {Active|Terminating}"},
    {"core.v1.Node",
     "metadata meta.v1.ObjectMeta @1; spec NodeSpec @2; status NodeStatus @3"},
    {"core.v1.NodeAddress", "address~ string @2 =\"\"; type~ string @1 =\"\""},
    {"core.v1.NodeCondition",
     "lastHeartbeatTime time @3; lastTransitionTime time @4; message string @6; "
     "reason string @5; status~ string @2 =\"\"; type~ string @1 =\"\""},
    {"core.v1.NodeConfigSource", "configMap ConfigMapNodeConfigSource @2?"},
    {"core.v1.NodeConfigStatus",
     "active NodeConfigSource @2?; assigned NodeConfigSource @1?; error string @4; "
     "lastKnownGood NodeConfigSource @3?"},
    {"core.v1.NodeDaemonEndpoints", "kubeletEndpoint DaemonEndpoint @1"},
    {"core.v1.NodeFeatures", "supplementalGroupsPolicy bool @1?"},
    {"core.v1.NodePodPreemptionPolicy", "disableResizePreemption []string @1 set"},
    {"core.v1.NodeRuntimeHandler",
     "features NodeRuntimeHandlerFeatures @2?; name string @1 =\"\""},
    {"core.v1.NodeRuntimeHandlerFeatures",
     "recursiveReadOnlyMounts bool @1?; userNamespaces bool @2?"},
    {"core.v1.NodeSpec",
     "configSource NodeConfigSource @6?; externalID string @2; podCIDR string @1; "
     "podCIDRs []string @7 set merge; podPreemptionPolicy NodePodPreemptionPolicy @8?; "
     "providerID string @3; taints []Taint @5; unschedulable bool @4"},
    {"core.v1.NodeStatus",
     "addresses []NodeAddress @5 map:type merge:type; allocatable {}quantity @2; "
     "capacity {}quantity @1; conditions []NodeCondition @4 map:type merge:type; "
     "config NodeConfigStatus @11?; daemonEndpoints NodeDaemonEndpoints @6; "
     "declaredFeatures []string @14; features NodeFeatures @13?; images "
     "[]ContainerImage @8; nodeInfo NodeSystemInfo @7; phase string @3 "
     "{Pending|Running|Terminated}; runtimeHandlers []NodeRuntimeHandler @12; "
     "volumesAttached []AttachedVolume @10; volumesInUse []string @9"},
    {"core.v1.NodeSwapStatus", "capacity int64 @1?"},
    {"core.v1.NodeSystemInfo",
     "architecture~ string @10 =\"\"; bootID~ string @3 =\"\"; "
     "containerRuntimeVersion~ string @6 =\"\"; kernelVersion~ string @4 =\"\"; "
     "kubeProxyVersion~ string @8 =\"\"; kubeletVersion~ string @7 =\"\"; "
     "machineID~ string @1 =\"\"; operatingSystem~ string @9 =\"\"; osImage~ string "
     "@5 =\"\"; runningInUserNamespace bool @12?; swap NodeSwapStatus @11?; "
     "systemUUID~ string @2 =\"\""},
    {"core.v1.PodTemplate",
     "metadata meta.v1.ObjectMeta @1; template PodTemplateSpec @2 ={}"},
    {"core.v1.PortStatus",
     "error string @3?; port~ int32 @1 =0; protocol~ string @2 =\"\" {SCTP|TCP|UDP}"},
    {"core.v1.ReplicationController",
     "metadata meta.v1.ObjectMeta @1; spec ReplicationControllerSpec @2; status "
     "ReplicationControllerStatus @3 ={}"},
    {"core.v1.ReplicationControllerCondition",
     "lastTransitionTime time @3; message string @5; reason string @4; status~ "
     "string @2 =\"\"; type~ string @1 =\"\""},
    {"core.v1.ReplicationControllerSpec",
     "minReadySeconds int32 @4; replicas int32 @1? =1; selector {}string @2 atomic; "
     "template PodTemplateSpec @3?"},
    {"core.v1.ReplicationControllerStatus",
     "availableReplicas int32 @5; conditions []ReplicationControllerCondition @6 "
     "map:type merge:type; fullyLabeledReplicas int32 @2; observedGeneration int64 "
     "@3; readyReplicas int32 @4; replicas~ int32 @1 =0"},
    {"core.v1.ResourceQuota",
     "metadata meta.v1.ObjectMeta @1; spec ResourceQuotaSpec @2 ={}; status "
     "ResourceQuotaStatus @3 ={}"},
    {"core.v1.ResourceQuotaSpec",
     "hard {}quantity @1; scopeSelector ScopeSelector @3?; scopes []string @2"},
    {"core.v1.ResourceQuotaStatus", "hard {}quantity @1; used {}quantity @2"},
    {"core.v1.ScopeSelector",
     "atomic; matchExpressions []ScopedResourceSelectorRequirement @1"},
    {"core.v1.ScopedResourceSelectorRequirement",
     "operator! string @2 {DoesNotExist|Exists|In|NotIn}; scopeName! string @1 "
     "{BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|"
     "Terminating|VolumeAttributesClass}; values []string @3"},
    {"core.v1.Secret",
     "data {}bytes @2; immutable bool @5?; metadata meta.v1.ObjectMeta @1; stringData "
     "{}string @4; type string @3 =Opaque"},
    {"core.v1.Service",
     "metadata meta.v1.ObjectMeta @1; spec ServiceSpec @2; status ServiceStatus @3 "
     "={}"},
    {"core.v1.ServiceAccount",
     "automountServiceAccountToken bool @4?; imagePullSecrets []LocalObjectReference "
     "@3; metadata meta.v1.ObjectMeta @1; secrets []ObjectReference @2 map:name "
     "merge:name"},
    {"core.v1.ServicePort",
     "appProtocol string @6?; name string @1; nodePort int32 @5; port! int32 @3; "
     "protocol string @2 =TCP {SCTP|TCP|UDP}; targetPort intstr @4"},
    {"core.v1.ServiceSpec",
     "allocateLoadBalancerNodePorts bool @20?; clusterIP string @3; clusterIPs "
     "[]string @18; externalIPs []string @5; externalName string @10; "
     "externalTrafficPolicy string @11 {Cluster|Local}; healthCheckNodePort int32 "
     "@12; internalTrafficPolicy string @22? {Cluster|Local}; ipFamilies []string "
     "@19; ipFamilyPolicy string @17? "
     "{PreferDualStack|RequireDualStack|SingleStack}; loadBalancerClass string "
     "@21?; loadBalancerIP string @8; loadBalancerSourceRanges []string @9; ports "
     "[]ServicePort @1 map:port,protocol merge:port; publishNotReadyAddresses bool "
     "@13; selector {}string @2 atomic; sessionAffinity string @7 =None "
     "{ClientIP|None}; sessionAffinityConfig SessionAffinityConfig @14?; "
     "trafficDistribution string @23?; type string @4 =ClusterIP "
     "{ClusterIP|ExternalName|LoadBalancer|NodePort}"},
    {"core.v1.ServiceStatus",
     "conditions []meta.v1.Condition @2 map:type merge:type; loadBalancer "
     "LoadBalancerStatus @1 ={}"},
    {"core.v1.SessionAffinityConfig", "clientIP ClientIPConfig @1?"},
    {"core.v1.Taint",
     "effect! string @3 {/NoExecute|NoSchedule|PreferNoSchedule}; key! "
     "string @1; timeAdded time @4?; value string @2"},
};

const struct core_types coretypes_core_other = {rows, ARRAY_LEN(rows)};
