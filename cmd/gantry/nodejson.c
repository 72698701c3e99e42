#include "cmd/gantry/nodejson.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry/slurmjson.h"

#define TEXT_MAX 4096
#define NODES_MAX (1u << 20)
#define MEGA (INT64_C(1) << 20)

/* ["MIXED", "DRAIN"] */
static struct json *state(const struct node_state *s)
{
    struct json *list = json_new_array();
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    node_state_full(s, &text);
    for (const char *p = text.s; *p; p += strcspn(p, "+"), p += *p == '+')
        json_append(list, json_new_string_len(p, strcspn(p, "+")));
    return list;
}

static struct json *gres(const struct noderow *n, int64_t count)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    if (n->gpus > 0)
        noderow_gres(n, count, &text);
    return json_new_string(text.s);
}

static struct json *reason_time(const struct noderow *n)
{
    return slurmjson_number(n->reason && n->reason_sec != TIME_UNSET ? n->reason_sec
                                                                     : 0);
}

static const char *reason_text(const struct noderow *n)
{
    return n->reason ? n->reason : "";
}

static const char *reason_user(const struct noderow *n)
{
    return n->reason_user ? n->reason_user : "";
}

static void put_nodes(struct json *o, const struct nodegroup *g)
{
    const struct node_counts c = nodegroup_nodes(g);
    JSON_AUTO struct json *names = json_new_array(), *hosts = json_new_array(),
                          *addrs = json_new_array();

    for (size_t i = 0; i < g->n; i++) {
        json_append(names, json_new_string(g->nodes[i]->name));
        json_append(hosts, json_new_string(g->nodes[i]->host));
        json_append(addrs, json_new_string(g->nodes[i]->addr));
    }
    json_set(o, "nodes",
             json_build("{'allocated': %i, 'idle': %i, 'other': %i, 'total': %i,"
                        " 'hostnames': %j, 'addresses': %j, 'nodes': %j}",
                        c.alloc, c.idle, c.other, c.total, hosts, addrs, names));
}

static void put_amounts(struct json *o, const struct nodegroup *g)
{
    const struct node_counts c = nodegroup_cpus(g);
    int64_t cpus_min = 0, cpus_max = 0, mem_min = 0, mem_max = 0, mem_used = 0;

    for (size_t i = 0; i < g->n; i++) {
        const struct noderow *n = g->nodes[i];
        const int64_t mem = n->mem_bytes / MEGA;
        cpus_min = i ? MIN(cpus_min, n->cpus) : n->cpus;
        cpus_max = MAX(cpus_max, n->cpus);
        mem_min = i ? MIN(mem_min, mem) : mem;
        mem_max = MAX(mem_max, mem);
        mem_used += n->used_bytes / MEGA;
    }
    json_set(o, "cpus",
             json_build("{'minimum': %i, 'maximum': %i, 'idle': %i, 'allocated': %i,"
                        " 'other': %i, 'total': %i}",
                        cpus_min, cpus_max, c.idle, c.alloc, c.other, c.total));
    json_set(o, "memory",
             json_build("{'minimum': %i, 'maximum': %i, 'allocated': %i}", mem_min,
                        mem_max, mem_used));
}

struct json *nodejson_group(const struct nodegroup *g)
{
    static const struct noderow none; /* of a line without nodes */
    const struct noderow *first = g->n > 0 ? g->nodes[0] : &none;
    JSON_AUTO struct json *states = g->n > 0 ? state(&first->state) : json_new_array();
    JSON_AUTO struct json *total = gres(first, first->gpus),
                          *used = gres(first, first->used_gpus),
                          *when = reason_time(first);
    struct json *o = json_build("{'node': {'state': %j}}", states);

    put_nodes(o, g);
    put_amounts(o, g);
    json_set(o, "gres", json_build("{'total': %j, 'used': %j}", total, used));
    json_set(o, "reason",
             json_build("{'description': %s, 'time': %j, 'user': %s}",
                        reason_text(first), when, reason_user(first)));
    json_set(o, "partition",
             json_build("{'name': %s, 'partition': {'state': [%s]}}", g->part->name,
                        part_state_word(g->part->state)));
    json_set(o, "cluster", json_new_string(SLURMJSON_CLUSTER));
    return o;
}

struct json *nodejson_node(const struct noderow *n, const struct partlist *parts)
{
    JSON_AUTO struct json *in = json_new_array();
    struct json *o = json_new_object();

    for (size_t i = 0; i < parts->n; i++)
        if (partition_has_node(parts->parts[i].model, n->model))
            json_append(in, json_new_string(parts->parts[i].model->name));
    json_set(o, "name", json_new_string(n->name));
    json_set(o, "hostname", json_new_string(n->host));
    json_set(o, "address", json_new_string(n->addr));
    json_set(o, "architecture", json_new_string(n->arch));
    json_set(o, "operating_system", json_new_string(n->os));
    json_set(o, "version", json_new_string(n->version));
    json_set(o, "state", state(&n->state));
    json_set(o, "partitions", json_copy(in));
    json_set(o, "cpus", json_new_int(n->cpu_total));
    json_set(o, "effective_cpus", json_new_int(n->cpus));
    json_set(o, "alloc_cpus", json_new_int(noderow_used_cpus(n)));
    json_set(o, "alloc_idle_cpus", json_new_int(n->cpus - noderow_used_cpus(n)));
    json_set(o, "real_memory", json_new_int(n->mem_bytes / MEGA));
    json_set(o, "alloc_memory", json_new_int(n->used_bytes / MEGA));
    json_set(o, "gres", gres(n, n->gpus));
    json_set(o, "gres_used", gres(n, n->used_gpus));
    json_set(o, "reason", json_new_string(reason_text(n)));
    json_set(o, "reason_set_by_user", json_new_string(reason_user(n)));
    json_set(o, "reason_changed_at", reason_time(n));
    return o;
}

static int64_t minutes(int64_t sec)
{
    if (sec == LIMIT_UNSET)
        return SLURMJSON_UNSET;
    return sec == LIMIT_UNLIMITED ? SLURMJSON_INFINITE : (sec + 59) / 60;
}

struct json *nodejson_partition(const struct partition *p, const struct nodelist *nodes)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    STR_AUTO struct str text;
    int64_t cpus = 0;

    str_init(&text, NODES_MAX);
    for (size_t i = 0; i < nodes->n; i++) {
        if (!partition_has_node(p, nodes->rows[i].model))
            continue;
        hostlist_add(&list, nodes->rows[i].name);
        cpus += nodes->rows[i].cpus;
    }
    hostlist_format(&list, &text);
    JSON_AUTO struct json *most = slurmjson_number(minutes(p->max_time_sec)),
                          *usual = slurmjson_number(minutes(p->default_time_sec)),
                          *max_nodes = slurmjson_number(p->max_nodes == LIMIT_UNLIMITED
                                                            ? SLURMJSON_INFINITE
                                                            : p->max_nodes);
    return json_build(
        "{'name': %s, 'cluster': %s, 'partition': {'state': [%s]},"
        " 'nodes': {'configured': %s, 'total': %i}, 'cpus': {'total': %i},"
        " 'maximums': {'time': %j, 'nodes': %j}, 'minimums': {'nodes': %i},"
        " 'defaults': {'time': %j},"
        " 'priority': {'job_factor': %i, 'tier': %i}, 'is_default': %b}",
        p->name, SLURMJSON_CLUSTER, part_state_word(p->state), text.s, (int64_t)list.n,
        cpus, most, max_nodes, p->min_nodes, usual, p->priority_job_factor,
        p->priority_tier, p->is_default);
}
