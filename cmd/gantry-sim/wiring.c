#include "cmd/gantry-sim/wiring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-sim/ledger.h"
#include "cmd/gantry-sim/rows.h"

#define NOWHERE SIZE_MAX
#define LABEL "wiring.gantry.dev/level-%zu"

/* A switch, or a base block. */
struct hub {
    char *name, *nodes, *switches; /* the last two as written; NULL: none */
    size_t line;
    size_t above; /* of the hubs; NOWHERE: it is at the top */
};

struct wiring {
    struct pool *pool;
    struct ledger *names; /* of nodes */
    struct hub *hubs;
    size_t n, cap;
    bool blocks;
    int64_t sizes[TOPOLOGY_LEVELS_MAX]; /* BlockSizes */
    size_t n_sizes;
    size_t *at; /* of each node of the pool: its hub, or NOWHERE */
};

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

/* ---- lines ---- */

/* 2, 4, 8, ... */
static bool is_doubled(int64_t n)
{
    return n > 1 && (n & (n - 1)) == 0;
}

static int read_sizes(struct wiring *w, char *text, struct err *err)
{
    char *size;
    while ((size = strsep(&text, ",")) != NULL) {
        int64_t n = 0;
        int64_t base = w->n_sizes > 0 ? w->sizes[w->n_sizes - 1] : 1;
        if (w->n_sizes == TOPOLOGY_LEVELS_MAX)
            return err_set(err, ERR_INVALID, "BlockSizes: more than %d sizes",
                           TOPOLOGY_LEVELS_MAX);
        if (row_number(size, 1, &n, err) < 0 || n < 1 || n > POOL_NODES_MAX ||
            n % base != 0 || (w->n_sizes > 0 && !is_doubled(n / base)))
            return err_set(err, ERR_INVALID,
                           "BlockSizes: \"%s\" is not a power of two times the size "
                           "before",
                           size);
        w->sizes[w->n_sizes++] = n;
    }
    return 0;
}

/* One "Key=value" of a line. */
static int read_word(struct wiring *w, struct hub *hub, char *word, struct err *err)
{
    const char *key = strsep(&word, "=");
    const struct {
        const char *key;
        char **text;
        bool block;
    } keys[] = {{"SwitchName", &hub->name, false},
                {"BlockName", &hub->name, true},
                {"Nodes", &hub->nodes, false},
                {"Switches", &hub->switches, false}};
    if (!word || *word == '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not Key=value", key);
    if (strcasecmp(key, "LinkSpeed") == 0)
        return 0;
    if (strcasecmp(key, "BlockSizes") == 0)
        return read_sizes(w, word, err);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strcasecmp(key, keys[i].key) != 0)
            continue;
        free(*keys[i].text);
        *keys[i].text = xstrdup(word);
        w->blocks |= keys[i].block;
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   "unknown key \"%s\": SwitchName, BlockName, Nodes, Switches, "
                   "BlockSizes",
                   key);
}

static int take_hub(struct wiring *w, struct hub *hub, struct err *err)
{
    if (!hub->name && !hub->nodes && !hub->switches)
        return 0;
    if (!hub->name)
        return err_set(err, ERR_INVALID, "neither SwitchName nor BlockName");
    if (w->blocks && !hub->nodes)
        return err_set(err, ERR_INVALID, "%s: a block has Nodes", hub->name);
    if ((hub->nodes == NULL) == (hub->switches == NULL))
        return err_set(err, ERR_INVALID, "%s has either Nodes or Switches", hub->name);
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->hubs[i].name, hub->name) == 0)
            return err_set(err, ERR_INVALID, "%s stands twice", hub->name);
    if (w->n == WIRING_SWITCHES_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d switches",
                       WIRING_SWITCHES_MAX);
    GROW(w->hubs, w->n, w->cap);
    w->hubs[w->n++] = *hub;
    *hub = (struct hub){0};
    return 0;
}

static int read_line(struct wiring *w, char *line, size_t number, struct err *err)
{
    struct hub hub = {.line = number, .above = NOWHERE};
    char *word;
    int rc = 0;
    line[strcspn(line, "#")] = '\0';
    while (rc == 0 && (word = strsep(&line, " \t")) != NULL)
        if (*word != '\0')
            rc = read_word(w, &hub, word, err);
    if (rc == 0)
        rc = take_hub(w, &hub, err);
    free(hub.name);
    free(hub.nodes);
    free(hub.switches);
    return rc;
}

static int read_lines(struct wiring *w, const char *path, struct err *err)
{
    struct lines *lines = lines_open(path, err);
    char *line;
    int rc = 1;
    if (!lines)
        return -1;
    while (rc == 1 && (rc = lines_next(lines, &line, err)) == 1)
        if (read_line(w, line, lines_number(lines), err) < 0)
            rc = err_prefix(err, "%s:%zu", path, lines_number(lines));
    lines_close(lines);
    return rc;
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
    int rc = read_lines(&w, path, err) < 0 ? -1 : link_all(&w, path, &levels, err);
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
