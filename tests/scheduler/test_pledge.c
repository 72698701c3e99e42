/*
 * What limits leave over coming time: a table of small cases, and nodes that come and
 * go at random against a count of them in each slot.
 *
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs one alone.
 */
#include "scheduler/pledge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define SLOTS 10
#define NONE SIZE_MAX

/* Ten seconds each; slot 9 is the last, up to 10 is without end. */
static const int64_t times[SLOTS] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90};

/* ---- cases ---- */

/* Operations: "held 2 3-8" in slots 3 to 7, "planned" likewise; "fades 2 3-8": of what
 * is held then so much is left of it as are seconds up to slot 8, twice; "nodes ab 3-8"
 * are in use by one job, "gone ab 3-8" no longer by one; "starts 4 3-4": one who is
 * planned may start with 4 in all in slot 3, "leaves 4 3-4" no longer. */
static const struct {
    const char *name;
    enum pledge_kind kind;
    const char *ops[4];
    int64_t room, room_now;
    bool beside_planned;
    const char *nodes; /* of its own; NULL: they are not known */
    size_t first, last;
    size_t over; /* the last slot in which there is none */
    int64_t need;
} cases[] = {
    {"nobody has any", PLEDGE_SUM, {0}, 0, 0, false, NULL, 0, 10, NONE, 0},
    {"as much as there may be",
     PLEDGE_SUM,
     {"held 2 3-8"},
     2,
     0,
     false,
     NULL,
     0,
     10,
     NONE,
     0},
    {"too much", PLEDGE_SUM, {"held 2 3-8"}, 1, 0, false, NULL, 0, 10, 7, 0},
    {"before it", PLEDGE_SUM, {"held 2 3-8"}, 1, 0, false, NULL, 0, 3, NONE, 0},
    {"up to one slot of it", PLEDGE_SUM, {"held 2 3-8"}, 1, 0, false, NULL, 0, 4, 3, 0},
    {"likewise, where others follow at once",
     PLEDGE_SUM,
     {"held 2 3-6", "held 3 6-8"},
     1,
     0,
     false,
     NULL,
     0,
     4,
     3,
     0},
    {"behind it", PLEDGE_SUM, {"held 2 3-8"}, 1, 0, false, NULL, 8, 10, NONE, 0},
    {"no slot", PLEDGE_SUM, {"held 2 3-8"}, 1, 0, false, NULL, 5, 5, NONE, 0},
    {"without end", PLEDGE_SUM, {"held 2 3-10"}, 1, 0, false, NULL, 0, 10, 9, 0},
    {"what is planned counts as well",
     PLEDGE_SUM,
     {"held 1 0-5", "planned 1 3-8"},
     1,
     0,
     false,
     NULL,
     0,
     10,
     4,
     0},
    {"given back",
     PLEDGE_SUM,
     {"held 2 3-8", "held -2 3-8"},
     1,
     0,
     false,
     NULL,
     0,
     10,
     NONE,
     0},
    {"bound where others start alone",
     PLEDGE_SUM,
     {"held 3 0-9", "planned 1 3-6", "starts 3 3-4"},
     1,
     0,
     true,
     NULL,
     0,
     10,
     3,
     0},
    {"beside one who may start with less than it may",
     PLEDGE_SUM,
     {"planned 4 5-8", "starts 4 5-6"},
     7,
     0,
     false,
     NULL,
     0,
     10,
     5,
     1},
    {"behind his start",
     PLEDGE_SUM,
     {"planned 4 5-8", "starts 4 5-6"},
     7,
     0,
     false,
     NULL,
     6,
     10,
     NONE,
     1},
    {"beside one who may start with more",
     PLEDGE_SUM,
     {"planned 8 5-8", "starts 16 5-6"},
     7,
     0,
     false,
     NULL,
     4,
     10,
     NONE,
     1},
    {"behind his start it may not start itself",
     PLEDGE_SUM,
     {"planned 8 5-8", "starts 16 5-6"},
     7,
     0,
     false,
     NULL,
     6,
     10,
     6,
     1},
    {"those who may start with different amounts",
     PLEDGE_SUM,
     {"planned 6 2-8", "starts 16 2-3", "starts 6 4-5", "starts 16 5-6"},
     7,
     0,
     false,
     NULL,
     0,
     10,
     4,
     1},
    {"one who does not start any more",
     PLEDGE_SUM,
     {"planned 6 2-8", "starts 6 4-5", "starts 8 2-3", "leaves 6 4-5"},
     7,
     0,
     false,
     NULL,
     0,
     10,
     NONE,
     1},
    {"nodes beside one who may start with less",
     PLEDGE_NODES,
     {"nodes ab 3-8", "starts 2 3-4"},
     4,
     0,
     false,
     "bc",
     0,
     10,
     3,
     0},
    {"what is left falls below what there may be",
     PLEDGE_LEFT,
     {"fades 2 0-8"},
     100,
     100,
     false,
     NULL,
     3,
     10,
     NONE,
     0},
    {"in the first slot it is too much",
     PLEDGE_LEFT,
     {"fades 2 0-8"},
     99,
     99,
     false,
     NULL,
     3,
     10,
     3,
     0},
    {"behind the first slot it is too much for those who start there",
     PLEDGE_LEFT,
     {"planned 60 5-7"},
     50,
     50,
     false,
     NULL,
     1,
     10,
     6,
     0},
    {"behind the first slot nobody minds what is held",
     PLEDGE_LEFT,
     {"held 60 5-7"},
     50,
     50,
     false,
     NULL,
     1,
     10,
     NONE,
     0},
    {"now what is left is known exactly",
     PLEDGE_LEFT,
     {"fades 2 0-8"},
     0,
     0,
     false,
     NULL,
     0,
     1,
     NONE,
     0},
    {"now what is planned counts beside it",
     PLEDGE_LEFT,
     {"planned 5 0-8"},
     9,
     4,
     false,
     NULL,
     0,
     1,
     0,
     0},
    {"enough nodes", PLEDGE_NODES, {"nodes ab 3-8"}, 3, 0, false, "c", 3, 10, NONE, 0},
    {"too many", PLEDGE_NODES, {"nodes ab 3-8"}, 2, 0, false, "c", 3, 10, 3, 0},
    {"a node of two jobs is one",
     PLEDGE_NODES,
     {"nodes ab 3-8", "nodes bc 2-5"},
     4,
     0,
     false,
     "d",
     3,
     10,
     NONE,
     0},
    {"and is in use until both are gone",
     PLEDGE_NODES,
     {"nodes ab 3-8", "nodes bc 2-5", "gone ab 3-8"},
     2,
     0,
     false,
     "d",
     3,
     10,
     3,
     0},
    {"none more", PLEDGE_NODES, {"nodes abc 3-8"}, 2, 0, false, "ab", 3, 10, NONE, 0},
    {"it adds some when they are gone",
     PLEDGE_NODES,
     {"nodes ab 3-5", "nodes c 3-8", "starts 1 6-7"},
     1,
     0,
     false,
     "a",
     3,
     10,
     6,
     0},
    {"its own are others, when who has those starts",
     PLEDGE_NODES,
     {"nodes ab 3-8", "starts 2 3-8"},
     2,
     0,
     false,
     "bc",
     0,
     10,
     3,
     0},
    {"its own", PLEDGE_NODES, {"nodes ab 3-8"}, 2, 0, false, "ab", 0, 10, NONE, 0},
    {"two pods", PLEDGE_NODES, {"nodes a 3-8"}, 2, 0, false, "bb", 0, 10, NONE, 0},
    {"own too many", PLEDGE_NODES, {0}, 1, 0, false, "ab", 2, 10, 2, 0},
};

