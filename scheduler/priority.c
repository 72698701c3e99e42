#include "scheduler/priority.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/eligible.h"
#include "scheduler/sched.h"
#include "scheduler/shape.h"

/* Of a minute, or of the least share: so many, and nothing is left of a weight. */
#define DOUBLINGS INT64_C(20)

static const struct {
    const char *word;
    int64_t flag;
} flags[] = {
    {"MAX_TRES", PRIORITY_MAX_TRES},
    {"MAX_TRES_GRES", PRIORITY_MAX_TRES_GRES},
    {"ACCRUE_ALWAYS", PRIORITY_ACCRUE_ALWAYS},
    {"SMALL_RELATIVE_TO_TIME", PRIORITY_SMALL_RELATIVE},
    {"NO_NORMAL_PART", PRIORITY_RAW_PARTITION},
    {"NO_NORMAL_QOS", PRIORITY_RAW_QOS},
    {"NO_NORMAL_ASSOC", PRIORITY_RAW_ASSOC},
    {"NO_NORMAL_TRES", PRIORITY_RAW_TRES},
    {"NO_NORMAL_ALL", PRIORITY_RAW_PARTITION | PRIORITY_RAW_QOS | PRIORITY_RAW_ASSOC |
                          PRIORITY_RAW_TRES},
    {"INCR_ONLY", PRIORITY_INCR_ONLY},
    {"CALCULATE_RUNNING", PRIORITY_CALCULATE_RUNNING},
    {"NO_FAIR_TREE", PRIORITY_NO_FAIR_TREE},
    {"DEPTH_OBLIVIOUS", PRIORITY_DEPTH_OBLIVIOUS},
};

const char *priority_flag_words(void)
{
    return "MAX_TRES, MAX_TRES_GRES, ACCRUE_ALWAYS, SMALL_RELATIVE_TO_TIME, "
           "NO_NORMAL_PART, NO_NORMAL_QOS, NO_NORMAL_ASSOC, NO_NORMAL_TRES, "
           "NO_NORMAL_ALL, INCR_ONLY, CALCULATE_RUNNING, NO_FAIR_TREE, DEPTH_OBLIVIOUS";
}

int64_t priority_flag(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].word, word) == 0)
            return flags[i].flag;
    }
    return 0;
}

enum job_hold priority_hold(const struct job *job)
{
    if (job->hold == HOLD_NONE && job->priority == 0)
        return HOLD_USER;
    return job->hold;
}

/* weight x value / whole, for a value within 0 and the whole. */
static int64_t share(int64_t weight, int64_t value, int64_t whole)
{
    if (whole <= 0 || value <= 0)
        return 0;
    return (int64_t)((__int128)weight * MIN(value, whole) / whole);
}

/* weight x value, so that the sum of some stays within its type. */
static int64_t raw(int64_t weight, int64_t value)
{
    __int128 product = (__int128)weight * MAX(value, 0);

    return (int64_t)MIN(product, (__int128)INT64_MAX);
}

static bool has_flag(const struct sched_config *config, enum priority_flag flag)
{
    return (config->priority_flags & flag) != 0;
}

struct fair_rules priority_fair_rules(const struct sched_config *config)
{
    bool oblivious = has_flag(config, PRIORITY_DEPTH_OBLIVIOUS);

    return (struct fair_rules){
        .half_life_sec = config->decay_half_life_sec,
        .classic = oblivious || has_flag(config, PRIORITY_NO_FAIR_TREE),
        .factors = {MAX(config->fair_share_damping, 1), oblivious},
    };
}

/* Normalised, or raw where the flag says so. */
static int64_t term(const struct sched_config *config, enum priority_flag flag,
                    int64_t weight, int64_t value, int64_t whole)
{
    return has_flag(config, flag) ? raw(weight, value) : share(weight, value, whole);
}

/* Age counts from when the job could have started, as in Slurm. */
static int64_t age_of(const struct sched_config *config, const struct job *job,
                      int64_t now_sec)
{
    bool always = has_flag(config, PRIORITY_ACCRUE_ALWAYS);
    int64_t since = always ? job->submit_sec : eligible_since(job);
    int64_t age;

    since = MAX(since, job->accrue_sec);
    if (now_sec <= since || __builtin_sub_overflow(now_sec, since, &age))
        return 0;
    return age;
}

/* As limits are given in Slurm: seconds count as a minute. */
static int64_t minutes_of(int64_t limit_sec)
{
    return MAX(limit_sec / 60 + (limit_sec % 60 > 0), 1);
}

/* Of the cluster for a minute of the time limit; without a limit, for ever. */
static int64_t relative_term(const struct sched_config *config,
                             const struct norms *norms, int64_t nodes, int64_t cpus,
                             int64_t limit_sec)
{
    bool endless = limit_sec < 0 || limit_sec == LIMIT_UNLIMITED;
    __int128 part = (__int128)nodes * norms->cpu_milli / norms->nodes;
    __int128 whole = (__int128)norms->cpu_milli * (endless ? 1 : minutes_of(limit_sec));

    part = endless ? 0 : MIN(MAX(part, (__int128)cpus), whole);
    if (config->priority_favor_small)
        part = whole - part;
    return (int64_t)(config->priority_weight_job_size * part / whole);
}

