/*
 * Properties over random histories: a fresh core given the snapshot decides as the old
 * one does; no node is overcommitted; gangs are whole; exclusive nodes are not shared.
 *
 * A failing history prints its seed and its lines, which are those of a scenario file.
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/snapshot.h"
#include "scheduler/variant.h"
#include "tests/support/cluster_text.h"
#include "tests/support/copies.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define HISTORIES 3000
#define OPERATIONS 40
#define JOBS 12
#define NODES 5
#define LINE_MAX_ 512
#define SCRIPT_MAX (1u << 20)

struct history {
    struct rng rng;
    struct sched *s;
    struct restable res;
    struct str script;
    uint64_t seed;
    int64_t now_sec;
    bool ended[JOBS + 1]; /* DECIDE_END was told since the job was last applied */
};

#define check(h, condition)                                                      \
    ck_assert_msg(condition, "seed %llu: %s\n%s", (unsigned long long)(h)->seed, \
                  #condition, (h)->script.s)

static int64_t draw(struct history *h, int64_t bound)
{
    return (int64_t)rng_below(&h->rng, (uint64_t)bound);
}

static bool chance(struct history *h, int percent)
{
    return draw(h, 100) < percent;
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

/* All terms of the priority count. In every third history few are promised a start. */
static struct sched_config config_of(uint64_t seed)
{
    static const int64_t modes[] = {PREEMPT_REQUEUE, PREEMPT_CANCEL | PREEMPT_WITHIN,
                                    PREEMPT_REQUEUE | PREEMPT_PRIORITY};
    struct sched_config config = sched_config_default();

    if (seed % 3 == 0) {
        config.reservation_depth = (int64_t)(seed / 3 % 6);
        config.max_job_test = (int64_t)(seed / 18 % 9);
    }
    config.priority_weight_job_size = 700;
    config.backfill_order = (enum backfill_order)(seed / 7 % 3);
    config.priority_weight_assoc = 300;
    config.decay_half_life_sec = 2000;
    config.calc_period_sec = 100;
    config.licenses =
        (struct license_table){.n = 2, .items = {{"ansys", 1}, {"matlab", 3}}};
    config.preempt_type = (enum preempt_type)(seed / 2 % 3);
    config.preempt_mode = modes[seed / 6 % ARRAY_LEN(modes)];
    config.preempt_exempt_sec = seed % 5 == 0 ? 30 : 0;
    config.preempt_youngest_first = seed % 4 == 0;
    return config;
}

/* ---- random lines ---- */

static void tell_line(struct history *h, const char *line)
{
    struct change resources = {.kind = CHANGE_RESOURCES, .u.resources = &h->res};
    int known = h->res.n;
    struct err err;

    str_addf(&h->script, "%s\n", line);
    check(h, cluster_text_line(&h->res, line, apply, h->s, &err) == 0);
    if (h->res.n != known)
        sched_apply(h->s, &resources);
}

static const char *pick(struct history *h, const char *const *words, size_t n)
{
    return words[draw(h, (int64_t)n)];
}

static void random_node(struct history *h)
{
    static const char *const features[] = {"", " features=ib", " features=ib,ssd"};
    char line[LINE_MAX_];
    int64_t number = 1 + draw(h, NODES);

    if (chance(h, 15))
        snprintf(line, sizeof(line), "gone node n%d", (int)number);
    else
        snprintf(line, sizeof(line),
                 "node n%d cpu=%d mem=%dG x/gpu=%d label.rack=r%d%s%s%s%s%s",
                 (int)number, 1 + (int)draw(h, 8), 1 + (int)draw(h, 8), (int)draw(h, 5),
                 (int)draw(h, 2), chance(h, 50) ? " type=h100" : "",
                 pick(h, features, ARRAY_LEN(features)),
                 chance(h, 15) ? " taint.k=v:NoSchedule" : "",
                 chance(h, 10) ? " notready" : "", chance(h, 10) ? " cordoned" : "");
    tell_line(h, line);
}

static void random_partition(struct history *h)
{
    static const char *const sets[] = {"", " nodes=n[1-3]", " nodes=n[2-5]",
                                       " select.rack=r0", " nodes=n1 select.rack=r1"};
    static const char *const states[] = {
        "", "", "", "", " state=DOWN", " state=DRAIN", " state=INACTIVE"};
    static const char *const limits[] = {"",
                                         " allowaccounts=x",
                                         " denyqos=high",
                                         " denyaccounts=y",
                                         "",
                                         " maxnodes=2",
                                         " minnodes=2",
                                         " maxtime=1",
                                         " defaulttime=1",
                                         " exclusive",
                                         " lln",
                                         " defmempernode=2G",
                                         " defmempercpu=1G maxmempernode=4G",
                                         " maxmempercpu=1G",
                                         " defcpupergpu=2 defmempergpu=1G",
                                         " overtime=1",
                                         " qos=high"};
    char line[LINE_MAX_];
    char name = (char)('a' + draw(h, 3));

    if (chance(h, 10))
        snprintf(line, sizeof(line), "gone partition %c", name);
    else
        snprintf(line, sizeof(line), "partition %c tier=%d factor=%d%s%s%s%s", name,
                 (int)draw(h, 2), (int)draw(h, 3) * 30000,
                 chance(h, 50) ? " default" : "", pick(h, sets, ARRAY_LEN(sets)),
                 pick(h, states, ARRAY_LEN(states)),
                 pick(h, limits, ARRAY_LEN(limits)));
    tell_line(h, line);
}

/* Units of a divided job; each is one task, so that tasks count them. Those of the
 * second kind are counted by their GPUs. */
static void random_units(struct history *h, char *line, size_t size)
{
    char most[32] = "", second[64] = "";

    *line = '\0';
    if (!chance(h, 25))
        return;
    if (chance(h, 20))
        snprintf(most, sizeof(most), " maxunits=%d", 1 + (int)draw(h, 3));
    if (chance(h, 40))
        snprintf(second, sizeof(second), " units2=%d unit2.x/gpu=1 unit2.mem=%d",
                 1 + (int)draw(h, 12), (int)draw(h, 3));
    snprintf(line, size, " units=%d unit.cpu=%d unit.x/gpu=%d%s%s%s",
             1 + (int)draw(h, 12), (int)draw(h, 3), (int)draw(h, 2), most, second,
             chance(h, 50) ? " spread" : "");
}

static void random_policy(struct history *h)
{
    static const char *const lines[] = {
        "qos normal priority=10",
        "qos high priority=90",
        "qos high priority=90 preempt=normal,low",
        "qos high priority=90 preempt=low preemptmode=OFF",
        "qos normal preempt=low grace=90",
        "qos normal preempt=high,low",
        "qos low exempt=60 preemptmode=WITHIN",
        "qos low preemptmode=CANCEL grace=20",
        "qos high priority=0",
        "gone qos high",
        "gone qos normal",
        "qos normal priority=10 maxJobsPerUser=2 grpTRES=cpu=9,gres/gpu=6",
        "qos normal maxTRESPerUser=node=2 maxTRESMinsPerJob=cpu=60",
        "qos high grpTRESRunMins=cpu=50 maxWall=60 flags=OverPartQOS",
        "qos normal maxWall=3 flags=PartitionMaxNodes,PartitionMinNodes",
        "qos normal maxWall=30 flags=PartitionTimeLimit",
        "qos high priority=50 flags=NoReserve",
        "qos high maxTRESPerJob=node=2 maxTRESPerAccount=cpu=4,mem=6G",
        "account x users=ann,bob grpTRES=cpu=7 limits.bob=maxJobs:1",
        "account y parent=x users=bob grpJobs=2 maxTRESPerNode=gres/gpu=1",
        "account x users=ann",
        "account y users=ann,bob",
        "account y users=bob",
        "account x namespaces=default",
        "account x parent=y shares=3 users=ann,bob used.ann=40 used.bob=70 asof=900",
        "account y shares=parent users=ann@a,bob used.ann@a=30 asof=1100",
        "account y parent=x users=bob priority.bob=50",
        "account z users=bob@a,bob@b priority=90 shares=0 used.bob@b=30",
        "gone account z",
        "gone account x",
        "gone account y",
    };

    tell_line(h, pick(h, lines, ARRAY_LEN(lines)));
}

static void random_request(struct history *h, char *line, size_t size)
{
    static const char *const filters[] = {"",
                                          "",
                                          "",
                                          "",
                                          "",
                                          " type=h100",
                                          " where.rack=r0",
                                          " any.rack=r1 any.rack=r0",
                                          " constraint=ib",
                                          " constraint=ssd|(ib&fat)",
                                          " exclude=n1",
                                          " nodelist=n2",
                                          " nodelist=n[1-2]",
                                          " tolerate.k=v",
                                          " contiguous",
                                          " constraint=[ib|ssd]",
                                          " constraint=ib*1&ssd*1",
                                          " constraint=ib*2 contiguous",
                                          " exclusive",
                                          " exclusive"};
    int64_t min = 1 + draw(h, 3), max = min + (chance(h, 30) ? draw(h, 3) : 0);
    char units[LINE_MAX_ / 2];

    random_units(h, units, sizeof(units));
    snprintf(line, size, "%s=%d-%d cpu=%d mem=%dG x/gpu=%d%s%s",
             chance(h, 60) ? "nodes" : "replicas", (int)min, (int)max, (int)draw(h, 4),
             (int)draw(h, 3), (int)draw(h, 3), units,
             pick(h, filters, ARRAY_LEN(filters)));
}

static int random_number(struct history *h)
{
    int number = 1 + (int)draw(h, JOBS);

    h->ended[number] = false;
    return number;
}

/* On jobs that are there, or are not; also on itself. */
static void random_depend(struct history *h, char *line, size_t size)
{
    static const char *const kinds[] = {"after", "afterany", "afterok", "afternotok"};
    size_t at = (size_t)snprintf(line, size, " depend=");
    int n = 1 + (int)draw(h, 3);
    const char *apart = chance(h, 50) ? "," : "?";

    for (int i = 0; i < n; i++) {
        const char *kind = kinds[draw(h, ARRAY_LEN(kinds))];

        at += (size_t)(chance(h, 20)
                           ? snprintf(line + at, size - at, "%ssingleton",
                                      i > 0 ? apart : "")
                           : snprintf(line + at, size - at, "%s%s:%d%s",
                                      i > 0 ? apart : "", kind, 1 + (int)draw(h, JOBS),
                                      kind[5] == '\0' && chance(h, 50) ? "+1" : ""));
    }
    if (chance(h, 30))
        snprintf(line + at, size - at, " hopeless=%s",
                 chance(h, 50) ? "ends" : "stays");
}

/* One that is known to the core only for those that depend on it. */
static void random_outsider(struct history *h)
{
    char line[LINE_MAX_];

    snprintf(line, sizeof(line), "job %d state=%s start=%lld", random_number(h),
             chance(h, 30)   ? "aside"
             : chance(h, 50) ? "ended"
                             : "ended failed",
             (long long)(h->now_sec - draw(h, 100)));
    tell_line(h, line);
}

static void random_reservation(struct history *h)
{
    static const char *const nodes[] = {"nodes=n1",       "nodes=n[2-3]", "count=1",
                                        "count=2",        "all",          "cpu=9",
                                        "all partition=a"};
    static const char *const others[] = {"",
                                         "",
                                         " users=ann",
                                         " users=-ann",
                                         " accounts=x",
                                         " qos=high",
                                         " flags=maint",
                                         " flags=overlap",
                                         " flags=ignorejobs",
                                         " flags=flex",
                                         " flags=magnetic",
                                         " flags=anynodes",
                                         " flags=replace",
                                         " flags=static",
                                         " flags=nohold"};
    static const char *const repeats[] = {"", "", "", " repeat=hourly",
                                          " repeat=daily"};
    char line[LINE_MAX_], name = (char)('p' + draw(h, 3));
    int64_t start = h->now_sec + draw(h, 3000) - 1500;

    if (chance(h, 30))
        snprintf(line, sizeof(line), "gone reservation %c", name);
    else
        snprintf(line, sizeof(line),
                 "reservation %c start=%" PRId64 " end=%" PRId64 " %s%s%s", name, start,
                 start + 1 + draw(h, 3000), pick(h, nodes, ARRAY_LEN(nodes)),
                 pick(h, others, ARRAY_LEN(others)),
                 pick(h, repeats, ARRAY_LEN(repeats)));
    tell_line(h, line);
}

static const char *const places[] = {
    "", "", "", "", " reservation=p", " reservation=q"};
static const char *const licenses[] = {
    "", "", "", "", " licenses=matlab", " licenses=ansys,matlab:2", " licenses=fluent"};

static void random_job(struct history *h)
{
    static const char *const parts[] = {
        "", "", " partition=a", " partition=b,a", " partition=a,c,b", " partition=d,c"};
    static const char *const policies[] = {
        "",           "",        "",         " hold=user", " priority=700", " nice=100",
        " nice=-200", " time=2", " time=20", " time=90",   " time=5"};
    static const char *const charges[] = {"",
                                          "",
                                          "",
                                          "",
                                          " qos=high",
                                          " qos=high",
                                          " qos=low",
                                          " account=y",
                                          " user=bob account=x",
                                          " user=bob qos=normal"};
    char request[LINE_MAX_], line[3 * LINE_MAX_];
    char begin[64] = "", bounds[64] = "", depend[LINE_MAX_] = "";
    const char *taken = pick(h, licenses, ARRAY_LEN(licenses));
    const char *place = pick(h, places, ARRAY_LEN(places));

    random_request(h, request, sizeof(request));
    if (chance(h, 25))
        random_depend(h, depend, sizeof(depend));
    if (chance(h, 15))
        snprintf(bounds, sizeof(bounds), " timemin=%d", 1 + (int)draw(h, 20));
    else if (chance(h, 10))
        snprintf(bounds, sizeof(bounds), " deadline=%" PRId64,
                 h->now_sec + draw(h, 4000));
    if (chance(h, 15))
        snprintf(begin, sizeof(begin), " begin=%" PRId64, h->now_sec + draw(h, 100));
    snprintf(line, sizeof(line), "job %d submit=%lld %s%s%s%s%s%s%s%s%s%s%s",
             random_number(h), (long long)(h->now_sec - draw(h, 200)), request, taken,
             place, pick(h, parts, ARRAY_LEN(parts)),
             pick(h, policies, ARRAY_LEN(policies)),
             pick(h, charges, ARRAY_LEN(charges)), begin, depend, bounds,
             chance(h, 30) ? " jobname=train" : "", chance(h, 5) ? " on=n[3-4]" : "");
    tell_line(h, line);
}

/* A job found running, as after a restart; perhaps on a node that is not known. */
static void random_running(struct history *h)
{
    static const char *const qos[] = {"", "", " qos=low", " qos=high"};
    char request[LINE_MAX_], line[2 * LINE_MAX_];
    char yields[64] = "";

    random_request(h, request, sizeof(request));
    if (chance(h, 15))
        snprintf(yields, sizeof(yields), " preemptedby=%d preemptend=%lld",
                 1 + (int)draw(h, JOBS), (long long)(h->now_sec + draw(h, 200) - 100));
    snprintf(
        line, sizeof(line), "job %d %s%s%s state=%s start=%lld in=a on=n%d:2%s%s%s",
        random_number(h), request, pick(h, licenses, ARRAY_LEN(licenses)),
        pick(h, places, ARRAY_LEN(places)), chance(h, 80) ? "running" : "completing",
        (long long)(h->now_sec - draw(h, 100)), 1 + (int)draw(h, NODES + 1),
        chance(h, 50) ? " time=2" : "", pick(h, qos, ARRAY_LEN(qos)), yields);
    tell_line(h, line);
}

static void random_foreign(struct history *h)
{
    char line[LINE_MAX_];

    if (chance(h, 40))
        snprintf(line, sizeof(line), "gone pod p%d", (int)draw(h, 4));
    else
        snprintf(line, sizeof(line), "pod p%d on=n%d cpu=%d", (int)draw(h, 4),
                 1 + (int)draw(h, NODES + 1), 1 + (int)draw(h, 3));
    tell_line(h, line);
}

static enum job_phase phase_after(enum job_phase phase)
{
    switch (phase) {
    case JOB_STARTING:
        return JOB_RUNNING;
    case JOB_COMPLETING:
        return JOB_ENDED;
    default:
        return JOB_COMPLETING;
    }
}

/* A job the core has started goes on: running, completing, ended (it may still say
 * where it was), gone. */
static void random_progress(struct history *h)
{
    int number = 1 + (int)draw(h, JOBS);
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct job *job = sched_job(h->s, uid);
    struct change change = {.kind = CHANGE_JOB};

    if (job == NULL)
        return;
    h->ended[number] = false;
    if (job->phase == JOB_PENDING || job->phase == JOB_ENDED ||
        (job->phase == JOB_COMPLETING && chance(h, 50))) {
        change = (struct change){.kind = CHANGE_JOB_GONE, .u.key = uid};
        str_addf(&h->script, "gone job %d\n", number);
    } else {
        change.u.job = job_copy(job);
        change.u.job->phase = phase_after(job->phase);
        if (change.u.job->phase == JOB_ENDED)
            change.u.job->end_sec = h->now_sec;
        str_addf(&h->script, "phase %d of job %d\n", (int)change.u.job->phase, number);
    }
    sched_apply(h->s, &change);
}

static void random_config(struct history *h)
{
    struct sched_config config = config_of(h->seed);
    const struct change change = {.kind = CHANGE_CONFIG, .u.config = &config};

    config.priority_weight_age = draw(h, 3) * 1000;
    config.priority_weight_qos = draw(h, 3) * 1000;
    config.priority_favor_small = chance(h, 50);
    if (chance(h, 30))
        config.priority_flags = PRIORITY_INCR_ONLY;
    if (chance(h, 40))
        config.priority_weight_tres = (struct tres_weights){
            .n = 2, .items = {{WEIGHED_CPU, "", 3000}, {WEIGHED_GPU, "h100", -500}}};
    config.kill_invalid_depend = chance(h, 30);
    config.window_sec = 60 + draw(h, 20) * 600;
    config.reservation_depth = draw(h, 5);
    config.max_job_test = 1 + draw(h, JOBS);
    config.backfill_order = (enum backfill_order)draw(h, 3);
    str_addf(&h->script, "plan depth=%d test=%d window=%d order=%d ...\n",
             (int)config.reservation_depth, (int)config.max_job_test,
             (int)config.window_sec, (int)config.backfill_order);
    sched_apply(h->s, &change);
}

/* ---- what must hold after every step ---- */

/* What a job that holds nodes asks for in its partition. */
static struct job *request_of(const struct history *h, const struct job *job)
{
    const struct partition *part =
        job->partition != NULL ? sched_partition(h->s, job->partition) : NULL;
    struct job *request = job_copy(job);

    if (part != NULL)
        variant_apply(part, h->res.gpu, request);
    return request;
}

static bool is_exclusive(const struct history *h, const struct job *job)
{
    struct job *request = job->n_alloc > 0 ? request_of(h, job) : NULL;
    bool exclusive = request != NULL ? request->exclusive : job->exclusive;

    job_free(request);
    return exclusive;
}

/* The units of each kind in a pod: as its tasks, and then its GPUs, say. */
static void count_units(const struct job *job, const struct slot *slot, int64_t n[2])
{
    n[0] = slot->tasks;
    n[1] = 1 + slot->each.v[RES_FIXED] - job->each.v[RES_FIXED] -
           (n[0] - 1) * job->units[0].each.v[RES_FIXED];
}

/* All units are placed, and each pod asks for its own: what is that of the partition.
 */
static void check_requests(struct history *h, const struct decision *d,
                           const struct job *job)
{
    int64_t sums[2] = {0};

    for (size_t i = 0; i < d->n_slots && job->n_units == 0; i++)
        check(h, memcmp(&d->slots[i].each, &job->each, sizeof(job->each)) == 0);
    for (size_t i = 0; i < d->n_slots && job->n_units > 0; i++) {
        struct resvec each = job->each;
        int64_t n[2];

        count_units(job, &d->slots[i], n);
        for (size_t k = 0; k < job->n_units; k++) {
            check(h, n[k] >= 1 && n[k] <= job->units[k].most);
            for (int r = 0; r < RES_MAX; r++)
                each.v[r] += (n[k] - 1) * job->units[k].each.v[r];
            sums[k] += n[k];
        }
        check(h, memcmp(&each, &d->slots[i].each, sizeof(each)) == 0);
    }
    for (size_t k = 0; k < job->n_units; k++)
        check(h, sums[k] == job->units[k].count);
}

static void check_gang(struct history *h, const struct decision *d)
{
    const struct job *job = sched_job(h->s, d->job_uid);
    struct job *request;
    int64_t pods = 0;

    check(h, job != NULL && job->phase == JOB_STARTING && job->hold == HOLD_NONE);
    check(h, d->n_slots > 0 && d->n_slots == job->n_alloc);
    for (size_t i = 0; i < d->n_slots; i++) {
        check(h, d->slots[i].first_rank == pods);
        check(h, !job->one_per_node || d->slots[i].pods == 1);
        check(h,
              i == 0 || hostname_compare(d->slots[i - 1].node, d->slots[i].node) < 0);
        pods += d->slots[i].pods;
    }
    check(h, pods >= job->min_pods && pods <= job->max_pods);
    request = request_of(h, job);
    check_requests(h, d, request);
    job_free(request);
    for (size_t i = 0; i < job->n_node_list; i++) {
        bool there = false;

        for (size_t k = 0; k < d->n_slots; k++)
            there |= strcmp(d->slots[k].node, job->node_list[i]) == 0;
        check(h, there);
    }
}

static void check_room(struct history *h, const struct decision *d)
{
    struct resvec used, free_;

    for (size_t i = 0; i < d->n_slots; i++) {
        check(h, sched_node_usage(h->s, d->slots[i].node, &used, &free_));
        for (int r = 0; r < RES_MAX; r++)
            check(h, d->slots[i].each.v[r] == 0 || free_.v[r] >= 0);
    }
}

static bool is_on(const struct job *job, const char *node)
{
    for (size_t i = 0; i < job->n_alloc; i++) {
        if (strcmp(job->alloc[i].node, node) == 0)
            return true;
    }
    return false;
}

static void check_alone(struct history *h, const struct decision *d)
{
    const struct job *job = sched_job(h->s, d->job_uid);

    for (int number = 1; number <= JOBS; number++) {
        AUTO_FREE char *uid = xasprintf("job-%d", number);
        const struct job *other = sched_job(h->s, uid);

        if (other == NULL || other == job ||
            (!is_exclusive(h, job) && !is_exclusive(h, other)))
            continue;
        for (size_t i = 0; i < d->n_slots; i++)
            check(h, !is_on(other, d->slots[i].node));
    }
}

static int number_of(const struct decision *d)
{
    return (int)strtol(d->job_uid + strlen("job-"), NULL, 10);
}

static void check_decisions(struct history *h, const struct decisions *decisions)
{
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];

        if (d->kind == DECIDE_END) {
            check(h, !h->ended[number_of(d)]);
            h->ended[number_of(d)] = true;
        }
        if (d->kind != DECIDE_START)
            continue;
        check_gang(h, d);
        check_room(h, d);
        check_alone(h, d);
    }
}

