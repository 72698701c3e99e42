#include "tests/world/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/world/control.h"
#include "tests/world/machines.h"
#include "tests/world/outage.h"
#include "tests/world/users.h"

#define START_MS (INT64_C(1800000000) * 1000) /* 2027-01-15T08:00:00Z */
#define CHAOS_SEC 36000
#define CALM_SEC 18000
/* As many callbacks at one moment are an endless exchange: in life it would keep
 * processor and server busy. Of 300 worlds the busiest moment took 163; the higher the
 * bound, the longer a planted bug spins. */
#define LIVELOCK_STEPS 4000
/* So many containers get stuck where machines fail. */
#define STUCK_ONE_IN 25
#define HISTORY_SMALL 60 /* events: a watch that is away for a minute must relist */

/* What kinds of trouble a world has; its seed picks one. */
static const struct flavour {
    const char *name;
    bool faults, kills, misfortunes, outages, admission, meddling;
} flavours[] = {
    {.name = "peace"},
    {.name = "meddling", .admission = true, .meddling = true},
    {.name = "faults", .faults = true, .meddling = true},
    {.name = "kills", .kills = true, .meddling = true},
    {.name = "losses", .misfortunes = true, .meddling = true},
    {.name = "outages", .outages = true, .meddling = true},
    {.name = "all but admission",
     .faults = true,
     .kills = true,
     .misfortunes = true,
     .outages = true,
     .meddling = true},
    {.name = "all",
     .faults = true,
     .kills = true,
     .misfortunes = true,
     .outages = true,
     .admission = true,
     .meddling = true},
};

struct world {
    struct journal journal;
    struct loop *loop;
    struct rng rng;
    const struct flavour *flavour;
    struct server *server;
    struct transport *direct;
    struct wire *wire;
    struct log *log;
    struct ledger ledger;
    struct checks checks;
    struct machines *machines;
    struct control *control;
    struct users *users;
    struct outage *outage; /* NULL: there is none */
    struct loop_timer *compaction;
    int64_t chaos_until_ms;
    int64_t moment_ms;     /* of the last step */
    uint64_t moment_steps; /* so many at that moment */
};

static int64_t between(struct world *w, int64_t from, int64_t to)
{
    return from + (int64_t)rng_below(&w->rng, (uint64_t)(to - from + 1));
}

/* ---- wiring ---- */

static void on_job(void *arg, struct job_fact *job)
{
    checks_job(&((struct world *)arg)->checks, job);
}

static void on_pod(void *arg, struct pod_fact *pod)
{
    checks_pod(&((struct world *)arg)->checks, pod);
}

static void on_run(void *arg, struct pod_fact *pod)
{
    checks_run(&((struct world *)arg)->checks, pod);
}

static const struct ledger_ops ledger_ops = {on_job, on_pod};

/* ---- the cluster ---- */

/* About one request in thirty goes wrong in some way, in rough worlds one in six. */
static struct faulty_rates draw_rates(struct world *w)
{
    unsigned unit = w->flavour->faults ? (rng_below(&w->rng, 4) ? 50 : 250) : 0;

    return (struct faulty_rates){
        .unsent = unit,
        .lost = unit,
        .refused = unit,
        .slow = unit,
        .cut = unit,
        .broken = unit,
        .late = unit,
        .stream_refused = 4 * unit,
        .stream_cut = 20 * unit,
        .stream_slow = unit,
        .stream_repeat = unit,
    };
}

