#include "tests/support/life.h"

#include <inttypes.h>
#include <stdio.h>

#define WORDS_MAX 512
#define TASKS_MAX 6 /* as random_tasks has them */

struct sched_config life_settings(uint64_t seed)
{
    static const int64_t modes[] = {PREEMPT_REQUEUE, PREEMPT_CANCEL | PREEMPT_WITHIN,
                                    PREEMPT_REQUEUE | PREEMPT_PRIORITY};
    struct sched_config config = sched_config_default();

    if (seed % 3 == 0) {
        config.reservation_depth = (int64_t)(seed / 3 % 6);
        config.max_job_test = (int64_t)(seed / 18 % 9);
    }
    if (seed % 4 == 1) {
        config.min_age_reserve_sec = (int64_t)(seed / 4 % 5) * 150;
        config.min_prio_reserve = (int64_t)(seed / 20 % 3) * 400;
    }
    config.priority_weight_job_size = 700;
    config.backfill_order = (enum backfill_order)(seed / 7 % 3);
    config.priority_weight_assoc = 300;
    config.decay_half_life_sec = 2000;
    config.calc_period_sec = 100;
    config.limits_safe = seed % 2 == 0;
    config.licenses =
        (struct license_table){.n = 2, .items = {{"ansys", 1}, {"matlab", 3}}};
    config.topology_kind = (enum topology_kind)(seed / 5 % 3);
    config.topology_labels = (struct topology_labels){.n = 1, .key = {"rack"}};
    if (seed / 15 % 2 == 0)
        config.block_sizes = (struct block_sizes){.n = 2, .size = {2, 4}};
    config.preempt_type = (enum preempt_type)(seed / 2 % 3);
    config.preempt_mode = modes[seed / 6 % ARRAY_LEN(modes)];
    config.preempt_exempt_sec = seed % 5 == 0 ? 30 : 0;
    config.preempt_youngest_first = seed % 4 == 0;
    if (seed % 7 == 0)
        config.preempt_min_exempt_priority = 700;
    config.preempt_reclaim_licenses = seed % 3 != 0;
    return config;
}

/* It may be used at once, or not. */
static const char *random_use(struct course *h)
{
    static const char *const uses[] = {"", "", "",          "",
                                       "", "", " notready", " cordoned"};

    return COURSE_PICK(h, uses);
}

void life_node(struct life *l)
{
    static const char *const features[] = {"", " features=ib", " features=ib,ssd"};
    static const char *const taints[] = {
        "",
        "",
        "",
        "",
        "",
        " taint.k=v:NoSchedule",
        " taint.k=v:PreferNoSchedule",
        " taint.node.kubernetes.io/disk-pressure=:NoSchedule"};
    struct course *h = &l->h;
    int64_t number = 1 + course_draw(h, LIFE_NODES);
    char *line = l->nodes[number];

    line[0] = '\0';
    if (course_chance(h, 15)) {
        course_tell(h, "gone node n%d", (int)number);
        return;
    }
    snprintf(line, sizeof(l->nodes[number]),
             "node n%d cpu=%d mem=%dG x/gpu=%d label.rack=r%d%s%s%s", (int)number,
             1 + (int)course_draw(h, 8), 1 + (int)course_draw(h, 8),
             (int)course_draw(h, 5), (int)course_draw(h, 2),
             course_chance(h, 50) ? " type=h100" : "", COURSE_PICK(h, features),
             COURSE_PICK(h, taints));
    course_tell(h, "%s%s", line, random_use(h));
}

void life_turn_node(struct life *l)
{
    const char *line = l->nodes[1 + course_draw(&l->h, LIFE_NODES)];
    const char *use = course_chance(&l->h, 50) ? "" : " cordoned";

    if (line[0] != '\0')
        course_tell(&l->h, "%s%s", line, use);
}

/* In some lives nodes are for one user: they draw no more for that. */
static bool is_private(const struct course *h)
{
    return h->seed % 3 == 1;
}

