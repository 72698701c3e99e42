/*
 * Licences over coming time: a table of small cases, and random changes against arrays
 * of all slots.
 *
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs one alone.
 */
#include "scheduler/stock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define SLOTS 10
#define NONE SIZE_MAX
#define MESSAGE_MAX_ 4096

/* "a:2,b" */
static void read_licenses(const char *text, struct license **items, size_t *n)
{
    for (; *text != '\0'; text += strcspn(text, ","), text += *text == ',') {
        char name[16];
        long long count = 1;

        ck_assert_int_ge(sscanf(text, "%15[a-z]:%lld", name, &count), 1);
        licenses_add(items, n, name, count);
    }
}

static struct job *job_with(const char *licenses, const char *resv)
{
    struct job *job = job_new();

    read_licenses(licenses, &job->licenses, &job->n_licenses);
    if (resv != NULL)
        names_add(&job->reservations, &job->n_reservations, resv);
    return job;
}

static void read_table(const char *text, struct license_table *table)
{
    struct license *items = NULL;
    size_t n = 0;

    *table = (struct license_table){0};
    read_licenses(text, &items, &n);
    for (table->n = 0; table->n < n; table->n++) {
        struct license_total *total = &table->items[table->n];

        snprintf(total->name, sizeof(total->name), "%s", items[table->n].name);
        total->total = items[table->n].count;
    }
    licenses_free(items, n);
}

/* ---- cases ---- */

/* Operations, each on licences: "keep r a:2" for a reservation; "take a:1 3-8" by a job
 * in slots 3 to 7, "take r a:1 3-8" by one in it, "give" likewise. Slot 9 is the last;
 * up to 10 is without end. */
