#include "cmd/gantry-sim/wiring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-sim/wiring_private.h"

#define LABEL "wiring.gantry.dev/level-%zu"

static void wiring_fini(struct wiring *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->hubs[i].name);
        free(w->hubs[i].nodes);
        free(w->hubs[i].switches);
    }
    free(w->hubs);
    free(w->at);
    ledger_free(w->names);
}

/* ---- what is under what ---- */

static size_t hub_find(const struct wiring *w, const char *name)
{
    size_t i = 0;
    while (i < w->n && strcmp(w->hubs[i].name, name) != 0)
        i++;
    return i < w->n ? i : NOWHERE;
}

/* The node, or switch, of a name is under a hub. */
static int put_under(struct wiring *w, size_t hub, const char *name, struct err *err)
{
    bool node = w->hubs[hub].nodes != NULL;
    int64_t found = node ? ledger_find(w->names, name) : -1;
    size_t below = node ? NOWHERE : hub_find(w, name);
    size_t *above;
    if (node ? found < 0 : below == NOWHERE)
        return err_set(err, ERR_INVALID, "there is no %s %s", node ? "node" : "switch",
                       name);
    above = node ? &w->at[found] : &w->hubs[below].above;
    if (*above != NOWHERE)
        return err_set(err, ERR_INVALID, "%s is under %s already", name,
                       w->hubs[*above].name);
    *above = hub;
    return 0;
}

static int put_all_under(struct wiring *w, size_t i, struct err *err)
{
    const struct hub *hub = &w->hubs[i];
    HOSTLIST_AUTO struct hostlist list = {0};
    if (hostlist_parse(&list, hub->nodes ? hub->nodes : hub->switches, err) < 0)
        return -1;
    for (size_t k = 0; k < list.n; k++)
        if (put_under(w, i, list.names[k], err) < 0)
            return -1;
    return 0;
}

/* How many hubs are above it, itself included; too many where they go in a circle. */
static size_t depth_of(const struct wiring *w, size_t hub)
{
    size_t n = 0;
    for (; hub != NOWHERE && n <= TOPOLOGY_LEVELS_MAX; hub = w->hubs[hub].above)
        n++;
    return n;
}

static int link_all(struct wiring *w, const char *path, size_t *ret_levels,
                    struct err *err)
{
    size_t levels = 0;
    w->at = xmalloc((w->pool->n + 1) * sizeof(*w->at));
    for (size_t i = 0; i < w->pool->n; i++)
        w->at[i] = NOWHERE;
    for (size_t i = 0; i < w->n; i++)
        if (put_all_under(w, i, err) < 0)
            return err_prefix(err, "%s:%zu", path, w->hubs[i].line);
    for (size_t i = 0; i < w->n; i++) {
        levels = MAX(levels, depth_of(w, i));
        if (levels > TOPOLOGY_LEVELS_MAX)
            return err_set(err, ERR_INVALID,
                           "%s:%zu: %s: more than %d switches, one "
                           "above the other",
                           path, w->hubs[i].line, w->hubs[i].name, TOPOLOGY_LEVELS_MAX);
    }
    *ret_levels = levels;
    return 0;
}

/* ---- labels ---- */

static void add_label(struct node *node, size_t level, const char *value)
{
    AUTO_FREE char *key = xasprintf(LABEL, level);
    labels_add(&node->labels, &node->n_labels, key, value);
}

/* From the lowest level up; one with few switches above it has its own on all below. */
static void label_by_switches(const struct wiring *w, struct node *node, size_t hub,
                              size_t levels)
{
    size_t depth = depth_of(w, hub);
    for (size_t level = levels; level > depth; level--)
        add_label(node, level, w->hubs[hub].name);
    for (; hub != NOWHERE; hub = w->hubs[hub].above)
        add_label(node, depth--, w->hubs[hub].name);
}

/* The larger blocks, the largest first, then the base block. */
static void label_by_blocks(const struct wiring *w, struct node *node, size_t hub)
{
    size_t levels = MAX(w->n_sizes, 1);
    for (size_t i = 1; i < w->n_sizes; i++) {
        AUTO_FREE char *name =
            xasprintf("%" PRId64, (int64_t)hub / (w->sizes[i] / w->sizes[0]));
        add_label(node, levels - i, name);
    }
    add_label(node, levels, w->hubs[hub].name);
}

static void label_all(const struct wiring *w, size_t levels)
{
    for (size_t i = 0; i < w->pool->n; i++) {
        struct node *node = w->pool->nodes[i];
        if (w->at[i] == NOWHERE)
            continue;
        if (w->blocks)
            label_by_blocks(w, node, w->at[i]);
        else
            label_by_switches(w, node, w->at[i], levels);
        labels_sort(node->labels, node->n_labels);
    }
}

int wiring_read(const char *path, struct pool *pool, enum topology_kind *ret_kind,
                struct topology_labels *ret_labels, struct err *err)
{
    struct wiring w = {.pool = pool, .names = ledger_new(pool)};
    size_t levels = 0;
    int rc =
        wiring_read_lines(&w, path, err) < 0 ? -1 : link_all(&w, path, &levels, err);
    if (rc == 0 && w.n == 0)
        rc = err_set(err, ERR_INVALID, "%s: there is no switch and no block in it",
                     path);
    if (rc == 0 && w.n_sizes > 0 && !w.blocks)
        rc = err_set(err, ERR_INVALID, "%s: BlockSizes is of blocks, not of switches",
                     path);
    if (rc == 0) {
        levels = w.blocks ? MAX(w.n_sizes, 1) : levels;
        label_all(&w, levels);
        *ret_kind = w.blocks ? TOPOLOGY_BLOCK : TOPOLOGY_TREE;
        *ret_labels = (struct topology_labels){.n = levels};
        for (size_t i = 0; i < levels; i++)
            snprintf(ret_labels->key[i], TOPOLOGY_LABEL_MAX, LABEL, i + 1);
    }
    wiring_fini(&w);
    return rc;
}
