#include "scheduler/taskset.h"

#include "base/util.h"
#include "tests/support/suite.h"

/* The longest text that a set may have is read again. */
START_TEST(test_longest)
{
    struct taskset set = {{0}}, again;
    STR_AUTO struct str text;
    str_init(&text, TASKSET_TEXT_MAX);
    for (int64_t i = 0; i < TASKSET_SIZE - 2; i += 3) {
        taskset_add(&set, i);
        taskset_add(&set, i + 1);
    }
    taskset_format(&set, &text);
    ck_assert(!text.overflow);
    ck_assert_int_eq(taskset_parse(text.s, &again, NULL), 0);
    ck_assert(taskset_equal(&set, &again));
    ck_assert_int_eq(taskset_last(&set), TASKSET_SIZE - 4);
}
END_TEST

START_TEST(test_sets)
{
    struct taskset a, b;
    ck_assert_int_eq(taskset_parse("0-9", &a, NULL), 0);
    ck_assert_int_eq(taskset_parse("3,64-70", &b, NULL), 0);
    ck_assert(!taskset_has(&a, -1) && !taskset_has(&a, TASKSET_SIZE));
    taskset_drop(&a, &b);
    ck_assert_int_eq(taskset_next(&a, 3), 4);
    taskset_join(&a, &b);
    ck_assert_int_eq(taskset_next(&a, 10), 64);
    taskset_keep(&a, &b);
    ck_assert(taskset_equal(&a, &b));
    ck_assert_int_eq(taskset_next(&a, 4), 64);
    ck_assert_int_eq(taskset_next(&a, 71), -1);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/taskset", (struct suite_row[]){
                                               {test_longest, 1},
                                               {test_sets, 1},
                                               {NULL, 0},
                                           });
}
