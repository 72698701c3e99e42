/*
 * durable - keeps what a store holds on disk, and says when.
 *
 *   store --each event--> durable --once a turn of the loop, all at once--> objectdb
 *                            |
 *                            +--> hold / release / refuse: the front end
 *
 * Memory is the truth for reads. A write is answered, and told to watchers, only when
 * it is on disk: from the first write of a turn the front end holds back what it would
 * send, and lets go of it after the turn's one batch. Where a batch cannot be written
 * (disk full) it is tried again each second, and meanwhile everybody is told why.
 */
#ifndef GANTRY_LOCAL_DURABLE_H
#define GANTRY_LOCAL_DURABLE_H

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "cmd/gantry-local/objectdb.h"
#include "cmd/gantry-local/store.h"

struct durable;

/* The front end's side. All are called from the loop. */
struct durable_hooks {
    void (*hold)(void *arg);    /* send nothing until release */
    void (*release)(void *arg); /* what was held is on disk */
    /* Not yet, and nobody knows when: `why` in one line, lent. Release comes later. */
    void (*refuse)(void *arg, const char *why);
};

/* Opens DIR/objects.db. `log` is lent; NULL: silent. ERR_INVALID: what is there is
 * damaged. */
struct durable *durable_open(struct loop *loop, const char *dir, struct log *log,
                             struct err *err);
/* The store must have been freed. NULL is fine. */
void durable_close(struct durable *d);

/* Before the first event. */
void durable_hook(struct durable *d, const struct durable_hooks *hooks, void *arg);

struct objectdb *durable_db(struct durable *d);

/* What the store tells of each event (store_keep). */
void durable_note(void *durable, const struct store_event *event);
/* Before the store goes: writes what is left to be written, as far as that goes, and
 * tells the front end nothing more. */
void durable_flush(struct durable *d);

#endif
