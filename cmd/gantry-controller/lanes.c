#include "cmd/gantry-controller/lanes.h"

#include <assert.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/util.h"

enum budget { BUDGET_NONE, BUDGET_WAITS, BUDGET_EVENTS, BUDGETS };

/* A second. */
static const int rates[BUDGETS] = {
    [BUDGET_WAITS] = LANES_BUDGET, [BUDGET_EVENTS] = LANES_EVENTS};

/* 32 in flight saturate an API server on two cores (create pod 1,400 to 1,655/s there).
 * Reasons and clean-up are few, so that they never fill the server's queue before a
 * start's writes. A write of a status costs the server more than a pod does. */
static const struct {
    size_t in_flight_max;
    bool held; /* while starts wait */
    enum budget budget;
} rules[LANE_COUNT] = {
    [LANE_BIND] = {16, false, BUDGET_NONE},   [LANE_START] = {32, false, BUDGET_NONE},
    [LANE_STATUS] = {16, false, BUDGET_NONE}, [LANE_RUNNING] = {16, true, BUDGET_NONE},
    [LANE_REASON] = {4, true, BUDGET_NONE},   [LANE_USAGE] = {4, true, BUDGET_WAITS},
    [LANE_PROMISE] = {4, true, BUDGET_WAITS}, [LANE_FORECAST] = {4, true, BUDGET_WAITS},
    [LANE_EVENT] = {4, true, BUDGET_EVENTS},  [LANE_CLEANUP] = {8, true, BUDGET_NONE}};

#define SECOND_MS 1000

struct queue {
    struct ticket *waiting; /* in order */
    size_t in_flight;
};

struct lanes {
    struct loop *loop;
    struct queue queues[LANE_COUNT];
    struct loop_timer *turn;
    /* A second's budget at most is at hand; it comes back bit by bit. */
    int64_t full_ms[BUDGETS]; /* when it will be whole again */
    bool soon;                /* turn is armed for now, not for what is held */
};

static void turn_soon(struct lanes *lanes)
{
    if (lanes->soon)
        return;
    lanes->soon = true;
    loop_timer_start(lanes->turn, 0);
}

/* Of the lane's budget, one write. False: it is used up. */
static bool spend(struct lanes *lanes, int lane, int64_t now_ms)
{
    enum budget budget = rules[lane].budget;
    if (budget == BUDGET_NONE)
        return true;
    int64_t full_ms = MAX(lanes->full_ms[budget], now_ms) + SECOND_MS / rates[budget];
    if (full_ms > now_ms + SECOND_MS)
        return false;
    lanes->full_ms[budget] = full_ms;
    return true;
}

/* Begins what may be begun of tickets that entered until `until_ms`. */
static void run_lane(struct lanes *lanes, int lane, int64_t now_ms, int64_t until_ms)
{
    struct queue *q = &lanes->queues[lane];
    while (q->waiting && q->in_flight < rules[lane].in_flight_max &&
           q->waiting->since_ms <= until_ms && spend(lanes, lane, now_ms)) {
        struct ticket *t = q->waiting;
        DL_DELETE(q->waiting, t);
        t->state = TICKET_HOLDS;
        q->in_flight++;
        t->fn(t->arg);
    }
}

static bool is_held(const struct lanes *lanes, int lane)
{
    return rules[lane].held && lanes->queues[LANE_START].waiting;
}

/* When the first ticket of a lane that has places may begin. */
static int64_t due_of(const struct lanes *lanes, int lane, int64_t now_ms)
{
    enum budget budget = rules[lane].budget;
    int64_t due_ms = now_ms;
    if (is_held(lanes, lane))
        due_ms = lanes->queues[lane].waiting->since_ms + LANES_HOLD_MS;
    if (budget != BUDGET_NONE)
        due_ms =
            MAX(due_ms, lanes->full_ms[budget] + SECOND_MS / rates[budget] - SECOND_MS);
    return due_ms;
}

/* What is held is looked at again whenever a place is free, and when the oldest is due.
 */
static void wake_for_held(struct lanes *lanes, int64_t now_ms)
{
    int64_t due_ms = INT64_MAX;
    for (int i = 0; i < LANE_COUNT; i++) {
        const struct queue *q = &lanes->queues[i];
        if (q->waiting && q->in_flight < rules[i].in_flight_max)
            due_ms = MIN(due_ms, due_of(lanes, i, now_ms));
    }
    if (due_ms != INT64_MAX && !lanes->soon)
        loop_timer_start(lanes->turn, MAX(due_ms - now_ms, 0));
}

static void run(void *arg)
{
    struct lanes *lanes = arg;
    int64_t now_ms = loop_mono_ms(lanes->loop);
    lanes->soon = false;
    for (int i = 0; i < LANE_COUNT; i++) {
        run_lane(lanes, i, now_ms, is_held(lanes, i) ? now_ms - LANES_HOLD_MS : now_ms);
    }
    wake_for_held(lanes, now_ms);
}

struct lanes *lanes_new(struct loop *loop)
{
    struct lanes *lanes = xcalloc(1, sizeof(*lanes));
    lanes->loop = loop;
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

void lanes_enter(struct lanes *lanes, enum lane lane, struct ticket *ticket,
                 lane_fn *fn, void *arg)
{
    assert(ticket->state == TICKET_IDLE);
    *ticket = (struct ticket){.state = TICKET_WAITS,
                              .lane = lane,
                              .fn = fn,
                              .arg = arg,
                              .since_ms = loop_mono_ms(lanes->loop)};
    DL_APPEND(lanes->queues[lane].waiting, ticket);
    turn_soon(lanes);
}

void lanes_leave(struct lanes *lanes, struct ticket *ticket)
{
    struct queue *q = &lanes->queues[ticket->lane];
    if (ticket->state == TICKET_IDLE)
        return;
    if (ticket->state == TICKET_WAITS)
        DL_DELETE(q->waiting, ticket);
    else
        q->in_flight--;
    ticket->state = TICKET_IDLE;
    /* Others may be held by a start that waited. */
    if (q->waiting || ticket->lane == LANE_START)
        turn_soon(lanes);
}
