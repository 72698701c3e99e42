#include "crds/convert.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define TEXT_MAX_LEN 4096

static struct resvec each(int64_t cpu, int64_t mem, int64_t gpu)
{
    struct resvec ret = {0};
    ret.v[RES_CPU] = cpu;
    ret.v[RES_MEM] = mem;
    ret.v[RES_PODS] = 1;
    ret.v[RES_FIXED] = gpu;
    return ret;
}

static struct convert with(struct restable *resources)
{
    restable_init(resources);
    restable_intern(resources, "nvidia.com/gpu");
    return (struct convert){.resources = resources,
                            .gpu_resource = "nvidia.com/gpu",
                            .gpu_type_label = "gantry.dev/gpu-type"};
}

#define MI (INT64_C(1) << 20)

static const struct {
    const char *name;
    struct {
        const char *node;
        int64_t pods, first_rank, cpu, mem, gpu, tasks, component, counts;
        bool alone, owned;
    } slots[4];
    size_t n;
    const char *json, *tres;
} cases[] = {
    {"one",
     {{"n1", 1, 0, 1500, 64 * MI, 0, 1, 0, 0, false, false}},
     1,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"requests\":{\"cpu\":"
     "\"1500m\","
     "\"memory\":\"64Mi\"}}]",
     "cpu=2,mem=64M,node=1"},
    {"neighbours fold",
     {{"n1", 2, 0, 1000, 0, 4, 1, 0, 0, false, false},
      {"n2", 2, 2, 1000, 0, 4, 1, 0, 0, false, false},
      {"n3", 1, 4, 1000, 0, 4, 1, 0, 0, false, false}},
     3,
     "[{\"nodes\":\"n[1-2]\",\"podsPerNode\":2,\"firstRank\":0,\"requests\":{\"cpu\":"
     "\"1\","
     "\"nvidia.com/"
     "gpu\":\"4\"}},{\"nodes\":\"n3\",\"podsPerNode\":1,\"firstRank\":4,\"requests\":{"
     "\"cpu\":\"1\",\"nvidia.com/gpu\":\"4\"}}]",
     "cpu=5,node=3,gres/gpu=20"},
    {"rank order stays",
     {{"n2", 1, 0, 1000, 0, 0, 1, 0, 0, false, false},
      {"n1", 1, 1, 1000, 0, 0, 1, 0, 0, false, false}},
     2,
     "[{\"nodes\":\"n[2,1]\",\"podsPerNode\":1,\"firstRank\":0,\"requests\":{\"cpu\":"
     "\"1\"}}]",
     "cpu=2,node=2"},
    {"sizes apart",
     {{"n1", 1, 0, 1000, 0, 8, 1, 0, 0, false, false},
      {"n1", 1, 1, 2000, 0, 0, 1, 0, 0, false, false}},
     2,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"requests\":{\"cpu\":\"1\","
     "\"nvidia.com/"
     "gpu\":\"8\"}},{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":1,\"requests\":{"
     "\"cpu\":\"2\"}}]",
     "cpu=3,node=1,gres/gpu=8"},
    {"components apart",
     {{.node = "n1", .pods = 1, .cpu = 1000, .tasks = 1},
      {.node = "n2",
       .pods = 1,
       .first_rank = 1,
       .cpu = 1000,
       .tasks = 1,
       .component = 1}},
     2,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"requests\":{\"cpu\":"
     "\"1\"}},{\"nodes\":\"n2\",\"podsPerNode\":1,\"firstRank\":1,\"component\":1,"
     "\"requests\":{\"cpu\":\"1\"}}]",
     "cpu=2,node=2"},
    {"tasks apart",
     {{"n1", 1, 0, 2000, 0, 0, 2, 0, 0, false, false},
      {"n2", 1, 1, 2000, 0, 0, 4, 0, 0, false, false},
      {"n3", 1, 2, 2000, 0, 0, 1, 0, 0, false, false}},
     3,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"tasksPerPod\":2,"
     "\"requests\":{\"cpu\":\"2\"}},{\"nodes\":\"n2\",\"podsPerNode\":1,"
     "\"firstRank\":1,\"tasksPerPod\":4,\"requests\":{\"cpu\":\"2\"}},"
     "{\"nodes\":\"n3\",\"podsPerNode\":1,\"firstRank\":2,"
     "\"requests\":{\"cpu\":\"2\"}}]",
     "cpu=6,node=3"},
    {"shared apart",
     {{.node = "n1", .pods = 1, .cpu = 2000, .tasks = 1, .counts = 8000},
      {.node = "n2", .pods = 1, .first_rank = 1, .cpu = 2000, .tasks = 1}},
     2,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"cpusPerPod\":\"8\","
     "\"requests\":{\"cpu\":\"2\"}},{\"nodes\":\"n2\",\"podsPerNode\":1,"
     "\"firstRank\":1,\"requests\":{\"cpu\":\"2\"}}]",
     "cpu=10,node=2"},
    {"alone apart",
     {{.node = "n1", .pods = 1, .cpu = 2000, .tasks = 1, .alone = true},
      {.node = "n2", .pods = 1, .first_rank = 1, .cpu = 2000, .tasks = 1}},
     2,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"exclusive\":true,"
     "\"requests\":{\"cpu\":\"2\"}},{\"nodes\":\"n2\",\"podsPerNode\":1,"
     "\"firstRank\":1,\"requests\":{\"cpu\":\"2\"}}]",
     "cpu=4,node=2"},
    {"of one user",
     {{.node = "n1", .pods = 1, .cpu = 2000, .tasks = 1, .owned = true},
      {.node = "n2", .pods = 1, .first_rank = 1, .cpu = 2000, .tasks = 1}},
     2,
     "[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"exclusiveUser\":true,"
     "\"requests\":{\"cpu\":\"2\"}},{\"nodes\":\"n2\",\"podsPerNode\":1,"
     "\"firstRank\":1,\"requests\":{\"cpu\":\"2\"}}]",
     "cpu=4,node=2"},
    {"nothing", {{0}}, 0, "[]", "cpu=0"},
};

