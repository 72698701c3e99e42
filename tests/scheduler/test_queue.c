#include "scheduler/queue.h"

#include "base/str.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

#define WEEK (7 * 86400)

static const struct {
    const char *name;
    const char *job;
    const char *part; /* NULL: none */
    int64_t now_sec;
    int64_t priority;
} priority_cases[] = {
    {"new", "job 1 submit=0", "partition p factor=0", 0, 1},
    {"half aged", "job 1 submit=0", "partition p factor=0", WEEK / 2, 500},
    {"aged", "job 1 submit=0", "partition p factor=0", WEEK, 1000},
    {"no further", "job 1 submit=0", "partition p factor=0", 9 * WEEK, 1000},
    {"in the future", "job 1 submit=100", "partition p factor=0", 50, 1},
    {"age counts from the begin time", "job 1 submit=0 begin=302400",
     "partition p factor=0", WEEK, 500},
    {"partition", "job 1 submit=0", "partition p factor=65535", 0, 1000},
    {"partition, half", "job 1 submit=0", "partition p factor=32768", 0, 500},
    {"both", "job 1 submit=0", "partition p factor=65535", WEEK / 2, 1500},
    {"no partition", "job 1 submit=0", NULL, WEEK, 1000},
    {"nice", "job 1 submit=0 nice=100", "partition p factor=65535", 0, 900},
    {"negative nice", "job 1 submit=0 nice=-100", "partition p factor=65535", 0, 1100},
    {"never below 1", "job 1 submit=0 nice=5000", "partition p factor=65535", 0, 1},
    {"huge nice", "job 1 submit=0 nice=-9223372036854775808", "partition p", 0,
     INT64_MAX},
    {"explicit", "job 1 submit=0 priority=42 nice=7", "partition p factor=65535", WEEK,
     42},
    {"held", "job 1 submit=0 hold=user", "partition p factor=65535", WEEK, 0},
    {"held by priority", "job 1 submit=0 priority=0", "partition p factor=65535", WEEK,
     0},
};

START_TEST(test_priority)
{
    struct sched_config config = sched_config_default();
    const char *line = priority_cases[_i].part;
    struct partition *part = NULL;
    struct restable res;
    struct job *job;

    restable_init(&res);
    job = cluster_text_job(&res, priority_cases[_i].job);
    if (line != NULL)
        part = cluster_text_partition(&res, line);
    ck_assert_msg(queue_priority(&config, job, part, priority_cases[_i].now_sec) ==
                      priority_cases[_i].priority,
                  "%s", priority_cases[_i].name);
    job_free(job);
    partition_free(part);
}
END_TEST

START_TEST(test_no_max_age)
{
    struct sched_config config = {.priority_weight_age = 5, .priority_max_age_sec = 0};
    struct job *job = job_new();

    ck_assert_int_eq(queue_priority(&config, job, NULL, 100), 1);
    job_free(job);
}
END_TEST

/* Each row comes before the next. */
static const struct entry ordered[] = {
    {.tier = 2, .priority = 1, .job_id = 9, .uid = "a"},
    {.tier = 1, .priority = 7, .job_id = 8, .uid = "a"},
    {.tier = 1, .priority = 6, .job_id = 3, .uid = "a"},
    {.tier = 1, .priority = 6, .job_id = 4, .listed = 0, .uid = "a"},
    {.tier = 1, .priority = 6, .job_id = 4, .listed = 1, .uid = "a"},
    {.tier = 0, .priority = 99, .job_id = 1, .uid = "a"},
};

START_TEST(test_order)
{
    struct queue q = {0};

    ck_assert(queue_is_sorted(&q));
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++)
        *queue_add(&q) = ordered[ARRAY_LEN(ordered) - 1 - i];
    ck_assert(!queue_is_sorted(&q));
    queue_sort(&q);
    ck_assert(queue_is_sorted(&q));
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++) {
        ck_assert_int_eq(q.entries[i].job_id, ordered[i].job_id);
        ck_assert_int_eq(q.entries[i].listed, ordered[i].listed);
    }
    queue_fini(&q);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/queue", (struct suite_row[]){
                                             {test_priority, ARRAY_LEN(priority_cases)},
                                             {test_no_max_age, 1},
                                             {test_order, 1},
                                             {NULL, 0},
                                         });
}