static size_t slots_of(const char *nodes, struct slot *slots, char (*names)[2])
{
    size_t n = 0;

    for (; nodes != NULL && nodes[n] != '\0'; n++) {
        names[n][0] = nodes[n];
        names[n][1] = '\0';
        slots[n] = (struct slot){.node = names[n], .pods = 1};
    }
    return n;
}

static void use_nodes(struct pledge *pledge, const char *nodes, size_t first,
                      size_t last, int sign)
{
    struct slot slots[8];
    char names[8][2];
    size_t n = slots_of(nodes, slots, names);

    pledge_use_nodes(pledge, slots, n, first, last, SLOTS, sign);
}

static void run_op(struct pledge *pledge, const char *op)
{
    char verb[8], what[8];
    size_t first, last;
    struct amounts amounts = {0};

    ck_assert_int_eq(sscanf(op, "%7s %7s %zu-%zu", verb, what, &first, &last), 4);
    if (strcmp(verb, "nodes") == 0 || strcmp(verb, "gone") == 0) {
        use_nodes(pledge, what, first, last, *verb == 'n' ? 1 : -1);
        return;
    }
    if (strcmp(verb, "starts") == 0 || strcmp(verb, "leaves") == 0) {
        pledge_start(pledge, strtol(what, NULL, 10), first, SLOTS,
                     *verb == 's' ? 1 : -1);
        return;
    }
    if (strcmp(verb, "fades") == 0) {
        amounts.fading = strtol(what, NULL, 10);
        amounts.held = amounts.fading * times[last];
    } else {
        *(*verb == 'p' ? &amounts.planned : &amounts.held) = strtol(what, NULL, 10);
    }
    pledge_take(pledge, &amounts, first, last, SLOTS);
}

