#include "cmd/gantry-sim/saved.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/figures.h"
#include "crds/snapshot.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define SNAPSHOT_MAX (1u << 20)
#define NOW 600

/* ---- a snapshot of a cluster that is written as text, and its replay ---- */

struct stand {
    struct pool pool;
    struct workload load;
    struct saved saved;
    struct replay replay;
    struct history h;
};

static char *save(const char *dir, const char *cluster)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    struct restable res;
    struct err err = ERR_INIT;
    char *path = tempdir_path(dir, "saved");
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_MAX);
    restable_init(&res);
    cluster_text_apply(s, &res, cluster);
    snapshot_write(s, NOW, &text);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    sched_free(s);
    return path;
}

static int stand_read(struct stand *s, const char *cluster, struct err *err)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = save(dir, cluster);
    *s = (struct stand){.h = {.n = 0}};
    pool_init(&s->pool);
    int rc = saved_read(path, &s->pool, &s->load, &s->saved, err);
    tempdir_free(dir);
    return rc;
}

static void stand_run(struct stand *s)
{
    struct err err = ERR_INIT;
    s->replay =
        (struct replay){.pool = &s->pool, .load = &s->load, .config = &s->saved.config};
    ck_assert_msg(engine_run(&s->replay, &s->h, &err) == 0, "%s", err.msg);
}

static void stand_fini(struct stand *s)
{
    history_fini(&s->h);
    workload_fini(&s->load);
    pool_fini(&s->pool);
}

/* "9 completed 600-3600": number, or array's number and task; fate; its last run. */
static void write_tale(const struct stand *s, size_t i, struct str *out)
{
    static const char *const fates[] = {
        [FATE_UNSEEN] = "unseen",   [FATE_WAITS] = "waits",
        [FATE_RUNS] = "runs",       [FATE_COMPLETED] = "completed",
        [FATE_TIMEOUT] = "timeout", [FATE_PREEMPTED] = "preempted",
        [FATE_LOST] = "lost",       [FATE_GIVEN_UP] = "given up",
        [FATE_REFUSED] = "refused"};
    const struct job *job = s->load.jobs[i].like;
    const struct tale *t = &s->h.tales[i];
    if (job->array_id != 0)
        str_addf(out, "%ld_%ld", job->array_id, job->array_task);
    else
        str_addf(out, "%ld", job->job_id);
    str_addf(out, " %s", fates[t->fate]);
    if (t->start_sec != TIME_UNSET)
        str_addf(out, " %ld", t->start_sec);
    if (t->end_sec != TIME_UNSET)
        str_addf(out, "-%ld", t->end_sec);
    str_addc(out, '\n');
}

