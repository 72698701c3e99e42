#include "scheduler/nodekind.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/cluster.h"
#include "tests/support/suite.h"

#define NODES 200

/* Few of each, so that some nodes are alike and some are not. */
static struct node *draw_node(struct rng *rng)
{
    static const char *const types[] = {NULL, "h100", "a100"};
    struct node *node = node_new();
    const char *type = types[rng_below(rng, ARRAY_LEN(types))];

    node->gpu_type = xstrdup_null(type);
    node->n_taints = rng_below(rng, 3);
    node->taints = xcalloc(2, sizeof(*node->taints));
    for (size_t i = 0; i < node->n_taints; i++)
        node->taints[i] = (struct taint){.key = xstrdup(rng_below(rng, 2) ? "a" : "b"),
                                         .value = xstrdup("")};
    return node;
}

static bool is_alike(const struct noderec *a, const struct noderec *b)
{
    bool alike = a->room.v[RES_CPU] == b->room.v[RES_CPU] &&
                 str_eq(a->node->gpu_type, b->node->gpu_type) &&
                 a->node->n_taints == b->node->n_taints;

    for (size_t i = 0; alike && i < a->node->n_taints; i++)
        alike = str_eq(a->node->taints[i].key, b->node->taints[i].key);
    return alike;
}

/* Two nodes are of one kind just if they are alike, whatever their order; each kind is
 * known by one of its own. */
START_TEST(test_kinds)
{
    struct noderec recs[NODES], *order[NODES];
    struct nodekinds kinds = {0};
    struct rng rng;

    rng_seed(&rng, (uint64_t)_i + 1);
    for (size_t i = 0; i < NODES; i++) {
        recs[i] = (struct noderec){.node = draw_node(&rng)};
        recs[i].room.v[RES_CPU] = (int64_t)rng_below(&rng, 4);
        order[i] = &recs[i];
    }
    nodekinds_settle(&kinds, order, NODES / 2); /* and then for more */
    nodekinds_settle(&kinds, order, NODES);
    for (size_t i = 0; i < NODES; i++) {
        ck_assert(is_alike(order[i], kinds.likes[kinds.of[i]]));
        for (size_t k = 0; k < i; k++)
            ck_assert_int_eq(kinds.of[i] == kinds.of[k], is_alike(order[i], order[k]));
    }
    nodekinds_fini(&kinds);
    for (size_t i = 0; i < NODES; i++)
        node_free(recs[i].node);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/nodekind",
                      (struct suite_row[]){{test_kinds, 10}, {NULL, 0}});
}
