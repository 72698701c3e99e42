/* What gantry logs does where no log can be had: nodes here have no log to give. What a
 * real node gives is shown by test_live.c. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define ERROR "gantry logs: error: "

/* A file of the directory, written so long after the cluster's beginning. */
static void put(const char *dir, const char *name, int64_t after_sec)
{
    AUTO_FREE char *path = tempdir_path(dir, name);
    const struct timespec times[2] = {{.tv_sec = APITEST_START_SEC + after_sec},
                                      {.tv_sec = APITEST_START_SEC + after_sec}};
    struct err err = ERR_INIT;

    ck_assert_int_eq(files_write(path, "printed\n", 8, 0600, &err), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void submit(struct clitest *t, const char *dir, const char *options)
{
    AUTO_FREE char *line =
        xasprintf("sbatch -Q -J my/job %s -D %s --wrap x", options, dir);

    clitest_expect(t, line, 0, "", "");
    ctltest_settle(t->ctl);
}

static const struct {
    const char *options, *file; /* NULL: none */
    int64_t after_sec;
    const char *line;
    bool shown;
} files[] = {
    {"-o out-%j", "out-1", 60, "gantry logs 1", true},
    {"-o out-%j", NULL, 0, "gantry logs 1", false},
    {"-o out-%j", "out-1", -60, "gantry logs 1", false}, /* of another job 1 */
    {"-o out-%j", "out-1", 60, "gantry logs --rank=1 1", false},
    {"", "slurm-1.out", 60, "gantry logs 1", true},
    {"-o %x.%N.%4j.%u", "my_job.n1.0001.alice", 60, "gantry logs 1", true},
};

START_TEST(test_file)
{
    struct clitest *t = clitest_new();
    char *dir = tempdir_new();

    submit(t, dir, files[_i].options);
    if (files[_i].file)
        put(dir, files[_i].file, files[_i].after_sec);
    clitest_expect(t, files[_i].line, files[_i].shown ? 0 : 1,
                   files[_i].shown ? "printed\n" : "",
                   files[_i].shown ? "" : ERROR "*");
    tempdir_free(dir);
    clitest_free(t);
}
END_TEST

/* The job is named by its object, too; its end ends what is followed. */
struct ending {
    struct clitest *t;
    char *name, *path;
};

static void end_job(void *arg)
{
    struct ending *e = arg;
    FILE *f = fopen(e->path, "a");

    fputs("more\n", f);
    fclose(f);
    ctltest_end(e->t->ctl, e->name, 0, 0);
}

START_TEST(test_follow)
{
    struct clitest *t = clitest_new();
    char *dir = tempdir_new();
    struct ending e = {.t = t, .path = tempdir_path(dir, "out")};
    const struct json *jobs;

    submit(t, dir, "-o out");
    put(dir, "out", 60);
    clitest_count(t, "batchjobs", &jobs);
    e.name = xstrdup(json_str(json_item(jobs, 0), "metadata.name"));
    struct loop_timer *timer = loop_timer_new(t->ctl->api->loop, end_job, &e);
    loop_timer_start(timer, 600000);
    AUTO_FREE char *line = xasprintf("gantry logs -f %s", e.name);
    clitest_expect(t, line, 0, "printed\nmore\n", "");
    loop_timer_free(timer);
    free(e.name);
    free(e.path);
    tempdir_free(dir);
    clitest_free(t);
}
END_TEST

/* Ranks of components begin where those of the one before end: by the node that would
 * have the log. */
static const struct {
    const char *line, *node, *err;
} components[] = {
    {"gantry logs 1", "n1", NULL},
    {"gantry logs 1+0", "n1", NULL},
    {"gantry logs 1+1", "n3", NULL},
    {"gantry logs 2", "n3", NULL},
    {"gantry logs --rank=1 1+1", "n4", NULL},
    {"gantry logs --rank=1 1+0", "n2", NULL},
    {"gantry logs 1+2", NULL, ERROR "job 1 has no such component\n"},
    {"gantry logs 3", NULL, ERROR "there is no job 3\n"},
};

START_TEST(test_component)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -Q -J a -D /tmp -N 2 --exclusive : -N 2 --wrap x", 0, "",
                   "");
    ctltest_settle(t->ctl);
    clitest_expect(t, components[_i].line, 1, "", components[_i].err);
    if (components[_i].node) {
        AUTO_FREE char *said =
            xasprintf("node \"%s\" serves no logs", components[_i].node);
        ck_assert_msg(strstr(t->err, said) != NULL, "%s: %s", components[_i].line,
                      t->err);
    }
    clitest_free(t);
}
END_TEST

static const struct {
    const char *line, *err;
} refusals[] = {
    {"gantry logs", ERROR "no job named: gantry logs JOB_ID\n"},
    {"gantry logs 1 2", ERROR "more than one job named\n"},
    {"gantry logs 7", ERROR "there is no job 7\n"},
    {"gantry logs nosuch", ERROR "batchjobs.gantry.dev \"nosuch\" not found\n"},
    {"gantry logs --rank=-1 1", ERROR "--rank: -1 is not within 0 to 1000000\n"},
    {"gantry logs 1",
     ERROR "the job has not started: PENDING (JobHeldUser); --follow waits for it\n"},
};

START_TEST(test_refusal)
{
    struct clitest *t = clitest_new();

    submit(t, "/tmp", "-H");
    clitest_expect(t, refusals[_i].line, 1, "", refusals[_i].err);
    clitest_free(t);
}
END_TEST

/* Who may not see partitions may read logs. */
START_TEST(test_no_partitions)
{
    struct clitest *t = clitest_new();

    submit(t, "/tmp", "-H");
    spy_spoil(t->spy, &(struct spy_rule){"GET", "/partitions", SPY_REFUSE, 403,
                                         "Forbidden", "no", SPY_ALWAYS});
    clitest_expect(t, "gantry logs 7", 1, "", ERROR "there is no job 7\n");
    clitest_free(t);
}
END_TEST

/* Waited for, and deleted meanwhile. */
static void delete_job(void *arg)
{
    struct ending *e = arg;
    AUTO_FREE char *path =
        xasprintf("/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/%s", e->name);

    ck_assert_int_eq(apitest_request(e->t->ctl->api, "DELETE", path, NULL), 200);
}

START_TEST(test_deleted)
{
    struct clitest *t = clitest_new();
    struct ending e = {.t = t};
    const struct json *jobs;

    submit(t, "/tmp", "-H");
    clitest_count(t, "batchjobs", &jobs);
    e.name = xstrdup(json_str(json_item(jobs, 0), "metadata.name"));
    struct loop_timer *timer = loop_timer_new(t->ctl->api->loop, delete_job, &e);
    loop_timer_start(timer, 3600000);
    clitest_expect(t, "gantry logs -f 1", 1, "",
                   "gantry logs: waiting for the job to start\n" ERROR
                   "the job was deleted\n");
    loop_timer_free(timer);
    free(e.name);
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/logs", (struct suite_row[]){
                                         {test_file, ARRAY_LEN(files)},
                                         {test_follow, 1},
                                         {test_component, ARRAY_LEN(components)},
                                         {test_refusal, ARRAY_LEN(refusals)},
                                         {test_no_partitions, 1},
                                         {test_deleted, 1},
                                         {NULL, 0},
                                     });
}
