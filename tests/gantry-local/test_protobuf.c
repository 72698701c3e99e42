#include "cmd/gantry-local/protobuf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf_print.h"
#include "tests/support/suite.h"

/*
 * Messages are written as text: fields "NUMBER:VALUE" with blanks between them, a value
 * being a number (varint), a text in single quotes, or a message in braces:
 *
 *   1:{1:'name' 2:''} 4:0
 */
static void add_varint(struct str *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        str_addc(out, (int)(value & 0x7f) | 0x80);
    str_addc(out, (int)value);
}

static void add_bytes(struct str *out, const char *bytes, size_t len)
{
    add_varint(out, len);
    str_addn(out, bytes, len);
}

static const char *add_message(struct str *out, const char *text);

/* Returns what stands behind the value. */
static const char *add_value(struct str *out, uint64_t number, const char *text)
{
    STR_AUTO struct str inner;
    char *end;

    str_init(&inner, 1 << 20);
    if (*text != '\'' && *text != '{') {
        add_varint(out, number << 3);
        add_varint(out, strtoull(text, &end, 10));
        return end;
    }
    add_varint(out, number << 3 | 2);
    if (*text == '{') {
        text = add_message(&inner, text + 1);
        add_bytes(out, inner.s ? inner.s : "", inner.len);
        return text;
    }
    const size_t len = strcspn(text + 1, "'");
    add_bytes(out, text + 1, len);
    return text + len + 2;
}

/* Up to a closing brace or the end. */
static const char *add_message(struct str *out, const char *text)
{
    char *end;

    for (;;) {
        text += strspn(text, " ");
        if (*text == '\0' || *text == '}')
            return *text ? text + 1 : text;
        const uint64_t number = strtoull(text, &end, 10);
        ck_assert_msg(*end == ':', "%s", text);
        text = add_value(out, number, end + 1);
    }
}

static void add_body(struct str *out, const char *version, const char *kind,
                     const char *message)
{
    AUTO_FREE char *unknown =
        xasprintf("1:{1:'%s' 2:'%s'} 2:{%s} 3:'' 4:''", version, kind, message);

    str_addn(out, "k8s", 4);
    add_message(out, unknown);
}

static void expect_json(const char *name, const struct json *object, const char *want)
{
    AUTO_FREE char *text = xstrdup(want);

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    JSON_AUTO struct json *expected = json_parse_str(text, NULL);
    AUTO_FREE char *got = json_text(object, NULL);
    ck_assert_msg(expected != NULL, "%s: %s", name, text);
    ck_assert_msg(json_equal(object, expected), "%s: got %s", name, got);
}

