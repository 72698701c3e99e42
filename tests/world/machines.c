#include "tests/world/machines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet.h"
#include "tests/world/keepers.h"

/* What tells a kubelet that it was out of reach; it costs time where that cannot be. */
#define LEASE_SEC 200
#define LEASE_NEVER_SEC 100000

enum machine_state { MACHINE_UP, MACHINE_DOWN, MACHINE_CUT };

struct machine {
    struct machines *all;
    char prefix[2];
    struct machine_shape shape;
    enum machine_state state;
    bool scrapped; /* its Nodes are deleted while it is down */
    struct faulty *faulty;
    struct executor *executor;
    struct kc_client *client;
    struct kubelet *kubelet;
    struct loop_timer *timer; /* the end of a misfortune */
};

struct machines {
    struct machines_options o;
    struct machine items[MACHINES_MAX];
    struct loop_timer *timer; /* the next misfortune */
    struct keepers *keepers;
    bool blocked; /* the server is away */
    bool calm;
};

static int64_t between(struct machines *m, int64_t from, int64_t to)
{
    return from + (int64_t)rng_below(&m->o.rng, (uint64_t)(to - from + 1));
}

/* ---- one machine ---- */

static void machine_boot(struct machine *x)
{
    const struct machines_options *o = &x->all->o;
    struct kubelet_options k = {
        .loop = o->loop,
        .executor = x->executor,
        .name_prefix = x->prefix,
        .groups = {.items = {{.count = x->shape.nodes, .gpus = x->shape.gpus}}, .n = 1},
        .cpu_milli = x->shape.cpus * 1000,
        .mem_bytes = x->shape.mem_gib << 30,
        .gpu_resource = "nvidia.com/gpu",
        .lease_sec = o->misfortunes ? LEASE_SEC : LEASE_NEVER_SEC,
    };
    struct rng rng;
    struct err err = ERR_INIT;

    rng_seed(&rng, rng_next(&x->all->o.rng));
    x->client = kc_client_new(o->loop, faulty_transport(x->faulty), &rng);
    k.client = x->client;
    k.rng = rng;
    x->kubelet = kubelet_new(&k, &err);
    if (!x->kubelet)
        journal_breach(o->journal, "machine", "%s", err.msg);
    x->state = MACHINE_UP;
    x->scrapped = false;
    journal_note(o->journal, "machine %s up", x->prefix);
}

static void machine_halt(struct machine *x)
{
    kubelet_free(x->kubelet);
    kc_client_free(x->client);
    x->kubelet = NULL;
    x->client = NULL;
    x->state = MACHINE_DOWN;
}

static void machine_recover(void *arg)
{
    struct machine *x = arg;

    loop_timer_stop(x->timer);
    if (x->state == MACHINE_CUT) {
        faulty_block(x->faulty, x->all->blocked);
        x->state = MACHINE_UP;
        journal_note(x->all->o.journal, "machine %s reached again", x->prefix);
    } else if (x->state == MACHINE_DOWN) {
        machine_boot(x);
    }
}

static const struct misfortune {
    const char *what;
    enum machine_state state;
    bool scrapped;
    int64_t from_sec, to_sec;
} misfortunes[] = {
    {"restarts", MACHINE_DOWN, false, 0, 30},
    {"fails", MACHINE_DOWN, false, 30, 900},
    {"is cut off", MACHINE_CUT, false, 1, 60},
    {"is cut off for long", MACHINE_CUT, false, 60, 900},
    {"is cut off for good", MACHINE_CUT, false, 100000, 100000},
    {"is scrapped", MACHINE_DOWN, true, 120, 900},
};

static void machine_fail(struct machine *x)
{
    struct machines *m = x->all;
    const struct misfortune *f =
        &misfortunes[rng_below(&m->o.rng, ARRAY_LEN(misfortunes))];
    int64_t sec = between(m, f->from_sec, f->to_sec);

    journal_note(m->o.journal, "machine %s %s, %" PRId64 " s", x->prefix, f->what, sec);
    m->o.journal->counts.losses++;
    if (f->state == MACHINE_CUT) {
        faulty_block(x->faulty, true);
        x->state = MACHINE_CUT;
    } else {
        machine_halt(x);
    }
    x->scrapped = f->scrapped;
    loop_timer_start(x->timer, sec * 1000);
}

