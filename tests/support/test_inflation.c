/* What the benchmark prints of plans in slots beside exact ones. */
#include "tests/support/inflation.h"

#include "base/util.h"
#include "tests/support/gpu_cluster.h"
#include "tests/support/suite.h"

#define HOUR 3600

/* Two nodes of 8 GPUs. */
static const struct {
    const char *name;
    struct plan_span spans[3];
    size_t n, n_running;
    int64_t until;
    struct plan_sums sums;
} cases[] = {
    {"nothing waits", {{-2, 2, 8}}, 1, 1, 4, {0, 2 * HOUR, 0.25}},
    {"one at once", {{0, 4, 16}}, 1, 0, 4, {0, 4 * HOUR, 1}},
    {"two behind one that runs",
     {{-1, 1, 16}, {1, 3, 8}, {3, 4, 16}},
     3,
     1,
     4,
     {2 * HOUR, 4 * HOUR, 0.75}},
    {"no further than is looked",
     {{-1, 1, 16}, {1, 3, 8}, {3, 4, 16}},
     3,
     1,
     2,
     {2 * HOUR, 4 * HOUR, 0.75}},
    {"one begins later", {{5, 6, 8}}, 1, 0, 4, {5 * HOUR, 6 * HOUR, 0}},
};

START_TEST(test_sums)
{
    struct plan_span spans[ARRAY_LEN(cases[0].spans)];
    struct plan_sums sums;

    for (size_t i = 0; i < cases[_i].n; i++) {
        spans[i] = cases[_i].spans[i];
        spans[i].start_sec = MIX_NOW_SEC + spans[i].start_sec * HOUR;
        spans[i].end_sec = MIX_NOW_SEC + spans[i].end_sec * HOUR;
    }
    sums = plan_sums_of(spans, cases[_i].n, cases[_i].n_running, 2 * NODE_GPUS,
                        MIX_NOW_SEC + cases[_i].until * HOUR);
    ck_assert_msg(sums.wait_sec == cases[_i].sums.wait_sec &&
                      sums.makespan_sec == cases[_i].sums.makespan_sec &&
                      sums.used == cases[_i].sums.used,
                  "%s: wait %.0f, makespan %lld, used %.3f", cases[_i].name,
                  sums.wait_sec, (long long)sums.makespan_sec, sums.used);
}
END_TEST

/* ---- of a mix ---- */

static void plan_all(struct sched *s)
{
    struct sched_budget budget = {0};
    struct decisions decisions;

    while (sched_step(s, MIX_NOW_SEC, budget, &decisions) == SCHED_MORE)
        ;
}

/* Slots round up, so that most jobs begin later, and hardly any at the same second.
 * Who fits before whom is chance: no more than that holds of a short queue, but neither
 * plan is much better than the other, and GPUs are used for most of the time. */
START_TEST(test_mix)
{
    struct inflation found;
    struct sched *s;
    struct mix m;

    mix_init(&m, 2 * MIX_GANG_MAX, 100, _i == 0 ? 8 : 32);
    s = mix_core(&m);
    ck_assert(!inflation_find(&m, s, &found)); /* nothing is planned yet */
    plan_all(s);
    ck_assert(inflation_find(&m, s, &found));
    ck_assert_uint_eq(found.jobs, m.pending);
    ck_assert_uint_gt(found.later, found.earlier);
    ck_assert_uint_ge(found.later + found.earlier, m.pending * 9 / 10);
    ck_assert(found.exact.used > 0.5 && found.exact.used <= 1);
    ck_assert(found.slots.used > 0.5 && found.slots.used <= 1);
    ck_assert(found.slots.wait_sec > 0.9 * found.exact.wait_sec);
    ck_assert(found.slots.wait_sec < 1.5 * found.exact.wait_sec);
    ck_assert(found.slots.makespan_sec < 1.5 * (double)found.exact.makespan_sec);
    sched_free(s);
}
END_TEST

int main(void)
{
    return suite_main("support/inflation", (struct suite_row[]){
                                               {test_sums, ARRAY_LEN(cases)},
                                               {test_mix, 2},
                                               {NULL, 0},
                                           });
}
