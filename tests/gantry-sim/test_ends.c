#include "cmd/gantry-sim/ends.h"

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

/* Whatever the order they are added in, they come out by second, then by job. */
START_TEST(test_order)
{
    struct ends e = {0};
    struct rng rng;
    struct end last = {-1, 0, 0};
    rng_seed(&rng, 7);
    ck_assert_ptr_null(ends_first(&e));
    for (size_t i = 0; i < 1000; i++)
        ends_add(&e, (struct end){(int64_t)rng_below(&rng, 50), i, 1});
    for (size_t i = 0; i < 1000; i++) {
        struct end end = *ends_first(&e);
        struct end taken = ends_take(&e);
        ck_assert(end.sec == taken.sec && end.job == taken.job);
        ck_assert(end.sec > last.sec || (end.sec == last.sec && end.job > last.job));
        last = end;
    }
    ck_assert_ptr_null(ends_first(&e));
    ends_fini(&e);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/ends",
                      (struct suite_row[]){{test_order, 1}, {NULL, 0}});
}
