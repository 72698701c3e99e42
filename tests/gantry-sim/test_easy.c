#include "tests/support/easy.h"

#include <stdlib.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* Two nodes of 8 GPUs. */
static const struct {
    const char *name;
    enum easy_order order;
    struct work jobs[6]; /* submit, run, limit, gpus */
    int64_t starts[6];
} cases[] = {
    {"the first waits, who ends before it slips in",
     EASY_FIRST_COME,
     {{.submit_sec = 0, .run_sec = 3600, .limit_sec = 3600, .gpus = 8},
      {.submit_sec = 0, .run_sec = 1800, .limit_sec = 3600, .gpus = 16},
      {.submit_sec = 60, .run_sec = 600, .limit_sec = 900, .gpus = 4},
      {.submit_sec = 300, .run_sec = 900, .limit_sec = 600, .gpus = 4},
      {.submit_sec = 400, .run_sec = 60, .limit_sec = 9000, .gpus = 1}},
     {0, 3600, 60, 300, 5400}}, /* the last one would outlast 3600 */
    {"who outlasts the reservation may have what is spare beside it",
     EASY_FIRST_COME,
     {{.submit_sec = 0, .run_sec = 100, .limit_sec = 100, .gpus = 12},
      {.submit_sec = 0, .run_sec = 100, .limit_sec = 100, .gpus = 14},
      {.submit_sec = 0, .run_sec = 500, .limit_sec = 500, .gpus = 2},
      {.submit_sec = 0, .run_sec = 500, .limit_sec = 500, .gpus = 1}},
     {0, 100, 0, 200}},
    {"first come is tried first",
     EASY_FIRST_COME,
     {{.submit_sec = 0, .run_sec = 100, .limit_sec = 100, .gpus = 12},
      {.submit_sec = 0, .run_sec = 10, .limit_sec = 10, .gpus = 16},
      {.submit_sec = 0, .run_sec = 90, .limit_sec = 90, .gpus = 4},
      {.submit_sec = 0, .run_sec = 40, .limit_sec = 40, .gpus = 4}},
     {0, 100, 0, 110}},
    {"the shortest is tried first; the head keeps its reservation",
     EASY_SHORTEST,
     {{.submit_sec = 0, .run_sec = 100, .limit_sec = 100, .gpus = 12},
      {.submit_sec = 0, .run_sec = 10, .limit_sec = 10, .gpus = 16},
      {.submit_sec = 0, .run_sec = 90, .limit_sec = 90, .gpus = 4},
      {.submit_sec = 0, .run_sec = 40, .limit_sec = 40, .gpus = 4}},
     {0, 100, 110, 0}},
    {"ends before limits bring the reservation forward",
     EASY_FIRST_COME,
     {{.submit_sec = 0, .run_sec = 10, .limit_sec = 100, .gpus = 12},
      {.submit_sec = 1, .run_sec = 10, .limit_sec = 10, .gpus = 16}},
     {0, 10}},
};

START_TEST(test_cases)
{
    struct work jobs[6];
    struct workload load = {.jobs = jobs};
    const struct groups groups = {"2", "8", NULL, NULL};
    struct pool p;
    struct history h;
    for (; load.n < 6 && cases[_i].jobs[load.n].gpus > 0; load.n++)
        jobs[load.n] = cases[_i].jobs[load.n];
    pool_init(&p);
    ck_assert_int_eq(pool_add(&p, &groups, NULL), 0);
    easy_run(&p, &load, cases[_i].order, &h);
    for (size_t i = 0; i < load.n; i++) {
        const struct tale *t = &h.tales[i];
        ck_assert_msg(t->start_sec == cases[_i].starts[i], "%s: job %zu at %ld",
                      cases[_i].name, i, t->start_sec);
        ck_assert_int_eq(t->end_sec,
                         t->start_sec + MIN(jobs[i].run_sec, jobs[i].limit_sec));
    }
    ck_assert_int_eq(h.samples[h.n_samples - 1].free, 16);
    history_fini(&h);
    pool_fini(&p);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/easy",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)}, {NULL, 0}});
}
