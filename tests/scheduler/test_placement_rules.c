/* What a job asks of its nodes together, and units of two kinds: on small random
 * clusters a job fits just when one of all sets of nodes does by the rules' own words,
 * and the nodes that it gets are such a set. In segments it may be told that it might,
 * and hardly ever misses a set. */
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/placement.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

#define NODES 6
#define RACKS 3 /* blocks */
#define SEEDS 8
#define CASES 3000   /* for each seed */
#define MISSED_MAX 3 /* of these, in segments with counted features or two kinds */
#define TEXT_MAX 1024

/* The features a, b and c are bits. */
struct machine {
    bool there; /* not: the partition does not have it */
    int cpu, gpu, features;
    int rack;
};

/* A job: its units are a CPU and a GPU each, where it has any. */
struct wish {
    int min, max, tasks, gpus; /* tasks 0: a CPU on each node */
    bool contiguous, spread;
    int count_a, count_b; /* nodes */
    bool same;            /* a on all, or b on all */
    int listed;           /* a node that it must have, or -1 */
    int segment;          /* so many nodes each in one rack; 0: in any */
    bool spread_segments;
};

struct rig {
    struct rng rng;
    struct machine machines[NODES];
    struct wish wish;
    int missed; /* jobs that might fit, and do */
    char text[TEXT_MAX];
};

static int draw(struct rig *r, int below)
{
    return (int)rng_below(&r->rng, (uint64_t)below);
}

static void draw_cluster(struct rig *r, struct str *out)
{
    static const char *const names[] = {"",  "a",   "b",   "a,b",
                                        "c", "a,c", "b,c", "a,b,c"};

    for (int i = 0; i < NODES; i++) {
        struct machine *p = &r->machines[i];

        *p = (struct machine){draw(r, 5) > 0, 1 + draw(r, 4), draw(r, 4), draw(r, 8),
                              draw(r, RACKS)};
        str_addf(out, "node n%d cpu=%d x/gpu=%d label.in=%s label.rack=r%d", i + 1,
                 p->cpu, p->gpu, p->there ? "yes" : "no", p->rack);
        if (p->features != 0)
            str_addf(out, " features=%s", names[p->features]);
        str_addc(out, '\n');
    }
    str_add(out, "partition p select.in=yes\n");
}

static void draw_wish(struct rig *r)
{
    struct wish *w = &r->wish;

    *w = (struct wish){.min = 1 + draw(r, 3), .listed = -1};
    w->max = w->min + draw(r, 3);
    w->contiguous = draw(r, 3) == 0;
    w->same = draw(r, 3) == 0;
    if (draw(r, 3) == 0)
        w->count_a = 1 + draw(r, 2);
    if (draw(r, 3) == 0)
        w->count_b = 1 + draw(r, 2);
    if (draw(r, 3) == 0)
        w->listed = draw(r, NODES);
    if (draw(r, 2) == 0) {
        w->segment = 1 + draw(r, 3);
        w->spread_segments = draw(r, 3) == 0;
    }
    if (draw(r, 2) == 0)
        return;
    w->tasks = w->max + draw(r, 8);
    w->spread = draw(r, 2) == 0;
    if (draw(r, 2) == 0)
        w->gpus = w->max + draw(r, 6);
}

static void say_wish(const struct wish *w, struct str *out)
{
    const char *sign = "";

    str_addf(out, "job 1 nodes=%d-%d cpu=1 partition=p", w->min, w->max);
    str_add(out, w->contiguous ? " contiguous" : "");
    str_add(out, w->spread ? " spread" : "");
    if (w->tasks > 0)
        str_addf(out, " units=%d unit.cpu=1", w->tasks);
    if (w->gpus > 0)
        str_addf(out, " x/gpu=1 units2=%d unit2.x/gpu=1", w->gpus);
    if (w->listed >= 0)
        str_addf(out, " nodelist=n%d", w->listed + 1);
    if (w->segment > 0)
        str_addf(out, " segment=%d%s", w->segment,
                 w->spread_segments ? " spreadsegments" : "");
    if (w->same || w->count_a > 0 || w->count_b > 0)
        str_add(out, " constraint=");
    if (w->same)
        str_addf(out, "[a|b]");
    sign = w->same ? "&" : "";
    if (w->count_a > 0)
        str_addf(out, "%sa*%d", sign, w->count_a);
    sign = w->same || w->count_a > 0 ? "&" : "";
    if (w->count_b > 0)
        str_addf(out, "%sb*%d", sign, w->count_b);
}

