/*
 * Components of heterogeneous jobs against every way that there is to give them nodes,
 * which they may share, or are too large for that: a job starts on an empty cluster
 * exactly if one of these serves all of them. And against jobs of one component: where
 * none is in another one's way, it starts when the last of these would.
 *
 * GANTRY_HISTORIES sets how many clusters are drawn, GANTRY_SEED runs that one alone.
 */
#include <string.h>

#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CLUSTERS 4000
#define NODES 6
#define COMPONENTS 4

struct puzzle {
    bool shared; /* nodes; else any two are too large for one */
    bool packs;  /* one component's pods too */
    int n;
    int need[COMPONENTS], cpu[COMPONENTS];
    int listed[COMPONENTS];        /* a node that it must have; -1: none */
    int packed;                    /* of which a node may have several pods; -1: none */
    bool opens[NODES][COMPONENTS]; /* the node to the component */
    int room[NODES];
};

/* May those of a set be on the node? */
static bool may_be_on(const struct puzzle *p, int node, unsigned set)
{
    int left = p->room[node];
    bool may = true;

    for (int i = 0; i < p->n; i++) {
        const bool there = (set >> i & 1) != 0;

        left -= there ? p->cpu[i] : 0;
        may &= there ? p->opens[node][i] : p->listed[i] != node;
    }
    return may && left >= 0;
}

static void change_need(const struct puzzle *p, int *need, unsigned set, int by)
{
    for (int i = 0; i < p->n; i++)
        need[i] += (set >> i & 1) != 0 ? by : 0;
}

/* Pods more of the packed one that the node has room for beside the set. */
static int more_packed(const struct puzzle *p, int node, unsigned set, const int *need)
{
    int more = 0;

    if (p->packed < 0 || (set >> p->packed & 1) == 0)
        return 0;
    struct puzzle less = *p;
    for (int i = 1; i < need[p->packed] && more == i - 1; i++) {
        less.room[node] -= p->cpu[p->packed];
        more += may_be_on(&less, node, set);
    }
    return more;
}

/* From this node on. A node takes as many of the packed one as it has room for beside
 * others. */
static bool is_possible(const struct puzzle *p, int node, int *need)
{
    bool possible = node == NODES;

    for (int i = 0; i < p->n; i++)
        possible &= need[i] <= 0;
    for (unsigned set = 0; set < 1u << p->n && node < NODES && !possible; set++) {
        if (!may_be_on(p, node, set))
            continue;
        int more = more_packed(p, node, set, need);
        change_need(p, need, set, -1);
        if (more > 0)
            need[p->packed] -= more;
        possible = is_possible(p, node + 1, need);
        if (more > 0)
            need[p->packed] += more;
        change_need(p, need, set, 1);
    }
    return possible;
}

static void draw_nodes(struct course *h, struct puzzle *p)
{
    for (int node = 0; node < NODES; node++) {
        STR_AUTO struct str labels;

        str_init(&labels, 256);
        for (int i = 0; i < COMPONENTS; i++) {
            p->opens[node][i] = course_chance(h, 45);
            if (p->opens[node][i])
                str_addf(&labels, " label.c%d=y", i);
        }
        p->room[node] = 4 + (int)course_draw(h, 3);
        course_tell(h, "node n%d cpu=%d%s", node + 1, p->room[node], labels.s);
    }
}

static void draw_job(struct course *h, struct puzzle *p)
{
    STR_AUTO struct str line;

    str_init(&line, 1024);
    p->n = 2 + (int)course_draw(h, COMPONENTS - 2 + !p->packs);
    p->packed = p->packs ? (int)course_draw(h, p->n) : -1;
    for (int i = 0; i < p->n; i++) {
        p->need[i] = 1 + (int)course_draw(h, 2);
        p->listed[i] =
            i != p->packed && course_chance(h, 15) ? (int)course_draw(h, NODES) : -1;
        p->cpu[i] = p->shared ? 1 + (int)course_draw(h, 4) : 4;
        if (i == p->packed)
            p->need[i] += 1;
        str_addf(&line, "%s%s=%d cpu=%d ", i > 0 ? " : " : "",
                 i == p->packed ? "replicas" : "nodes", p->need[i], p->cpu[i]);
        /* A partition of its own says as much as a label. */
        str_addf(&line, i > 0 && course_chance(h, 30) ? "partition=p%d" : "where.c%d=y",
                 i);
        if (p->listed[i] >= 0)
            str_addf(&line, " nodelist=n%d", p->listed[i] + 1);
    }
    course_tell(h, "job 1 %s", line.s);
}

