#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"

#define NODES_TEXT_MAX (1u << 20)

/* ---- to JSON: neighbours that differ by node only become one entry ---- */

static struct json *requests_to_json(const struct convert *c, const struct resvec *each)
{
    struct json *ret = json_new_object();
    for (int i = 0; i < c->resources->n; i++) {
        char text[QUANTITY_TEXT_MAX];
        if (i == RES_PODS || each->v[i] == 0)
            continue;
        if (i == RES_CPU)
            quantity_format_milli(each->v[i], text);
        else
            quantity_format_bytes(each->v[i], text);
        json_set(ret, c->resources->name[i], json_new_string(text));
    }
    return ret;
}

static bool slots_fold(const struct slot *a, const struct slot *b)
{
    return a->pods == b->pods && a->tasks == b->tasks && a->component == b->component &&
           a->first_rank + a->pods == b->first_rank && a->cpu_milli == b->cpu_milli &&
           a->alone == b->alone && a->owned == b->owned &&
           memcmp(&a->each, &b->each, sizeof(a->each)) == 0;
}

static struct json *entry_to_json(const struct convert *c, const struct slot *slots,
                                  size_t n)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    STR_AUTO struct str nodes;
    str_init(&nodes, NODES_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        hostlist_add(&list, slots[i].node);
    hostlist_format(&list, &nodes);
    struct json *ret = json_build("{'nodes': %s, 'podsPerNode': %i, 'firstRank': %i}",
                                  nodes.s, slots[0].pods, slots[0].first_rank);
    if (slots[0].tasks > 1)
        json_set(ret, "tasksPerPod", json_new_int(slots[0].tasks));
    if (slots[0].component > 0)
        json_set(ret, "component", json_new_int(slots[0].component));
    if (slots[0].cpu_milli > slots[0].each.v[RES_CPU]) {
        char text[QUANTITY_TEXT_MAX];
        quantity_format_milli(slots[0].cpu_milli, text);
        json_set(ret, "cpusPerPod", json_new_string(text));
    }
    if (slots[0].alone)
        json_set(ret, "exclusive", json_new_bool(true));
    if (slots[0].owned)
        json_set(ret, "exclusiveUser", json_new_bool(true));
    json_set(ret, "requests", requests_to_json(c, &slots[0].each));
    return ret;
}

struct json *convert_placement_to_json(const struct convert *c,
                                       const struct slot *slots, size_t n)
{
    struct json *ret = json_new_array();
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && slots_fold(&slots[end - 1], &slots[end]))
            end++;
        json_append(ret, entry_to_json(c, &slots[i], end - i));
        i = end;
    }
    return ret;
}

/* ---- from JSON ---- */

struct placement {
    struct slot *slots; /* their names are its own */
    size_t n, cap;
};

static void placement_fini(struct placement *p)
{
    for (size_t i = 0; i < p->n; i++)
        free((void *)p->slots[i].node);
    free(p->slots);
}

static int read_entry(const struct convert *c, const struct json *entry, size_t index,
                      struct placement *to, struct err *err)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    const char *text = json_str_or(entry, "nodes", "");
    struct slot slot = {.pods = json_int_or(entry, "podsPerNode", 0),
                        .first_rank = json_int_or(entry, "firstRank", -1),
                        .tasks = json_int_or(entry, "tasksPerPod", 1),
                        .component = json_int_or(entry, "component", 0),
                        .alone = json_bool_or(entry, "exclusive", false),
                        .owned = json_bool_or(entry, "exclusiveUser", false)};
    AUTO_FREE char *path = xasprintf("[%zu].requests", index);
    if (slot.pods < 1 || slot.pods > PODS_MAX || slot.first_rank < 0 ||
        slot.first_rank > PODS_MAX || slot.tasks < 1 || slot.tasks > TASKS_MAX)
        return err_set(err, ERR_INVALID,
                       "[%zu]: needs podsPerNode of at least 1 and firstRank", index);
    if (slot.component < 0 || slot.component >= COMPONENTS_MAX)
        return err_set(err, ERR_INVALID, "[%zu].component: must be 0 to %d", index,
                       COMPONENTS_MAX - 1);
    if (hostlist_parse(&nodes, text, err) < 0)
        return err_prefix(err, "[%zu].nodes", index);
    if (resources_read(c, json_get(entry, "requests"), path, false, &slot.each, err) <
        0)
        return -1;
    slot.each.v[RES_PODS] = 1;
    const struct json *cpus = json_get(entry, "cpusPerPod");
    if (json_is(cpus, JSON_STRING) &&
        quantity_read_milli(cpus, &slot.cpu_milli, err) < 0)
        return err_prefix(err, "[%zu].cpusPerPod", index);
    for (size_t i = 0; i < nodes.n; i++) {
        GROW(to->slots, to->n, to->cap);
        to->slots[to->n] = slot;
        to->slots[to->n++].node = xstrdup(nodes.names[i]);
        slot.first_rank += slot.pods;
    }
    return 0;
}