/* ---- by the rules' own words ---- */

/* How many nodes of the set have one of these features, or with `all` all of them. */
static int count_with(const struct rig *r, unsigned set, int features, bool all)
{
    int n = 0;

    for (int i = 0; i < NODES; i++) {
        int has = r->machines[i].features & features;

        n += (set >> i & 1) != 0 && (all ? has == features : has != 0);
    }
    return n;
}

static bool has_features(const struct rig *r, unsigned set, int size)
{
    const struct wish *w = &r->wish;

    if (w->same && count_with(r, set, 1, true) < size &&
        count_with(r, set, 2, true) < size)
        return false;
    /* Nodes of both count once. */
    return count_with(r, set, 1, true) >= w->count_a &&
           count_with(r, set, 2, true) >= w->count_b &&
           count_with(r, set, 3, false) >= w->count_a + w->count_b;
}

static bool has_room(const struct rig *r, unsigned set)
{
    const struct wish *w = &r->wish;
    int cpus = 0, gpus = 0;

    for (int i = 0; i < NODES; i++) {
        const struct machine *p = &r->machines[i];

        if ((set >> i & 1) == 0)
            continue;
        if (!p->there || (w->gpus > 0 && p->gpu == 0))
            return false;
        cpus += p->cpu;
        gpus += p->gpu;
    }
    return cpus >= w->tasks && gpus >= w->gpus;
}

/* May the node have a pod of the job? */
static bool is_open(const struct rig *r, int node)
{
    return r->machines[node].there && (r->wish.gpus == 0 || r->machines[node].gpu > 0);
}

/* Those of a rack; of no rack: all. */
static unsigned rack_of(const struct rig *r, int rack)
{
    unsigned set = 0;

    for (int i = 0; i < NODES; i++)
        set |= (rack < 0 || r->machines[i].rack == rack ? 1u : 0u) << i;
    return set;
}

/* Could the rack hold a segment, with the same feature on all where it asks for that?
 */
static bool holds_segment(const struct rig *r, int rack)
{
    unsigned set = 0;

    for (int i = 0; i < NODES; i++)
        set |= (is_open(r, i) ? 1u : 0u) << i;
    set &= rack_of(r, rack);
    if (!r->wish.same)
        return __builtin_popcount(set) >= r->wish.segment;
    return count_with(r, set, 1, true) >= r->wish.segment ||
           count_with(r, set, 2, true) >= r->wish.segment;
}

/* Where no rack holds one the whole cluster is a block. */
static bool has_segments(const struct rig *r, unsigned set)
{
    const struct wish *w = &r->wish;
    bool any = false, good = true;

    if (w->segment == 0)
        return true;
    for (int i = 0; i < RACKS; i++)
        any = any || holds_segment(r, i);
    for (int i = any ? 0 : -1; i < (any ? RACKS : 0); i++) {
        int n = __builtin_popcount(set & rack_of(r, i));

        good = good && n % w->segment == 0 && (!w->spread_segments || n <= w->segment);
    }
    return good;
}