static const struct {
    const char *name, *version, *kind, *message;
    const char *want; /* without apiVersion and kind */
} cases[] = {
    {"what is no pointer and zero is absent", "v1", "ConfigMap",
     "1:{1:'a' 2:'' 3:'' 5:'' 6:'' 7:0 8:{}} 2:{1:'k' 2:'v'} 2:{1:'e' 2:''} 2:{1:'n'} "
     "4:0",
     "{'metadata': {'name': 'a'}, 'data': {'k': 'v', 'e': '', 'n': ''}, 'immutable': "
     "false}"},
    {"bytes", "v1", "Secret", "1:{1:'a'} 2:{1:'k' 2:'ab'} 3:'Opaque'",
     "{'metadata': {'name': 'a'}, 'data': {'k': 'YWI='}, 'type': 'Opaque'}"},
    {"times", "coordination.k8s.io/v1", "Lease",
     "1:{1:'a' 8:{1:1800000000}} 2:{1:'me' 2:15 4:{1:1800000000 2:123456789}}",
     "{'metadata': {'name': 'a', 'creationTimestamp': '2027-01-15T08:00:00Z'}, 'spec': "
     "{'holderIdentity': 'me', 'leaseDurationSeconds': 15, 'renewTime': "
     "'2027-01-15T08:00:00.123456Z'}}"},
    {"quantities", "v1", "ResourceQuota",
     "1:{1:'a'} 2:{1:{1:'cpu' 2:{1:'500m'}} 1:{1:'pods' 2:{1:'3'}}} 3:{}",
     "{'metadata': {'name': 'a'}, 'spec': {'hard': {'cpu': '500m', 'pods': '3'}}}"},
    {"numbers or texts", "policy/v1", "PodDisruptionBudget",
     "1:{1:'a'} 2:{1:{1:0 2:2 3:''} 3:{1:1 2:0 3:'20%'}}",
     "{'metadata': {'name': 'a'}, 'spec': {'minAvailable': 2, 'maxUnavailable': "
     "'20%'}}"},
    {"what JSON has inline", "v1", "Pod",
     "1:{1:'a'} 2:{1:{1:'v' 2:{6:{1:'s'}}} 1:{1:'w' 2:{2:{}}} 2:{1:'c' 2:'i' "
     "7:{1:'E' 2:'' 3:{3:{1:{1:'m'} 2:'k'}}} 10:{1:{1:{1:'true'}} 2:0 3:5}}}",
     "{'metadata': {'name': 'a'}, 'spec': {'volumes': [{'name': 'v', 'secret': "
     "{'secretName': 's'}}, {'name': 'w', 'emptyDir': {}}], 'containers': [{'name': "
     "'c', 'image': 'i', 'env': [{'name': 'E', 'valueFrom': {'configMapKeyRef': "
     "{'name': 'm', 'key': 'k'}}}], 'livenessProbe': {'exec': {'command': ['true']}, "
     "'timeoutSeconds': 5}}]}}"},
    {"repeated numbers, one by one and packed", "v1", "Pod",
     "1:{1:'a'} 2:{2:{1:'c' 2:'i' 25:{1:'Restart' 2:{1:'In' 2:1 2:2}}} 2:{1:'d' 2:'i' "
     "25:{1:'Restart' 2:{1:'In' 2:'\x03\x04'}}}}",
     "{'metadata': {'name': 'a'}, 'spec': {'containers': [{'name': 'c', 'image': 'i', "
     "'restartPolicyRules': [{'action': 'Restart', 'exitCodes': {'operator': 'In', "
     "'values': [1, 2]}}]}, {'name': 'd', 'image': 'i', 'restartPolicyRules': "
     "[{'action': 'Restart', 'exitCodes': {'operator': 'In', 'values': [3, 4]}}]}]}}"},
    {"a required zero", "v1", "Pod", "1:{1:'a'} 2:{2:{1:'c' 6:{1:'' 2:0 3:0 4:''}}}",
     "{'metadata': {'name': 'a'}, 'spec': {'containers': [{'name': 'c', 'ports': "
     "[{'containerPort': 0}]}]}}"},
    {"a negative number", "v1", "Pod",
     "1:{1:'a'} 2:{25:18446744073709551606 2:{1:'c'}}",
     "{'metadata': {'name': 'a'}, 'spec': {'priority': -10, 'containers': [{'name': "
     "'c'}]}}"},
    {"options of any group", "policy/v1", "DeleteOptions",
     "1:0 2:{1:'u'} 4:'Background' 5:'All'",
     "{'gracePeriodSeconds': 0, 'preconditions': {'uid': 'u'}, 'propagationPolicy': "
     "'Background', 'dryRun': ['All']}"},
    {"a cron job", "batch/v1", "CronJob",
     "1:{1:'a'} 2:{1:'@daily' 3:'Forbid' 4:0 5:{1:{11:{1:'l' 2:'m'}} 2:{7:0 "
     "6:{1:{} 2:{2:{1:'c' 2:'i'} 3:'Never'}}}} 6:0 8:'UTC'} 3:{}",
     "{'metadata': {'name': 'a'}, 'spec': {'schedule': '@daily', 'concurrencyPolicy': "
     "'Forbid', 'suspend': false, 'jobTemplate': {'metadata': {'labels': {'l': 'm'}}, "
     "'spec': {'backoffLimit': 0, 'template': {'spec': {'containers': [{'name': 'c', "
     "'image': 'i'}], 'restartPolicy': 'Never'}}}}, 'successfulJobsHistoryLimit': 0, "
     "'timeZone': 'UTC'}}"},
    {"an ingress", "networking.k8s.io/v1", "Ingress",
     "1:{1:'a'} 2:{2:{1:'h' 2:'s'} 3:{1:'h' 2:{1:{1:{1:'/' 2:{4:{1:'s' 2:{1:'' 2:80}}} "
     "3:'Prefix'}}}} 4:'n'}",
     "{'metadata': {'name': 'a'}, 'spec': {'tls': [{'hosts': ['h'], 'secretName': "
     "'s'}], 'rules': [{'host': 'h', 'http': {'paths': [{'path': '/', 'backend': "
     "{'service': {'name': 's', 'port': {'number': 80}}}, 'pathType': 'Prefix'}]}}], "
     "'ingressClassName': 'n'}}"},
    {"a volume", "v1", "PersistentVolume",
     "1:{1:'a'} 2:{1:{1:'storage' 2:{1:'1Gi'}} 2:{3:{1:'/x' 2:''}} 3:'ReadWriteOnce'}",
     "{'metadata': {'name': 'a'}, 'spec': {'capacity': {'storage': '1Gi'}, 'hostPath': "
     "{'path': '/x', 'type': ''}, 'accessModes': ['ReadWriteOnce']}}"},
    {"an autoscaler", "autoscaling/v2", "HorizontalPodAutoscaler",
     "1:{1:'a'} 2:{1:{1:'Deployment' 2:'d' 3:'apps/v1'} 2:1 3:5 4:{1:'Resource' "
     "4:{1:'cpu' 2:{1:'Utilization' 4:80}}}}",
     "{'metadata': {'name': 'a'}, 'spec': {'scaleTargetRef': {'kind': 'Deployment', "
     "'name': 'd', 'apiVersion': 'apps/v1'}, 'minReplicas': 1, 'maxReplicas': 5, "
     "'metrics': [{'type': 'Resource', 'resource': {'name': 'cpu', 'target': {'type': "
     "'Utilization', 'averageUtilization': 80}}}]}}"},
    {"a scale", "autoscaling/v1", "Scale", "1:{1:'a'} 2:{1:3} 3:{1:0}",
     "{'metadata': {'name': 'a'}, 'spec': {'replicas': 3}}"},
    {"an endpoint slice", "discovery.k8s.io/v1", "EndpointSlice",
     "1:{1:'a'} 2:{1:'1.2.3.4' 2:{1:1}} 3:{1:'' 2:'TCP' 3:80} 4:'IPv4'",
     "{'metadata': {'name': 'a'}, 'endpoints': [{'addresses': ['1.2.3.4'], "
     "'conditions': {'ready': true}}], 'ports': [{'name': '', 'protocol': 'TCP', "
     "'port': 80}], 'addressType': 'IPv4'}"},
    {"a storage class", "storage.k8s.io/v1", "StorageClass",
     "1:{1:'a'} 2:'p/q' 4:'Delete' 6:1",
     "{'metadata': {'name': 'a'}, 'provisioner': 'p/q', 'reclaimPolicy': 'Delete', "
     "'allowVolumeExpansion': true}"},
    {"a cluster role", "rbac.authorization.k8s.io/v1", "ClusterRole",
     "1:{1:'a'} 2:{1:'get' 5:'/x'} 3:{1:{1:{1:'k' 2:'v'}}}",
     "{'metadata': {'name': 'a'}, 'rules': [{'verbs': ['get'], 'nonResourceURLs': "
     "['/x']}], 'aggregationRule': {'clusterRoleSelectors': [{'matchLabels': {'k': "
     "'v'}}]}}"},
};

