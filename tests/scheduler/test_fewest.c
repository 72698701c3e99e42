/*
 * Who ends for a gang, in small random clusters, beside a search through all sets of
 * those that may: as few as will do, of these the cheapest (jobs of the fewest nodes),
 * of these those whose work so far is the least. Some gangs want whole nodes side by
 * side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/preempt_rules.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CASES 3000
#define NODES 8
#define RUNNING 9
#define NODE_CPUS 8
#define NOW_SEC 10000

struct runner {
    unsigned nodes; /* a bit each */
    int n_nodes, cpus, elapsed_sec;
};

struct price {
    int64_t count, nodes, work;
};

struct scene {
    struct course h;
    struct sched_config config;
    struct runner runners[RUNNING];
    int n;
    int need, cpus; /* of the gang: nodes, on each */
    bool abreast;   /* which are to be neighbours */
};

/* ---- the cluster ---- */

static int free_cpus(const struct scene *sc, int node, unsigned ended)
{
    int cpus = NODE_CPUS;

    for (int i = 0; i < sc->n; i++) {
        if ((sc->runners[i].nodes >> node & 1) != 0 && (ended >> i & 1) == 0)
            cpus -= sc->runners[i].cpus;
    }
    return cpus;
}

static void tell_runner(struct scene *sc, const struct runner *r)
{
    char nodes[NODES * 4] = "";
    size_t len = 0;

    for (int node = 0; node < NODES; node++) {
        if ((r->nodes >> node & 1) != 0)
            len += (size_t)snprintf(nodes + len, sizeof(nodes) - len, "%sn%d",
                                    len > 0 ? "," : "", node + 1);
    }
    course_tell(&sc->h,
                "job %d nodes=%d cpu=%d qos=low state=running start=%d in=a on=%s",
                sc->n, r->n_nodes, r->cpus, NOW_SEC - r->elapsed_sec, nodes);
}

/* On some of the nodes that have room. */
static void add_runner(struct scene *sc)
{
    static const int sizes[] = {1, 1, 2, 3, 4};
    struct runner r = {.cpus = course_draw(&sc->h, 3) > 0 ? NODE_CPUS : NODE_CPUS / 2,
                       .elapsed_sec = 10 * (int)course_draw(&sc->h, 4)};
    int wanted = sizes[course_draw(&sc->h, ARRAY_LEN(sizes))],
        from = (int)course_draw(&sc->h, NODES);

    for (int i = 0; i < NODES && r.n_nodes < wanted; i++) {
        int node = (from + i) % NODES;

        if (free_cpus(sc, node, 0) < r.cpus)
            continue;
        r.nodes |= 1u << node;
        r.n_nodes++;
    }
    if (r.n_nodes == 0)
        return;
    sc->runners[sc->n++] = r;
    tell_runner(sc, &r);
}

/* ---- all sets ---- */

static bool is_lower(const struct price *a, const struct price *b)
{
    if (a->count != b->count)
        return a->count < b->count;
    return a->nodes != b->nodes ? a->nodes < b->nodes : a->work < b->work;
}

static void add(const struct runner *r, struct price *to)
{
    to->count++;
    to->nodes += r->n_nodes;
    to->work += (int64_t)r->elapsed_sec * r->n_nodes;
}

static bool does(const struct scene *sc, unsigned ended)
{
    int n = 0;

    for (int node = 0; node < NODES && n < sc->need; node++) {
        if (free_cpus(sc, node, ended) >= sc->cpus)
            n++;
        else if (sc->abreast)
            n = 0;
    }
    return n == sc->need;
}

/* Of no more than NODES nodes all of them always do. */
static struct price best_of_all(const struct scene *sc)
{
    struct price best = {.count = INT64_MAX};

    for (unsigned ended = 0; ended < 1u << sc->n; ended++) {
        struct price price = {0};

        if (!does(sc, ended))
            continue;
        for (int i = 0; i < sc->n; i++) {
            if ((ended >> i & 1) != 0)
                add(&sc->runners[i], &price);
        }
        if (is_lower(&price, &best))
            best = price;
    }
    return best;
}

/* ---- the core ---- */

static struct price taken(struct scene *sc)
{
    struct price price = {0};
    struct decisions decisions;
    enum sched_progress progress;

    do {
        progress = sched_step(sc->h.s, NOW_SEC, (struct sched_budget){0}, &decisions);
        for (size_t i = 0; i < decisions.n; i++) {
            const struct decision *d = &decisions.items[i];

            if (d->kind == DECIDE_PREEMPT)
                add(&sc->runners[atoi(d->job_uid + 4) - 1], &price);
        }
    } while (progress == SCHED_MORE);
    return price;
}

/* True: somebody had to end. */
static bool run_case(uint64_t seed)
{
    struct scene sc = {.config = sched_config_default()};
    struct price best, is;

    sc.config.preempt_type = PREEMPT_BY_QOS;
    sc.config.preempt_mode = PREEMPT_REQUEUE;
    course_init(&sc.h, seed, &sc.config);
    course_tell(&sc.h, "node n[1-%d] cpu=%d", NODES, NODE_CPUS);
    course_tell(&sc.h, "partition a default");
    course_tell(&sc.h, "qos high preempt=low");
    course_tell(&sc.h, "qos low");
    for (int i = 0; i < RUNNING; i++)
        add_runner(&sc);
    sc.need = 2 + (int)course_draw(&sc.h, NODES - 1);
    sc.cpus = course_draw(&sc.h, 3) > 0 ? NODE_CPUS : NODE_CPUS / 2;
    sc.abreast = sc.cpus == NODE_CPUS && course_draw(&sc.h, 3) == 0;
    course_tell(&sc.h, "job 100 nodes=%d cpu=%d qos=high time=60%s", sc.need, sc.cpus,
                sc.abreast ? " contiguous" : "");
    best = best_of_all(&sc);
    is = taken(&sc);
    course_check(&sc.h, is.count == best.count);
    course_check(&sc.h, is.nodes == best.nodes);
    course_check(&sc.h, is.work == best.work);
    course_fini(&sc.h);
    return best.count > 0;
}

START_TEST(test_random)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);
    size_t n = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        n += run_case(seed);
    ck_assert_msg(seeds.alone || n > seeds.last / 2, "somebody ended in %zu only", n);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/fewest",
                      (struct suite_row[]){{test_random, 1}, {NULL, 0}});
}