static const struct {
    const char *name, *table;
    const char *ops[6];
    const char *ask;
    size_t first, last; /* in which it would have them */
    uint64_t kept;      /* from it, throughout: a bit for each of the keeps */
    size_t lacks;       /* the last slot with too few */
    const char *says;   /* of the first slot; NULL: not asked */
} cases[] = {
    {"all free", "a:2", {0}, "a:2", 0, 10, 0, NONE, ""},
    {"more than there are",
     "a:2",
     {0},
     "a:3",
     0,
     10,
     0,
     9,
     "needs 3 of licence a; 2 of 2 free now"},
    {"nothing asked", "a:1", {"take a:1 0-10"}, "", 0, 10, 0, NONE, ""},
    {"there are none", "", {0}, "a:1", 0, 10, 0, NONE, NULL},
    {"a name that is not known", "a:1", {0}, "b:7", 0, 10, 0, NONE, ""},
    {"no slot", "a:1", {"take a:1 0-10"}, "a:1", 4, 4, 0, NONE, NULL},
    {"before it is taken", "a:1", {"take a:1 3-8"}, "a:1", 0, 3, 0, NONE, NULL},
    {"up to one slot of it", "a:1", {"take a:1 3-8"}, "a:1", 0, 4, 0, 3, NULL},
    {"all around it", "a:1", {"take a:1 3-8"}, "a:1", 0, 10, 0, 7, NULL},
    {"from its last slot on", "a:1", {"take a:1 3-8"}, "a:1", 7, 10, 0, 7, NULL},
    {"behind it", "a:1", {"take a:1 3-8"}, "a:1", 8, 10, 0, NONE, NULL},
    {"taken for ever", "a:1", {"take a:1 3-10"}, "a:1", 0, 10, 0, 9, NULL},
    {"the last of two times",
     "a:1",
     {"take a:1 1-2", "take a:1 5-6"},
     "a:1",
     0,
     10,
     0,
     5,
     NULL},
    {"between two times",
     "a:1",
     {"take a:1 1-2", "take a:1 5-6"},
     "a:1",
     2,
     5,
     0,
     NONE,
     NULL},
    {"two at once leave one less",
     "a:3",
     {"take a:1 1-6", "take a:1 4-8"},
     "a:2",
     0,
     10,
     0,
     5,
     NULL},
    {"given back", "a:1", {"take a:1 3-8", "give a:1 3-8"}, "a:1", 0, 10, 0, NONE, ""},
    {"given back from the middle on",
     "a:1",
     {"take a:1 3-8", "give a:1 5-8"},
     "a:1",
     0,
     10,
     0,
     4,
     NULL},
    {"another one is not looked at",
     "a:1,b:1",
     {"take b:1 0-10"},
     "a:1",
     0,
     10,
     0,
     NONE,
     ""},
    {"each of several must be there",
     "a:2,b:1",
     {"take b:1 2-4"},
     "a:1,b:1",
     0,
     10,
     0,
     3,
     ""},
    {"two are short, and both are named",
     "a:2,b:1",
     {"take a:1,b:1 0-4"},
     "a:2,b:1",
     0,
     10,
     0,
     3,
     "needs 2 of licence a; 1 of 2 free now, and needs 1 of licence b; 0 of 1 free "
     "now"},
    {"more held than there are: none is free, not fewer",
     "a:1",
     {"take a:2 0-4"},
     "a:1",
     0,
     10,
     0,
     3,
     "needs 1 of licence a; 0 of 1 free now"},
    {"kept for a reservation, from who is not in it",
     "a:3",
     {"keep r a:2"},
     "a:2",
     0,
     10,
     1,
     9,
     "needs 2 of licence a; 3 of 3 free now, 2 kept for reservations"},
    {"the rest is anybody's", "a:3", {"keep r a:2"}, "a:1", 0, 10, 1, NONE, ""},
    {"kept for it itself", "a:3", {"keep r a:2"}, "a:3", 0, 10, 0, NONE, ""},
    {"what its jobs hold is not kept twice",
     "a:3",
     {"keep r a:2", "take r a:2 0-4"},
     "a:1",
     0,
     10,
     1,
     NONE,
     ""},
    {"and is kept again once they are gone",
     "a:3",
     {"keep r a:2", "take r a:2 0-4"},
     "a:2",
     4,
     10,
     1,
     9,
     NULL},
    {"its jobs may hold more than it keeps",
     "a:3",
     {"keep r a:1", "take r a:2 0-4"},
     "a:1",
     0,
     4,
     1,
     NONE,
     ""},
    {"the licence of another job is not one of those kept",
     "a:3",
     {"keep r a:2", "take a:1 0-4"},
     "a:1",
     0,
     10,
     1,
     3,
     "needs 1 of licence a; 2 of 3 free now, 2 kept for reservations"},
    {"two reservations keep each their own",
     "a:4",
     {"keep r a:1", "keep q a:2"},
     "a:2",
     0,
     10,
     3,
     9,
     NULL},
    {"who is in one of two is shut out by the other",
     "a:4",
     {"keep r a:1", "keep q a:2"},
     "a:2",
     0,
     10,
     2,
     NONE,
     NULL},
    {"one that keeps what is not known keeps nothing",
     "a:1",
     {"keep r b:5"},
     "a:1",
     0,
     10,
     1,
     NONE,
     ""},
};

static void run_op(struct stock *stock, const char *op)
{
    char verb[8], resv[8] = "", text[32];
    struct job *job;
    size_t first = 0, last = 0;

    if (sscanf(op, "keep %7s %31s", resv, text) == 2) {
        job = job_with(text, NULL);
        stock_keep(stock, resv, job->licenses, job->n_licenses);
        job_free(job);
        return;
    }
    if (sscanf(op, "%7s %31s %zu-%zu", verb, text, &first, &last) != 4)
        ck_assert_int_eq(
            sscanf(op, "%7s %7s %31s %zu-%zu", verb, resv, text, &first, &last), 5);
    job = job_with(text, resv[0] != '\0' ? resv : NULL);
    stock_change(stock, job, first, last, SLOTS, strcmp(verb, "take") == 0 ? -1 : 1);
    job_free(job);
}

