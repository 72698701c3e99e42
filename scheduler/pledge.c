#include "scheduler/pledge_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline.h"

/* How many slots of jobs are on it: `held` of the levels. */
struct pledge_node {
    char *name;
    struct levels uses;
    UT_hash_handle hh;
};

/* ---- all of them ---- */

static void forget_nodes(struct pledge *pledge)
{
    struct pledge_node *node, *next;

    HASH_ITER (hh, pledge->nodes, node, next) {
        HASH_DEL(pledge->nodes, node);
        levels_fini(&node->uses);
        free(node->name);
        free(node);
    }
}

void pledges_reset(struct pledges *p)
{
    struct pledge *pledge, *next;

    HASH_ITER (hh, p->all, pledge, next) {
        HASH_DEL(p->all, pledge);
        forget_nodes(pledge);
        for (size_t i = 0; i < pledge->n_terms; i++)
            levels_fini(&pledge->terms[i].starts);
        free(pledge->terms);
        levels_fini(&pledge->levels);
        free(pledge);
    }
    interned_fini(&p->names);
}

void pledges_renumber(struct pledges *p, const uint16_t *places)
{
    struct pledge *pledge, *next;
    struct pledge_node *node, *next_node;

    HASH_ITER (hh, p->all, pledge, next) {
        levels_renumber(&pledge->levels, places);
        for (size_t i = 0; i < pledge->n_terms; i++)
            levels_renumber(&pledge->terms[i].starts, places);
        HASH_ITER (hh, pledge->nodes, node, next_node)
            levels_renumber(&node->uses, places);
    }
}

struct pledge *pledges_find(const struct pledges *p, const void *limit,
                            const char *whose)
{
    const struct pledge_key key = {limit, interned_find(&p->names, whose)};
    struct pledge *found = NULL;

    if (key.whose == NULL)
        return NULL;
    /* The analyzer does not see that a pointer's bytes can be read one by one. */
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
    HASH_FIND(hh, p->all, &key, sizeof(key), found);
    return found;
}

struct pledge *pledges_get(struct pledges *p, const void *limit, const char *whose,
                           enum pledge_kind kind)
{
    struct pledge *pledge = pledges_find(p, limit, whose);

    if (pledge != NULL)
        return pledge;
    pledge = xcalloc(1, sizeof(*pledge));
    pledge->key = (struct pledge_key){limit, interned_get(&p->names, whose)};
    pledge->kind = kind;
    HASH_ADD(hh, p->all, key, sizeof(pledge->key), pledge);
    return pledge;
}

/* ---- taking ---- */

/* As it is used, and all of it from its end on. */
static void use_over_time(struct levels *levels, const struct amounts *amounts,
                          size_t first, size_t last, size_t n_slots)
{
    const struct amounts from = {.planned = amounts->planned};
    const struct amounts growing = {.fading = amounts->fading};
    const struct amounts whole = {.held = amounts->held};

    levels_add(levels, &from, first, n_slots, n_slots);
    levels_add(levels, &growing, first, last, n_slots);
    levels_add(levels, &whole, last, n_slots, n_slots);
}

void pledge_take(struct pledge *pledge, const struct amounts *amounts, size_t first,
                 size_t last, size_t n_slots)
{
    if (pledge->kind == PLEDGE_USED)
        use_over_time(&pledge->levels, amounts, first, last, n_slots);
    else
        levels_add(&pledge->levels, amounts, first, last, n_slots);
}

void pledge_give(struct pledge *pledge, const struct amounts *amounts, size_t first,
                 size_t last, size_t n_slots)
{
    const struct amounts less = {-amounts->planned, -amounts->held, -amounts->fading};

    pledge_take(pledge, &less, first, last, n_slots);
}

static size_t get_term(struct pledge *pledge, __int128 most)
{
    size_t i = 0;

    while (i < pledge->n_terms && pledge->terms[i].most != most)
        i++;
    if (i == pledge->n_terms) {
        GROW(pledge->terms, pledge->n_terms, pledge->terms_cap);
        pledge->terms[pledge->n_terms++] = (struct pledge_term){.most = most};
    }
    return i;
}

static bool is_empty(const struct levels *starts)
{
    return starts->n == 1 && starts->items[0].of.planned == 0;
}

void pledge_start(struct pledge *pledge, __int128 most, size_t first, size_t n_slots,
                  int sign)
{
    const struct amounts one = {.planned = sign};
    const size_t i = get_term(pledge, most);
    struct levels *starts = &pledge->terms[i].starts;

    levels_add(starts, &one, first, n_slots, n_slots);
    if (!is_empty(starts))
        return;
    levels_fini(starts);
    pledge->terms[i] = pledge->terms[--pledge->n_terms];
}

static struct pledge_node *find_node(const struct pledge *pledge, const char *name)
{
    struct pledge_node *node;

    HASH_FIND_STR(pledge->nodes, name, node);
    return node;
}

static struct pledge_node *get_node(struct pledge *pledge, const char *name)
{
    struct pledge_node *node = find_node(pledge, name);

