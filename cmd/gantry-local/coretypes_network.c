/* coretypes_network - networking.k8s.io/v1, discovery.k8s.io/v1. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"discovery.v1.Endpoint",
     "addresses! []string @1 set; conditions EndpointConditions @2 ={}; "
     "deprecatedTopology {}string @5; hints EndpointHints @8?; hostname string @3?; "
     "nodeName string @6?; targetRef core.v1.ObjectReference @4?; zone string @7?"},
    {"discovery.v1.EndpointConditions",
     "ready bool @1?; serving bool @2?; terminating bool @3?"},
    {"discovery.v1.EndpointHints", "forNodes []ForNode @2; forZones []ForZone @1"},
    {"discovery.v1.EndpointPort",
     "atomic; appProtocol string @4?; name string @1? =\"\"; port int32 @3?; "
     "protocol string @2? =TCP {SCTP|TCP|UDP}"},
    {"discovery.v1.EndpointSlice",
     "addressType! string @4 {FQDN|IPv4|IPv6}; endpoints []Endpoint @2 =null; "
     "metadata meta.v1.ObjectMeta @1; ports []EndpointPort @3 =null"},
    {"discovery.v1.ForNode", "name! string @1"},
    {"discovery.v1.ForZone", "name! string @1"},
    {"networking.v1.HTTPIngressPath",
     "backend! IngressBackend @2; path string @1; pathType~ string @3? "
     "{Exact|ImplementationSpecific|Prefix}"},
    {"networking.v1.HTTPIngressRuleValue", "paths! []HTTPIngressPath @1"},
    {"networking.v1.IPBlock", "cidr! string @1; except []string @2"},
    {"networking.v1.Ingress",
     "metadata meta.v1.ObjectMeta @1; spec IngressSpec @2; status IngressStatus @3 "
     "={}"},
    {"networking.v1.IngressBackend",
     "resource core.v1.TypedLocalObjectReference @3?; service IngressServiceBackend "
     "@4?"},
    {"networking.v1.IngressClass",
     "metadata meta.v1.ObjectMeta @1; spec IngressClassSpec @2"},
    {"networking.v1.IngressClassParametersReference",
     "apiGroup string @1?; kind! string @2; name! string @3; namespace string @5?; "
     "scope string @4? =Cluster"},
    {"networking.v1.IngressClassSpec",
     "controller string @1; parameters IngressClassParametersReference @2?"},
    {"networking.v1.IngressLoadBalancerIngress",
     "hostname string @2; ip string @1; ports []IngressPortStatus @4"},
    {"networking.v1.IngressLoadBalancerStatus",
     "ingress []IngressLoadBalancerIngress @1"},
    {"networking.v1.IngressPortStatus",
     "error string @3?; port~ int32 @1 =0; protocol~ string @2 =\"\" {SCTP|TCP|UDP}"},
    {"networking.v1.IngressRule", "host string @1; http HTTPIngressRuleValue @2.1?"},
    {"networking.v1.IngressServiceBackend",
     "name! string @1; port ServiceBackendPort @2"},
    {"networking.v1.IngressSpec",
     "defaultBackend IngressBackend @1?; ingressClassName string @4?; rules "
     "[]IngressRule @3; tls []IngressTLS @2"},
    {"networking.v1.IngressStatus", "loadBalancer IngressLoadBalancerStatus @1 ={}"},
    {"networking.v1.IngressTLS", "hosts []string @1; secretName string @2"},
    {"networking.v1.NetworkPolicy",
     "metadata meta.v1.ObjectMeta @1; spec NetworkPolicySpec @2 ={}"},
    {"networking.v1.NetworkPolicyEgressRule",
     "ports []NetworkPolicyPort @1; to []NetworkPolicyPeer @2"},
    {"networking.v1.NetworkPolicyIngressRule",
     "from []NetworkPolicyPeer @2; ports []NetworkPolicyPort @1"},
    {"networking.v1.NetworkPolicyPeer",
     "ipBlock IPBlock @3?; namespaceSelector meta.v1.LabelSelector @2?; podSelector "
     "meta.v1.LabelSelector @1?"},
    {"networking.v1.NetworkPolicyPort",
     "endPort int32 @3?; port intstr @2?; protocol string @1? =TCP {TCP|UDP|SCTP}"},
    {"networking.v1.NetworkPolicySpec",
     "egress []NetworkPolicyEgressRule @3; ingress []NetworkPolicyIngressRule @2; "
     "podSelector meta.v1.LabelSelector @1 ={}; policyTypes []string @4"},
    {"networking.v1.ServiceBackendPort", "atomic; name string @1; number int32 @2"},
};

const struct core_types coretypes_network = {rows, ARRAY_LEN(rows)};