static int64_t size_term(const struct sched_config *config, const struct norms *norms,
                         const struct job *job, const struct grounds *grounds)
{
    const struct partition *part = grounds->part;
    const struct job *ask = grounds->ask != NULL ? grounds->ask : job;
    int64_t n_nodes = norms->nodes, n_cpus = norms->cpu_milli;
    int64_t nodes = MIN(job_least_nodes(ask), n_nodes);
    int64_t cpus = MIN(job_ask(ask).v[RES_CPU], n_cpus);

    if (n_nodes == 0 || n_cpus == 0)
        return 0;
    if (has_flag(config, PRIORITY_SMALL_RELATIVE))
        return relative_term(config, norms, nodes, cpus,
                             part != NULL ? check_limit(job, part) : job->limit_sec);
    if (config->priority_favor_small) {
        nodes = n_nodes - nodes;
        cpus = n_cpus - cpus;
    }
    return (int64_t)((__int128)config->priority_weight_job_size *
                     ((__int128)nodes * n_cpus + (__int128)cpus * n_nodes) /
                     ((__int128)2 * n_nodes * n_cpus));
}

/* log2, in 2^16ths, of a positive value. */
static int64_t log2_of(int64_t value)
{
    int power = 63 - __builtin_clzll((uint64_t)value);
    int64_t log = power;
    uint64_t rest = (uint64_t)value << (63 - power) >> 32; /* from 2^31 up to 2^32 */

    for (int i = 0; i < 16; i++) {
        rest = rest * rest >> 31;
        log = log * 2 + (rest >> 32 != 0);
        rest >>= rest >> 32;
    }
    return log;
}

static int64_t short_term(const struct sched_config *config, const struct job *job,
                          const struct partition *part)
{
    const int64_t whole = DOUBLINGS << 16;
    int64_t limit = part != NULL ? check_limit(job, part) : job->limit_sec;

    if (config->priority_weight_short_limit == 0 || limit == LIMIT_UNSET)
        return 0;
    return share(config->priority_weight_short_limit,
                 whole - log2_of(MAX(limit, 60)) + log2_of(60), whole);
}

static int64_t small_term(const struct sched_config *config, int64_t part)
{
    const int64_t whole = DOUBLINGS << 16, least = SHARE_WHOLE >> DOUBLINGS;

    if (config->priority_weight_small_size == 0)
        return 0;
    return share(config->priority_weight_small_size,
                 log2_of(SHARE_WHOLE) - log2_of(MAX(part, least)), whole);
}

static int64_t sum_of(const struct priority *p)
{
    __int128 sum = (__int128)p->age + p->fairshare + p->job_size + p->partition +
                   p->qos + p->assoc + p->tres + p->site + p->short_limit +
                   p->small_size - p->nice;

    return sum < 1 ? 1 : sum > UINT32_MAX ? UINT32_MAX : (int64_t)sum;
}

struct priority priority_of(const struct sched_config *config,
                            const struct norms *norms, const struct job *job,
                            const struct grounds *grounds, int64_t now_sec)
{
    const struct partition *part = grounds->part;
    const struct qos *qos = grounds->qos;
    const struct standing *at = &grounds->standing;
    struct priority p = {
        .nice = job->nice, .site = job->site_factor, .tres = grounds->tres};

    if (priority_hold(job) != HOLD_NONE)
        return (struct priority){0};
    if (job->priority != PRIORITY_UNSET)
        return (struct priority){.total = job->priority};
    p.age = share(config->priority_weight_age, age_of(config, job, now_sec),
                  config->priority_max_age_sec);
    p.fairshare = share(config->priority_weight_fairshare, at->fair_rank, at->fair_of);
    p.assoc = term(config, PRIORITY_RAW_ASSOC, config->priority_weight_assoc,
                   at->priority, norms->assoc_priority);
    p.job_size = size_term(config, norms, job, grounds);
    if (part != NULL)
        p.partition =
            term(config, PRIORITY_RAW_PARTITION, config->priority_weight_partition,
                 part->priority_job_factor, norms->part_factor);
    if (qos != NULL)
        p.qos = term(config, PRIORITY_RAW_QOS, config->priority_weight_qos,
                     qos->priority, norms->qos_priority);
    p.short_limit = short_term(config, job, part);
    p.small_size = small_term(config, grounds->share);
    p.total = sum_of(&p);
    return p;
}

int64_t priority_kept(const struct sched_config *config, const struct job *job,
                      int64_t reached, int64_t total)
{
    if (!has_flag(config, PRIORITY_INCR_ONLY) || job->phase != JOB_PENDING ||
        priority_hold(job) != HOLD_NONE || job->priority != PRIORITY_UNSET)
        return 0;
    return MAX(reached - total, 0);
}

bool priority_is_news(const struct priority *a, const struct priority *b)
{
    return a->partition != b->partition || a->qos != b->qos || a->assoc != b->assoc ||
           a->site != b->site || a->short_limit != b->short_limit || a->nice != b->nice;
}
