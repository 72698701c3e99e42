/*
 * candidate - one of the controllers of a cluster: it stands by until it is elected,
 * and is the controller while it leads.
 *
 *   election: is it our turn? --> controller
 *       ^                             |
 *       +---------- no more ----------+
 *
 * At no other time does a write leave through the client of the work, whoever asks.
 */
#ifndef GANTRY_CONTROLLER_CANDIDATE_H
#define GANTRY_CONTROLLER_CANDIDATE_H

#include "base/log.h"
#include "base/loop.h"
#include "base/rng.h"
#include "cmd/gantry-controller/controller.h"
#include "crds/settings.h"
#include "kubeclient/client.h"

/* All lent but `rng`. */
struct candidate_options {
    struct loop *loop;
    struct log *log;
    struct kc_client *work;  /* the controller's */
    struct kc_client *lease; /* another: lists of the work would be in its way */
    const struct settings *settings; /* read whenever it comes to lead */
    struct rng rng;
    const char *self;                      /* as in election.h */
    bool (*has_ended)(const char *holder); /* as in election.h */
    /* It leads from now on, and its controller is there; or no more, and it is gone.
     * Comes from the loop; the candidate may not be freed in it. */
    void (*turned)(void *arg, bool leads);
    void *arg;
};

struct candidate;

/* It looks at once whether it is its turn. */
struct candidate *candidate_new(const struct candidate_options *options);
/* Nothing more is written; the Lease stays as it is. NULL is fine. */
void candidate_free(struct candidate *c);

/* Is it sure to lead at this moment? */
bool candidate_leads(const struct candidate *c);
/* Lent; NULL unless it leads. */
struct controller *candidate_controller(const struct candidate *c);

/* Ends the controller, then as election_resign. */
void candidate_resign(struct candidate *c, loop_fn *done, void *arg);

#endif
