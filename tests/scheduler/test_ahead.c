#include "scheduler/ahead.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define WORDS 3

/* Jobs 1, 2, ... in the order of the queue: nodes, GPUs, and what is ahead. */
static const struct {
    size_t first, last;
    int64_t gpus;
    struct ahead ahead;
} joins[] = {
    {0, 9, 8, {0, 0, 0}},     {20, 29, 4, {0, 0, 0}},
    {0, 9, 1, {1, 8, 1}},     {5, 25, 2, {3, 13, 3}}, /* meets both */
    {30, 40, 1, {0, 0, 0}},                           /* alone */
    {20, 29, 0, {2, 6, 4}},                           /* not those of 0..9 */
    {100, 100, 5, {0, 0, 0}},                         /* in another word */
    {90, 110, 0, {1, 5, 7}},
};

static void set_range(uint64_t *set, size_t first, size_t last)
{
    memset(set, 0, WORDS * sizeof(*set));
    for (size_t i = first; i <= last; i++)
        node_set_add(set, i);
}

static void expect(struct ahead is, struct ahead want, int64_t job_id)
{
    ck_assert_msg(is.jobs == want.jobs && is.gpus == want.gpus &&
                      is.job_id == want.job_id,
                  "job %lld: %lld jobs, %lld GPUs, next %lld", (long long)job_id,
                  (long long)is.jobs, (long long)is.gpus, (long long)is.job_id);
}

/* Twice: a reset forgets all. */
START_TEST(test_join)
{
    struct crowds c = {0};
    uint64_t nodes[WORDS];

    for (int round = 0; round < 2; round++) {
        crowds_reset(&c, WORDS);
        for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
            set_range(nodes, joins[i].first, joins[i].last);
            expect(
                crowds_join(&c, crowds_get(&c, nodes), (int64_t)i + 1, joins[i].gpus),
                joins[i].ahead, (int64_t)i + 1);
        }
    }
    crowds_fini(&c);
}
END_TEST

/* A node each: who comes when all crowds are there is counted with the last of them. */
START_TEST(test_many)
{
    struct crowds c = {0};
    uint64_t nodes[WORDS];
    int64_t id = 1;

    crowds_reset(&c, WORDS);
    for (size_t i = 0; i < CROWDS_MAX; i++) {
        set_range(nodes, i, i);
        expect(crowds_join(&c, crowds_get(&c, nodes), id, 1), (struct ahead){0, 0, 0},
               id);
        id++;
    }
    set_range(nodes, 100, 100);
    expect(crowds_join(&c, crowds_get(&c, nodes), id, 1),
           (struct ahead){1, 1, CROWDS_MAX}, id);
    id++;
    set_range(nodes, 0, 0);
    expect(crowds_join(&c, crowds_get(&c, nodes), id, 1), (struct ahead){1, 1, 1}, id);
    id++;
    set_range(nodes, 0, 1); /* the last crowd meets these two from now on */
    expect(crowds_join(&c, crowds_get(&c, nodes), id, 1),
           (struct ahead){5, 5, CROWDS_MAX + 2}, id);
    id++;
    crowds_fini(&c);
}
END_TEST

/* Nodes came: sets are longer. */
START_TEST(test_grow)
{
    struct crowds c = {0};
    uint64_t nodes[WORDS];

    set_range(nodes, 0, 5);
    crowds_reset(&c, 1);
    expect(crowds_join(&c, crowds_get(&c, nodes), 1, 0), (struct ahead){0, 0, 0}, 1);
    crowds_reset(&c, WORDS);
    expect(crowds_join(&c, crowds_get(&c, nodes), 1, 0), (struct ahead){0, 0, 0}, 1);
    expect(crowds_join(&c, crowds_get(&c, nodes), 2, 0), (struct ahead){1, 0, 1}, 2);
    crowds_fini(&c);
}
END_TEST

static const struct {
    struct ahead a, b;
    bool news;
} news[] = {
    {{0, 0, 0}, {0, 0, 0}, false},    {{0, 0, 0}, {1, 0, 5}, true},
    {{3, 0, 5}, {2, 0, 5}, true},     {{19, 0, 5}, {18, 0, 5}, true},
    {{100, 0, 5}, {96, 0, 5}, false}, {{100, 0, 5}, {94, 0, 5}, true},
    {{94, 0, 5}, {100, 0, 5}, true},  {{100, 0, 5}, {100, 0, 6}, true},
    {{5, 100, 5}, {5, 97, 5}, false}, {{5, 100, 5}, {5, 80, 5}, true},
};

START_TEST(test_news)
{
    ck_assert(ahead_is_news(&news[_i].a, &news[_i].b) == news[_i].news);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/ahead", (struct suite_row[]){
                                             {test_join, 1},
                                             {test_many, 1},
                                             {test_grow, 1},
                                             {test_news, ARRAY_LEN(news)},
                                             {NULL, 0},
                                         });
}
