#include "scheduler/assoc.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/assoc_private.h"
#include "scheduler/decay.h"

void assocs_fini(struct assocs *a)
{
    fairtree_fini(&a->tree);
    assocs_drop_sums(a);
    free(a->places);
    free(a->memberships);
    free(a->nodes);
    free(a->spots);
    *a = (struct assocs){0};
}

size_t assocs_find(const struct assocs *a, const char *account)
{
    size_t i = named_place((void *const *)a->accounts, a->n, account);

    return i < a->n && strcmp(a->accounts[i]->name, account) == 0 ? i : ASSOC_NONE;
}

/* ---- members ---- */

static void note_priority(struct assocs *a, int64_t priority)
{
    a->largest_priority = MAX(a->largest_priority, priority);
}

static void note_choice(struct assocs *a, const struct qos_choice *choice)
{
    a->choosing |= choice->by_default != NULL || choice->n_allowed > 0;
}

static void note_limits(struct assocs *a, const struct limits *limits)
{
    for (size_t i = 0; i < limits->n; i++)
        a->summing |= limit_is_of_usage(limits->items[i].kind);
}

static void add_member(struct assocs *a, size_t account, const struct member *m)
{
    const struct place *place = &a->places[account];
    struct membership *last =
        a->n_memberships > 0 ? &a->memberships[a->n_memberships - 1] : NULL;
    const char *name = m->user != NULL ? m->user : m->ns;
    bool ns = m->user == NULL;

    note_priority(a, m->priority);
    note_choice(a, &m->qos);
    if (last == NULL || last->account != account || last->ns != ns ||
        strcmp(last->name, name) != 0) {
        GROW(a->memberships, a->n_memberships, a->cap);
        a->memberships[a->n_memberships++] = (struct membership){name, ns, account};
    }
    if (place->fault != ASSOC_SOUND)
        return;
    a->nodes[place->first + (size_t)(m - a->accounts[account]->members)] =
        fairtree_add(&a->tree, place->node, true, m->shares);
}

static int compare_memberships(const void *left, const void *right)
{
    const struct membership *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    if (a->ns != b->ns)
        return a->ns ? 1 : -1;
    if (order != 0)
        return order;
    return a->account < b->account ? -1 : a->account > b->account;
}

static void add_members(struct assocs *a)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++) {
        a->places[i].first = n;
        n += a->accounts[i]->n_members;
    }
    a->nodes = xrealloc(a->nodes, (n + 1) * sizeof(*a->nodes));
    memset(a->nodes, 0, (n + 1) * sizeof(*a->nodes)); /* FAIRTREE_ROOT */
    for (size_t i = 0; i < a->n; i++) {
        const struct account *account = a->accounts[i];

        note_priority(a, account->priority);
        note_choice(a, &account->qos);
        note_limits(a, &account->limits);
        for (size_t k = 0; k < account->n_members; k++) {
            if (!account->members[k].former)
                add_member(a, i, &account->members[k]);
        }
    }
    if (a->n_memberships > 1)
        qsort(a->memberships, a->n_memberships, sizeof(*a->memberships),
              compare_memberships);
}

static int64_t priority_of(const struct place *place, const struct member *m)
{
    return m->priority != PRIORITY_UNSET ? m->priority : place->priority;
}

/* ---- spots ---- */

/* Of both, apart. */
static uint32_t hash_of(const char *account, const char *user)
{
    uint64_t hash = hash_bytes(HASH_NOTHING, account, strlen(account) + 1);

    hash = hash_bytes(hash, user, strlen(user));
    return (uint32_t)(hash ^ hash >> 32);
}

static bool is_alone(const struct account *account, size_t i)
{
    const struct member *m = &account->members[i];

    return m->user != NULL && m->partition == NULL && !m->former &&
           (i + 1 == account->n_members || !str_eq(m[1].user, m->user));
}

static void add_spot(struct assocs *a, size_t account, size_t member)
{
    const struct place *place = &a->places[account];
    const struct member *m = &a->accounts[account]->members[member];
    uint32_t hash = hash_of(a->accounts[account]->name, m->user);
    size_t i = hash & (a->n_spots - 1);

    while (a->spots[i].member != 0)
        i = (i + 1) & (a->n_spots - 1);
    a->spots[i] = (struct spot){
        .hash = hash,
        .account = (uint32_t)account,
        .member = (uint32_t)member + 1,
        .node = (uint32_t)a->nodes[place->first + member],
        .user = m->user,
        .priority = priority_of(place, m),
    };
}

/* Twice as many as members, so that the next free one is near. */
static void make_spots(struct assocs *a)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++)
        n += a->accounts[i]->n_members;
    for (a->n_spots = 16; a->n_spots < 2 * n;)
        a->n_spots *= 2;
    free(a->spots);
    a->spots = xcalloc(a->n_spots, sizeof(*a->spots));
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < a->accounts[i]->n_members; k++) {
            if (is_alone(a->accounts[i], k))
                add_spot(a, i, k);
        }
    }
}

const struct spot *assocs_spot(const struct assocs *a, const struct job *job)
{
    uint32_t hash;

    if (a->spots == NULL || job->account == NULL || job->user == NULL)
        return NULL;
    hash = hash_of(job->account, job->user);
    for (size_t i = hash & (a->n_spots - 1); a->spots[i].member != 0;
         i = (i + 1) & (a->n_spots - 1)) {
        const struct spot *spot = &a->spots[i];

        if (spot->hash == hash && strcmp(spot->user, job->user) == 0 &&
            strcmp(a->accounts[spot->account]->name, job->account) == 0)
            return spot;
    }
    return NULL;
}

