#include "scheduler/placement.h"

#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

static void put(void *arg, const struct change *change)
{
    struct cluster *c = arg;

    if (change->kind == CHANGE_NODE)
        cluster_put_node(c, change->u.node);
    else if (change->kind == CHANGE_PARTITION)
        cluster_put_partition(c, change->u.partition);
    else if (change->kind == CHANGE_FOREIGN_POD)
        cluster_put_pod(c, change->u.pod);
    else
        ck_abort_msg("nodes, partitions and pods only");
}

static void forget_nothing(void *arg, const struct partrec *part)
{
    (void)arg;
    (void)part;
}

static void read_cluster(struct cluster *c, struct restable *res, const char *text)
{
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = copy;
    struct err err;

    cluster_init(c);
    restable_init(res);
    while (rest != NULL) {
        int rc = cluster_text_line(res, strsep(&rest, "\n"), put, c, &err);

        ck_assert_msg(rc == 0, "%s", err.msg);
    }
    cluster_set_resources(c, res);
    cluster_settle(c, forget_nothing, NULL);
}

/* "n1:2,n3": node and pods in rank order, "" for none. */
static void say(const struct slot *slots, size_t n, struct str *out)
{
    int64_t rank = 0;

    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(slots[i].first_rank, rank);
        rank += slots[i].pods;
        str_addf(out, "%s%s:%lld", i > 0 ? "," : "", slots[i].node,
                 (long long)slots[i].pods);
    }
}

static const struct {
    const char *name;
    const char *cluster;
    const char *job;
    const char *slots;
} cases[] = {
    {"first by name", "node n10 cpu=4\nnode n9 cpu=4\npartition p",
     "job 1 nodes=1 cpu=1", "n9:1"},
    {"fullest first", "node n1 cpu=4\nnode n2 cpu=4\npod x on=n2 cpu=1\npartition p",
     "job 1 nodes=1 cpu=1", "n2:1"},
    {"fewest devices left before least cpu",
     "node n1 cpu=4 x/gpu=2\nnode n2 cpu=9 x/gpu=1\npartition p",
     "job 1 nodes=1 cpu=1 x/gpu=1", "n2:1"},
    {"huge pages are no devices",
     "node n1 cpu=4 hugepages-2Mi/=9\nnode n2 cpu=9\npartition p",
     "job 1 nodes=1 cpu=1", "n1:1"},
    {"gang of three", "node n[1-4] cpu=4\npod x on=n1 cpu=4\npartition p",
     "job 1 nodes=3 cpu=4", "n2:1,n3:1,n4:1"},
    {"gang too large", "node n[1-4] cpu=4\npod x on=n1 cpu=4\npartition p",
     "job 1 nodes=4 cpu=4", ""},
    {"as many as fit", "node n[1-4] cpu=4\npod x on=n1 cpu=4\npartition p",
     "job 1 nodes=2-8 cpu=4", "n2:1,n3:1,n4:1"},
    {"partition's maximum", "node n[1-4] cpu=4\npartition p maxnodes=2",
     "job 1 nodes=1-4 cpu=4", "n1:1,n2:1"},
    {"partition's minimum", "node n[1-4] cpu=4\npartition p minnodes=5",
     "job 1 nodes=1-9 cpu=1", ""},
    {"only the partition's nodes", "node n[1-4] cpu=4\npartition p nodes=n[3-4]",
     "job 1 nodes=2 cpu=1", "n3:1,n4:1"},
    {"by memory", "node n1 cpu=4 mem=1G\nnode n2 cpu=4 mem=8G\npartition p",
     "job 1 nodes=1 cpu=1 mem=2G", "n2:1"},
    {"by pod count", "node n1 cpu=4 pods=0\nnode n2 cpu=4 pods=1\npartition p",
     "job 1 nodes=1", "n2:1"},
    {"node list first", "node n[1-4] cpu=4\npartition p",
     "job 1 nodes=2 cpu=1 nodelist=n4", "n1:1,n4:1"},
    {"node list busy", "node n[1-4] cpu=4\npod x on=n4 cpu=4\npartition p",
     "job 1 nodes=2 cpu=1 nodelist=n4", ""},
    {"pack on one", "node n1 cpu=4\nnode n2 cpu=8\npartition p",
     "job 1 replicas=6 cpu=1", "n2:6"},
    {"pack on the smallest that holds all",
     "node n1 cpu=9\nnode n2 cpu=6\nnode n3 cpu=7\npartition p",
     "job 1 replicas=6 cpu=1", "n2:6"},
    {"largest first, best fit last",
     "node n1 cpu=3\nnode n2 cpu=8\nnode n3 cpu=2\npartition p",
     "job 1 replicas=10 cpu=1", "n2:8,n3:2"},
    {"all or nothing", "node n[1-2] cpu=4\npartition p", "job 1 replicas=9 cpu=1", ""},
    {"between", "node n[1-2] cpu=4\npartition p", "job 1 replicas=3-9 cpu=1",
     "n1:4,n2:4"},
    {"pack within the partition's maximum", "node n[1-3] cpu=4\npartition p maxnodes=2",
     "job 1 replicas=9 cpu=1", ""},
    {"pack over the partition's minimum", "node n[1-3] cpu=4\npartition p minnodes=3",
     "job 1 replicas=5 cpu=1", "n1:3,n2:1,n3:1"},
    {"a pod for each of the node list", "node n[1-3] cpu=8\npartition p",
     "job 1 replicas=4 cpu=1 nodelist=n[2-3]", "n2:3,n3:1"},
    {"nothing asked", "node n1 pods=110\npartition p", "job 1 replicas=3", "n1:3"},
    {"not ready, cordoned",
     "node n1 cpu=4 notready\nnode n2 cpu=4 cordoned\npartition p", "job 1 nodes=1",
     ""},
};