static void make_machines(struct world *w, enum plant plant, struct users_options *u)
{
    struct machines_options m = {
        .loop = w->loop,
        .server = w->server,
        .wire = w->direct,
        .ledger = &w->ledger,
        .journal = &w->journal,
        .rates = draw_rates(w),
        .misfortunes = w->flavour->misfortunes,
        .foreign_pods = w->flavour->meddling,
        .n = (size_t)between(w, 1, 3),
        .runs = {.loop = w->loop,
                 .ledger = &w->ledger,
                 .started = on_run,
                 .arg = w,
                 .stuck_one_in = w->flavour->misfortunes ? STUCK_ONE_IN : 0,
                 .doubled = plant == PLANT_RUN_TWICE},
    };

    u->cpus_per_node = between(w, 4, 8);
    u->gpus_per_node = between(w, 0, 4);
    for (size_t i = 0; i < m.n; i++) {
        struct machine_shape *shape = &m.shapes[i];
        shape->nodes = between(w, i == 0 ? 2 : 1, i > 1 ? 2 : 3);
        shape->cpus = u->cpus_per_node + between(w, 0, 4);
        shape->mem_gib = w->flavour->admission ? u->cpus_per_node : shape->cpus;
        shape->gpus = u->gpus_per_node + between(w, 0, 2);
        u->nodes += m.shapes[i].nodes;
    }
    u->side_nodes = m.shapes[0].nodes;
    rng_seed(&m.rng, rng_next(&w->rng));
    w->machines = machines_new(&m);
}

static void make_control(struct world *w)
{
    struct control_options c = {
        .replica = {.loop = w->loop,
                    .wire = wire_transport(w->wire),
                    .ledger = &w->ledger,
                    .journal = &w->journal,
                    .log = w->log,
                    .rates = draw_rates(w),
                    .writes_between_kills = w->flavour->kills ? between(w, 2, 40) : 0},
        .n = w->flavour->kills ? (int)between(w, 1, REPLICAS_MAX) : 1,
        .checks = &w->checks,
    };

    c.replica.cuts = c.n > 1;
    rng_seed(&c.replica.rng, rng_next(&w->rng));
    w->control = control_new(&c);
}

static void make_users(struct world *w, struct users_options *u)
{
    u->loop = w->loop;
    u->server = w->server;
    u->ledger = &w->ledger;
    u->journal = &w->journal;
    u->meddling = w->flavour->meddling;
    u->n_jobs = (size_t)between(w, 2, 10);
    rng_seed(&u->rng, rng_next(&w->rng));
    w->users = users_new(u);
}

static void make_outages(struct world *w)
{
    struct outage_options o = {.loop = w->loop,
                               .server = w->server,
                               .control = w->control,
                               .machines = w->machines,
                               .users = w->users,
                               .journal = &w->journal};

    rng_seed(&o.rng, rng_next(&w->rng));
    w->outage = outage_new(&o);
}

/* Now and then all history is forgotten, as after a compaction: 410 for who comes. */
static void on_compaction(void *arg)
{
    struct world *w = arg;

    apiserver_compact(server_api(w->server));
    loop_timer_start(w->compaction, between(w, 20, 300) * 1000);
}

static void world_init(struct world *w, const struct world_options *o)
{
    struct users_options u = {0};
    struct rng rng;

    *w = (struct world){.loop = loop_new_virtual(START_MS)};
    journal_init(&w->journal, w->loop, o->aloud);
    w->journal.counts.seeds = 1;
    rng_seed(&w->rng, o->seed);
    w->flavour = &flavours[o->seed % ARRAY_LEN(flavours)];
    journal_note(&w->journal, "a world of %s", w->flavour->name);
    if (o->aloud) {
        w->log = log_new(stdout, w->loop, LOG_INFO);
        log_set_json(w->log, false);
    }
    rng_seed(&rng, rng_next(&w->rng));
    bool faults = w->flavour->faults;
    w->server =
        server_new(w->loop, &rng, faults && rng_below(&w->rng, 2) ? HISTORY_SMALL : 0,
                   o->definitions);
    w->checks =
        (struct checks){.ledger = &w->ledger,
                        .journal = &w->journal,
                        .faultless = !faults && !w->flavour->kills &&
                                     !w->flavour->misfortunes && !w->flavour->outages,
                        .outages = w->flavour->outages,
                        .admission = w->flavour->admission,
                        .meddled = w->flavour->meddling,
                        .controller_ms = NEVER_MS};
    ledger_init(&w->ledger, w->server, w->loop, &ledger_ops, w);
    w->direct = direct_new(w->loop, server_api(w->server), "gantry", true);
    w->wire = wire_new(w->direct, o->plant, w->flavour->admission);
    make_machines(w, o->plant, &u);
    make_control(w);
    make_users(w, &u);
    if (w->flavour->outages)
        make_outages(w);
    w->compaction = loop_timer_new(w->loop, on_compaction, w);
    if (faults)
        loop_timer_start(w->compaction, between(w, 20, 300) * 1000);
}