static void run_cluster(uint64_t seed)
{
    const struct sched_config config = sched_config_default();
    struct decisions decisions;
    struct puzzle p = {.shared = seed % 2 == 1, .packs = seed % 4 == 3};
    struct course h;

    course_init(&h, seed, &config);
    draw_nodes(&h, &p);
    course_tell(&h, "partition batch default");
    for (int i = 0; i < COMPONENTS; i++)
        course_tell(&h, "partition p%d select.c%d=y", i, i);
    draw_job(&h, &p);
    sched_step(h.s, h.now_sec, (struct sched_budget){0}, &decisions);
    course_check(&h, decisions.n == 1);
    course_check(&h, (decisions.items[0].kind == DECIDE_START) ==
                         is_possible(&p, 0, p.need));
    course_fini(&h);
}

START_TEST(test_any_way)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", CLUSTERS);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_cluster(seed);
}
END_TEST

/* ---- one start ---- */

#define RUNNING 12

struct shape_words {
    int time, nodes[2], cpu[2];
};

static void draw_running(struct course *h)
{
    for (int i = 0; i < RUNNING; i++)
        course_tell(h, "job %d cpu=%d in=batch on=%c%d state=running start=0 time=%d",
                    10 + i, 1 + (int)course_draw(h, 3), "ab"[i % 2], 1 + i / 4,
                    20 + (int)course_draw(h, 600));
}

static struct shape_words draw_shape(struct course *h)
{
    struct shape_words w = {.time = 1 + (int)course_draw(h, 100)};

    for (int i = 0; i < 2; i++) {
        w.nodes[i] = 1 + (int)course_draw(h, 3);
        w.cpu[i] = 1 + (int)course_draw(h, 6);
    }
    return w;
}

static int64_t planned_start(struct course *h)
{
    struct decisions decisions;

    sched_step(h->s, h->now_sec, (struct sched_budget){0}, &decisions);
    course_check(h, decisions.n == 1);
    return decisions.items[0].kind == DECIDE_START ? h->now_sec
                                                   : decisions.items[0].planned_sec;
}

/* Of a job of the first component, of the second one, or of both. */
static int64_t start_with(uint64_t seed, bool first, bool second)
{
    const struct sched_config config = sched_config_default();
    struct shape_words w;
    struct course h;
    int64_t start;

    course_init(&h, seed, &config);
    course_tell(&h, "node a[1-3] cpu=6 label.a=y");
    course_tell(&h, "node b[1-3] cpu=6 label.b=y");
    course_tell(&h, "partition batch default");
    draw_running(&h);
    w = draw_shape(&h);
    if (first && second)
        course_tell(&h,
                    "job 1 time=%d nodes=%d cpu=%d where.a=y : nodes=%d cpu=%d "
                    "where.b=y",
                    w.time, w.nodes[0], w.cpu[0], w.nodes[1], w.cpu[1]);
    else
        course_tell(&h, "job 1 time=%d nodes=%d cpu=%d where.%c=y", w.time,
                    w.nodes[second], w.cpu[second], "ab"[second]);
    start = planned_start(&h);
    course_fini(&h);
    return start;
}

START_TEST(test_one_start)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", CLUSTERS / 4);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        int64_t first = start_with(seed, true, false);
        int64_t second = start_with(seed, false, true);
        int64_t both = start_with(seed, true, true);

        ck_assert_msg(both == MAX(first, second),
                      "seed %d: %lld and %lld, both at %lld", (int)seed,
                      (long long)first, (long long)second, (long long)both);
    }
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/components",
        (struct suite_row[]){{test_any_way, 1}, {test_one_start, 1}, {NULL, 0}});
}
