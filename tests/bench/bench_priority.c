/*
 * What priorities cost: 100,000 jobs of the users of 1,000 accounts, five levels deep,
 * with a usage and shares each. Then what the end of a period costs where all of these
 * have used some of each TRES: it fades, and where limits are on it is summed up over
 * the tree. Processor time, the median of some rounds; beside it what sorting as many
 * numbers costs here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/policy.h"
#include "scheduler/priority.h"
#include "scheduler/sched.h"
#include "scheduler/usage.h"

#define ACCOUNTS 1000
#define BRANCHES 4 /* of each account: five levels are 1,364 */
#define MEMBERS 20
#define JOBS 100000
#define ROUNDS 9
#define WEEK (7 * 86400)

struct bench {
    struct rng rng;
    struct policy policy;
    struct job **jobs;
    struct partition *part;
    int64_t at_sec; /* the end of the last period */
    int64_t sum;    /* of what was found, so that it is */
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int64_t draw(struct bench *b, int64_t bound)
{
    return (int64_t)rng_below(&b->rng, (uint64_t)bound);
}

static void add_account(struct bench *b, int number)
{
    struct account *a = account_new();

    a->name = xasprintf("account-%d", number);
    if (number >= BRANCHES)
        a->parent = xasprintf("account-%d", number / BRANCHES - 1);
    a->shares = 1 + draw(b, 50);
    a->as_of.usage_sec = 0;
    for (int i = 0; i < MEMBERS; i++) {
        AUTO_FREE char *user = xasprintf("user-%d-%d", number, i);
        struct member *m = account_add(a, user, NULL, NULL);

        m->shares = 1 + draw(b, 5);
        used_add(&m->usage.past, TRES_BILLING, NULL, draw(b, INT64_C(1) << 40));
    }
    account_sort(a);
    policy_put_account(&b->policy, a);
}

static struct job *make_job(struct bench *b, int number)
{
    struct job *job = job_new();
    int account = (int)draw(b, ACCOUNTS);

    job->job_id = number;
    job->account = xasprintf("account-%d", account);
    job->user = xasprintf("user-%d-%d", account, (int)draw(b, MEMBERS));
    job->qos = xasprintf("qos-%d", (int)draw(b, 10));
    job->each.v[RES_CPU] = 1000 * (1 + draw(b, 64));
    job->submit_sec = draw(b, WEEK);
    return job;
}

static void begin(struct bench *b)
{
    rng_seed(&b->rng, 1);
    for (int i = 0; i < ACCOUNTS; i++)
        add_account(b, i);
    for (int i = 0; i < 10; i++) {
        struct qos *qos = qos_new();

        qos->name = xasprintf("qos-%d", i);
        qos->priority = i;
        policy_put_qos(&b->policy, qos);
    }
    b->part = partition_new();
    b->part->name = xstrdup("batch");
    b->jobs = xcalloc(JOBS, sizeof(*b->jobs));
    for (int i = 0; i < JOBS; i++)
        b->jobs[i] = make_job(b, i + 1);
}

static void end(struct bench *b)
{
    for (int i = 0; i < JOBS; i++)
        job_free(b->jobs[i]);
    free(b->jobs);
    partition_free(b->part);
    policy_fini(&b->policy);
}

/* ---- what is measured ---- */

static const struct fair_rules by_tree = {.half_life_sec = WEEK};

static void tree_anew(struct bench *b)
{
    b->policy.stale = true;
    policy_settle(&b->policy);
    policy_rank(&b->policy, &by_tree, WEEK);
}

static void one_usage(struct bench *b)
{
    struct account *a = b->policy.accounts[draw(b, ACCOUNTS)];

    used_add(&a->members[draw(b, MEMBERS)].usage.past, TRES_BILLING, NULL,
             draw(b, INT64_C(1) << 40));
    b->policy.unranked = true;
    policy_rank(&b->policy, &by_tree, WEEK);
}

static void priorities(struct bench *b)
{
    const struct sched_config config = sched_config_default();
    const struct norms norms = {.nodes = 5000,
                                .cpu_milli = INT64_C(640000000),
                                .part_factor = 1,
                                .qos_priority = 9};

    for (int i = 0; i < JOBS; i++) {
        const struct job *job = b->jobs[i];
        const struct grounds grounds = {
            .part = b->part,
            .qos = policy_qos(&b->policy, job),
            .standing = policy_standing(&b->policy, job, b->part->name),
        };

        b->sum += priority_of(&config, &norms, job, &grounds, WEEK).total;
    }
}

/* ---- the end of a period ---- */

#define PERIOD 300

static void use_all_tres(struct bench *b)
{
    static const struct {
        enum tres tres;
        const char *type;
    } tres[] = {{TRES_CPU, NULL},        {TRES_MEM, NULL},   {TRES_NODE, NULL},
                {TRES_GPU, NULL},        {TRES_GPU, "h100"}, {TRES_GPU, "a100"},
                {TRES_LICENSE, "matlab"}};

    for (size_t i = 0; i < b->policy.n_accounts; i++) {
        struct account *a = b->policy.accounts[i];

        for (size_t k = 0; k < a->n_members; k++) {
            for (size_t t = 0; t < ARRAY_LEN(tres); t++)
                used_add(&a->members[k].usage.past, tres[t].tres, tres[t].type,
                         draw(b, INT64_C(1) << 40));
        }
    }
}

static void fade(struct bench *b)
{
    const struct usage_rules rules = {.period_sec = PERIOD, .half_life_sec = WEEK};

    b->at_sec += PERIOD;
    for (size_t i = 0; i < b->policy.n_accounts; i++)
        usage_advance(&rules, usage_book_of_account(b->policy.accounts[i]), b->at_sec);
}

static void sum_up(struct bench *b)
{
    b->policy.assocs.summing = true;
    b->policy.unsummed = true;
    policy_sum(&b->policy, WEEK, b->at_sec);
    b->sum += (int64_t)b->policy.assocs.n_sums;
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static void sort_numbers(struct bench *b)
{
    int64_t *numbers = xcalloc(JOBS, sizeof(*numbers));

    for (int i = 0; i < JOBS; i++)
        numbers[i] = draw(b, INT64_MAX);
    qsort(numbers, JOBS, sizeof(*numbers), compare);
    b->sum += numbers[0];
    free(numbers);
}

static int by_time(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static void measure(struct bench *b, const char *what, void (*fn)(struct bench *b))
{
    double times[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        double from = now_ms();

        fn(b);
        times[i] = now_ms() - from;
    }
    qsort(times, ROUNDS, sizeof(*times), by_time);
    printf("  %-52s %8.2f ms, worst %.2f\n", what, times[ROUNDS / 2],
           times[ROUNDS - 1]);
}

int main(void)
{
    struct bench b = {0};

    begin(&b);
    tree_anew(&b);
    printf("priorities: %d jobs, %d accounts in 5 levels, %d users\n", JOBS, ACCOUNTS,
           ACCOUNTS * MEMBERS);
    measure(&b, "an account has changed: the tree made and ranked", tree_anew);
    measure(&b, "somebody has used something: ranked again", one_usage);
    measure(&b, "priorities of all jobs, from nothing", priorities);
    use_all_tres(&b);
    measure(&b, "a period ends: all usage, of 8 TRES, fades", fade);
    measure(&b, "and is summed up over the tree, for limits", sum_up);
    measure(&b, "(for scale: as many numbers sorted)", sort_numbers);
    printf("  sum %" PRId64 "\n", b.sum);
    end(&b);
    return 0;
}