static const char *private_limit(const struct course *h, const char *words)
{
    bool exclusive = strcmp(words, " exclusive") == 0 || strcmp(words, " lln") == 0;

    return exclusive && is_private(h) ? " exclusiveuser" : words;
}

static const char *private_job(const struct course *h, int number)
{
    static const char *const words[] = {" exclusiveuser", " user=bob", "",
                                        " user=bob exclusiveuser", ""};

    return is_private(h) ? words[(size_t)number % ARRAY_LEN(words)] : "";
}

void life_partition(struct life *l)
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
                                         " maxcpus=2",
                                         " oversubscribe=FORCE:3",
                                         " oversubscribe=YES:2 maxmempercpu=1G",
                                         " oversubscribe=FORCE:2 maxcpus=3",
                                         " maxcpus=3 maxmempercpu=1G",
                                         " qos=high"};
    struct course *h = &l->h;
    char name = (char)('a' + course_draw(h, 3));

    if (course_chance(h, 10))
        course_tell(h, "gone partition %c", name);
    else
        course_tell(h, "partition %c tier=%d factor=%d%s%s%s%s", name,
                    (int)course_draw(h, 2), (int)course_draw(h, 3) * 30000,
                    course_chance(h, 50) ? " default" : "", COURSE_PICK(h, sets),
                    COURSE_PICK(h, states), private_limit(h, COURSE_PICK(h, limits)));
}

/* Units of a divided job; each is one task, so that tasks count them. Those of the
 * second kind are counted by their GPUs. */
static void random_units(struct course *h, char *line, size_t size)
{
    char most[32] = "", second[64] = "";

    *line = '\0';
    if (!course_chance(h, 25))
        return;
    if (course_chance(h, 20))
        snprintf(most, sizeof(most), " maxunits=%d", 1 + (int)course_draw(h, 3));
    if (course_chance(h, 40))
        snprintf(second, sizeof(second), " units2=%d unit2.x/gpu=1 unit2.mem=%d",
                 1 + (int)course_draw(h, 12), (int)course_draw(h, 3));
    snprintf(line, size, " units=%d unit.cpu=%d unit.x/gpu=%d%s%s%s",
             1 + (int)course_draw(h, 12), (int)course_draw(h, 3),
             (int)course_draw(h, 2), most, second,
             course_chance(h, 50) ? " spread" : "");
}

void life_policy(struct life *l)
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
        "qos high flags=Relative grpTRES=cpu=60,node=80 maxTRESPerUser=billing=30",
        "qos normal flags=Relative maxTRESPerJob=gres/gpu=50 grpTRESRunMins=mem=900",
        "qos normal flags=Relative grpTRES=node=100 maxJobsPerUser=2",
        "qos high maxTRESPerJob=node=2 maxTRESPerAccount=cpu=4,mem=6G",
        "account x users=ann,bob grpTRES=cpu=7 limits.bob=maxJobs:1",
        "account y parent=x users=bob grpJobs=2 maxTRESPerNode=gres/gpu=1",
        "qos normal grpTRESMins=cpu=9,gres/gpu=4 used=cpu=300 asof=900",
        "qos high grpWall=6 flags=NoDecay factor=2",
        "qos high flags=EnforceUsageThreshold threshold=0.5 minPrioThreshold=700",
        "qos low limitfactor=2 flags=RequiresReservation",
        "account x users=ann,bob grpTRES=cpu=3 minPrioThreshold=300",
        "qos low factor=0.5 flags=UsageFactorSafe grpTRESMins=cpu=20",
        "account x users=ann,bob grpTRESMins=cpu=15 grpWall=10",
        "account y parent=x users=bob limits.bob=grpTRESMins:gres/gpu=3",
        "qos normal priority=10 maxJobsAccruePerUser=1",
        "qos high priority=90 grpJobsAccrue=2 maxJobsAccruePerAccount=1",
        "account x users=ann,bob grpJobsAccrue=2 limits.bob=maxJobsAccrue:1",
        "account x users=ann",
        "account y users=ann,bob",
        "account y users=bob",
        "account x namespaces=default",
        "account x parent=y shares=3 users=ann,bob used.ann=40 used.bob=70 asof=900",
        "account y shares=parent users=ann@a,bob used.ann@a=30 asof=1100",
        "account y parent=x users=bob priority.bob=50",
        "account x users=ann,bob defaultqos=high qos.bob=low",
        "account y parent=x users=ann,bob qos=low,normal",
        "account z users=bob@a,bob@b priority=90 shares=0 used.bob@b=30",
        "gone account z",
        "gone account x",
        "gone account y",
    };
    struct course *h = &l->h;

    course_tell(h, "%s", COURSE_PICK(h, lines));
}

