#include "cmd/gantry-controller/lanes.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define TICKETS 64

/* A holder that writes down its turn, and keeps its place or not. */
struct holder {
    struct ticket ticket;
    struct rig *rig;
    int number;
    bool keeps, enters_again, frees;
};

struct rig {
    struct loop *loop;
    struct lanes *lanes;
    struct str turns;
    int n_turns;
    struct holder *holders[TICKETS];
};

static void rig_init(struct rig *rig)
{
    *rig = (struct rig){.loop = loop_new_virtual(0)};
    rig->lanes = lanes_new(rig->loop);
    str_init(&rig->turns, 4096);
    for (int i = 0; i < TICKETS; i++) {
        rig->holders[i] = xcalloc(1, sizeof(struct holder));
        *rig->holders[i] = (struct holder){.rig = rig, .number = i, .keeps = true};
    }
}

static void rig_fini(struct rig *rig)
{
    for (int i = 0; i < TICKETS; i++) {
        if (rig->holders[i])
            lanes_leave(rig->lanes, &rig->holders[i]->ticket);
        free(rig->holders[i]);
    }
    lanes_free(rig->lanes);
    str_fini(&rig->turns);
    loop_free(rig->loop);
}

static void on_turn(void *arg)
{
    struct holder *h = arg;
    struct rig *rig = h->rig;
    ck_assert_int_eq(h->ticket.state, TICKET_HOLDS);
    str_addf(&rig->turns, "%d ", h->number);
    rig->n_turns++;
    if (h->keeps)
        return;
    lanes_leave(rig->lanes, &h->ticket);
    if (h->enters_again) {
        h->keeps = true;
        lanes_enter(rig->lanes, LANE_START, &h->ticket, on_turn, h);
    }
    if (h->frees) {
        rig->holders[h->number] = NULL;
        free(h);
    }
}

static void enter(struct rig *rig, int i, enum lane lane)
{
    lanes_enter(rig->lanes, lane, &rig->holders[i]->ticket, on_turn, rig->holders[i]);
}

static void run_until(struct rig *rig, int64_t ms)
{
    while (loop_step(rig->loop, ms))
        ;
}

static void run(struct rig *rig)
{
    run_until(rig, 1000);
}

/* ---- how many at a time ---- */

static const struct {
    enum lane lane;
    int places;
} shares[] = {{LANE_BIND, 16},    {LANE_START, 32},   {LANE_STATUS, 16},
              {LANE_RUNNING, 16}, {LANE_REASON, 4},   {LANE_CLEANUP, 8},
              {LANE_PROMISE, 4},  {LANE_FORECAST, 4}, {LANE_EVENT, 4}};

START_TEST(test_places)
{
    struct rig rig;
    rig_init(&rig);
    for (int i = 0; i < 40; i++)
        enter(&rig, i, shares[_i].lane);
    ck_assert_int_eq(rig.n_turns, 0); /* from the loop, not from within */
    run(&rig);
    ck_assert_int_eq(rig.n_turns, shares[_i].places);
    /* Each that leaves lets one in. */
    for (int i = 0; i < 3; i++)
        lanes_leave(rig.lanes, &rig.holders[i]->ticket);
    run(&rig);
    ck_assert_int_eq(rig.n_turns, MIN(shares[_i].places + 3, 40));
    /* A full lane holds up no other. */
    enum lane other = shares[_i].lane == LANE_START ? LANE_STATUS : LANE_START;
    int before = rig.n_turns;
    enter(&rig, 41, other);
    run(&rig);
    ck_assert_int_eq(rig.n_turns, before + 1);
    rig_fini(&rig);
}
END_TEST

/* ---- whose turn ---- */

START_TEST(test_order)
{
    struct rig rig;
    rig_init(&rig);
    enter(&rig, 9, LANE_CLEANUP);
    enter(&rig, 8, LANE_EVENT);
    enter(&rig, 7, LANE_FORECAST);
    enter(&rig, 6, LANE_PROMISE);
    enter(&rig, 5, LANE_REASON);
    enter(&rig, 4, LANE_RUNNING);
    enter(&rig, 3, LANE_STATUS);
    enter(&rig, 1, LANE_START);
    enter(&rig, 2, LANE_START);
    enter(&rig, 0, LANE_BIND);
    run(&rig);
    ck_assert_str_eq(rig.turns.s, "0 1 2 3 4 5 6 7 8 9 ");
    rig_fini(&rig);
}
END_TEST

START_TEST(test_leave_while_waiting)
{
    struct rig rig;
    rig_init(&rig);
    for (int i = 0; i < 4; i++)
        enter(&rig, i, LANE_START);
    lanes_leave(rig.lanes, &rig.holders[1]->ticket);
    lanes_leave(rig.lanes, &rig.holders[1]->ticket); /* once more is nothing */
    lanes_leave(rig.lanes, &rig.holders[3]->ticket);
    ck_assert_int_eq(rig.holders[1]->ticket.state, TICKET_IDLE);
    run(&rig);
    ck_assert_str_eq(rig.turns.s, "0 2 ");
    enter(&rig, 1, LANE_START);
    run(&rig);
    ck_assert_str_eq(rig.turns.s, "0 2 1 ");
    rig_fini(&rig);
}
END_TEST

/* What has nothing to write gives its place back within its turn, may enter again and
 * may be freed there. */
START_TEST(test_leave_in_turn)
{
    struct rig rig;
    rig_init(&rig);
    for (int i = 0; i < 50; i++) {
        rig.holders[i]->keeps = false;
        rig.holders[i]->frees = i % 2;
        rig.holders[i]->enters_again = i == 10;
        enter(&rig, i, LANE_START);
    }
    run(&rig);
    ck_assert_int_eq(rig.n_turns, 51);
    ck_assert_int_eq(rig.holders[10]->ticket.state, TICKET_HOLDS);
    rig_fini(&rig);
}
END_TEST

