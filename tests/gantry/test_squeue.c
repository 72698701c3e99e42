/* squeue against golden sessions, tests/gantry/golden/squeue*.txt, whose layout was
 * compared with Slurm's. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

static void submit(struct clitest *t, const char *name, const char *spec)
{
    ctltest_submit(t->ctl, name, spec);
    ctltest_settle(t->ctl);
}

/* Jobs 1 to 9 in all kinds of states, ten minutes after the first. */
static struct clitest *queue_new(void)
{
    struct clitest *t = clitest_new();

    submit(t, "train",
           "'nodes':2,'priority':300,'gpusPerNode':'h100:4','cpusPerTask':4,"
           "'memPerNode':'8G','timeLimit':'1:00:00','user':'alice'");
    submit(t, "done", "'priority':200,'timeLimit':'10','user':'bob'");
    submit(t, "broken", "'priority':200,'timeLimit':'1-00:00:00','user':'bob'");
    submit(t, "endless",
           "'priority':200,'jobName':'a long name','nice':5,'user':'alice',"
           "'comment':'hi there','nodeList':'n4'");
    submit(t, "big",
           "'nodes':3,'exclusive':true,'exclude':'n4','timeLimit':'2:00:00','priority':"
           "900,"
           "'user':'alice'");
    submit(t, "held", "'hold':'User','user':'alice'");
    submit(t, "later",
           "'begin':'now+1hour','priority':700,'timeLimit':'30','user':'carol'");
    submit(t, "toolarge", "'nodes':'5-6','priority':500,'user':'carol'");
    submit(t, "gone", "'priority':200,'timeLimit':'10','user':'bob'");
    ctltest_advance(t->ctl, 90);
    ctltest_end(t->ctl, "done", 0, 0);
    ctltest_end(t->ctl, "broken", 0, 3);
    ctltest_settle(t->ctl);
    ctltest_act(t->ctl, "gone", "1", "Cancel");
    ctltest_settle(t->ctl);
    ctltest_reap(t->ctl);
    ctltest_advance(t->ctl, 510);
    return t;
}

static const char *const sessions[] = {"squeue.txt", "squeue_columns.txt",
                                       "squeue_wrong.txt"};

START_TEST(test_session)
{
    AUTO_FREE char *path = xasprintf(GOLDEN "%s", sessions[_i]);
    struct clitest *t = queue_new();

    session_play(t, path);
    clitest_free(t);
}
END_TEST

/* An account and a QOS that a job has by default are shown, and found. */
START_TEST(test_defaults)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "QOS", "normal", "'priority':10");
    ctltest_make(t->ctl, "Account", "physics", "'members':[{'user':'ann'}]");
    submit(t, "a", "'user':'ann'");
    clitest_expect(t, "squeue -h -o '%i %a %q'", 0, "1 physics normal\n", "");
    clitest_expect(t, "squeue -h -o %i -A physics -q normal", 0, "1\n", "");
    clitest_free(t);
}
END_TEST

/* What a job still waits for, with Slurm's words for it; what is met is not shown. */
START_TEST(test_dependency)
{
    struct clitest *t = clitest_new();
    submit(t, "first", "");
    submit(t, "one", "'dependency':'after:1,afterok:1,afternotok:1'");
    submit(t, "two", "'dependency':'after:1'");
    clitest_expect(t, "squeue -h -S i -o '%i %r %E'", 0,
                   "1 None (null)\n"
                   "2 Dependency afterok:1(unfulfilled),afternotok:1(unfulfilled)\n"
                   "3 None (null)\n",
                   "");
    clitest_free(t);
}
END_TEST

/* Few switches, and how long the job waits for them: what was asked for. */
START_TEST(test_switches)
{
    struct clitest *t = clitest_new();

    submit(t, "few", "'switches':'1@10:00'");
    submit(t, "two", "'switches':'2'");
    submit(t, "any", "");
    clitest_expect(t, "squeue -h -S i -O jobid:2,reqswitch:2,wait4switch:8", 0,
                   "1 1 00:10:00\n"
                   "2 2 00:00:00\n"
                   "3 0 00:00:00\n",
                   "");
    ck_assert_int_eq(clitest_run(t, "scontrol -o show job"), 0);
    ck_assert_ptr_nonnull(strstr(t->out, " Switches=1@00:10:00"));
    ck_assert_ptr_nonnull(strstr(t->out, " Switches=2"));
    clitest_free(t);
}
END_TEST

