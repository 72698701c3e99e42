/* The places of accounts in their tree. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/assoc_private.h"

/* While places are found. */
struct placing {
    struct assocs *a;
    size_t root; /* the account of that name; ASSOC_NONE */
    enum { NEW, OPEN, DONE } * state;
    size_t *path,
        n_path; /* accounts that are open, each the parent of the one before */
};

static bool is_root(const struct account *account)
{
    return strcmp(account->name, ACCOUNT_ROOT) == 0;
}

/* ASSOC_NONE, and `*ret_missing` where it should be somebody. */
static size_t parent_of(const struct placing *p, size_t i, bool *ret_missing)
{
    const struct account *account = p->a->accounts[i];
    size_t parent = p->root;

    *ret_missing = false;
    if (is_root(account))
        return ASSOC_NONE;
    if (account->parent != NULL && strcmp(account->parent, ACCOUNT_ROOT) != 0) {
        parent = assocs_find(p->a, account->parent);
        *ret_missing = parent == ASSOC_NONE;
    }
    return parent;
}

static void fail(struct place *place, enum assoc_fault fault, size_t at)
{
    place->fault = fault;
    place->fault_at = at;
}

/* What an account does not say, the one above says (NULL: there is none). */
static void inherit(struct place *place, const struct account *account,
                    const struct place *above)
{
    place->priority = account->priority;
    place->default_qos = account->qos.by_default;
    place->allows = &account->qos;
    if (place->priority == PRIORITY_UNSET)
        place->priority = above != NULL ? above->priority : 0;
    if (place->default_qos == NULL && above != NULL)
        place->default_qos = above->default_qos;
    if (place->allows->n_allowed == 0 && above != NULL)
        place->allows = above->allows;
}

/* Below a parent that has its place; ASSOC_NONE: the root. */
static void settle(struct assocs *a, size_t i, size_t parent)
{
    const struct account *account = a->accounts[i];
    const struct place *above = parent != ASSOC_NONE ? &a->places[parent] : NULL;
    struct place *place = &a->places[i];
    size_t under = above != NULL ? above->node : FAIRTREE_ROOT;

    place->parent = parent;
    place->depth = is_root(account) ? 0 : (above != NULL ? above->depth : 0) + 1;
    inherit(place, account, above);
    if (place->fault != ASSOC_SOUND)
        return;
    if (above != NULL && above->fault != ASSOC_SOUND)
        fail(place, above->fault, above->fault_at);
    else if (place->depth > FAIRTREE_DEPTH_MAX)
        fail(place, ASSOC_TOO_DEEP, i);
    else if (is_root(account))
        place->node = FAIRTREE_ROOT;
    else
        place->node = fairtree_add(&a->tree, under, false, account->shares);
}

/* Those of the path from `at` on are each other's parents. */
static void mark_loop(struct placing *p, size_t at)
{
    for (size_t i = p->n_path; i > 0; i--) {
        fail(&p->a->places[p->path[i - 1]], ASSOC_LOOP, p->path[i - 1]);
        if (p->path[i - 1] == at)
            return;
    }
}

/* Up to the first whose place is known, and down again. */
static void find_place(struct placing *p, size_t i)
{
    bool missing = false;
    size_t parent = i;

    while (parent != ASSOC_NONE && p->state[parent] == NEW) {
        p->state[parent] = OPEN;
        p->path[p->n_path++] = parent;
        parent = parent_of(p, parent, &missing);
    }
    if (missing)
        fail(&p->a->places[p->path[p->n_path - 1]], ASSOC_NO_PARENT,
             p->path[p->n_path - 1]);
    else if (parent != ASSOC_NONE && p->state[parent] == OPEN)
        mark_loop(p, parent);
    while (p->n_path > 0) {
        i = p->path[--p->n_path];
        settle(p->a, i, parent);
        p->state[i] = DONE;
        parent = i;
    }
}

void assocs_find_places(struct assocs *a)
{
    struct placing p = {.a = a, .root = assocs_find(a, ACCOUNT_ROOT)};

    a->places = xrealloc(a->places, (a->n + 1) * sizeof(*a->places));
    memset(a->places, 0, (a->n + 1) * sizeof(*a->places));
    p.state = xcalloc(a->n + 1, sizeof(*p.state));
    p.path = xcalloc(a->n + 1, sizeof(*p.path));
    for (size_t i = 0; i < a->n; i++)
        find_place(&p, i);
    free(p.state);
    free(p.path);
}