START_TEST(test_cases)
{
    struct license_table table;
    struct stock stock = {0};
    uint64_t kept[SLOTS];
    STR_AUTO struct str says;
    struct job *job;

    str_init(&says, MESSAGE_MAX_);
    read_table(cases[_i].table, &table);
    stock_reset(&stock, &table);
    for (size_t i = 0; i < ARRAY_LEN(cases[_i].ops) && cases[_i].ops[i]; i++)
        run_op(&stock, cases[_i].ops[i]);
    for (size_t i = 0; i < SLOTS; i++)
        kept[i] = cases[_i].kept;
    job = job_with(cases[_i].ask, NULL);
    ck_assert_msg(stock_short(&stock, job_licenses(job), kept, cases[_i].first,
                              cases[_i].last) == cases[_i].lacks,
                  "%s: not in that slot", cases[_i].name);
    if (cases[_i].says != NULL) {
        stock_say_short(&stock, job_licenses(job), kept, &says);
        ck_assert_msg(strcmp(says.s, cases[_i].says) == 0, "%s: %s", cases[_i].name,
                      says.s);
    }
    job_free(job);
    stock_fini(&stock);
}
END_TEST

/* Are there enough of each at all times? */
static const struct {
    const char *name, *taken, *more;
    size_t first, last;
    bool enough;
} enough_cases[] = {
    {"one beside another", "a:1 0-5", "a:1", 0, 10, true},
    {"three of two, in one slot", "a:2 4-5", "a:1", 0, 10, false},
    {"three of two, one after the other", "a:2 4-5", "a:1", 5, 10, true},
    {"too many of the second", "b:1 0-10", "a:1,b:1", 9, 10, false},
    {"no slot", "a:2 0-10", "a:1", 3, 3, true},
    {"none that is known", "a:2 0-10", "c:1", 0, 10, true},
};

START_TEST(test_enough)
{
    AUTO_FREE char *taken = xasprintf("take %s", enough_cases[_i].taken);
    struct license_table table;
    struct stock stock = {0};
    struct job *job = job_with(enough_cases[_i].more, NULL);

    read_table("a:2,b:1", &table);
    stock_reset(&stock, &table);
    run_op(&stock, taken);
    ck_assert_msg(stock_change(&stock, job, enough_cases[_i].first,
                               enough_cases[_i].last, SLOTS,
                               -1) == enough_cases[_i].enough,
                  "%s", enough_cases[_i].name);
    job_free(job);
    stock_fini(&stock);
}
END_TEST