static size_t ask(const struct pledge_bound *bound, const char *nodes, size_t first,
                  size_t last)
{
    struct slot slots[8];
    char names[8][2];

    if (nodes == NULL)
        return pledge_short(bound, times, first, last);
    return pledge_short_nodes(bound, slots, slots_of(nodes, slots, names), first, last);
}

/* Of those on what is left of something there is but the one. */
static bool goes_on(const struct pledge_bound *bound, size_t slot)
{
    return bound->pledge->kind == PLEDGE_SUM && slot < SLOTS &&
           pledge_short(bound, times, slot, slot + 1) == slot;
}

/* The last slot in a row with the one that is over. */
static void check_row(const struct pledge_bound *bound, size_t over, const char *name)
{
    size_t last = pledge_short_to(bound, over);

    ck_assert_msg(last >= over, "%s", name);
    for (size_t slot = over; slot < MIN(last, SLOTS); slot++)
        ck_assert_msg(goes_on(bound, slot), "%s: slot %zu", name, slot);
    ck_assert_msg(!goes_on(bound, last + 1), "%s: it ends with %zu", name, last);
}

START_TEST(test_cases)
{
    struct pledges pledges = {0};
    struct pledge *pledge = pledges_get(&pledges, &cases[_i], "ann", cases[_i].kind);
    const struct pledge_bound bound = {.pledge = pledge,
                                       .room = cases[_i].room,
                                       .need = cases[_i].need,
                                       .room_now = cases[_i].room_now,
                                       .beside_planned = cases[_i].beside_planned};

    for (size_t i = 0; i < ARRAY_LEN(cases[_i].ops) && cases[_i].ops[i] != NULL; i++)
        run_op(pledge, cases[_i].ops[i]);
    ck_assert_msg(ask(&bound, cases[_i].nodes, cases[_i].first, cases[_i].last) ==
                      cases[_i].over,
                  "%s", cases[_i].name);
    if (cases[_i].over < SLOTS && cases[_i].nodes == NULL)
        check_row(&bound, cases[_i].over, cases[_i].name);
    pledges_reset(&pledges);
}
END_TEST

