#include "scheduler/reservation.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define DAY_SEC 86400
/* An occurrence that WEEKDAY or WEEKEND lets fall is never further away. */
#define SKIPPED_MAX 7
/* Occurrences that may be over already, where the search begins. */
#define LOOKED_AT 3

struct reservation *reservation_new(void)
{
    struct reservation *r = xcalloc(1, sizeof(*r));

    r->purge_sec = r->delay_sec = r->float_sec = LIMIT_UNSET;
    return r;
}

static void copy_list(struct resv_list *list)
{
    list->allow = names_copy(list->allow, list->n_allow);
    list->deny = names_copy(list->deny, list->n_deny);
}

static void free_list(struct resv_list *list)
{
    names_free(list->allow, list->n_allow);
    names_free(list->deny, list->n_deny);
}

static void copy_counts(const struct license *from, size_t n, struct license **ret,
                        size_t *ret_n)
{
    *ret = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        licenses_add(ret, ret_n, from[i].name, from[i].count);
}

static struct zone_shift *copy_shifts(const struct zone_shift *shifts, size_t n)
{
    struct zone_shift *copy = n > 0 ? xcalloc(n, sizeof(*copy)) : NULL;

    for (size_t i = 0; i < n; i++)
        copy[i] = shifts[i];
    return copy;
}

struct reservation *reservation_copy(const struct reservation *r)
{
    struct reservation *copy = reservation_new();

    *copy = *r;
    copy->name = xstrdup_null(r->name);
    copy->partition = xstrdup_null(r->partition);
    copy->node_names = names_copy(r->node_names, r->n_node_names);
    copy->chosen = names_copy(r->chosen, r->n_chosen);
    copy->node_any = terms_copy(r->node_any, r->n_node_any);
    copy->shifts = copy_shifts(r->shifts, r->n_shifts);
    copy_counts(r->licenses, r->n_licenses, &copy->licenses, &copy->n_licenses);
    copy_counts(r->gpus, r->n_gpus, &copy->gpus, &copy->n_gpus);
    copy_list(&copy->users);
    copy_list(&copy->accounts);
    copy_list(&copy->qos);
    copy_list(&copy->groups);
    copy_list(&copy->parts);
    return copy;
}

void reservation_free(struct reservation *r)
{
    if (r == NULL)
        return;
    names_free(r->node_names, r->n_node_names);
    names_free(r->chosen, r->n_chosen);
    terms_free(r->node_any, r->n_node_any);
    licenses_free(r->licenses, r->n_licenses);
    licenses_free(r->gpus, r->n_gpus);
    free(r->shifts);
    free_list(&r->users);
    free_list(&r->accounts);
    free_list(&r->qos);
    free_list(&r->groups);
    free_list(&r->parts);
    free(r->partition);
    free(r->name);
    free(r);
}

/* ---- equal ---- */

static bool lists_equal(const struct resv_list *a, const struct resv_list *b)
{
    return names_equal(a->allow, a->n_allow, b->allow, b->n_allow) &&
           names_equal(a->deny, a->n_deny, b->deny, b->n_deny);
}

static bool terms_equal(const struct term *a, const struct term *b)
{
    if (a->n_reqs != b->n_reqs)
        return false;
    for (size_t i = 0; i < a->n_reqs; i++) {
        const struct requirement *x = &a->reqs[i], *y = &b->reqs[i];

        if (strcmp(x->key, y->key) != 0 || x->op != y->op ||
            !names_equal(x->values, x->n_values, y->values, y->n_values))
            return false;
    }
    return true;
}

static bool features_equal(const struct reservation *a, const struct reservation *b)
{
    for (size_t i = 0; i < a->n_node_any && a->n_node_any == b->n_node_any; i++) {
        if (!terms_equal(&a->node_any[i], &b->node_any[i]))
            return false;
    }
    return a->n_node_any == b->n_node_any;
}

static bool counts_equal(const struct license *a, size_t n_a, const struct license *b,
                         size_t n_b)
{
    for (size_t i = 0; i < n_a && n_a == n_b; i++) {
        if (strcmp(a[i].name, b[i].name) != 0 || a[i].count != b[i].count)
            return false;
    }
    return n_a == n_b;
}

static bool shifts_equal(const struct reservation *a, const struct reservation *b)
{
    for (size_t i = 0; i < a->n_shifts && a->n_shifts == b->n_shifts; i++) {
        if (a->shifts[i].from_sec != b->shifts[i].from_sec ||
            a->shifts[i].offset_sec != b->shifts[i].offset_sec)
            return false;
    }
    return a->n_shifts == b->n_shifts;
}

static unsigned flags_of(const struct reservation *r)
{
    const bool flags[] = {r->all_nodes,    r->maint,    r->overlap,   r->ignore_jobs,
                          r->flex,         r->magnetic, r->any_nodes, r->replace,
                          r->static_alloc, r->no_hold};
    unsigned all = 0;

    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        all |= (unsigned)flags[i] << i;
    return all;
}

