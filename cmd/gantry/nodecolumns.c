/* sinfo's columns: nodes of a partition that look alike, as sinfo prints them. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/nodegroup.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/preempt_rules.h"

#define GROUP const struct nodegroup *g = row
#define CELL(name)                                            \
    static void name(const void *row __attribute__((unused)), \
                     const void *shared __attribute__((unused)), struct str *out)

#define MEGA (INT64_C(1) << 20)
#define LIST_MAX (1u << 20)

#define ALWAYS(name, text)  \
    CELL(name)              \
    {                       \
        str_add(out, text); \
    }
ALWAYS(null_cell, "(null)")
ALWAYS(na_cell, "N/A")
ALWAYS(zero_cell, "0")
ALWAYS(one_cell, "1")
ALWAYS(all_cell, "all")
ALWAYS(no_cell, "no")

/* ---- of the partition ---- */

/* Where it says none, the cluster's counts, which only the controller knows. */
CELL(preempt_mode_cell)
{
    GROUP;
    if (g->part->preempt_mode == 0)
        str_add(out, "N/A");
    preempt_mode_format(g->part->preempt_mode, out);
}

CELL(part_cell)
{
    GROUP;
    str_addf(out, "%s%s", g->part->name, g->part->is_default ? "*" : "");
}

CELL(part_name_cell)
{
    GROUP;
    str_add(out, g->part->name);
}

CELL(avail_cell)
{
    static const char *const words[] = {[PART_UP] = "up",
                                        [PART_DOWN] = "down",
                                        [PART_DRAIN] = "drain",
                                        [PART_INACTIVE] = "inact"};
    GROUP;
    str_add(out, words[g->part->state]);
}

static void add_limit(int64_t sec, const char *unset, struct str *out)
{
    char text[SLURMTIME_MAX];

    if (sec == LIMIT_UNSET) {
        str_add(out, unset);
    } else if (sec == LIMIT_UNLIMITED) {
        str_add(out, "infinite");
    } else {
        slurmtime_elapsed(sec, text);
        str_add(out, text);
    }
}

CELL(max_time_cell)
{
    GROUP;
    add_limit(g->part->max_time_sec, "infinite", out);
}

CELL(default_time_cell)
{
    GROUP;
    add_limit(g->part->default_time_sec, "n/a", out);
}

CELL(size_cell)
{
    GROUP;
    const int64_t min = MAX(g->part->min_nodes, 1);
    if (g->part->max_nodes == LIMIT_UNLIMITED)
        str_addf(out, "%" PRId64 "-infinite", min);
    else if (g->part->max_nodes == min)
        str_addf(out, "%" PRId64, min);
    else
        str_addf(out, "%" PRId64 "-%" PRId64, min, g->part->max_nodes);
}

CELL(most_cpus_cell)
{
    GROUP;
    if (g->part->amounts.max_cpus_per_node > 0)
        str_addf(out, "%" PRId64, g->part->amounts.max_cpus_per_node);
    else
        str_add(out, "UNLIMITED");
}

CELL(over_subscribe_cell)
{
    GROUP;
    oversubscribe_say(g->part, out);
}

CELL(tier_cell)
{
    GROUP;
    str_addf(out, "%" PRId64, g->part->priority_tier);
}

CELL(factor_cell)
{
    GROUP;
    str_addf(out, "%" PRId64, g->part->priority_job_factor);
}

/* ---- names ---- */

enum which { WHICH_NAME, WHICH_HOST, WHICH_ADDR };

static const char *pick(const struct noderow *n, enum which which)
{
    return which == WHICH_NAME ? n->name : which == WHICH_HOST ? n->host : n->addr;
}

static void add_names(const struct nodegroup *g, enum which which, struct str *out)
{
    HOSTLIST_AUTO struct hostlist list = {0};

    for (size_t i = 0; i < g->n; i++)
        hostlist_add(&list, pick(g->nodes[i], which));
    hostlist_sort(&list);
    hostlist_format(&list, out);
}

CELL(names_cell)
{
    GROUP;
    add_names(g, WHICH_NAME, out);
}

CELL(hosts_cell)
{
    GROUP;
    add_names(g, WHICH_HOST, out);
}

CELL(addrs_cell)
{
    GROUP;
    add_names(g, WHICH_ADDR, out);
}

