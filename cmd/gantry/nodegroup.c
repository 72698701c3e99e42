#include "cmd/gantry/nodegroup.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define KEY_MAX (1u << 20)

void nodegroups_fini(struct nodegroups *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free((void *)g->list[i].nodes);
        free(g->list[i].key);
    }
    free(g->list);
    *g = (struct nodegroups){0};
}

/* ---- making ---- */

/* What a line must have in common with another to be one with it. */
static char *key_of(const struct nodegroup_spec *spec, const struct nodegroup *g)
{
    const unsigned groups = GROUP_ALWAYS | (spec->exact ? GROUP_EXACT : 0);
    STR_AUTO struct str key;

    str_init(&key, KEY_MAX);
    for (size_t i = 0; i < spec->format->n; i++) {
        const struct column *column = spec->format->fields[i].column;
        if (column->about & groups) {
            column->cell(g, spec->shared, &key);
            str_addc(&key, '\n');
        }
    }
    if (spec->by_node && g->n > 0)
        str_addf(&key, "%s\n%s\n", g->part->name, g->nodes[0]->name);
    return str_take(&key);
}

static struct nodegroup *group_find(struct nodegroups *groups, const char *key)
{
    for (size_t i = groups->n; i-- > 0;)
        if (strcmp(groups->list[i].key, key) == 0)
            return &groups->list[i];
    return NULL;
}

static bool group_has(const struct nodegroup *g, const struct noderow *n)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->nodes[i] == n)
            return true;
    return false;
}

static void add_node(struct nodegroup *g, const struct noderow *n)
{
    GROW(g->nodes, g->n, g->cap);
    g->nodes[g->n++] = n;
}

/* `n` NULL: a line without nodes. */
static void add_pair(struct nodegroups *groups, const struct nodegroup_spec *spec,
                     const struct partition *part, size_t part_at,
                     const struct noderow *n)
{
    const struct noderow *one[1] = {n};
    const struct nodegroup pair = {
        .part = part, .part_at = part_at, .nodes = one, .n = n ? 1 : 0};
    AUTO_FREE char *key = key_of(spec, &pair);
    struct nodegroup *g = group_find(groups, key);

    if (!g) {
        GROW(groups->list, groups->n, groups->cap);
        g = &groups->list[groups->n++];
        *g = (struct nodegroup){.part = part, .part_at = part_at, .key = TAKE(key)};
    }
    /* A node of several partitions counts once in a line. */
    if (n && (g->part == part || !group_has(g, n)))
        add_node(g, n);
}

static bool node_is_shown(const struct nodegroup_spec *spec, const struct noderow *n)
{
    const bool silent = (n->state.flags & NODE_FLAG_NOT_RESPONDING) != 0;

    if (spec->node_names->n > 0 && !names_has(spec->node_names, n->name))
        return false;
    if ((spec->dead && !silent) || (spec->responding && silent))
        return false;
    if (spec->with_reason && (!n->reason || !node_state_is_out(&n->state)))
        return false;
    return node_states_has(spec->states, &n->state);
}

static void add_partition(struct nodegroups *ret, const struct nodegroup_spec *spec,
                          const struct partition *part, size_t part_at,
                          const struct nodelist *nodes)
{
    bool any = false;

    for (size_t i = 0; i < nodes->n; i++) {
        const struct noderow *n = &nodes->rows[i];
        if (!partition_has_node(part, n->model) || !node_is_shown(spec, n))
            continue;
        add_pair(ret, spec, part, part_at, n);
        any = true;
    }
    if (!any && !spec->by_node && !spec->with_reason)
        add_pair(ret, spec, part, part_at, NULL);
}

void nodegroups_make(struct nodegroups *ret, const struct nodegroup_spec *spec,
                     const struct partlist *parts, const struct nodelist *nodes)
{
    for (size_t i = 0; i < parts->n; i++) {
        const struct partition *part = parts->parts[i].model;
        if (spec->partitions->n == 0 || names_has(spec->partitions, part->name))
            add_partition(ret, spec, part, i, nodes);
    }
}

