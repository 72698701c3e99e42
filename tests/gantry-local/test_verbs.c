#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define NS "/api/v1/namespaces"
#define MAPS NS "/default/configmaps"
#define PODS NS "/default/pods"
#define LEASES "/apis/coordination.k8s.io/v1/namespaces/default/leases"
#define MERGE "application/merge-patch+json"
#define JSON_PATCH "application/json-patch+json"
#define STRATEGIC "application/strategic-merge-patch+json"
#define APPLY "application/apply-patch+yaml"

/* One request of a scenario, and what is expected of its answer (see apitest_expect).
 */
struct step {
    const char *method, *path, *body;
    int status;
    const char *expect;
    const char *type;    /* of the body; NULL: JSON */
    const char *accept;  /* NULL: none */
    const char *warning; /* NULL: not looked at */
};

#define POD(name)                                                               \
    "{'metadata': {'name': '" name "'}, 'spec': {'containers': [{'name': 'c', " \
    "'image': 'i'}]}}"

static const struct step create_and_get[] = {
    {"POST", MAPS, "{'metadata': {'name': 'a'}, 'data': {'k': 'v'}}", 201,
     .expect = "apiVersion=v1|kind=ConfigMap|metadata.name=a|metadata.namespace="
               "default|data.k=v"},
    {"GET", MAPS "/a", NULL, 200,
     .expect = "data.k=v|metadata.creationTimestamp=2027-01-15T08:00:00Z"},
    {"GET", MAPS "/b", NULL, 404,
     .expect =
         "message=configmaps \"b\" not found|reason=NotFound|details.kind=configmaps"},
    {"POST", MAPS, "{'metadata': {'name': 'a'}}", 409,
     .expect = "reason=AlreadyExists|message=configmaps \"a\" already exists"},
    {"POST", MAPS, "{'metadata': {'generateName': 'x-'}}", 201,
     .expect = "metadata.name~x-"},
    {"POST", MAPS, "{'metadata': {}}", 422,
     .expect = "message~name or generateName is "
               "required|details.causes.0.field=metadata.name"},
    {"POST", MAPS, "{'metadata': {'name': 'A_b'}}", 422,
     .expect = "message~a lowercase RFC 1123 subdomain|details.kind=ConfigMap"},
    {"POST", MAPS, "{'metadata': {'name': 'b', 'labels': {'a': 'x y'}}}", 422,
     .expect = "message~a valid label must be"},
    {"POST", MAPS, "{'metadata': {'name': 'b', 'labels': {'a': 1}}}", 400,
     .expect = "message~metadata.labels.a: expected string"},
    {"POST", MAPS, "{'metadata': {'name': 'b', 'namespace': 'other'}}", 400,
     .expect = "message~does not match the namespace sent on the request"},
    {"POST", MAPS, "{'kind': 'Pod', 'metadata': {'name': 'b'}}", 400,
     .expect = "reason=BadRequest"},
    {"POST", MAPS, "{'apiVersion': 'v2', 'metadata': {'name': 'b'}}", 400,
     .expect = "message~ConfigMap in version \"v2\" cannot be handled as a"},
    {"POST", MAPS, "{'metadata': {'name': 'b', 'resourceVersion': '7'}}", 500,
     .expect = "message~resourceVersion should not be set"},
    {"POST", MAPS, "{'metadata': {'name': 'b'}, 'data': {'a/b': 'c', '..': 'd'}}", 422,
     .expect = "message~data[a/b]: Invalid value: \"a/b\": a valid config key must|"
               "message~data[..]: Invalid value: \"..\": must not be|"
               "details.causes#2"},
    {"POST", NS "/default/secrets",
     "{'metadata': {'name': 'b'}, 'data': {'a b': 'YQ=='}}", 422,
     .expect = "message~data[a b]: Invalid value"},
    {"POST", MAPS,
     "{'metadata': {'name': 'b', 'labels': {'a': '1234567890123456789012345678901234567"
     "890123456789012345678901234'}}}",
     422, .expect = "message~must be no more than 63 bytes"},
    {"POST", MAPS, "{'metadata'", 400, .expect = "reason=BadRequest"},
    {"POST", MAPS, "[]", 400,
     .expect = "message~json: cannot unmarshal array into Go value"},
    {"POST", MAPS, "{}", 415, .expect = "reason=UnsupportedMediaType",
     .type = "application/cbor"},
    {"POST", MAPS, "{}", 400,
     .expect = "message=the object provided is unrecognized (must be of type "
               "ConfigMap): Kubernetes' protobuf begins with \"k8s\\0\" ({})",
     .type = "application/vnd.kubernetes.protobuf"},
    {"POST", MAPS,
     "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
     "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
     "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
     400, .expect = "message~more than 200000 values, aliases expanded",
     .type = "application/yaml"},
    {"POST", MAPS, "metadata: {name: y}\ndata: {k: v}\n", 201,
     .expect = "metadata.name=y", .type = "application/yaml"},
    {"POST", MAPS,
     "{'metadata': {'name': 'e', 'labels': {}, 'annotations': {}, "
     "'finalizers': []}}",
     201, .expect = "metadata.labels!|metadata.annotations!|metadata.finalizers!"},
    {"POST", MAPS "?fieldValidation=Strict",
     "{'metadata': {'name': 'f', 'label': {}}, 'dta': {}}", 400,
     .expect = "message=ConfigMap in version \"v1\" cannot be handled as a ConfigMap: "
               "strict decoding error: unknown field \"metadata.label\"; did you "
               "mean \"labels\"?, unknown field \"dta\"; did you mean \"data\"?"},
    {"POST", NS "/none/configmaps", "{'metadata': {'name': 'a'}}", 404,
     .expect = "message=namespaces \"none\" not found"},
    {0}};

