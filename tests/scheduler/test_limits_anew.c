/* New jobs while all that wait are counted anew for a limit that has changed. */
#include "scheduler/limits.h"

#include "base/util.h"
#include "scheduler/reason.h"
#include "tests/support/cluster_text.h"
#include "tests/support/course.h"
#include "tests/support/suite.h"

#define MANY 400 /* jobs: more than a slice looks at */

/* Each time another limit; 400 jobs wait, and none of them starts. */
static void begin_many(struct course *h)
{
    struct sched_config config = sched_config_default();
    struct decisions decisions;

    course_init(h, 1, &config);
    course_tell(h, "partition batch default");
    course_tell(h, "qos normal grpSubmitJobs=%d", MANY);
    course_tell(h, "qos plain maxJobsPerUser=1");
    for (int i = 0; i < MANY; i++)
        course_tell(h, "job %d user=ann qos=normal cpu=1", 1 + i);
    sched_step(h->s, h->now_sec, (struct sched_budget){NULL, NULL}, &decisions);
}

static enum reason ask(struct course *h, const char *line, bool *ret_waits)
{
    struct job *job = cluster_text_job(&h->res, line);
    STR_AUTO struct str said;
    enum reason reason;

    str_init(&said, 4096);
    reason =
        sched_check_new(h->s, job, sched_partition(h->s, "batch"), &said, ret_waits);
    ck_assert((reason == REASON_NONE) == (said.len == 0));
    job_free(job);
    return reason;
}

/* How many steps of one slice each it takes until the job has an answer, if it is asked
 * about so often before each; which is to be `reason`. */
static int steps_to_answer(struct course *h, const char *line, int asks,
                           enum reason reason)
{
    const struct sched_budget budget = {course_spend, NULL};
    struct decisions decisions;

    for (int steps = 0;; steps++) {
        bool waits = false;
        enum reason got = REASON_NONE;

        for (int i = 0; i < asks; i++)
            got = ask(h, line, &waits);
        if (asks > 0 ? !waits : !sched_is_counting(h->s)) {
            ck_assert_int_eq(got, asks > 0 ? reason : REASON_NONE);
            return steps;
        }
        ck_assert_int_lt(steps, MANY);
        sched_step(h->s, h->now_sec, budget, &decisions);
        ck_assert_uint_eq(decisions.n, 0);
    }
}

/* However often new jobs are asked about, the counting goes on in its slices, and so
 * takes as many steps as when nobody asks. */
START_TEST(test_new_waits)
{
    static const char full[] = "job 999 user=bob qos=normal cpu=1";
    const enum reason is_full =
        reason_of_limit(LIMIT_GRP_SUBMIT_JOBS, TRES_NONE, false);
    struct course h;
    int steps;
    bool waits;

    begin_many(&h);
    ck_assert_int_eq(ask(&h, full, &waits), is_full);
    ck_assert(!waits);
    course_tell(&h, "qos normal grpSubmitJobs=%d", MANY - 1);
    steps = steps_to_answer(&h, full, 0, REASON_NONE);
    ck_assert_int_gt(steps, 4);
    course_tell(&h, "qos normal grpSubmitJobs=%d", MANY);
    ck_assert_int_eq(steps_to_answer(&h, full, 9, is_full), steps);
    course_tell(&h, "qos normal grpSubmitJobs=%d", MANY + 1);
    ck_assert_int_eq(steps_to_answer(&h, full, 1, REASON_NONE), steps);
    /* Who is under no such limit is told at once; so is who cannot wait. */
    course_tell(&h, "qos normal grpSubmitJobs=%d", MANY);
    ck_assert_int_eq(ask(&h, "job 999 user=bob qos=plain cpu=1", &waits), REASON_NONE);
    ck_assert(!waits && sched_is_counting(h.s));
    ck_assert_int_eq(ask(&h, full, NULL), is_full);
    ck_assert(!sched_is_counting(h.s));
    course_fini(&h);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/limits_anew",
                      (struct suite_row[]){{test_new_waits, 1}, {NULL, 0}});
}