/* Each limit, and each of those that it is counted for apart, has its own. */
START_TEST(test_apart)
{
    static const int one, other;
    struct pledges pledges = {0};
    struct pledge *of_ann = pledges_get(&pledges, &one, "ann", PLEDGE_SUM);

    ck_assert_ptr_eq(pledges_get(&pledges, &one, "ann", PLEDGE_SUM), of_ann);
    ck_assert_ptr_eq(pledges_find(&pledges, &one, "ann"), of_ann);
    ck_assert_ptr_null(pledges_find(&pledges, &one, "bob"));
    ck_assert_ptr_null(pledges_find(&pledges, &other, "ann"));
    ck_assert_ptr_ne(pledges_get(&pledges, &one, "bob", PLEDGE_SUM), of_ann);
    ck_assert_ptr_ne(pledges_get(&pledges, &other, "ann", PLEDGE_SUM), of_ann);
    pledges_reset(&pledges);
    ck_assert_ptr_null(pledges_find(&pledges, &one, "ann"));
}
END_TEST

/* What is held until slot 8 and falls, twice, beside what is planned from slot 3 on: at
 * 30 s it leaves so much to who starts now. */
static const struct {
    const char *planned; /* NULL: nobody is */
    int64_t room, amount, until;
    int64_t lasts; /* a second component, of amount 3 */
} until_cases[] = {
    {NULL, 0, 1, INT64_MAX, 0},         /* nobody is in its way */
    {"planned 10 3-8", 120, 1, 40, 0},  /* 10 s behind the start of who is planned */
    {"planned 10 3-8", 120, 2, 35, 0},  /* twice as much for half of that */
    {"planned 10 3-8", 110, 1, 30, 0},  /* over by then */
    {"planned 10 3-8", 90, 1, 30, 0},   /* likewise, though there is too little */
    {"planned 10 3-8", 120, 2, 32, 90}, /* both go on */
    {"planned 10 3-8", 120, 2, 33, 31}, /* the other one is over 1 s behind it */
    {"planned 10 3-8", 120, 2, 35, 30}, /* just before it */
};

START_TEST(test_until)
{
    struct pledges pledges = {0};
    struct pledge *pledge = pledges_get(&pledges, "left", "", PLEDGE_LEFT);
    const struct pledge_bound bound = {
        .pledge = pledge,
        .room = until_cases[_i].room,
        .uses = {
            {{until_cases[_i].amount, LIMIT_UNLIMITED}, {3, until_cases[_i].lasts}},
            2}};

    run_op(pledge, "fades 2 0-8");
    if (until_cases[_i].planned != NULL)
        run_op(pledge, until_cases[_i].planned);
    ck_assert_int_eq(pledge_until(&bound, times), until_cases[_i].until);
    pledges_reset(&pledges);
}
END_TEST

/* The first two slots have become one, and all others have moved up. */
/* So many nodes, in a slot. */
static size_t in_use(const struct pledge *pledge, size_t slot)
{
    const struct levels *levels = &pledge->levels;

    return levels->n == 0 ? 0
                          : (size_t)levels->items[levels_find(levels, slot)].of.held;
}

START_TEST(test_renumber)
{
    static const uint16_t places[SLOTS + 1] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct pledges pledges = {0};
    struct pledge *sum = pledges_get(&pledges, "sum", "", PLEDGE_SUM);
    struct pledge *nodes = pledges_get(&pledges, "nodes", "", PLEDGE_NODES);
    const struct pledge_bound of_sum = {.pledge = sum};

    run_op(sum, "held 1 3-6");
    run_op(nodes, "nodes a 3-6");
    pledges_renumber(&pledges, places);
    ck_assert_uint_eq(pledge_short(&of_sum, times, 0, SLOTS), 4);
    ck_assert_uint_eq(in_use(nodes, 2), 1);
    ck_assert_uint_eq(in_use(nodes, 5), 0);
    run_op(sum, "held -1 2-5");
    run_op(nodes, "gone a 2-5");
    ck_assert_uint_eq(pledge_short(&of_sum, times, 0, SLOTS), NONE);
    ck_assert_uint_eq(in_use(nodes, 2), 0);
    pledges_reset(&pledges);
}
END_TEST