/* Limits are in minutes; all is submitted at 0 and saved at 600. */
static const struct {
    const char *name, *cluster, *want;
} cases[] = {
    {"who runs ends at its limit, who waits runs to its own",
     "node n[1-2] cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
     "job 1 nodes=2 cpu=8 time=60\n"
     "job 2 cpu=8 time=30\n"
     "job 3 cpu=9\n",
     "1 completed 3600-7200\n2 completed 600-2400\n3 waits\n9 completed 600-3600\n"},
    {"a component ends at its own limit, and its job goes on",
     "node n[1-2] cpu=8\npartition batch default\n"
     "job 1 nodes=1 cpu=8 time=60 : nodes=1 cpu=8 time=10\n"
     "job 11 nodes=1 cpu=8 time=20\n",
     "1 completed 600-4200\n11 completed 1200-2400\n"},
    {"one that has ended already holds nothing",
     "node n[1-2] cpu=8\npartition batch default\n"
     "job 1 nodes=1 cpu=8 time=60 state=running start=0 in=batch on=n1 : nodes=1 cpu=8 "
     "time=5 on=n2 end=300 gone\n"
     "job 11 nodes=1 cpu=8 time=20\n",
     "1 completed 600-3600\n11 completed 600-1800\n"},
    {"who has no limit runs to the end, and so does who runs after it",
     "node n[1-2] cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1\n"
     "job 1 cpu=8 time=10\n"
     "job 2 cpu=8\n",
     "1 completed 600-1200\n2 runs 1200\n9 runs 600\n"},
    {"who is past its limit ends at once; a held job waits on",
     "node n1 cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1 time=5\n"
     "job 1 cpu=8 time=10 hold=user\n"
     "job 2 cpu=8 time=10\n",
     "1 waits\n2 completed 600-1200\n9 timeout 600-600\n"},
    {"pods of others stay; those left of a job that is gone do not",
     "node n1 cpu=8\npartition batch default\n"
     "pod web on=n1 cpu=4\npod rest on=n1 cpu=4 ofjob\n"
     "job 1 cpu=4 time=10\njob 2 cpu=5 time=10\n",
     "1 completed 600-1200\n2 waits\n"},
    {"tasks wait for those of another array, each alone",
     "node n[1-2] cpu=8\npartition batch default\n"
     "job 5 cpu=8 tasks=0-1 tasklimit=1 time=10\n"
     "job 6 cpu=8 tasks=0-1 time=20 depend=aftercorr:5\n",
     "5_0 completed 600-1200\n5_1 completed 1200-1800\n"
     "6_0 completed 1200-2400\n6_1 completed 1800-3000\n"},
    {"an array that waits in vain is given up, each of its tasks",
     "node n1 cpu=8\npartition batch default\n"
     "job 3 state=ended failed\n"
     "job 4 cpu=8 tasks=0-1 time=10 depend=afterok:3 hopeless=ends\n"
     "job 5 cpu=8 time=10 depend=afternotok:4\n",
     "4_0 given up\n4_1 given up\n5 completed 600-1200\n"},
    {"a task that is starting has no number yet",
     "node n1 cpu=8\npartition batch default\n"
     "job 5 cpu=8 tasks=1 out=0 time=10\n"
     "job 6 id=0 cpu=8 taskof=5 task=0 state=starting start=300 in=batch on=n1"
     " time=10\n",
     "5_0 completed 600-900\n5_1 completed 900-1500\n"},
    {"an array is its tasks, so many at a time; who waits for all of it comes last",
     "node n[1-4] cpu=8\npartition batch default\n"
     "job 5 cpu=8 tasks=1-3 out=0 tasklimit=2 time=10\n"
     "job 6 cpu=8 taskof=5 task=0 tasklimit=2 state=running start=300 in=batch on=n1"
     " time=10\n"
     "job 7 cpu=8 depend=afterok:5 time=10\n",
     "5_0 completed 600-900\n5_1 completed 600-1200\n5_2 completed 900-1500\n"
     "5_3 completed 1200-1800\n7 completed 1800-2400\n"},
    {"what can never be waited for is given up; who ends well lets others start",
     "node n1 cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1 time=20\n"
     "job 1 cpu=8 time=10 depend=afternotok:9 hopeless=ends\n"
     "job 2 cpu=8 time=10 depend=afterok:9\n"
     "job 3 state=ended failed\n"
     "job 4 cpu=8 time=10 depend=afternotok:3\n",
     "1 given up\n2 completed 1800-2400\n4 completed 1200-1800\n9 completed "
     "600-1200\n"},
    {"who is to end for another job does, and is over",
     "node n1 cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60 preemptedby=1"
     " preemptend=900\n"
     "job 1 cpu=8 time=10 priority=9\n",
     "1 completed 900-1500\n9 preempted 600-900\n"},
    {"where settings say so it goes back to the queue, but not if it may not",
     "node n[1-2] cpu=8\npartition batch default preemptmode=REQUEUE\n"
     "job 8 cpu=8 state=running start=0 in=batch on=n2 time=60 preemptedby=1"
     " preemptend=900 norequeue\n"
     "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60 preemptedby=1"
     " preemptend=900\n"
     "job 1 nodes=2 cpu=8 time=10 priority=9\n",
     "1 completed 900-1500\n8 preempted 600-900\n9 completed 1500-5100\n"},
    {"a reservation goes when nobody has needed it for so long since it was saved",
     "node n[1-2] cpu=8\npartition batch default\n"
     "reservation a start=0 end=9000 nodes=n1 purge=300\n"
     "reservation b start=0 end=9000 nodes=n2 purge=300\n"
     "job 9 cpu=8 reservation=a state=running start=0 in=batch inreservation=a on=n1"
     " time=20\n"
     "job 1 nodes=1 cpu=8 time=30\n"
     "job 2 nodes=1 cpu=8 time=60\n",
     "1 completed 900-2700\n2 completed 1500-5100\n9 completed 600-1200\n"},
    {"a completing job holds nothing",
     "node n1 cpu=8\npartition batch default\n"
     "job 9 cpu=8 state=completing start=0 in=batch on=n1 time=60\n"
     "job 1 cpu=8 time=10\n",
     "1 completed 600-1200\n"},
};

static int by_number(const void *left, const void *right)
{
    const struct work *a = left, *b = right;
    const struct job *x = a->like, *y = b->like;
    int64_t i = x->array_id != 0 ? x->array_id : x->job_id;
    int64_t k = y->array_id != 0 ? y->array_id : y->job_id;
    if (i != k)
        return i < k ? -1 : 1;
    return x->array_task < y->array_task ? -1 : x->array_task > y->array_task;
}

