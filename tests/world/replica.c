#include "tests/world/replica.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/util.h"
#include "cmd/gantry-controller/candidate.h"
#include "crds/licenses.h"
#include "tests/world/wants.h"

#define CUT_SEC_MAX 60
#define APART_SEC_MIN 30
#define APART_SEC_MAX 300

enum { WIRE_WORK, WIRE_LEASE, WIRES };

struct replica {
    struct replica_options o;
    struct faulty *faulty;
    struct kc_client *clients[WIRES];
    struct settings settings;
    struct candidate *candidate; /* NULL: killed */
    char *self;
    int64_t starts;
    struct loop_timer *death, *birth, *cable;
    int64_t writes_left; /* until it is killed */
    bool dying;
    bool away; /* the server is */
    bool cut;  /* the cable is out */
};

static int64_t draw(struct replica *r, int64_t bound)
{
    return (int64_t)rng_below(&r->o.rng, (uint64_t)bound);
}

/* ---- life and death ---- */

static void turned(void *arg, bool leads)
{
    struct replica *r = arg;

    journal_note(r->o.journal, "controller %s %s", r->self,
                 leads ? "leads" : "leads no more");
    r->o.turned(r->o.arg);
}

static void stand(struct replica *r)
{
    struct candidate_options c = {.loop = r->o.loop,
                                  .log = r->o.log,
                                  .work = r->clients[WIRE_WORK],
                                  .lease = r->clients[WIRE_LEASE],
                                  .settings = &r->settings,
                                  .self = r->self,
                                  .turned = turned,
                                  .arg = r};

    rng_seed(&c.rng, rng_next(&r->o.rng));
    r->candidate = candidate_new(&c);
}

static void start(void *arg)
{
    struct replica *r = arg;

    free(r->self);
    r->self = xasprintf("%d.%lld", r->o.number, (long long)++r->starts);
    for (int i = 0; i < WIRES; i++) {
        struct rng rng;
        rng_seed(&rng, rng_next(&r->o.rng));
        r->clients[i] = kc_client_new(r->o.loop, faulty_transport(r->faulty), &rng);
    }
    stand(r);
    r->writes_left = r->o.writes_between_kills
                         ? 1 + draw(r, 2 * r->o.writes_between_kills)
                         : INT64_MAX;
    r->dying = false;
    journal_note(r->o.journal, "controller %s starts", r->self);
}

static void stop(struct replica *r)
{
    candidate_free(TAKE(r->candidate));
    for (int i = 0; i < WIRES; i++)
        kc_client_free(TAKE(r->clients[i]));
    r->o.turned(r->o.arg);
}

static void die(void *arg)
{
    struct replica *r = arg;

    journal_note(r->o.journal, "controller %s is killed", r->self);
    r->o.journal->counts.kills++;
    stop(r);
    loop_timer_start(r->birth, draw(r, 3) ? draw(r, 5000) : draw(r, 120000));
}

/* ---- its cable ---- */

static void wire_up(struct replica *r)
{
    faulty_block(r->faulty, r->away || r->cut);
}

static void pull(void *arg)
{
    struct replica *r = arg;

    r->cut = !r->cut;
    journal_note(r->o.journal, "controller %s: cable %s", r->self,
                 r->cut ? "out" : "in");
    wire_up(r);
    const int64_t sec =
        r->cut ? 1 + draw(r, CUT_SEC_MAX) : APART_SEC_MIN + draw(r, APART_SEC_MAX);
    loop_timer_start(r->cable, sec * 1000);
}

/* ---- its requests ---- */

static bool is_of_lease(const struct transport_request *req)
{
    return strstr(req->path, "/leases") || strcmp(req->path, "/api/v1/namespaces") == 0;
}

/* The write at which it dies arrives, now or late, or does not. */
static enum faulty_verdict on_write(void *arg, const struct transport_request *req)
{
    struct replica *r = arg;

    if (r->dying)
        return FAULTY_NEVER;
    if (is_of_lease(req))
        return FAULTY_PASS;
    r->o.journal->counts.requests++;
    if (!replica_leads(r))
        journal_breach(r->o.journal, "leader", "%s writes and does not lead: %s %s",
                       r->self, req->method, req->path);
    if (--r->writes_left > 0)
        return FAULTY_PASS;
    r->dying = true;
    loop_timer_start(r->death, 0);
    journal_note(r->o.journal, "dies at %s %s", req->method, req->path);
    return draw(r, 2) ? FAULTY_ORPHAN : FAULTY_NEVER;
}

static void on_fault(void *arg, const char *what, const struct transport_request *req)
{
    struct replica *r = arg;

    r->o.journal->counts.faults++;
    journal_note(r->o.journal, "  controller %d: %s %s %s", r->o.number, what,
                 req->method, req->path);
}

static void on_late(void *arg, const struct transport_request *req)
{
    struct replica *r = arg;
    JSON_AUTO struct json *body = req->body ? json_parse_str(req->body, NULL) : NULL;

    journal_note(r->o.journal, "  late: %s %s", req->method, req->path);
    if (strcmp(req->method, "POST") == 0 && str_eq(json_str(body, "kind"), "Pod"))
        ledger_expect_late(r->o.ledger, json_str_or(body, "metadata.name", ""));
}

/* ---- the replica ---- */

struct replica *replica_new(const struct replica_options *options)
{
    struct replica *r = xcalloc(1, sizeof(*r));
    struct faulty_options f = {.loop = options->loop,
                               .inner = options->wire,
                               .rates = options->rates,
                               .hooks = {on_write, on_fault, on_late},
                               .arg = r};

    r->o = *options;
    settings_default(&r->settings);
    license_table_parse(WORLD_LICENSE ":" WORLD_LICENSES_TEXT,
                        &r->settings.sched.licenses, NULL);
    r->settings.sched.preempt_type = PREEMPT_BY_QOS;
    r->settings.sched.preempt_mode = PREEMPT_REQUEUE;
    rng_seed(&f.rng, rng_next(&r->o.rng));
    r->faulty = faulty_new(&f);
    r->death = loop_timer_new(r->o.loop, die, r);
    r->birth = loop_timer_new(r->o.loop, start, r);
    r->cable = loop_timer_new(r->o.loop, pull, r);
    if (r->o.cuts)
        loop_timer_start(r->cable, (APART_SEC_MIN + draw(r, APART_SEC_MAX)) * 1000);
    start(r);
    return r;
}

void replica_free(struct replica *r)
{
    if (!r)
        return;
    stop(r);
    faulty_free(r->faulty);
    loop_timer_free(r->death);
    loop_timer_free(r->birth);
    loop_timer_free(r->cable);
    free(r->self);
    free(r);
}

void replica_block(struct replica *r, bool blocked)
{
    r->away = blocked;
    wire_up(r);
}

void replica_set_rates(struct replica *r, const struct faulty_rates *rates)
{
    faulty_set_rates(r->faulty, rates ? rates : &r->o.rates);
}

void replica_calm(struct replica *r)
{
    r->o.rates = (struct faulty_rates){0};
    replica_set_rates(r, NULL);
    r->o.writes_between_kills = 0;
    if (!r->dying)
        r->writes_left = INT64_MAX;
    loop_timer_stop(r->cable);
    r->cut = false;
    wire_up(r);
}

bool replica_leads(const struct replica *r)
{
    return r->candidate && candidate_leads(r->candidate);
}

bool replica_is_idle(const struct replica *r)
{
    const struct controller *ctl =
        r->candidate ? candidate_controller(r->candidate) : NULL;

    return ctl && controller_is_synced(ctl) && controller_active_jobs(ctl) == 0;
}
