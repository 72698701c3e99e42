#include "cmd/gantry-controller/lanes.h"

#include <assert.h>
#include <stdlib.h>

#include "base/util.h"

/* 32 in flight saturate an API server on two cores (create pod 1,400 to 1,655/s there).
 * Reasons and clean-up are kept few so that they never fill the server's queue before a
 * start. */
static const size_t in_flight_max[LANE_COUNT] = {
    [LANE_START] = 32, [LANE_STATUS] = 16, [LANE_REASON] = 4, [LANE_CLEANUP] = 8};

struct ticket {
    lane_fn *fn; /* NULL: left */
    void *arg;
};

/* A ring would do; a vector with a head is simpler and is compacted when half of it is
 * spent. */
struct queue {
    struct ticket *items;
    size_t head, n, cap;
    size_t in_flight;
};

struct lanes {
    struct loop *loop;
    struct queue queues[LANE_COUNT];
    struct loop_timer *turn;
};

static void compact(struct queue *q)
{
    if (q->head < 64 || q->head * 2 < q->n)
        return;
    for (size_t i = q->head; i < q->n; i++)
        q->items[i - q->head] = q->items[i];
    q->n -= q->head;
    q->head = 0;
}

static void run_lane(struct queue *q, size_t max)
{
    while (q->head < q->n && q->in_flight < max) {
        struct ticket t = q->items[q->head++];
        if (!t.fn)
            continue;
        q->in_flight++;
        if (!t.fn(t.arg))
            q->in_flight--;
    }
    compact(q);
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
    lanes->loop = loop;
    lanes->turn = loop_timer_new(loop, run, lanes);
    return lanes;
}

void lanes_free(struct lanes *lanes)
{
    if (!lanes)
        return;
    loop_timer_free(lanes->turn);
    for (int i = 0; i < LANE_COUNT; i++)
        free(lanes->queues[i].items);
    free(lanes);
}

void lanes_enter(struct lanes *lanes, enum lane lane, lane_fn *fn, void *arg)
{
    struct queue *q = &lanes->queues[lane];
    GROW(q->items, q->n, q->cap);
    q->items[q->n++] = (struct ticket){fn, arg};
    if (!loop_timer_armed(lanes->turn))
        loop_timer_start(lanes->turn, 0);
}

void lanes_leave(struct lanes *lanes, const void *arg)
{
    for (int i = 0; i < LANE_COUNT; i++)
        for (size_t k = lanes->queues[i].head; k < lanes->queues[i].n; k++)
            if (lanes->queues[i].items[k].arg == arg)
                lanes->queues[i].items[k].fn = NULL;
}

void lanes_done(struct lanes *lanes, enum lane lane)
{
    struct queue *q = &lanes->queues[lane];
    assert(q->in_flight > 0);
    q->in_flight--;
    if (q->head < q->n && !loop_timer_armed(lanes->turn))
        loop_timer_start(lanes->turn, 0);
}

size_t lanes_waiting(const struct lanes *lanes)
{
    size_t n = 0;
    for (int i = 0; i < LANE_COUNT; i++)
        n += lanes->queues[i].n - lanes->queues[i].head;
    return n;
}
