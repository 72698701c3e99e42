#include "tests/support/queue_like.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/queue_stand.h"

static bool ask_alike(const struct job *a, const struct job *b)
{
    int64_t x[PLAIN_LICENSES], y[PLAIN_LICENSES];

    queue_licenses_of(a, x);
    queue_licenses_of(b, y);
    return memcmp(&a->each, &b->each, sizeof(a->each)) == 0 &&
           a->min_pods == b->min_pods && a->max_pods == b->max_pods &&
           a->exclusive == b->exclusive && a->exclusive_user == b->exclusive_user &&
           a->segment == b->segment && a->spread_segments == b->spread_segments &&
           a->consolidate_segments == b->consolidate_segments && a->n_others == 0 &&
           b->n_others == 0 && memcmp(x, y, sizeof(x)) == 0;
}

/* Few switches count from when a job has come. */
static bool wait_alike(const struct queue_case *q, const struct job *a,
                       const struct job *b)
{
    return a->limit_sec == b->limit_sec && a->most_switches == b->most_switches &&
           a->switch_wait_sec == b->switch_wait_sec &&
           (a->most_switches == 0 || !q->wired || a->submit_sec == b->submit_sec);
}

/* As it is, or by default. */
static const char *qos_of(const struct job *job)
{
    return job->qos != NULL ? job->qos : "normal";
}

bool queue_are_alike(const struct queue_case *q, const struct job *a,
                     const struct job *b)
{
    return ask_alike(a, b) && wait_alike(q, a, b) && queue_choices(q, a) == 1 &&
           queue_choices(q, b) == 1 &&
           names_equal(a->partitions, a->n_partitions, b->partitions,
                       b->n_partitions) &&
           names_equal(a->reservations, a->n_reservations, b->reservations,
                       b->n_reservations) &&
           str_eq(qos_of(a), qos_of(b)) && str_eq(a->user, b->user) &&
           str_eq(a->account, b->account);
}
