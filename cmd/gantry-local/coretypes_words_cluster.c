/* coretypes_words_cluster - what kubectl explain says of the other kinds: nodes,
 * Services, settings, access. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.Namespace", "A part of the cluster in which names are unique.", ""},
    {"core.v1.NamespaceSpec", "Who has to act before the namespace goes.", ""},
    {"core.v1.NamespaceStatus", "Whether the namespace ends.",
     "phase: Active or Terminating.\n"},
    {"core.v1.Node", "A machine that runs pods.", ""},
    {"core.v1.NodeSpec", "How the node may be used.",
     "podCIDR: The addresses of its pods.\n"
     "providerID: What the cloud calls it.\n"
     "taints: What keeps pods away that do not tolerate it.\n"
     "unschedulable: Whether it takes no new pods (kubectl cordon).\n"},
    {"core.v1.NodeStatus", "What the node is and has.",
     "addresses: Where it can be reached.\n"
     "allocatable: What pods can have of each resource.\n"
     "capacity: What there is of each resource.\n"
     "daemonEndpoints: Where its kubelet listens.\n"
     "images: Images that are on it.\n"
     "nodeInfo: Its system, and the versions of programs.\n"},
    {"core.v1.Taint", "Keeps pods away that do not tolerate it.",
     "effect: NoSchedule, PreferNoSchedule, or NoExecute, which also ends pods.\n"
     "key: The taint.\n"
     "timeAdded: Since when.\n"
     "value: Its value.\n"},
    {"core.v1.ConfigMap", "Settings, as keys and values.",
     "binaryData: Values that are no text, in base64.\n"
     "data: Values that are text.\n"
     "immutable: Whether the values cannot change any more.\n"},
    {"core.v1.Secret", "Values that not everybody may see.",
     "data: The values, in base64.\n"
     "immutable: Whether the values cannot change any more.\n"
     "stringData: Values as text; they become data. Never read back.\n"
     "type: What it is for, such as kubernetes.io/tls; Opaque by default.\n"},
    {"core.v1.ServiceAccount", "Who programs in pods are.",
     "automountServiceAccountToken: Whether its pods get a token.\n"
     "imagePullSecrets: Secrets with which its pods pull images.\n"
     "secrets: Secrets that its pods may use.\n"},
    {"core.v1.Event", "Something that happened.",
     "action: What was done about it.\n"
     "count: How often.\n"
     "eventTime: When it first happened.\n"
     "firstTimestamp: When it first happened.\n"
     "involvedObject: To what.\n"
     "lastTimestamp: When it last happened.\n"
     "related: Another object that has to do with it.\n"
     "reportingComponent: Who tells it.\n"
     "reportingInstance: Which of those.\n"
     "series: It happens again and again.\n"
     "source: Who tells it.\n"
     "type: Normal or Warning.\n"},
    {"events.v1.Event", "Something that happened.",
     "eventTime: When it first happened.\n"
     "note: What happened, as a sentence.\n"
     "regarding: To what.\n"
     "reportingController: Who tells it.\n"
     "type: Normal or Warning.\n"},
    {"core.v1.Service", "One name for several pods.", ""},
    {"core.v1.ServiceSpec", "The pods, and how they are reached.",
     "allocateLoadBalancerNodePorts: Whether a load balanced one gets node ports; true "
     "by default.\n"
     "clusterIP: Its address; None has its name lead to the pods themselves.\n"
     "clusterIPs: Its addresses, one a family.\n"
     "externalIPs: More addresses by which nodes take traffic for it.\n"
     "externalName: The name that it stands for, for the type ExternalName.\n"
     "externalTrafficPolicy: Local keeps traffic from outside on the node it came to.\n"
     "internalTrafficPolicy: Local keeps traffic from pods on their node.\n"
     "ipFamilies: IPv4, IPv6 or both.\n"
     "ipFamilyPolicy: SingleStack, PreferDualStack or RequireDualStack.\n"
     "loadBalancerClass: Whose load balancer it is.\n"
     "loadBalancerIP: An address that is asked for. No longer of use.\n"
     "loadBalancerSourceRanges: Who may reach it through the load balancer.\n"
     "ports: The ports.\n"
     "publishNotReadyAddresses: Whether pods that are not ready count, too.\n"
     "selector: Labels of the pods.\n"
     "sessionAffinity: ClientIP has a client meet the same pod again.\n"
     "sessionAffinityConfig: For how long.\n"
     "trafficDistribution: Which pods are preferred.\n"
     "type: ClusterIP by default, NodePort, LoadBalancer or ExternalName.\n"},
    {"core.v1.ServicePort", "A port of a Service.",
     "appProtocol: What is spoken there.\n"
     "name: Its name; needed where there are several.\n"
     "nodePort: The port on every node.\n"
     "port: The port.\n"
     "protocol: TCP by default, UDP or SCTP.\n"
     "targetPort: The pods' port, by number or name; by default the same.\n"},
    {"core.v1.Endpoints", "Addresses behind a Service. EndpointSlice is its successor.",
     "subsets: Addresses with their ports.\n"},
    {"discovery.v1.EndpointSlice", "Some of the addresses behind a Service.",
     "addressType: IPv4, IPv6 or FQDN.\n"
     "endpoints: The addresses.\n"
     "ports: Their ports.\n"},
    {"networking.v1.Ingress", "How HTTP from outside comes to Services.", ""},
    {"networking.v1.IngressSpec", "Hosts and paths, and where they lead.",
     "defaultBackend: Where what fits no rule goes.\n"
     "ingressClassName: The IngressClass.\n"
     "rules: Hosts and paths.\n"
     "tls: Certificates for hosts.\n"},
    {"networking.v1.IngressRule", "What leads where for one host.",
     "host: The host; *.example.com for all below.\n"
     "http: The paths.\n"},
    {"networking.v1.HTTPIngressPath", "Where a path leads.",
     "backend: The Service.\n"
     "path: The path.\n"
     "pathType: Exact, Prefix or ImplementationSpecific.\n"},
    {"networking.v1.IngressBackend", "A Service, or another object.",
     "resource: Another object of the namespace.\n"
     "service: The Service and its port.\n"},
    {"networking.v1.IngressTLS", "A certificate for some hosts.",
     "hosts: The hosts.\n"
     "secretName: The Secret with the certificate.\n"},
    {"networking.v1.IngressClass", "Who acts on Ingresses of a class.", ""},
    {"networking.v1.NetworkPolicy", "Which traffic pods may have.", ""},
    {"networking.v1.NetworkPolicySpec", "The pods, and their traffic.",
     "egress: Where the pods may connect to.\n"
     "ingress: Who may connect to the pods.\n"
     "podSelector: The pods; an empty one means all of the namespace.\n"
     "policyTypes: Ingress, Egress or both.\n"},
    {"networking.v1.NetworkPolicyPeer", "Who, or where to.",
     "ipBlock: Addresses.\n"
     "podSelector: Pods.\n"},
    {"networking.v1.IPBlock", "A range of addresses.",
     "cidr: The range.\n"
     "except: Ranges within that are not meant.\n"},
    {"core.v1.LimitRange", "Limits for each pod or container of the namespace.", ""},
    {"core.v1.LimitRangeSpec", "The limits.", "limits: One entry a type.\n"},
    {"core.v1.LimitRangeItem", "Limits for one type of objects.",
     "default: Limits of containers that say none.\n"
     "defaultRequest: Requests of containers that say none.\n"
     "max: The most that one may ask for.\n"
     "maxLimitRequestRatio: By how much limits may exceed requests.\n"
     "min: The least that one must ask for.\n"
     "type: Pod, Container or PersistentVolumeClaim.\n"},
    {"core.v1.ResourceQuota", "Limits for the namespace as a whole.", ""},
    {"core.v1.ResourceQuotaSpec", "The limits, and what counts.",
     "hard: The most of each resource.\n"
     "scopeSelector: Which pods count.\n"
     "scopes: Which pods count, such as BestEffort.\n"},
    {"core.v1.ResourceQuotaStatus", "How much is used.",
     "hard: The limits in force.\n"
     "used: What is used of each resource.\n"},
    {"rbac.v1.Role", "What may be done in a namespace.", "rules: What may be done.\n"},
    {"rbac.v1.ClusterRole",
     "What may be done in the whole cluster, or where a binding says.",
     "aggregationRule: Other ClusterRoles that it consists of.\n"
     "rules: What may be done.\n"},
    {"rbac.v1.PolicyRule", "Something that may be done.",
     "apiGroups: The API groups; \"\" is the core group.\n"
     "nonResourceURLs: Paths that are no resources.\n"
     "resourceNames: Only objects of these names.\n"
     "resources: The resources, such as pods or pods/log.\n"
     "verbs: What may be done: get, list, watch, create, update, patch, delete, or * "
     "for all.\n"},
    {"rbac.v1.RoleBinding", "Who has a role in the namespace.",
     "roleRef: The role; it cannot change.\n"
     "subjects: Who has it.\n"},
    {"rbac.v1.ClusterRoleBinding", "Who has a ClusterRole everywhere.",
     "roleRef: The ClusterRole; it cannot change.\n"
     "subjects: Who has it.\n"},
    {"rbac.v1.Subject", "A user, a group or a service account.",
     "kind: User, Group or ServiceAccount.\n"},
    {"rbac.v1.RoleRef", "A role.", "kind: Role or ClusterRole.\n"},
    {"scheduling.v1.PriorityClass", "A name for a priority of pods.",
     "description: When to use it.\n"
     "globalDefault: Whether pods without a class have it.\n"
     "preemptionPolicy: Whether pods of lower priority may be ended for its pods.\n"
     "value: The priority; higher is more important.\n"},
    {"coordination.v1.Lease", "Who does something, for as long as he says so.", ""},
    {"coordination.v1.LeaseSpec", "The holder and his time.",
     "acquireTime: Since when he has it.\n"
     "holderIdentity: Who has it.\n"
     "leaseDurationSeconds: Seconds until others may take it.\n"
     "leaseTransitions: How often the holder changed.\n"
     "renewTime: When he last said so.\n"},
    {"admissionregistration.v1.ValidatingAdmissionPolicy",
     "Rules that requests must keep.", ""},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBinding",
     "Where rules are in force.", ""},
    {"admissionregistration.v1.MutatingAdmissionPolicy",
     "Changes that are made to requests.", ""},
    {"admissionregistration.v1.MutatingAdmissionPolicyBinding",
     "Where changes are made.", ""},
};

const struct core_words_table coretypes_words_cluster = {rows, ARRAY_LEN(rows)};