/* The environment gives what the line does not. */
static const struct {
    const char *name, *value, *line, *out;
} environment[] = {
    {"SQUEUE_FORMAT", "%i", "squeue -h -u carol", "7\n8\n"},
    {"SQUEUE_FORMAT", "%i", "squeue -h -u carol -o %j", "later\ntoolarge\n"},
    {"SQUEUE_FORMAT", "%i", "squeue -h -j 7 -O name:6", "later \n"},
    {"SQUEUE_FORMAT2", "jobid:3", "squeue -h -u carol", "7  \n8  \n"},
    {"SQUEUE_FORMAT2", "jobid:3", "squeue -h -u carol -o %j", "later\ntoolarge\n"},
    {"SQUEUE_FORMAT", "%i", "squeue -h -l -j 7",
     "                 7      main    later    carol  PENDING       0:00     30:00     "
     " "
     "1 (BeginTime)\n"},
    {"SQUEUE_STATES", "F,CD", "squeue -h -o %i", "2\n3\n"},
    {"SQUEUE_STATES", "F,CD", "squeue -h -o %i -t CA", "9\n"},
    {"SQUEUE_USERS", "bob", "squeue -h -t all -o %i -S i", "2\n3\n9\n"},
    {"SQUEUE_SORT", "-i", "squeue -h -u carol -o %i", "8\n7\n"},
    {"SLURM_TIME_FORMAT", "%H", "squeue -h -j 7 -o %V", "08\n"},
};

START_TEST(test_environment)
{
    struct clitest *t = queue_new();

    clitest_setenv(t, environment[_i].name, environment[_i].value);
    clitest_expect(t, environment[_i].line, 0, environment[_i].out, "");
    clitest_free(t);
}
END_TEST

