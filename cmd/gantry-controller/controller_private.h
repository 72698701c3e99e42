/*
 * controller_private - what the files of the controller share.
 *
 * Watches and answers change records; a record that changed is reconciled in the next
 * turn of the loop; the core is stepped a little after it was told something.
 */
#ifndef GANTRY_CONTROLLER_CONTROLLER_PRIVATE_H
#define GANTRY_CONTROLLER_CONTROLLER_PRIVATE_H

#include "base/log.h"
#include "cmd/gantry-controller/doubt.h"
#include "cmd/gantry-controller/ids.h"
#include "cmd/gantry-controller/lanes.h"
#include "cmd/gantry-controller/policies.h"
#include "cmd/gantry-controller/promises.h"
#include "cmd/gantry-controller/publish.h"
#include "cmd/gantry-controller/record.h"
#include "cmd/gantry-controller/usagewrite.h"
#include "crds/convert.h"
#include "crds/settings.h"
#include "kubeclient/cache.h"
#include "scheduler/sched.h"

/* Those to be written, and those that may come again, events.c. */
struct events {
    struct event *first, *by_key;
    size_t n_unwritten;
    struct loop_timer *sweep;
    bool full;    /* one was not taken in, for want of room */
    bool refused; /* the server did not take one; that was said */
};

struct controller {
    struct loop *loop;
    struct kc_client *client;
    struct log *log;
    struct settings settings;
    struct restable resources;
    struct zone zone; /* timeZone */
    struct convert convert;
    struct sched *sched;
    struct lanes *lanes;
    struct ids *ids;
    struct publish *published[PUBLISHED_MAPS];
    struct kc_cache *nodes, *jobs, *pods, *services, *quotas;
    struct kc_cache *claims, *volumes; /* volumes.c */
    struct kc_cache *policies[POLICY_COUNT];
    struct record *records;
    struct pod_op *ops;                /* all that exist, podops.c */
    struct admission *admissions;      /* by kin of jobs, admission.c */
    uint64_t lessons;                  /* learned so far, admission.c */
    struct quota_space *quotas_by_ns;  /* quota.c */
    struct claiming *claimings;        /* all that are under way, claims.c */
    struct unseen *unseen;             /* by namespace and name, unseen.c */
    struct cleaning *cleanings;        /* by uid of what is cleaned up, cleanup.c */
    struct partwrite *partwrite;       /* partitions, partwrite.c */
    struct keeper *keepers;            /* reservations, by name, resvwrite.c */
    struct purging *purgings;          /* those that may go, resvpurge.c */
    struct payer *payers[PAYER_KINDS]; /* by name, usagewrite.c */
    struct events events;
    struct doubts doubts;     /* of new jobs that would be refused, doubt.c */
    struct promises promises; /* broken, that the log has told of */
    size_t n_restless;        /* seconds, likewise: sched_restless */
    int64_t usage_sec;        /* what they have used up to then is on its way */
    int64_t written_sec;      /* the last that some had in writing, as it began */
    struct loop_timer *step, *sweep, *turn;
    struct record *dirty, **dirty_end; /* to be reconciled in this turn, cycle.c */
    bool synced;
    size_t n_limited;  /* records that limits keep from being queued */
    bool limits_moved; /* since they were asked about */
    size_t n_waiting;  /* records whose answer waits, intake.h */
    bool tree_moved;   /* something may be wrong with others than before, since a step:
                          accounts have other parents, QOS preempt others, or
                          are of other partitions */
    loop_fn *on_synced;
    void *on_synced_arg;
    int told_resources; /* how many names the core knows */
    bool stepping_soon; /* the step timer is armed for changes, not for a wake */
};

/* All watches have their first list. */
void controller_synced(struct controller *ctl);

#endif