static void random_request(struct course *h, char *line, size_t size)
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
                                          " oversubscribe",
                                          " oversubscribe addedmilli=500",
                                          " exclusive"};
    int64_t min = 1 + course_draw(h, 3),
            max = min + (course_chance(h, 30) ? course_draw(h, 3) : 0);
    char units[WORDS_MAX / 2];

    random_units(h, units, sizeof(units));
    snprintf(line, size, "%s=%d-%d cpu=%d mem=%dG x/gpu=%d%s%s",
             course_chance(h, 60) ? "nodes" : "replicas", (int)min, (int)max,
             (int)course_draw(h, 4), (int)course_draw(h, 3), (int)course_draw(h, 3),
             units, COURSE_PICK(h, filters));
}

/* Of a heterogeneous job, as some are. */
static void random_components(struct course *h, char *line, size_t size)
{
    size_t at = 0;

    *line = '\0';
    for (int n = course_chance(h, 20) ? 1 + (int)course_draw(h, 2) : 0; n > 0; n--) {
        static const char *const parts[] = {"", "", " partition=a", " partition=b",
                                            " partition=d"};
        static const char *const payers[] = {"",         "",          "",
                                             " qos=low", " qos=high", " account=y"};
        static const char *const limits[] = {"", "", " time=1", " time=2", " time=30"};
        char request[WORDS_MAX];

        random_request(h, request, sizeof(request));
        at += (size_t)snprintf(line + at, size - at, " : %s%s%s%s", request,
                               COURSE_PICK(h, parts), COURSE_PICK(h, payers),
                               COURSE_PICK(h, limits));
    }
}

static int random_number(struct life *l)
{
    int number = 1 + (int)course_draw(&l->h, LIFE_JOBS);

    l->ended[number] = 0;
    return number;
}

/* On jobs that are there, or are not; also on itself. */
static void random_depend(struct course *h, char *line, size_t size)
{
    static const char *const kinds[] = {"after", "afterany", "afterok", "afternotok",
                                        "aftercorr"};
    size_t at = (size_t)snprintf(line, size, " depend=");
    int n = 1 + (int)course_draw(h, 3);
    const char *apart = course_chance(h, 50) ? "," : "?";

    for (int i = 0; i < n; i++) {
        const char *kind = kinds[course_draw(h, ARRAY_LEN(kinds))];

        at +=
            (size_t)(course_chance(h, 20)
                         ? snprintf(line + at, size - at, "%ssingleton",
                                    i > 0 ? apart : "")
                         : snprintf(
                               line + at, size - at, "%s%s:%d%s%s", i > 0 ? apart : "",
                               kind, 1 + (int)course_draw(h, LIFE_JOBS),
                               course_chance(h, 30) ? "_[2-3]" : "",
                               kind[5] == '\0' && course_chance(h, 50) ? "+1" : ""));
    }
    if (course_chance(h, 30))
        snprintf(line + at, size - at, " hopeless=%s",
                 course_chance(h, 50) ? "ends" : "stays");
}