/* Through the core: which nodes does it start on? */
START_TEST(test_place)
{
    struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    AUTO_FREE char *lines =
        xasprintf("%s\n%s partition=p", cases[_i].cluster, cases[_i].job);
    STR_AUTO struct str out;
    struct restable res;
    struct decisions decisions;

    str_init(&out, 4096);
    restable_init(&res);
    cluster_text_apply(s, &res, lines);
    sched_step(s, 0, (struct sched_budget){NULL, NULL}, &decisions);
    ck_assert_uint_eq(decisions.n, 1);
    say(decisions.items[0].slots,
        decisions.items[0].kind == DECIDE_START ? decisions.items[0].n_slots : 0, &out);
    ck_assert_msg(strcmp(out.s, cases[_i].slots) == 0, "%s: %s, not %s", cases[_i].name,
                  out.s, cases[_i].slots);
    sched_free(s);
}
END_TEST

static const struct {
    const char *name;
    enum view view;
    bool fits;
    size_t nodes;
} view_cases[] = {
    {"if those that are up were empty", VIEW_UP, false, 2},
    {"if all were up", VIEW_WHOLE, true, 3},
};

START_TEST(test_views)
{
    struct cluster c;
    struct restable res;
    struct shape *shapes = NULL;
    struct placer placer = {0};
    struct placement at = {.view = view_cases[_i].view};
    struct room room;
    struct job *job;

    read_cluster(&c, &res,
                 "node n1 cpu=4\nnode n2 cpu=4\nnode n3 cpu=4 notready\n"
                 "pod x on=n2 cpu=1\npartition p");
    job = cluster_text_job(&res, "job 1 nodes=3 cpu=4");
    at.shape = shape_get(&shapes, job);
    at.part = cluster_partition(&c, "p");
    shape_settle(at.shape, &c);
    ck_assert_msg(placement_fits(&placer, &c, &at, &room) == view_cases[_i].fits, "%s",
                  view_cases[_i].name);
    ck_assert_uint_eq(room.nodes, view_cases[_i].nodes);
    shape_put(&shapes, at.shape);
    job_free(job);
    placer_fini(&placer);
    cluster_fini(&c);
}
END_TEST

/* Jobs of equal request share a shape, whatever else differs. */
static const struct {
    const char *other;
    bool shared;
} shape_cases[] = {
    {"job 2 nodes=2 cpu=1 where.a=b nice=4 partition=q", true},
    {"job 2 nodes=2 cpu=1 where.a=c", false},
    {"job 2 nodes=2 cpu=1 any.a=b", false},
    {"job 2 nodes=2 cpu=2 where.a=b", false},
    {"job 2 nodes=2-3 cpu=1 where.a=b", false},
    {"job 2 replicas=2 cpu=1 where.a=b", false},
    {"job 2 nodes=2 cpu=1 where.a=b exclusive", false},
    {"job 2 nodes=2 cpu=1 where.a=b type=x", false},
    {"job 2 nodes=2 cpu=1 where.a=b exclude=n1", false},
    {"job 2 nodes=2 cpu=1 where.a=b nodelist=n1", false},
    {"job 2 nodes=2 cpu=1 where.a=b tolerate.k=v", false},
};

START_TEST(test_shapes)
{
    struct restable res;
    struct shape *shapes = NULL, *one, *two;
    struct job *job, *other;

    restable_init(&res);
    job = cluster_text_job(&res, "job 1 nodes=2 cpu=1 where.a=b");
    other = cluster_text_job(&res, shape_cases[_i].other);
    one = shape_get(&shapes, job);
    two = shape_get(&shapes, other);
    ck_assert_msg((one == two) == shape_cases[_i].shared, "%s", shape_cases[_i].other);
    shape_put(&shapes, one);
    shape_put(&shapes, two);
    ck_assert_ptr_null(shapes);
    job_free(job);
    job_free(other);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/placement", (struct suite_row[]){
                                                 {test_place, ARRAY_LEN(cases)},
                                                 {test_views, ARRAY_LEN(view_cases)},
                                                 {test_shapes, ARRAY_LEN(shape_cases)},
                                                 {NULL, 0},
                                             });
}
