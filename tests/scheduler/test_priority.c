#include "scheduler/priority.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "scheduler/shape.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

#define WEEK (7 * 86400)
#define TERMS_MAX 256

/* A cluster of 10 nodes with 8 CPUs each; the largest factor is 200, the largest
 * priority of a QOS 100. Weights 1000, or as the case says. */
static const struct norms norms = {.nodes = 10,
                                   .cpu_milli = 80000,
                                   .part_factor = 200,
                                   .qos_priority = 100,
                                   .assoc_priority = 40};

static const struct {
    const char *name;
    const char *job;
    const char *part; /* NULL: none */
    int64_t now_sec;
    const char *terms; /* total = those that are not 0 */
} cases[] = {
    {"new", "job 1 submit=0", "partition p factor=0", 0, "1 ="},
    {"half aged", "job 1 submit=0", "partition p factor=0", WEEK / 2, "500 = age 500"},
    {"aged", "job 1 submit=0", "partition p factor=0", WEEK, "1000 = age 1000"},
    {"no further", "job 1 submit=0", "partition p factor=0", 9 * WEEK,
     "1000 = age 1000"},
    {"in the future", "job 1 submit=100", "partition p factor=0", 50, "1 ="},
    {"age counts from the begin time", "job 1 submit=0 begin=302400",
     "partition p factor=0", WEEK, "500 = age 500"},
    {"partition", "job 1 submit=0", "partition p factor=200", 0,
     "1000 = partition 1000"},
    {"partition, half of the largest", "job 1 submit=0", "partition p factor=100", 0,
     "500 = partition 500"},
    {"age and partition", "job 1 submit=0", "partition p factor=200", WEEK / 2,
     "1500 = age 500 partition 1000"},
    {"no partition", "job 1 submit=0", NULL, WEEK, "1000 = age 1000"},
    {"QOS", "job 1 submit=0 qos=half", "partition p factor=0", 0, "500 = qos 500"},
    {"nice", "job 1 submit=0 nice=100", "partition p factor=200", 0,
     "900 = partition 1000 nice 100"},
    {"negative nice", "job 1 submit=0 nice=-100", "partition p factor=200", 0,
     "1100 = partition 1000 nice -100"},
    {"never below 1", "job 1 submit=0 nice=5000", "partition p factor=200", 0,
     "1 = partition 1000 nice 5000"},
    {"huge nice", "job 1 submit=0 nice=-9223372036854775808", "partition p", 0,
     "4294967295 = partition 5 nice -9223372036854775808"},
    {"explicit", "job 1 submit=0 priority=42 nice=7", "partition p factor=200", WEEK,
     "42 ="},
    {"held", "job 1 submit=0 hold=user", "partition p factor=200", WEEK, "0 ="},
    {"held by priority", "job 1 submit=0 priority=0", "partition p factor=200", WEEK,
     "0 ="},
};

/* (nodes / 10 + CPUs / 80) / 2 of 1000. */
static const struct {
    const char *name, *job;
    int64_t large, small;
} sizes[] = {
    {"a pod of no CPU", "job 1 replicas=1", 50, 950},
    {"half of all", "job 1 nodes=5 cpu=8", 500, 500},
    {"all", "job 1 nodes=10 cpu=8", 1000, 0},
    {"more than all", "job 1 nodes=20 cpu=16", 1000, 0},
    {"nodes without CPUs", "job 1 nodes=10", 500, 500},
    {"pods that share nodes count one", "job 1 replicas=10 cpu=4", 300, 700},
    {"tasks", "job 1 nodes=2-8 units=40 cpu=1 unit.cpu=1", 350, 650},
};

static void say_term(struct str *out, const char *name, int64_t value)
{
    if (value != 0)
        str_addf(out, " %s %lld", name, (long long)value);
}

