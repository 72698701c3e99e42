#include "scheduler/topology.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"

/* ---- kinds ---- */

static const char *const kind_words[] = TOPOLOGY_KIND_WORDS;

const char *topology_kind_word(enum topology_kind kind)
{
    return kind_words[kind];
}

int topology_kind_parse(const char *word, enum topology_kind *ret, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_words); i++) {
        if (strcmp(kind_words[i], word) == 0) {
            *ret = (enum topology_kind)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "\"%.64s\" is none of flat, tree, block", word);
}

/* ---- labels ---- */

#define KEY_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/"

static int add_label(struct topology_labels *labels, const char *key, struct err *err)
{
    if (key[0] == '\0' || strlen(key) >= TOPOLOGY_LABEL_MAX ||
        key[strspn(key, KEY_CHARS)] != '\0')
        return err_set(err, ERR_INVALID,
                       "\"%.64s\" is no key of a label: zone,example.com/leaf", key);
    if (labels->n == TOPOLOGY_LEVELS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d labels", TOPOLOGY_LEVELS_MAX);
    for (size_t i = 0; i < labels->n; i++) {
        if (strcmp(labels->key[i], key) == 0)
            return err_set(err, ERR_INVALID, "%s stands twice", key);
    }
    memcpy(labels->key[labels->n++], key, strlen(key) + 1);
    return 0;
}

int topology_labels_parse(const char *text, struct topology_labels *ret,
                          struct err *err)
{
    struct topology_labels labels = {0};
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = copy, *key;

    while ((key = strsep(&rest, ",")) != NULL) {
        if (add_label(&labels, key + strspn(key, " "), err) < 0)
            return -1;
    }
    *ret = labels;
    return 0;
}

void topology_labels_format(const struct topology_labels *labels, struct str *out)
{
    for (size_t i = 0; i < labels->n; i++)
        str_addf(out, "%s%s", i > 0 ? "," : "", labels->key[i]);
}

bool topology_labels_equal(const struct topology_labels *a,
                           const struct topology_labels *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->key[i], b->key[i]) != 0)
            return false;
    }
    return true;
}

/* ---- sizes of blocks ---- */

#define SIZE_MAX_NODES 1000000

static int add_size(struct block_sizes *sizes, const char *text, struct err *err)
{
    const int64_t below = sizes->n > 0 ? sizes->size[sizes->n - 1] : 0;
    char *end;
    int64_t size, times;

    errno = 0;
    size = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno || *end != '\0' || size < 1 ||
        size > SIZE_MAX_NODES)
        return err_set(err, ERR_INVALID,
                       "\"%.64s\" is no size of blocks: 1 to %d, as in 18,36", text,
                       SIZE_MAX_NODES);
    if (sizes->n == TOPOLOGY_LEVELS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d sizes", TOPOLOGY_LEVELS_MAX);
    times = below > 0 ? size / below : 2;
    if (below > 0 && (size % below != 0 || times < 2 || (times & (times - 1)) != 0))
        return err_set(err, ERR_INVALID,
                       "%" PRId64 " is not 2, 4, 8, ... times the %" PRId64
                       " before it",
                       size, below);
    sizes->size[sizes->n++] = size;
    return 0;
}

int block_sizes_parse(const char *text, struct block_sizes *ret, struct err *err)
{
    struct block_sizes sizes = {0};
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = *copy != '\0' ? copy : NULL, *size;

    while ((size = strsep(&rest, ",")) != NULL) {
        if (add_size(&sizes, size + strspn(size, " "), err) < 0)
            return -1;
    }
    *ret = sizes;
    return 0;
}

void block_sizes_format(const struct block_sizes *sizes, struct str *out)
{
    for (size_t i = 0; i < sizes->n; i++)
        str_addf(out, "%s%" PRId64, i > 0 ? "," : "", sizes->size[i]);
}

bool block_sizes_equal(const struct block_sizes *a, const struct block_sizes *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (a->size[i] != b->size[i])
            return false;
    }
    return a->n == b->n;
}

/* ---- levels ---- */

static bool by_number(const struct topology_rules *rules)
{
    return rules->kind == TOPOLOGY_BLOCK && rules->sizes->n > 0 && rules->labels->n > 0;
}

/* Below level 0. */
static size_t count_levels(const struct topology_rules *rules)
{
    if (rules->kind == TOPOLOGY_FLAT)
        return 0;
    return by_number(rules) ? rules->sizes->n : rules->labels->n;
}