/* The first two slots have become one, and all others have moved up. */
START_TEST(test_renumber)
{
    static const uint16_t places[SLOTS + 1] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const uint64_t kept[SLOTS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct license_table table;
    struct stock stock = {0};
    struct job *two = job_with("a:2", NULL);

    read_table("a:3", &table);
    stock_reset(&stock, &table);
    run_op(&stock, "keep r a:1");
    run_op(&stock, "take r a:1 3-6");
    run_op(&stock, "take a:1 0-3");
    stock_renumber(&stock, places);
    ck_assert_uint_eq(stock_short(&stock, job_licenses(two), kept, 0, SLOTS), 1);
    ck_assert_uint_eq(stock_short(&stock, job_licenses(two), NULL, 0, SLOTS), NONE);
    run_op(&stock, "take a:1 2-5");
    ck_assert_uint_eq(stock_short(&stock, job_licenses(two), kept, 0, SLOTS), 4);
    job_free(two);
    stock_fini(&stock);
}
END_TEST

START_TEST(test_keeps_no_more)
{
    struct license_table table;
    struct stock stock = {0};

    read_table("a:1", &table);
    stock_reset(&stock, &table);
    for (size_t i = 0; i <= KEEPS_MAX; i++)
        run_op(&stock, "keep r a:1");
    ck_assert_uint_eq(stock.n_keeps, KEEPS_MAX);
    stock_fini(&stock);
}
END_TEST

/* ---- random changes ---- */

#define HISTORIES 2000
#define OPERATIONS 60
#define TABLE "a:3,b:2"
#define NAMES 2
#define RESVS 2

/* What is free, and what each reservation keeps beyond what its jobs hold. */
struct plain {
    int64_t free[SLOTS][NAMES], left[RESVS][SLOTS][NAMES];
};

static void change_plainly(struct plain *p, const int64_t *counts, int resv,
                           size_t first, size_t last, int sign)
{
    for (size_t slot = first; slot < last; slot++) {
        for (size_t i = 0; i < NAMES; i++) {
            p->free[slot][i] += sign * counts[i];
            if (resv >= 0)
                p->left[resv][slot][i] += sign * counts[i];
        }
    }
}

static size_t short_plainly(const struct plain *p, const int64_t *counts,
                            const uint64_t *kept, size_t first, size_t last)
{
    size_t lacks = NONE;

    for (size_t slot = first; slot < last; slot++) {
        for (size_t i = 0; i < NAMES; i++) {
            int64_t has = p->free[slot][i];

            for (size_t r = 0; r < RESVS; r++)
                has -= kept[slot] >> r & 1 ? MAX(p->left[r][slot][i], 0) : 0;
            if (counts[i] > 0 && has < counts[i])
                lacks = slot;
        }
    }
    return lacks;
}

static void begin(struct stock *stock, struct license_table *table, struct plain *p)
{
    *p = (struct plain){0};
    read_table(TABLE, table);
    stock_reset(stock, table);
    run_op(stock, "keep r a:1");
    run_op(stock, "keep q a:1,b:1");
    for (size_t slot = 0; slot < SLOTS; slot++) {
        p->free[slot][0] = 3;
        p->free[slot][1] = 2;
        p->left[0][slot][0] = p->left[1][slot][0] = p->left[1][slot][1] = 1;
    }
}

static const char *const texts[3][2] = {{"", "b"}, {"a", "a,b"}, {"a:2", "a:2,b"}};

static void run_history(uint64_t seed)
{
    struct license_table table;
    struct stock stock = {0};
    struct plain p;
    struct rng rng;

    rng_seed(&rng, seed);
    begin(&stock, &table, &p);
    for (int i = 0; i < OPERATIONS; i++) {
        int64_t counts[NAMES] = {(int64_t)rng_below(&rng, 3),
                                 (int64_t)rng_below(&rng, 2)};
        int resv = (int)rng_below(&rng, 3) - 1, sign = rng_below(&rng, 2) ? 1 : -1;
        size_t first = rng_below(&rng, SLOTS),
               last = first + rng_below(&rng, SLOTS - first + 1);
        const char *text = texts[counts[0]][counts[1]];
        struct job *job = job_with(text, resv < 0 ? NULL : resv == 0 ? "r" : "q");
        uint64_t kept[SLOTS];

        for (size_t slot = 0; slot < SLOTS; slot++)
            kept[slot] = rng_below(&rng, 4);
        stock_change(&stock, job, first, last, SLOTS, sign);
        change_plainly(&p, counts, resv, first, last, sign);
        ck_assert_msg(stock_short(&stock, job_licenses(job), kept, 0, SLOTS) ==
                          short_plainly(&p, counts, kept, 0, SLOTS),
                      "seed %" PRIu64 ", operation %d", seed, i);
        memset(kept, 0, sizeof(kept));
        ck_assert_msg(stock_short(&stock, job_licenses(job), NULL, first, last) ==
                          short_plainly(&p, counts, kept, first, last),
                      "seed %" PRIu64 ", operation %d, of all", seed, i);
        job_free(job);
    }
    stock_fini(&stock);
}

START_TEST(test_random)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/stock",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)},
                                           {test_enough, ARRAY_LEN(enough_cases)},
                                           {test_renumber, 1},
                                           {test_keeps_no_more, 1},
                                           {test_random, 1},
                                           {NULL, 0}});
}