static void same_slots(const struct slot *a, const struct slot *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(a[i].node, b[i].node);
        ck_assert_int_eq(a[i].pods, b[i].pods);
        ck_assert_int_eq(a[i].first_rank, b[i].first_rank);
        ck_assert_int_eq(a[i].tasks, b[i].tasks);
        ck_assert_int_eq(a[i].component, b[i].component);
        ck_assert_int_eq(a[i].cpu_milli, b[i].cpu_milli);
        ck_assert_int_eq(a[i].alone, b[i].alone);
        ck_assert_int_eq(a[i].owned, b[i].owned);
        ck_assert_int_eq(memcmp(&a[i].each, &b[i].each, sizeof(a->each)), 0);
    }
}

START_TEST(test_round_trip)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct slot slots[4] = {{0}};
    const struct slot *back = NULL;
    size_t n_back = 0;
    struct err err = ERR_INIT;
    STR_AUTO struct str tres;
    str_init(&tres, TEXT_MAX_LEN);
    for (size_t i = 0; i < cases[_i].n; i++)
        slots[i] = (struct slot){(char *)cases[_i].slots[i].node,
                                 cases[_i].slots[i].pods,
                                 each(cases[_i].slots[i].cpu, cases[_i].slots[i].mem,
                                      cases[_i].slots[i].gpu),
                                 cases[_i].slots[i].first_rank,
                                 cases[_i].slots[i].tasks,
                                 cases[_i].slots[i].component,
                                 cases[_i].slots[i].counts,
                                 cases[_i].slots[i].alone,
                                 cases[_i].slots[i].owned};
    JSON_AUTO struct json *placement =
        convert_placement_to_json(&c, slots, cases[_i].n);
    AUTO_FREE char *text = json_text(placement, NULL);
    ck_assert_str_eq(text, cases[_i].json);
    ck_assert_msg(convert_placement_from_json(&c, placement, &back, &n_back, &err) == 0,
                  "%s: %s", cases[_i].name, err.msg);
    ck_assert_uint_eq(n_back, cases[_i].n);
    same_slots(back, slots, n_back);
    convert_tres(&c, slots, cases[_i].n, &tres);
    ck_assert_str_eq(tres.s, cases[_i].tres);
    slots_unref(back);
}
END_TEST

