#include "tests/world/outage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"

#define AWAY_SEC_MAX 60
#define UNWELL_SEC_MAX 60
#define APART_SEC_MIN 120
#define APART_SEC_MAX 900

/* Each request, in ten thousand. */
static const struct faulty_rates unwell = {
    .refused = 2000,
    .broken = 700,
    .cut = 600,
    .stream_refused = 3000,
    .stream_cut = 3000,
};

struct outage {
    struct outage_options o;
    struct loop_timer *timer;
    enum { WELL, AWAY, UNWELL } state;
};

static void wait_for(struct outage *o, int64_t from_sec, int64_t to_sec)
{
    int64_t ms = from_sec * 1000 +
                 (int64_t)rng_below(&o->o.rng, (uint64_t)(to_sec - from_sec) * 1000);

    loop_timer_start(o->timer, ms);
}

static void block(struct outage *o, bool away)
{
    users_pause(o->o.users, away);
    machines_block(o->o.machines, away);
    control_block(o->o.control, away);
}

static void set_rates(struct outage *o, const struct faulty_rates *rates)
{
    machines_set_rates(o->o.machines, rates);
    control_set_rates(o->o.control, rates);
}

static void go_away(struct outage *o)
{
    journal_note(o->o.journal, "the API server is away");
    o->o.journal->counts.outages++;
    o->state = AWAY;
    block(o, true);
    wait_for(o, 0, AWAY_SEC_MAX);
}

static void come_back(struct outage *o)
{
    journal_note(o->o.journal, "the API server is back");
    o->state = UNWELL;
    apiserver_compact(server_api(o->o.server));
    block(o, false);
    set_rates(o, &unwell);
    wait_for(o, 0, UNWELL_SEC_MAX);
}

static void get_well(struct outage *o)
{
    journal_note(o->o.journal, "the API server is well");
    o->state = WELL;
    set_rates(o, NULL);
}

static void on_timer(void *arg)
{
    struct outage *o = arg;

    switch (o->state) {
    case WELL:
        go_away(o);
        break;
    case AWAY:
        come_back(o);
        break;
    case UNWELL:
        get_well(o);
        wait_for(o, APART_SEC_MIN, APART_SEC_MAX);
        break;
    }
}

struct outage *outage_new(const struct outage_options *options)
{
    struct outage *o = xcalloc(1, sizeof(*o));

    o->o = *options;
    o->timer = loop_timer_new(o->o.loop, on_timer, o);
    wait_for(o, 0, APART_SEC_MAX / 2);
    return o;
}

void outage_free(struct outage *o)
{
    if (!o)
        return;
    loop_timer_free(o->timer);
    free(o);
}

void outage_calm(struct outage *o)
{
    if (!o)
        return;
    loop_timer_stop(o->timer);
    if (o->state == AWAY)
        come_back(o);
    get_well(o);
}