START_TEST(test_case)
{
    const char *name = cases[_i].name;
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str body;

    str_init(&body, 1 << 20);
    add_body(&body, cases[_i].version, cases[_i].kind, cases[_i].message);
    JSON_AUTO struct json *object = protobuf_parse(kinds, body.s, body.len, &err);
    ck_assert_msg(object != NULL, "%s: %s", name, err.msg);
    ck_assert_str_eq(json_str(object, "apiVersion"), cases[_i].version);
    ck_assert_str_eq(json_str(object, "kind"), cases[_i].kind);
    json_del(object, "apiVersion");
    json_del(object, "kind");
    expect_json(name, object, cases[_i].want);
    kinds_free(kinds);
}
END_TEST

/* What is read is written so that it reads the same. */
START_TEST(test_written)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str body, again;

    str_init(&body, 1 << 20);
    str_init(&again, 1 << 20);
    add_body(&body, cases[_i].version, cases[_i].kind, cases[_i].message);
    JSON_AUTO struct json *object = protobuf_parse(kinds, body.s, body.len, &err);
    ck_assert_msg(protobuf_print(kinds, object, &again), "%s", cases[_i].name);
    JSON_AUTO struct json *twice = protobuf_parse(kinds, again.s, again.len, &err);
    AUTO_FREE char *text = json_text(twice, NULL);
    ck_assert_msg(json_equal(object, twice), "%s: %s: %s", cases[_i].name, err.msg,
                  text);
    kinds_free(kinds);
}
END_TEST

START_TEST(test_not_written)
{
    struct kinds *kinds = kinds_new();
    STR_AUTO struct str out;
    JSON_AUTO struct json *custom =
        json_build("{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'BatchJob'}");

    str_init(&out, 1 << 20);
    ck_assert(!protobuf_print(kinds, custom, &out));
    ck_assert_uint_eq(out.len, 0);
    kinds_free(kinds);
}
END_TEST

