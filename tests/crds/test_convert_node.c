#include "crds/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "scheduler/oversubscribe.h"
#include "tests/support/suite.h"

#define TEXT_MAX_LEN 4096

static struct json *parse(const char *name, const char *text)
{
    struct err err = ERR_INIT;
    struct json *ret = yaml_parse_one(text, strlen(text), name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", name, err.msg);
    return ret;
}

/* ---- nodes ---- */

static const struct {
    const char *name, *object;
    const char *node; /* or the error */
} nodes[] = {
    {"bare", "{metadata: {name: n1}}", "n1 not-ready"},
    {"a weight", "metadata: {name: n1, labels: {gantry.dev/weight: '20'}}",
     "n1 not-ready gantry.dev/weight=20 weight=20"},
    {"the largest weight",
     "metadata: {name: n1, labels: {gantry.dev/weight: '4294967280'}}",
     "n1 not-ready gantry.dev/weight=4294967280 weight=4294967280"},
    {"too large a weight",
     "metadata: {name: n1, labels: {gantry.dev/weight: '4294967281'}}",
     "n1 not-ready gantry.dev/weight=4294967281"},
    {"no number for a weight",
     "metadata: {name: n1, labels: {gantry.dev/weight: '1e3'}}",
     "n1 not-ready gantry.dev/weight=1e3"},
    {"a GPU node",
     "metadata: {name: n1, labels: {gantry.dev/gpu-type: h100, a: b}}\n"
     "status: {allocatable: {cpu: 7800m, memory: 64Gi, pods: '110', nvidia.com/gpu: "
     "'8', "
     "hugepages-1Gi: '0'}, conditions: [{type: DiskPressure, status: 'True'}, {type: "
     "Ready, status: 'True'}]}",
     "n1 ready cpu=7800 memory=68719476736 pods=110 nvidia.com/gpu=8 type=h100 a=b "
     "gantry.dev/gpu-type=h100"},
    {"cordoned and tainted",
     "metadata: {name: n1}\nspec: {unschedulable: true, taints: [{key: k, value: v, "
     "effect: NoExecute}]}\n"
     "status: {conditions: [{type: Ready, status: Unknown}]}",
     "n1 not-ready cordoned k=v:2"},
    {"no name", "{}", "metadata.name: a node needs a name"},
    {"no such effect",
     "{metadata: {name: n1}, spec: {taints: [{key: k, effect: Scare}]}}",
     "spec.taints[0].effect: \"Scare\" is none of NoSchedule, PreferNoSchedule, "
     "NoExecute"},
    {"less than nothing", "{metadata: {name: n1}, status: {allocatable: {cpu: -1}}}",
     "status.allocatable.cpu: must not be negative"},
};

static void describe_node(const struct restable *t, const struct node *n,
                          struct str *out)
{
    str_addf(out, "%s %s", n->name, n->ready ? "ready" : "not-ready");
    if (n->unschedulable)
        str_add(out, " cordoned");
    for (int i = 0; i < t->n; i++)
        if (n->capacity.v[i] != 0)
            str_addf(out, " %s=%" PRId64, t->name[i], n->capacity.v[i]);
    if (n->gpu_type)
        str_addf(out, " type=%s", n->gpu_type);
    for (size_t i = 0; i < n->n_labels; i++)
        str_addf(out, " %s=%s", n->labels[i].key, n->labels[i].value);
    if (n->weight != 1)
        str_addf(out, " weight=%lld", (long long)n->weight);
    for (size_t i = 0; i < n->n_taints; i++)
        str_addf(out, " %s=%s:%d", n->taints[i].key, n->taints[i].value,
                 (int)n->taints[i].effect);
}

START_TEST(test_node)
{
    struct restable resources;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_LEN);
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = parse(nodes[_i].name, nodes[_i].object);
    struct node *node = convert_node(&c, object, &err);
    if (node)
        describe_node(&resources, node, &text);
    else
        str_add(&text, err.msg);
    ck_assert_msg(strcmp(text.s, nodes[_i].node) == 0, "%s:\n got %s\nwant %s",
                  nodes[_i].name, text.s, nodes[_i].node);
    node_free(node);
}
END_TEST