/* --me is the name that the server knows the caller by. */
START_TEST(test_me)
{
    struct clitest *t = queue_new();

    clitest_expect(t, "squeue --me -h -o %i -S i", 0, "1\n4\n5\n6\n", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_json)
{
    struct clitest *t = queue_new();
    struct err err = ERR_INIT;

    ck_assert_int_eq(clitest_run(t, "squeue --json -u bob"), 0);
    JSON_AUTO struct json *doc = json_parse_str(t->out, &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    apitest_expect_in(doc, "squeue --json",
                      "jobs#3|jobs.2.job_id=3|jobs.2.job_state.0=FAILED|"
                      "jobs.2.exit_code.return_code.number=3|"
                      "jobs.2.exit_code.status.0=ERROR|jobs.2.time_limit.number=1440|"
                      "errors#0|meta.slurm.cluster=gantry");
    clitest_free(t);
}
END_TEST

/* ---- script jobs ---- */

static const struct {
    const char *spec, *line, *out;
} files[] = {
    {"'script':'#!/bin/sh','workDir':'/home/a'",
     "squeue -h -O batchflag:2,stdout:30,stderr:30,stdin",
     "1 /home/a/slurm-1.out           /home/a/slurm-1.out           /dev/null          "
     " "
     "\n"},
    {"'script':'#!/bin/sh','workDir':'/home/a','output':'%x-%4j-%u.%N','input':'in',"
     "'error':'/tmp/%%%A'",
     "squeue -h -O stdout:30,stderr:10,stdin:10,workdir:8",
     "/home/a/s-0001-alice.%N       /tmp/%1   /home/a/in/home/a \n"},
    {"'scriptFrom':{'configMapKeyRef':{'name':'c','key':'script'}},'workDir':'/w'",
     "squeue -h -O batchflag:2,stdout:15", "1 /w/slurm-1.out \n"},
};

START_TEST(test_files)
{
    struct clitest *t = clitest_new();
    AUTO_FREE char *body =
        xasprintf("{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':"
                  "{'name':'s'},'spec':{'user':'alice',%s}}",
                  files[_i].spec);

    ck_assert_msg(apitest_request(t->ctl->api, "POST",
                                  "/apis/gantry.dev/v1alpha1/namespaces/default/"
                                  "batchjobs",
                                  body) == 201,
                  "%s", t->ctl->api->text.s);
    ctltest_settle(t->ctl);
    clitest_expect(t, files[_i].line, 0, files[_i].out, "");
    clitest_free(t);
}
END_TEST

/* ---- lists longer than a page ---- */

START_TEST(test_many)
{
    enum { MANY = 4500 };
    struct clitest *t = clitest_new();
    int lines = 0;

    for (int i = 0; i < MANY; i++) {
        AUTO_FREE char *name = xasprintf("j%d", i);
        ctltest_submit(t->ctl, name, "'hold':'User'");
    }
    ctltest_advance(t->ctl, 60);
    ck_assert_int_eq(clitest_run(t, "squeue -h -o %i"), 0);
    for (const char *s = t->out; *s; s++)
        lines += *s == '\n';
    ck_assert_int_eq(lines, MANY);
    clitest_free(t);
}
END_TEST

/* ---- again and again ---- */

struct sink {
    size_t written, max;
    struct str said;
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t len)
{
    struct sink *s = cookie;

    if (s->said.len + len > s->max)
        return 0; /* an error, to stdio */
    str_addn(&s->said, bytes, len);
    return (ssize_t)len;
}

START_TEST(test_iterate)
{
    struct clitest *t = queue_new();
    struct sink sink = {.max = 160};
    char *args[] = {"squeue", "-i5", "-u", "carol", "-o", "%i %M", NULL};
    struct cli cli = {.program = "gantry",
                      .in = stdin,
                      .err = stderr,
                      .loop = t->ctl->api->loop,
                      .transport = t->spy};
    const int64_t start_sec = loop_now_sec(cli.loop);

    str_init(&sink.said, 4096);
    cli.out = fopencookie(&sink, "w", (cookie_io_functions_t){.write = sink_write});
    command_dispatch(&cli, 6, args);
    fclose(cli.out);
    ck_assert_str_eq(sink.said.s, "Fri Jan 15 08:10:06 2027\n"
                                  "JOBID TIME\n7 0:00\n8 0:00\n\n"
                                  "Fri Jan 15 08:10:11 2027\n"
                                  "JOBID TIME\n7 0:00\n8 0:00\n\n"
                                  "Fri Jan 15 08:10:16 2027\n"
                                  "JOBID TIME\n7 0:00\n8 0:00\n\n");
    ck_assert_int_eq(loop_now_sec(cli.loop) - start_sec, 15);
    str_fini(&sink.said);
    clitest_free(t);
}
END_TEST

/* ---- without a controller ---- */

START_TEST(test_no_number)
{
    struct clitest *t = clitest_new();

    ctltest_kill(t->ctl);
    ctltest_submit(t->ctl, "a", "");
    clitest_expect(t, "squeue -h", 0, "", "");
    ctltest_advance(t->ctl, 30);
    clitest_expect(t, "squeue -h", 0, "",
                   "squeue: 1 job waits for a number; is gantry-controller running?\n");
    ctltest_start(t->ctl);
    ctltest_settle(t->ctl);
    clitest_expect(t, "squeue -h -o %i", 0, "1\n", "");
    clitest_free(t);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return suite_main("gantry/squeue", (struct suite_row[]){
                                           {test_session, ARRAY_LEN(sessions)},
                                           {test_defaults, 1},
                                           {test_dependency, 1},
                                           {test_switches, 1},
                                           {test_environment, ARRAY_LEN(environment)},
                                           {test_me, 1},
                                           {test_json, 1},
                                           {test_files, ARRAY_LEN(files)},
                                           {test_many, 1},
                                           {test_iterate, 1},
                                           {test_no_number, 1},
                                           {NULL, 0},
                                       });
}
