/* Accounts and their members. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

/* ---- choices of QOS ---- */

static struct qos_choice choice_copy(const struct qos_choice *c)
{
    return (struct qos_choice){
        .by_default = xstrdup_null(c->by_default),
        .allowed = names_copy(c->allowed, c->n_allowed),
        .n_allowed = c->n_allowed,
    };
}

static void choice_fini(struct qos_choice *c)
{
    names_free(c->allowed, c->n_allowed);
    free(c->by_default);
}

bool qos_choice_equal(const struct qos_choice *a, const struct qos_choice *b)
{
    return str_eq(a->by_default, b->by_default) &&
           names_equal(a->allowed, a->n_allowed, b->allowed, b->n_allowed);
}

/* ---- usage ---- */

bool usage_equal(const struct usage *a, const struct usage *b)
{
    return used_equal(&a->past, &b->past) && used_equal(&a->recent, &b->recent);
}

struct usage usage_copy(const struct usage *u)
{
    return (struct usage){used_copy(&u->past), used_copy(&u->recent)};
}

void usage_fini(struct usage *u)
{
    used_fini(&u->past);
    used_fini(&u->recent);
}

/* ---- accounts ---- */

struct account *account_new(void)
{
    struct account *a = xcalloc(1, sizeof(*a));

    a->shares = SHARES_DEFAULT;
    a->priority = PRIORITY_UNSET;
    a->as_of = USAGE_NEVER;
    return a;
}

struct member *account_add(struct account *a, const char *user, const char *ns,
                           const char *partition)
{
    struct member *m;

    a->members = xrealloc(a->members, (a->n_members + 1) * sizeof(*a->members));
    m = &a->members[a->n_members++];
    *m = (struct member){
        .user = xstrdup_null(user),
        .ns = xstrdup_null(ns),
        .partition = xstrdup_null(partition),
        .shares = SHARES_DEFAULT,
        .priority = PRIORITY_UNSET,
    };
    return m;
}

/* What is not given comes first. */
static int compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

int member_compare(const struct member *a, const struct member *b)
{
    int by_ns = compare_texts(a->ns, b->ns);
    int by_user = compare_texts(a->user, b->user);

    if (by_ns != 0 || by_user != 0)
        return by_ns != 0 ? by_ns : by_user;
    return compare_texts(a->partition, b->partition);
}

static int compare(const void *left, const void *right)
{
    return member_compare(left, right);
}

void account_sort(struct account *a)
{
    if (a->n_members > 1)
        qsort(a->members, a->n_members, sizeof(*a->members), compare);
}

size_t account_member_place(const struct account *a, const struct member *key)
{
    return BISECT(a->n_members, i, member_compare(&a->members[i], key) < 0);
}

struct account *account_copy(const struct account *a)
{
    struct account *copy = account_new();

    *copy = *a;
    copy->name = xstrdup_null(a->name);
    copy->parent = xstrdup_null(a->parent);
    copy->limits = limits_copy(&a->limits);
    copy->qos = choice_copy(&a->qos);
    copy->members = NULL;
    copy->n_members = 0;
    for (size_t i = 0; i < a->n_members; i++) {
        const struct member *from = &a->members[i];
        struct member *to = account_add(copy, from->user, from->ns, from->partition);

        to->shares = from->shares;
        to->priority = from->priority;
        to->usage = usage_copy(&from->usage);
        to->former = from->former;
        to->limits = limits_copy(&from->limits);
        to->qos = choice_copy(&from->qos);
    }
    return copy;
}

const char *account_parent(const struct account *a)
{
    if (strcmp(a->name, ACCOUNT_ROOT) == 0)
        return NULL;
    return a->parent != NULL ? a->parent : ACCOUNT_ROOT;
}

void account_free(struct account *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->n_members; i++) {
        free(a->members[i].user);
        free(a->members[i].ns);
        free(a->members[i].partition);
        limits_fini(&a->members[i].limits);
        usage_fini(&a->members[i].usage);
        choice_fini(&a->members[i].qos);
    }
    limits_fini(&a->limits);
    choice_fini(&a->qos);
    free(a->members);
    free(a->parent);
    free(a->name);
    free(a);
}
