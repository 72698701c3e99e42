#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table.h"
#include "cmd/gantry-local/table_priv.h"
#include "tests/support/suite.h"

static const struct {
    int64_t sec;
    const char *text;
} ages[] = {
    {-5, "<invalid>"},       {0, "0s"},
    {119, "119s"},           {120, "2m"},
    {185, "3m5s"},           {600, "10m"},
    {10799, "179m"},         {10800, "3h"},
    {5 * 3600 + 60, "5h1m"}, {8 * 3600, "8h"},
    {47 * 3600, "47h"},      {48 * 3600, "2d"},
    {49 * 3600, "2d1h"},     {8 * 86400, "8d"},
    {729 * 86400, "729d"},   {730 * 86400, "2y"},
    {800 * 86400, "2y70d"},  {3000 * 86400, "8y"},
};

START_TEST(test_age)
{
    char text[AGE_TEXT_MAX];

    table_duration(ages[_i].sec, text);
    ck_assert_str_eq(text, ages[_i].text);
}
END_TEST

#define NOW 3600 /* 1970-01-01T01:00:00Z */

/* The cells of an object, an hour after its creation. */
static const struct {
    const char *name, *group, *plural, *object, *cells;
} rows[] = {
    {"a pending pod", "", "pods",
     "{\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Pending\"}}",
     "[\"x\",\"0/"
     "2\",\"Pending\",\"0\",\"60m\",\"<none>\",\"<none>\",\"<none>\",\"<none>\"]"},
    {"a running pod", "", "pods",
     "{\"spec\":{\"nodeName\":\"n\",\"containers\":[{}]},\"status\":{\"phase\":"
     "\"Running\","
     "\"podIP\":\"10.0.0.1\",\"containerStatuses\":[{\"ready\":true,\"restartCount\":2,"
     "\"state\":{\"running\":{}},\"lastState\":{\"terminated\":{\"finishedAt\":"
     "\"1970-01-01T00:50:00Z\"}}}]}}",
     "[\"x\",\"1/1\",\"Running\",\"2 (10m "
     "ago)\",\"60m\",\"10.0.0.1\",\"n\",\"<none>\",\"<none>\"]"},
    {"a failed pod", "", "pods",
     "{\"spec\":{\"containers\":[{}]},\"status\":{\"phase\":\"Failed\","
     "\"containerStatuses\":[{\"state\":{\"terminated\":{\"exitCode\":3}}}]}}",
     "[\"x\",\"0/1\",\"ExitCode:3\",\"0\",\"60m\",\"<none>\",\"<none>\",\"<none>\","
     "\"<none>\"]"},
    {"a pod being initialized", "", "pods",
     "{\"spec\":{\"containers\":[{}],\"initContainers\":[{\"name\":\"a\"},{\"name\":"
     "\"b\"}]},"
     "\"status\":{\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"a\","
     "\"state\":"
     "{\"terminated\":{\"exitCode\":0}}},{\"name\":\"b\",\"state\":{\"running\":{}}}]}"
     "}",
     "[\"x\",\"0/1\",\"Init:1/"
     "2\",\"0\",\"60m\",\"<none>\",\"<none>\",\"<none>\",\"<none>\"]"},
    {"a gated pod", "", "pods",
     "{\"spec\":{\"containers\":[{}]},\"status\":{\"phase\":\"Pending\",\"conditions\":"
     "[{"
     "\"type\":\"PodScheduled\",\"reason\":\"SchedulingGated\"}]}}",
     "[\"x\",\"0/"
     "1\",\"SchedulingGated\",\"0\",\"60m\",\"<none>\",\"<none>\",\"<none>\","
     "\"<none>\"]"},
    {"a node", "", "nodes",
     "{\"spec\":{\"unschedulable\":true},\"status\":{\"conditions\":[{\"type\":"
     "\"Ready\","
     "\"status\":\"True\"}],\"nodeInfo\":{\"kubeletVersion\":\"v1\"},\"addresses\":[{"
     "\"type\":"
     "\"InternalIP\",\"address\":\"10.1.1.1\"}]}}",
     "[\"x\",\"Ready,SchedulingDisabled\",\"<none>\",\"60m\",\"v1\",\"10.1.1.1\",\"<"
     "none>\","
     "\"<unknown>\",\"<unknown>\",\"<unknown>\"]"},
    {"a service", "", "services",
     "{\"spec\":{\"type\":\"ClusterIP\",\"clusterIP\":\"None\",\"ports\":[{\"port\":80}"
     ",{"
     "\"port\":53,\"nodePort\":30053,\"protocol\":\"UDP\"}],\"selector\":{\"a\":\"b\"}}"
     "}",
     "[\"x\",\"ClusterIP\",\"None\",\"<none>\",\"80/TCP,53:30053/"
     "UDP\",\"60m\",\"a=b\"]"},
    {"an event", "", "events",
     "{\"lastTimestamp\":\"1970-01-01T00:59:00Z\",\"type\":\"Normal\",\"reason\":\"R\","
     "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p\"},\"source\":{\"component\":"
     "\"c\"},"
     "\"message\":\"m\",\"count\":3}",
     "[\"60s\",\"Normal\",\"R\",\"pod/p\",\"\",\"c\",\"m\",\"<unknown>\",3,\"x\"]"},
    {"a config map", "", "configmaps",
     "{\"data\":{\"a\":\"\"},\"binaryData\":{\"b\":\"\"}}", "[\"x\",2,\"60m\"]"},
    {"a lease", "coordination.k8s.io", "leases",
     "{\"spec\":{\"holderIdentity\":\"h\"}}", "[\"x\",\"h\",\"60m\"]"},
    {"a deployment", "apps", "deployments",
     "{\"spec\":{\"replicas\":3},\"status\":{\"readyReplicas\":2,\"updatedReplicas\":3}"
     "}",
     "[\"x\",\"2/3\",3,0,\"60m\",\"\",\"\",\"<none>\"]"},
    {"a job", "batch", "jobs",
     "{\"spec\":{\"completions\":2},\"status\":{\"succeeded\":1,\"startTime\":"
     "\"1970-01-01T00:58:00Z\"}}",
     "[\"x\",\"Running\",\"1/2\",\"2m\",\"60m\",\"\",\"\",\"<none>\"]"},
    {"a daemon set", "apps", "daemonsets",
     "{\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{"
     "\"key"
     "\":\"c\",\"operator\":\"In\",\"values\":[\"d\",\"e\"]},{\"key\":\"f\","
     "\"operator\":\"DoesN"
     "otExist\"},{\"key\":\"g\",\"operator\":\"NotIn\",\"values\":[\"h\"]},{\"key\":"
     "\"i\",\"op"
     "erator\":\"Exists\"}]},\"template\":{\"spec\":{\"nodeSelector\":{\"disk\":"
     "\"ssd\"},"
     "\"containers\":[{\"name\":\"c\",\"image\":\"i\"},{\"name\":\"d\",\"image\":\"j\"}"
     "]}}},\"s"
     "tatus\":{\"desiredNumberScheduled\":3,\"numberReady\":1}}",
     "[\"x\",3,0,1,0,0,\"disk=ssd\",\"60m\",\"c,d\",\"i,j\",\"a=b,c in (d,e),!f,g notin"
     " (h),i\"]"},
    {"a selector in another order than its keys'", "networking.k8s.io",
     "networkpolicies",
     "{\"spec\":{\"podSelector\":{\"matchLabels\":{\"b-c\":\"1\",\"b\":\"2\"},"
     "\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"DoesNotExist\"},{\"key\":"
     "\"a\",\"operator\":\"In\",\"values\":[\"y\",\"x\"]}]}}}",
     "[\"x\",\"a in (x,y),b=2,b-c=1,!c\",\"60m\"]"},
    {"a replication controller", "", "replicationcontrollers",
     "{\"spec\":{\"replicas\":2,\"selector\":{\"a\":\"b\"},\"template\":{\"spec\":{"
     "\"contai"
     "ners\":[{\"name\":\"c\",\"image\":\"i\"},{\"name\":\"d\",\"image\":\"j\"}]}}}}",
     "[\"x\",2,0,0,\"60m\",\"c,d\",\"i,j\",\"a=b\"]"},
    {"a pod template", "", "podtemplates",
     "{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":["
     "{\"n"
     "ame\":\"c\",\"image\":\"i\"},{\"name\":\"d\",\"image\":\"j\"}]}}}",
     "[\"x\",\"c,d\",\"i,j\",\"a=b\"]"},
    {"a controller revision", "apps", "controllerrevisions",
     "{\"revision\":4,\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\""
     "kind\":\"StatefulSet\",\"name\":\"s\",\"controller\":true}]}}",
     "[\"x\",\"statefulset.apps/s\",4,\"60m\"]"},
    {"a cron job", "batch", "cronjobs",
     "{\"spec\":{\"schedule\":\"* * * * "
     "*\",\"suspend\":true,\"jobTemplate\":{\"spec\":{"
     "\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"},{"
     "\"name\":\"d\""
     ",\"image\":\"j\"}]}}}}},\"status\":{\"active\":[{}],\"lastScheduleTime\":\"1970-0"
     "1-01T00:58:00Z\"}}",
     "[\"x\",\"* * * * "
     "*\",\"<none>\",\"True\",1,\"2m\",\"60m\",\"c,d\",\"i,j\",\"<none>\"]"},
    {"a job that ends", "batch", "jobs",
     "{\"spec\":{\"parallelism\":3},\"metadata\":{\"deletionTimestamp\":\"1970-01-01T"
     "00:59:00Z\"}}",
     "[\"x\",\"Terminating\",\"0/1 of 3\",\"\",\"60m\",\"\",\"\",\"<none>\"]"},
    {"an autoscaler", "autoscaling", "v2/horizontalpodautoscalers",
     "{\"spec\":{\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"d\"},"
     "\"minReplica"
     "s\":2,\"maxReplicas\":5,\"metrics\":[{\"type\":\"Resource\",\"resource\":{"
     "\"name\":"
     "\"cpu\",\"target\":{\"type\":\"Utilization\",\"averageUtilization\":80}}},{\"type"
     "\":\"External\",\"external\":{\"target\":{\"averageValue\":\"5\"}}},{\"type\":"
     "\"Pods"
     "\",\"pods\":{\"target\":{\"averageValue\":\"1\"}}}]},\"status\":{"
     "\"currentReplicas"
     "\":3,\"currentMetrics\":[{\"type\":\"Resource\",\"resource\":{\"current\":{"
     "\"avera"
     "geUtilization\":20}}}]}}",
     "[\"x\",\"Deployment/d\",\"cpu: 20%/80%, <unknown>/5 (avg) + 1 more...\",\"2\","
     "5,3,\"60m\"]"},
    {"a balanced service", "", "services",
     "{\"spec\":{\"type\":\"LoadBalancer\",\"clusterIP\":\"10.0.0.1\",\"ports\":[{"
     "\"port\""
     ":80}]}}",
     "[\"x\",\"LoadBalancer\",\"10.0.0.1\",\"<pending>\",\"80/"
     "TCP\",\"60m\",\"<none>\"]"},
    {"a balanced service with an address", "", "services",
     "{\"spec\":{\"type\":\"LoadBalancer\",\"clusterIP\":\"10.0.0.1\",\"externalIPs\":["
     "\""
     "2.2.2.2\"],\"ports\":[{\"port\":80}]},\"status\":{\"loadBalancer\":{\"ingress\":["
     "{\"ip\":\"1.1.1.1\"}]}}}",
     "[\"x\",\"LoadBalancer\",\"10.0.0.1\",\"1.1.1.1,2.2.2.2\",\"80/"
     "TCP\",\"60m\",\"<none"
     ">\"]"},
    {"a service that is a name", "", "services",
     "{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"a.b\"}}",
     "[\"x\",\"ExternalName\",\"<none>\",\"a.b\",\"<none>\",\"60m\",\"<none>\"]"},
    {"endpoints", "", "endpoints",
     "{\"subsets\":[{\"addresses\":[{\"ip\":\"1.1.1.1\"},{\"ip\":\"1.1.1.2\"},{\"ip\":"
     "\"1.1"
     ".1.3\"},{\"ip\":\"1.1.1.4\"}],\"ports\":[{\"port\":80}]},{\"addresses\":[{\"ip\":"
     "\"2"
     ".2.2.2\"}]}]}",
     "[\"x\",\"1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 2 more...\",\"60m\"]"},
    {"an endpoint slice", "discovery.k8s.io", "endpointslices",
     "{\"addressType\":\"IPv4\",\"ports\":[{\"port\":80},{\"name\":\"p\"}],"
     "\"endpoints\":["
     "{\"addresses\":[\"1.1.1.1\"]}]}",
     "[\"x\",\"IPv4\",\"80,p\",\"1.1.1.1\",\"60m\"]"},
    {"an empty endpoint slice", "discovery.k8s.io", "endpointslices",
     "{\"addressType\":\"IPv4\"}", "[\"x\",\"IPv4\",\"<unset>\",\"<unset>\",\"60m\"]"},
    {"an ingress", "networking.k8s.io", "ingresses",
     "{\"spec\":{\"ingressClassName\":\"n\",\"rules\":[{\"host\":\"a.b\"},{\"host\":"
     "\"c.d\"}"
     "],\"tls\":[{}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"hostname\":\"a.long"
     ".name.example.com\"}]}}}",
     "[\"x\",\"n\",\"a.b,c.d\",\"a.long.name.e...\",\"80, 443\",\"60m\"]"},
    {"an ingress for all hosts", "networking.k8s.io", "ingresses",
     "{\"spec\":{\"rules\":[{}]}}", "[\"x\",\"<none>\",\"*\",\"\",\"80\",\"60m\"]"},
    {"the default ingress class", "networking.k8s.io", "ingressclasses",
     "{\"metadata\":{\"annotations\":{\"ingressclass.kubernetes.io/is-default-cla"
     "ss\":\"true\"}},\"spec\":{\"controller\":\"c/"
     "d\",\"parameters\":{\"apiGroup\":\"g\",\""
     "kind\":\"K\",\"name\":\"n\"}}}",
     "[\"x (default)\",\"c/d\",\"K.g/n\",\"60m\"]"},
    {"a network policy", "networking.k8s.io", "networkpolicies",
     "{\"spec\":{\"podSelector\":{}}}", "[\"x\",\"<none>\",\"60m\"]"},
    {"a volume", "", "persistentvolumes",
     "{\"spec\":{\"capacity\":{\"storage\":\"1Gi\"},\"accessModes\":[\"ReadWriteMany\","
     "\""
     "ReadWriteOnce\"],\"persistentVolumeReclaimPolicy\":\"Retain\",\"claimRef\":{\""
     "namespace\":\"n\",\"name\":\"c\"}},\"status\":{\"phase\":\"Bound\"}}",
     "[\"x\",\"1Gi\",\"RWO,RWX\",\"Retain\",\"Bound\",\"n/"
     "c\",\"\",\"<unset>\",\"\",\"60m\",\"<un"
     "set>\"]"},
    {"a claim", "", "persistentvolumeclaims",
     "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"1Gi\"}},"
     "\"storageClassName\""
     ":\"s\",\"volumeMode\":\"Block\"},\"status\":{\"phase\":\"Pending\"}}",
     "[\"x\",\"Pending\",\"\",\"\",\"\",\"s\",\"<unset>\",\"60m\",\"Block\"]"},
    {"a bound claim", "", "persistentvolumeclaims",
     "{\"spec\":{\"volumeName\":\"v\"},\"status\":{\"phase\":\"Bound\",\"capacity\":{"
     "\"stor"
     "age\":\"2Gi\"},\"accessModes\":[\"ReadWriteOncePod\"]}}",
     "[\"x\",\"Bound\",\"v\",\"2Gi\",\"RWOP\",\"\",\"<unset>\",\"60m\",\"<unset>\"]"},
    {"the default storage class", "storage.k8s.io", "storageclasses",
     "{\"metadata\":{\"annotations\":{\"storageclass.kubernetes.io/is-default-cla"
     "ss\":\"true\"}},\"provisioner\":\"p/"
     "q\",\"reclaimPolicy\":\"Delete\",\"volumeBindi"
     "ngMode\":\"Immediate\"}",
     "[\"x (default)\",\"p/q\",\"Delete\",\"Immediate\",false,\"60m\"]"},
    {"a quota", "", "resourcequotas",
     "{\"status\":{\"hard\":{\"cpu\":\"2\",\"limits.cpu\":\"4\"},\"used\":{\"cpu\":"
     "\"1\"}}}",
     "[\"x\",\"cpu: 1/2\",\"limits.cpu: 0/4\",\"60m\"]"},
    {"a role binding", "rbac.authorization.k8s.io", "rolebindings",
     "{\"roleRef\":{\"kind\":\"Role\",\"name\":\"r\"},\"subjects\":[{\"kind\":\"User\","
     "\"name"
     "\":\"u\"},{\"kind\":\"User\",\"name\":\"v\"},{\"kind\":\"ServiceAccount\","
     "\"namespace\""
     ":\"n\",\"name\":\"s\"}]}",
     "[\"x\",\"Role/r\",\"60m\",\"u, v\",\"\",\"n/s\"]"},
    {"what has no columns of its own", "", "serviceaccounts", "{}", "[\"x\",\"60m\"]"},
};

START_TEST(test_row)
{
    struct kinds *kinds = kinds_new();
    const char *slash = strchr(rows[_i].plural, '/'); /* "v2/..." */
    const struct kind *k = kinds_find(kinds, rows[_i].group, slash ? "v2" : "v1",
                                      slash ? slash + 1 : rows[_i].plural);
    JSON_AUTO struct json *object = json_parse_str(rows[_i].object, NULL);
    JSON_AUTO struct json *want = json_parse_str(rows[_i].cells, NULL);
    STR_AUTO struct str out, columns;

    ck_assert_ptr_nonnull(object);
    json_set_at(object, "metadata.name", json_new_string("x"));
    json_set_at(object, "metadata.creationTimestamp",
                json_new_string("1970-01-01T00:00:00Z"));
    str_init(&out, 65536);
    str_init(&columns, 65536);
    table_row(k, object, TABLE_METADATA, NOW, &out);
    table_columns(k, &columns);
    JSON_AUTO struct json *row = json_parse_str(out.s, NULL);
    JSON_AUTO struct json *heads = json_parse_str(columns.s, NULL);
    ck_assert_msg(json_equal(json_get(row, "cells"), want), "%s: %s", rows[_i].name,
                  out.s);
    ck_assert_uint_eq(json_len(heads), json_len(want));
    ck_assert_str_eq(json_str(row, "object.kind"), "PartialObjectMetadata");
    kinds_free(kinds);
}
END_TEST

START_TEST(test_custom)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    JSON_AUTO struct json *crd = json_build(
        "{'metadata': {'name': 'things.e.dev'}, 'spec': {'group': 'e.dev', 'scope':"
        " 'Cluster', 'names': {'plural': 'things', 'kind': 'Thing'}, 'versions': "
        "[{'name':"
        " 'v1', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type':"
        " 'object'}}, 'additionalPrinterColumns': ["
        "{'name': 'N', 'type': 'integer', 'jsonPath': '.spec.n'},"
        "{'name': 'Since', 'type': 'date', 'jsonPath': '.spec.at', 'priority': 1},"
        "{'name': 'List', 'type': 'string', 'jsonPath': '.spec.l'},"
        "{'name': 'None', 'type': 'string', 'jsonPath': '.spec.none'}]}]}}");
    JSON_AUTO struct json *object = json_build(
        "{'metadata': {'name': 'a'}, 'spec': {'n': 3, 'at': '1970-01-01T00:00:00Z',"
        " 'l': [1, 2]}}");
    JSON_AUTO struct json *want = json_build("['a', 3, '60m', '[1,2]', null]");
    STR_AUTO struct str out;

    ck_assert_msg(kinds_add_crd(kinds, crd, &err) == 0, "%s", err.msg);
    str_init(&out, 65536);
    table_row(kinds_find(kinds, "e.dev", "v1", "things"), object, TABLE_OBJECT, NOW,
              &out);
    JSON_AUTO struct json *row = json_parse_str(out.s, NULL);
    ck_assert_msg(json_equal(json_get(row, "cells"), want), "%s", out.s);
    ck_assert(json_equal(json_get(row, "object"), object));
    str_reset(&out);
    table_row(kinds_find(kinds, "e.dev", "v1", "things"), object, TABLE_NONE, NOW,
              &out);
    ck_assert_ptr_nonnull(strstr(out.s, "\"object\":null"));
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/table", (struct suite_row[]){
                                                {test_age, ARRAY_LEN(ages)},
                                                {test_row, ARRAY_LEN(rows)},
                                                {test_custom, 1},
                                                {NULL, 0},
                                            });
}
