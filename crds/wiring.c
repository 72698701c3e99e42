#include "crds/wiring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "crds/wiring_private.h"

static void wiring_fini(struct wiring *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->hubs[i].name);
        free(w->hubs[i].nodes);
        free(w->hubs[i].switches);
    }
    free(w->hubs);
    free(w->names);
    free(w->nodes);
    free(w->at);
}

/* ---- names ---- */

static int by_name(const void *a, const void *b)
{
    const struct wired *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* NOWHERE: none has that name. */
static size_t find(const struct wired *names, size_t n, const char *name)
{
    size_t at = BISECT(n, i, strcmp(names[i].name, name) < 0);

    return at < n && strcmp(names[at].name, name) == 0 ? names[at].at : NOWHERE;
}

static void name_nodes(struct wiring *w, struct node *const *nodes, size_t n)
{
    w->nodes = xcalloc(n + 1, sizeof(*w->nodes));
    w->at = xcalloc(n + 1, sizeof(*w->at));
    w->n_nodes = n;
    for (size_t i = 0; i < n; i++) {
        w->nodes[i] = (struct wired){nodes[i]->name, i};
        w->at[i] = NOWHERE;
    }
    qsort(w->nodes, n, sizeof(*w->nodes), by_name);
}

static int name_hubs(struct wiring *w, const char *text, struct err *err)
{
    w->names = xcalloc(w->n + 1, sizeof(*w->names));
    for (size_t i = 0; i < w->n; i++)
        w->names[i] = (struct wired){w->hubs[i].name, i};
    qsort(w->names, w->n, sizeof(*w->names), by_name);
    for (size_t i = 1; i < w->n; i++) {
        const struct wired *a = &w->names[i - 1], *b = &w->names[i];

        if (strcmp(a->name, b->name) == 0)
            return err_set(err, ERR_INVALID, "%s:%zu: %s stands twice", text,
                           w->hubs[MAX(a->at, b->at)].line, a->name);
    }
    return 0;
}

/* ---- what is under what ---- */

/* The node, or switch, of a name is under a hub. */
static int put_under(struct wiring *w, size_t hub, const char *name, struct err *err)
{
    bool node = w->hubs[hub].nodes != NULL;
    size_t below = node ? find(w->nodes, w->n_nodes, name) : find(w->names, w->n, name);
    size_t *above;

    if (below == NOWHERE)
        return err_set(err, ERR_INVALID, "there is no %s %s", node ? "node" : "switch",
                       name);
    above = node ? &w->at[below] : &w->hubs[below].above;
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

static bool in_circle(const struct wiring *w, size_t hub)
{
    for (size_t n = 0; n < w->n && hub != NOWHERE; n++)
        hub = w->hubs[hub].above;
    return hub != NOWHERE;
}

static int refuse_depth(const struct wiring *w, size_t i, const char *text,
                        struct err *err)
{
    const struct hub *hub = &w->hubs[i];

    if (in_circle(w, i))
        return err_set(err, ERR_INVALID,
                       "%s:%zu: %s: the switches above it go in a "
                       "circle",
                       text, hub->line, hub->name);
    return err_set(err, ERR_INVALID,
                   "%s:%zu: %s: more than %d switches, one above the "
                   "other",
                   text, hub->line, hub->name, TOPOLOGY_LEVELS_MAX);
}

static int link_all(struct wiring *w, const char *text, size_t *ret_levels,
                    struct err *err)
{
    size_t levels = 0;
    for (size_t i = 0; i < w->n; i++)
        if (put_all_under(w, i, err) < 0)
            return err_prefix(err, "%s:%zu", text, w->hubs[i].line);
    for (size_t i = 0; i < w->n; i++) {
        levels = MAX(levels, depth_of(w, i));
        if (levels > TOPOLOGY_LEVELS_MAX)
            return refuse_depth(w, i, text, err);
    }
    *ret_levels = levels;
    return 0;
}

/* ---- labels ---- */

static void add_label(struct node *node, size_t level, const char *value)
{
    AUTO_FREE char *key = xasprintf(WIRING_LABEL, level);

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

static void label_all(const struct wiring *w, struct node *const *nodes, size_t levels)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        if (w->at[i] == NOWHERE)
            continue;
        if (w->blocks)
            label_by_blocks(w, nodes[i], w->at[i]);
        else
            label_by_switches(w, nodes[i], w->at[i], levels);
        labels_sort(nodes[i]->labels, nodes[i]->n_labels);
    }
}

static int check(const struct wiring *w, const char *text, struct err *err)
{
    if (w->n == 0)
        return err_set(err, ERR_INVALID, "%s: there is no switch and no block in it",
                       text);
    if (w->n_sizes > 0 && !w->blocks)
        return err_set(err, ERR_INVALID, "%s: BlockSizes is of blocks, not of switches",
                       text);
    return 0;
}

int wiring_read(const char *text, size_t len, const char *name,
                struct node *const *nodes, size_t n, struct wiring_levels *ret,
                struct err *err)
{
    struct wiring w = {0};
    size_t levels = 0;
    int rc;

    name_nodes(&w, nodes, n);
    rc = wiring_read_lines(&w, text, len, name, err) < 0 ||
                 name_hubs(&w, name, err) < 0 || link_all(&w, name, &levels, err) < 0 ||
                 check(&w, name, err) < 0
             ? -1
             : 0;
    if (rc == 0) {
        levels = w.blocks ? MAX(w.n_sizes, 1) : levels;
        label_all(&w, nodes, levels);
        *ret = (struct wiring_levels){w.blocks ? TOPOLOGY_BLOCK : TOPOLOGY_TREE,
                                      {.n = levels}};
        for (size_t i = 0; i < levels; i++)
            snprintf(ret->labels.key[i], TOPOLOGY_LABEL_MAX, WIRING_LABEL, i + 1);
    }
    wiring_fini(&w);
    return rc;
}