static bool will_do(const struct rig *r, unsigned set)
{
    const struct wish *w = &r->wish;
    int size = __builtin_popcount(set);
    unsigned run = set == 0 ? 0 : set >> __builtin_ctz(set);

    return size >= w->min && size <= w->max &&
           (!w->contiguous || (run & (run + 1)) == 0) &&
           (w->listed < 0 || (set >> w->listed & 1) != 0) &&
           has_features(r, set, size) && has_segments(r, set) && has_room(r, set);
}

/* ---- by the placer ---- */

static void put(void *arg, const struct change *change)
{
    if (change->kind == CHANGE_NODE)
        cluster_put_node(arg, change->u.node);
    else
        cluster_put_partition(arg, change->u.partition);
}

static void forget_nothing(void *arg, const struct partrec *part)
{
    (void)arg;
    (void)part;
}

/* Without segments a gang would not be in more blocks than it needs: it has none. */
static void read_cluster(struct cluster *c, struct restable *res, char *text,
                         bool blocks)
{
    const struct topology_labels labels = {1, {"rack"}};
    const struct block_sizes sizes = {0};
    struct err err;

    cluster_init(c);
    restable_init(res);
    if (blocks)
        cluster_set_topology(c,
                             &(struct topology_rules){TOPOLOGY_BLOCK, &labels, &sizes});
    for (char *line; (line = strsep(&text, "\n")) != NULL;)
        ck_assert_msg(cluster_text_line(res, line, put, c, &err) == 0, "%s", err.msg);
    cluster_set_resources(c, res);
    cluster_settle(c, forget_nothing, NULL);
}

/* The set that it chose; 0: none. `ret_may`: might there be one? */
static unsigned place(const struct cluster *c, struct restable *res, const char *line,
                      bool *ret_may)
{
    struct job *job = cluster_text_job(res, line);
    struct shape *shapes = NULL;
    struct placer placer = {0};
    const struct window window = {0};
    const struct timeline timeline = {.mutation = 1}; /* nothing is remembered */
    struct placement at = {.view = VIEW_WHOLE,
                           .window = &window,
                           .timeline = &timeline,
                           .shape = shape_get(&shapes, job),
                           .part = cluster_partition(c, "p")};
    struct room room;
    unsigned set = 0;

    shape_settle(at.shape, c);
    *ret_may = placement_may_fit(&placer, c, &at, &room);
    if (placement_fits(&placer, c, &at, &room)) {
        size_t n;
        const struct slot *slots = placement_find(&placer, c, &at, &n);

        for (size_t i = 0; i < n; i++)
            set |= 1u << (slots[i].node[1] - '1');
        slots_unref(slots);
    }
    shape_put(&shapes, at.shape);
    job_free(job);
    placer_fini(&placer);
    return set;
}

static void check_case(struct rig *r)
{
    STR_AUTO struct str cluster, job;
    struct cluster c;
    struct restable res;
    unsigned set;
    bool any = false, may;

    str_init(&cluster, TEXT_MAX);
    str_init(&job, TEXT_MAX);
    draw_cluster(r, &cluster);
    draw_wish(r);
    say_wish(&r->wish, &job);
    snprintf(r->text, sizeof(r->text), "%s%s", cluster.s, job.s);
    read_cluster(&c, &res, cluster.s, r->wish.segment > 0);
    set = place(&c, &res, job.s, &may);
    for (unsigned other = 1; other < 1u << NODES; other++)
        any |= will_do(r, other);
    ck_assert_msg(set == 0 || will_do(r, set), "set %x will not do: %s", set, r->text);
    ck_assert_msg(set != 0 || !any || may, "there is a set: %s", r->text);
    if (set == 0 && any)
        r->missed++;
    cluster_fini(&c);
}

START_TEST(test_sets)
{
    struct rig r = {.missed = 0};

    rng_seed(&r.rng, (uint64_t)_i);
    for (int i = 0; i < CASES; i++)
        check_case(&r);
    ck_assert_int_le(r.missed, MISSED_MAX);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/placement_rules",
                      (struct suite_row[]){{test_sets, SEEDS}, {NULL, 0}});
}
