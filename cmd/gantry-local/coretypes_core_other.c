/* coretypes_core_other - Core kinds beside Pod. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"core.v1.AttachedVolume", "devicePath string =\"\"; name string =\"\""},
    {"core.v1.Binding", "metadata meta.v1.ObjectMeta; target! ObjectReference"},
    {"core.v1.ClientIPConfig", "timeoutSeconds int32"},
    {"core.v1.ConfigMap", "binaryData {}bytes; data {}string; immutable bool; metadata "
                          "meta.v1.ObjectMeta"},
    {"core.v1.ConfigMapNodeConfigSource",
     "kubeletConfigKey! string; name! string; namespace! string; resourceVersion "
     "string; uid string"},
    {"core.v1.DaemonEndpoint", "Port int32 =0"},
    {"core.v1.EndpointAddress",
     "atomic; hostname string; ip string =\"\"; nodeName string; targetRef "
     "ObjectReference"},
    {"core.v1.EndpointPort",
     "atomic; appProtocol string; name string; port! int32; protocol string "
     "{SCTP|TCP|UDP}"},
    {"core.v1.EndpointSubset",
     "addresses []EndpointAddress; notReadyAddresses []EndpointAddress; ports "
     "[]EndpointPort"},
    {"core.v1.Endpoints", "metadata meta.v1.ObjectMeta; subsets []EndpointSubset"},
    {"core.v1.Event",
     "action string; count int32; eventTime microtime; firstTimestamp time; "
     "involvedObject ObjectReference; lastTimestamp time; message string; metadata "
     "meta.v1.ObjectMeta; reason string; related ObjectReference; "
     "reportingComponent string =\"\"; reportingInstance string =\"\"; series "
     "EventSeries; source EventSource; type string"},
    {"core.v1.EventSeries", "count int32; lastObservedTime microtime"},
    {"core.v1.EventSource", "component string; host string"},
    {"core.v1.LimitRange", "metadata meta.v1.ObjectMeta; spec LimitRangeSpec"},
    {"core.v1.LimitRangeItem",
     "default {}quantity; defaultRequest {}quantity; max {}quantity; "
     "maxLimitRequestRatio {}quantity; min {}quantity; type! string"},
    {"core.v1.LimitRangeSpec", "limits! []LimitRangeItem"},
    {"core.v1.LoadBalancerIngress",
     "hostname string; ip string; ipMode string; ports []PortStatus"},
    {"core.v1.LoadBalancerStatus", "ingress []LoadBalancerIngress"},
    {"core.v1.Namespace",
     "metadata meta.v1.ObjectMeta; spec NamespaceSpec; status NamespaceStatus"},
    {"core.v1.NamespaceCondition",
     "lastTransitionTime time; message string; reason string; status string =\"\"; "
     "type string =\"\""},
    {"core.v1.NamespaceSpec", "finalizers []string"},
    {"core.v1.NamespaceStatus",
     "conditions []NamespaceCondition map:type merge:type; phase string "
     "{Active|Terminating}"},
    {"core.v1.Node", "metadata meta.v1.ObjectMeta; spec NodeSpec; status NodeStatus"},
    {"core.v1.NodeAddress", "address string =\"\"; type string =\"\""},
    {"core.v1.NodeCondition",
     "lastHeartbeatTime time; lastTransitionTime time; message string; reason "
     "string; status string =\"\"; type string =\"\""},
    {"core.v1.NodeConfigSource", "configMap ConfigMapNodeConfigSource"},
    {"core.v1.NodeConfigStatus",
     "active NodeConfigSource; assigned NodeConfigSource; error string; "
     "lastKnownGood NodeConfigSource"},
    {"core.v1.NodeDaemonEndpoints", "kubeletEndpoint DaemonEndpoint"},
    {"core.v1.NodeFeatures", "supplementalGroupsPolicy bool"},
    {"core.v1.NodePodPreemptionPolicy", "disableResizePreemption []string set"},
    {"core.v1.NodeRuntimeHandler",
     "features NodeRuntimeHandlerFeatures; name string =\"\""},
    {"core.v1.NodeRuntimeHandlerFeatures",
     "recursiveReadOnlyMounts bool; userNamespaces bool"},
    {"core.v1.NodeSpec",
     "configSource NodeConfigSource; externalID string; podCIDR string; podCIDRs "
     "[]string set merge; podPreemptionPolicy NodePodPreemptionPolicy; providerID "
     "string; taints []Taint; unschedulable bool"},
    {"core.v1.NodeStatus",
     "addresses []NodeAddress map:type merge:type; allocatable {}quantity; "
     "capacity {}quantity; conditions []NodeCondition map:type merge:type; config "
     "NodeConfigStatus; daemonEndpoints NodeDaemonEndpoints; declaredFeatures "
     "[]string; features NodeFeatures; images []ContainerImage; nodeInfo "
     "NodeSystemInfo; phase string {Pending|Running|Terminated}; runtimeHandlers "
     "[]NodeRuntimeHandler; volumesAttached []AttachedVolume; volumesInUse []string"},
    {"core.v1.NodeSwapStatus", "capacity int64"},
    {"core.v1.NodeSystemInfo",
     "architecture string =\"\"; bootID string =\"\"; containerRuntimeVersion "
     "string =\"\"; kernelVersion string =\"\"; kubeProxyVersion string =\"\"; "
     "kubeletVersion string =\"\"; machineID string =\"\"; operatingSystem string "
     "=\"\"; osImage string =\"\"; runningInUserNamespace bool; swap "
     "NodeSwapStatus; systemUUID string =\"\""},
    {"core.v1.PortStatus",
     "error string; port int32 =0; protocol string =\"\" {SCTP|TCP|UDP}"},
    {"core.v1.ResourceQuota",
     "metadata meta.v1.ObjectMeta; spec ResourceQuotaSpec; status "
     "ResourceQuotaStatus"},
    {"core.v1.ResourceQuotaSpec",
     "hard {}quantity; scopeSelector ScopeSelector; scopes []string"},
    {"core.v1.ResourceQuotaStatus", "hard {}quantity; used {}quantity"},
    {"core.v1.ScopeSelector",
     "atomic; matchExpressions []ScopedResourceSelectorRequirement"},
    {"core.v1.ScopedResourceSelectorRequirement",
     "operator! string {DoesNotExist|Exists|In|NotIn}; scopeName! string "
     "{BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|"
     "Terminating|VolumeAttributesClass}; "
     "values []string"},
    {"core.v1.Secret",
     "data {}bytes; immutable bool; metadata meta.v1.ObjectMeta; stringData "
     "{}string; type string =Opaque"},
    {"core.v1.Service",
     "metadata meta.v1.ObjectMeta; spec ServiceSpec; status ServiceStatus"},
    {"core.v1.ServiceAccount",
     "automountServiceAccountToken bool; imagePullSecrets []LocalObjectReference; "
     "metadata meta.v1.ObjectMeta; secrets []ObjectReference map:name merge:name"},
    {"core.v1.ServicePort",
     "appProtocol string; name string; nodePort int32; port! int32; protocol "
     "string =TCP {SCTP|TCP|UDP}; targetPort intstr"},
    {"core.v1.ServiceSpec",
     "allocateLoadBalancerNodePorts bool; clusterIP string; clusterIPs []string; "
     "externalIPs []string; externalName string; externalTrafficPolicy string "
     "{Cluster|Local}; healthCheckNodePort int32; internalTrafficPolicy string "
     "=Cluster {Cluster|Local}; ipFamilies []string; ipFamilyPolicy string "
     "{PreferDualStack|RequireDualStack|SingleStack}; loadBalancerClass string; "
     "loadBalancerIP string; loadBalancerSourceRanges []string; ports "
     "[]ServicePort map:port,protocol merge:port; publishNotReadyAddresses bool; "
     "selector {}string atomic; sessionAffinity string =None {ClientIP|None}; "
     "sessionAffinityConfig SessionAffinityConfig; trafficDistribution string; "
     "type string =ClusterIP {ClusterIP|ExternalName|LoadBalancer|NodePort}"},
    {"core.v1.ServiceStatus",
     "conditions []meta.v1.Condition map:type merge:type; loadBalancer "
     "LoadBalancerStatus"},
    {"core.v1.SessionAffinityConfig", "clientIP ClientIPConfig"},
    {"core.v1.Taint",
     "effect! string {NoExecute|NoSchedule|PreferNoSchedule}; key! string; "
     "timeAdded time; value string"},
};

const struct core_types coretypes_core_other = {rows, ARRAY_LEN(rows)};