    if (node == NULL) {
        node = xcalloc(1, sizeof(*node));
        node->name = xstrdup(name);
        HASH_ADD_KEYPTR(hh, pledge->nodes, node->name, strlen(node->name), node);
    }
    return node;
}

/* Adds so many nodes to the levels wherever a node is not in use. */
static void count_unused(struct levels *levels, const struct levels *uses, size_t first,
                         size_t last, size_t n_slots, int more)
{
    const struct amounts amounts = {.held = more};

    if (uses->n == 0) {
        levels_add(levels, &amounts, first, last, n_slots);
        return;
    }
    for (size_t i = levels_find(uses, first); i < uses->n; i++) {
        size_t from = MAX(uses->items[i].first, first);

        if (from >= last)
            break;
        if (uses->items[i].of.held == 0)
            levels_add(levels, &amounts, from, levels_end(uses, i, last), n_slots);
    }
}

static void use_node(struct pledge *pledge, struct pledge_node *node, size_t first,
                     size_t last, size_t n_slots, int sign)
{
    const struct amounts use = {.held = sign};

    if (sign > 0)
        count_unused(&pledge->levels, &node->uses, first, last, n_slots, 1);
    levels_add(&node->uses, &use, first, last, n_slots);
    if (sign < 0)
        count_unused(&pledge->levels, &node->uses, first, last, n_slots, -1);
}

void pledge_use_nodes(struct pledge *pledge, const struct slot *slots, size_t n,
                      size_t first, size_t last, size_t n_slots, int sign)
{
    for (size_t i = 0; i < n; i++)
        use_node(pledge, get_node(pledge, slots[i].node), first, last, n_slots, sign);
}

/* ---- asking ---- */

static __int128 sum_of(const struct amounts *of)
{
    return of->held + of->planned;
}

static bool is_over(const struct pledge_bound *bound, const struct amounts *of)
{
    return sum_of(of) > bound->room;
}

bool pledge_goes_by_start(const struct pledge_bound *bound)
{
    const struct pledge *pledge = bound->pledge;

    return pledge->kind == PLEDGE_LEFT || pledge_is_for_ever(pledge) ||
           bound->beside_planned || pledge->n_terms > 1 ||
           (pledge->n_terms == 1 && pledge->terms[0].most != bound->room + bound->need);
}

/* Where one starts who has the same limit it is checked once more: so it may as well be
 * checked everywhere. */
static size_t last_over(const struct pledge_bound *bound, const struct levels *levels,
                        size_t first, size_t last)
{
    for (size_t i = levels_find(levels, last - 1) + 1; i-- > 0;) {
        size_t end = levels_end(levels, i, last);

        if (end <= first)
            break;
        if (is_over(bound, &levels->items[i].of))
            return end - 1;
    }
    return SIZE_MAX;
}

/* Is there more than before in a slot? NULL: in all. */
static bool is_added(const struct levels *added, size_t slot)
{
    return added == NULL || sum_of(&added->items[levels_find(added, slot)].of) > 0;
}

/* In which one who is planned would start with more than he may, of which some is added
 * there. */
static size_t last_start_over(const struct pledge_bound *bound,
                              const struct levels *levels, const struct levels *added,
                              const struct pledge_term *term, size_t first, size_t last)
{
    const struct levels *starts = &term->starts;

    for (size_t i = levels_find(starts, last - 1) + 1; i-- > 0;) {
        const struct level *start = &starts->items[i];
        const struct level *there = &levels->items[levels_find(levels, start->first)];

        if (start->first < first)
            break;
        if (start->of.planned > 0 && sum_of(&there->of) > term->most - bound->need &&
            is_added(added, start->first))
            return start->first;
    }
    return SIZE_MAX;
}

static size_t last_start(const struct pledge_bound *bound, const struct levels *levels,
                         const struct levels *added, size_t first, size_t last)
{
    const struct level *own = &levels->items[levels_find(levels, first)];
    bool over = !bound->beside_planned && is_over(bound, &own->of);
    size_t found = over && is_added(added, first) ? first : SIZE_MAX;

    for (size_t i = 0; i < bound->pledge->n_terms; i++) {
        size_t at = last_start_over(bound, levels, added, &bound->pledge->terms[i],
                                    first, last);

        if (at != SIZE_MAX && (found == SIZE_MAX || at > found))
            found = at;
    }
    return found;
}

static size_t last_sum_over(const struct pledge_bound *bound,
                            const struct levels *levels, size_t first, size_t last)
{
    if (levels->n == 0 || first >= last)
        return SIZE_MAX;
    return pledge_goes_by_start(bound) ? last_start(bound, levels, NULL, first, last)
                                       : last_over(bound, levels, first, last);
}

static bool is_aside(const struct pledge_bound *bound, const struct amounts *of)
{
    return bound->beside_planned && of->planned == 0;
}

