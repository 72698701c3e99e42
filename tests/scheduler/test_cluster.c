#include "scheduler/cluster.h"

#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define NODES 30
#define PODS 40
#define STEPS 300

struct fixture {
    struct cluster cluster;
    struct rng rng;
    bool there[NODES], used[NODES];
};

static void turn(struct fixture *f, size_t i)
{
    AUTO_FREE char *name = xasprintf("n%zu", i);
    struct node *node;

    if (f->there[i] && rng_below(&f->rng, 2) > 0) {
        f->there[i] = false;
        cluster_drop_node(&f->cluster, name);
        return;
    }
    node = node_new();
    node->name = xstrdup(name);
    node->unschedulable = rng_below(&f->rng, 2) > 0;
    f->there[i] = true;
    cluster_put_node(&f->cluster, node);
}

/* Somebody holds something there, whether it is there or not. */
static void use(struct fixture *f, size_t i)
{
    AUTO_FREE char *name = xasprintf("n%zu", i);
    const struct slot slot = {.node = name, .pods = 1};

    (f->used[i] ? cluster_release : cluster_hold)(&f->cluster, &slot, 1);
    f->used[i] = !f->used[i];
}

/* All that are there, by number: n9 before n10. */
static void check_order(const struct fixture *f)
{
    size_t n = 0;

    for (size_t i = 0; i < NODES; i++) {
        AUTO_FREE char *name = xasprintf("n%zu", i);
        const struct noderec *rec = cluster_node(&f->cluster, name);

        if (!f->there[i]) {
            ck_assert(rec == NULL || rec->position == POSITION_NONE);
            continue;
        }
        ck_assert_uint_lt(n, f->cluster.n_order);
        ck_assert_ptr_eq(f->cluster.order[n], rec);
        ck_assert_uint_eq(rec->position, n++);
    }
    ck_assert_uint_eq(f->cluster.n_order, n);
}

/* Nodes come, change and go in any order: theirs is that of their names. */
START_TEST(test_order)
{
    struct fixture f = {0};

    rng_seed(&f.rng, (uint64_t)_i + 1);
    cluster_init(&f.cluster);
    for (int step = 0; step < STEPS; step++) {
        for (uint64_t n = rng_below(&f.rng, 4); n > 0; n--)
            turn(&f, rng_below(&f.rng, NODES));
        use(&f, rng_below(&f.rng, NODES));
        cluster_settle(&f.cluster, NULL, NULL);
        check_order(&f);
    }
    cluster_fini(&f.cluster);
}
END_TEST

/* ---- pods of others ---- */

/* Comes, changes, moves or goes. */
static void put_or_drop(struct fixture *f, size_t i)
{
    AUTO_FREE char *uid = xasprintf("pod-%zu", i);
    struct foreign_pod *pod;

    if (rng_below(&f->rng, 3) == 0) {
        cluster_drop_pod(&f->cluster, uid);
        return;
    }
    pod = foreign_pod_new();
    pod->uid = xstrdup(uid);
    pod->node = xasprintf("n%zu", (size_t)rng_below(&f->rng, NODES));
    pod->of_job = rng_below(&f->rng, 3) == 0;
    pod->use.v[RES_CPU] = (int64_t)rng_below(&f->rng, 4) * 500;
    cluster_put_pod(&f->cluster, pod);
}

static int64_t count_foreign(const struct cluster *c, const char *node)
{
    const struct podrec *pod, *next;
    int64_t sum = 0;

    HASH_ITER (hh, c->pods, pod, next) {
        if (!pod->pod->of_job && strcmp(pod->pod->node, node) == 0)
            sum += pod->pod->use.v[RES_CPU];
    }
    return sum;
}

/* What they take of each node, but for those that a job of ours has left. */
START_TEST(test_foreign)
{
    struct fixture f = {0};

    rng_seed(&f.rng, (uint64_t)_i + 1);
    cluster_init(&f.cluster);
    for (int step = 0; step < STEPS; step++) {
        turn(&f, rng_below(&f.rng, NODES));
        put_or_drop(&f, rng_below(&f.rng, PODS));
        cluster_settle(&f.cluster, NULL, NULL);
        for (size_t i = 0; i < f.cluster.n_order; i++)
            ck_assert_int_eq(f.cluster.order[i]->foreign.v[RES_CPU],
                             count_foreign(&f.cluster, f.cluster.order[i]->name));
    }
    cluster_fini(&f.cluster);
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/cluster",
        (struct suite_row[]){{test_order, 20}, {test_foreign, 20}, {NULL, 0}});
}
