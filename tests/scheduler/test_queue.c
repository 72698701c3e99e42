#include "scheduler/queue.h"

#include "base/util.h"
#include "tests/support/suite.h"

/* Each row comes before the next. */
static const struct entry ordered[] = {
    {.tier = 2, .priority = {.total = 1}, .job_id = 9, .uid = "a"},
    {.tier = 1, .priority = {.total = 7}, .job_id = 8, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 3, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 4, .listed = 0, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 4, .listed = 1, .uid = "a"},
    {.tier = 0, .priority = {.total = 99}, .job_id = 1, .uid = "a"},
};

START_TEST(test_order)
{
    struct queue q = {0};

    ck_assert(queue_is_sorted(&q));
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++)
        *queue_add(&q) = ordered[ARRAY_LEN(ordered) - 1 - i];
    ck_assert(!queue_is_sorted(&q));
    queue_sort(&q);
    ck_assert(queue_is_sorted(&q));
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++) {
        ck_assert_int_eq(q.entries[i].job_id, ordered[i].job_id);
        ck_assert_int_eq(q.entries[i].listed, ordered[i].listed);
    }
    queue_fini(&q);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/queue", (struct suite_row[]){
                                             {test_order, 1},
                                             {NULL, 0},
                                         });
}