void life_outsider(struct life *l)
{
    struct course *h = &l->h;

    course_tell(h, "job %d state=%s start=%lld", random_number(l),
                course_chance(h, 30)   ? "aside"
                : course_chance(h, 50) ? "ended"
                                       : "ended failed",
                (long long)(h->now_sec - course_draw(h, 100)));
}

/* In some lives, which draw no more for that. */
static const char *floating(const struct course *h, int64_t start_sec)
{
    static const char *const words[] = {"", " float=0", " float=120", " float=1200"};

    return h->seed % 4 == 0 ? words[(uint64_t)start_sec % ARRAY_LEN(words)] : "";
}

/* Likewise. */
static const char *drawing(const struct course *h, int64_t start_sec)
{
    return h->seed % 5 == 2 && start_sec % 3 > 0 ? " flags=magnetic" : "";
}

/* Of some lives reservations mostly hold so much of their nodes, from the first on. */
static bool has_portions(const struct course *h)
{
    return h->seed % 5 < 2;
}

static const char *amounts(int64_t number)
{
    static const char *const words[] = {"cpu=2",        "cpu=5", "x/gpu=1",
                                        "cpu=3 mem=2G", "cpu=1", "gpus=h100:1",
                                        "cpu=4 count=2"};

    return words[(uint64_t)number % ARRAY_LEN(words)];
}

static void first_portions(struct course *h)
{
    static const char *const others[] = {"", " users=ann", " users=-ann",
                                         " flags=ignorejobs", " repeat=daily"};

    for (const char *name = "pqr"; *name != '\0'; name++) {
        int64_t start = h->now_sec + course_draw(h, 2000) - 1000;

        course_tell(h, "reservation %c start=%" PRId64 " end=%" PRId64 " %s%s", *name,
                    start, start + 2000 + course_draw(h, 8000),
                    amounts(course_draw(h, 100)), COURSE_PICK(h, others));
    }
}

void life_reservation(struct life *l)
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
                                         " flags=anynodes licenses=matlab:2",
                                         " licenses=ansys,matlab",
                                         " flags=replace",
                                         " flags=static",
                                         " startdelay=60",
                                         " startdelay=600",
                                         " flags=nohold"};
    static const char *const repeats[] = {"", "", "", " repeat=hourly",
                                          " repeat=daily"};
    struct course *h = &l->h;
    char name = (char)('p' + course_draw(h, 3));
    int64_t start = h->now_sec + course_draw(h, 3000) - 1500;

    if (course_chance(h, 30))
        course_tell(h, "gone reservation %c", name);
    else
        course_tell(h, "reservation %c start=%" PRId64 " end=%" PRId64 " %s%s%s%s%s",
                    name, start, start + 1 + course_draw(h, 3000),
                    has_portions(h) && start % 4 != 0 ? amounts(start / 4)
                                                      : COURSE_PICK(h, nodes),
                    COURSE_PICK(h, others), COURSE_PICK(h, repeats), floating(h, start),
                    drawing(h, start));
}

static const char *const places[] = {
    "",
    "",
    "",
    "",
    " reservation=p",
    " reservation=q",
    " reservation=q,p",
    " reservation=p,r,q",
    " borrow=60",
    " borrow=300",
};
static const char *const switches[] = {"",
                                       "",
                                       "",
                                       "",
                                       " switches=1",
                                       " switches=1@1",
                                       " switches=2@0",
                                       " segment=1",
                                       " segment=2",
                                       " segment=1 spreadsegments",
                                       " segment=1 consolidatesegments"};

static const char *const licenses[] = {"",
                                       "",
                                       "",
                                       "",
                                       " licenses=matlab",
                                       " licenses=ansys,matlab:2",
                                       " licenses=fluent",
                                       " licenses=ansys|matlab:2",
                                       " licenses=matlab|ansys"};

/* Arrays, and tasks of them, each once. All tasks of an array have its limit, as those
 * have that are split off: arrays of odd numbers have one. */