static const struct step routes[] = {
    {"GET", "/", NULL, 200,
     .expect = "paths.0=/api|paths.1=/api/v1|paths.2=/apis|"
               "paths.3=/apis/admissionregistration.k8s.io|"
               "paths.4=/apis/admissionregistration.k8s.io/v1"},
    {"GET", "/version", NULL, 200, .expect = "gitVersion~v1.37.2+gantry"},
    {"GET", "/openapi/v2", NULL, 200, .expect = "swagger=2.0|info.title=Kubernetes"},
    {"GET", "/nowhere", NULL, 404, .expect = NULL},
    {"GET", "/api/v1/nothings", NULL, 404, .expect = "reason=NotFound"},
    {"GET", "/api/v1/pods/x", NULL, 404, .expect = "reason=NotFound"},
    {"GET", NS "/default/nodes", NULL, 404, .expect = "reason=NotFound"},
    {"GET", MAPS "/a/status", NULL, 404, .expect = "reason=NotFound"},
    {"GET", PODS "/x/log", NULL, 404, .expect = "message=pods \"x\" not found"},
    {"POST", PODS "/x/log", NULL, 405, .expect = "reason=MethodNotAllowed"},
    {"POST", PODS "/x/exec?command=ls", NULL, 404,
     .expect = "message=pods \"x\" not found"},
    {"GET", PODS "/https:x:80/proxy", NULL, 501,
     .expect = "message~does not serve pods/proxy"},
    {"POST", NS "/default/services/x/proxy/a/b/c", "{}", 501,
     .expect = "message~does not serve services/proxy"},
    {"GET", "/api/v1/nodes/n1/proxy/stats/summary", NULL, 501,
     .expect = "message~does not serve nodes/proxy"},
    {"GET", MAPS "/a/proxy/b", NULL, 404, .expect = "reason=NotFound"},
    {"GET", "/apis/apps/v1/namespaces/default/deployments/x/scale", NULL, 404,
     .expect = "message=deployments.apps \"x\" not found"},
    {"GET", MAPS "/a/scale", NULL, 404, .expect = "reason=NotFound"},
    {"GET", PODS "/x/nosuch", NULL, 404, .expect = "reason=NotFound"},
    {"POST", "/api/v1/pods", "{}", 405, .expect = "reason=MethodNotAllowed"},
    {"PUT", MAPS, "{}", 405, .expect = "reason=MethodNotAllowed"},
    {"GET", MAPS "/%zz", NULL, 400, .expect = "message~bad escape"},
    {"GET", MAPS "?x=%zz", NULL, 400, .expect = "message~bad escape"},
    {"GET", "/a/b/c/d/e/f/g/h/i/j", NULL, 404, .expect = NULL},
    {"GET", MAPS, NULL, 406, .expect = "reason=NotAcceptable", .accept = "text/html"},
    {"GET", MAPS, NULL, 200, .expect = "kind=ConfigMapList|items#0",
     .accept = "text/html, */*"},
    {"GET", MAPS, NULL, 200, .expect = "kind=Table|rows#0",
     .accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"},
    {"GET", MAPS, NULL, 200, .expect = "kind=PartialObjectMetadataList",
     .accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"},
    {"GET", MAPS, NULL, 406, .expect = "reason=NotAcceptable",
     .accept = "application/json;as=Chair;v=v1;g=meta.k8s.io"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
     "{'spec': {'resourceAttributes': {'verb': 'get', 'resource': 'pods'}}}", 201,
     .expect = "status.allowed=true|spec.resourceAttributes.verb=get"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
     "{'spec': {'nonResourceAttributes': {'verb': 'get', 'path': '/'}}}", 201,
     .expect = "status.allowed=true"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{'spec': {}}",
     422, .expect = "message~exactly one of"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
     "{'spec': {'resourceAttributes': {}, 'nonResourceAttributes': {}}}", 422,
     .expect = "message~exactly one of"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
     "{'kind': 'Pod', 'spec': {}}", 400, .expect = "message~the kind in the data"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{'spec': {}}",
     400, .expect = "message=no namespace on request"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
     "{'spec': {'namespace': 'default'}}", 201,
     .expect = "status.resourceRules#3|status.nonResourceRules#3|"
               "status.resourceRules.0.verbs.0=*"},
    {"POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", 201,
     .expect =
         "status.userInfo.username=admin|status.userInfo.groups.0=system:masters"},
    {0}};

static const struct step misshapen[] = {
    {"POST", NS "/default/pods",
     "{'metadata': {'name': 'p'}, 'spec': {'tolerations': {}, 'containers': {}}}", 400,
     .expect = "message~must be of type array"},
    {"POST", NS "/default/pods",
     "{'metadata': {'name': 'p'}, 'spec': {'containers': [{'name': 'c', 'image': "
     "'i'}]}}",
     201, .expect = NULL},
    {"PATCH", NS "/default/pods/p", "{'spec': null}", 422,
     .expect = "message~spec: Forbidden: pod updates may not", .type = MERGE},
    {"PATCH", NS "/default/pods/p", "{'spec': ''}", 422,
     .expect = "message~must be of type object", .type = MERGE},
    {"PATCH", NS "/default/pods/p", "{'spec': []}", 422,
     .expect = "message~must be of type object", .type = MERGE},
    {0}};

static const struct step warnings[] = {
    {"POST", MAPS, "{'metadata': {'name': 'a'}, 'dat': {}}", 201, .expect = "dat!",
     .warning = "unknown field \"dat\"; did you mean \"data\"?"},
    {"POST", "/apis/apps/v1/namespaces/default/deployments",
     "{'metadata': {'name': 'd'}, 'spec': {'selector': {'matchLabels': {'a': 'b'}}, "
     "'template': {'metadata': {'labels': {'a': 'b'}}, 'spec': {'containers': "
     "[{'name': "
     "'c', 'image': 'i'}]}}}}",
     201, .expect = "spec.replicas=1",
     .warning = "gantry-local runs no controller for deployments: no pods come of it"},
    {0}};

static const struct step lists[] = {
    {"POST", MAPS, "{'metadata': {'name': 'c', 'labels': {'l': '1'}}}", 201,
     .expect = NULL},
    {"POST", MAPS, "{'metadata': {'name': 'a', 'labels': {'l': '2'}}}", 201,
     .expect = NULL},
    {"POST", NS "/kube-system/configmaps", "{'metadata': {'name': 'b'}}", 201,
     .expect = NULL},
    {"GET", MAPS, NULL, 200,
     .expect = "kind=ConfigMapList|apiVersion=v1|items#2|items.0.metadata.name=a|"
               "metadata.continue!"},
    {"GET", "/api/v1/configmaps", NULL, 200,
     .expect = "items#3|items.2.metadata.name=b"},
    {"GET", MAPS "?labelSelector=l%3D1", NULL, 200,
     .expect = "items#1|items.0.metadata.name=c"},
    {"GET", MAPS "?fieldSelector=metadata.name%3Da", NULL, 200, .expect = "items#1"},
    {"GET", MAPS "?fieldSelector=spec.x%3Da", NULL, 400,
     .expect = "message=\"spec.x\" is not a known field selector: only "
               "\"metadata.name\", \"metadata.namespace\""},
    {"GET", MAPS "?limit=x", NULL, 400, .expect = "reason=BadRequest"},
    {"GET", MAPS "?resourceVersion=99999999999999", NULL, 504,
     .expect = "reason=Timeout|details.causes.0.reason=ResourceVersionTooLarge"},
    {"GET", MAPS "?resourceVersion=1&resourceVersionMatch=Exact", NULL, 410,
     .expect = "reason=Expired"},
    {"GET", MAPS "?resourceVersionMatch=Exact", NULL, 422, .expect = "reason=Invalid"},
    {"GET", MAPS "?continue=nonsense", NULL, 400,
     .expect = "message~continue key is not valid"},
    {"DELETE", MAPS "?labelSelector=l%3D1", NULL, 200, .expect = "items#1"},
    {"GET", "/api/v1/configmaps", NULL, 200, .expect = "items#2"},
    {0}};

static const struct step updates[] = {
    {"POST", LEASES, "{'metadata': {'name': 'l'}, 'spec': {'holderIdentity': 'a'}}",
     201, .expect = NULL},
    {"PUT", LEASES "/l", "{'metadata': {'name': 'l'}, 'spec': {'holderIdentity': 'b'}}",
     422, .expect = "details.causes.0.field=metadata.resourceVersion"},
    {"PATCH", LEASES "/l", "{'spec': {'holderIdentity': 'b'}}", 200,
     .expect = "spec.holderIdentity=b|metadata.uid~-", .type = MERGE},
    {"PUT", LEASES "/l", "{'metadata': {'name': 'l', 'resourceVersion': '1'}}", 409,
     .expect =
         "reason=Conflict|message=Operation cannot be fulfilled on "
         "leases.coordination.k8s.io "
         "\"l\": the object has been modified; please apply your changes to the latest "
         "version and try again"},
    {"POST", MAPS, "{'metadata': {'name': 'l'}}", 201, .expect = NULL},
    {"PUT", MAPS "/l", "{'metadata': {'name': 'l', 'uid': 'x'}}", 409,
     .expect = "message~Precondition failed: UID in precondition: x"},
    {"PUT", LEASES "/l", "{'metadata': {'name': 'm'}}", 400,
     .expect =
         "message=the name of the object (m) does not match the name on the URL (l)"},
    {"PUT", LEASES "/m", "{'metadata': {'name': 'm'}}", 201, .expect = NULL},
    {"DELETE", LEASES "/m", NULL, 200, .expect = NULL},
    {"PUT", MAPS "/m", "{'metadata': {'name': 'm'}}", 404, .expect = "reason=NotFound"},
    {"PATCH", LEASES "/l", "{'metadata': {'labels': {'x': 'y'}}}", 200,
     .expect = "metadata.labels.x=y|spec.holderIdentity=b", .type = MERGE},
    {"PATCH", LEASES "/l", "{'spec': {'holderIdentity': null}}", 200,
     .expect = "spec.holderIdentity!", .type = MERGE},
    {"PATCH", LEASES "/l", "{'metadata': {'resourceVersion': '1'}}", 409,
     .expect = "reason=Conflict", .type = MERGE},
    {"PATCH", LEASES "/l", "[]", 400, .expect = "message~expected object, got array",
     .type = MERGE},
    {"PATCH", LEASES "/l", "{}", 415, .expect = "message~application/merge-patch+json"},
    {"PATCH", LEASES "/m", "{}", 404, .expect = "reason=NotFound", .type = MERGE},
    {"PATCH", LEASES "/l?dryRun=All", "{'metadata': {'labels': {'dry': 'y'}}}", 200,
     .expect = "metadata.labels.dry=y", .type = MERGE},
    {"GET", LEASES "/l", NULL, 200, .expect = "metadata.labels.dry!"},
    {"PATCH", LEASES "/l?dryRun=Some", "{}", 422, .expect = "message~dryRun",
     .type = MERGE},
    {"PATCH", LEASES "/l?force=true", "{}", 422, .expect = "message~force",
     .type = MERGE},
    {"POST", LEASES "?dryRun=All", "{'metadata': {'name': 'dry'}}", 201,
     .expect = NULL},
    {"GET", LEASES "/dry", NULL, 404, .expect = NULL},
    {0}};

#define CONTAINER(fields)                                                         \
    "{'metadata': {'name': 'x'}, 'spec': {'containers': [{'name': 'c', 'image': " \
    "'i', " fields "}]}}"
#define REFUSED(fields, text)                                                 \
    {                                                                         \
        "POST", PODS, CONTAINER(fields), 422,                                 \
            .expect = "message=Pod \"x\" is invalid: spec.containers[0]" text \
    }

static const struct step bad_containers[] = {
    REFUSED("'livenessProbe': {'periodSeconds': 5}",
            ".livenessProbe: Required value: must specify a handler type"),
    REFUSED("'livenessProbe': {'exec': {'command': ['a']}, 'grpc': {'port': 1}}",
            ".livenessProbe.grpc: Forbidden: may not specify more than 1 handler type"),
    REFUSED("'startupProbe': {'exec': {'command': ['a']}, 'successThreshold': 2}",
            ".startupProbe.successThreshold: Invalid value: 2: must be 1"),
    REFUSED("'readinessProbe': {'exec': {}}",
            ".readinessProbe.exec.command: Required value"),
    REFUSED("'readinessProbe': {'tcpSocket': {'port': 'a--b'}}",
            ".readinessProbe.tcpSocket.port: Invalid value: \"a--b\": must not contain "
            "consecutive hyphens"),
    REFUSED("'readinessProbe': {'tcpSocket': {'port': '123'}}",
            ".readinessProbe.tcpSocket.port: Invalid value: \"123\": must contain at "
            "least one letter (a-z)"),
    REFUSED("'readinessProbe': {'grpc': {'port': 65536}}",
            ".readinessProbe.grpc.port: Invalid value: 65536: must be between 1 and "
            "65535, inclusive"),
    REFUSED(
        "'resources': {'requests': {'cpu': '2'}, 'limits': {'cpu': '1'}}",
        ".resources.requests: Invalid value: \"2\": must be less than or equal to cpu "
        "limit of 1"),
    REFUSED(
        "'resources': {'requests': {'n.com/gpu': 1}, 'limits': {'n.com/gpu': 2}}",
        ".resources.requests: Invalid value: \"1\": must be equal to n.com/gpu limit "
        "of 2"),
    REFUSED(
        "'resources': {'requests': {'n.com/gpu': 1}}",
        ".resources.limits: Required value: Limit must be set for non overcommitable "
        "resources"),
    {"POST", PODS, CONTAINER("'resources': {'limits': {'n.com/gpu': '500m'}}"), 422,
     .expect =
         "details.causes#2|details.causes.0.field=spec.containers[0].resources.limits"
         "[n.com/gpu]|message~Invalid value: \"500m\": must be an integer"},
    {"POST", PODS, CONTAINER("'resources': {'limits': {'memory': '-1'}}"), 422,
     .expect =
         "message~resources.limits[memory]: Invalid value: \"-1\": must be greater "
         "than or equal to 0"},
    {"POST", PODS, CONTAINER("'resources': {'limits': {'gpu': 1}}"), 422,
     .expect =
         "details.causes#4|message~limits[gpu]: Invalid value: \"gpu\": must be a "
         "standard resource for containers"},
    REFUSED(
        "'env': [{'name': 'a=b'}]",
        ".env[0].name: Invalid value: \"a=b\": a valid environment variable name must "
        "consist only of printable ASCII characters other than '='"),
    REFUSED(
        "'ports': [{'containerPort': 65536}]",
        ".ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, "
        "inclusive"),
    {"POST", PODS,
     "{'metadata': {'name': 'x'}, 'spec': {'containers': [{'name': 'C_', 'image': "
     "'i'}]}}",
     422,
     .expect = "message~name: Invalid value: \"C_\": a lowercase RFC 1123 label must"},
    {"POST", PODS,
     CONTAINER("'resources': {'requests': {'cpu': '500m', 'n.com/gpu': 1}, 'limits': "
               "{'n.com/gpu': 1, 'hugepages-2Mi': '4Mi', 'kubernetes.io/x': '5m'}}"),
     201, .expect = "status.qosClass=Burstable"},
    {0}};

/* What kubectl does to a manifest's first server-side apply: a manager of updates
 * becomes one of applies, and fields that the manifest drops then go. */
#define OWNED(manager, operation)                                              \
    "[{'manager': '" manager "', 'operation': '" operation "', 'apiVersion': " \
    "'v1', 'fieldsType': 'FieldsV1', 'fieldsV1': {'f:data': {'f:a': {}, "      \
    "'f:b': {}}}}]"
static const struct step claims[] = {
    {"POST", MAPS "?fieldManager=m",
     "{'metadata': {'name': 'a'}, 'data': {'a': '1', "
     "'b': '2'}}",
     201, .expect = "metadata.managedFields.0.operation=Update"},
    {"PATCH", MAPS "/a?fieldManager=x",
     "[{'op': 'replace', 'path': '/metadata/managedFields', 'value': " OWNED(
         "m", "Apply") "}]",
     200, .expect = "metadata.managedFields#1|metadata.managedFields.0.operation=Apply",
     .type = JSON_PATCH},
    {"PATCH", MAPS "/a?fieldManager=m",
     "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': {'a': '1'}}", 200,
     .expect = "data.a=1|data.b!|metadata.managedFields#1", .type = APPLY},
    /* kubectl's own annotation follows its server-side applies, and nobody else's. */
    {"POST", MAPS,
     "{'metadata': {'name': 'l', 'annotations': {'kubectl.kubernetes.io/"
     "last-applied-configuration': 'old'}}, 'data': {'a': '1'}}",
     201, .expect = NULL},
    {"PATCH", MAPS "/l?fieldManager=other",
     "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': {'b': '2'}}", 200,
     .expect = "metadata.annotations~configuration\":\"old\"", .type = APPLY},
    {"PATCH", MAPS "/l?fieldManager=kubectl",
     "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'l'}, 'data': "
     "{'a': '1'}}",
     200,
     .expect = "metadata.annotations~configuration\":\"{\\\"apiVersion\\\":\\\"v1"
               "\\\",|metadata.annotations~\\\"data\\\":{\\\"a\\\":\\\"1\\\"}",
     .type = APPLY},
    /* What is no list of entries changes nothing. */
    {"PATCH", MAPS "/a", "{'metadata': {'managedFields': [{'manager': 'y'}]}}", 200,
     .expect = "metadata.managedFields.0.manager=m", .type = MERGE},
    /* One empty entry: nobody owns anything. */
    {"PATCH", MAPS "/a", "{'metadata': {'managedFields': [{}]}}", 200,
     .expect = "metadata.managedFields!", .type = MERGE},
    {0}};

static const struct step pods[] = {
    /* What admission fills has no owner. */
    {"POST", PODS, POD("owned"), 201,
     .expect = "spec.priority=0|spec.serviceAccount=default|spec.tolerations#2|"
               "metadata.managedFields.0.fieldsV1.f:spec.f:restartPolicy#0|"
               "metadata.managedFields.0.fieldsV1.f:spec.f:priority!|"
               "metadata.managedFields.0.fieldsV1.f:spec.f:serviceAccount!|"
               "metadata.managedFields.0.fieldsV1.f:spec.f:tolerations!"},
    /* Quantities are text, whatever they came as. */
    {"POST", PODS,
     "{'metadata': {'name': 'amounts'}, 'spec': {'containers': [{'name': 'c', 'image': "
     "'i', "
     "'resources': {'limits': {'cpu': 0.5, 'ephemeral-storage': 4, 'memory': "
     "'1Gi'}}}]}}",
     201,
     .expect = "spec.containers.0.resources.limits.cpu=500m|"
               "spec.containers.0.resources.requests.ephemeral-storage=4"},
    {"POST", PODS, POD("p"), 201,
     .expect =
         "status.phase=Pending|status.qosClass=BestEffort|spec.restartPolicy=Always|"
         "spec.schedulerName=default-scheduler|metadata.generation=1|"
         "spec.tolerations.0.tolerationSeconds=300"},
    {"POST", PODS,
     "{'metadata': {'name': 'q'}, 'status': {'phase': 'Running'}, 'spec': "
     "{'containers': "
     "[{'name': 'c', 'image': 'i', 'resources': {'limits': {'cpu': '1', 'memory': "
     "'1Gi'}, "
     "'requests': {'cpu': '1000m', 'memory': '1024Mi'}}}]}}",
     201, .expect = "status.phase=Pending|status.qosClass=Guaranteed"},
    {"POST", PODS "/p/binding",
     "{'metadata': {'name': 'p'}, 'target': {'kind': 'Node', 'name': ''}}", 500,
     .expect = "reason!|message=target.name: Required value"},
    {"POST", PODS "/p/binding",
     "{'metadata': {'name': 'p', 'uid': 'x'}, 'target': {'kind': 'Node', 'name': "
     "'n1'}}",
     409, .expect = "message~Precondition failed"},
    {"POST", PODS "/p/binding",
     "{'metadata': {'name': 'p', 'annotations': {'k': 'v'}}, 'target': {'kind': "
     "'Node', 'name': "
     "'n1'}}",
     201, .expect = "status=Success"},
    {"GET", PODS "/p", NULL, 200,
     .expect = "spec.nodeName=n1|metadata.annotations.k=v|status.conditions.0.type="
               "PodScheduled|"
               "status.conditions.0.status=True"},
    {"POST", PODS "/p/binding",
     "{'metadata': {'name': 'p'}, 'target': {'kind': 'Node', 'name': 'n1'}}", 409,
     .expect = "message~already assigned to node"},
    {"POST", PODS "/none/binding",
     "{'metadata': {'name': 'none'}, 'target': {'kind': 'Node', 'name': 'n1'}}", 404,
     .expect = NULL},
    {"GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1", NULL, 200,
     .expect = "items#1"},
    {"PATCH", PODS "/p", "{'spec': {'nodeName': 'n2'}}", 422,
     .expect = "message~pod updates may not change fields other than", .type = MERGE},
    {"PATCH", PODS "/p", "{'status': {'phase': 'Running'}}", 200,
     .expect = "status.phase=Pending", .type = MERGE},
    {"PATCH", PODS "/p/status",
     "{'status': {'phase': 'Running'}, 'metadata': {'labels': "
     "{'x': 'y'}}}",
     200, .expect = "status.phase=Running|metadata.labels.x=y|spec.nodeName=n1",
     .type = MERGE},
    {"POST", PODS,
     "{'metadata': {'name': 'once'}, 'spec': {'restartPolicy': 'OnFailure', "
     "'containers': [{'name': 'c', 'image': 'i'}]}}",
     201, .expect = "metadata.name=once"},
    {"PATCH", PODS "/once/status",
     "{'status': {'containerStatuses': [{'name': 'c', 'image': 'i', 'imageID': '', "
     "'ready': false, 'restartCount': 0, 'state': {'terminated': {'exitCode': 3}}}]}}",
     200, .expect = "status.containerStatuses.0.state.terminated.exitCode=3",
     .type = MERGE},
    {"PATCH", PODS "/once/status",
     "{'status': {'containerStatuses': [{'name': 'c', 'image': 'i', 'imageID': '', "
     "'ready': true, 'restartCount': 1, 'state': {'running': {}}}]}}",
     200, .expect = "status.containerStatuses.0.restartCount=1", .type = MERGE},
    {"PATCH", PODS "/once/status",
     "{'status': {'containerStatuses': [{'name': 'c', 'image': 'i', 'imageID': '', "
     "'ready': false, 'restartCount': 1, 'state': {'terminated': {'exitCode': 0}}}]}}",
     200, .expect = "status.containerStatuses.0.state.terminated.exitCode=0",
     .type = MERGE},
    {"PATCH", PODS "/once/status",
     "{'status': {'containerStatuses': [{'name': 'c', 'image': 'i', 'imageID': '', "
     "'ready': true, 'restartCount': 1, 'state': {'running': {}}}]}}",
     422,
     .expect = "details.causes.0.field=status.containerStatuses[0].state|"
               "message~may not be transitioned to non-terminated state",
     .type = MERGE},
    {"DELETE", PODS "/once", NULL, 200, .expect = NULL},
    {"DELETE", PODS "/p", "{'preconditions': {'uid': 'x'}}", 409,
     .expect = "message~UID"},
    {"DELETE", PODS "/p", "{'preconditions': {'resourceVersion': '1'}}", 409,
     .expect = "message~ResourceVersion"},
    {"DELETE", PODS "/p", "{'propagationPolicy': 'Sideways'}", 422, .expect = NULL},
    {"DELETE", PODS "/p?dryRun=All", NULL, 200,
     .expect = "metadata.deletionGracePeriodSeconds=30"},
    {"DELETE", PODS "/p", "{'propagationPolicy': 'Background'}", 200,
     .expect = "metadata.deletionTimestamp=2027-01-15T08:00:30Z|"
               "metadata.deletionGracePeriodSeconds=30|metadata.generation=2"},
    {"DELETE", PODS "/p", "{'gracePeriodSeconds': 60}", 200,
     .expect = "metadata.deletionGracePeriodSeconds=30"},
    {"DELETE", PODS "/p", "{'gracePeriodSeconds': 5}", 200,
     .expect = "metadata.deletionGracePeriodSeconds=5|"
               "metadata.deletionTimestamp=2027-01-15T08:00:05Z"},
    {"DELETE", PODS "/p?gracePeriodSeconds=0", NULL, 200, .expect = "metadata.name=p"},
    {"GET", PODS "/p", NULL, 404, .expect = NULL},
    {"DELETE", PODS "/q", NULL, 200, .expect = "metadata.name=q"},
    {"GET", PODS "/q", NULL, 404, .expect = NULL},
    {"POST", PODS, POD("e"), 201, .expect = NULL},
    {"POST", PODS "/e/eviction", "{'metadata': {'name': 'e'}}", 201,
     .expect = "status=Success"},
    {"GET", PODS "/e", NULL, 404, .expect = NULL},
    {0}};

static const struct step finalizers[] = {
    {"POST", PODS,
     "{'metadata': {'name': 'f', 'finalizers': ['gantry.dev/accounted']}, 'spec': "
     "{'nodeName': 'n1', 'containers': [{'name': 'c', 'image': 'i'}]}}",
     201, .expect = NULL},
    {"DELETE", PODS "/f", "{'gracePeriodSeconds': 0}", 200,
     .expect = "metadata.deletionGracePeriodSeconds=0|metadata.deletionTimestamp~2027"},
    {"PATCH", PODS "/f",
     "{'metadata': {'finalizers': ['a/b', 'gantry.dev/accounted']}}", 422,
     .expect = "message~no new finalizers can be added", .type = MERGE},
    {"GET", PODS "/f", NULL, 200, .expect = NULL},
    {"PATCH", PODS "/f", "{'metadata': {'finalizers': null}}", 200,
     .expect = "metadata.name=f", .type = MERGE},
    {"GET", PODS "/f", NULL, 404, .expect = NULL},
    {"POST", MAPS, "{'metadata': {'name': 'm', 'finalizers': ['a/b']}}", 201,
     .expect = NULL},
    {"DELETE", MAPS "/m", NULL, 200,
     .expect = "metadata.deletionTimestamp=2027-01-15T08:00:00Z"},
    {"PATCH", MAPS "/m", "{'metadata': {'finalizers': []}}", 200, .expect = NULL,
     .type = MERGE},
    {"GET", MAPS "/m", NULL, 404, .expect = NULL},
    {0}};

static const struct step namespaces[] = {
    {"GET", NS "/gantry-system", NULL, 200, .expect = "status.phase=Active"},
    {"POST", NS, "{'metadata': {'name': 'a'}}", 201,
     .expect = "status.phase=Active|spec.finalizers.0=kubernetes"},
    {"POST", NS "/a/configmaps", "{'metadata': {'name': 'm'}}", 201, .expect = NULL},
    {"POST", NS "/a/pods",
     "{'metadata': {'name': 'p'}, 'spec': {'nodeName': 'n', 'containers': [{'name': "
     "'c', "
     "'image': 'i'}]}}",
     201, .expect = NULL},
    {"DELETE", NS "/default", NULL, 403,
     .expect = "message~this namespace may not be deleted"},
    {"DELETE", NS "/a", NULL, 200, .expect = "status.phase=Terminating"},
    {"GET", NS "/a/configmaps/m", NULL, 404, .expect = NULL},
    {"GET", NS "/a/pods/p", NULL, 200,
     .expect = "metadata.deletionGracePeriodSeconds=30"},
    {"POST", NS "/a/configmaps", "{'metadata': {'name': 'm'}}", 403,
     .expect = "details.causes.0.reason=NamespaceTerminating|reason=Forbidden"},
    {"GET", NS "/a", NULL, 200, .expect = "status.phase=Terminating"},
    {"DELETE", NS "/a/pods/p?gracePeriodSeconds=0", NULL, 200, .expect = NULL},
    {"GET", NS "/a", NULL, 404, .expect = NULL},
    {"POST", NS, "{'metadata': {'name': 'b'}}", 201, .expect = NULL},
    {"DELETE", NS "/b", NULL, 200, .expect = NULL},
    {"GET", NS "/b", NULL, 404, .expect = NULL},
    {0}};

/* Both event APIs show the same event. */
static const struct step events[] = {
    {"POST", "/apis/events.k8s.io/v1/namespaces/default/events",
     "{'metadata': {'name': 'e'}, 'eventTime': '2027-01-15T08:00:00.000000Z', 'note': "
     "'hello', 'reason': 'Started', 'type': 'Normal', 'action': 'Start', "
     "'reportingController': 'gantry.dev/controller', 'reportingInstance': 'x', "
     "'regarding': {'kind': 'Pod', 'name': 'p', 'namespace': 'default', 'uid': 'u'}}",
     201, .expect = "apiVersion=events.k8s.io/v1|note=hello|regarding.name=p"},
    {"GET", NS "/default/events/e", NULL, 200,
     .expect = "apiVersion=v1|message=hello|involvedObject.name=p"},
    {"GET",
     NS "/default/events?fieldSelector=involvedObject.name%3Dp,involvedObject.uid%3Du",
     NULL, 200, .expect = "items#1|items.0.message=hello"},
    {"GET", "/apis/events.k8s.io/v1/events", NULL, 200,
     .expect =
         "items#1|apiVersion=events.k8s.io/v1|items.0.note=hello|items.0.apiVersion!"},
    {"PATCH", "/apis/events.k8s.io/v1/namespaces/default/events/e",
     "{'series': {'count': 2, 'lastObservedTime': '2027-01-15T08:00:01.000000Z'}}", 200,
     .expect = "series.count=2|note=hello", .type = MERGE},
    {0}};

static const struct {
    const char *name;
    const struct step *steps;
} scenarios[] = {
    {"create and get", create_and_get},
    {"routes", routes},
    {"misshapen", misshapen},
    {"warnings", warnings},
    {"lists", lists},
    {"updates", updates},
    {"claims", claims},
    {"pods", pods},
    {"bad containers", bad_containers},
    {"finalizers", finalizers},
    {"namespaces", namespaces},
    {"events", events},
};

START_TEST(test_scenario)
{
    struct apitest *t = apitest_new();

    for (const struct step *s = scenarios[_i].steps; s->method; s++) {
        AUTO_FREE char *what =
            xasprintf("%s: %s %s %s", scenarios[_i].name, s->method, s->path, s->body);
        const int status =
            apitest_send(t, &(struct apitest_request){.method = s->method,
                                                      .path = s->path,
                                                      .body = s->body,
                                                      .type = s->type,
                                                      .accept = s->accept});
        ck_assert_msg(status == s->status, "%s: expected %d, got %d: %s", what,
                      s->status, status, t->text.s);
        apitest_expect(t, what, s->expect);
        if (s->warning)
            ck_assert_msg(t->warning && strcmp(t->warning, s->warning) == 0,
                          "%s: warned: %s", what, t->warning);
    }
    apitest_free(t);
}
END_TEST

/* Pages show the moment of the first, whatever happens between. */
START_TEST(test_pages)
{
    struct apitest *t = apitest_new();

    for (int i = 0; i < 5; i++) {
        AUTO_FREE char *body = xasprintf("{'metadata': {'name': 'm%d'}}", i);
        ck_assert_int_eq(apitest_request(t, "POST", MAPS, body), 201);
    }
    ck_assert_int_eq(apitest_request(t, "GET", MAPS "?limit=2", NULL), 200);
    apitest_expect(t, "first", "items#2|metadata.remainingItemCount=3");
    AUTO_FREE char *version = xstrdup(apitest_version(t));
    AUTO_FREE char *second =
        xasprintf(MAPS "?limit=2&continue=%s", json_str(t->body, "metadata.continue"));
    ck_assert_int_eq(apitest_request(t, "DELETE", MAPS "/m3", NULL), 200);
    ck_assert_int_eq(apitest_request(t, "GET", second, NULL), 200);
    apitest_expect(t, "second", "items.0.metadata.name=m2|items.1.metadata.name=m3");
    ck_assert_str_eq(apitest_version(t), version);
    AUTO_FREE char *third =
        xasprintf(MAPS "?limit=2&continue=%s", json_str(t->body, "metadata.continue"));
    ck_assert_int_eq(apitest_request(t, "GET", third, NULL), 200);
    apitest_expect(t, "third", "items#1|items.0.metadata.name=m4|metadata.continue!");
    apiserver_compact(t->server);
    ck_assert_int_eq(apitest_request(t, "GET", third, NULL), 410);
    apitest_free(t);
}
END_TEST

/* A write that changes nothing keeps the resourceVersion. */
START_TEST(test_noop)
{
    struct apitest *t = apitest_new();
    static const char body[] = "{'metadata': {'name': 'a'}, 'data': {'k': 'v'}}";

    ck_assert_int_eq(apitest_request(t, "POST", MAPS, body), 201);
    AUTO_FREE char *version = xstrdup(apitest_version(t));
    ck_assert_int_eq(apitest_request(t, "PUT", MAPS "/a", body), 200);
    ck_assert_str_eq(apitest_version(t), version);
    apitest_free(t);
}
END_TEST

START_TEST(test_dry_run_version)
{
    struct apitest *t = apitest_new();

    ck_assert_int_eq(
        apitest_request(t, "POST", MAPS, "{'metadata': {'name': 'a'}, 'data': {}}"),
        201);
    AUTO_FREE char *version = xstrdup(apitest_version(t));
    ck_assert_int_eq(apitest_request(t, "PUT", MAPS "/a?dryRun=All",
                                     "{'metadata': {'name': 'a'}, 'data': {'k': 'v'}}"),
                     200);
    apitest_expect(t, "dry run", "data.k=v");
    ck_assert_str_eq(apitest_version(t), version);
    apitest_free(t);
}
END_TEST

/* kubectl asks for this before it says that a type is not served, and for explain. */
START_TEST(test_openapi_v2)
{
    static const char begins[] = "\n\x03"
                                 "2.0\x12\x15\n\nKubernetes\x12\x07v1.37.2";
    struct apitest *t = apitest_new();
    const struct apitest_request req = {
        .method = "GET",
        .path = "/openapi/v2",
        .accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"};

    ck_assert_int_eq(apitest_send(t, &req), 200);
    ck_assert_str_eq(t->content_type,
                     "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    ck_assert(t->text.len > sizeof(begins) &&
              memcmp(t->text.s, begins, sizeof(begins) - 1) == 0);
    apitest_free(t);
}
END_TEST

START_TEST(test_too_large)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *body = xmalloc(API_BODY_MAX + 2);

    memset(body, ' ', API_BODY_MAX + 1);
    body[API_BODY_MAX + 1] = '\0';
    ck_assert_int_eq(apitest_request(t, "POST", MAPS, body), 413);
    apitest_expect(t, "too large",
                   "reason=RequestEntityTooLarge|message~limit is 3145728");
    /* Kubernetes' own limits: on a ConfigMap's data, and on what its store takes. */
    memset(body, 'x', 1 << 21);
    body[1 << 20] = '\0';
    AUTO_FREE char *full =
        xasprintf("{'metadata': {'name': 'm'}, 'data': {'a': '%s'}}", body);
    ck_assert_int_eq(apitest_request(t, "POST", MAPS, full), 201);
    body[1 << 20] = 'x';
    body[(1 << 20) + 1] = '\0';
    AUTO_FREE char *over =
        xasprintf("{'metadata': {'name': 'n'}, 'data': {'a': '%s'}}", body);
    ck_assert_int_eq(apitest_request(t, "POST", MAPS, over), 422);
    apitest_expect(t, "data too large",
                   "message~[]: Too long: may not be more than 1048576 bytes");
    body[(1 << 20) + 1] = 'x';
    body[3 << 19] = '\0';
    AUTO_FREE char *event = xasprintf("{'metadata': {'name': 'e'}, 'message': '%s', "
                                      "'involvedObject': {}}",
                                      body);
    ck_assert_int_eq(apitest_request(t, "POST", NS "/default/events", event), 413);
    apitest_expect(t, "object too large", "message~larger than 1572864 bytes");
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/verbs", (struct suite_row[]){
                                                {test_scenario, ARRAY_LEN(scenarios)},
                                                {test_pages, 1},
                                                {test_noop, 1},
                                                {test_too_large, 1},
                                                {test_openapi_v2, 1},
                                                {test_dry_run_version, 1},
                                                {NULL, 0},
                                            });
}
