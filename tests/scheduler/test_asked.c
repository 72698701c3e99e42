#include "scheduler/asked.h"

#include "base/util.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

/* Parts that are cut off on the way. */
#define CUT 2

/* A cluster of text, and what the jobs of it ask for. */
struct fixture {
    struct restable res;
    struct cluster cluster;
    struct asked asked;
};

static void begin(struct fixture *f, const char *const *nodes, const char *const *jobs)
{
    *f = (struct fixture){0};
    restable_init(&f->res);
    f->res.gpu = restable_intern(&f->res, "x/gpu");
    cluster_init(&f->cluster);
    cluster_set_resources(&f->cluster, &f->res);
    for (; *nodes != NULL; nodes++)
        cluster_put_node(&f->cluster, cluster_text_node(&f->res, *nodes));
    cluster_settle(&f->cluster, NULL, NULL);
    for (; *jobs != NULL; jobs++) {
        struct job *job = cluster_text_job(&f->res, *jobs);

        asked_count(&f->asked, job, 1);
        job_free(job);
    }
    asked_settle(&f->asked, &f->cluster);
}

static void end(struct fixture *f)
{
    asked_fini(&f->asked);
    cluster_fini(&f->cluster);
}

/* Of a pod on the first node, empty but for what is taken. */
static int64_t cost(const struct fixture *f, const char *pod, const char *taken)
{
    struct restable res = f->res;
    struct job *job = cluster_text_job(&res, pod);
    struct job *other = cluster_text_job(&res, taken);
    struct resvec rest = f->cluster.order[0]->node->capacity;
    struct beside each, left;
    int64_t ret;

    resvec_sub(&rest, &other->each);
    each = asked_beside(&f->cluster, job->each.v, RES_MAX);
    left = asked_beside(&f->cluster, rest.v, RES_MAX);
    ret = asked_cost(&f->asked, 0, &each, &left);
    job_free(job);
    job_free(other);
    return ret;
}

static const struct {
    const char *name;
    const char *nodes[3], *jobs[4];
    const char *pod, *taken;
    int64_t cost; /* in eighths of a device */
} cases[] = {
    {"a device more would be without cpu: six are needed beside it",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 cpu=8 x/gpu=1"},
     "job 2 cpu=12 x/gpu=1",
     "job 3 cpu=0",
     8},
    {"what needs little where little is left",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 cpu=8 x/gpu=1"},
     "job 2 cpu=0 x/gpu=1",
     "job 3 cpu=24",
     -8},
    {"the average",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 cpu=2 x/gpu=1", "job 4 cpu=28 x/gpu=2", "job 5 cpu=2 x/gpu=1"},
     "job 2 cpu=12 x/gpu=1",
     "job 3 cpu=0",
     8},
    {"jobs without devices ask for none of it",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 cpu=8 x/gpu=1", "job 4 cpu=800"},
     "job 2 cpu=12 x/gpu=1",
     "job 3 cpu=0",
     8},
    {"cpu alone strands devices",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 cpu=8 x/gpu=1"},
     "job 2 cpu=12",
     "job 3 cpu=0",
     16},
    {"memory as well",
     {"node n1 mem=48G x/gpu=8"},
     {"job 1 mem=8G x/gpu=1"},
     "job 2 mem=12G",
     "job 3 cpu=0",
     16},
    {"no devices",
     {"node n1 cpu=48"},
     {"job 1 cpu=8 x/gpu=1"},
     "job 2 cpu=12",
     "job 3 cpu=0",
     0},
    {"nobody asks for cpu",
     {"node n1 cpu=48 x/gpu=8"},
     {"job 1 x/gpu=1"},
     "job 2 cpu=48 x/gpu=1",
     "job 3 cpu=0",
     0},
    {"nobody asks for anything",
     {"node n1 cpu=48 x/gpu=8"},
     {NULL},
     "job 2 cpu=48 x/gpu=1",
     "job 3 cpu=0",
     0},
    {"pressure: half of what is there is asked for by its type",
     {"node n1 x/gpu=8 type=a", "node n2 x/gpu=8 type=b"},
     {"job 1 x/gpu=4 type=a"},
     "job 2 x/gpu=1",
     "job 3 cpu=0",
     2},
    {"for each device",
     {"node n1 x/gpu=8 type=a", "node n2 x/gpu=8 type=b"},
     {"job 1 x/gpu=4 type=a"},
     "job 2 x/gpu=2",
     "job 3 cpu=0",
     4},
    {"of all that it may use",
     {"node n1 x/gpu=8 label.r=1", "node n2 x/gpu=24 label.r=2"},
     {"job 1 x/gpu=4 where.r=1|2", "job 4 x/gpu=3 where.r=1"},
     "job 2 x/gpu=1",
     "job 3 cpu=0",
     2},
    {"not of another type",
     {"node n1 x/gpu=8 type=a", "node n2 x/gpu=8 type=b"},
     {"job 1 x/gpu=4 type=b"},
     "job 2 x/gpu=1",
     "job 3 cpu=0",
     0},
    {"a node list",
     {"node n1 x/gpu=8", "node n2 x/gpu=8"},
     {"job 1 x/gpu=8 nodelist=n1"},
     "job 2 x/gpu=1",
     "job 3 cpu=0",
     4},
    {"a type that is nowhere",
     {"node n1 x/gpu=8 type=a"},
     {"job 1 x/gpu=8 type=c"},
     "job 2 x/gpu=1",
     "job 3 cpu=0",
     0},
};

START_TEST(test_cost)
{
    struct fixture f;
    int64_t got, want;

    begin(&f, cases[_i].nodes, cases[_i].jobs);
    got = cost(&f, cases[_i].pod, cases[_i].taken);
    want = cases[_i].cost * DEVICE_WHOLE / 8;
    ck_assert_msg(got >= want - CUT && got <= want + CUT, "%s: %lld, not %lld",
                  cases[_i].name, (long long)got, (long long)want);
    end(&f);
}
END_TEST

/* What is counted and taken back leaves nothing. */
START_TEST(test_back)
{
    static const char *const nodes[] = {"node n1 cpu=48 x/gpu=8 type=a", NULL};
    static const char *const jobs[] = {"job 1 cpu=8 x/gpu=1 type=a",
                                       "job 2 cpu=8 x/gpu=1 type=a", NULL};
    struct fixture f;

    begin(&f, nodes, jobs);
    ck_assert_int_ne(cost(&f, "job 3 cpu=12 x/gpu=1", "job 4 cpu=0"), 0);
    for (size_t i = 0; jobs[i] != NULL; i++) {
        struct job *job = cluster_text_job(&f.res, jobs[i]);

        asked_count(&f.asked, job, -1);
        job_free(job);
    }
    ck_assert_ptr_null(f.asked.tastes);
    ck_assert_int_ne(cost(&f, "job 3 cpu=12 x/gpu=1", "job 4 cpu=0"), 0);
    asked_settle(&f.asked, &f.cluster);
    ck_assert_int_eq(cost(&f, "job 3 cpu=12 x/gpu=1", "job 4 cpu=0"), 0);
    end(&f);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/asked", (struct suite_row[]){
                                             {test_cost, ARRAY_LEN(cases)},
                                             {test_back, 1},
                                             {NULL, 0},
                                         });
}
