/*
 * Since when jobs are eligible: small histories, a row each; and whether a core that is
 * told of all at the end of one finds the same as the core that saw it.
 */
#include "scheduler/eligible.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/copies.h"
#include "tests/support/course.h"
#include "tests/support/suite.h"

/* Lines of cluster_text, on a node that job 9 has; "at N" is a step. Then since when:
 * "1:0" since 0, "2:-" they are not. */
static const struct {
    const char *name, *lines, *expect;
} cases[] = {
    {"at once: since its submission", "job 1 cpu=1 submit=40|at 100", "1:40"},
    {"before anybody has looked at it", "job 1 cpu=1 submit=40 begin=50", "1:50"},
    {"who may not begin yet: from then on", "job 1 cpu=1 begin=300|at 100", "1:300"},
    {"who might have begun before it came", "job 1 cpu=1 begin=30 submit=40|at 100",
     "1:40"},
    {"a later begin moves it", "job 1 cpu=1|at 100|job 1 cpu=1 begin=300|at 200",
     "1:300"},
    {"an earlier one too", "job 1 cpu=1 begin=300|at 100|job 1 cpu=1 begin=200|at 150",
     "1:200"},
    {"but not back before now", "job 1 cpu=1 begin=300|at 100|job 1 cpu=1|at 150",
     "1:150"},
    {"who is held is not", "job 1 cpu=1 hold=user|at 100", "1:-"},
    {"nor who has a priority of 0", "job 1 cpu=1 priority=0|at 100", "1:-"},
    {"who is released is from then on",
     "job 1 cpu=1 hold=admin|at 100|job 1 cpu=1|at 200", "1:200"},
    {"also where nobody looked at it meanwhile",
     "job 1 cpu=1|at 100|job 1 cpu=1 hold=user|job 1 cpu=1|at 200", "1:200"},
    {"once released it has to begin yet",
     "job 1 cpu=1 hold=user begin=300|at 100|job 1 cpu=1 begin=300|at 200", "1:300"},
    {"released when it might have begun long since",
     "job 1 cpu=1 hold=user begin=150|at 100|job 1 cpu=1 begin=150|at 200", "1:200"},
    {"who waits for another job is not", "job 1 cpu=1 depend=afterany:9|at 100", "1:-"},
    {"nor who waits in vain",
     "job 9 state=ended start=0 failed|job 1 cpu=1 depend=afterok:9|at 100", "1:-"},
    {"what it waits for has ended",
     "job 1 cpu=1 depend=afterany:9|at 100|gone job 9|at 200", "1:200"},
    {"had ended before it came",
     "job 9 state=ended start=0|job 1 cpu=1 submit=40 depend=afterok:9|at 100", "1:40"},
    {"one of several is enough where any is",
     "job 1 cpu=1 depend=afterany:9?after:9|at 100", "1:0"},
    {"it is given another to wait for",
     "job 1 cpu=1|at 100|job 1 cpu=1 depend=afterany:9|at 200", "1:-"},
    {"held, and waits: both must be over",
     "job 1 cpu=1 hold=user depend=afterany:9|at 100|job 1 cpu=1 depend=afterany:9|"
     "at 200|gone job 9|at 300",
     "1:300"},
    {"one that shares its name waits before it",
     "job 1 jobname=x user=u cpu=1|job 8 jobname=x user=u cpu=1 depend=singleton|at "
     "100",
     "1:0 8:-"},
    {"nothing else keeps it from that: no partition, time limit, place in an array",
     "partition short maxtime=1|job 1 cpu=1 partition=none|"
     "job 2 cpu=1 time=60 partition=short|job 3 tasks=0-1 tasklimit=1 cpu=1|at 100",
     "1:0 2:0 3:0"},
    {"who starts has been eligible", "job 1 cpu=1 submit=40|gone job 9|at 100", "1:40"},
    {"requeued: since the new submission", "job 9 cpu=1 submit=100|at 200", "9:100"},
    {"from when it may begin again", "job 9 cpu=1 submit=100 begin=220|at 200",
     "9:220"},
    {"requeued and held: not", "job 9 cpu=1 submit=100 hold=user|at 200", "9:-"},
    {"a task that waits alone has been as long as its array",
     "job 1 tasks=0-1 cpu=1 depend=afterany:9|at 100|gone job 9|"
     "job 5 taskof=1 task=0 cpu=1|job 1 tasks=1 out=0 cpu=1 depend=afterany:9|at 200",
     "1:200 5:200"},
};

static void step(struct sched *s, int64_t now_sec)
{
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;

    sched_step(s, now_sec, whole, &decisions);
}

static void say_since(const struct sched *s, int64_t number, struct str *out)
{
    AUTO_FREE char *uid = xasprintf("job-%" PRId64, number);
    const struct job *job = sched_job(s, uid);
    int64_t since;

    ck_assert_ptr_nonnull(job);
    since = eligible_told(job);
    ck_assert(since != TIME_UNSET || eligible_since(job) == ELIGIBLE_NOT);
    str_addf(out, "%s%" PRId64 ":", out->len > 0 ? " " : "", number);
    if (since == TIME_UNSET)
        str_add(out, "-");
    else
        str_addf(out, "%" PRId64, since);
}

/* Of the same jobs, in the same words. */
static void expect_all(const struct sched *s, const char *name, const char *expect)
{
    STR_AUTO struct str got;

    str_init(&got, 1024);
    for (const char *at = expect; *at != '\0'; at += *at == ' ') {
        say_since(s, strtoll(at, NULL, 10), &got);
        at += strcspn(at, " ");
    }
    ck_assert_msg(strcmp(got.s, expect) == 0, "%s: %s, not %s", name, got.s, expect);
}

START_TEST(test_cases)
{
    struct course h;

    course_begin_full(&h);
    course_run(&h, cases[_i].lines);
    expect_all(h.s, cases[_i].name, cases[_i].expect);
    course_fini(&h);
}
END_TEST

/* Also where it takes over before the last step. */
START_TEST(test_fresh)
{
    const char *last = strstr(cases[_i].lines, "|at ");
    struct sched_config config = sched_config_default();
    COPIES_AUTO struct copies copies = {0};
    struct sched *fresh;
    struct course h;

    for (const char *at = last; at != NULL; at = strstr(at + 1, "|at "))
        last = at;
    course_begin_full(&h);
    if (last != NULL) {
        AUTO_FREE char *before =
            xasprintf("%.*s", (int)(last - cases[_i].lines), cases[_i].lines);

        course_run(&h, before);
    } else {
        course_run(&h, cases[_i].lines);
    }
    copies = copies_of(h.s);
    fresh = sched_new(&config);
    copies_apply(&copies, fresh);
    if (last != NULL)
        step(fresh, strtoll(last + strlen("|at "), NULL, 10));
    expect_all(fresh, cases[_i].name, cases[_i].expect);
    sched_free(fresh);
    course_fini(&h);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/eligible",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)},
                                           {test_fresh, ARRAY_LEN(cases)},
                                           {NULL, 0}});
}
