/*
 * lanes - the controller's writes in order of urgency.
 *
 * Writes are dear (1.3 to 2.8 ms of API-server CPU each), so few are in flight at a
 * time, and each lane has its own share: binds (which end what was begun), starts
 * (intents, creates), statuses, reasons, clean-up. Within a lane it is first come,
 * first served. While starts wait for their turn, what nobody waits for is held back:
 * that a job runs, why one does not, clean-up; but no ticket for longer than
 * LANES_HOLD_MS. How long jobs wait (plans, who is ahead) is written for at most
 * LANES_BUDGET of them a second, those with promises first: one end in a long queue may
 * be news to thousands. What accounts have used comes before them, from the same
 * budget.
 *
 *   IDLE --enter--> WAITS --its turn: fn(arg)--> HOLDS a place --leave--> IDLE
 *                     +---------leave----------------------------------->
 *
 * A ticket is a request to be called when its turn has come; the content of the write
 * is decided only then, so that what changed meanwhile coalesces. The place is held
 * until lanes_leave: at once, when there is nothing left to write, or when the write
 * has ended.
 */
#ifndef GANTRY_CONTROLLER_LANES_H
#define GANTRY_CONTROLLER_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

enum lane {
    LANE_BIND,
    LANE_START,
    LANE_STATUS,
    LANE_RUNNING, /* "it runs" is true whenever it is written, so it can lag */
    LANE_REASON,
    LANE_USAGE, /* these three share the budget */
    LANE_PROMISE,
    LANE_FORECAST,
    LANE_EVENT,
    LANE_CLEANUP,
    LANE_COUNT
};

#define LANES_HOLD_MS 30000
#define LANES_BUDGET 20 /* a second */
#define LANES_EVENTS 10 /* likewise */

struct lanes;

typedef void lane_fn(void *arg);

enum ticket_state { TICKET_IDLE, TICKET_WAITS, TICKET_HOLDS };

/* Embedded in what writes; all zero is an idle one. Only lanes.c changes it. */
struct ticket {
    enum ticket_state state;
    enum lane lane;
    lane_fn *fn;
    void *arg;
    int64_t since_ms; /* when it entered */
    struct ticket *prev, *next;
};

struct lanes *lanes_new(struct loop *loop);
/* All tickets must have left. */
void lanes_free(struct lanes *lanes);
/* The ticket must be idle. `fn` is called from the loop; it may free the ticket, once
 * that has left. */
void lanes_enter(struct lanes *lanes, enum lane lane, struct ticket *ticket,
                 lane_fn *fn, void *arg);
/* Whatever the ticket has, its turn or a place, is given up. */
void lanes_leave(struct lanes *lanes, struct ticket *ticket);

#endif
