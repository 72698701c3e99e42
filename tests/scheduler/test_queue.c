#include "scheduler/queue.h"

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define LONG 5000

/* Each row comes before the next. */
static const struct entry ordered[] = {
    {.tier = 2, .priority = {.total = 1}, .job_id = 9, .uid = "a"},
    {.tier = 1, .priority = {.total = 7}, .job_id = 8, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .submit_sec = -1, .job_id = 7, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 3, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 4, .listed = 0, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .job_id = 4, .listed = 1, .uid = "a"},
    {.tier = 1, .priority = {.total = 6}, .submit_sec = 1, .job_id = 2, .uid = "a"},
    {.tier = 0, .priority = {.total = 99}, .job_id = 1, .uid = "a"},
};

START_TEST(test_order)
{
    struct queue q = {0};

    queue_order(&q);
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++)
        *queue_add(&q) = ordered[ARRAY_LEN(ordered) - 1 - i];
    queue_order(&q);
    for (size_t i = 0; i < ARRAY_LEN(ordered); i++) {
        ck_assert_int_eq(queue_at(&q, i)->job_id, ordered[i].job_id);
        ck_assert_int_eq(queue_at(&q, i)->listed, ordered[i].listed);
    }
    queue_fini(&q);
}
END_TEST

/* How many are out of order before they are put in order: 1 of so many. */
static const size_t disorders[] = {1, 2, 10, 1000, LONG};

/* A long queue, of the numbers from 1 on, is in order wherever one looks. */
START_TEST(test_long)
{
    size_t disorder = disorders[_i];
    struct queue q = {0};
    struct rng rng;

    rng_seed(&rng, disorder);
    for (size_t i = 0; i < LONG; i++)
        *queue_add(&q) = (struct entry){.job_id = (int64_t)i + 1, .uid = "a"};
    for (size_t i = 0; i < LONG; i += disorder) {
        size_t other = rng_below(&rng, LONG);
        struct entry both = q.entries[i];

        q.entries[i] = q.entries[other];
        q.entries[other] = both;
    }
    queue_order(&q);
    for (size_t i = 0; i < LONG; i += 1 + rng_below(&rng, 3)) {
        ck_assert_int_eq(queue_at(&q, i)->job_id, (int64_t)i + 1);
        ck_assert_int_eq(queue_at(&q, i / 2)->job_id, (int64_t)i / 2 + 1);
    }
    queue_fini(&q);
}
END_TEST

/* In pieces it comes to the same order; none of them is larger than what is asked for,
 * but for a run that is put in order at once. */
START_TEST(test_pieces)
{
    struct queue q = {0};
    size_t calls = 0;

    for (int64_t i = 0; i < LONG; i++)
        *queue_add(&q) = (struct entry){.job_id = (i * 7919 + 5) % LONG, .uid = "a"};
    queue_order(&q);
    ck_assert(!queue_ready(&q, 0, 100));
    ck_assert(q.dividing && q.at - q.n_sorted <= 100 + QUEUE_RUN);
    for (size_t i = 0; i < LONG; i++) {
        for (; !queue_ready(&q, i, 100); calls++)
            ck_assert_uint_lt(calls, (size_t)100 * LONG);
        ck_assert_int_eq(queue_at(&q, i)->job_id, (int64_t)i);
        ck_assert_ptr_eq(queue_at(&q, i), &q.entries[i]);
        if (i == 0)
            ck_assert_uint_ge(calls, LONG / 100);
    }
    queue_fini(&q);
}
END_TEST

/* The front of a long queue costs no order behind it. */
START_TEST(test_front)
{
    struct queue q = {0};

    for (int64_t i = 0; i < LONG; i++)
        *queue_add(&q) = (struct entry){.job_id = (i * 7919 + 5) % LONG, .uid = "a"};
    queue_order(&q);
    ck_assert_int_eq(queue_at(&q, 0)->job_id, 0);
    ck_assert_uint_le(q.n_sorted, QUEUE_RUN);
    queue_fini(&q);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/queue", (struct suite_row[]){
                                             {test_order, 1},
                                             {test_long, ARRAY_LEN(disorders)},
                                             {test_pieces, 1},
                                             {test_front, 1},
                                             {NULL, 0},
                                         });
}
