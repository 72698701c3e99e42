/*
 * scontrol show topology: the switches or blocks that the controller sees.
 *
 * They are made of the nodes' labels by what the controller itself uses (topology.h),
 * with the settings that it tells. One without a name, of nodes that lack its label, is
 * no line: what is below it hangs under the next one above.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/slurmjson.h"
#include "scheduler/topology.h"

#define LINE_BYTES_MAX (1u << 20)

struct map {
    struct topology t;
    struct topology_rules rules;
    const struct node **nodes; /* by position, lent */
    size_t n;
    size_t *position; /* of each place: those of a switch are in a row */
    size_t *first;    /* of each leaf and behind the last: its first place */
};
#define MAP_AUTO __attribute__((cleanup(map_fini)))

static void map_fini(struct map *m)
{
    topology_fini(&m->t);
    free(m->nodes);
    free(m->position);
    free(m->first);
}

static void map_init(struct map *m, const struct sched_config *config,
                     const struct nodelist *list)
{
    m->rules = sched_config_topology(config);
    m->n = list->n;
    m->nodes = xcalloc(m->n + 1, sizeof(*m->nodes));
    m->position = xcalloc(m->n + 1, sizeof(*m->position));
    for (size_t i = 0; i < m->n; i++)
        m->nodes[i] = list->rows[i].model;
    topology_build(&m->t, &m->rules, m->nodes, m->n);
    m->first = xcalloc(m->t.n_leaves + 1, sizeof(*m->first));
    for (size_t i = 0; i < m->n; i++)
        m->position[topology_place(&m->t, i)] = i;
    for (size_t i = 0; i < m->n && m->t.n_levels > 0; i++)
        m->first[m->t.leaf[i] + 1]++;
    for (size_t i = 0; i < m->t.n_leaves; i++)
        m->first[i + 1] += m->first[i];
}

static const struct topology_group *group_at(const struct map *m, size_t level,
                                             size_t i)
{
    return &m->t.levels[level].groups[i];
}

/* What the label of its nodes calls it; NULL: none does, or it is one by number. */
static const char *group_name(const struct map *m, size_t level, size_t i)
{
    const size_t place = m->first[group_at(m, level, i)->first];
    const struct node *node = m->nodes[m->position[place]];
    const char *label = topology_level_label(&m->rules, level);

    return label ? labels_find(node->labels, node->n_labels, label) : NULL;
}

static size_t group_nodes(const struct map *m, const struct topology_group *group,
                          struct hostlist *ret)
{
    const size_t n = m->first[group->end] - m->first[group->first];

    for (size_t i = 0; i < n; i++)
        hostlist_add(ret, m->nodes[m->position[m->first[group->first] + i]]->name);
    hostlist_sort(ret);
    return n;
}

/* Those with a name that are right below a switch, or below one without a name. */
static void add_below(const struct map *m, size_t level, const struct topology_group *g,
                      struct hostlist *ret)
{
    if (++level == m->t.n_levels)
        return;
    for (size_t i = 0; i < m->t.levels[level].n; i++) {
        const struct topology_group *below = group_at(m, level, i);
        const char *name;

        if (below->first < g->first || below->end > g->end)
            continue;
        name = group_name(m, level, i);
        if (name)
            hostlist_add(ret, name);
        else
            add_below(m, level, below, ret);
    }
}

/* The base blocks in a larger one. */
static void add_blocks(const struct map *m, const struct topology_group *g,
                       struct hostlist *ret)
{
    const size_t lowest = m->t.n_levels - 1;

    for (size_t i = 0; i < m->t.levels[lowest].n; i++) {
        const struct topology_group *base = group_at(m, lowest, i);
        const char *name = group_name(m, lowest, i);

        if (name && base->first >= g->first && base->end <= g->end)
            hostlist_add(ret, name);
    }
}

static bool is_larger_block(const struct map *m, size_t level)
{
    return m->t.kind == TOPOLOGY_BLOCK && level < m->t.n_levels - 1;
}

/* It has a name, or is of base blocks that have. */
static bool is_shown(const struct map *m, size_t level, size_t i)
{
    HOSTLIST_AUTO struct hostlist blocks = {0};

    if (topology_level_label(&m->rules, level))
        return group_name(m, level, i) != NULL;
    add_blocks(m, group_at(m, level, i), &blocks);
    return blocks.n > 0;
}

/* ---- a switch or a block, as it is told ---- */

struct row {
    const char *name; /* lent; NULL: a larger block, which has those below it for one */
    size_t level;     /* leaves are 0 */
    size_t index;     /* of blocks */
    int64_t size;     /* likewise: of nodes, in full */
    struct hostlist nodes, below;
};
#define ROW_AUTO __attribute__((cleanup(row_fini)))

static void row_fini(struct row *r)
{
    hostlist_fini(&r->nodes);
    hostlist_fini(&r->below);
}

static void row_init(struct row *r, const struct map *m, size_t level, size_t i,
                     size_t index)
{
    const struct topology_group *g = group_at(m, level, i);
    const struct block_sizes *sizes = m->rules.sizes;
    const bool larger = is_larger_block(m, level);

    *r = (struct row){.level = m->t.n_levels - 1 - level, .index = index};
    if (!larger)
        r->name = group_name(m, level, i);
    r->size = (int64_t)group_nodes(m, g, &r->nodes);
    if (sizes->n > 0)
        r->size = sizes->size[r->level];
    if (larger)
        add_blocks(m, g, &r->below);
    else if (m->t.kind != TOPOLOGY_BLOCK)
        add_below(m, level, g, &r->below);
}