/* A node with more kinds than the table has is still a node with cpu and memory. */
START_TEST(test_node_full_table)
{
    struct restable resources;
    restable_init(&resources);
    for (char name[] = "example.com/a"; resources.n < RES_MAX; name[12]++)
        restable_intern(&resources, name);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = parse(
        "full", "{metadata: {name: n1}, status: {allocatable: {cpu: 1, x/y: 2}}}");
    struct node *node = convert_node(&c, object, NULL);
    ck_assert_ptr_nonnull(node);
    ck_assert_int_eq(node->capacity.v[RES_CPU], 1000);
    node_free(node);
}
END_TEST

/* ---- partitions ---- */

static const struct {
    const char *name, *spec;
    const char *partition; /* or the error */
} partitions[] = {
    {"bare", "",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807"},
    {"all of it",
     "default: true, state: DRAIN, priorityTier: 5, priorityJobFactor: 6, maxTime: "
     "1-0, "
     "defaultTime: '30', minNodes: 2, maxNodes: 4, nodes: 'n[2,1]', nodeSelector: "
     "{matchLabels: {a: b}, "
     "matchExpressions: [{key: k, operator: Exists}]}",
     "p default state=2 tier=5 factor=6 time=86400/1800 nodes=2-4 n1 n2 a:0 k:2"},
    {"all nodes, as in slurm.conf", "nodes: ALL, nodeSelector: {matchLabels: {a: b}}",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807"},
    {"no limits, as in slurm.conf", "maxTime: '0', defaultTime: '0'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/9223372036854775807 "
     "nodes=0-9223372036854775807"},
    {"no such state", "state: UPP",
     "spec.state: \"UPP\" is none of UP, DOWN, DRAIN, INACTIVE"},
    {"not yet", "podDefaults: {}", "spec.podDefaults is not supported yet"},
    {"no length", "maxTime: soon", "spec.maxTime: "},
    {"out of range", "priorityTier: -1", "spec.priorityTier: must be from 0 to 65533"},
    {"modes of others", "preemptMode: 'REQUEUE,WITHIN,PRIORITY'",
     "spec.preemptMode: WITHIN,PRIORITY is a word of gantry.yaml only"},
    {"least over most", "minNodes: 3, maxNodes: 2",
     "spec.minNodes must not be more than spec.maxNodes"},
    {"a broken hostlist", "nodes: 'n[1-'", "spec.nodes: "},
    {"a selector of another type", "nodeSelector: {matchLabels: [a]}",
     "spec.nodeSelector.matchLabels: expected object"},
    {"values for Exists",
     "nodeSelector: {matchExpressions: [{key: k, operator: Exists, values: [a]}]}",
     "spec.nodeSelector.matchExpressions[0].values: Exists takes none"},
    {"no values for In", "nodeSelector: {matchExpressions: [{key: k, operator: In}]}",
     "spec.nodeSelector.matchExpressions[0].values: In takes at least one"},
    {"weights",
     "tresBillingWeights: {cpu: 1, mem: 0.00025, node: 2.5, gres/gpu: 0, "
     "gres/gpu:h100: 20, gres/x.org/fpga: 3, license/matlab: 7}",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 bill cpu 1000000000 memory 250000 node 2500000000 "
     "nvidia.com/gpu 0 "
     "nvidia.com/gpu:h100 20000000000 x.org/fpga 3000000000 license/matlab "
     "7000000000"},
    {"a weight of nothing", "tresBillingWeights: {gpu: 1}",
     "spec.tresBillingWeights.gpu: no such TRES: right are cpu, mem, node, gres/gpu, "
     "gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME"},
    {"a type of CPUs", "tresBillingWeights: {'cpu:fast': 1}",
     "spec.tresBillingWeights.cpu:fast: no such TRES: "},
    {"a weight of jobs", "tresBillingWeights: {billing: 1}",
     "spec.tresBillingWeights.billing: no such TRES: "},
    {"a weight of a device without a domain", "tresBillingWeights: {gres/fpga: 1}",
     "spec.tresBillingWeights.gres/fpga: no such TRES: "},
    {"a negative weight", "tresBillingWeights: {cpu: -1}",
     "spec.tresBillingWeights.cpu: must be a number from 0 to 1000000000"},
    {"a weight too large", "tresBillingWeights: {cpu: 1e10}",
     "spec.tresBillingWeights.cpu: must be a number from 0 to 1000000000"},
    {"a weight in words", "tresBillingWeights: {mem: 0.25G}",
     "spec.tresBillingWeights.mem: must be a number from 0 to 1000000000"},
    {"whom it takes",
     "allowAccounts: [b, a], denyAccounts: [c], allowQos: [q], denyQos: [r, q], "
     "allowNamespaces: [n], allowGroups: [h, g], denyGroups: [k], rootOnly: true, "
     "hidden: true",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 +acct=a,b -acct=c +qos=q -qos=q,r +ns=n "
     "+groups=g,h -groups=k rootonly hidden"},
    {"over the limit, and who takes jobs meanwhile",
     "overTimeLimit: '5', alternate: spare",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 over=300 alternate spare"},
    {"over the limit for ever", "overTimeLimit: UNLIMITED",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 over=9223372036854775807"},
    {"over the limit, no length", "overTimeLimit: a while", "spec.overTimeLimit: "},
    {"amounts", "defCpuPerGPU: 4, defMemPerNode: 1G, maxMemPerCPU: '2'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 cpu/gpu=4 mem=1073741824/0/0 max=0/2097152"},
    {"amounts by the CPU, and by the node", "defMemPerCPU: 1Gi, maxMemPerNode: 1T",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 cpu/gpu=0 mem=0/1073741824/0 max=1099511627776/0"},
    {"amounts by the GPU", "defMemPerGPU: 1M",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 cpu/gpu=0 mem=0/0/1048576 max=0/0"},
    {"CPUs of a node", "maxCPUsPerNode: 48",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 cpu/gpu=0 mem=0/0/0 max=0/0 cpus=48"},
    {"no CPUs of a node", "maxCPUsPerNode: 0",
     "spec.maxCPUsPerNode: must be from 1 to 100000"},
    {"no amount", "maxMemPerNode: much", "spec.maxMemPerNode: "},
    {"more than there is", "defMemPerCPU: 9000T",
     "spec.defMemPerCPU: more than any machine has"},
    {"two amounts", "defMemPerCPU: 1G, defMemPerNode: 1G",
     "spec.defMemPerNode, defMemPerCPU and defMemPerGPU exclude each other"},
    {"exclusive, least loaded first", "exclusive: true, lln: true, reqResv: true",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 exclusive lln reqresv"},
    {"each job's user's", "exclusiveUser: true",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 owned"},
    {"exclusive, the old word", "overSubscribe: EXCLUSIVE",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 exclusive"},
    {"shared if both ask", "overSubscribe: 'YES:2'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 share YES:2"},
    {"shared if all four ask", "overSubscribe: 'YES'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 share YES:4"},
    {"shared with oneself", "overSubscribe: 'YES:1'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807"},
    {"not shared", "overSubscribe: 'NO'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807"},
    {"oversubscribed", "overSubscribe: 'FORCE:64'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 share FORCE:64"},
    {"oversubscribed by four", "overSubscribe: FORCE",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 share FORCE:4"},
    {"oversubscribed by one", "overSubscribe: 'FORCE:1'",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 share FORCE:1"},
    {"oversubscribed by nobody", "overSubscribe: 'FORCE:0'",
     "spec.overSubscribe: \"FORCE:0\" is none of NO, EXCLUSIVE, YES[:n] and FORCE[:n], "
     "n from 1 to 64"},
    {"oversubscribed by too many", "overSubscribe: 'FORCE:65'",
     "spec.overSubscribe: \"FORCE:65\" is none of NO, EXCLUSIVE, YES[:n] and "
     "FORCE[:n], n from 1 to 64"},
    {"oversubscribed by no number", "overSubscribe: 'YES:'",
     "spec.overSubscribe: \"YES:\" is none of NO, EXCLUSIVE, YES[:n] and FORCE[:n], n "
     "from 1 to 64"},
    {"oversubscribed in another way", "overSubscribe: FORCED",
     "spec.overSubscribe: \"FORCED\" is none of NO, EXCLUSIVE, YES[:n] and FORCE[:n], "
     "n from 1 to 64"},
    {"a QOS of its own", "qos: night",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807 qos night"},
    {"no QOS of its own", "qos: ''",
     "p state=0 tier=1 factor=1 time=9223372036854775807/-1 "
     "nodes=0-9223372036854775807"},
    {"a QOS that is no word", "qos: [a]", "spec.qos: expected string, got array"},
    {"a list that is none", "denyQos: q", "spec.denyQos: expected array"},
    {"a list of numbers", "allowAccounts: [a, 1]",
     "spec.allowAccounts[1]: expected string"},
    {"a list of weights", "tresBillingWeights: [1]",
     "spec.tresBillingWeights: expected object"},
};

static void describe_access(const struct access *a, struct str *out)
{
    const struct {
        const char *what;
        char **names;
        size_t n;
    } lists[] = {{"+acct", a->allow_accounts, a->n_allow_accounts},
                 {"-acct", a->deny_accounts, a->n_deny_accounts},
                 {"+qos", a->allow_qos, a->n_allow_qos},
                 {"-qos", a->deny_qos, a->n_deny_qos},
                 {"+ns", a->allow_namespaces, a->n_allow_namespaces},
                 {"+groups", a->allow_groups, a->n_allow_groups},
                 {"-groups", a->deny_groups, a->n_deny_groups}};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        for (size_t k = 0; k < lists[i].n; k++)
            str_addf(out, "%s%s%s%s", k == 0 ? " " : "", k == 0 ? lists[i].what : "",
                     k == 0 ? "=" : ",", lists[i].names[k]);
}

static void describe_amounts(const struct part_amounts *a, struct str *out)
{
    const struct part_amounts none = {0};
    if (memcmp(a, &none, sizeof(none)) == 0)
        return;
    str_addf(out, " cpu/gpu=%" PRId64 " mem=%" PRId64 "/%" PRId64 "/%" PRId64,
             a->def_cpus_per_gpu, a->def_mem_per_node, a->def_mem_per_cpu,
             a->def_mem_per_gpu);
    str_addf(out, " max=%" PRId64 "/%" PRId64, a->max_mem_per_node, a->max_mem_per_cpu);
    if (a->max_cpus_per_node > 0)
        str_addf(out, " cpus=%" PRId64, a->max_cpus_per_node);
}

static void describe_partition(const struct partition *p, struct str *out)
{
    str_addf(out, "%s%s state=%d tier=%" PRId64 " factor=%" PRId64, p->name,
             p->is_default ? " default" : "", (int)p->state, p->priority_tier,
             p->priority_job_factor);
    str_addf(out, " time=%" PRId64 "/%" PRId64 " nodes=%" PRId64 "-%" PRId64,
             p->max_time_sec, p->default_time_sec, p->min_nodes, p->max_nodes);
    for (size_t i = 0; i < p->n_node_names; i++)
        str_addf(out, " %s", p->node_names[i]);
    for (size_t i = 0; i < p->selector.n_reqs; i++)
        str_addf(out, " %s:%d", p->selector.reqs[i].key, (int)p->selector.reqs[i].op);
    describe_access(&p->access, out);
    if (p->over_time_sec != LIMIT_UNSET)
        str_addf(out, " over=%" PRId64, p->over_time_sec);
    describe_amounts(&p->amounts, out);
    if (p->oversubscribe > 0) {
        str_add(out, " share ");
        oversubscribe_say(p, out);
    }
    if (p->exclusive_user)
        str_add(out, " owned");
    str_addf(out, "%s%s%s", p->exclusive ? " exclusive" : "", p->lln ? " lln" : "",
             p->req_resv ? " reqresv" : "");
    str_addf(out, "%s%s", p->access.operators ? " rootonly" : "",
             p->hidden ? " hidden" : "");
    if (p->qos)
        str_addf(out, " qos %s", p->qos);
    if (p->alternate)
        str_addf(out, " alternate %s", p->alternate);
    for (size_t i = 0; i < p->n_billing; i++) {
        const struct billing_weight *w = &p->billing[i];
        str_addf(out, "%s %s%s%s %lld", i == 0 ? " bill" : "", w->resource,
                 w->gpu_type ? ":" : "", w->gpu_type ? w->gpu_type : "",
                 (long long)w->nano);
    }
}

START_TEST(test_partition)
{
    struct restable resources;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_LEN);
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    AUTO_FREE char *yaml =
        xasprintf("{metadata: {name: p}, spec: {%s}}", partitions[_i].spec);
    JSON_AUTO struct json *object = parse(partitions[_i].name, yaml);
    struct partition *part = convert_partition(&c, object, &err);
    if (part)
        describe_partition(part, &text);
    else
        str_add(&text, err.msg);
    bool prefix = !part && str_ends(partitions[_i].partition, ": ");
    ck_assert_msg(prefix ? str_starts(text.s, partitions[_i].partition)
                         : strcmp(text.s, partitions[_i].partition) == 0,
                  "%s:\n got %s\nwant %s", partitions[_i].name, text.s,
                  partitions[_i].partition);
    partition_free(part);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_node", (struct suite_row[]){
                                               {test_node, ARRAY_LEN(nodes)},
                                               {test_node_full_table, 1},
                                               {test_partition, ARRAY_LEN(partitions)},
                                               {NULL, 0},
                                           });
}