static const struct {
    const char *json, *err;
} bad[] = {
    {"{}", "expected a list of {nodes, podsPerNode, firstRank, requests}"},
    {"[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"component\":16}]",
     "[0].component: must be 0 to 15"},
    {"[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"cpusPerPod\":\"x\"}]",
     "[0].cpusPerPod: "},
    {"[7]", "[0]: needs podsPerNode of at least 1 and firstRank"},
    {"[{\"nodes\":\"n1\",\"podsPerNode\":0,\"firstRank\":0}]",
     "[0]: needs podsPerNode of at least 1 and firstRank"},
    {"[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0},{\"nodes\":\"n[\","
     "\"podsPerNode\":1,"
     "\"firstRank\":1}]",
     "[1].nodes: "},
    {"[{\"nodes\":\"n1\",\"podsPerNode\":1,\"firstRank\":0,\"requests\":{\"cpu\":\"x\"}"
     "}]",
     "[0].requests.cpu: "},
    {"[{\"nodes\":\"a[1-60000]\",\"podsPerNode\":1,\"firstRank\":0},{\"nodes\":\"b[1-"
     "60000]\","
     "\"podsPerNode\":1,\"firstRank\":60000},{\"nodes\":\"c\",\"podsPerNode\":1,"
     "\"firstRank\":9}]",
     "more than 100000 nodes"},
};

START_TEST(test_bad)
{
    struct restable resources;
    struct convert c = with(&resources);
    const struct slot *slots = NULL;
    size_t n = 0;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *placement = json_parse_str(bad[_i].json, NULL);
    ck_assert_int_eq(convert_placement_from_json(&c, placement, &slots, &n, &err), -1);
    ck_assert_msg(str_starts(err.msg, bad[_i].err), "%s", err.msg);
    ck_assert_ptr_null(slots);
}
END_TEST

START_TEST(test_req_tres)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct job *job = job_new();
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_LEN);
    job->each = each(4000, 1024 * MI, 8);
    job->min_pods = 2;
    job->max_pods = 4;
    job->one_per_node = true;
    convert_req_tres(&c, job, &text);
    ck_assert_str_eq(text.s, "cpu=8,mem=2G,node=2,gres/gpu=16");
    str_reset(&text);
    job->one_per_node = false; /* how many nodes is not known */
    convert_req_tres(&c, job, &text);
    ck_assert_str_eq(text.s, "cpu=8,mem=2G,gres/gpu=16");
    job_free(job);
}
END_TEST

static void tally_is(struct tally t, int64_t nodes, int64_t gpus)
{
    ck_assert_int_eq(t.nodes, nodes);
    ck_assert_int_eq(t.gpus, gpus);
}

START_TEST(test_tally)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct slot slots[] = {{"n1", 2, each(1000, 0, 3), 0, 1, 0, 0, false, false},
                           {"n1", 1, each(1000, 0, 1), 2, 1, 0, 0, false, false},
                           {"n2", 1, each(1000, 0, 0), 3, 1, 0, 0, false, false}};
    struct job *job = job_new();
    tally_is(convert_tally(&c, slots, 3), 2, 7);
    tally_is(convert_tally(&c, NULL, 0), 0, 0);
    job->each = each(1000, 0, 8);
    job->min_pods = 2;
    tally_is(convert_req_tally(&c, job), 0, 16);
    job->one_per_node = true;
    tally_is(convert_req_tally(&c, job), 2, 16);
    const struct resvec gpu = each(0, 0, 1);
    job_add_unit(job, 6, &gpu); /* two of them in the two pods */
    tally_is(convert_req_tally(&c, job), 2, 20);
    struct job *other = job_add_component(job);
    other->each = each(1000, 0, 1);
    other->one_per_node = true;
    tally_is(convert_req_tally(&c, job), 3, 21);
    other->one_per_node = false;
    tally_is(convert_req_tally(&c, job), 0, 21);
    job_free(job);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_placement", (struct suite_row[]){
                                                    {test_round_trip, ARRAY_LEN(cases)},
                                                    {test_bad, ARRAY_LEN(bad)},
                                                    {test_req_tres, 1},
                                                    {test_tally, 1},
                                                    {NULL, 0},
                                                });
}
