/* Jobs that meet a partition in DRAIN or INACTIVE: which are taken in, what they are
 * told, and that a restart decides nothing anew. */
#include "cmd/gantry-controller/intake.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define CLOSED "Required partition not available (inactive or drain): "
#define AGAIN "; the job is queued when one takes jobs again"

/* ---- the decision ---- */

/* There are: up (the default), down, drain, inactive; drain-up, whose alternate is up,
 * and drain-twice, whose is drain-up; drain-lost, whose is nowhere; circle, whose is
 * itself. All of these are in state DRAIN. Reservation r is of partition down, s of
 * none. */
static const struct {
    const char *what;
    const char *asked; /* partitions; NULL: none */
    const char *reservations[2];
    bool no_default;
    enum job_state state; /* and what is persisted with it */
    const char *partition, *refused;
    bool started, unreadable, alternate;
    const char *queue, *refusal; /* what comes of it */
} cases[] = {
    {.what = "UP takes jobs", .asked = "up", .queue = "up"},
    {.what = "DOWN takes jobs", .asked = "down", .queue = "down"},
    {.what = "by default", .queue = "up"},
    {.what = "no default, none asked for", .no_default = true},
    {.what = "its reservation's", .reservations = {"r"}, .queue = "down"},
    {.what = "each reservation's", .reservations = {"s", "r"}, .queue = "up,down"},
    {.what = "no default, but a reservation's",
     .reservations = {"s", "r"},
     .no_default = true,
     .queue = "down"},
    {.what = "it names one itself",
     .asked = "up",
     .reservations = {"r"},
     .queue = "up"},
    {.what = "the core says that there is no such partition",
     .asked = "nowhere",
     .queue = "nowhere"},
    {.what = "DRAIN",
     .asked = "drain",
     .queue = "drain",
     .refusal = CLOSED "drain is in state DRAIN" AGAIN},
    {.what = "INACTIVE",
     .asked = "inactive",
     .queue = "inactive",
     .refusal = CLOSED "inactive is in state INACTIVE" AGAIN},
    {.what = "all of a list are closed",
     .asked = "drain,inactive",
     .queue = "drain,inactive",
     .refusal = CLOSED "drain is in state DRAIN, inactive is in state INACTIVE" AGAIN},
    {.what = "what is open of a list", .asked = "drain,up,inactive", .queue = "up"},
    {.what = "queued there: stays",
     .asked = "drain",
     .state = JOB_STATE_PENDING,
     .partition = "drain",
     .queue = "drain"},
    {.what = "queued there, in a list: stays in all",
     .asked = "up,drain",
     .state = JOB_STATE_PENDING,
     .partition = "up,drain",
     .queue = "up,drain"},
    {.what = "queued in one whose name begins alike",
     .asked = "drain",
     .state = JOB_STATE_PENDING,
     .partition = "drain2,drai",
     .queue = "drain",
     .refusal = CLOSED "drain is in state DRAIN" AGAIN},
    {.what = "moved there",
     .asked = "drain",
     .state = JOB_STATE_PENDING,
     .partition = "up",
     .queue = "drain",
     .refusal = CLOSED "drain is in state DRAIN" AGAIN},
    {.what = "refused before, and still",
     .asked = "drain",
     .state = JOB_STATE_PENDING,
     .partition = "drain",
     .refused = "for whatever reason",
     .queue = "drain",
     .refusal = CLOSED "drain is in state DRAIN" AGAIN},
    {.what = "refused before, open now",
     .asked = "up",
     .state = JOB_STATE_PENDING,
     .partition = "up",
     .refused = "for whatever reason",
     .queue = "up"},
    {.what = "ran there, and goes back to the queue",
     .asked = "up,drain",
     .state = JOB_STATE_COMPLETED,
     .partition = "drain",
     .queue = "up,drain"},
    {.what = "the alternate takes it",
     .asked = "drain-up",
     .queue = "up",
     .alternate = true},
    {.what = "the alternate's alternate",
     .asked = "drain-twice",
     .queue = "up",
     .alternate = true},
    {.what = "the alternate was asked for, too", .asked = "up,drain-up", .queue = "up"},
    {.what = "the alternate does not exist",
     .asked = "drain-lost",
     .queue = "drain-lost",
     .refusal = CLOSED "drain-lost is in state DRAIN" AGAIN},
    {.what = "alternates in a circle",
     .asked = "circle",
     .queue = "circle",
     .refusal = CLOSED "circle is in state DRAIN" AGAIN},
    {.what = "queued there: needs no alternate",
     .asked = "drain-up",
     .state = JOB_STATE_PENDING,
     .partition = "drain-up",
     .queue = "drain-up"},
    {.what = "its start is decided",
     .asked = "drain",
     .started = true,
     .queue = "drain"},
    {.what = "unreadable: that is said, not this",
     .asked = "drain",
     .unreadable = true,
     .queue = "drain"},
};