/* ---- random nodes ---- */

#define HISTORIES 1000
#define JOBS 12
#define NODES 5

struct work {
    char nodes[NODES + 1]; /* none: there is no such job */
    size_t first, last;
    bool planned; /* it starts then, within the limit */
};

static void draw_nodes(struct rng *rng, char *nodes)
{
    size_t n = 0;

    for (int i = 0; i < NODES; i++) {
        if (rng_below(rng, 2) == 0)
            nodes[n++] = (char)('a' + i);
    }
    nodes[n] = '\0';
}

static size_t nodes_in(const struct work *jobs, const char *more, size_t slot)
{
    unsigned set = 0;

    for (; *more != '\0'; more++)
        set |= 1U << (*more - 'a');
    for (size_t i = 0; i < JOBS; i++) {
        for (const char *node = jobs[i].nodes; *node != '\0'; node++)
            set |= (unsigned)(jobs[i].first <= slot && slot < jobs[i].last)
                   << (*node - 'a');
    }
    return (size_t)__builtin_popcount(set);
}

/* The first slot, or one in which one is planned to start. */
static bool is_start(const struct work *jobs, size_t slot, const struct work *asked)
{
    bool starts = slot == asked->first;

    for (size_t i = 0; i < JOBS; i++)
        starts |= jobs[i].planned && jobs[i].first == slot;
    return starts;
}

/* With more nodes than there were, when somebody starts; or its own are too many. */
static size_t over_plainly(const struct work *jobs, const char *more, size_t room,
                           const struct work *asked)
{
    static const struct work nobody[JOBS];
    size_t over = nodes_in(nobody, more, 0) > room ? asked->first : NONE;

    for (size_t slot = asked->first; slot < asked->last; slot++) {
        size_t nodes = nodes_in(jobs, more, slot);

        if (nodes > room && nodes > nodes_in(jobs, "", slot) &&
            is_start(jobs, slot, asked))
            over = slot;
    }
    return over;
}

static bool is_used(const struct work *jobs, char node, size_t slot)
{
    bool used = false;

    for (size_t i = 0; i < JOBS; i++)
        used |= jobs[i].first <= slot && slot < jobs[i].last &&
                strchr(jobs[i].nodes, node) != NULL;
    return used;
}

static void count_node(void *arg, const char *node)
{
    int *counts = arg;

    counts[node[0] - 'a']++;
}

static void compare_uses(const struct pledge *pledge, const struct work *jobs,
                         size_t slot, uint64_t seed)
{
    int counted[NODES] = {0};

    pledge_each_node(pledge, slot, count_node, counted);
    for (int i = 0; i < NODES; i++)
        ck_assert_msg(counted[i] == is_used(jobs, (char)('a' + i), slot),
                      "seed %" PRIu64 ": node %c in slot %zu", seed, 'a' + i, slot);
}

static void compare(struct rng *rng, const struct pledge *pledge, size_t room,
                    const struct work *jobs, uint64_t seed)
{
    const struct pledge_bound bound = {.pledge = pledge, .room = (__int128)room};
    struct work asked = {.first = rng_below(rng, SLOTS),
                         .last = 1 + rng_below(rng, SLOTS)};

    draw_nodes(rng, asked.nodes);
    ck_assert_msg(ask(&bound, asked.nodes, asked.first, asked.last) ==
                      over_plainly(jobs, asked.nodes, room, &asked),
                  "seed %" PRIu64 ": with %s", seed, asked.nodes);
    ck_assert_msg(in_use(pledge, asked.first) == nodes_in(jobs, "", asked.first),
                  "seed %" PRIu64 ": in slot %zu", seed, asked.first);
}

static void change(struct pledge *pledge, size_t room, const struct work *job, int sign)
{
    use_nodes(pledge, job->nodes, job->first, job->last, sign);
    if (job->planned)
        pledge_start(pledge, (__int128)room, job->first, SLOTS, sign);
}