static void on_fault(void *arg, const char *what, const struct transport_request *req)
{
    struct machine *x = arg;

    x->all->o.journal->counts.faults++;
    journal_note(x->all->o.journal, "  %s: %s %s %s", x->prefix, what, req->method,
                 req->path);
}

static void machine_init(struct machine *x, struct machines *m, size_t i)
{
    struct faulty_options f = {.loop = m->o.loop,
                               .inner = m->o.wire,
                               .rates = m->o.rates,
                               .hooks = {.fault = on_fault},
                               .arg = x};

    *x = (struct machine){.all = m, .shape = m->o.shapes[i]};
    x->prefix[0] = (char)('a' + i);
    rng_seed(&f.rng, rng_next(&m->o.rng));
    x->faulty = faulty_new(&f);
    rng_seed(&m->o.runs.rng, rng_next(&m->o.rng));
    x->executor = runs_new(&m->o.runs);
    x->timer = loop_timer_new(m->o.loop, machine_recover, x);
    machine_boot(x);
}

static void machine_fini(struct machine *x)
{
    machine_halt(x);
    executor_free(x->executor);
    faulty_free(x->faulty);
    loop_timer_free(x->timer);
}

/* ---- all ---- */

static const struct machine *machine_of(const struct machines *m, const char *node)
{
    for (size_t i = 0; i < m->o.n; i++)
        if (m->items[i].prefix[0] == node[0])
            return &m->items[i];
    return NULL;
}

static bool is_silent(void *arg, const char *node)
{
    const struct machine *x = machine_of(arg, node);

    return !x || x->state != MACHINE_UP;
}

static bool is_scrapped(void *arg, const char *node)
{
    const struct machine *x = machine_of(arg, node);

    return x && x->scrapped;
}

static void on_misfortune(void *arg)
{
    struct machines *m = arg;
    struct machine *x = &m->items[rng_below(&m->o.rng, m->o.n)];

    if (x->state == MACHINE_UP)
        machine_fail(x);
    loop_timer_start(m->timer, between(m, 20, 300) * 1000);
}

struct machines *machines_new(const struct machines_options *options)
{
    struct machines *m = xcalloc(1, sizeof(*m));
    struct keepers_options k = {.loop = options->loop,
                                .server = options->server,
                                .ledger = options->ledger,
                                .journal = options->journal,
                                .foreign_pods = options->foreign_pods,
                                .is_silent = is_silent,
                                .is_scrapped = is_scrapped,
                                .arg = m};

    m->o = *options;
    rng_seed(&k.rng, rng_next(&m->o.rng));
    for (size_t i = 0; i < m->o.n; i++)
        machine_init(&m->items[i], m, i);
    m->keepers = keepers_new(&k);
    m->timer = loop_timer_new(m->o.loop, on_misfortune, m);
    if (m->o.misfortunes)
        loop_timer_start(m->timer, between(m, 10, 300) * 1000);
    return m;
}

void machines_free(struct machines *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->o.n; i++)
        machine_fini(&m->items[i]);
    keepers_free(m->keepers);
    loop_timer_free(m->timer);
    free(m);
}

void machines_block(struct machines *m, bool blocked)
{
    m->blocked = blocked;
    for (size_t i = 0; i < m->o.n; i++)
        faulty_block(m->items[i].faulty, blocked || m->items[i].state == MACHINE_CUT);
    keepers_pause(m->keepers, blocked);
}

void machines_set_rates(struct machines *m, const struct faulty_rates *rates)
{
    for (size_t i = 0; i < m->o.n; i++)
        faulty_set_rates(m->items[i].faulty, rates ? rates : &m->o.rates);
}

void machines_calm(struct machines *m)
{
    const struct faulty_rates none = {0};

    loop_timer_stop(m->timer);
    m->o.rates = none;
    for (size_t i = 0; i < m->o.n; i++) {
        faulty_set_rates(m->items[i].faulty, &none);
        runs_calm(m->items[i].executor);
        machine_recover(&m->items[i]);
    }
    keepers_calm(m->keepers);
    m->calm = true;
}

bool machines_are_calm(const struct machines *m)
{
    return m->calm && keepers_are_calm(m->keepers);
}
