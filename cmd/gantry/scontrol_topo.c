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

static void add_list(struct str *out, const char *key, const struct hostlist *list)
{
    if (list->n == 0)
        return;
    str_addf(out, " %s=", key);
    hostlist_format(list, out);
}

static void add_switch(const struct map *m, size_t level, size_t i, struct str *out)
{
    const struct topology_group *g = group_at(m, level, i);
    HOSTLIST_AUTO struct hostlist nodes = {0}, below = {0};

    group_nodes(m, g, &nodes);
    add_below(m, level, g, &below);
    str_addf(out, "SwitchName=%s Level=%zu LinkSpeed=1", group_name(m, level, i),
             m->t.n_levels - 1 - level);
    add_list(out, "Nodes", &nodes);
    add_list(out, "Switches", &below);
}

static void add_block(const struct map *m, size_t level, size_t i, size_t index,
                      struct str *out)
{
    const struct topology_group *g = group_at(m, level, i);
    HOSTLIST_AUTO struct hostlist nodes = {0}, blocks = {0};
    const struct block_sizes *sizes = m->rules.sizes;
    const size_t n = group_nodes(m, g, &nodes);

    if (is_larger_block(m, level)) {
        add_blocks(m, g, &blocks);
        str_add(out, "AggregatedBlock=");
        hostlist_format(&blocks, out);
    } else {
        str_addf(out, "BlockName=%s", group_name(m, level, i));
    }
    str_addf(out, " BlockIndex=%zu", index);
    add_list(out, "Nodes", &nodes);
    str_addf(out, " BlockSize=%" PRId64,
             sizes->n > 0 ? sizes->size[m->t.n_levels - 1 - level] : (int64_t)n);
}

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

/* A line each, from the leaves up. Returns how many. */
static size_t print_groups(const struct scontrol *s, const struct map *m,
                           const char *name, bool by_name)
{
    STR_AUTO struct str line;
    size_t index = 0, printed = 0;

    str_init(&line, LINE_BYTES_MAX);
    for (size_t level = m->t.n_levels; level-- > 1;) {
        for (size_t i = 0; i < m->t.levels[level].n; i++) {
            if (!is_shown(m, level, i))
                continue;
            if (is_wanted(m, level, i, name, by_name)) {
                str_reset(&line);
                if (m->t.kind == TOPOLOGY_BLOCK)
                    add_block(m, level, i, index, &line);
                else
                    add_switch(m, level, i, &line);
                fprintf(s->cli->out, "%s\n", line.s);
                printed++;
            }
            index++;
        }
    }
    return printed;
}

int scontrol_show_topology(struct scontrol *s, const char *id)
{
    NODELIST_AUTO struct nodelist nodes;
    MAP_AUTO struct map m = {0};
    struct sched_config config = sched_config_default();
    struct err err = ERR_INIT;
    const char *name = id && *id ? id : NULL;

    nodelist_init(&nodes);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (clusterconf_fetch(&s->api, s->controller_ns, PUBLISHED_TOPOLOGY, &config,
                          &err) < 0 ||
        nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_load_topo error: %s", err.msg);
    map_init(&m, &config, &nodes);
    if (print_groups(s, &m, name, true) > 0 ||
        (name && print_groups(s, &m, name, false) > 0))
        return EXIT_DONE;
    if (name && m.t.n_levels > 0)
        return scontrol_fail(
            s, "Topology information contains no switch or node named %s", name);
    if (!s->quiet)
        fprintf(s->cli->out, "No topology information available\n");
    return EXIT_DONE;
}