static void run_history(uint64_t seed)
{
    struct work jobs[JOBS] = {0};
    struct pledges pledges = {0};
    struct pledge *pledge = pledges_get(&pledges, &pledges, "", PLEDGE_NODES);
    struct rng rng;
    size_t room;

    rng_seed(&rng, seed);
    room = rng_below(&rng, NODES + 1);
    for (int i = 0; i < 5 * JOBS; i++) {
        struct work *job = &jobs[rng_below(&rng, JOBS)];

        change(pledge, room, job, -1);
        draw_nodes(&rng, job->nodes);
        job->first = rng_below(&rng, SLOTS);
        job->last = job->first + 1 + rng_below(&rng, SLOTS - job->first);
        job->planned = rng_below(&rng, 2) == 0;
        change(pledge, room, job, 1);
        compare(&rng, pledge, room, jobs, seed);
        compare_uses(pledge, jobs, rng_below(&rng, SLOTS), seed);
    }
    pledges_reset(&pledges);
}

START_TEST(test_histories)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed);
}
END_TEST

/* ---- what is used as time goes on ---- */

/* One of rate 1 is planned at 50; 40 of what there is have been used before. */
static const struct {
    const char *name;
    int64_t room, rate, lasts;
    int64_t held_until; /* one of rate 1 runs until then; 0: nobody does */
    int64_t half_life, reset;
    bool any;    /* another limit stands for the one who is planned */
    size_t over; /* from slot 0 on */
    int64_t longest;
} used_cases[] = {
    {"some is left by then", 100, 2, 29, 0, 0, TIME_UNSET, false, NONE, 29},
    {"just used up by then", 100, 2, 30, 0, 0, TIME_UNSET, false, 2, 29},
    {"one who goes on beside", 100, 2, 60, 0, 0, TIME_UNSET, false, 2, 29},
    {"with what runs", 100, 2, 60, 30, 0, TIME_UNSET, false, 3, 14},
    {"nobody waits for what is used up", 40, 2, 60, 0, 0, TIME_UNSET, false, NONE,
     LIMIT_UNLIMITED},
    {"another limit stands for it", 50, 2, 60, 0, 0, TIME_UNSET, true, NONE,
     LIMIT_UNLIMITED},
    {"what has been used fades", 100, 2, 60, 0, 50, TIME_UNSET, false, 1, 39},
    {"all is forgotten between", 100, 2, 40, 0, 0, 40, false, NONE, LIMIT_UNLIMITED},
    {"used from there on", 100, 12, 60, 0, 0, 40, false, 0, 48},
    {"over before that", 100, 12, 40, 0, 0, 40, false, NONE, 48},
};

START_TEST(test_used)
{
    const __int128 rate = 1000;
    const struct amounts plan = {
        .planned = -rate * 50, .fading = -rate, .held = rate * 70};
    const struct amounts run = {.fading = -rate,
                                .held = rate * used_cases[_i].held_until};
    struct pledges all = {0};
    struct pledge *pledge = pledges_get(&all, "limit", "", PLEDGE_USED);
    const struct pledge_bound bound = {
        .pledge = pledge,
        .room = used_cases[_i].room * rate,
        .uses = {{{used_cases[_i].rate * rate, used_cases[_i].lasts}}, 1},
        .past = {.used = 40,
                 .unit = 1000,
                 .half_life_sec = used_cases[_i].half_life,
                 .period_sec = 10,
                 .reset_sec = used_cases[_i].reset}};
    struct pledge_bound endless = bound;

    endless.uses.items[0].lasts_sec = LIMIT_UNLIMITED;
    pledge_take(pledge, &plan, 5, 7, SLOTS);
    pledge_start(pledge, used_cases[_i].any ? PLEDGE_ANY : bound.room, 5, SLOTS, 1);
    if (used_cases[_i].held_until > 0)
        pledge_take(pledge, &run, 0, (size_t)used_cases[_i].held_until / 10, SLOTS);
    ck_assert_msg(pledge_short(&bound, times, 0, SLOTS) == used_cases[_i].over,
                  "%s: %zu", used_cases[_i].name,
                  pledge_short(&bound, times, 0, SLOTS));
    ck_assert_msg(pledge_lasts(&endless, times) == used_cases[_i].longest,
                  "%s: %" PRId64, used_cases[_i].name, pledge_lasts(&endless, times));
    ck_assert(pledge_short(&bound, times, 5, SLOTS) == NONE);
    pledge_give(pledge, &plan, 5, 7, SLOTS);
    if (used_cases[_i].held_until > 0)
        pledge_give(pledge, &run, 0, (size_t)used_cases[_i].held_until / 10, SLOTS);
    ck_assert(pledge->levels.n == 1 && pledge->levels.items[0].of.planned == 0);
    pledges_reset(&all);
}
END_TEST

