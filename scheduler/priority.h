/*
 * priority - Slurm's multifactor sum (priority/multifactor), with its terms.
 *
 *   weight_age       x  age / max_age                     from the submission or begin
 *   weight_job_size  x  (nodes / N + cpus / C) / 2        of the cluster; or 1 less it
 *   weight_partition x  priority_job_factor / largest
 *   weight_qos       x  priority / largest
 *   weight_fairshare x  rank / users                      in the fair tree (fairtree.h)
 *                       or 2^(-usage / shares)            fairclassic.h
 *   weight_assoc     x  priority / largest                of the account's member
 *   weight_tres      x  asked for / all                   of each TRES: tresweight.h
 *   site                                                of the job: an operator's word
 *   weight_short     x  1 - log2(limit / 1 min) / 20      ours, not Slurm's: see below
 *   weight_small     x  - log2(share) / 20             likewise; the largest share of
 *                                                     anything that it asks for
 *   - nice
 *
 * A short time limit counts for all of its weight up to a minute, a twentieth less with
 * each doubling, and for nothing from 2^20 minutes on; a small size likewise, from a
 * share of 2^-20 of the cluster up to all of it. So these weights and that of age say
 * what an hour of waiting is worth in doublings, for jobs of minutes and of weeks, of
 * one GPU and of a thousand alike.
 *
 * With PRIORITY_SMALL_RELATIVE the job size is max(cpus, nodes x C / N) / C, divided by
 * the minutes of the time limit; or 1 less it.
 *
 * Each factor lies within 0 and 1, unless it is raw. All is computed in integers, so
 * that every machine orders alike; terms are cut to whole numbers and add up to the
 * total, which is 1 at least.
 */
#ifndef GANTRY_SCHEDULER_PRIORITY_H
#define GANTRY_SCHEDULER_PRIORITY_H

#include <stdint.h>

#include "scheduler/assoc.h"
#include "scheduler/model.h"

struct sched_config;

/* PriorityFlags, bits of sched_config.priority_flags. */
enum priority_flag {
    PRIORITY_MAX_TRES = 1, /* billing.h; and likewise: */
    PRIORITY_MAX_TRES_GRES = 2,
    PRIORITY_ACCRUE_ALWAYS = 4,  /* age counts from the submission in any case */
    PRIORITY_SMALL_RELATIVE = 8, /* SMALL_RELATIVE_TO_TIME: size by the time limit */
    PRIORITY_RAW_PARTITION = 16, /* NO_NORMAL_PART: weight x priority_job_factor */
    PRIORITY_RAW_QOS = 32,       /* NO_NORMAL_QOS: weight x priority; likewise: */
    PRIORITY_RAW_ASSOC = 64,
    PRIORITY_RAW_TRES = 128, /* NO_NORMAL_TRES: tresweight.h */
    PRIORITY_CALCULATE_RUNNING =
        512,                      /* of running jobs, too, for those who may end them */
    PRIORITY_INCR_ONLY = 256,     /* while a job waits its priority never falls */
    PRIORITY_NO_FAIR_TREE = 1024, /* fair share by fairclassic.h; likewise: */
    PRIORITY_DEPTH_OBLIVIOUS = 2048,
};

/* How fair shares are found, by flags and other settings. */
struct fair_rules priority_fair_rules(const struct sched_config *config);
/* The flag of Slurm's word ("MAX_TRES"); 0: there is none. */
int64_t priority_flag(const char *word);
/* "MAX_TRES, MAX_TRES_GRES, ..." */
const char *priority_flag_words(void);

/* What factors are measured by: the whole cluster, the largest values there are. */
struct norms {
    int64_t nodes, cpu_milli;
    int64_t part_factor, qos_priority, assoc_priority;
};

/* What speaks for a job, besides the job itself. */
struct grounds {
    const struct partition *part; /* NULL: none, and no such term; likewise: */
    const struct qos *qos;
    struct standing standing;
    const struct job *ask; /* what it asks for there; NULL: as the job itself says */
    int64_t tres;
    int64_t share; /* shape.h; counts only where small sizes have a weight */
};

/* total 0: held. All terms are 0 where the total is not their sum: held, or given. */
struct priority {
    int64_t total;
    int64_t age, fairshare, job_size, partition, qos, assoc, tres, site;
    int64_t short_limit, small_size;
    int64_t kept; /* what it has lost of others, with PRIORITY_INCR_ONLY */
    int64_t nice; /* taken off */
};

struct priority priority_of(const struct sched_config *config,
                            const struct norms *norms, const struct job *job,
                            const struct grounds *grounds, int64_t now_sec);
/* What a job that has no more than `total`, in any partition or in one, keeps of what
 * it had there. */
int64_t priority_kept(const struct sched_config *config, const struct job *job,
                      int64_t reached, int64_t total);
/* Held by its owner, by an administrator, or by an explicit priority of 0. */
enum job_hold priority_hold(const struct job *job);
/* Do they differ by more than age, size, TRES and fair share, which move by themselves?
 */
bool priority_is_news(const struct priority *a, const struct priority *b);

#endif
