/*
 * reservation - nodes kept for some jobs for a time: Slurm's advance reservation.
 *
 * It has whole nodes: those that are named, or as many as are asked for, which the core
 * chooses (reserve.h) and which come back with it as `chosen`; or so much of cores and
 * other resources (portion.h), of nodes that are chosen likewise, if some are named of
 * these. It begins and ends
 * once, or again and again: each hour, or when the clocks of its zone show the same
 * time of day. It lasts as long each time.
 *
 *   DAILY 10:00, an hour      |==|      |==|      |==|      |==| ...
 *                             start_sec    occurrences
 *
 * A job that asks for it runs on its nodes in one occurrence, and is over with that.
 * All others are planned around it (fence.h).
 *
 * One that floats (TIME_FLOAT) begins so long from now, whenever that is: no job runs
 * in it, and none begins on its nodes that has a longer limit, now or later, up to
 * when it would begin at its end.
 */
#ifndef GANTRY_SCHEDULER_RESERVATION_H
#define GANTRY_SCHEDULER_RESERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"
#include "scheduler/model.h"

/* Types of GPUs that one asks for. */
#define RESV_GPUS_MAX 8

enum resv_repeat {
    RESV_ONCE,
    RESV_HOURLY,
    RESV_DAILY,
    RESV_WEEKDAY, /* days of the week are those of its zone */
    RESV_WEEKEND,
    RESV_WEEKLY,
};

/* Whoever is refused may not; where some are allowed, nobody else may. Sorted. */
struct resv_list {
    char **allow, **deny;
    size_t n_allow, n_deny;
};

struct reservation {
    char *name;                 /* first */
    int64_t start_sec, end_sec; /* of the first occurrence */
    enum resv_repeat repeat;
    struct zone_shift *shifts; /* its zone, where it comes again (base/zone.h) */
    size_t n_shifts;
    int64_t float_sec; /* from now on; then start_sec says nothing. LIMIT_UNSET */

    /* which nodes: named ones, or all, or so many; of named ones, if there are any */
    char **node_names; /* sorted */
    size_t n_node_names;
    bool all_nodes; /* of its partition */
    int64_t node_count;
    struct resvec want;   /* that the nodes are to have together; */
    struct license *gpus; /* and GPUs of types: names; sorted, each once */
    size_t n_gpus;        /* up to RESV_GPUS_MAX */
    char *partition;      /* that they are of; NULL: any */
    struct term *node_any;
    size_t n_node_any;
    char **chosen; /* sorted; where so many are asked for, or so much */
    size_t n_chosen;

    struct license *licenses; /* kept for its jobs; sorted by name, each once */
    size_t n_licenses;

    struct resv_list users, accounts, qos; /* a job passes all of them; and: */
    struct resv_list groups;               /* of who submitted it */
    struct resv_list parts;                /* where it is to run */

    bool maint;        /* for maintenance */
    bool overlap;      /* may have nodes that others have */
    bool ignore_jobs;  /* takes nodes though jobs run on them */
    bool flex;         /* its jobs may also run before, after and elsewhere */
    bool magnetic;     /* draws in jobs that ask for none (magnet.h) */
    bool any_nodes;    /* its jobs run anywhere, in its time */
    bool static_alloc; /* a chosen node stays, also when it is down */
    bool replace;      /* a chosen node that is used is replaced */
    bool no_hold;      /* jobs that still wait when it is over need it no more */
    int64_t purge_sec; /* it may go when nobody needs it for so long; LIMIT_UNSET */
    int64_t delay_sec; /* its jobs may wait so long for nodes that others borrow
                        * (MaxStartDelay); LIMIT_UNSET: nobody borrows them */
};

struct reservation *reservation_new(void);
struct reservation *reservation_copy(const struct reservation *r);
void reservation_free(struct reservation *r); /* NULL is fine */
/* The same, whatever nodes were chosen. */
bool reservation_equal(const struct reservation *a, const struct reservation *b);
/* Are its nodes chosen, rather than named? */
bool reservation_chooses(const struct reservation *r);
/* Does it ask for amounts that it may hold beside others (portion.h), rather than for
 * nodes? Its nodes are whole where some flags are set, and GPUs of several types. */
bool reservation_is_partial(const struct reservation *r);

/* How long after it has begun it may come again, at the soonest; 0: it does not. */
int64_t reservation_period_sec(const struct reservation *r);
/* Does it begin so long from now, whenever that is? */
bool reservation_floats(const struct reservation *r);
/* The first occurrence that ends behind a time, or the one that begins as far from it
 * as one floats; false: it is over. */
bool reservation_occurrence(const struct reservation *r, int64_t sec,
                            int64_t *ret_start, int64_t *ret_end);
/* May the job, of others, use its nodes until its own jobs need them? Slurm: one with
 * --signal=R:, whose warning is not longer than they may wait. */
bool reservation_lends(const struct reservation *r, const struct job *job);
/* May both have the same nodes at the same time? One for maintenance may. */
bool reservation_may_share(const struct reservation *a, const struct reservation *b);
/* Do occurrences of both fall on the same time, from a time on? Of two that both come
 * again, within a week and a day of the later one's first. */
bool reservation_meets(const struct reservation *a, const struct reservation *b,
                       int64_t sec);
/* May this name use it, as far as the list goes? NULL: it has none. */
bool resv_list_admits(const struct resv_list *list, const char *name);

#endif
