/* What a controller saved: explained, and replayed. */
#include "tests/support/simtest.h"

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/snapshot.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

/* Job 9 runs on n1 for another 50 minutes. Job 2 is over by then, so it may start on
 * n2; job 1, before it, is promised both nodes at the end of that hour. */
START_TEST(test_snapshot)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_save_state(path);
    ck_assert_int_eq(simtest_run(root, SIM("--snapshot", "@/saved"), &said), 0);
    ck_assert(str_starts(said.s, "at 1970-01-01T00:10:00Z\n"));
    simtest_expect(&said,
                   "\njob 1 (default/1, priority 1000) waits, Resources: needs 2 "
                   "nodes with cpu=8; ");
    simtest_expect(&said, "\n    promised at 1970-01-01T01:");
    simtest_expect(&said, " in batch on n[1-2]\n");
    simtest_expect(&said,
                   "\njob 2 (default/2, priority 1000) starts in batch on n2, limit "
                   "00:30:00\n");
    simtest_expect(&said, "\njob 3 (default/3, priority 1000) waits, BadConstraints: ");
    ck_assert_int_eq(simtest_run(root, SIM("--snapshot", "@/saved", "--json"), &said),
                     0);
    ck_assert(str_starts(said.s, "{\"now\":\"1970-01-01T00:10:00Z\",\"decisions\":["));
    tempdir_free(root);
}
END_TEST

/* What would let a job start at once: 2 fewer nodes, 3 a shorter limit, as n2 is free
 * until 9 ends. */
START_TEST(test_sooner)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_save(path, "node n[1-2] cpu=8\npartition batch default\n"
                       "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                       "job 2 nodes=2 cpu=8 time=600\n"
                       "job 3 cpu=8 time=300\n");
    ck_assert_int_eq(simtest_run(root, SIM("--snapshot", "@/saved", "--json"), &said),
                     0);
    simtest_expect(&said, "\"sooner\":{\"nodes\":1,\"frees\":9}");
    simtest_expect(&said, "\"sooner\":{\"timeLimit\":\"00:45:00\",");
    tempdir_free(root);
}
END_TEST

/* Who ends early is said to, and for whom; who waits in vain is given up. */
START_TEST(test_ends)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    char *root = tempdir_new();
    struct restable res;
    struct err err = ERR_INIT;
    AUTO_FREE char *path = tempdir_path(root, "saved");
    static const char settings[] = "preemptType: qos\npreemptMode: REQUEUE\n";
    STR_AUTO struct str text, said;
    str_init(&text, (1 << 20));
    str_init(&said, 1 << 16);
    restable_init(&res);
    cluster_text_apply(s, &res,
                       "node n1 cpu=8\npartition batch default\n"
                       "qos low\nqos high preempt=low\n"
                       "job 9 cpu=8 qos=low state=running start=0 in=batch on=n1\n"
                       "job 1 cpu=8 qos=high time=10\n"
                       "job 3 state=ended failed\n"
                       "job 2 cpu=8 time=10 depend=afterok:3 hopeless=ends\n");
    snapshot_write(s, 600, &text);
    sched_free(s);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    simtest_write(root, "c", settings);
    ck_assert_int_eq(
        simtest_run(root, SIM("--snapshot", "@/saved", "-c", "@/c"), &said), 0);
    simtest_expect(&said,
                   "\njob 9 (default/9) ends early, at 1970-01-01T00:10:00Z, for job 1 "
                   "(REQUEUE)\n");
    simtest_expect(&said, "\njob 2 (default/2) is given up, DependencyNeverSatisfied");
    tempdir_free(root);
}
END_TEST

/* The same queue, replayed: job 2 on n2 at once, job 1 on both from 3600 on. With a
 * policy that promises nothing, and picture and JSON besides. */
START_TEST(test_queue)
{
    static const char none[] = "schedulerParameters: {reservationDepth: 0}\n";
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_save_state(path);
    simtest_write(root, "a.yaml", none);
    simtest_write(root, "b.yaml", "");
    ck_assert_int_eq(
        simtest_run(root, SIM("--snapshot", "@/saved", "--replay", "--svg", "@/x.svg"),
                    &said),
        0);
    simtest_expect(&said, "/saved: job 3: never started: BadConstraints: ");
    simtest_expect(&said, "\nsettings                                   as saved\n");
    simtest_expect(&said, "\njobs                                              4\n");
    simtest_expect(&said, "\nwait, longest                                3600 s\n");
    simtest_expect(&said, "\npromised a start                                  1\n");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("--snapshot", "@/saved", "--json", "--compare",
                                     "@/a.yaml", "@/b.yaml"),
                                 &said),
                     0);
    simtest_expect(&said, "\"promised\":0,");
    simtest_expect(&said, "\"promised\":1,");
    tempdir_free(root);
}
END_TEST

/* Its cluster alone, for recorded jobs: the first of them is submitted when it was
 * saved, at 600, and an outage at 100 of theirs is 100 s behind that. */
START_TEST(test_cluster)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus\n"
                               "50,300,300,16\n";
    static const char outages[] = "time_s,node,state\n150,n1,down\n";
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_save_state(path);
    simtest_write(root, "w.csv", jobs);
    simtest_write(root, "o.csv", outages);
    ck_assert_int_eq(
        simtest_run(root, SIM("--snapshot", "@/saved", "-w", "@/w.csv"), &said), 0);
    simtest_expect(&said, "1 rows: 1 jobs, 0 broken, 0 never ran; 2 nodes\n");
    simtest_expect(&said, "\nwait, longest                                   0 s\n");
    simtest_expect(&said, "\nutilisation                                 100.0 %\n");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("--snapshot", "@/saved", "-w", "@/w.csv",
                                     "--outages", "@/o.csv"),
                                 &said),
                     0);
    simtest_expect(&said, "\nbegun anew                                        1\n");
    simtest_expect(&said, "\nhours lost by that                              0.4\n");
    tempdir_free(root);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/snapshot", (struct suite_row[]){{test_snapshot, 1},
                                                                  {test_sooner, 1},
                                                                  {test_ends, 1},
                                                                  {test_queue, 1},
                                                                  {test_cluster, 1},
                                                                  {NULL, 0}});
}