static struct priority priority_in(const struct sched_config *config, const char *job,
                                   const char *part, int64_t now_sec)
{
    struct qos half = {.priority = 50};
    struct restable res;
    struct partition *p = NULL;
    struct job *j;
    struct priority ret;

    restable_init(&res);
    j = cluster_text_job(&res, job);
    if (part != NULL)
        p = cluster_text_partition(&res, part);
    const struct grounds grounds = {.part = p, .qos = j->qos != NULL ? &half : NULL};
    ret = priority_of(config, &norms, j, &grounds, now_sec);
    job_free(j);
    partition_free(p);
    return ret;
}

START_TEST(test_terms)
{
    struct sched_config config = sched_config_default();
    struct priority p =
        priority_in(&config, cases[_i].job, cases[_i].part, cases[_i].now_sec);
    STR_AUTO struct str text;

    str_init(&text, TERMS_MAX);
    str_addf(&text, "%lld =", (long long)p.total);
    say_term(&text, "age", p.age);
    say_term(&text, "size", p.job_size);
    say_term(&text, "partition", p.partition);
    say_term(&text, "qos", p.qos);
    say_term(&text, "nice", p.nice);
    ck_assert_msg(str_eq(text.s, cases[_i].terms), "%s: %s", cases[_i].name, text.s);
}
END_TEST

START_TEST(test_size)
{
    struct sched_config config = {.priority_weight_job_size = 1000};
    struct priority large = priority_in(&config, sizes[_i].job, NULL, 0), small;

    config.priority_favor_small = true;
    small = priority_in(&config, sizes[_i].job, NULL, 0);
    ck_assert_msg(large.job_size == sizes[_i].large, "%s: %lld", sizes[_i].name,
                  (long long)large.job_size);
    ck_assert_msg(small.job_size == sizes[_i].small, "%s, favouring small: %lld",
                  sizes[_i].name, (long long)small.job_size);
}
END_TEST

/* Of 20000: 1000 less for each doubling of a minute; in a partition of a day. */
static const struct {
    const char *name, *job, *part;
    int64_t term;
} shorts[] = {
    {"a minute", "job 1 time=1", "partition p", 20000},
    {"less", "job 1 time=0:30", "partition p", 20000},
    {"two minutes", "job 1 time=2", "partition p", 19000},
    {"three", "job 1 time=3", "partition p", 18415},
    {"an hour", "job 1 time=60", "partition p", 14093},
    {"two hours", "job 1 time=120", "partition p", 13093},
    {"the partition's", "job 1", "partition p maxtime=60", 14093},
    {"at most the partition's", "job 1", "partition p maxtime=120 defaulttime=60",
     14093},
    {"none", "job 1", "partition p", 0},
    {"728 days", "job 1 time=1048576", "partition p", 0},
    {"longer", "job 1 time=4000000", "partition p", 0},
    {"no partition", "job 1 time=60", NULL, 14093},
    {"no partition, no limit", "job 1", NULL, 0},
};

START_TEST(test_short_limit)
{
    struct sched_config config = {.priority_weight_short_limit = 20000};
    struct priority p = priority_in(&config, shorts[_i].job, shorts[_i].part, 0);

    ck_assert_msg(p.short_limit == shorts[_i].term, "%s: %lld", shorts[_i].name,
                  (long long)p.short_limit);
    ck_assert_int_eq(p.total, MAX(p.short_limit, 1));
}
END_TEST

static const struct {
    const char *name;
    struct standing standing;
    int64_t fairshare, assoc;
} standings[] = {
    {"none", {0, 0, 0}, 0, 0},
    {"the first of three", {3, 3, 40}, 1000, 500},
    {"the last of three", {1, 3, 10}, 333, 125},
    {"in no tree, but with a priority", {0, 3, 20}, 0, 250},
};

START_TEST(test_standing)
{
    const struct sched_config config = {.priority_weight_fairshare = 1000,
                                        .priority_weight_assoc = 500};
    const struct grounds grounds = {.standing = standings[_i].standing};
    struct job *job = job_new();
    struct priority p;

    job->nice = -7;
    p = priority_of(&config, &norms, job, &grounds, 0);
    ck_assert_msg(p.fairshare == standings[_i].fairshare &&
                      p.assoc == standings[_i].assoc &&
                      p.total == p.fairshare + p.assoc + 7,
                  "%s: %lld and %lld", standings[_i].name, (long long)p.fairshare,
                  (long long)p.assoc);
    job_free(job);
}
END_TEST