static bool spend(void *arg)
{
    int64_t *left = arg;

    return --*left <= 0;
}

static enum sched_progress step(struct history *h, int64_t jobs)
{
    struct sched_budget budget = {jobs > 0 ? spend : NULL, &jobs};
    struct decisions decisions;
    enum sched_progress progress;

    str_addf(&h->script, "at %lld%s\n", (long long)h->now_sec,
             jobs > 0 ? " jobs=1" : "");
    progress = sched_step(h->s, h->now_sec, budget, &decisions);
    check_decisions(h, &decisions);
    return progress;
}

static void to_rest(struct history *h)
{
    int rounds = 0;

    while (step(h, 0) == SCHED_MORE)
        check(h, ++rounds < 100);
}

/* ---- the law ---- */

static void copy_change(void *arg, const struct change *change)
{
    const struct change copy = change_copy(change);

    sched_apply(arg, &copy);
}

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* START and PREEMPT decisions, sorted, as text. */
static void say_starts(const struct decisions *decisions, struct str *out)
{
    char **lines = xcalloc(decisions->n + 1, sizeof(*lines));
    size_t n = 0;

    for (size_t i = 0; i < decisions->n; i++) {
        STR_AUTO struct str line;

        str_init(&line, LINE_MAX_);
        if (decisions->items[i].kind == DECIDE_START ||
            decisions->items[i].kind == DECIDE_PREEMPT) {
            cluster_text_decision(&decisions->items[i], &line);
            lines[n++] = str_take(&line);
        }
    }
    qsort(lines, n, sizeof(*lines), line_compare);
    for (size_t i = 0; i < n; i++) {
        str_add(out, lines[i]);
        free(lines[i]);
    }
    free(lines);
}

