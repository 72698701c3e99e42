#include "scheduler/turn.h"

#include "base/util.h"
#include "scheduler/model.h"
#include "scheduler/shape.h"
#include "tests/support/suite.h"

static const struct {
    const char *name;
    enum backfill_order order;
    int64_t limit_sec, share, size;
} sizes[] = {
    {"queue: all alike", BACKFILL_QUEUE, 3600, SHARE_WHOLE, 0},
    {"limit", BACKFILL_LIMIT, 3600, SHARE_WHOLE, 3600},
    {"no limit", BACKFILL_LIMIT, LIMIT_UNLIMITED, 1, LIMIT_UNLIMITED},
    {"area", BACKFILL_AREA, 3600, 100, 360000},
    {"area of nothing", BACKFILL_AREA, LIMIT_UNLIMITED, 0, 0},
    {"area without a limit", BACKFILL_AREA, LIMIT_UNLIMITED, 2, INT64_MAX},
    {"a year of everything is less", BACKFILL_AREA, 365 * 86400, SHARE_WHOLE,
     365 * 86400 * SHARE_WHOLE},
};

START_TEST(test_size)
{
    int64_t size = turn_size(sizes[_i].order, sizes[_i].limit_sec, sizes[_i].share);

    ck_assert_msg(size == sizes[_i].size, "%s: %lld", sizes[_i].name, (long long)size);
}
END_TEST

static void put_all(struct turns *turns, struct queue *queue)
{
    turns_clear(turns);
    for (size_t i = 0; i < queue->n; i++)
        turns_put(turns, queue_at(queue, i), i);
}

/* By tier, then by size, then as they wait. */
START_TEST(test_order)
{
    static const struct {
        int64_t tier, size;
    } entries[] = {{2, 50}, {2, 7}, {1, 3}, {1, 1}, {1, 3}, {0, 0}};
    static const size_t want[] = {1, 0, 3, 2, 4, 5};
    struct queue queue = {0};
    struct turns turns = {0};

    for (size_t i = 0; i < ARRAY_LEN(entries); i++)
        *queue_add(&queue) =
            (struct entry){.tier = entries[i].tier, .size = entries[i].size};
    queue_order(&queue);
    for (int again = 0; again < 2; again++) {
        put_all(&turns, &queue);
        ck_assert_uint_eq(turns.n, ARRAY_LEN(want));
        for (size_t i = 0; i < ARRAY_LEN(want); i++)
            ck_assert_uint_eq(turns_next(&turns), want[i]);
        ck_assert_uint_eq(turns.n, 0);
    }
    turns_fini(&turns);
    queue_fini(&queue);
}
END_TEST

START_TEST(test_none)
{
    struct queue queue = {0};
    struct turns turns = {0};

    queue_order(&queue);
    put_all(&turns, &queue);
    ck_assert_uint_eq(turns.n, 0);
    turns_fini(&turns);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/turn", (struct suite_row[]){
                                            {test_size, ARRAY_LEN(sizes)},
                                            {test_order, 1},
                                            {test_none, 1},
                                            {NULL, 0},
                                        });
}