/* ---- counting ---- */

struct node_counts nodegroup_nodes(const struct nodegroup *g)
{
    struct node_counts c = {.total = (int64_t)g->n};

    for (size_t i = 0; i < g->n; i++) {
        const struct node_state *s = &g->nodes[i]->state;
        if (node_state_is_used(s) && s->base != NODE_BASE_DOWN)
            c.alloc++;
        else if (node_state_is_out(s))
            c.other++;
        else
            c.idle++;
    }
    return c;
}

struct node_counts nodegroup_cpus(const struct nodegroup *g)
{
    struct node_counts c = {0};

    for (size_t i = 0; i < g->n; i++) {
        const struct noderow *n = g->nodes[i];
        const int64_t used = noderow_used_cpus(n);
        c.alloc += used;
        *(node_state_is_out(&n->state) ? &c.other : &c.idle) += n->cpus - used;
        c.total += n->cpus;
    }
    return c;
}

/* ---- order ---- */

#define KEYS_MAX 32

struct sort_key {
    char letter;
    bool reverse, as_configured;
    const struct column *column;
};

struct sorting {
    struct sort_key keys[KEYS_MAX];
    size_t n;
    const struct nodecolumns *shared;
};

static int parse_keys(struct sorting *s, const char *by, struct err *err)
{
    struct sort_key key = {0};

    for (; *by; by++) {
        if (*by == ',' || *by == '+' || *by == '-' || *by == '#') {
            key.reverse = *by == '-' || (*by == '#' && key.reverse);
            key.as_configured = *by == '#';
            continue;
        }
        key.letter = *by;
        key.column = column_by_letter(nodecolumns, *by);
        if (!key.column || s->n == KEYS_MAX)
            return err_set(err, ERR_INVALID, "Invalid sort specification: %.1s", by);
        s->keys[s->n++] = key;
        key = (struct sort_key){0};
    }
    return 0;
}

static int compare_cells(const struct sort_key *key, const struct nodecolumns *shared,
                         const struct nodegroup *a, const struct nodegroup *b)
{
    STR_AUTO struct str x, y;

    str_init(&x, KEY_MAX);
    str_init(&y, KEY_MAX);
    key->column->cell(a, shared, &x);
    key->column->cell(b, shared, &y);
    return hostname_compare(x.s, y.s); /* digits as numbers */
}

static int compare_key(const struct sorting *s, const struct sort_key *key,
                       const struct nodegroup *a, const struct nodegroup *b)
{
    if (key->letter == 'P' && key->as_configured)
        return (a->part_at > b->part_at) - (a->part_at < b->part_at);
    if (key->letter == 't' || key->letter == 'T') {
        const unsigned x = a->n ? node_state_number(&a->nodes[0]->state) : 0,
                       y = b->n ? node_state_number(&b->nodes[0]->state) : 0;
        return (x > y) - (x < y);
    }
    if (key->letter == 'N')
        return hostname_compare(a->n ? a->nodes[0]->name : "",
                                b->n ? b->nodes[0]->name : "");
    return compare_cells(key, s->shared, a, b);
}

static int compare(const void *pa, const void *pb, void *arg)
{
    const struct nodegroup *a = pa, *b = pb;
    const struct sorting *s = arg;

    for (size_t i = 0; i < s->n; i++) {
        const int order = compare_key(s, &s->keys[i], a, b);
        if (order != 0)
            return s->keys[i].reverse ? -order : order;
    }
    if (a->part_at != b->part_at)
        return a->part_at < b->part_at ? -1 : 1;
    return hostname_compare(a->n ? a->nodes[0]->name : "",
                            b->n ? b->nodes[0]->name : "");
}

int nodegroups_sort(struct nodegroups *g, const char *by, const struct nodecolumns *s,
                    struct err *err)
{
    struct sorting sorting = {.shared = s};

    if (parse_keys(&sorting, by, err) < 0)
        return -1;
    if (g->n > 1)
        qsort_r(g->list, g->n, sizeof(*g->list), compare, &sorting);
    return 0;
}
