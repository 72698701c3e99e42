/* Columns of recorded jobs, and what comes of them. */
#include "tests/support/simtest.h"

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

/* One licence for two jobs of an hour: one after the other. A third one begins later,
 * a fourth asks for a feature that no node has, a fifth one for what makes no sense. */
START_TEST(test_policy_columns)
{
    static const char settings[] = "licenses: matlab:1\n";
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,licenses,begin_s,constraint,switches\n"
        "0,3600,3600,1,matlab,,,\n0,3600,3600,1,matlab:1,,,\n"
        "0,60,60,1,,9000,,1@10\n0,60,60,1,,,ib,\n0,60,60,1,,,a&,\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "w.csv", jobs);
    simtest_write(root, "c.yaml", settings);
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "-N1", "--cpus", "8", "-c",
                                     "@/c.yaml", "--json"),
                                 &said),
                     0);
    simtest_expect(&said, "/w.csv:6: left out: constraint: ");
    simtest_expect(&said, "/w.csv:5: never started: BadConstraints: ");
    simtest_expect(&said, "\"waitMeanSec\":4200");
    simtest_expect(&said, "\"waitMaxSec\":9000");
    tempdir_free(root);
}
END_TEST

/* The second job goes first, as the first is nicer; the third has the node alone. */
START_TEST(test_nice)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus,nice,exclusive\n"
                               "0,1000,1000,8,100,\n0,100,100,8,-5,no\n"
                               "5000,100,100,1,,1\n5001,100,100,1,,0\n"
                               "0,1,1,1,99999999999,\n0,1,1,1,,maybe\n0,1,1,1,-,\n"
                               "0,1,1,1,low,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(
        &said, "/w.csv:6: left out: nice: \"99999999999\" is not within 2147483645\n");
    simtest_expect(
        &said, "/w.csv:7: left out: exclusive: \"maybe\" is none of 1, 0 and user\n");
    simtest_expect(&said, "/w.csv:8: left out: nice: \"-\" is not within");
    simtest_expect(&said, "/w.csv:9: left out: nice: \"low\" is no whole number\n");
    simtest_expect(&said, "\"waitMeanSec\":49.75,");
    simtest_expect(&said, "\"waitMaxSec\":100,");
}
END_TEST

/* As sbatch has it, no least time limit is more than the time limit. */
START_TEST(test_time_min)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,timemin_s,cpus\n"
                               "0,10,100,200,1\n0,10,100,100,1\n0,10,,200,1\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(&said, "/w.csv:2: left out: its least time limit is more than its "
                          "time limit\n");
    simtest_expect(&said, "\"completed\":2,");
}
END_TEST

/* An array, one task at a time, on one of two nodes, is job 7; who depends on it starts
 * at 400, who depends on that one's row at 450. */
START_TEST(test_links)
{
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,job_id,dependency,array\n"
        "0,100,100,8,7,,0-3%1\n0,50,50,8,,afterok:7,\n0,1,1,1,,after:99,\n"
        "0,20,20,8,,afterok:3,\n0,1,1,1,7,,\n0,1,1,1,,afterok:3_1,\n"
        "0,1,1,1,,,5-\n0,1,1,1,,after:,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N2", &said);
    simtest_expect(&said,
                   "/w.csv:4: left out: dependency: no job 99 was submitted before\n");
    simtest_expect(&said, "/w.csv:6: left out: job_id: there is a job 7 already\n");
    simtest_expect(&said, "/w.csv:7: left out: dependency: job 3 is no array\n");
    simtest_expect(&said, "/w.csv:8: left out: array: Invalid job array specification");
    simtest_expect(&said, "/w.csv:9: left out: dependency: ");
    simtest_expect(&said, "{\"rows\":8,\"broken\":5,\"neverRan\":0,\"jobs\":6}");
    simtest_expect(&said, "\"completed\":6,");
    simtest_expect(&said, "\"waitMaxSec\":450,");
}
END_TEST

/* What is said of others calls them what the file calls them, arrays as well. */
START_TEST(test_numbers)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus,job_id,dependency,"
                               "array\n"
                               "0,100,100,99,700,,\n0,50,50,1,650,afternotok:600,\n"
                               "0,9,9,1,600,,0-1\n0,9,9,1,701,afterok:700,\n"
                               "9,9,9,1,800,afternotok:600_1,\n0,9,9,1,7.5,,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N2", &said);
    simtest_expect(&said, "/w.csv:3: left out: dependency: no job 600 was submitted");
    simtest_expect(&said, "/w.csv:7: left out: job_id: \"7.5\" is no whole number\n");
    simtest_expect(&said, "/w.csv:5: never started: Dependency: waits for job 700 to "
                          "succeed\n");
    simtest_expect(&said, "/w.csv:6: never started: DependencyNeverSatisfied: its "
                          "dependency can never be met: job 600_1 has not failed\n");
    simtest_expect(&said, "\"completed\":2,");
}
END_TEST