static void have_partitions(struct sched *sched, bool with_default)
{
    static const struct {
        const char *name, *alternate;
        enum part_state state;
    } rows[] = {{"up", NULL, PART_UP},
                {"down", NULL, PART_DOWN},
                {"drain", NULL, PART_DRAIN},
                {"inactive", NULL, PART_INACTIVE},
                {"drain-up", "up", PART_DRAIN},
                {"drain-twice", "drain-up", PART_DRAIN},
                {"drain-lost", "nowhere", PART_DRAIN},
                {"circle", "circle", PART_DRAIN}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partition *part = partition_new();
        part->name = xstrdup(rows[i].name);
        part->alternate = xstrdup_null(rows[i].alternate);
        part->state = rows[i].state;
        part->is_default = with_default && i == 0;
        sched_apply(sched,
                    &(struct change){.kind = CHANGE_PARTITION, .u.partition = part});
    }
}

static void have_reservation(struct sched *sched, const char *name,
                             const char *partition)
{
    struct reservation *resv = reservation_new();
    resv->name = xstrdup(name);
    resv->partition = xstrdup_null(partition);
    sched_apply(sched,
                &(struct change){.kind = CHANGE_RESERVATION, .u.reservation = resv});
}

static struct job *model_of(const char *asked)
{
    struct job *model = job_new();
    AUTO_FREE char *copy = xstrdup(asked ? asked : "");
    char *save, *name = strtok_r(copy, ",", &save);
    for (; name; name = strtok_r(NULL, ",", &save))
        names_add(&model->partitions, &model->n_partitions, name);
    return model;
}

START_TEST(test_decide)
{
    const struct sched_config config = sched_config_default();
    struct sched *sched = sched_new(&config);
    struct bjob *job = xcalloc(1, sizeof(*job));
    struct intake got;
    have_partitions(sched, !cases[_i].no_default);
    have_reservation(sched, "r", "down");
    have_reservation(sched, "s", NULL);
    jstatus_init(&job->status);
    job->status.state = cases[_i].state;
    text_set(&job->status.partition, cases[_i].partition);
    text_set(&job->status.refusal, cases[_i].refused);
    job->partition = xstrdup_null(cases[_i].asked);
    job->model = cases[_i].unreadable ? NULL : model_of(cases[_i].asked);
    for (size_t i = 0; job->model && i < 2 && cases[_i].reservations[i]; i++)
        names_add(&job->model->reservations, &job->model->n_reservations,
                  cases[_i].reservations[i]);
    intake_decide(sched, job, cases[_i].started, &got);
    ck_assert_msg(str_eq(got.queue, cases[_i].queue) &&
                      str_eq(got.refusal, cases[_i].refusal) &&
                      got.alternate == cases[_i].alternate,
                  "%s: queue %s, refusal %s", cases[_i].what, got.queue, got.refusal);
    intake_fini(&got);
    bjob_free(job);
    sched_free(sched);
}
END_TEST

static struct intake decide(struct sched *sched, const struct bjob *job)
{
    struct intake got;
    intake_decide(sched, job, false, &got);
    return got;
}

/* Until the core has counted who is queued there is no answer, and nothing else is
 * said; one whose QOS has no such limit is in at once. */
START_TEST(test_waits)
{
    const struct sched_config config = sched_config_default();
    struct sched *sched = sched_new(&config);
    struct bjob *job = xcalloc(1, sizeof(*job));
    struct qos *qos = qos_new();
    struct decisions decisions;
    struct intake got;
    have_partitions(sched, true);
    qos->name = xstrdup("few");
    limits_set(&qos->limits, LIMIT_GRP_SUBMIT_JOBS, TRES_NONE, NULL, 0);
    sched_apply(sched, &(struct change){.kind = CHANGE_QOS, .u.qos = qos});
    jstatus_init(&job->status);
    job->model = model_of("up");
    got = decide(sched, job);
    ck_assert(!got.waits && str_eq(got.queue, "up"));
    intake_fini(&got);
    job->model->qos = xstrdup("few");
    got = decide(sched, job);
    ck_assert(got.waits && !got.queue && !got.refusal && got.limited == REASON_NONE);
    intake_fini(&got);
    sched_step(sched, 0, (struct sched_budget){0}, &decisions);
    got = decide(sched, job);
    ck_assert(!got.waits && got.refusal && got.limited != REASON_NONE);
    intake_fini(&got);
    bjob_free(job);
    sched_free(sched);
}
END_TEST

/* ---- a controller ---- */