static void mark_ends(const struct decisions *decisions, bool *ended)
{
    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind == DECIDE_END)
            ended[number_of(&decisions->items[i])] = true;
    }
}

static void compare_ahead(struct history *h, struct ahead old, struct ahead new)
{
    check(h, old.jobs == new.jobs &&old.gpus == new.gpus &&old.job_id == new.job_id);
}

static void compare_jobs(struct history *h, const struct sched *fresh)
{
    for (int number = 1; number <= JOBS; number++) {
        AUTO_FREE char *uid = xasprintf("job-%d", number);
        enum reason was, is;
        const char *old, *new;
        bool known = sched_job_reason(h->s, uid, &was, &old);

        check(h, known == sched_job_reason(fresh, uid, &is, &new));
        if (!known)
            continue;
        ck_assert_msg(
            was == is && strcmp(old, new) == 0,
            "seed %llu: job %d is told %s \"%s\", by a fresh core %s \"%s\"\n%s",
            (unsigned long long)h->seed, number, reason_word(was), old, reason_word(is),
            new, h->script.s);
        check(h, sched_job_priority(h->s, uid, h->now_sec) ==
                     sched_job_priority(fresh, uid, h->now_sec));
        compare_ahead(h, sched_job_ahead(h->s, uid), sched_job_ahead(fresh, uid));
    }
}

