#include "scheduler/horizon.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define FOUND 60

struct fixture {
    struct horizon horizon;
    struct job like;
    struct shape shape;
    struct partrec part;
    struct fit fit;
    uint64_t all[1];
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.all = {UINT64_MAX}};
    f->shape = (struct shape){.like = &f->like, .ready = f->all};
    f->part.nodes = f->all;
    horizon_reset(&f->horizon, 1);
}

static struct seeker seeker_of(const struct fixture *f, int64_t need, int64_t limit_sec)
{
    return (struct seeker){
        .shape = &f->shape, .part = &f->part, .need = need, .limit_sec = limit_sec};
}

/* Never beyond what a smaller or equal one has found; and exact for the same again
 * where nodes and minutes are powers of two. */
START_TEST(test_never_too_far)
{
    int64_t need[FOUND], limit[FOUND];
    size_t slot[FOUND];
    struct fixture f;
    struct rng rng;

    begin(&f);
    rng_seed(&rng, (uint64_t)_i + 1);
    for (size_t i = 0; i < FOUND; i++) {
        struct seeker by = seeker_of(&f, 1 + (int64_t)rng_below(&rng, 40),
                                     60 + (int64_t)rng_below(&rng, 90000));
        struct horizon_kind *kind = horizon_kind(&f.horizon, &by, &f.fit);
        size_t least = 0;

        for (size_t k = 0; k < i; k++) {
            if (need[k] <= by.need && limit[k] <= by.limit_sec)
                least = MAX(least, slot[k]);
        }
        ck_assert_uint_le(horizon_look(kind, &by), least);
        need[i] = by.need;
        limit[i] = by.limit_sec;
        slot[i] = least + rng_below(&rng, 5);
        horizon_raise(kind, &by, slot[i]);
    }
    horizon_fini(&f.horizon);
}
END_TEST

static const struct {
    int64_t need, limit_sec;
    size_t slot;
} looks[] = {
    {4, 3840, 50}, {8, 3840, 50}, {4, 7680, 50},         {4, LIMIT_UNLIMITED, 50},
    {3, 3840, 0},  {4, 3839, 0},  {INT64_MAX, 3840, 50}, {4, 30, 0},
};

START_TEST(test_look)
{
    struct fixture f;
    struct seeker by;
    struct horizon_kind *kind;

    begin(&f);
    by = seeker_of(&f, 4, 3840);
    kind = horizon_kind(&f.horizon, &by, &f.fit);
    horizon_raise(kind, &by, 50);
    by = seeker_of(&f, looks[_i].need, looks[_i].limit_sec);
    ck_assert_uint_eq(horizon_look(kind, &by), looks[_i].slot);
    ck_assert_ptr_eq(horizon_kind(&f.horizon, &by, &f.fit), kind);
    horizon_reset(&f.horizon, 1);
    kind = horizon_kind(&f.horizon, &by, &f.fit);
    ck_assert_uint_eq(horizon_look(kind, &by), 0);
    horizon_fini(&f.horizon);
}
END_TEST

/* Other demands and other nodes are of another kind; a node list is of none. */
START_TEST(test_kinds)
{
    uint64_t few[] = {5};
    struct fit fits[3] = {{0}};
    struct partrec part = {.nodes = few};
    struct fixture f;
    struct seeker by, other;

    begin(&f);
    by = other = seeker_of(&f, 1, 3600);
    horizon_raise(horizon_kind(&f.horizon, &by, &fits[0]), &by, 9);
    other.demand = 1;
    ck_assert_uint_eq(horizon_look(horizon_kind(&f.horizon, &other, &fits[1]), &other),
                      0);
    other = by;
    other.part = &part;
    ck_assert_uint_eq(horizon_look(horizon_kind(&f.horizon, &other, &fits[2]), &other),
                      0);
    f.like.n_node_list = 1;
    ck_assert_ptr_null(horizon_kind(&f.horizon, &by, &fits[0]));
    horizon_fini(&f.horizon);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/horizon",
                      (struct suite_row[]){{test_never_too_far, 20},
                                           {test_look, ARRAY_LEN(looks)},
                                           {test_kinds, 1},
                                           {NULL, 0}});
}