static void random_tasks(struct course *h, int number, char *line, size_t size)
{
    static const char *const arrays[] = {" tasks=2-5 ill=6",
                                         " tasks=0-4 out=7 well=8 tasklimit=3"};
    int of;

    *line = '\0';
    if (course_chance(h, 20)) {
        snprintf(line, size, "%s", arrays[number % 2]);
    } else if (course_chance(h, 30)) {
        of = 1 + (int)course_draw(h, 2);
        snprintf(line, size, " taskof=%d task=%d%s", of, number,
                 of % 2 != 0 ? " tasklimit=3" : "");
    }
}

void life_job(struct life *l)
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
                                          " qos=low,high",
                                          " qos=normal,low,high",
                                          " account=y",
                                          " user=bob account=x",
                                          " user=bob qos=normal"};
    struct course *h = &l->h;
    char request[WORDS_MAX], tasks[64];
    int number = random_number(l);
    char begin[64] = "", bounds[64] = "", depend[WORDS_MAX] = "";
    char components[3 * WORDS_MAX];
    const char *taken = COURSE_PICK(h, licenses);
    const char *place = COURSE_PICK(h, places);
    const char *near = COURSE_PICK(h, switches);

    random_request(h, request, sizeof(request));
    random_tasks(h, number, tasks, sizeof(tasks));
    if (course_chance(h, 25))
        random_depend(h, depend, sizeof(depend));
    if (course_chance(h, 15))
        snprintf(bounds, sizeof(bounds), " timemin=%d", 1 + (int)course_draw(h, 20));
    else if (course_chance(h, 10))
        snprintf(bounds, sizeof(bounds), " deadline=%" PRId64,
                 h->now_sec + course_draw(h, 4000));
    if (course_chance(h, 15))
        snprintf(begin, sizeof(begin), " begin=%" PRId64,
                 h->now_sec + course_draw(h, 100));
    random_components(h, components, sizeof(components));
    course_tell(h, "job %d submit=%lld %s%s%s%s%s%s%s%s%s%s%s%s%s%s%s", number,
                (long long)(h->now_sec - course_draw(h, 200)), request,
                private_job(h, number), taken, place, near, tasks,
                COURSE_PICK(h, parts), COURSE_PICK(h, policies),
                COURSE_PICK(h, charges), begin, depend, bounds,
                course_chance(h, 30) ? " jobname=train" : "",
                course_chance(h, 5) ? " on=n[3-4]" : "", components);
}

void life_running(struct life *l)
{
    static const char *const qos[] = {"", "", " qos=low", " qos=high",
                                      " qos=high,low hasqos=low"};
    struct course *h = &l->h;
    char request[WORDS_MAX], tasks[64];
    int number = random_number(l);
    char yields[64] = "";

    random_request(h, request, sizeof(request));
    random_tasks(h, number, tasks, sizeof(tasks));
    if (course_chance(h, 15))
        snprintf(yields, sizeof(yields), " preemptedby=%d preemptend=%lld",
                 1 + (int)course_draw(h, LIFE_JOBS),
                 (long long)(h->now_sec + course_draw(h, 200) - 100));
    course_tell(h, "job %d %s%s%s%s%s state=%s start=%lld in=a on=n%d:2%s%s%s", number,
                request, private_job(h, number), COURSE_PICK(h, licenses), tasks,
                COURSE_PICK(h, places), course_chance(h, 80) ? "running" : "completing",
                (long long)(h->now_sec - course_draw(h, 100)),
                1 + (int)course_draw(h, LIFE_NODES + 1),
                course_chance(h, 50) ? " time=2" : "", COURSE_PICK(h, qos), yields);
}