static void compare_chosen(struct history *h, const struct sched *fresh)
{
    static const char *const names[] = {"p", "q", "r"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct reservation *old = sched_reservation(h->s, names[i]);
        const struct reservation *new = sched_reservation(fresh, names[i]);

        check(h, (old == NULL) == (new == NULL));
        check(h, old == NULL || old->n_chosen == new->n_chosen);
        for (size_t k = 0; old != NULL && k < old->n_chosen; k++)
            check(h, strcmp(old->chosen[k], new->chosen[k]) == 0);
    }
}

/* As copy_change does, by way of a file's bytes. */
static void copy_as_text(struct history *h, struct sched *fresh)
{
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    int64_t now_sec = -1;

    str_init(&text, SCRIPT_MAX);
    snapshot_write(h->s, h->now_sec, &text);
    check(h, !text.overflow);
    ck_assert_msg(
        snapshot_read(text.s, text.len, "text", apply, fresh, &now_sec, &err) == 0,
        "seed %llu: %s in\n%s", (unsigned long long)h->seed, err.msg, text.s);
    check(h, now_sec == h->now_sec);
}

static void check_law(struct history *h)
{
    struct sched_config config = config_of(h->seed);
    struct sched *fresh = sched_new(&config);
    struct decisions old_decisions, new_decisions;
    STR_AUTO struct str old, new;
    struct sched_budget whole = {NULL, NULL};
    bool old_ends[JOBS + 1] = {false}, new_ends[JOBS + 1] = {false};

    str_init(&old, SCRIPT_MAX);
    str_init(&new, SCRIPT_MAX);
    if (chance(h, 50))
        sched_snapshot(h->s, copy_change, fresh);
    else
        copy_as_text(h, fresh);
    str_addf(&h->script, "at %lld (both)\n", (long long)h->now_sec);
    check(h, sched_step(fresh, h->now_sec, whole, &new_decisions) == SCHED_IDLE);
    check(h, sched_step(h->s, h->now_sec, whole, &old_decisions) == SCHED_IDLE);
    check_decisions(h, &old_decisions);
    say_starts(&old_decisions, &old);
    say_starts(&new_decisions, &new);
    ck_assert_msg(strcmp(old.s, new.s) == 0, "seed %llu:\n%s--- old:\n%s--- fresh:\n%s",
                  (unsigned long long)h->seed, h->script.s, old.s, new.s);
    mark_ends(&old_decisions, old_ends);
    mark_ends(&new_decisions, new_ends);
    for (int i = 1; i <= JOBS; i++)
        check(h, old_ends[i] ? new_ends[i] : !new_ends[i] || h->ended[i]);
    compare_jobs(h, fresh);
    compare_chosen(h, fresh);
    sched_free(fresh);
}

