#include "cmd/gantry/nodestate.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define DRAIN NODE_FLAG_DRAIN
#define COMP NODE_FLAG_COMPLETING
#define MUTE NODE_FLAG_NOT_RESPONDING
#define PLAN NODE_FLAG_PLANNED

static const struct {
    enum node_base base;
    unsigned flags;
    const char *word, *compact, *full;
} states[] = {
    {NODE_BASE_IDLE, 0, "idle", "idle", "IDLE"},
    {NODE_BASE_MIXED, 0, "mixed", "mix", "MIXED"},
    {NODE_BASE_ALLOCATED, 0, "allocated", "alloc", "ALLOCATED"},
    {NODE_BASE_DOWN, 0, "down", "down", "DOWN"},
    {NODE_BASE_DOWN, MUTE, "down*", "down*", "DOWN+NOT_RESPONDING"},
    {NODE_BASE_UNKNOWN, 0, "unknown", "unk", "UNKNOWN"},
    {NODE_BASE_IDLE, DRAIN, "drained", "drain", "IDLE+DRAIN"},
    {NODE_BASE_DOWN, DRAIN, "drained", "drain", "DOWN+DRAIN"},
    {NODE_BASE_DOWN, DRAIN | MUTE, "drained*", "drain*", "DOWN+DRAIN+NOT_RESPONDING"},
    {NODE_BASE_MIXED, DRAIN, "draining", "drng", "MIXED+DRAIN"},
    {NODE_BASE_ALLOCATED, DRAIN, "draining", "drng", "ALLOCATED+DRAIN"},
    {NODE_BASE_IDLE, DRAIN | COMP, "draining", "drng", "IDLE+DRAIN+COMPLETING"},
    {NODE_BASE_IDLE, COMP, "completing", "comp", "IDLE+COMPLETING"},
    {NODE_BASE_ALLOCATED, COMP, "allocated+", "alloc+", "ALLOCATED+COMPLETING"},
    {NODE_BASE_MIXED, COMP, "mixed+", "mix+", "MIXED+COMPLETING"},
    {NODE_BASE_IDLE, PLAN, "planned", "plnd", "IDLE+PLANNED"},
    {NODE_BASE_MIXED, PLAN, "mixed-", "mix-", "MIXED+PLANNED"},
    {NODE_BASE_MIXED, PLAN | COMP, "mixed-", "mix-", "MIXED+COMPLETING+PLANNED"},
    {NODE_BASE_IDLE, PLAN | DRAIN, "drained", "drain", "IDLE+DRAIN+PLANNED"},
};

START_TEST(test_words)
{
    const struct node_state s = {states[_i].base, states[_i].flags};
    STR_AUTO struct str out;

    str_init(&out, 256);
    node_state_word(&s, false, &out);
    ck_assert_str_eq(out.s, states[_i].word);
    str_reset(&out);
    node_state_word(&s, true, &out);
    ck_assert_str_eq(out.s, states[_i].compact);
    str_reset(&out);
    node_state_full(&s, &out);
    ck_assert_str_eq(out.s, states[_i].full);
}
END_TEST

static const struct {
    const char *list;
    enum node_base base;
    unsigned flags;
    bool has;
} wanted[] = {
    {"idle", NODE_BASE_IDLE, 0, true},
    {"IDLE", NODE_BASE_IDLE, 0, true},
    {"idle", NODE_BASE_IDLE, DRAIN, true},
    {"idle", NODE_BASE_MIXED, 0, false},
    {"mix,idle", NODE_BASE_MIXED, 0, true},
    {"mix,idle", NODE_BASE_ALLOCATED, 0, false},
    {"alloc", NODE_BASE_ALLOCATED, 0, true},
    {"drain", NODE_BASE_MIXED, DRAIN, true},
    {"drained", NODE_BASE_MIXED, DRAIN, false},
    {"draining", NODE_BASE_MIXED, DRAIN, true},
    {"drained", NODE_BASE_IDLE, DRAIN, true},
    {"idle&drain", NODE_BASE_IDLE, DRAIN, true},
    {"idle&drain", NODE_BASE_IDLE, 0, false},
    {"idle&drain,mix", NODE_BASE_MIXED, 0, true},
    {"no_respond", NODE_BASE_DOWN, MUTE, true},
    {"down", NODE_BASE_DOWN, MUTE, true},
    {"comp", NODE_BASE_IDLE, COMP, true},
    {"maint", NODE_BASE_IDLE, 0, false},
    {",", NODE_BASE_IDLE, 0, false},
    {"", NODE_BASE_IDLE, 0, true},
};

START_TEST(test_wanted)
{
    const struct node_state s = {wanted[_i].base, wanted[_i].flags};
    struct node_states states_ = {0};

    ck_assert_int_eq(node_states_parse(&states_, wanted[_i].list, NULL), 0);
    ck_assert_msg(node_states_has(&states_, &s) == wanted[_i].has, "%s",
                  wanted[_i].list);
    node_states_fini(&states_);
}
END_TEST

START_TEST(test_bad)
{
    struct node_states states_ = {0};
    struct err err = ERR_INIT;

    ck_assert_int_eq(node_states_parse(&states_, "idle,foo", &err), -1);
    ck_assert(str_starts(err.msg, "Bad state string: \"foo\"; valid are alloc,"));
    node_states_fini(&states_);
}
END_TEST

/* mix before alloc before idle before down, and what has a flag before all. */
START_TEST(test_order)
{
    const struct node_state order[] = {
        {NODE_BASE_IDLE, PLAN}, {NODE_BASE_DOWN, MUTE},   {NODE_BASE_IDLE, DRAIN},
        {NODE_BASE_MIXED, 0},   {NODE_BASE_ALLOCATED, 0}, {NODE_BASE_IDLE, 0},
        {NODE_BASE_DOWN, 0},
    };

    for (size_t i = 1; i < ARRAY_LEN(order); i++)
        ck_assert_uint_gt(node_state_number(&order[i - 1]),
                          node_state_number(&order[i]));
}
END_TEST

int main(void)
{
    return suite_main("gantry/nodestate", (struct suite_row[]){
                                              {test_words, ARRAY_LEN(states)},
                                              {test_wanted, ARRAY_LEN(wanted)},
                                              {test_bad, 1},
                                              {test_order, 1},
                                              {NULL, 0},
                                          });
}