int convert_placement_from_json(const struct convert *c, const struct json *placement,
                                const struct slot **ret, size_t *ret_n, struct err *err)
{
    struct placement p = {0};
    if (!json_is(placement, JSON_ARRAY))
        return err_set(err, ERR_INVALID,
                       "expected a list of {nodes, podsPerNode, "
                       "firstRank, requests}");
    for (size_t i = 0; i < json_len(placement); i++) {
        if (p.n > PODS_MAX)
            err_set(err, ERR_TOO_LARGE, "more than %d nodes", PODS_MAX);
        else if (read_entry(c, json_item(placement, i), i, &p, err) == 0)
            continue;
        placement_fini(&p);
        return -1;
    }
    *ret = slots_new(p.slots, p.n);
    *ret_n = p.n;
    placement_fini(&p);
    return 0;
}

/* ---- TRES ---- */

/* Slurm's name of a resource: GPUs are gres/gpu, other devices keep their name. */
static void tres_name(const struct convert *c, int index, struct str *out)
{
    const char *name = c->resources->name[index];
    str_addf(out, "gres/%s", str_eq(name, c->gpu_resource) ? "gpu" : name);
}

/* Whole CPUs as Slurm counts, rounded up; `nodes` 0: not known. */
static void tres_format(const struct convert *c, const struct resvec *sum,
                        int64_t nodes, struct str *out)
{
    char mem[QUANTITY_TEXT_MAX];
    int64_t cpu = sum->v[RES_CPU] / 1000 + (sum->v[RES_CPU] % 1000 != 0);
    str_addf(out, "cpu=%" PRId64, cpu);
    if (sum->v[RES_MEM] > 0) {
        size_format(sum->v[RES_MEM], mem);
        str_addf(out, ",mem=%s", mem);
    }
    if (nodes > 0)
        str_addf(out, ",node=%" PRId64, nodes);
    for (int i = RES_FIXED; i < c->resources->n; i++) {
        if (sum->v[i] == 0)
            continue;
        str_addc(out, ',');
        tres_name(c, i, out);
        str_addf(out, "=%" PRId64, sum->v[i]);
    }
}

static void sum_times(struct resvec *sum, const struct resvec *each, int64_t n)
{
    for (int i = 0; i < RES_MAX; i++) {
        int64_t total;
        bool over = __builtin_add_overflow(sum->v[i], times(each->v[i], n), &total);
        sum->v[i] = over ? INT64_MAX : total;
    }
}

/* Slots of one node count it once: they are neighbours or not. */
static int64_t count_nodes(const struct slot *slots, size_t n)
{
    char **names = NULL;
    size_t n_names = 0;
    int64_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        names_add(&names, &n_names, slots[i].node);
    names_sort(names, n_names);
    for (size_t i = 0; i < n_names; i++)
        distinct += i == 0 || strcmp(names[i - 1], names[i]) != 0;
    for (size_t i = 0; i < n_names; i++)
        free(names[i]);
    free(names);
    return distinct;
}

void convert_nodes(const struct slot *slots, size_t n, struct str *out)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    for (size_t i = 0; i < n; i++)
        hostlist_add(&nodes, slots[i].node);
    if (n > 0 && slots[n - 1].component > 0 && count_nodes(slots, n) < (int64_t)n)
        hostlist_sort(&nodes);
    hostlist_format(&nodes, out);
}

static struct resvec sum_slots(const struct slot *slots, size_t n)
{
    struct resvec sum = {0};
    for (size_t i = 0; i < n; i++) {
        const struct resvec counts = slot_counts(&slots[i]);
        sum_times(&sum, &counts, slots[i].pods);
    }
    return sum;
}

static int64_t nodes_asked(const struct job *job)
{
    int64_t nodes = 0;
    for (size_t i = 0; i <= job->n_others; i++) {
        const struct job *component = job_component(job, i);
        if (!component->one_per_node)
            return 0;
        nodes += component->min_pods;
    }
    return nodes;
}

void convert_tres(const struct convert *c, const struct slot *slots, size_t n,
                  struct str *out)
{
    struct resvec sum = sum_slots(slots, n);
    tres_format(c, &sum, count_nodes(slots, n), out);
}

void convert_req_tres(const struct convert *c, const struct job *job, struct str *out)
{
    struct resvec sum = job_ask(job);
    tres_format(c, &sum, nodes_asked(job), out);
}

static int64_t gpus_of(const struct convert *c, const struct resvec *sum)
{
    int gpu = restable_find(c->resources, c->gpu_resource);
    return gpu < 0 ? 0 : sum->v[gpu];
}

struct tally convert_tally(const struct convert *c, const struct slot *slots, size_t n)
{
    struct resvec sum = sum_slots(slots, n);
    return (struct tally){count_nodes(slots, n), gpus_of(c, &sum)};
}

struct tally convert_req_tally(const struct convert *c, const struct job *job)
{
    struct resvec sum = job_ask(job);
    return (struct tally){nodes_asked(job), gpus_of(c, &sum)};
}
