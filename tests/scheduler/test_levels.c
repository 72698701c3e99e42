/*
 * Sums over the slots of coming time: a table of small cases, and random changes
 * against an array of all slots, while time goes on.
 *
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs one alone.
 */
#include "scheduler/levels.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define SLOTS 10
#define TEXT_MAX_ 4096

/* ---- cases ---- */

/* Each operation: so much that is held (with "p": planned), from slot to before slot;
 * slot 9 is the last, up to 10 is without end. Pieces as "first:held" or
 * "first:held+planned". */
static const struct {
    const char *name;
    const char *ops[4];
    const char *pieces;
} cases[] = {
    {"nothing", {0}, ""},
    {"no slot", {"2 4-4"}, ""},
    {"in the middle", {"2 3-8"}, "0:0 3:2 8:0"},
    {"from the first one on", {"2 0-8"}, "0:2 8:0"},
    {"without end", {"2 3-10"}, "0:0 3:2"},
    {"in all of them", {"2 0-10"}, "0:2"},
    {"given back, all is one piece", {"2 3-8", "-2 3-8"}, "0:0"},
    {"given back from the middle on", {"2 3-8", "-2 5-8"}, "0:0 3:2 5:0"},
    {"side by side and equal, one piece", {"1 1-4", "1 4-7"}, "0:0 1:1 7:0"},
    {"side by side and not", {"1 1-4", "2 4-7"}, "0:0 1:1 4:2 7:0"},
    {"one over another", {"1 1-6", "2 4-8"}, "0:0 1:1 4:3 6:2 8:0"},
    {"one within another", {"1 1-8", "2 4-6"}, "0:0 1:1 4:3 6:1 8:0"},
    {"planned beside held", {"1 1-6", "p3 4-8"}, "0:0 1:1 4:1+3 6:0+3 8:0"},
    {"planned is not held", {"1 1-4", "p1 4-7"}, "0:0 1:1 4:0+1 7:0"},
    {"more than fits into 64 bits",
     {"9223372036854775807 2-4", "9223372036854775807 2-4", "-9223372036854775807 2-4"},
     "0:0 2:9223372036854775807 4:0"},
};

static void run_op(struct levels *l, const char *op)
{
    const bool planned = *op == 'p';
    struct amounts more = {0};
    size_t first, last;
    int64_t amount;

    ck_assert_int_eq(
        sscanf(op + planned, "%" SCNd64 " %zu-%zu", &amount, &first, &last), 3);
    *(planned ? &more.planned : &more.held) = amount;
    levels_add(l, &more, first, last, SLOTS);
}

static void say_pieces(const struct levels *l, struct str *out)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct level *piece = &l->items[i];

        str_addf(out, "%s%d:%" PRId64, i > 0 ? " " : "", piece->first,
                 (int64_t)piece->of.held);
        if (piece->of.planned != 0)
            str_addf(out, "+%" PRId64, (int64_t)piece->of.planned);
    }
}

START_TEST(test_cases)
{
    struct levels levels = {0};
    STR_AUTO struct str says;

    str_init(&says, TEXT_MAX_);
    for (size_t i = 0; i < ARRAY_LEN(cases[_i].ops) && cases[_i].ops[i] != NULL; i++)
        run_op(&levels, cases[_i].ops[i]);
    say_pieces(&levels, &says);
    ck_assert_msg(strcmp(says.s, cases[_i].pieces) == 0, "%s: %s", cases[_i].name,
                  says.s);
    levels_fini(&levels);
}
END_TEST

/* ---- random changes ---- */

#define HISTORIES 2000
#define OPERATIONS 60

static bool are_equal(const struct amounts *a, const struct amounts *b)
{
    return a->planned == b->planned && a->held == b->held && a->fading == b->fading;
}

static struct amounts draw_amounts(struct rng *rng)
{
    return (struct amounts){
        .planned = (int64_t)rng_below(rng, 3) - 1,
        .held = (int64_t)rng_below(rng, 3) - 1,
        .fading = (int64_t)rng_below(rng, 2),
    };
}

static void change(struct rng *rng, struct levels *l, struct amounts *plain)
{
    const struct amounts more = draw_amounts(rng);
    size_t first = rng_below(rng, SLOTS + 1), last = rng_below(rng, SLOTS + 1);

    levels_add(l, &more, first, last, SLOTS);
    for (size_t slot = first; slot < last; slot++) {
        plain[slot].planned += more.planned;
        plain[slot].held += more.held;
        plain[slot].fading += more.fading;
    }
}

/* The first slots are over: those that are left have lower numbers, some of which are
 * new slots that are cut from the last but one of them. */
static void go_on(struct rng *rng, struct levels *l, struct amounts *plain)
{
    const size_t gone = rng_below(rng, 3), wide = SLOTS - 2 - rng_below(rng, 4);
    uint16_t places[SLOTS + 1] = {0};
    struct amounts next[SLOTS];

    for (size_t i = gone; i <= SLOTS; i++)
        places[i] = (uint16_t)(i <= wide ? i - gone : i);
    levels_renumber(l, places);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        size_t was = SLOTS;

        while (places[--was] > slot)
            continue;
        next[slot] = plain[was];
    }
    memcpy(plain, next, sizeof(next));
}

static void compare(const struct levels *l, const struct amounts *plain, uint64_t seed)
{
    static const struct amounts none;

    for (size_t slot = 0; slot < SLOTS; slot++) {
        size_t piece = l->n > 0 ? levels_find(l, slot) : 0;

        ck_assert_msg(are_equal(l->n > 0 ? &l->items[piece].of : &none, &plain[slot]),
                      "seed %" PRIu64 ": slot %zu", seed, slot);
        if (l->n > 0)
            ck_assert(l->items[piece].first <= slot &&
                      levels_end(l, piece, SLOTS) > slot);
    }
}

static void run_history(uint64_t seed)
{
    struct amounts plain[SLOTS] = {0};
    struct levels levels = {0}, copy;
    struct rng rng;

    rng_seed(&rng, seed);
    for (int i = 0; i < OPERATIONS; i++) {
        if (rng_below(&rng, 6) == 0)
            go_on(&rng, &levels, plain);
        else
            change(&rng, &levels, plain);
        compare(&levels, plain, seed);
    }
    copy = levels_copy(&levels);
    compare(&copy, plain, seed);
    levels_fini(&copy);
    levels_fini(&levels);
}

START_TEST(test_histories)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/levels", (struct suite_row[]){
                                              {test_cases, ARRAY_LEN(cases)},
                                              {test_histories, 1},
                                              {NULL, 0},
                                          });
}