/* ---- the budget ---- */

static int count_turns(const struct rig *rig, int first, int last)
{
    int n = 0;
    for (int i = first; i <= last; i++)
        n += rig->holders[i]->ticket.state != TICKET_WAITS;
    return n;
}

/* A second's worth at once, then bit by bit; promises before forecasts. */
START_TEST(test_budget)
{
    struct rig rig;
    rig_init(&rig);
    for (int i = 0; i < 60; i++) {
        rig.holders[i]->keeps = false;
        enter(&rig, i, i < 30 ? LANE_FORECAST : LANE_PROMISE);
    }
    run_until(&rig, 0);
    ck_assert_int_eq(count_turns(&rig, 30, 59), LANES_BUDGET);
    ck_assert_int_eq(count_turns(&rig, 0, 29), 0);
    rig.holders[60]->keeps = false;
    enter(&rig, 60, LANE_REASON);
    run_until(&rig, 500);
    ck_assert_int_eq(rig.holders[60]->ticket.state, TICKET_IDLE);
    ck_assert_int_eq(count_turns(&rig, 30, 59), 30);
    ck_assert_int_eq(count_turns(&rig, 0, 29), 0);
    run_until(&rig, 1000);
    ck_assert_int_eq(count_turns(&rig, 0, 29), 10);
    run_until(&rig, 2000);
    ck_assert_int_eq(count_turns(&rig, 0, 29), 30);
    rig_fini(&rig);
}
END_TEST

/* Events take nothing from that budget, nor it from theirs. */
START_TEST(test_budget_of_events)
{
    struct rig rig;
    rig_init(&rig);
    for (int i = 0; i < 60; i++) {
        rig.holders[i]->keeps = false;
        enter(&rig, i, i < 30 ? LANE_EVENT : LANE_FORECAST);
    }
    run_until(&rig, 0);
    ck_assert_int_eq(count_turns(&rig, 0, 29), LANES_EVENTS);
    ck_assert_int_eq(count_turns(&rig, 30, 59), LANES_BUDGET);
    run_until(&rig, 1000);
    ck_assert_int_eq(count_turns(&rig, 0, 29), 2 * LANES_EVENTS);
    ck_assert_int_eq(count_turns(&rig, 30, 59), 30);
    rig_fini(&rig);
}
END_TEST

/* ---- what is held back while a start waits ---- */

static const struct {
    const char *name;
    enum lane lane;
    bool held;
} holds[] = {{"bind", LANE_BIND, false},      {"status", LANE_STATUS, false},
             {"running", LANE_RUNNING, true}, {"reason", LANE_REASON, true},
             {"promise", LANE_PROMISE, true}, {"forecast", LANE_FORECAST, true},
             {"event", LANE_EVENT, true},     {"clean-up", LANE_CLEANUP, true}};

/* Tickets 0 to 31 hold all places for starts, 32 waits for one. */
static void fill_starts(struct rig *rig)
{
    rig_init(rig);
    for (int i = 0; i <= 32; i++)
        enter(rig, i, LANE_START);
    run(rig);
    ck_assert_int_eq(rig->n_turns, 32);
}

START_TEST(test_held)
{
    struct rig rig;
    fill_starts(&rig);
    enter(&rig, 40, holds[_i].lane);
    run_until(&rig, 1000 + LANES_HOLD_MS - 1);
    ck_assert_msg(rig.n_turns == 32 + !holds[_i].held, "%s: early", holds[_i].name);
    run_until(&rig, 1000 + LANES_HOLD_MS);
    ck_assert_msg(rig.n_turns == 33, "%s: in the end", holds[_i].name);
    rig_fini(&rig);
}
END_TEST

/* It goes on as soon as no start waits: it has its turn, or gives up. */
START_TEST(test_held_no_longer)
{
    for (int gives_up = 0; gives_up < 2; gives_up++) {
        struct rig rig;
        fill_starts(&rig);
        enter(&rig, 40, holds[_i].lane);
        run(&rig);
        lanes_leave(rig.lanes, &rig.holders[gives_up ? 32 : 0]->ticket);
        run(&rig);
        ck_assert_msg(rig.holders[40]->ticket.state == TICKET_HOLDS, "%s, %d",
                      holds[_i].name, gives_up);
        rig_fini(&rig);
    }
}
END_TEST

/* What came later is not due with the first. */
START_TEST(test_each_is_held_by_its_own_age)
{
    struct rig rig;
    fill_starts(&rig);
    enter(&rig, 40, LANE_RUNNING);
    run_until(&rig, 10000);
    enter(&rig, 41, LANE_RUNNING);
    run_until(&rig, 1000 + LANES_HOLD_MS);
    ck_assert_int_eq(rig.holders[40]->ticket.state, TICKET_HOLDS);
    ck_assert_int_eq(rig.holders[41]->ticket.state, TICKET_WAITS);
    run_until(&rig, 10000 + LANES_HOLD_MS);
    ck_assert_int_eq(rig.holders[41]->ticket.state, TICKET_HOLDS);
    rig_fini(&rig);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/lanes",
                      (struct suite_row[]){
                          {test_places, ARRAY_LEN(shares)},
                          {test_order, 1},
                          {test_budget, 1},
                          {test_budget_of_events, 1},
                          {test_leave_while_waiting, 1},
                          {test_leave_in_turn, 1},
                          {test_held, ARRAY_LEN(holds)},
                          {test_held_no_longer, ARRAY_LEN(holds)},
                          {test_each_is_held_by_its_own_age, 1},
                          {NULL, 0},
                      });
}