/* The settings say how large an array may be; of several, those that say least. */
START_TEST(test_array_size)
{
    static const char jobs[] = "submit_s,duration_s,cpus,array\n"
                               "0,9,1,0-7\n0,9,1,0-3\n0,9,1,1-2\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "w.csv", jobs);
    simtest_write(root, "a.yaml", "maxArraySize: 7\n");
    simtest_write(root, "b.yaml", "maxArraySize: 3\n");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "-N1", "--cpus", "8", "--json",
                                     "-c", "@/a.yaml"),
                                 &said),
                     0);
    simtest_expect(&said, "/w.csv:2: left out: array: Invalid job array specification: "
                          "\"0-7\"; indices are below 7 here (maxArraySize)\n");
    simtest_expect(&said, "{\"rows\":3,\"broken\":1,\"neverRan\":0,\"jobs\":6}");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "-N1", "--cpus", "8", "--json",
                                     "--compare", "@/a.yaml", "@/b.yaml"),
                                 &said),
                     0);
    simtest_expect(&said, "{\"rows\":3,\"broken\":2,\"neverRan\":0,\"jobs\":2}");
    tempdir_free(root);
}
END_TEST

/* A task of another job's array, and jobs of one name one after the other. */
START_TEST(test_singleton)
{
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,user,job_name,dependency,array\n"
        "0,100,100,1,ann,x,,\n0,50,50,1,ann,x,singleton,\n0,30,30,1,bob,x,singleton,\n"
        "0,70,70,1,bob,y,,1-2\n0,20,20,1,bob,z,afterok:5_2,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(&said, "\"completed\":6,");
    simtest_expect(&said, "\"waitMaxSec\":100,");
    simtest_expect(&said, "\"waitMeanSec\":28.333");
}
END_TEST

/* Columns that act in a cluster, but not here, are named. */
START_TEST(test_columns)
{
    static const char jobs[] = "submit_s,duration_s,cpus,weather,mood\n0,9,1,5,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(&said,
                   "/w.csv: passed over, as nothing is known of them: weather, mood\n");
}
END_TEST

/* In the Standard Workload Format jobs 11 and 12 come 20 s after job 10 is over, the
 * second one later by itself; 13 begins when it is over, and has waited till then; the
 * job before 14 is not in the file. 15 comes after one that comes after another. */
START_TEST(test_think_time)
{
    static const char jobs[] = "; Version: 2.2\n"
                               "10 0 0 100 1 -1 -1 1 100 -1 1 1 1 -1 -1 -1 -1 -1\n"
                               "11 10 0 30 1 -1 -1 1 30 -1 1 1 1 -1 -1 -1 10 20\n"
                               "13 10 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 10 -1\n"
                               "14 10 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 9 5\n"
                               "15 20 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 11 200\n"
                               "12 300 0 30 1 -1 -1 1 30 -1 1 1 1 -1 -1 -1 10 20\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(&said, "\"completed\":6,");
    simtest_expect(&said, "\"waitMaxSec\":90,");
    simtest_expect(&said, "\"waitMeanSec\":15,");
    simtest_expect(&said, "\"spanSec\":390,");
}
END_TEST

/* QOS of another system, where the cluster has none. */
START_TEST(test_foreign_qos)
{
    static const char jobs[] = "submit_s,duration_s,cpus,qos\n"
                               "0,9,1,LS\n0,9,1,BE\n0,9,1,LS\n0,9,1,\n";
    STR_AUTO struct str said;
    simtest_replay_rows(jobs, "-N1", &said);
    simtest_expect(
        &said,
        "/w.csv: QOS of 3 jobs are passed over, as the cluster has none: LS, BE\n");
    simtest_expect(&said, "\"completed\":4,");
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/columns",
                      (struct suite_row[]){{test_policy_columns, 1},
                                           {test_nice, 1},
                                           {test_time_min, 1},
                                           {test_links, 1},
                                           {test_numbers, 1},
                                           {test_array_size, 1},
                                           {test_singleton, 1},
                                           {test_columns, 1},
                                           {test_think_time, 1},
                                           {test_foreign_qos, 1},
                                           {NULL, 0}});
}
