/* Job arrays as Slurm's commands take and show them. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define HEAD "             JOBID PARTITION     NAME     USER ST       TIME  NODES "
#define IDS "squeue -h -S i -o '%i %A %F %K %t %r'"

/* Array 1 of 0-9, two of which run at a time. */
static struct clitest *cluster(void)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -a 0-9%2 -J a --wrap x", 0, "Submitted batch job 1\n",
                   NULL);
    ctltest_advance(t->ctl, 2);
    return t;
}

START_TEST(test_squeue)
{
    struct clitest *t = cluster();

    clitest_expect(t, "squeue", 0,
                   HEAD
                   "NODELIST(REASON)\n"
                   "         1_[2-9%2]      main        a    alice PD       0:00   "
                   "   1 (JobArrayTaskLimit)\n"
                   "               1_0      main        a    alice  R       0:02   "
                   "   1 n1\n"
                   "               1_1      main        a    alice  R       0:02   "
                   "   1 n1\n",
                   "");
    clitest_expect(t, IDS, 0,
                   "1_[2-9%2] 1 1 2-9%2 PD JobArrayTaskLimit\n"
                   "1_0 2 1 0 R None\n"
                   "1_1 3 1 1 R None\n",
                   "");
    clitest_expect(t, IDS " -r -t PD", 0,
                   "1_2 1 1 2 PD JobArrayTaskLimit\n"
                   "1_3 1 1 3 PD JobArrayTaskLimit\n"
                   "1_4 1 1 4 PD JobArrayTaskLimit\n"
                   "1_5 1 1 5 PD JobArrayTaskLimit\n"
                   "1_6 1 1 6 PD JobArrayTaskLimit\n"
                   "1_7 1 1 7 PD JobArrayTaskLimit\n"
                   "1_8 1 1 8 PD JobArrayTaskLimit\n"
                   "1_9 1 1 9 PD JobArrayTaskLimit\n",
                   "");
    clitest_expect(t, IDS " -j 1_1,1_[3,5]", 0,
                   "1_[3,5%2] 1 1 3,5%2 PD JobArrayTaskLimit\n1_1 3 1 1 R None\n", "");
    clitest_expect(t, "squeue -j 1_x", 1, "", "squeue: error: Invalid job id: 1_x\n");
    clitest_free(t);
}
END_TEST

/* Writes to an object whose path ends so fail from now on. */
static void hold_up(struct clitest *t, const char *path_end)
{
    spy_spoil(t->ctl->spy,
              &(struct spy_rule){"PATCH", path_end, SPY_REFUSE, 503,
                                 "ServiceUnavailable", "busy", SPY_ALWAYS});
}

/* A task that is to start has left its array, and has no number yet. */
START_TEST(test_on_its_way)
{
    struct clitest *t = clitest_new();

    hold_up(t, "-1-0/status");
    clitest_expect(t, "sbatch -Q -a 0-2%1 -N 2 -J a --wrap x", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue", 0,
                   HEAD
                   "NODELIST(REASON)\n"
                   "         1_[1-2%1]      main        a    alice PD       0:00   "
                   "   2 (JobArrayTaskLimit)\n"
                   "               1_0      main        a    alice PD       0:00   "
                   "   2 (None)\n",
                   "");
    clitest_expect(t, IDS " -r -t PD", 0,
                   "1_0 1 1 0 PD None\n"
                   "1_1 1 1 1 PD JobArrayTaskLimit\n"
                   "1_2 1 1 2 PD JobArrayTaskLimit\n",
                   "");
    clitest_expect(t, IDS " -j 1_0", 0, "1_0 1 1 0 PD None\n", "");
    clitest_expect(t, IDS " -t R", 0, "", "");
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 1_0"), 0);
    ck_assert_msg(str_starts(t->out, "JobId=1 ArrayJobId=1 ArrayTaskId=0 "), "%s",
                  t->out);
    clitest_expect(t, "scancel 1_0", 0, "", "");
    spy_spare(t->ctl->spy);
    ctltest_advance(t->ctl, 5);
    clitest_expect(t, IDS " -t all", 0,
                   "1_2 1 1 2 PD JobArrayTaskLimit\n1_0 2 1 0 CA None\n"
                   "1_1 3 1 1 R None\n",
                   "");
    clitest_free(t);
}
END_TEST

/* A task has a number, and its array says yet that it is one of its own. */
START_TEST(test_in_both)
{
    struct clitest *t = clitest_new();

    ctltest_submit(t->ctl, "a", "'array':'0-2','hold':'User'");
    ctltest_advance(t->ctl, 2);
    hold_up(t, "/batchjobs/a/status");
    clitest_expect(t, "scontrol release 1", 0, "", "");
    ctltest_advance(t->ctl, 4);
    ctltest_expect(t->ctl, "a", "status.array.states.PENDING=0-2");
    ctltest_expect(t->ctl, "a-1-0", "status.jobID=2");
    clitest_expect(t, "squeue -h -r -S i -o '%i %t'", 0, "1_0 PD\n1_1 PD\n1_2 PD\n",
                   "");
    clitest_free(t);
}
END_TEST