/* What kubectl sends for `create deployment d --image=x --replicas=0 --port=80`. */
START_TEST(test_captured)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str body;

    str_init(&body, 1 << 20);
    ck_assert_msg(str_read_file(&body, "tests/fuzz/corpus/protobuf/deployment", &err) ==
                      0,
                  "%s", err.msg);
    JSON_AUTO struct json *object = protobuf_parse(kinds, body.s, body.len, &err);
    ck_assert_msg(object != NULL, "%s", err.msg);
    expect_json("captured", object,
                "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': "
                "'d', 'labels': {'app': 'd'}}, 'spec': {'replicas': 0, 'selector': "
                "{'matchLabels': {'app': 'd'}}, 'template': {'metadata': {'labels': "
                "{'app': 'd'}}, 'spec': {'containers': [{'name': 'x', 'image': 'x', "
                "'ports': [{'containerPort': 80}]}]}}}}");
    STR_AUTO struct str again;
    str_init(&again, 1 << 20);
    ck_assert(protobuf_print(kinds, object, &again));
    ck_assert_uint_eq(again.len, body.len);
    ck_assert_mem_eq(again.s, body.s, body.len);
    /* Cut anywhere, it is refused or less, never read past its end. */
    for (size_t len = 0; len < body.len; len++) {
        AUTO_FREE char *cut = xmalloc(len + 1);
        memcpy(cut, body.s, len);
        struct err why = ERR_INIT;
        json_free(protobuf_parse(kinds, cut, len, &why));
    }
    kinds_free(kinds);
}
END_TEST

static const struct {
    const char *name, *version, *kind, *message, *why;
} refusals[] = {
    {"an unknown kind", "v1", "Chair", "",
     "no Chair of v1 can be read from protobuf: send JSON"},
    {"a custom kind", "gantry.dev/v1alpha1", "BatchJob", "",
     "no BatchJob of gantry.dev/v1alpha1 can be read from protobuf: send JSON"},
    {"a number for a text", "v1", "ConfigMap", "1:{1:5}",
     "metadata: name: field 1 is of another type"},
    {"a text for a number", "v1", "ConfigMap", "4:'true'",
     "immutable: field 4 is of another type"},
    {"a number that is no field's", "v1", "ConfigMap", "1:{1:'a'} 99:'x'",
     "field 99 is not known: send JSON"},
    {"a number past all fields'", "v1", "ConfigMap", "1000:{1:'y'}",
     "field 1000 is not known: send JSON"},
    {"one within a list", "v1", "Pod", "2:{2:{1:'c' 90:1}}",
     "spec: containers: field 90 is not known: send JSON"},
    {"one within what JSON has inline", "v1", "Pod", "2:{1:{1:'v' 2:{90:{}}}}",
     "spec: volumes: field 90 is not known: send JSON"},
    {"a number for what JSON has inline", "v1", "Pod", "2:{1:{1:'v' 2:1}}",
     "spec: volumes: field 2 is not known: send JSON"},
    {"a time past all years", "v1", "ConfigMap", "1:{8:{1:999999999999999}}",
     "metadata: creationTimestamp: a time is out of range"},
};

START_TEST(test_refusal)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str body;

    str_init(&body, 1 << 20);
    add_body(&body, refusals[_i].version, refusals[_i].kind, refusals[_i].message);
    ck_assert_msg(!protobuf_parse(kinds, body.s, body.len, &err), "%s",
                  refusals[_i].name);
    ck_assert_str_eq(err.msg, refusals[_i].why);
    kinds_free(kinds);
}
END_TEST

START_TEST(test_no_envelope)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;

    ck_assert(!protobuf_parse(kinds, "{}", 2, &err));
    ck_assert_str_eq(err.msg, "Kubernetes' protobuf begins with \"k8s\\0\"");
    ck_assert(!protobuf_parse(kinds, "k8s", 4, &err));
    ck_assert_str_eq(err.msg, "the protobuf names no type or holds nothing");
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/protobuf",
                      (struct suite_row[]){{test_case, ARRAY_LEN(cases)},
                                           {test_written, ARRAY_LEN(cases)},
                                           {test_not_written, 1},
                                           {test_captured, 1},
                                           {test_refusal, ARRAY_LEN(refusals)},
                                           {test_no_envelope, 1},
                                           {NULL, 0}});
}
