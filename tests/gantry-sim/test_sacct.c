/* Workloads that sacct printed. */
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/workload.h"
#include "scheduler/model.h"
#include "tests/support/simtest.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define HEAD "JobID|State|Submit|Elapsed|Timelimit|ReqTRES\n"
#define GIB (INT64_C(1) << 30)

static void note(void *arg, size_t row, const char *what)
{
    str_addf(arg, "%zu: %s\n", row, what);
}

/* Of arrays with indices below 11. */
static int read_text(const char *text, struct workload *ret, struct str *complaints,
                     struct err *err)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "w");
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, err), 0);
    const struct workload_file file = {path, 11, note, complaints};
    int rc = workload_read(ret, &file, err);
    tempdir_free(dir);
    return rc;
}

/* ---- a job as it is read ---- */

static const struct {
    const char *name, *text;
    int64_t run_sec, limit_sec, nodes, gpus, cpu_milli, mem_bytes;
    const char *types; /* NULL: any */
} good[] = {
    {"what was asked for, with times in words",
     HEAD "7|COMPLETED|1970-01-01T00:01:00|1-00:00:10|2-00:00:00|"
          "billing=96,cpu=96,gres/gpu:a100=16,gres/gpu=16,mem=2T,node=2\n",
     86410, 172800, 2, 16, 96000, 2048 * GIB, "a100"},
    {"raw times; in whatever case; each line closed, as by sacct -p",
     "submit|ElapsedRaw|TIMELIMITRAW|ReqTRES|\n60|90|5|cpu=1,node=1|\n", 90, 300, 1, 0,
     1000, 0, NULL},
    {"what it had, where nobody knows what it asked for",
     "Submit|Elapsed|AllocTRES|ReqTRES\n60|00:01:00|cpu=2,mem=1G,node=1|\n", 60,
     LIMIT_UNSET, 1, 0, 2000, GIB, NULL},
    {"GPUs of several types alone",
     HEAD "7|FAILED|60|00:00:05|Partition_Limit|gres/gpu:a100=2,gres/gpu:h100=1\n", 5,
     LIMIT_UNSET, 0, 3, 0, 0, "a100|h100"},
    {"one that still runs goes on to its limit",
     HEAD "7|RUNNING|60|00:10:00|01:00:00|cpu=1\n", RUN_TO_LIMIT, 3600, 0, 0, 1000, 0,
     NULL},
    {"an unlimited one has no limit", HEAD "7|TIMEOUT|60|00:10:00|UNLIMITED|cpu=1\n",
     600, LIMIT_UNLIMITED, 0, 0, 1000, 0, NULL},
    {"so has one whose raw limit is a word",
     "Submit|ElapsedRaw|TimelimitRaw|ReqTRES\n60|90|UNLIMITED|cpu=1\n", 90,
     LIMIT_UNLIMITED, 0, 0, 1000, 0, NULL},
    {"a number beyond all limits is the longest one",
     "Submit|ElapsedRaw|TimelimitRaw|ReqTRES\n60|90|999999999|cpu=1\n", 90,
     DURATION_MAX, 0, 0, 1000, 0, NULL},
    {"steps are of a job that has a row",
     HEAD "7.batch|COMPLETED||||\n7|COMPLETED|60|00:00:01||cpu=1\n"
          "7.0|COMPLETED|oops|oops||\n",
     1, LIMIT_UNSET, 0, 0, 1000, 0, NULL},
};

START_TEST(test_good)
{
    struct err err = ERR_INIT;
    struct workload w;
    STR_AUTO struct str complaints;
    str_init(&complaints, 4096);
    int rc = read_text(good[_i].text, &w, &complaints, &err);
    ck_assert_msg(rc == 0 && complaints.len == 0, "%s: %s%s", good[_i].name, err.msg,
                  complaints.s);
    ck_assert_msg(w.n == 1 && w.n_rows == 1, "%s: %zu jobs of %zu rows", good[_i].name,
                  w.n, w.n_rows);
    const struct work *job = &w.jobs[0];
    ck_assert_msg(job->submit_sec == 60 && job->run_sec == good[_i].run_sec &&
                      job->limit_sec == good[_i].limit_sec,
                  "%s: its times", good[_i].name);
    ck_assert_msg(job->nodes == good[_i].nodes && job->gpus == good[_i].gpus &&
                      job->cpu_milli == good[_i].cpu_milli &&
                      job->mem_bytes == good[_i].mem_bytes &&
                      str_eq(job->gpu_types, good[_i].types),
                  "%s: its TRES", good[_i].name);
    workload_fini(&w);
}
END_TEST

/* Who it is of, and what it waits for; a name may have quotes and commas. */
START_TEST(test_words)
{
    struct err err = ERR_INIT;
    struct workload w;
    STR_AUTO struct str complaints;
    str_init(&complaints, 4096);
    ck_assert_int_eq(
        read_text("Submit|Eligible|Elapsed|ReqTRES|User|Account|Partition|QOS|JobName|"
                  "Constraints|Licenses|Reservation|Mood\n"
                  "60|1970-01-01T01:00:00|00:01:00|cpu=1|ann|red|a,b|high|my \"x\", y|"
                  "ib|matlab:2|r1,r2|fine\n",
                  &w, &complaints, &err),
        0);
    const struct work *job = &w.jobs[0];
    ck_assert_str_eq(job->user, "ann");
    ck_assert_str_eq(job->account, "red");
    ck_assert_str_eq(job->partition, "a|b");
    ck_assert_str_eq(job->qos, "high");
    ck_assert_str_eq(job->reservation, "r1|r2");
    ck_assert_str_eq(job->like->job_name, "my \"x\", y");
    ck_assert_str_eq(job->like->constraint, "ib");
    ck_assert_uint_eq(job->like->n_licenses, 1);
    ck_assert_int_eq(job->like->eligible_sec, 3600);
    ck_assert_str_eq(w.passed_over, "Mood");
    workload_fini(&w);
}
END_TEST