/* Of 20000: 1000 less for each doubling of a 2^-20th, of parts of the cluster. */
static const struct {
    const char *name;
    int64_t share, term;
} smalls[] = {
    {"a millionth", SHARE_WHOLE >> 20, 20000},
    {"less", 1, 20000},
    {"nothing", 0, 20000},
    {"two millionths", SHARE_WHOLE >> 19, 19000},
    {"a quarter", SHARE_WHOLE / 4, 2000},
    {"a third", SHARE_WHOLE / 3, 1584},
    {"all", SHARE_WHOLE, 0},
};

START_TEST(test_small_size)
{
    struct sched_config config = {.priority_weight_small_size = 20000};
    const struct grounds grounds = {.share = smalls[_i].share};
    struct job *job = job_new();
    struct priority p = priority_of(&config, &norms, job, &grounds, 0);

    ck_assert_msg(p.small_size == smalls[_i].term, "%s: %lld", smalls[_i].name,
                  (long long)p.small_size);
    ck_assert_int_eq(p.total, MAX(p.small_size, 1));
    job_free(job);
}
END_TEST

/* In a partition of a factor of 100, of a QOS of a priority of 50, of a member of 10,
 * after half a week; weights 1000, of the size 10000. 8 CPUs on a node are a tenth of
 * the cluster. */
static const struct {
    const char *name, *job, *flags;
    bool small;
    const char *terms;
} flagged[] = {
    {"none", "job 1 cpu=8 qos=half", "", false,
     "age 500 size 1000 partition 500 qos 500 assoc 250"},
    {"raw partition", "job 1 cpu=8 qos=half", "NO_NORMAL_PART", false,
     "age 500 size 1000 partition 100000 qos 500 assoc 250"},
    {"raw QOS", "job 1 cpu=8 qos=half", "NO_NORMAL_QOS", false,
     "age 500 size 1000 partition 500 qos 50000 assoc 250"},
    {"raw member", "job 1 cpu=8 qos=half", "NO_NORMAL_ASSOC", false,
     "age 500 size 1000 partition 500 qos 500 assoc 10000"},
    {"all raw", "job 1 cpu=8 qos=half", "NO_NORMAL_ALL", false,
     "age 500 size 1000 partition 100000 qos 50000 assoc 10000"},
    {"age from the begin time", "job 1 cpu=8 begin=302400", "", false,
     "size 1000 partition 500 assoc 250"},
    {"or always", "job 1 cpu=8 begin=302400", "ACCRUE_ALWAYS", false,
     "age 500 size 1000 partition 500 assoc 250"},
    {"a minute", "job 1 cpu=8 time=1", "SMALL_RELATIVE_TO_TIME", false,
     "age 500 size 1000 partition 500 assoc 250"},
    {"less", "job 1 cpu=8 time=0:20", "SMALL_RELATIVE_TO_TIME", false,
     "age 500 size 1000 partition 500 assoc 250"},
    {"ten minutes", "job 1 cpu=8 time=10", "SMALL_RELATIVE_TO_TIME", false,
     "age 500 size 100 partition 500 assoc 250"},
    {"ten minutes, small ones first", "job 1 cpu=8 time=10", "SMALL_RELATIVE_TO_TIME",
     true, "age 500 size 9900 partition 500 assoc 250"},
    {"nodes count as all their CPUs", "job 1 nodes=5 cpu=1 time=10",
     "SMALL_RELATIVE_TO_TIME", false, "age 500 size 500 partition 500 assoc 250"},
    {"no limit", "job 1 cpu=8", "SMALL_RELATIVE_TO_TIME", false,
     "age 500 partition 500 assoc 250"},
};