/* A job, and all that comes of it. */
static void submit(struct ctltest *t, const char *name, const char *spec)
{
    ctltest_submit(t, name, spec);
    ctltest_settle(t);
}

static void set_state(struct ctltest *t, const char *partition, const char *state)
{
    AUTO_FREE char *spec = xasprintf("'state':'%s'", state);
    ctltest_change(t, "Partition", partition, spec);
    ctltest_settle(t);
}

static void move(struct ctltest *t, const char *job, const char *partition)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s", job);
    AUTO_FREE char *patch = xasprintf("{'spec':{'partition':'%s'}}", partition);
    ctltest_patch(t, path, patch);
    ctltest_settle(t);
}

static void add_partition(struct ctltest *t, const char *name, const char *state)
{
    AUTO_FREE char *spec = xasprintf("'state':'%s'", state);
    ctltest_make(t, "Partition", name, spec);
    ctltest_settle(t);
}

static const char refused[] =
    "status.state=PENDING|status.jobID=2|status.reason=PartitionInactive|"
    "status.partition=main|status.pending.class=NotAllowed|status.pending.ahead!|"
    "status.message~Required partition not available (inactive or drain): main is in "
    "state DRAIN|status.conditions#1|status.conditions.0.type=Accepted|"
    "status.conditions.0.status=False|status.conditions.0.reason=PartitionInactive|"
    "status.conditions.0.message~main is in state DRAIN|"
    "status.conditions.0.lastTransitionTime=2027-01-15T08:00:01Z";

/* A component's own partition takes the job in, too, or nobody does. */
START_TEST(test_component)
{
    struct ctltest *t = ctltest_new();
    const char *spec = "'components':[{'name':'a'},{'name':'b','partition':'other'}]";
    add_partition(t, "other", "DRAIN");
    submit(t, "job", spec);
    ctltest_expect(t, "job",
                   "status.state=PENDING|status.reason=PartitionInactive|"
                   "status.message~other is in state DRAIN");
    set_state(t, "other", "UP");
    ctltest_expect(t, "job", "status.state=RUNNING|status.partition=main");
    set_state(t, "other", "DRAIN");
    ctltest_act(t, "job", "1", "Requeue");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "job", "status.state=RUNNING|status.restarts=1");
    ctltest_free(t);
}
END_TEST

START_TEST(test_drain)
{
    struct ctltest *t = ctltest_new();
    submit(t, "queued", "'nodes':4,'exclusive':true,'begin':'now+60'");
    ctltest_expect(t, "queued", "status.reason=BeginTime");
    set_state(t, "main", "DRAIN");
    submit(t, "new", "");
    ctltest_expect(t, "new", refused);
    ck_assert_uint_eq(ctltest_pods(t, "new", false), 0);
    /* Another controller finds it so, and what is queued as it is. */
    ctltest_kill(t);
    spy_forget(t->spy);
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "new", refused);
    ck_assert_msg(spy_count(t->spy, NULL, "/status") == 0, "%.3000s", spy_text(t->spy));
    ctltest_advance(t, 61);
    ctltest_expect(t, "queued", "status.state=RUNNING");
    ctltest_expect(t, "new", refused);
    /* It runs on, and its requeue stays in. */
    ctltest_act(t, "queued", "1", "Requeue");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 61); /* its begin is counted anew */
    ctltest_expect(t, "queued", "status.state=RUNNING|status.restarts=1");
    ctltest_expect(t, "new", refused);
    for (int rank = 0; rank < 4; rank++)
        ctltest_end(t, "queued", rank, 0);
    ctltest_settle(t);
    ctltest_expect(t, "queued", "status.state=COMPLETED");
    ctltest_expect(t, "new", refused);
    set_state(t, "main", "UP");
    ctltest_expect(t, "new",
                   "status.state=RUNNING|status.jobID=2|status.reason!|status.message!|"
                   "status.conditions.0.type=Accepted|status.conditions.0.status=True|"
                   "status.submitTime=2027-01-15T08:00:01Z|"
                   "status.conditions.0.lastTransitionTime~2027-01-15T08:02:");
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_act(t, "new", "1", "Requeue"); /* another write, by another controller */
    ctltest_settle(t);
    ctltest_expect(t, "new",
                   "status.conditions.0.lastTransitionTime~2027-01-15T08:02:");
    ctltest_free(t);
}
END_TEST