static void add_list(struct str *out, const char *key, const struct hostlist *list)
{
    if (list->n == 0)
        return;
    str_addf(out, " %s=", key);
    hostlist_format(list, out);
}

static void row_line(const struct row *r, enum topology_kind kind, struct str *out)
{
    if (kind != TOPOLOGY_BLOCK) {
        str_addf(out, "SwitchName=%s Level=%zu LinkSpeed=1", r->name, r->level);
        add_list(out, "Nodes", &r->nodes);
        add_list(out, "Switches", &r->below);
        return;
    }
    if (r->name) {
        str_addf(out, "BlockName=%s", r->name);
    } else {
        str_add(out, "AggregatedBlock=");
        hostlist_format(&r->below, out);
    }
    str_addf(out, " BlockIndex=%zu", r->index);
    add_list(out, "Nodes", &r->nodes);
    str_addf(out, " BlockSize=%" PRId64, r->size);
}

static void put_list(struct json *object, const char *key, const struct hostlist *list)
{
    STR_AUTO struct str text;

    str_init(&text, LINE_BYTES_MAX);
    hostlist_format(list, &text);
    if (list->n > 0)
        json_set(object, key, json_new_string(text.s));
}

/* In the words of Slurm's topology.yaml, and in those of the line. */
static struct json *row_json(const struct row *r, enum topology_kind kind)
{
    struct json *ret = json_new_object();
    const bool block = kind == TOPOLOGY_BLOCK;

    if (r->name)
        json_set(ret, block ? "block" : "switch", json_new_string(r->name));
    put_list(ret, block ? "blocks" : "children", &r->below);
    put_list(ret, "nodes", &r->nodes);
    if (block) {
        json_set(ret, "block_index", json_new_int((int64_t)r->index));
        json_set(ret, "block_size", json_new_int(r->size));
    } else {
        json_set(ret, "level", json_new_int((int64_t)r->level));
        json_set(ret, "link_speed", json_new_int(1));
    }
    return ret;
}

/* ---- which ---- */

/* Is it what was asked for: it itself by its name, else all around a node? */
static bool is_wanted(const struct map *m, size_t level, size_t i, const char *name,
                      bool by_name)
{
    const struct topology_group *g = group_at(m, level, i);

    if (!name || by_name)
        return !name ||
               (!is_larger_block(m, level) && str_eq(group_name(m, level, i), name));
    for (size_t k = m->first[g->first]; k < m->first[g->end]; k++)
        if (str_eq(m->nodes[m->position[k]]->name, name))
            return true;
    return false;
}

static void print_line(const struct map *m, const struct row *r, FILE *lines)
{
    STR_AUTO struct str line;

    str_init(&line, LINE_BYTES_MAX);
    row_line(r, m->t.kind, &line);
    fprintf(lines, "%s\n", line.s);
}

/* Those that are asked for, from the leaves up, printed if there is something to print
 * them to. Returns how many. */
static size_t each_group(const struct map *m, const char *name, bool by_name,
                         FILE *lines, struct slurmjson *doc)
{
    size_t index = 0, wanted = 0;

    for (size_t level = m->t.n_levels; level-- > 1;) {
        for (size_t i = 0; i < m->t.levels[level].n; i++) {
            ROW_AUTO struct row row = {0};

            if (!is_shown(m, level, i))
                continue;
            if (is_wanted(m, level, i, name, by_name)) {
                wanted++;
                row_init(&row, m, level, i, index);
                if (lines)
                    print_line(m, &row, lines);
                if (doc)
                    slurmjson_item(doc, row_json(&row, m->t.kind));
            }
            index++;
        }
    }
    return wanted;
}

static void print_json(const struct scontrol *s, const struct map *m, const char *name,
                       bool by_name)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "topology");
    each_group(m, name, by_name, NULL, &doc);
    slurmjson_end(&doc, loop_now_sec(s->api.loop));
}

static int print_groups(struct scontrol *s, const struct map *m, const char *name)
{
    const bool by_name = !name || each_group(m, name, true, NULL, NULL) > 0;
    const bool any = by_name || each_group(m, name, false, NULL, NULL) > 0;

    if (!any && m->t.n_levels > 0)
        return scontrol_fail(
            s, "Topology information contains no switch or node named %s", name);
    if (s->json)
        print_json(s, m, name, by_name);
    else if (each_group(m, name, by_name, s->cli->out, NULL) == 0 && !s->quiet)
        fprintf(s->cli->out, "No topology information available\n");
    return EXIT_DONE;
}

int scontrol_show_topology(struct scontrol *s, const char *id)
{
    NODELIST_AUTO struct nodelist nodes;
    MAP_AUTO struct map m = {0};
    struct settings settings;
    struct err err = ERR_INIT;

    nodelist_init(&nodes);
    settings_default(&settings);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (clusterconf_fetch(&s->api, s->controller_ns, PUBLISHED_TOPOLOGY, &settings,
                          &err) < 0 ||
        nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_load_topo error: %s", err.msg);
    map_init(&m, &settings.sched, &nodes);
    return print_groups(s, &m, id && *id ? id : NULL);
}