START_TEST(test_flags)
{
    struct sched_config config = sched_config_default();
    struct restable res;
    struct partition *part;
    struct job *job;
    struct qos half = {.priority = 50};
    struct grounds grounds = {.standing = {.priority = 10}};
    struct priority p;
    STR_AUTO struct str text;

    restable_init(&res);
    str_init(&text, TERMS_MAX);
    part = cluster_text_partition(&res, "partition p factor=100");
    job = cluster_text_job(&res, flagged[_i].job);
    config.priority_weight_job_size = 10000;
    config.priority_weight_assoc = 1000;
    config.priority_favor_small = flagged[_i].small;
    config.priority_flags = priority_flag(flagged[_i].flags);
    ck_assert((config.priority_flags != 0) == (*flagged[_i].flags != '\0'));
    grounds.part = part;
    grounds.qos = job->qos != NULL ? &half : NULL;
    p = priority_of(&config, &norms, job, &grounds, WEEK / 2);
    say_term(&text, "age", p.age);
    say_term(&text, "size", p.job_size);
    say_term(&text, "partition", p.partition);
    say_term(&text, "qos", p.qos);
    say_term(&text, "assoc", p.assoc);
    ck_assert_msg(str_eq(text.s + (text.len > 0), flagged[_i].terms), "%s:%s",
                  flagged[_i].name, text.s);
    ck_assert_int_eq(p.total, p.age + p.job_size + p.partition + p.qos + p.assoc);
    partition_free(part);
    job_free(job);
}
END_TEST

/* Each word that is offered is one. */
START_TEST(test_flag_words)
{
    AUTO_FREE char *words = xstrdup(priority_flag_words());
    char *rest = words, *word;

    while ((word = strsep(&rest, ",")) != NULL)
        ck_assert_msg(priority_flag(word + strspn(word, " ")) != 0, "%s", word);
    ck_assert_int_eq(priority_flag("TICKET_BASED"), 0);
    ck_assert_int_eq(priority_flag(""), 0);
}
END_TEST

/* Nothing is divided by nothing. */
START_TEST(test_nothing)
{
    struct sched_config config = {.priority_weight_age = 5,
                                  .priority_weight_job_size = 5,
                                  .priority_weight_partition = 5,
                                  .priority_weight_qos = 5,
                                  .priority_weight_fairshare = 5,
                                  .priority_weight_assoc = 5};
    const struct norms none = {0};
    struct partition *part = partition_new();
    struct job *job = job_new();
    struct qos qos = {.priority = 1};
    struct grounds grounds;

    grounds = (struct grounds){.part = part, .qos = &qos};
    ck_assert_int_eq(priority_of(&config, &none, job, &grounds, 100).total, 1);
    job_free(job);
    partition_free(part);
}
END_TEST

START_TEST(test_news)
{
    struct priority a = {.total = 10, .age = 5, .job_size = 3, .qos = 2}, b = a;

    ck_assert(!priority_is_news(&a, &b));
    b.age = b.job_size = 100;
    b.total = 202;
    ck_assert(!priority_is_news(&a, &b));
    b.fairshare = 1;
    ck_assert(!priority_is_news(&a, &b));
    b.assoc = 1;
    ck_assert(priority_is_news(&a, &b));
    b = a;
    b.qos = 3;
    ck_assert(priority_is_news(&a, &b));
    b = a;
    b.short_limit = 1;
    ck_assert(priority_is_news(&a, &b));
    b = a;
    b.nice = -1;
    ck_assert(priority_is_news(&a, &b));
}
END_TEST

int main(void)
{
    return suite_main("scheduler/priority", (struct suite_row[]){
                                                {test_terms, ARRAY_LEN(cases)},
                                                {test_size, ARRAY_LEN(sizes)},
                                                {test_short_limit, ARRAY_LEN(shorts)},
                                                {test_small_size, ARRAY_LEN(smalls)},
                                                {test_standing, ARRAY_LEN(standings)},
                                                {test_flags, ARRAY_LEN(flagged)},
                                                {test_flag_words, 1},
                                                {test_nothing, 1},
                                                {test_news, 1},
                                                {NULL, 0},
                                            });
}