/* ---- one that nothing ends ---- */

/* Job 2 runs to the end of the replay, so job 3, for both nodes, never starts. */
START_TEST(test_unlimited)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "w",
                  HEAD "1|COMPLETED|10|01:00:00|UNLIMITED|cpu=4\n"
                       "2|RUNNING|10|01:00:00|UNLIMITED|cpu=4\n"
                       "3|PENDING|10|00:00:00|UNLIMITED|cpu=128,node=2\n");
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w", "-N2", "--cpus", "64", "--json"), &said), 0);
    simtest_expect(&said, "\"completed\":1,");
    simtest_expect(&said, "\"running\":1,");
    simtest_expect(&said, "\"neverStarted\":1,");
    simtest_expect(&said, "\"spanSec\":3600,");
    tempdir_free(root);
}
END_TEST

/* ---- rows that make no sense, or no job ---- */

START_TEST(test_rows)
{
    struct err err = ERR_INIT;
    struct workload w;
    STR_AUTO struct str complaints;
    str_init(&complaints, 4096);
    ck_assert_int_eq(read_text(HEAD "1|CANCELLED by 0|60|00:00:00|1:00|cpu=1\n"
                                    "2|COMPLETED|yesterday|00:01:00|1:00|cpu=1\n"
                                    "3|COMPLETED|60|00:01:00|1:00\n"
                                    "4|COMPLETED|60|00:01:00|1:00|cpu\n"
                                    "5|COMPLETED|60|00:01:00|1:00|mem=much\n"
                                    "6|COMPLETED||00:01:00|1:00|cpu=1\n"
                                    "7|COMPLETED|60|00:01:00|1:00|\n"
                                    "8_[1-2,12]|PENDING|60|00:00:00|1:00|cpu=1\n"
                                    "9_[1-3%2]|PENDING|60|00:00:00|1:00|cpu=1\n"
                                    "10|CANCELLED by 7|60|00:01:00|1:00|cpu=1\n",
                               &w, &complaints, &err),
                     0);
    ck_assert_uint_eq(w.n_rows, 10);
    ck_assert_uint_eq(w.n_idle, 1);
    ck_assert_uint_eq(w.n_broken, 7);
    ck_assert_uint_eq(w.n, 4); /* three tasks, and who ran before it was cancelled */
    ck_assert_uint_eq(w.n_records, 1);
    ck_assert_msg(strstr(complaints.s, "3: Submit: ") &&
                      strstr(complaints.s, "4: 5 fields; the first line has 6\n") &&
                      strstr(complaints.s, "5: TRES: \"cpu\" is no TRES") &&
                      strstr(complaints.s, "6: TRES: mem: ") &&
                      strstr(complaints.s, "7: there is no time of submission\n") &&
                      strstr(complaints.s, "8: it asks for no GPUs, no CPUs and no ") &&
                      strstr(complaints.s, "9: JobID: "),
                  "%s", complaints.s);
    workload_fini(&w);
}
END_TEST

static const struct {
    const char *text, *lacks;
} no_workload[] = {
    {"JobID|JobName|Partition|Account|AllocCPUS|State|ExitCode\n", "Submit"},
    {"JobID|Submit|ReqTRES\n", "Elapsed"},
    {"Submit|Elapsed|NCPUS\n", "ReqTRES"},
};

START_TEST(test_no_workload)
{
    struct err err = ERR_INIT;
    struct workload w;
    STR_AUTO struct str complaints;
    str_init(&complaints, 4096);
    AUTO_FREE char *said = xasprintf(
        "its first line lacks %s; print it with sacct -aPXo ", no_workload[_i].lacks);
    ck_assert_int_eq(read_text(no_workload[_i].text, &w, &complaints, &err), -1);
    ck_assert_msg(strstr(err.msg, said) != NULL, "%s", err.msg);
    workload_fini(&w);
}
END_TEST

/* Of two columns of one name nobody knows which is meant. */
START_TEST(test_second)
{
    struct err err = ERR_INIT;
    struct workload w;
    STR_AUTO struct str complaints;
    str_init(&complaints, 4096);
    ck_assert_int_eq(read_text("Submit|Elapsed|ReqTRES|User|Account|user\n"
                               "60|00:01:00|cpu=1|ann|red|bob\n",
                               &w, &complaints, &err),
                     -1);
    ck_assert_msg(str_ends(err.msg, "/w: a second column for what user says"), "%s",
                  err.msg);
    workload_fini(&w);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/sacct",
                      (struct suite_row[]){{test_good, ARRAY_LEN(good)},
                                           {test_words, 1},
                                           {test_unlimited, 1},
                                           {test_rows, 1},
                                           {test_no_workload, ARRAY_LEN(no_workload)},
                                           {test_second, 1},
                                           {NULL, 0}});
}