/* A list of tasks is cut as Slurm cuts it. */
START_TEST(test_long_list)
{
    struct clitest *t = clitest_new();

    clitest_expect(t,
                   "sbatch -Q -H -a "
                   "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,36,39,41,43,45,47,49 "
                   "--wrap x",
                   0, "", "");
    clitest_expect(
        t, "squeue -h -o %i", 0,
        "1_[1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,36,39,41,43,45...]\n", "");
    clitest_setenv(t, "SLURM_BITSTR_LEN", "12");
    clitest_expect(t, "squeue -h -o %K", 0, "1,3,5,7,...\n", "");
    clitest_free(t);
}
END_TEST

/* No length is too small to cut to. */
START_TEST(test_short_lists)
{
    struct clitest *t = clitest_new();

    clitest_setenv(t, "SLURM_BITSTR_LEN", "3");
    clitest_expect(t, "sbatch -Q -H -a 1,3,6,9 --wrap x", 0, "", "");
    clitest_expect(t, "squeue -h -o %K", 0, "...\n", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_scontrol_show)
{
    struct clitest *t = cluster();

    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 1"), 0);
    ck_assert_msg(str_starts(t->out, "JobId=1 ArrayJobId=1 ArrayTaskId=2-9%2 "
                                     "ArrayTaskThrottle=2 JobName=a "),
                  "%s", t->out);
    ck_assert_ptr_nonnull(strstr(t->out, "\nJobId=2 ArrayJobId=1 ArrayTaskId=0 "));
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 1_1"), 0);
    ck_assert_msg(str_starts(t->out, "JobId=3 ArrayJobId=1 ArrayTaskId=1 "), "%s",
                  t->out);
    ck_assert_ptr_nonnull(strstr(t->out, "/slurm-1_1.out "));
    clitest_free(t);
}
END_TEST

/* A task is waited for before it is a job of its own, and while it is one. */
START_TEST(test_dependency)
{
    struct clitest *t = cluster();

    clitest_expect(t, "sbatch -d afterok:1_[1,4] --wrap x", 0,
                   "Submitted batch job 4\n", NULL);
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -j 4 -o '%r %E'", 0,
                   "Dependency afterok:1_1(unfulfilled),afterok:1_4(unfulfilled)\n",
                   "");
    clitest_expect(
        t, "sbatch -d afterok:1_ --wrap x", 1, "",
        "sbatch: error: Invalid --dependency specification: \"1_\" names no "
        "tasks of an array; right is 12_3, 12_[1-4,7] or 12_*, below 10001\n");
    clitest_free(t);
}
END_TEST

