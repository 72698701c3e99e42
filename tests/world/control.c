#include "tests/world/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller.h"

struct control {
    struct control_options o;
    struct faulty *faulty;
    struct kc_client *client;
    struct controller *controller; /* NULL: killed */
    struct loop_timer *death, *birth;
    int64_t writes_left; /* until it is killed */
    bool dying;
    bool cut; /* the server is away, or unwell after that */
};

static int64_t draw(struct control *c, int64_t bound)
{
    return (int64_t)rng_below(&c->o.rng, (uint64_t)bound);
}

/* ---- life and death ---- */

/* The checks are patient with one that cannot reach the server, as with a dead one. */
static void tell_checks(struct control *c)
{
    bool works = c->controller && !c->cut;

    c->o.checks->controller_ms = works ? loop_now_ms(c->o.loop) : NEVER_MS;
}

static void start(void *arg)
{
    struct control *c = arg;
    struct settings settings;
    struct rng rng;

    settings_default(&settings);
    rng_seed(&rng, rng_next(&c->o.rng));
    c->client = kc_client_new(c->o.loop, faulty_transport(c->faulty), &rng);
    c->controller = controller_new(c->o.loop, c->client, c->o.log, &settings);
    c->writes_left = c->o.writes_between_kills
                         ? 1 + draw(c, 2 * c->o.writes_between_kills)
                         : INT64_MAX;
    c->dying = false;
    tell_checks(c);
    journal_note(c->o.journal, "the controller starts");
}

static void stop(struct control *c)
{
    controller_free(TAKE(c->controller));
    kc_client_free(TAKE(c->client));
    tell_checks(c);
}

static void die(void *arg)
{
    struct control *c = arg;

    journal_note(c->o.journal, "the controller is killed");
    c->o.journal->counts.kills++;
    stop(c);
    loop_timer_start(c->birth, draw(c, 3) ? draw(c, 5000) : draw(c, 120000));
}

/* ---- its requests ---- */

/* The write at which it dies arrives, now or late, or does not. */
static enum faulty_verdict on_write(void *arg, const struct transport_request *req)
{
    struct control *c = arg;

    c->o.journal->counts.requests++;
    if (c->dying)
        return FAULTY_NEVER;
    if (--c->writes_left > 0)
        return FAULTY_PASS;
    c->dying = true;
    loop_timer_start(c->death, 0);
    journal_note(c->o.journal, "dies at %s %s", req->method, req->path);
    return draw(c, 2) ? FAULTY_ORPHAN : FAULTY_NEVER;
}

static void on_fault(void *arg, const char *what, const struct transport_request *req)
{
    struct control *c = arg;

    c->o.journal->counts.faults++;
    journal_note(c->o.journal, "  controller: %s %s %s", what, req->method, req->path);
}

static void on_late(void *arg, const struct transport_request *req)
{
    struct control *c = arg;
    JSON_AUTO struct json *body = req->body ? json_parse_str(req->body, NULL) : NULL;

    journal_note(c->o.journal, "  late: %s %s", req->method, req->path);
    if (strcmp(req->method, "POST") == 0 && str_eq(json_str(body, "kind"), "Pod"))
        ledger_expect_late(c->o.ledger, json_str_or(body, "metadata.name", ""));
}

/* ---- the control ---- */

struct control *control_new(const struct control_options *options)
{
    struct control *c = xcalloc(1, sizeof(*c));
    struct faulty_options f = {.loop = options->loop,
                               .inner = options->wire,
                               .rates = options->rates,
                               .hooks = {on_write, on_fault, on_late},
                               .arg = c};

    c->o = *options;
    rng_seed(&f.rng, rng_next(&c->o.rng));
    c->faulty = faulty_new(&f);
    c->death = loop_timer_new(c->o.loop, die, c);
    c->birth = loop_timer_new(c->o.loop, start, c);
    start(c);
    return c;
}

void control_free(struct control *c)
{
    if (!c)
        return;
    stop(c);
    faulty_free(c->faulty);
    loop_timer_free(c->death);
    loop_timer_free(c->birth);
    free(c);
}

void control_block(struct control *c, bool blocked)
{
    c->cut = blocked;
    faulty_block(c->faulty, blocked);
    tell_checks(c);
}

void control_set_rates(struct control *c, const struct faulty_rates *rates)
{
    faulty_set_rates(c->faulty, rates ? rates : &c->o.rates);
    c->cut = rates != NULL;
    tell_checks(c);
}

void control_calm(struct control *c)
{
    const struct faulty_rates none = {0};

    c->o.rates = none;
    faulty_set_rates(c->faulty, &none);
    c->o.writes_between_kills = 0;
    if (!c->dying)
        c->writes_left = INT64_MAX;
}

bool control_is_idle(const struct control *c)
{
    return c->controller && controller_is_synced(c->controller) &&
           controller_active_jobs(c->controller) == 0;
}