void life_foreign(struct life *l)
{
    static const char *const left[] = {"", "", " ofjob", " ofjob partition=a",
                                       " ofjob partition=b"};
    struct course *h = &l->h;

    if (course_chance(h, 40))
        course_tell(h, "gone pod p%d", (int)course_draw(h, 4));
    else
        course_tell(h, "pod p%d on=n%d cpu=%d%s", (int)course_draw(h, 4),
                    1 + (int)course_draw(h, LIFE_NODES + 1), 1 + (int)course_draw(h, 3),
                    COURSE_PICK(h, left));
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

static bool drop_task(struct course *h, int number)
{
    for (int task = 0; task < TASKS_MAX; task++) {
        AUTO_FREE char *uid = xasprintf("job-%d/%d", number, task);

        if (sched_job(h->s, uid) == NULL)
            continue;
        course_tell(h, "gone job %d/%d", number, task);
        return true;
    }
    return false;
}

/* One that has a limit of its own, in time or late. */
static bool end_component(struct course *h, const struct job *job)
{
    struct job *now, *component;

    if (job->phase != JOB_RUNNING || !job_is_uneven(job) || course_chance(h, 30))
        return false;
    now = job_copy(job);
    component = &now->others[course_draw(h, (int64_t)now->n_others)];
    if (component->end_sec == TIME_UNSET)
        component->end_sec = h->now_sec - course_draw(h, 10);
    else
        component->gone = true;
    str_addf(&h->script, "component of job %d ended at %d%s\n", (int)job->job_id,
             (int)component->end_sec, component->gone ? ", and is gone" : "");
    sched_apply(h->s, &(struct change){.kind = CHANGE_JOB, .u.job = now});
    return true;
}

void life_progress(struct life *l)
{
    struct course *h = &l->h;
    int number = 1 + (int)course_draw(h, LIFE_JOBS);
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct job *job = sched_job(h->s, uid);
    struct change change = {.kind = CHANGE_JOB};

    if (drop_task(h, number) || job == NULL)
        return;
    l->ended[number] = 0;
    if (end_component(h, job))
        return;
    if (job->phase == JOB_PENDING || job->phase == JOB_ENDED ||
        (job->phase == JOB_COMPLETING && course_chance(h, 50))) {
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

void life_reconfigure(struct life *l)
{
    struct course *h = &l->h;
    struct sched_config config = life_settings(h->seed);
    const struct change change = {.kind = CHANGE_CONFIG, .u.config = &config};

    config.priority_weight_age = course_draw(h, 3) * 1000;
    config.priority_weight_qos = course_draw(h, 3) * 1000;
    config.priority_favor_small = course_chance(h, 50);
    if (course_chance(h, 30))
        config.priority_flags = PRIORITY_INCR_ONLY;
    if (course_chance(h, 30))
        config.priority_flags |= PRIORITY_NO_FAIR_TREE;
    if (course_chance(h, 20))
        config.usage_reset = USAGE_RESET_DAILY;
    if (course_chance(h, 40))
        config.priority_weight_tres = (struct tres_weights){
            .n = 2, .items = {{TRES_CPU, "", 3000}, {TRES_GPU, "h100", -500}}};
    config.kill_invalid_depend = course_chance(h, 30);
    config.window_sec = 60 + course_draw(h, 20) * 600;
    config.reservation_depth = course_draw(h, 5);
    config.min_age_reserve_sec = course_draw(h, 3) * 200;
    config.max_job_test = 1 + course_draw(h, LIFE_JOBS);
    config.backfill_order = (enum backfill_order)course_draw(h, 3);
    str_addf(&h->script, "plan depth=%d test=%d window=%d order=%d ...\n",
             (int)config.reservation_depth, (int)config.max_job_test,
             (int)config.window_sec, (int)config.backfill_order);
    sched_apply(h->s, &change);
}

void life_begin(struct life *l, uint64_t seed)
{
    struct sched_config config = life_settings(seed);

    *l = (struct life){0};
    course_init(&l->h, seed, &config);
    for (int i = 0; i < LIFE_NODES; i++)
        life_node(l);
    life_partition(l);
    life_partition(l);
    if (has_portions(&l->h))
        first_portions(&l->h);
}
