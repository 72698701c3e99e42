/*
 * Who gains age where limits say how many jobs may: small histories, a row each.
 */
#include "scheduler/accrue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/course.h"
#include "tests/support/suite.h"

/* Lines of cluster_text, on a node that job 9 has; "at N" is a step. Then since when
 * jobs gain age: "1:0" since 0, "2:-" they do not, "3:any" no limit is on it, or none
 * has been looked at yet. */
static const struct {
    const char *name, *lines, *expect;
} cases[] = {
    {"without a limit nothing is counted", /**/
     "job 1 cpu=1|at 0", "1:any"},
    {"a place for each: since submission",
     "qos normal maxJobsAccruePerUser=2|job 1 cpu=1 submit=40|job 2 cpu=1 submit=70|"
     "at 100",
     "1:40 2:70"},
    {"those that came first, by job id",
     "qos normal maxJobsAccruePerUser=1|job 2 cpu=1|job 1 cpu=1|at 100", "1:0 2:-"},
    {"not those of the highest priority",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1 priority=9|at 100",
     "1:0 2:-"},
    {"each user has places",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1 user=bob|"
     "job 3 cpu=1 user=bob|at 100",
     "1:0 2:0 3:-"},
    {"an account of a QOS has places, whoever its users are",
     "qos normal maxJobsAccruePerAccount=1|account a users=ann,bob|account b users=cem|"
     "job 1 cpu=1 account=a|job 2 cpu=1 user=bob account=a|"
     "job 3 cpu=1 user=cem account=b|at 100",
     "1:0 2:- 3:0"},
    {"a QOS has places in all",
     "qos normal grpJobsAccrue=1|job 1 cpu=1|job 2 cpu=1 user=bob|at 100", "1:0 2:-"},
    {"jobs of another QOS do not count",
     "qos normal grpJobsAccrue=1|qos high|job 1 cpu=1 qos=high|job 2 cpu=1|at 100",
     "1:any 2:0"},
    {"the tree counts below an account",
     "account top grpJobsAccrue=1|account a parent=top users=ann|"
     "account b parent=top users=bob|job 1 cpu=1 account=a|"
     "job 2 cpu=1 user=bob account=b|at 100",
     "1:0 2:-"},
    {"a member's own limit",
     "account a users=ann,bob limits.ann=maxJobsAccrue:1|job 1 cpu=1 account=a|"
     "job 2 cpu=1 account=a|job 3 cpu=1 user=bob account=a|at 100",
     "1:0 2:- 3:any"},
    {"a limit of none: nobody",
     "qos normal maxJobsAccruePerUser=0|job 1 cpu=1|at 100|at 200", "1:-"},
    {"all of several limits",
     "qos normal grpJobsAccrue=2|account a users=ann,bob maxJobsAccrue=1|"
     "job 1 cpu=1 account=a|job 2 cpu=1 account=a|job 3 cpu=1 user=bob account=a|"
     "job 4 cpu=1 user=bob account=a|at 100",
     "1:0 2:- 3:0 4:-"},
    {"running jobs have no places",
     "qos normal grpJobsAccrue=1|job 9 cpu=1 state=running start=0 in=batch on=n1|"
     "job 10 cpu=1|at 100",
     "9:any 10:0"},
    {"a held job takes none",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 hold=user|job 2 cpu=1|at 100",
     "1:- 2:0"},
    {"one that is released asks anew, and finds none",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 hold=user|job 2 cpu=1|at 100|"
     "job 1 cpu=1|at 200",
     "1:- 2:0"},
    {"one that is held gives its place up, to the next from then on",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|"
     "job 1 cpu=1 hold=user|at 200",
     "1:- 2:200"},
    {"one that may not begin yet takes none",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 begin=500|job 2 cpu=1|at 100",
     "1:any 2:0"},
    {"once it may it gains age from when it might have begun",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 begin=500|at 100|at 560", "1:500"},
    {"one that waits for another job takes none",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 depend=afterany:9|job 2 cpu=1|"
     "at 100",
     "1:any 2:0"},
    {"one that is to begin later gives its place up",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|"
     "job 1 cpu=1 begin=500|at 200",
     "1:any 2:200"},
    {"so does one that has come to wait for another job",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|"
     "job 1 cpu=1 depend=afterany:9|at 200",
     "1:any 2:200"},
    {"or waits for what will never be",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|"
     "job 1 cpu=1 depend=afterok:77|at 200",
     "1:any 2:200"},
    {"an array as a whole",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 tasks=0-4|job 10 cpu=1|at 100|"
     "job 1 cpu=1 tasks=0-4 depend=afterany:9|at 200",
     "1:any 10:200"},
    {"a heterogeneous job that of each component",
     "qos normal maxJobsAccruePerUser=2|job 1 cpu=1 : cpu=1|job 5 cpu=1|job 6 cpu=1|"
     "at 100|job 1 cpu=1 begin=500 : cpu=1|at 200",
     "1:any 5:200 6:200"},
    {"what it had does not count when it is eligible again",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|at 100|job 1 cpu=1 begin=500|"
     "at 200|at 560",
     "1:500"},
    {"nor once it waits for no other job",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|at 100|"
     "job 1 cpu=1 depend=afterany:9|at 200|job 1 cpu=1|at 300",
     "1:300"},
    {"who goes leaves a place, from then on",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|job 3 cpu=1|at 100|"
     "gone job 1|at 300",
     "2:300 3:-"},
    {"who starts leaves a place",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|gone job 9|"
     "at 300",
     "1:any 2:300"},
    {"time alone gives no places",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|at 5000",
     "1:0 2:-"},
    {"a lower limit takes no place away",
     "qos normal maxJobsAccruePerUser=2|job 1 cpu=1|job 2 cpu=1|at 100|"
     "qos normal maxJobsAccruePerUser=1|job 3 cpu=1|at 200",
     "1:0 2:0 3:-"},
    {"a higher one gives places from then on",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|"
     "qos normal maxJobsAccruePerUser=2|at 200",
     "1:0 2:200"},
    {"a limit that comes later counts those that are there",
     "job 1 cpu=1|job 2 cpu=1|at 100|qos normal maxJobsAccruePerUser=1|at 200",
     "1:0 2:-"},
    {"with none left, none is on them",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100|qos normal|"
     "at 200",
     "1:any 2:any"},
    {"an array is one job",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 tasks=0-4|job 10 cpu=1|at 100",
     "1:0 10:-"},
    {"its next task takes the place of the one that starts, and begins anew",
     "qos normal maxJobsAccruePerUser=1|job 1 cpu=1 tasks=0-4|job 10 cpu=1|at 100|"
     "gone job 9|at 300",
     "1:300 10:-"},
    {"a heterogeneous job has one place for each component",
     "qos normal maxJobsAccruePerUser=3|job 1 cpu=1 : cpu=1|job 5 cpu=1 : cpu=1|"
     "job 7 cpu=1|at 100",
     "1:0 5:- 7:0"},
};

static void say_since(const struct course *h, int64_t number, struct str *out)
{
    const struct job *job = course_job(h, number);
    int64_t since = accrue_since(job);

    str_addf(out, "%s%" PRId64 ":", out->len > 0 ? " " : "", number);
    if (since == ACCRUES_NOT)
        str_add(out, "-");
    else if (since == TIME_UNSET)
        str_add(out, "any");
    else
        str_addf(out, "%" PRId64, since);
}

/* Of the same jobs, in the same words. */
static void say_all(const struct course *h, const char *expect, struct str *out)
{
    const char *at = expect;

    while (at != NULL) {
        say_since(h, strtoll(at, NULL, 10), out);
        at = strchr(at, ' ');
        at = at != NULL ? at + 1 : NULL;
    }
}

START_TEST(test_cases)
{
    STR_AUTO struct str got;
    struct course h;

    str_init(&got, 1024);
    course_begin_full(&h);
    course_run(&h, cases[_i].lines);
    say_all(&h, cases[_i].expect, &got);
    ck_assert_msg(strcmp(got.s, cases[_i].expect) == 0, "%s: %s, not %s",
                  cases[_i].name, got.s, cases[_i].expect);
    course_fini(&h);
}
END_TEST

/* With PRIORITY_ACCRUE_ALWAYS there are no such limits. */
START_TEST(test_always)
{
    struct sched_config config = sched_config_default();
    STR_AUTO struct str got;
    struct course h;

    str_init(&got, 1024);
    course_begin_full(&h);
    config.priority_flags |= PRIORITY_ACCRUE_ALWAYS;
    sched_apply(h.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    course_run(&h, "qos normal maxJobsAccruePerUser=1|job 1 cpu=1|job 2 cpu=1|at 100");
    say_all(&h, "1:any 2:any", &got);
    ck_assert_str_eq(got.s, "1:any 2:any");
    course_fini(&h);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/accrue",
                      (struct suite_row[]){
                          {test_cases, ARRAY_LEN(cases)}, {test_always, 1}, {NULL, 0}});
}