/* In one slot, the first of the window or not. */
static bool is_left_over(const struct pledge_bound *bound, const struct amounts *of,
                         int64_t time, bool first, bool now)
{
    const __int128 more = of->planned == 0 ? bound->alone : 0;

    if (is_aside(bound, of) || (!first && of->planned == 0))
        return false;
    if (now)
        return of->planned > bound->room_now + more;
    return of->planned + of->held - of->fading * time > bound->room + more;
}

static size_t last_left_over(const struct pledge_bound *bound, const int64_t *times,
                             size_t first, size_t last)
{
    const struct levels *levels = &bound->pledge->levels;

    for (size_t slot = last; slot > first && levels->n > 0; slot--) {
        const size_t piece = levels_find(levels, slot - 1);

        if (is_left_over(bound, &levels->items[piece].of, times[slot - 1],
                         slot - 1 == first, slot == 1))
            return slot - 1;
    }
    return SIZE_MAX;
}

size_t pledge_short(const struct pledge_bound *bound, const int64_t *times,
                    size_t first, size_t last)
{
    const struct levels *levels = &bound->pledge->levels;

    switch (bound->pledge->kind) {
    case PLEDGE_SUM:
        return last_sum_over(bound, levels, first, last);
    case PLEDGE_LEFT:
        return last_left_over(bound, times, first, last);
    case PLEDGE_USED:
        return pledge_last_using_up(bound, times, first);
    case PLEDGE_NODES: /* pledge_short_nodes */
        return SIZE_MAX;
    case PLEDGE_SPENT:
        return pledge_last_spending(bound, first);
    }
    return SIZE_MAX;
}

size_t pledge_short_to(const struct pledge_bound *bound, size_t slot)
{
    const struct levels *levels = &bound->pledge->levels;
    size_t piece;

    if (bound->pledge->kind == PLEDGE_LEFT || pledge_is_for_ever(bound->pledge) ||
        bound->beside_planned)
        return slot;
    piece = levels_find(levels, slot + 1);
    if (!is_over(bound, &levels->items[piece].of))
        return slot;
    while (piece < levels->n && is_over(bound, &levels->items[piece].of))
        piece++;
    return levels_end(levels, piece - 1, SIZE_MAX) - 1;
}

/* Who is over by then is in nobody's way. What is left falls: there is least room when
 * the first of them starts. */
static int64_t lasts_from(const struct pledge_bound *bound, const struct amounts *of,
                          int64_t time, int64_t now_sec)
{
    const __int128 room = bound->room - of->planned - of->held + of->fading * time;

    return pledge_uses_last(&bound->uses, room, time - now_sec);
}

int64_t pledge_until(const struct pledge_bound *bound, const int64_t *times)
{
    const struct levels *levels = &bound->pledge->levels;
    int64_t lasts = LIMIT_UNLIMITED;

    for (size_t i = 0; i < levels->n; i++) {
        const struct level *level = &levels->items[i];

        if (level->of.planned > 0)
            lasts = MIN(lasts,
                        lasts_from(bound, &level->of, times[level->first], times[0]));
    }
    return timeline_end(times[0], lasts);
}

/* Each node once; returns how many they are. */
static size_t add_nodes(struct levels *levels, const struct pledge *pledge,
                        const struct slot *slots, size_t n, size_t first, size_t last)
{
    AUTO_FREE char **names = xcalloc(n + 1, sizeof(*names));
    static const struct levels none;
    size_t counted = 0;

    for (size_t i = 0; i < n; i++)
        names[i] = (char *)slots[i].node;
    names_sort(names, n);
    for (size_t i = 0; i < n; i++) {
        const struct pledge_node *node = find_node(pledge, names[i]);

        if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
            continue;
        count_unused(levels, node != NULL ? &node->uses : &none, first, last, SIZE_MAX,
                     1);
        counted++;
    }
    return counted;
}

size_t pledge_short_nodes(const struct pledge_bound *bound, const struct slot *slots,
                          size_t n, size_t first, size_t last)
{
    struct levels added = {0}, levels = {0};
    size_t at, own = add_nodes(&added, bound->pledge, slots, n, first, last);
    size_t over =
        !bound->beside_planned && (__int128)own > bound->room ? first : SIZE_MAX;

    if (added.n > 0 && first < last) {
        levels = levels_copy(&bound->pledge->levels);
        add_nodes(&levels, bound->pledge, slots, n, first, last);
        at = last_start(bound, &levels, &added, first, last);
        over = at != SIZE_MAX ? at : over;
    }
    levels_fini(&added);
    levels_fini(&levels);
    return over;
}

static bool is_used(const struct pledge_node *node, size_t slot)
{
    return node->uses.n > 0 &&
           node->uses.items[levels_find(&node->uses, slot)].of.held > 0;
}

void pledge_each_node(const struct pledge *pledge, size_t slot,
                      void (*fn)(void *arg, const char *node), void *arg)
{
    const struct pledge_node *node, *next;

    HASH_ITER (hh, pledge->nodes, node, next) {
        if (is_used(node, slot))
            fn(arg, node->name);
    }
}
