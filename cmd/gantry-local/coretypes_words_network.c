/* coretypes_words_network - what explain says of nodes, Services and autoscalers. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.NodeSpec", NULL,
     "configSource: No longer used.\n"
     "externalID: No longer used.\n"
     "podCIDRs: The ranges that pods get their addresses from.\n"
     "podPreemptionPolicy: Whether pods of the node may be ended for others.\n"},
    {"core.v1.NodeStatus", NULL,
     "config: No longer used.\n"
     "declaredFeatures: What the kubelet says that it can do.\n"
     "features: What the container runtime can do.\n"
     "runtimeHandlers: The ways in which it can run containers.\n"
     "volumesAttached: Volumes that are attached to the node.\n"
     "volumesInUse: Volumes that pods of the node use.\n"},
    {"core.v1.NodeSystemInfo", "What the node runs on.",
     "architecture: The processor's architecture.\n"
     "bootID: Another one after each boot.\n"
     "containerRuntimeVersion: The container runtime and its version.\n"
     "kernelVersion: The kernel.\n"
     "kubeProxyVersion: No longer used.\n"
     "kubeletVersion: The kubelet.\n"
     "machineID: The machine's own number.\n"
     "operatingSystem: linux or windows.\n"
     "osImage: The distribution.\n"
     "runningInUserNamespace: Whether the kubelet runs in a user namespace.\n"
     "swap: What it can swap to.\n"
     "systemUUID: The number that the hardware has.\n"},
    {"core.v1.NodeSwapStatus", "What the node can swap to.",
     "capacity: How many bytes.\n"},
    {"core.v1.NodeAddress", "An address of the node.",
     "address: The address or name.\n"
     "type: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.\n"},
    {"core.v1.NodeCondition", "One thing that is true of a node, or not.",
     "type: Ready, MemoryPressure, DiskPressure, PIDPressure or another.\n"},
    {"core.v1.ContainerImage", "An image that the node has.",
     "names: The names that it goes by.\n"
     "sizeBytes: Its size.\n"},
    {"core.v1.AttachedVolume", "A volume that is attached to the node.",
     "devicePath: The device that it is there.\n"},
    {"core.v1.NodeDaemonEndpoints", "Where the node's programs listen.",
     "kubeletEndpoint: The kubelet.\n"},
    {"core.v1.DaemonEndpoint", "Where a program listens.", "Port: The port.\n"},
    {"core.v1.NodeFeatures", "What the container runtime can do.",
     "supplementalGroupsPolicy: Whether pods may say how supplemental groups are "
     "found.\n"},
    {"core.v1.NodeRuntimeHandler", "A way in which the node can run containers.",
     "features: What it can do.\n"},
    {"core.v1.NodeRuntimeHandlerFeatures", "What a way of running containers can do.",
     "recursiveReadOnlyMounts: Whether it can mount read-only with all that is below.\n"
     "userNamespaces: Whether it knows user namespaces.\n"},
    {"core.v1.NamespaceSpec", NULL,
     "finalizers: What must be done before the namespace can go.\n"},
    {"core.v1.NamespaceCondition", "One thing that is true of a namespace, or not.",
     "type: What its deletion still waits for.\n"},
    {"core.v1.ServiceSpec", NULL,
     "healthCheckNodePort: Where load balancers ask a node whether it has pods of the "
     "Service.\n"},
    {"core.v1.ServiceStatus", "How it stands.", "loadBalancer: The load balancer.\n"},
    {"core.v1.LoadBalancerStatus", "A load balancer.",
     "ingress: Where it takes traffic.\n"},
    {"core.v1.LoadBalancerIngress", "Where a load balancer takes traffic.",
     "ip: The address.\n"
     "ipMode: VIP, or Proxy where traffic comes with the node's address.\n"
     "ports: The ports, with what is wrong with them.\n"},
    {"core.v1.PortStatus", "A port of a load balancer.",
     "error: What is wrong with it, as one word.\n"
     "port: The port.\n"
     "protocol: TCP, UDP or SCTP.\n"},
    {"core.v1.SessionAffinityConfig", "How clients are held to a pod.",
     "clientIP: By their address.\n"},
    {"core.v1.ClientIPConfig", "How long a client is held to a pod.",
     "timeoutSeconds: Seconds; 10800 by default.\n"},
    {"core.v1.EndpointSubset", "Addresses that have the same ports.",
     "addresses: Those that are ready.\n"
     "notReadyAddresses: Those that are not.\n"
     "ports: The ports.\n"},
    {"core.v1.EndpointAddress", "An address behind a Service.",
     "ip: The address.\n"
     "targetRef: The pod that has it.\n"},
    {"core.v1.EndpointPort", "A port behind a Service.",
     "appProtocol: What is spoken there, such as kubernetes.io/h2c.\n"
     "port: The port.\n"
     "protocol: TCP by default, UDP or SCTP.\n"},
    {"core.v1.EventSeries", "An event that came again and again.",
     "count: How often.\n"
     "lastObservedTime: When last.\n"},
    {"core.v1.EventSource", "Who tells of the event.",
     "component: The program.\n"
     "host: The node that it runs on.\n"},
    {"events.v1.EventSeries", "An event that came again and again.",
     "count: How often.\n"
     "lastObservedTime: When last.\n"},
    {"events.v1.Event", NULL,
     "action: What was done, or failed, as one word.\n"
     "deprecatedCount: count of the older form.\n"
     "deprecatedFirstTimestamp: firstTimestamp of the older form.\n"
     "deprecatedLastTimestamp: lastTimestamp of the older form.\n"
     "deprecatedSource: source of the older form.\n"
     "related: Another object that it has to do with.\n"
     "reportingInstance: Which of the programs of that name.\n"
     "series: How often it came again.\n"},
    {"discovery.v1.Endpoint", "What is behind a Service under one or more addresses.",
     "addresses: The addresses; all lead to the same.\n"
     "deprecatedTopology: Labels of an older form.\n"
     "hints: From where it should be used.\n"
     "targetRef: The pod.\n"
     "zone: The zone that it is in.\n"},
    {"discovery.v1.EndpointConditions", "What is true of it.",
     "ready: Whether it takes new traffic.\n"
     "serving: Whether it answers, also while it ends.\n"
     "terminating: Whether it is ending.\n"},
    {"discovery.v1.EndpointHints", "From where it should be used.",
     "forNodes: From these nodes.\n"
     "forZones: From these zones.\n"},
    {"discovery.v1.EndpointPort", "A port behind a Service.",
     "appProtocol: What is spoken there, such as kubernetes.io/h2c.\n"
     "port: The port; all, where it is absent.\n"
     "protocol: TCP by default, UDP or SCTP.\n"},
    {"networking.v1.IngressClassSpec", "Who acts, and with which parameters.",
     "controller: Who acts, as a domain and a path; it cannot change.\n"
     "parameters: An object with more to say.\n"},
    {"networking.v1.IngressClassParametersReference", "An object with parameters.",
     "scope: Cluster or Namespace.\n"},
    {"networking.v1.IngressServiceBackend", "A port of a Service.",
     "port: The port, by name or number.\n"},
    {"networking.v1.ServiceBackendPort", "A port of a Service, by name or number.",
     "number: The number.\n"},
    {"networking.v1.HTTPIngressRuleValue", "Paths, and where they lead.",
     "paths: The paths.\n"},
    {"networking.v1.IngressStatus", "How it stands.",
     "loadBalancer: The load balancer.\n"},
    {"networking.v1.IngressLoadBalancerStatus", "A load balancer.",
     "ingress: Where it takes traffic.\n"},
    {"networking.v1.IngressLoadBalancerIngress", "Where a load balancer takes traffic.",
     "ip: The address.\n"
     "ports: The ports, with what is wrong with them.\n"},
    {"networking.v1.IngressPortStatus", "A port of a load balancer.",
     "error: What is wrong with it, as one word.\n"
     "port: The port.\n"
     "protocol: TCP, UDP or SCTP.\n"},
    {"networking.v1.NetworkPolicyIngressRule", "Traffic that may come.",
     "from: From whom; anybody, where there is none.\n"
     "ports: To which ports; all, where there is none.\n"},
    {"networking.v1.NetworkPolicyEgressRule", "Traffic that may go.",
     "ports: To which ports; all, where there is none.\n"
     "to: To whom; anybody, where there is none.\n"},
    {"networking.v1.NetworkPolicyPeer", NULL,
     "namespaceSelector: Namespaces; with podSelector, pods in them.\n"},
    {"networking.v1.NetworkPolicyPort", "Ports.",
     "endPort: The last port, where port is the first of many.\n"
     "port: The port, by number or by name; all, where it is absent.\n"
     "protocol: TCP by default, UDP or SCTP.\n"},
    {"node.v1.Overhead", "What running a pod costs beside its containers.",
     "podFixed: How much of each resource.\n"},
    {"node.v1.Scheduling", "Which nodes can run such pods.",
     "nodeSelector: Labels that the node must have.\n"
     "tolerations: Tolerations that the pods get.\n"},
    {"rbac.v1.RoleRef", "The role that is given.", ""},
    {"rbac.v1.AggregationRule", "Whose rules are taken over.",
     "clusterRoleSelectors: ClusterRoles, by their labels.\n"},
    {"autoscaling.v2.CrossVersionObjectReference", "An object.", ""},
    {"autoscaling.v2.HorizontalPodAutoscalerBehavior", "How fast it goes.",
     "scaleDown: Downwards.\n"
     "scaleUp: Upwards.\n"},
    {"autoscaling.v2.HPAScalingRules", "How fast it goes in one direction.",
     "policies: Steps that are allowed; at least one.\n"
     "selectPolicy: Which of them counts: Max by default, Min, or Disabled.\n"
     "stabilizationWindowSeconds: Seconds of the past whose wishes are looked at; 300 "
     "downwards, 0 upwards.\n"
     "tolerance: How far off the target it may be before anything is done.\n"},
    {"autoscaling.v2.HPAScalingPolicy", "A step that is allowed.",
     "periodSeconds: Seconds within which it is allowed once.\n"
     "type: Pods or Percent.\n"
     "value: How many, or how much.\n"},
    {"autoscaling.v2.MetricIdentifier", "A metric.",
     "selector: Which of the series of that name, by labels.\n"},
    {"autoscaling.v2.ResourceMetricSource", "A resource that pods use.",
     "target: The value to be kept.\n"},
    {"autoscaling.v2.ContainerResourceMetricSource",
     "A resource that one container of each pod uses.",
     "container: The container.\n"
     "target: The value to be kept.\n"},
    {"autoscaling.v2.PodsMetricSource", "A metric of each pod.",
     "metric: The metric.\n"
     "target: The value to be kept.\n"},
    {"autoscaling.v2.ObjectMetricSource", "A metric of another object.",
     "describedObject: The object.\n"
     "metric: The metric.\n"
     "target: The value to be kept.\n"},
    {"autoscaling.v2.ExternalMetricSource",
     "A metric of something outside the cluster.",
     "metric: The metric.\n"
     "target: The value to be kept.\n"},
    {"autoscaling.v2.HorizontalPodAutoscalerStatus", "How it stands.",
     "currentMetrics: What was measured last.\n"
     "desiredReplicas: How many pods it last asked for.\n"
     "lastScaleTime: When it last changed their number.\n"},
    {"autoscaling.v2.HorizontalPodAutoscalerCondition",
     "One thing that is true of it, or not.",
     "type: ScalingActive, AbleToScale or ScalingLimited.\n"},
    {"autoscaling.v2.MetricStatus", "What was measured.",
     "containerResource: Of the type ContainerResource.\n"
     "external: Of the type External.\n"
     "object: Of the type Object.\n"
     "pods: Of the type Pods.\n"
     "resource: Of the type Resource.\n"
     "type: Resource, ContainerResource, Pods, Object or External.\n"},
    {"autoscaling.v2.MetricValueStatus", "A value that was measured.",
     "averageUtilization: The mean over all pods, in percent of what they ask for.\n"
     "averageValue: The mean over all pods.\n"
     "value: The value itself.\n"},
    {"autoscaling.v2.ResourceMetricStatus", "What pods use of a resource.",
     "current: The value.\n"},
    {"autoscaling.v2.ContainerResourceMetricStatus",
     "What a container of each pod uses of a resource.",
     "container: The container.\n"
     "current: The value.\n"},
    {"autoscaling.v2.PodsMetricStatus", "A metric of each pod.",
     "current: The value.\n"
     "metric: The metric.\n"},
    {"autoscaling.v2.ObjectMetricStatus", "A metric of another object.",
     "current: The value.\n"
     "describedObject: The object.\n"
     "metric: The metric.\n"},
    {"autoscaling.v2.ExternalMetricStatus",
     "A metric of something outside the cluster.",
     "current: The value.\n"
     "metric: The metric.\n"},
};

const struct core_words_table coretypes_words_network = {rows, ARRAY_LEN(rows)};