/* A component of rate 1 goes on to 100 or without end, one of rate 8 up to 10. */
static const struct {
    const char *name;
    int64_t lasts, room, from, longest;
} uses_cases[] = {
    {"both go on", LIMIT_UNLIMITED, 45, 0, 5},
    {"up to the end of one", LIMIT_UNLIMITED, 90, 0, 10},
    {"the other one goes on alone", LIMIT_UNLIMITED, 100, 0, 20},
    {"both to their ends", 100, 180, 0, LIMIT_UNLIMITED},
    {"just not to their ends", 100, 179, 0, 99},
    {"nothing is left", 100, 0, 0, 0},
    {"of both from a time on", 100, 18, 6, 8},
    {"of one that is left by then", 100, 30, 20, 50},
    {"none is left by then", 100, 0, 100, LIMIT_UNLIMITED},
    {"as good as endless", LIMIT_UNLIMITED, INT64_MAX, 0, INT64_MAX - 80},
};

START_TEST(test_uses)
{
    const struct pledge_uses uses = {{{1, uses_cases[_i].lasts}, {8, 10}}, 2};
    const int64_t longest =
        pledge_uses_last(&uses, uses_cases[_i].room, uses_cases[_i].from);

    ck_assert_msg(longest == uses_cases[_i].longest, "%s: %" PRId64,
                  uses_cases[_i].name, longest);
}
END_TEST

/* Of 60 that are left by 50, of which a component of rate 1 takes 50 if it starts at 0;
 * a second one of rate 8 just leaves some. */
START_TEST(test_ends_apart)
{
    const struct amounts plan = {.planned = -50, .fading = -1, .held = 70};
    struct pledges all = {0};
    struct pledge *pledge = pledges_get(&all, "limit", "", PLEDGE_USED);
    struct pledge_bound bound = {.pledge = pledge,
                                 .room = 60,
                                 .uses = {{{1, 60}, {8, 1}}, 2},
                                 .past = {.period_sec = 10, .reset_sec = TIME_UNSET}};

    pledge_take(pledge, &plan, 5, 7, SLOTS);
    pledge_start(pledge, 60, 5, SLOTS, 1);
    ck_assert(pledge_short(&bound, times, 0, SLOTS) == NONE);
    ck_assert(pledge_lasts(&bound, times) == LIMIT_UNLIMITED);
    bound.uses.items[1].lasts_sec = 3;
    ck_assert(pledge_short(&bound, times, 0, SLOTS) == 1);
    ck_assert(pledge_lasts(&bound, times) == 35);
    pledges_reset(&all);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/pledge", (struct suite_row[]){
                                              {test_cases, ARRAY_LEN(cases)},
                                              {test_apart, 1},
                                              {test_renumber, 1},
                                              {test_until, ARRAY_LEN(until_cases)},
                                              {test_used, ARRAY_LEN(used_cases)},
                                              {test_uses, ARRAY_LEN(uses_cases)},
                                              {test_ends_apart, 1},
                                              {test_histories, 1},
                                              {NULL, 0},
                                          });
}