/* ---- states ---- */

CELL(code_cell)
{
    GROUP;
    if (g->n == 0)
        str_add(out, "n/a");
    else
        node_state_word(&g->nodes[0]->state, true, out);
}

CELL(state_cell)
{
    GROUP;
    if (g->n == 0)
        str_add(out, "n/a");
    else
        node_state_word(&g->nodes[0]->state, false, out);
}

/* "mixed+drain" */
CELL(full_state_cell)
{
    GROUP;
    STR_AUTO struct str text;
    str_init(&text, LIST_MAX);
    if (g->n == 0)
        str_add(&text, "n/a");
    else
        node_state_full(&g->nodes[0]->state, &text);
    for (char *p = text.s; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    str_add(out, text.s);
}

CELL(reason_cell)
{
    GROUP;
    const char *reason = g->n ? g->nodes[0]->reason : NULL;
    str_add(out, reason ? reason : "none");
}

CELL(reason_user_cell)
{
    GROUP;
    const char *user = g->n ? g->nodes[0]->reason_user : NULL;
    str_add(out, user ? user : "Unknown");
}

CELL(reason_user_long_cell)
{
    GROUP;
    const struct nodecolumns *s = shared;
    const char *user = g->n ? g->nodes[0]->reason_user : NULL;
    if (user)
        str_addf(out, "%s(%" PRId64 ")", user, users_find(s->users, user)->uid);
    else
        str_add(out, "Unknown");
}

CELL(reason_time_cell)
{
    GROUP;
    const struct nodecolumns *s = shared;
    char text[SLURMTIME_MAX] = "Unknown";
    if (g->n && g->nodes[0]->reason && g->nodes[0]->reason_sec != TIME_UNSET)
        slurmtime_moment(&s->style, g->nodes[0]->reason_sec, text);
    str_add(out, text);
}

/* ---- counts ---- */

CELL(count_cell)
{
    GROUP;
    str_addf(out, "%zu", g->n);
}

CELL(nodes_ai_cell)
{
    GROUP;
    const struct node_counts c = nodegroup_nodes(g);
    str_addf(out, "%" PRId64 "/%" PRId64, c.alloc, c.idle);
}

static void add_counts(struct node_counts c, struct str *out)
{
    str_addf(out, "%" PRId64 "/%" PRId64 "/%" PRId64 "/%" PRId64, c.alloc, c.idle,
             c.other, c.total);
}

CELL(nodes_aiot_cell)
{
    GROUP;
    add_counts(nodegroup_nodes(g), out);
}

CELL(cpus_aiot_cell)
{
    GROUP;
    add_counts(nodegroup_cpus(g), out);
}

/* ---- amounts: of one node, "8+" where they differ ---- */

typedef int64_t amount_fn(const struct noderow *n);

static int64_t cpus_of(const struct noderow *n)
{
    return n->cpus;
}

static int64_t mem_of(const struct noderow *n)
{
    return n->mem_bytes / MEGA;
}

static int64_t used_mem_of(const struct noderow *n)
{
    return n->used_bytes / MEGA;
}

static void add_amount(const struct nodegroup *g, amount_fn *amount, struct str *out)
{
    int64_t min = g->n ? amount(g->nodes[0]) : 0, max = min;

    for (size_t i = 1; i < g->n; i++) {
        min = MIN(min, amount(g->nodes[i]));
        max = MAX(max, amount(g->nodes[i]));
    }
    str_addf(out, "%" PRId64 "%s", min, max > min ? "+" : "");
}

CELL(cpus_cell)
{
    GROUP;
    add_amount(g, cpus_of, out);
}

static int64_t weight_of(const struct noderow *n)
{
    return n->model->weight;
}

CELL(weight_cell)
{
    GROUP;
    add_amount(g, weight_of, out);
}

CELL(memory_cell)
{
    GROUP;
    add_amount(g, mem_of, out);
}

CELL(used_memory_cell)
{
    GROUP;
    add_amount(g, used_mem_of, out);
}

CELL(sockets_cores_cell)
{
    GROUP;
    add_amount(g, cpus_of, out);
    str_add(out, ":1:1");
}

CELL(features_cell)
{
    GROUP;
    if (g->n)
        noderow_features(g->nodes[0], out);
    else
        str_add(out, "(null)");
}

CELL(gres_cell)
{
    GROUP;
    if (g->n)
        noderow_gres(g->nodes[0], g->nodes[0]->gpus, out);
    else
        str_add(out, "(null)");
}

CELL(gres_used_cell)
{
    GROUP;
    if (g->n)
        noderow_gres(g->nodes[0], g->nodes[0]->used_gpus, out);
    else
        str_add(out, "(null)");
}

CELL(version_cell)
{
    GROUP;
    str_add(out, g->n ? g->nodes[0]->version : "N/A");
}

#define ON GROUP_ALWAYS
#define EXACT GROUP_EXACT

const struct column nodecolumns[] = {
    {'a', "available", "AVAIL", avail_cell, ON},
    {'A', "nodeai", "NODES(A/I)", nodes_ai_cell, 0},
    {'b', "features_act", "ACTIVE_FEATURES", features_cell, ON},
    {'B', "maxcpuspernode", "MAX_CPUS_PER_NODE", most_cpus_cell, ON},
    {'c', "cpus", "CPUS", cpus_cell, EXACT},
    {'C', "cpusstate", "CPUS(A/I/O/T)", cpus_aiot_cell, 0},
    {'d', "disk", "TMP_DISK", zero_cell, 0},
    {'D', "nodes", "NODES", count_cell, 0},
    {'e', "freemem", "FREE_MEM", na_cell, 0},
    {'E', "reason", "REASON", reason_cell, ON},
    {'f', "features", "AVAIL_FEATURES", features_cell, ON},
    {'F', "nodeaiot", "NODES(A/I/O/T)", nodes_aiot_cell, 0},
    {'g', "groups", "GROUPS", all_cell, 0},
    {'G', "gres", "GRES", gres_cell, ON},
    {'h', "oversubscribe", "OVERSUBSCRIBE", over_subscribe_cell, ON},
    {'H', "timestamp", "TIMESTAMP", reason_time_cell, ON},
    {'I', "priorityjobfactor", "PRIO_JOB_FACTOR", factor_cell, ON},
    {'l', "time", "TIMELIMIT", max_time_cell, ON},
    {'L', "defaulttime", "DEFAULTTIME", default_time_cell, ON},
    {'m', "memory", "MEMORY", memory_cell, EXACT},
    {'M', "preemptmode", "PREEMPT_MODE", preempt_mode_cell, ON},
    {'n', "nodehost", "HOSTNAMES", hosts_cell, ON},
    {'N', "nodelist", "NODELIST", names_cell, 0},
    {'o', "nodeaddr", "NODE_ADDR", addrs_cell, ON},
    {'O', "cpusload", "CPU_LOAD", na_cell, 0},
    {'p', "prioritytier", "PRIO_TIER", tier_cell, ON},
    {'P', "partition", "PARTITION", part_cell, ON},
    {'r', "root", "ROOT", no_cell, 0},
    {'R', "partitionname", "PARTITION", part_name_cell, ON},
    {'s', "size", "JOB_SIZE", size_cell, ON},
    {'S', "allocnodes", "ALLOCNODES", all_cell, 0},
    {'t', "statecompact", "STATE", code_cell, ON},
    {'T', "statelong", "STATE", state_cell, ON},
    {'u', "user", "USER", reason_user_cell, ON},
    {'U', "userlong", "USER", reason_user_long_cell, ON},
    {'v', "version", "VERSION", version_cell, ON},
    {'V', "cluster", "CLUSTER", na_cell, 0},
    {'w', "weight", "WEIGHT", weight_cell, EXACT},
    {'X', "sockets", "SOCKETS", cpus_cell, EXACT},
    {'Y', "cores", "CORES", one_cell, 0},
    {'Z', "threads", "THREADS", one_cell, 0},
    {'z', "socketcorethread", "S:C:T", sockets_cores_cell, EXACT},
    {0, "allocmem", "ALLOCMEM", used_memory_cell, EXACT},
    {0, "comment", "COMMENT", null_cell, 0},
    {0, "extra", "EXTRA", null_cell, 0},
    {0, "gresused", "GRES_USED", gres_used_cell, ON},
    {0, "port", "PORT", zero_cell, 0},
    {0, "priority", "PRIO_TIER", tier_cell, ON},
    {0, "statecomplete", "STATECOMPLETE", full_state_cell, ON},
    {0},
};