/* DOWN takes jobs that INACTIVE and DRAIN then keep. */
START_TEST(test_states)
{
    struct ctltest *t = ctltest_new();
    set_state(t, "main", "DOWN");
    submit(t, "down", "");
    ctltest_expect(t, "down",
                   "status.reason=PartitionDown|status.conditions.0.status=True");
    set_state(t, "main", "INACTIVE");
    submit(t, "inactive", "");
    ctltest_expect(t, "down",
                   "status.reason=PartitionInactive|status.conditions.0.status=True");
    ctltest_expect(t, "inactive",
                   "status.reason=PartitionInactive|status.conditions.0.status=False");
    set_state(t, "main", "DRAIN");
    ctltest_expect(t, "down", "status.state=RUNNING");
    ctltest_expect(t, "inactive",
                   "status.state=PENDING|status.message~main is in state DRAIN");
    set_state(t, "main", "DOWN");
    ctltest_expect(t, "inactive",
                   "status.reason=PartitionDown|status.conditions.0.status=True");
    set_state(t, "main", "DRAIN");
    ctltest_expect(t, "inactive", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Of a list the closed one is left out, also when it alone has room; and so is one that
 * a waiting job is moved to. */
START_TEST(test_lists)
{
    struct ctltest *t = ctltest_new();
    add_partition(t, "shut", "DRAIN");
    set_state(t, "main", "DOWN");
    submit(t, "both", "'partition':'main,shut'");
    ctltest_expect(t, "both", "status.reason=PartitionDown|status.partition=main");
    ctltest_restart(t);
    ctltest_expect(t, "both", "status.reason=PartitionDown|status.partition=main");
    move(t, "both", "shut");
    ctltest_expect(t, "both",
                   "status.reason=PartitionInactive|status.partition=shut|"
                   "status.conditions.0.status=False");
    move(t, "both", "main");
    ctltest_expect(t, "both",
                   "status.reason=PartitionDown|status.conditions.0.status=True");
    move(t, "both", "main,shut");
    ctltest_expect(t, "both", "status.reason=PartitionDown|status.partition=main");
    set_state(t, "shut", "UP");
    ctltest_expect(t, "both", "status.state=RUNNING|status.partition=shut");
    ctltest_free(t);
}
END_TEST

/* Whoever comes while the default partition is drained starts in its alternate; what
 * waits there goes back when it opens again. */
START_TEST(test_alternate)
{
    struct ctltest *t = ctltest_new();
    add_partition(t, "spare", "UP");
    ctltest_change(t, "Partition", "main", "'state':'INACTIVE','alternate':'spare'");
    ctltest_settle(t);
    submit(t, "a", "");
    ctltest_expect(t, "a", "status.state=RUNNING|status.partition=spare");
    set_state(t, "spare", "DOWN");
    submit(t, "b", "'partition':'main'");
    ctltest_expect(t, "b", "status.reason=PartitionDown|status.partition=spare");
    set_state(t, "main", "UP");
    ctltest_expect(t, "b", "status.state=RUNNING|status.partition=main");
    ctltest_free(t);
}
END_TEST

/* A partition in DRAIN starts what is queued there, also tasks yet to be split off. */
START_TEST(test_array_in_drain)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'1-3%1'");
    ctltest_advance(t, 2);
    ctltest_change(t, "Partition", "main", "'state':'DRAIN'");
    ctltest_end(t, "a-1-1", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-1-2", "status.state=RUNNING|status.conditions.0.status=True");
    ctltest_free(t);
}
END_TEST

/* What the partition gives by default is what the pod is made of. */
START_TEST(test_default_amounts)
{
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'defMemPerNode':'3G','defCpuPerGPU':2");
    ctltest_settle(t);
    submit(t, "a", "'nodes':1,'gpusPerNode':2");
    ctltest_expect(t, "a",
                   "status.state=RUNNING|"
                   "status.allocTRES=cpu=4,mem=3G,node=1,gres/gpu=2");
    ctltest_free(t);
}
END_TEST

/* An action has its turn, and the decision stands behind it. */
START_TEST(test_actions)
{
    struct ctltest *t = ctltest_new();
    set_state(t, "main", "DRAIN");
    submit(t, "a", "");
    ctltest_act(t, "a", "1", "Cancel");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=CANCELLED");
    ctltest_patch(t, JOBS "/a",
                  "{'spec':{'actions':[{'id':'1','type':'Cancel'},"
                  "{'id':'2','type':'Requeue'}]}}");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=PartitionInactive|"
                   "status.conditions.0.status=False");
    ctltest_advance(t, 300);
    ck_assert_uint_eq(ctltest_pods(t, "a", false), 0);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/intake", (struct suite_row[]){
                                                      {test_decide, ARRAY_LEN(cases)},
                                                      {test_waits, 1},
                                                      {test_component, 1},
                                                      {test_drain, 1},
                                                      {test_states, 1},
                                                      {test_lists, 1},
                                                      {test_alternate, 1},
                                                      {test_array_in_drain, 1},
                                                      {test_default_amounts, 1},
                                                      {test_actions, 1},
                                                      {NULL, 0},
                                                  });
}