/* ---- histories ---- */

static void operation(struct history *h)
{
    int64_t what = draw(h, 100);

    if (what < 15)
        random_node(h);
    else if (what < 22)
        random_partition(h);
    else if (what < 50)
        random_job(h);
    else if (what < 53)
        random_running(h);
    else if (what < 55)
        random_outsider(h);
    else if (what < 58)
        random_foreign(h);
    else if (what < 60)
        random_policy(h);
    else if (what < 63)
        random_reservation(h);
    else if (what < 75)
        random_progress(h);
    else if (what < 84)
        h->now_sec += draw(h, 60);
    else if (what < 85)
        random_config(h);
    else if (what < 92)
        step(h, 1);
    else
        to_rest(h);
}

static void begin_history(struct history *h, uint64_t seed)
{
    struct sched_config config = config_of(seed);

    memset(h, 0, sizeof(*h));
    h->seed = seed;
    h->now_sec = 1000;
    rng_seed(&h->rng, seed);
    restable_init(&h->res);
    str_init(&h->script, SCRIPT_MAX);
    h->s = sched_new(&config);
    for (int i = 0; i < NODES; i++)
        random_node(h);
    random_partition(h);
    random_partition(h);
}

static void run_history(uint64_t seed)
{
    struct history h;

    begin_history(&h, seed);
    for (int i = 0; i < OPERATIONS; i++)
        operation(&h);
    to_rest(&h);
    for (int i = 0; i < 4; i++) {
        bool is_still = chance(&h, 30); /* one small change shows by itself */

        if (!is_still)
            h.now_sec += draw(&h, chance(&h, 30) ? 5000 : 200);
        for (int64_t k = is_still ? 1 : draw(&h, 4); k > 0; k--) {
            if (!is_still)
                random_job(&h);
            random_progress(&h);
        }
        check_law(&h);
    }
    sched_free(h.s);
    str_fini(&h.script);
}

START_TEST(test_law)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/snapshot",
                      (struct suite_row[]){{test_law, 1}, {NULL, 0}});
}