static int compare_names(const void *pa, const void *pb)
{
    const struct account *const *a = pa, *const *b = pb;

    return strcmp((*a)->name, (*b)->name);
}

void accounts_sort(struct account **accounts, size_t n)
{
    if (n > 1)
        qsort(accounts, n, sizeof(struct account *), compare_names);
}

void assocs_make(struct assocs *a, struct account *const *accounts, size_t n)
{
    a->accounts = accounts;
    a->n = n;
    a->n_memberships = 0;
    a->largest_priority = 0;
    a->choosing = a->summing = false;
    assocs_drop_sums(a);
    fairtree_reset(&a->tree);
    assocs_find_places(a);
    add_members(a);
    make_spots(a);
}

bool assocs_rank(struct assocs *a, const struct fair_rules *rules, int64_t at_sec)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct account *account = a->accounts[i];
        const struct place *place = &a->places[i];
        int64_t age = account->as_of.usage_sec != TIME_UNSET
                          ? at_sec - account->as_of.usage_sec
                          : 0;
        const struct fading fading = fading_after(age, rules->half_life_sec);
        int64_t own = 0;

        for (size_t k = 0; k < account->n_members; k++) {
            size_t node = a->nodes[place->first + k];
            int64_t left = fading_left(
                fading, used_of(&account->members[k].usage.past, TRES_BILLING, NULL));

            if (node != FAIRTREE_ROOT)
                fairtree_set_usage(&a->tree, node, left);
            else
                own = add_capped(own, left);
        }
        if (place->fault == ASSOC_SOUND)
            fairtree_set_usage(&a->tree, place->node, own);
    }
    return rules->classic ? fairclassic_rank(&a->tree, &rules->factors)
                          : fairtree_rank(&a->tree);
}

/* ---- asking ---- */

static const struct member *member_of(const struct account *account,
                                      const struct member *key, const char *partition)
{
    const struct member *ret = NULL;

    for (size_t i = account_member_place(account, key); i < account->n_members; i++) {
        const struct member *m = &account->members[i];

        if (!str_eq(m->user, key->user) || !str_eq(m->ns, key->ns))
            break;
        if (m->former)
            continue;
        if (partition == NULL || str_eq(m->partition, partition))
            return m;
        if (m->partition == NULL)
            ret = m;
    }
    return ret;
}

const struct member *assocs_member(const struct assocs *a, size_t account,
                                   const struct job *job, const char *partition)
{
    const struct member user = {.user = job->user}, ns = {.ns = job->ns};
    const struct member *ret = NULL;

    if (job_has_user(job))
        ret = member_of(a->accounts[account], &user, partition);
    if (ret == NULL && job->ns != NULL)
        ret = member_of(a->accounts[account], &ns, partition);
    return ret;
}

/* The first membership of a name. */
static size_t first_of(const struct assocs *a, const char *name, bool ns)
{
    const struct membership key = {name, ns, 0};

    return BISECT(a->n_memberships, i,
                  compare_memberships(&a->memberships[i], &key) < 0);
}

/* Of user and namespace together, an account that has both once. */
size_t assocs_of(const struct assocs *a, const struct job *job, size_t *ret_one)
{
    const struct {
        const char *name;
        bool ns;
    } keys[] = {{job_has_user(job) ? job->user : NULL, false}, {job->ns, true}};
    size_t n = 0;

    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        if (keys[k].name == NULL)
            continue;
        for (size_t i = first_of(a, keys[k].name, keys[k].ns); i < a->n_memberships;
             i++) {
            const struct membership *m = &a->memberships[i];
            const struct member user = {.user = job->user};

            if (m->ns != keys[k].ns || strcmp(m->name, keys[k].name) != 0)
                break;
            if (m->ns && job_has_user(job) &&
                member_of(a->accounts[m->account], &user, NULL) != NULL)
                continue;
            *ret_one = m->account;
            n++;
        }
    }
    return n;
}

static struct standing standing_of(const struct assocs *a, size_t node,
                                   int64_t priority)
{
    struct standing ret = {.priority = priority};

    if (node == FAIRTREE_ROOT)
        return ret;
    ret.fair_rank = a->tree.ranks[node];
    ret.fair_of = a->tree.of;
    return ret;
}

struct standing assocs_standing(const struct assocs *a, size_t account,
                                const struct member *member)
{
    const struct place *place = &a->places[account];
    size_t i = (size_t)(member - a->accounts[account]->members);

    return standing_of(a, a->nodes[place->first + i], priority_of(place, member));
}

struct standing assocs_standing_at(const struct assocs *a, const struct spot *spot)
{
    return standing_of(a, spot->node, spot->priority);
}

void assocs_say_fault(const struct assocs *a, size_t account, struct str *out)
{
    const struct place *place = &a->places[account];
    const struct account *at = a->accounts[place->fault_at];
    const char *name = at->name;

    if (place->fault_at != account)
        str_addf(out, "account %s is below %s: ", a->accounts[account]->name, name);
    switch (place->fault) {
    case ASSOC_SOUND:
        break;
    case ASSOC_NO_PARENT:
        str_addf(out, "account %s does not exist, the parent of %s", at->parent, name);
        break;
    case ASSOC_LOOP:
        str_addf(out, "account %s is among its own parents", name);
        break;
    case ASSOC_TOO_DEEP:
        str_addf(out, "account %s has more than %d accounts above it", name,
                 FAIRTREE_DEPTH_MAX - 1);
        break;
    }
}