static void world_fini(struct world *w)
{
    outage_free(w->outage);
    users_free(w->users);
    control_free(w->control);
    machines_free(w->machines);
    wire_free(w->wire);
    transport_free(w->direct);
    loop_timer_free(w->compaction);
    server_free(w->server);
    ledger_fini(&w->ledger);
    log_free(w->log);
    journal_fini(&w->journal);
    while (loop_step(w->loop, loop_now_ms(w->loop)))
        ; /* what was posted frees itself */
    loop_free(w->loop);
}

/* ---- its course ---- */

static void check_livelock(struct world *w)
{
    if (loop_now_ms(w->loop) != w->moment_ms)
        w->moment_steps = 0;
    w->moment_ms = loop_now_ms(w->loop);
    if (++w->moment_steps > LIVELOCK_STEPS)
        journal_breach(&w->journal, "livelock", "time stands still");
}

/* Steps until `done` says yes, which is asked when something has changed, or `sec` are
 * over. */
static void run_until(struct world *w, bool (*done)(const struct world *w), int64_t sec)
{
    int64_t until_ms = loop_now_ms(w->loop) + sec * 1000;

    w->ledger.changed = true;
    while (!w->journal.breach && loop_step(w->loop, until_ms)) {
        w->journal.counts.steps++;
        check_livelock(w);
        checks_step(&w->checks);
        if (!w->ledger.changed)
            continue;
        w->ledger.changed = false;
        if (done(w))
            return;
    }
}

static bool chaos_is_over(const struct world *w)
{
    return users_are_through(w->users) && loop_now_ms(w->loop) >= w->chaos_until_ms;
}

static bool is_settled(const struct world *w)
{
    return machines_are_calm(w->machines) && checks_is_settled(&w->checks, w->users);
}

static bool is_empty(const struct world *w)
{
    return checks_is_empty(&w->checks) && control_is_idle(w->control);
}

static void calm(struct world *w)
{
    journal_note(&w->journal, "calm");
    loop_timer_stop(w->compaction);
    outage_calm(w->outage);
    users_calm(w->users);
    machines_calm(w->machines);
    control_calm(w->control);
}

static void submit_all(struct world *w)
{
    users_submit_all(w->users);
}

static void delete_all(struct world *w)
{
    users_delete_all(w->users);
}

static void expect_settled(struct world *w)
{
    checks_settled(&w->checks, w->users);
    if (w->checks.faultless && !w->checks.meddled)
        checks_writes(&w->checks, wire_counts(w->wire));
}

static void expect_empty(struct world *w)
{
    checks_empty(&w->checks);
}

/* Each stage: what is done, what is waited for and how long, what must hold then. */
static const struct stage {
    void (*act)(struct world *w);
    bool (*done)(const struct world *w);
    int64_t sec;
    void (*expect)(struct world *w);
} stages[] = {
    {NULL, chaos_is_over, CHAOS_SEC, NULL},
    {calm, is_settled, CALM_SEC, expect_settled},
    {submit_all, is_settled, CALM_SEC, expect_settled},
    {delete_all, is_empty, CALM_SEC, expect_empty},
};

static void run(struct world *w)
{
    w->chaos_until_ms = loop_now_ms(w->loop) + between(w, 300, 1500) * 1000;
    for (size_t i = 0; i < ARRAY_LEN(stages) && !w->journal.breach; i++) {
        if (stages[i].act)
            stages[i].act(w);
        run_until(w, stages[i].done, stages[i].sec);
        if (stages[i].expect && !w->journal.breach)
            stages[i].expect(w);
    }
}

void world_run(const struct world_options *options, struct world_result *ret)
{
    struct world w;

    world_init(&w, options);
    run(&w);
    *ret = (struct world_result){.breach = TAKE(w.journal.breach),
                                 .digest = w.journal.digest,
                                 .counts = w.journal.counts};
    world_fini(&w);
}
