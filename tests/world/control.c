#include "tests/world/control.h"

#include <stdlib.h>

#include "base/util.h"

struct control {
    struct control_options o;
    struct replica *replicas[REPLICAS_MAX]; /* NULL while they are being made */
    bool cut; /* the server is away, or unwell after that */
};

static int leaders(const struct control *c)
{
    int n = 0;

    for (int i = 0; i < c->o.n; i++)
        n += c->replicas[i] && replica_leads(c->replicas[i]);
    return n;
}

/* The checks are patient with one that cannot reach the server, as with a dead one. */
static void tell_checks(void *arg)
{
    struct control *c = arg;
    const int n = leaders(c);

    if (n > 1)
        journal_breach(c->o.replica.journal, "leader", "%d lead at a time", n);
    c->o.checks->controller_ms =
        n > 0 && !c->cut ? loop_now_ms(c->o.replica.loop) : NEVER_MS;
}

struct control *control_new(const struct control_options *options)
{
    struct control *c = xcalloc(1, sizeof(*c));

    c->o = *options;
    for (int i = 0; i < c->o.n; i++) {
        struct replica_options r = c->o.replica;
        rng_seed(&r.rng, rng_next(&c->o.replica.rng));
        r.number = i + 1;
        r.turned = tell_checks;
        r.arg = c;
        c->replicas[i] = replica_new(&r);
    }
    return c;
}

void control_free(struct control *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->o.n; i++)
        replica_free(TAKE(c->replicas[i]));
    free(c);
}

void control_block(struct control *c, bool blocked)
{
    c->cut = blocked;
    for (int i = 0; i < c->o.n; i++)
        replica_block(c->replicas[i], blocked);
    tell_checks(c);
}

void control_set_rates(struct control *c, const struct faulty_rates *rates)
{
    for (int i = 0; i < c->o.n; i++)
        replica_set_rates(c->replicas[i], rates);
    c->cut = rates != NULL;
    tell_checks(c);
}

void control_calm(struct control *c)
{
    for (int i = 0; i < c->o.n; i++)
        replica_calm(c->replicas[i]);
}

bool control_is_idle(const struct control *c)
{
    for (int i = 0; i < c->o.n; i++)
        if (replica_is_idle(c->replicas[i]))
            return true;
    return false;
}