START_TEST(test_scancel)
{
    struct clitest *t = cluster();

    clitest_expect(t, "scancel 1_[1,4-6] 1_9", 0, "", "");
    ctltest_wind_up(t->ctl, 2);
    clitest_expect(t, "squeue -h -S i -o %i", 0, "1_[3,7-8%2]\n1_0\n1_2\n", "");
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 1_3"), 0);
    ck_assert_msg(strstr(t->out, " JobState=PENDING ") &&
                      strstr(t->out, " ExitCode=0:0 "),
                  "%s", t->out);
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 1_1"), 0);
    ck_assert_msg(strstr(t->out, " ExitCode=0:15 "), "%s", t->out);
    clitest_expect(t, "scancel 1_4", 1, "",
                   "scancel: error: Kill job error on job id 1_4: Invalid job id "
                   "specified\n");
    clitest_expect(t, "scancel 1_1", 1, "",
                   "scancel: error: Kill job error on job id 1_1: Job/step already "
                   "completing or completed\n");
    clitest_expect(t, "scancel -t PENDING 1", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -S i -o %i", 0, "1_0\n1_2\n", "");
    clitest_expect(t, "scancel 1", 0, "", "");
    ctltest_wind_up(t->ctl, 2);
    clitest_expect(t, "squeue -h", 0, "", "");
    clitest_expect(t, "squeue -h -t all -S i -o '%i %t'", 0, "1_0 CA\n1_1 CA\n1_2 CA\n",
                   "");
    clitest_free(t);
}
END_TEST

START_TEST(test_scancel_user)
{
    struct clitest *t = cluster();

    clitest_expect(t, "scancel --me", 0, "", "");
    ctltest_wind_up(t->ctl, 5);
    clitest_expect(t, "squeue -h", 0, "", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_scontrol)
{
    struct clitest *t = cluster();

    clitest_expect(t, "scontrol update JobId=1 ArrayTaskThrottle=3", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, IDS " -t PD", 0, "1_[3-9%3] 1 1 3-9%3 PD JobArrayTaskLimit\n",
                   "");
    clitest_expect(t, "scontrol update JobId=1 ArrayTaskThrottle=-5", 1, "",
                   "scontrol: error: Invalid ArrayTaskThrottle value: -5\n");
    clitest_expect(t, "scontrol update JobId=1 TimeLimit=+soon", 1, "",
                   "scontrol: error: Invalid TimeLimit value: +soon\n");
    clitest_expect(t, "scontrol hold 1", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, IDS " -t PD", 0, "1_[3-9%3] 1 1 3-9%3 PD JobHeldUser\n", "");
    clitest_expect(t, "scontrol release 1", 0, "", "");
    clitest_expect(t, "scontrol requeue 1_0", 0, "", "");
    ctltest_wind_up(t->ctl, 30);
    /* Its submission is the requeue, which the other tasks' comes before. */
    clitest_expect(t, "squeue -h -S i -j 1_0,1_3 -o '%i %t %r'", 0,
                   "1_0 PD JobArrayTaskLimit\n1_3 R None\n", "");
    clitest_free(t);
}
END_TEST

/* Tasks that have no record yet are given one. */
START_TEST(test_single_tasks)
{
    struct clitest *t = cluster();

    clitest_expect(t, "scontrol hold 1_5", 0, "", "");
    clitest_expect(t, IDS, 0,
                   "1_[2-4,6-9%2] 1 1 2-4,6-9%2 PD JobArrayTaskLimit\n"
                   "1_0 2 1 0 R None\n1_1 3 1 1 R None\n1_5 4 1 5 PD JobHeldUser\n",
                   "");
    clitest_expect(t, "scontrol update JobId=1_[3,5] TimeLimit=5 Comment=short", 0, "",
                   "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -S i -t PD -o '%i %r %l %k'", 0,
                   "1_[2,4,6-9%2] JobArrayTaskLimit UNLIMITED (null)\n"
                   "1_3 JobArrayTaskLimit 5:00 short\n1_5 JobHeldUser 5:00 short\n",
                   "");
    clitest_expect(t, "scontrol update JobId=1_4 NumNodes=0", 1, "", NULL);
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -j 1_4 -o '%i %r'", 0, "1_4 JobArrayTaskLimit\n", "");
    clitest_expect(t, "scontrol release 1_5", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -j 1_5 -o '%i %r'", 0, "1_5 JobArrayTaskLimit\n", "");
    clitest_expect(t, "scontrol requeue 1_6", 1, "",
                   "Job is pending execution for job 1_6\n");
    clitest_expect(t, "scontrol requeuehold 1_6", 1, "",
                   "Job is pending execution for job 1_6\n");
    clitest_expect(t, "scontrol hold 1_77", 1, "",
                   "Invalid job id specified for job 1_77\n");
    clitest_free(t);
}
END_TEST

/* Of an array that is held one task is let go. */
START_TEST(test_release_one)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -Q -H -a 0-3 --wrap x", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "scontrol release 1_2", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -S i -o '%i %t %r'", 0,
                   "1_[0-1,3] PD JobHeldUser\n1_2 R None\n", "");
    clitest_free(t);
}
END_TEST

/* The last one that is left of several, or one that is picked, has no brackets; the one
 * of an array of one has. */
START_TEST(test_one_left)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -Q -H -a 5 --wrap x", 0, "", "");
    clitest_expect(t, "sbatch -Q -H -a 5,7%2 --wrap x", 0, "", "");
    clitest_expect(t, "sbatch -Q -a 0-2%2 --wrap x", 0, "", "");
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -t PD -S i -o '%F %i %K'", 0,
                   "1 1_[5] 5\n2 2_[5,7%2] 5,7%2\n3 3_2 2\n", "");
    clitest_expect(t, "squeue -h -j 2_7 -o '%i %K'", 0, "2_7 7\n", "");
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job 3_2"), 0);
    ck_assert_msg(str_starts(t->out, "JobId=3 ArrayJobId=3 ArrayTaskId=2 "
                                     "ArrayTaskThrottle=2 JobName=wrap "),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/arrays", (struct suite_row[]){
                                           {test_squeue, 1},
                                           {test_on_its_way, 1},
                                           {test_in_both, 1},
                                           {test_long_list, 1},
                                           {test_short_lists, 1},
                                           {test_scontrol_show, 1},
                                           {test_dependency, 1},
                                           {test_scancel, 1},
                                           {test_scancel_user, 1},
                                           {test_scontrol, 1},
                                           {test_single_tasks, 1},
                                           {test_release_one, 1},
                                           {test_one_left, 1},
                                           {NULL, 0},
                                       });
}
