#include "cmd/gantry-controller/lanes.h"

#include <assert.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/util.h"

/* 32 in flight saturate an API server on two cores (create pod 1,400 to 1,655/s there).
 * Reasons and clean-up are few, so that they never fill the server's queue before a
 * start's writes. */
static const size_t in_flight_max[LANE_COUNT] = {
    [LANE_START] = 32, [LANE_STATUS] = 16, [LANE_REASON] = 4, [LANE_CLEANUP] = 8};

struct queue {
    struct ticket *waiting; /* in order */
    size_t in_flight;
};

struct lanes {
    struct queue queues[LANE_COUNT];
    struct loop_timer *turn;
};

static void run_lane(struct queue *q, size_t max)
{
    while (q->waiting && q->in_flight < max) {
        struct ticket *t = q->waiting;
        DL_DELETE(q->waiting, t);
        t->state = TICKET_HOLDS;
        q->in_flight++;
        t->fn(t->arg);
    }
}

static void run(void *arg)
{
    struct lanes *lanes = arg;
    for (int i = 0; i < LANE_COUNT; i++)
        run_lane(&lanes->queues[i], in_flight_max[i]);
}

struct lanes *lanes_new(struct loop *loop)
{
    struct lanes *lanes = xcalloc(1, sizeof(*lanes));
    lanes->turn = loop_timer_new(loop, run, lanes);
    return lanes;
}

void lanes_free(struct lanes *lanes)
{
    if (!lanes)
        return;
    for (int i = 0; i < LANE_COUNT; i++)
        assert(!lanes->queues[i].waiting);
    loop_timer_free(lanes->turn);
    free(lanes);
}

static void turn_soon(struct lanes *lanes)
{
    if (!loop_timer_armed(lanes->turn))
        loop_timer_start(lanes->turn, 0);
}

void lanes_enter(struct lanes *lanes, enum lane lane, struct ticket *ticket,
                 lane_fn *fn, void *arg)
{
    assert(ticket->state == TICKET_IDLE);
    *ticket =
        (struct ticket){.state = TICKET_WAITS, .lane = lane, .fn = fn, .arg = arg};
    DL_APPEND(lanes->queues[lane].waiting, ticket);
    turn_soon(lanes);
}

void lanes_leave(struct lanes *lanes, struct ticket *ticket)
{
    struct queue *q = &lanes->queues[ticket->lane];
    if (ticket->state == TICKET_WAITS) {
        DL_DELETE(q->waiting, ticket);
    } else if (ticket->state == TICKET_HOLDS) {
        q->in_flight--;
        if (q->waiting)
            turn_soon(lanes);
    }
    ticket->state = TICKET_IDLE;
}