bool reservation_equal(const struct reservation *a, const struct reservation *b)
{
    return strcmp(a->name, b->name) == 0 && a->start_sec == b->start_sec &&
           a->end_sec == b->end_sec && a->repeat == b->repeat && shifts_equal(a, b) &&
           names_equal(a->node_names, a->n_node_names, b->node_names,
                       b->n_node_names) &&
           a->node_count == b->node_count &&
           memcmp(&a->want, &b->want, sizeof(a->want)) == 0 &&
           str_eq(a->partition, b->partition) && features_equal(a, b) &&
           counts_equal(a->licenses, a->n_licenses, b->licenses, b->n_licenses) &&
           counts_equal(a->gpus, a->n_gpus, b->gpus, b->n_gpus) &&
           lists_equal(&a->users, &b->users) &&
           lists_equal(&a->accounts, &b->accounts) && lists_equal(&a->qos, &b->qos) &&
           lists_equal(&a->groups, &b->groups) && lists_equal(&a->parts, &b->parts) &&
           flags_of(a) == flags_of(b) && a->purge_sec == b->purge_sec &&
           a->delay_sec == b->delay_sec && a->float_sec == b->float_sec;
}

bool reservation_lends(const struct reservation *r, const struct job *job)
{
    return r->delay_sec != LIMIT_UNSET && job->borrow_sec != LIMIT_UNSET &&
           job->borrow_sec <= r->delay_sec;
}

bool reservation_chooses(const struct reservation *r)
{
    return !r->all_nodes &&
           (r->node_count > 0 || r->n_gpus > 0 || !resvec_is_zero(&r->want));
}

/* What is lent, or given to others for a time, is whole. */
bool reservation_is_partial(const struct reservation *r)
{
    return reservation_chooses(r) && (r->n_gpus == 1 || !resvec_is_zero(&r->want)) &&
           r->n_gpus <= 1 && !r->maint && !r->overlap && !r->any_nodes && !r->replace &&
           !reservation_floats(r) && r->delay_sec == LIMIT_UNSET;
}

/* ---- when ---- */

int64_t reservation_period_sec(const struct reservation *r)
{
    switch (r->repeat) {
    case RESV_ONCE:
        break;
    case RESV_HOURLY:
        return 3600;
    case RESV_DAILY:
    case RESV_WEEKDAY:
    case RESV_WEEKEND:
        return DAY_SEC;
    case RESV_WEEKLY:
        return 7 * (int64_t)DAY_SEC;
    }
    return 0;
}

/* By the clock of its zone. The epoch was a Thursday: Monday is 0. */
static bool falls_on(enum resv_repeat repeat, int64_t local_sec)
{
    int64_t days = local_sec / DAY_SEC - (local_sec % DAY_SEC < 0);
    int64_t weekday = ((days + 3) % 7 + 7) % 7;

    if (repeat == RESV_WEEKDAY)
        return weekday < 5;
    return repeat != RESV_WEEKEND || weekday >= 5;
}

/* So many seconds later by its clock than the first one; hours are hours. */
static int64_t start_after(const struct reservation *r, int64_t past,
                           int64_t *ret_local)
{
    int64_t local = zone_local(r->shifts, r->n_shifts, r->start_sec) + past;

    *ret_local = local;
    if (past == 0 || r->repeat == RESV_HOURLY)
        return r->start_sec + past;
    return zone_utc(r->shifts, r->n_shifts, local);
}

bool reservation_floats(const struct reservation *r)
{
    return r->float_sec != LIMIT_UNSET;
}

/* Where it would begin at its end it is over. */
static bool floating_occurrence(const struct reservation *r, int64_t sec,
                                int64_t *ret_start, int64_t *ret_end)
{
    *ret_start = sec + MIN(r->float_sec, INT64_MAX - MAX(sec, 0));
    *ret_end = r->end_sec;
    return *ret_start < *ret_end;
}

bool reservation_occurrence(const struct reservation *r, int64_t sec,
                            int64_t *ret_start, int64_t *ret_end)
{
    int64_t step = reservation_period_sec(r), past = 0, local;

    if (reservation_floats(r))
        return floating_occurrence(r, sec, ret_start, ret_end);
    /* The first that ends behind it, but for what clocks have been put back since. */
    if (step > 0 && sec >= r->end_sec)
        past = ((sec - r->end_sec) / step + (r->n_shifts > 0 ? -1 : 1)) * step;
    for (int i = 0; i <= SKIPPED_MAX + LOOKED_AT; i++, past += step) {
        *ret_start = start_after(r, MAX(past, 0), &local);
        *ret_end = *ret_start + (r->end_sec - r->start_sec);
        if (past >= 0 && *ret_end > sec && falls_on(r->repeat, local))
            return true;
        if (step == 0)
            break;
    }
    return false;
}

bool reservation_may_share(const struct reservation *a, const struct reservation *b)
{
    return a->overlap || a->maint || b->overlap || b->maint;
}

bool reservation_meets(const struct reservation *a, const struct reservation *b,
                       int64_t sec)
{
    int64_t from = MAX(sec, MAX(a->start_sec, b->start_sec)), until = from;
    int64_t start, end, other_start, other_end;

    if (a->repeat == RESV_ONCE && b->repeat != RESV_ONCE)
        return reservation_meets(b, a, sec);
    if (b->repeat != RESV_ONCE)
        until = from + (SKIPPED_MAX + 1) * (int64_t)DAY_SEC;
    for (int64_t at = from; at <= until && reservation_occurrence(b, at, &start, &end);
         at = end) {
        if (reservation_occurrence(a, MAX(start, sec), &other_start, &other_end) &&
            other_start < end)
            return true;
    }
    return false;
}

bool resv_list_admits(const struct resv_list *list, const char *name)
{
    if (name == NULL)
        return list->n_allow == 0;
    if (names_have(list->deny, list->n_deny, name))
        return false;
    return list->n_allow == 0 || names_have(list->allow, list->n_allow, name);
}