START_TEST(test_cases)
{
    struct stand s;
    struct figures f;
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    str_init(&out, 1 << 16);
    ck_assert_msg(stand_read(&s, cases[_i].cluster, &err) == 0, "%s", err.msg);
    qsort(s.load.jobs, s.load.n, sizeof(*s.load.jobs), by_number);
    stand_run(&s);
    for (size_t i = 0; i < s.h.n; i++)
        write_tale(&s, i, &out);
    ck_assert_msg(strcmp(out.s, cases[_i].want) == 0, "%s:\n%s\nnot\n%s",
                  cases[_i].name, out.s, cases[_i].want);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_int_eq(f.jobs, f.completed + f.timeouts + f.cancelled + f.lost +
                                 f.given_up + f.refused + f.running + f.never_started);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* Who ran before has waited for no policy of ours, and is charged from now on. */
START_TEST(test_figures)
{
    struct stand s;
    struct figures f;
    struct err err = ERR_INIT;
    ck_assert_msg(stand_read(&s, cases[0].cluster, &err) == 0, "%s", err.msg);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_double_eq(f.wait_max, 3600);
    ck_assert_double_eq(f.wait_mean, (3600 + 600) / 2.0);
    ck_assert_double_eq_tol(f.cpu_hours, 8 * (3000 + 2 * 3600 + 1800) / 3600.0, 1e-9);
    ck_assert_int_eq(f.span_sec, 7200 - NOW);
    ck_assert_int_eq(f.promised, 1);
    ck_assert_int_eq(f.broken, 0);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* n1 is lost: job 9 may not go back to the queue, job 8 does. */
START_TEST(test_lost)
{
    struct outage outages[] = {{900, 0, false}, {1000, 0, true}};
    struct stand s;
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    str_init(&out, 1 << 16);
    ck_assert_msg(stand_read(&s,
                             "node n1 cpu=8\npartition batch default\n"
                             "job 9 cpu=4 state=running start=0 in=batch on=n1 time=60"
                             " norequeue\n"
                             "job 8 cpu=4 state=running start=0 in=batch on=n1"
                             " time=60\n",
                             &err) == 0,
                  "%s", err.msg);
    qsort(s.load.jobs, s.load.n, sizeof(*s.load.jobs), by_number);
    s.replay = (struct replay){.pool = &s.pool,
                               .load = &s.load,
                               .config = &s.saved.config,
                               .outages = outages,
                               .n_outages = 2};
    ck_assert_msg(engine_run(&s.replay, &s.h, &err) == 0, "%s", err.msg);
    for (size_t i = 0; i < s.h.n; i++)
        write_tale(&s, i, &out);
    ck_assert_str_eq(out.s, "8 completed 1000-4600\n9 lost 600-900\n");
    stand_fini(&s);
}
END_TEST

/* Who names no account is charged to the one that is the user's by default. */
START_TEST(test_account)
{
    struct stand s;
    struct figures f;
    struct err err = ERR_INIT;
    ck_assert_msg(stand_read(&s,
                             "node n1 cpu=8\npartition batch default\n"
                             "account optics users=ann,bob\naccount lasers users=bob\n"
                             "job 9 user=ann cpu=4 state=running start=0 in=batch on=n1"
                             " time=60\n"
                             "job 1 user=bob account=lasers cpu=4 time=10\n"
                             "job 2 user=ann cpu=8 time=10\n"
                             "job 3 user=ann cpu=9 time=10\n",
                             &err) == 0,
                  "%s", err.msg);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_uint_eq(f.n_charges, 2);
    ck_assert_str_eq(f.charges[0].account, "lasers");
    ck_assert_str_eq(f.charges[1].account, "optics");
    ck_assert_int_eq(f.charges[1].jobs, 3);
    ck_assert_double_eq_tol(f.charges[1].cpu_hours, (4 * 3000 + 8 * 600) / 3600.0,
                            1e-9);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

START_TEST(test_empty)
{
    struct stand s;
    struct err err = ERR_INIT;
    ck_assert_int_eq(stand_read(&s, "partition batch default\n", &err), -1);
    ck_assert(str_ends(err.msg, "/saved: there is no node in it"));
    stand_fini(&s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/saved",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)},
                                           {test_figures, 1},
                                           {test_lost, 1},
                                           {test_account, 1},
                                           {test_empty, 1},
                                           {NULL, 0}});
}