const char *topology_level_label(const struct topology_rules *rules, size_t level)
{
    if (!by_number(rules))
        return rules->labels->key[level - 1];
    return level == rules->sizes->n ? rules->labels->key[rules->labels->n - 1] : NULL;
}

/* ---- the tree ---- */

/* A node, and where its labels say that it is. */
struct spot {
    const char *values[TOPOLOGY_LEVELS_MAX]; /* NULL: it lacks the label, or */
    size_t larger[TOPOLOGY_LEVELS_MAX];      /* the block has a number */
    size_t n;
    uint32_t position;
};

/* Whoever lacks the label stands behind. */
static int value_compare(const char *a, const char *b)
{
    int order;

    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    order = hostname_compare(a, b);
    return order != 0 ? order : strcmp(a, b);
}

static int spot_compare(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;

    for (size_t i = 0; i < a->n; i++) {
        int order = value_compare(a->values[i], b->values[i]);

        if (order != 0)
            return order;
    }
    return a->position < b->position ? -1 : a->position > b->position;
}

/* Are both under one switch of the level? */
static bool spots_meet(const struct spot *a, const struct spot *b, size_t level)
{
    for (size_t i = 0; i < level; i++) {
        if (a->larger[i] != b->larger[i] ||
            value_compare(a->values[i], b->values[i]) != 0)
            return false;
    }
    return level < a->n || a->values[level - 1] != NULL;
}

/* The spots in their order, made into leaves and what is above these. */
static void add_spots(struct topology *t, const struct spot *spots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool next_leaf = i == 0 || !spots_meet(&spots[i - 1], &spots[i], spots[i].n);

        t->n_leaves += next_leaf;
        for (size_t level = 0; level < t->n_levels; level++) {
            struct topology_level *to = &t->levels[level];

            if (i == 0 || (level > 0 && !spots_meet(&spots[i - 1], &spots[i], level)))
                to->groups[to->n++].first = (uint32_t)(t->n_leaves - 1);
            to->groups[to->n - 1].end = (uint32_t)t->n_leaves;
        }
        t->leaf[spots[i].position] = (uint32_t)(t->n_leaves - 1);
        t->place[spots[i].position] = (uint32_t)i;
    }
}

/* The spots in the order of their base blocks: these are counted together. Whoever is
 * in none is in no larger one. */
static void number_blocks(struct spot *spots, size_t n, const struct block_sizes *sizes)
{
    const size_t lowest = sizes->n - 1;
    size_t block = 0;

    for (size_t i = 0; i < n; i++) {
        const bool named = spots[i].values[lowest] != NULL;

        block +=
            i > 0 && named &&
            value_compare(spots[i - 1].values[lowest], spots[i].values[lowest]) != 0;
        for (size_t k = 0; k < lowest; k++) {
            const size_t times = (size_t)(sizes->size[lowest - k] / sizes->size[0]);

            spots[i].larger[k] = named ? 1 + block / times : 0;
        }
    }
}

static struct spot *spots_of(const struct topology_rules *rules,
                             const struct node *const *nodes, size_t n)
{
    struct spot *spots = xcalloc(n + 1, sizeof(*spots));

    for (size_t i = 0; i < n; i++) {
        spots[i].n = count_levels(rules);
        spots[i].position = (uint32_t)i;
        for (size_t k = 0; k < spots[i].n; k++) {
            const char *label = topology_level_label(rules, k + 1);

            if (label != NULL)
                spots[i].values[k] =
                    labels_find(nodes[i]->labels, nodes[i]->n_labels, label);
        }
    }
    if (n > 1)
        qsort(spots, n, sizeof(*spots), spot_compare);
    if (by_number(rules))
        number_blocks(spots, n, rules->sizes);
    return spots;
}

void topology_fini(struct topology *t)
{
    for (size_t i = 0; i < t->n_levels; i++)
        free(t->levels[i].groups);
    free(t->leaf);
    free(t->place);
    *t = (struct topology){0};
}

void topology_build(struct topology *t, const struct topology_rules *rules,
                    const struct node *const *nodes, size_t n)
{
    const size_t n_levels = count_levels(rules);
    struct spot *spots;

    topology_fini(t);
    if (n_levels == 0 || n == 0)
        return;
    t->kind = rules->kind;
    t->n_levels = n_levels + 1;
    t->leaf = xcalloc(n, sizeof(*t->leaf));
    t->place = xcalloc(n, sizeof(*t->place));
    for (size_t i = 0; i < t->n_levels; i++)
        t->levels[i].groups = xcalloc(n, sizeof(*t->levels[i].groups));
    spots = spots_of(rules, nodes, n);
    add_spots(t, spots, n);
    free(spots);
}
