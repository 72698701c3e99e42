#include "cmd/gantry-controller/candidate.h"

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/election.h"

#define LEASE "gantry-controller"

struct candidate {
    struct candidate_options o;
    struct election *election;
    struct controller *controller; /* while it leads */
};

static void turned(void *arg, bool leads)
{
    struct candidate *c = arg;

    if (leads)
        c->controller = controller_new(c->o.loop, c->o.work, c->o.log, c->o.settings);
    else
        controller_free(TAKE(c->controller));
    c->o.turned(c->o.arg, leads);
}

static bool may_write(void *arg)
{
    return candidate_leads(arg);
}

struct candidate *candidate_new(const struct candidate_options *options)
{
    struct candidate *c = xcalloc(1, sizeof(*c));

    c->o = *options;
    c->election =
        election_new(&(struct election_options){.client = options->lease,
                                                .log = options->log,
                                                .rng = options->rng,
                                                .ns = options->settings->namespace_,
                                                .name = LEASE,
                                                .self = options->self,
                                                .has_ended = options->has_ended,
                                                .turned = turned,
                                                .arg = c});
    kc_client_guard_writes(options->work, may_write, c);
    return c;
}

void candidate_free(struct candidate *c)
{
    if (!c)
        return;
    controller_free(c->controller);
    election_free(c->election);
    kc_client_guard_writes(c->o.work, NULL, NULL);
    free(c);
}

bool candidate_leads(const struct candidate *c)
{
    return election_leads(c->election);
}

struct controller *candidate_controller(const struct candidate *c)
{
    return c->controller;
}

void candidate_resign(struct candidate *c, loop_fn *done, void *arg)
{
    controller_free(TAKE(c->controller));
    election_resign(c->election, done, arg);
}
