/* Pods against tests/gantry-controller/pods/NAME.json; GANTRY_REWRITE_GOLDENS=1 writes
 * those anew, the diff is reviewed. */
#include "cmd/gantry-controller/podbuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define GOLDENS "tests/gantry-controller/pods/"
#define GOLDEN_MAX (64u << 10)
#define UID "6b1c7a0e-0000-4000-8000-000000000001"

/* Single quotes stand for double ones. */
static struct bjob *job_of(const struct convert *c, const char *name, const char *spec,
                           const char *status)
{
    AUTO_FREE char *text = xasprintf(
        "{'metadata':{'name':'%s','namespace':'team','uid':'" UID "','generation':1,"
        "'resourceVersion':'5'},'spec':{%s},'status':{'jobID':7,'state':'CONFIGURING',"
        "'attempt':1%s}}",
        name, spec, status);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct err err = ERR_INIT;
    JSON_AUTO struct json *object = json_parse_str(text, &err);
    ck_assert_msg(object != NULL, "%s: %s", err.msg, text);
    struct bjob *job = bjob_parse(c, object, &err);
    ck_assert_msg(job && job->model, "%s", job ? job->refusal : err.msg);
    return job;
}

#define TEMPLATE "'template':{'spec':{'containers':[{'name':'main','image':'i'}]}}"

#define SCRIPT                                                            \
    "'user':'ann','nodes':2,'script':'#!/bin/bash\\necho $(hostname) $$ " \
    "$x\\n','args':['a "                                                  \
    "b','$1'],"                                                           \
    "'image':'mine','workDir':'/home/"                                    \
    "ann','output':'slurm-%j.out','openMode':'append',"                   \
    "'exportEnv':'ALL','env':[{'name':'PRICE','value':'$(HOME)'},"        \
    "{'name':'SLURM_JOB_ID','value':'3'}]"
#define COUPLE                                                                      \
    "'components':[{'name':'cpus','nodes':1,'cpusPerTask':4,'memPerNode':'8G'},{"   \
    "'name':'gpus','partition':'fast','account':'chem','qos':'urgent','ntasks':3,'" \
    "gpusPerTask':'h100:2'}]"
#define LONG \
    "'scriptFrom':{'configMapKeyRef':{'name':'gantry-script-1','key':'script'}}"

/* `slots` is "n1:2,n2:1": pods on nodes; behind a slash the units of a divided job,
 * and behind another those of the second kind; "+n3:1" is the next component's. */
static const struct {
    const char *golden, *name, *spec, *status, *slots;
    int64_t attempt, rank;
} pods[] = {
    {"script", "train", SCRIPT, "", "n1:1,n2:1", 1, 0},
    {"script-waits", "train", SCRIPT, "", "n1:1,n2:1", 1, 1},
    {"long-script", "train", LONG, "", "n1:1", 1, 0},
    {"one-pod", "hello", TEMPLATE, "", "n3:1", 1, 0},
    {"gang", "train", "'nodes':4,'gpusPerNode':'h100:8','jobName':'pretrain'," TEMPLATE,
     ",'restarts':2", "n1:1,n2:1,n4:1,n5:1", 3, 2},
    {"replicas", "many", "'replicas':7," TEMPLATE, "", "n1:3,n2:3,n3:1", 1, 4},
    {"tasks", "mpi",
     "'ntasks':7,'ntasksPerNode':3,'cpusPerTask':2,'memPerCpu':'1G',"
     "'licenses':'matlab:2,ansys'," TEMPLATE,
     "", "n1:1/3,n2:1/3,n3:1/1", 1, 2},
    {"tasks-and-gpus", "odd", "'nodes':3,'ntasks':5,'gpus':16," TEMPLATE, "",
     "n1:1/3/8,n2:1/1/7,n3:1/1/1", 1, 1},
    {"all-gpus", "all",
     "'gpus':'h100:12','cpusPerGpu':4,'memPerGpu':'8Gi','licenses':'b:2|a'," TEMPLATE,
     ",'account':'physics','qos':'normal','reservation':'lab','license':'b'",
     "n1:1/8,n2:1/4", 1, 1},
    {"own-things", "own",
     "'nodes':2,'cpusPerTask':4,'memPerNode':'8G','gpusPerNode':2,"
     "'template':{'metadata':{'generateName':'x','name':'y','labels':{'app':'own'},"
     "'annotations':{"
     "'kubectl.kubernetes.io/default-container':'work',"
     "'karpenter.sh/do-not-disrupt':'false'},"
     "'finalizers':['example.com/mine','gantry.dev/accounted']},"
     "'spec':{'restartPolicy':'OnFailure',"
     "'containers':[{'name':'side','image':'i'},"
     "{'name':'work','image':'i','env':[{'name':'RANK','value':'mine'},"
     "{'name':'ME','value':'$(SLURM_JOB_ID)'}],"
     "'resources':{'requests':{'cpu':'500m'},"
     "'limits':{'cpu':'1','memory':'1Gi'}}}]}}",
     "", "n1:1,n2:1", 1, 1},
    {"shared", "mpi", "'nodes':2,'ntasks':7,'cpusPerTask':2," TEMPLATE, "",
     "n1:1/4%3,n2:1/3%3", 1, 0},
    {"shared-own", "own",
     "'cpusPerTask':8,"
     "'template':{'spec':{'containers':[{'name':'work','image':'i',"
     "'resources':{'requests':{'cpu':'1'},'limits':{'cpu':'2'}}},"
     "{'name':'side','image':'i','resources':{'requests':{'cpu':'1'}}},"
     "{'name':'limited','image':'i','resources':{'limits':{'cpu':'2'}}},"
     "{'name':'small','image':'i','resources':{'requests':{'cpu':'1m'}}}],"
     "'initContainers':[{'name':'first','image':'i','resources':{'requests':"
     "{'cpu':'8'}}}]}}",
     "", "n1:1%4", 1, 0},
    {"shared-replicas", "many",
     "'replicas':2,'template':{'spec':{'containers':[{'name':'work','image':'i',"
     "'resources':{'requests':{'cpu':'3'}}}]}}",
     "", "n1:2%4", 1, 1},
    {"component-script", "couple", COUPLE ",'script':'#!/bin/sh\\nhostname\\n'", "",
     "c1:1,+g1:1/2,g2:1/1", 1, 0},
    {"component-waits", "couple", COUPLE ",'script':'#!/bin/sh\\nhostname\\n'", "",
     "c1:1,+g1:1/2,g2:1/1", 1, 2},
    {"component-template", "couple",
     "'components':[{'name':'head','replicas':2,'template':{'spec':{'containers':[{"
     "'name':'main','image':'head'}]}}},{'name':'body','nodes':1,'template':{'metadata'"
     ":"
     "{'labels':{'app':'body'}},'spec':{'containers':[{'name':'main','image':'body'}]}}"
     "}]",
     "", "n1:2,+n2:1", 2, 2},
};

/* As placement.h does. */
static void give_units(const struct unit *unit, int64_t more, struct slot *slot)
{
    slot->tasks += more * unit->tasks;
    for (int i = 0; i < RES_MAX; i++)
        slot->each.v[i] += more * unit->each.v[i];
}

static size_t slots_of(const struct bjob *job, const char *text, struct slot *slots)
{
    AUTO_FREE char *copy = xstrdup(text);
    char *save, *word = strtok_r(copy, ",", &save);
    size_t n = 0, component = 0;
    int64_t rank = 0;
    for (; word; word = strtok_r(NULL, ",", &save), n++) {
        char *colon = strchr(word, ':');
        component += *word == '+';
        word += *word == '+';
        const struct job *like = job_component(job->model, component);
        slots[n] = (struct slot){.node = xstrndup(word, (size_t)(colon - word)),
                                 .pods = atoi(colon + 1),
                                 .each = like->each,
                                 .first_rank = rank,
                                 .tasks = like->tasks,
                                 .component = (int64_t)component};
        const char *sharers = strchr(colon, '%');
        const char *units = strchr(colon, '/');
        for (size_t i = 0; units; units = strchr(units + 1, '/'), i++)
            give_units(&like->units[i], atoi(units + 1) - 1, &slots[n]);
        if (sharers) {
            slots[n].cpu_milli = slots[n].each.v[RES_CPU];
            slots[n].each.v[RES_CPU] /= atoi(sharers + 1);
        }
        rank += slots[n].pods;
    }
    return n;
}

static void compare(const char *name, const struct json *pod)
{
    AUTO_FREE char *path = xasprintf(GOLDENS "%s.json", name);
    STR_AUTO struct str got, want;
    str_init(&got, GOLDEN_MAX);
    str_init(&want, GOLDEN_MAX);
    json_print_pretty(pod, &got);
    str_addc(&got, '\n');
    if (getenv("GANTRY_REWRITE_GOLDENS")) {
        FILE *out = fopen(path, "w");
        ck_assert_msg(out != NULL, "%s", path);
        fputs(got.s, out);
        fclose(out);
    }
    struct err err = ERR_INIT;
    ck_assert_msg(str_read_file(&want, path, &err) == 0, "%s", err.msg);
    ck_assert_msg(strcmp(got.s, want.s) == 0, "%s: expected %.3000s got %.3000s", name,
                  want.s, got.s);
}

START_TEST(test_golden)
{
    struct restable resources;
    restable_init(&resources);
    struct convert c = {.resources = &resources,
                        .gpu_resource = "nvidia.com/gpu",
                        .gpu_type_label = "gantry.dev/gpu-type"};
    struct bjob *job = job_of(&c, pods[_i].name, pods[_i].spec, pods[_i].status);
    struct slot slots[8];
    size_t n = slots_of(job, pods[_i].slots, slots);
    struct pod_plan plan = {.convert = &c,
                            .job = job,
                            .attempt = pods[_i].attempt,
                            .slots = slots,
                            .n_slots = n,
                            .partition = "main",
                            .reservation = job->status.reservation,
                            .license = job->status.license};
    struct err err = ERR_INIT;
    JSON_AUTO struct json *pod = pod_build(&plan, pods[_i].rank, &err);
    ck_assert_msg(pod != NULL, "%s", err.msg);
    compare(pods[_i].golden, pod);
    /* What it asks for is what was planned, read back as the watch does. */
    json_set_at(pod, "metadata.uid", json_new_string("u"));
    struct pod *back = convert_pod(&c, pod, &err);
    ck_assert_msg(back != NULL, "%s", err.msg);
    for (int i = 0; i < resources.n; i++)
        ck_assert_msg(back->use.v[i] == pod_seat(&plan, pods[_i].rank).slot->each.v[i],
                      "%s: %s", pods[_i].golden, resources.name[i]);
    ck_assert_str_eq(back->job_uid, UID);
    ck_assert_int_eq(back->job_id, 7);
    ck_assert_int_eq(back->attempt, pods[_i].attempt);
    ck_assert_int_eq(back->rank, pods[_i].rank);
    ck_assert_int_eq(back->cpu_milli, pod_seat(&plan, pods[_i].rank).slot->cpu_milli);
    ck_assert(back->accounted);
    ck_assert_str_eq(back->partition,
                     strcmp(pods[_i].golden, "component-waits") == 0 ? "fast" : "main");
    pod_free(back);
    for (size_t i = 0; i < n; i++)
        free((void *)slots[i].node);
    bjob_free(job);
}
END_TEST

/* One pod is made on its node, unless it is to be bound; what the server adds to its
 * request is in the placement, and is not asked for again. */
START_TEST(test_unbound)
{
    struct restable resources;
    restable_init(&resources);
    struct convert c = {.resources = &resources,
                        .gpu_resource = "nvidia.com/gpu",
                        .gpu_type_label = "gantry.dev/gpu-type"};
    struct bjob *job = job_of(&c, "hello", TEMPLATE, "");
    struct slot slot = {.node = "n3", .pods = 1, .each = job->model->each};
    struct resvec extra = {{[RES_CPU] = 500}};
    struct pod_plan plan = {.convert = &c,
                            .job = job,
                            .attempt = 1,
                            .slots = &slot,
                            .n_slots = 1,
                            .extra = &extra,
                            .unbound = _i == 1};
    struct err err = ERR_INIT;
    slot.each.v[RES_CPU] += 500;
    JSON_AUTO struct json *pod = pod_build(&plan, 0, &err);
    ck_assert_msg(pod != NULL, "%s", err.msg);
    ck_assert(str_eq(json_str(pod, "spec.nodeName"), _i == 1 ? NULL : "n3"));
    ck_assert_ptr_null(json_str(pod, "spec.subdomain"));
    json_set_at(pod, "metadata.uid", json_new_string("u"));
    struct pod *back = convert_pod(&c, pod, &err);
    ck_assert_msg(back != NULL, "%s", err.msg);
    ck_assert_int_eq(back->use.v[RES_CPU], job->model->each.v[RES_CPU]);
    pod_free(back);
    bjob_free(job);
}
END_TEST

/* ---- names ---- */

#define FORTY "a123456789b123456789c123456789d123456789"

static const struct {
    const char *job;
    int64_t id, attempt, rank;
    const char *name;
} names[] = {
    {"a", 1, 1, 0, "a-1-1-0"},
    {"train", 12345, 2, 17, "train-12345-2-17"},
    {FORTY, 1, 1, 0, FORTY "-1-1-0"},
    {FORTY "tail", 67108863, 100, 99999, FORTY "-67108863-100-99999"},
    {FORTY "tail", 1234567890123456, 1, 0, FORTY "-1234567890123456-1-0"},
    {FORTY "tail", 9223372036854775807, 12, 34,
     "a123456789b123456789c123456789d123456-9223372036854775807-12-34"},
};

START_TEST(test_name)
{
    struct bjob job = {.name = (char *)names[_i].job};
    STR_AUTO struct str name;
    job.status.job_id = names[_i].id;
    str_init(&name, 256);
    pod_name(&job, names[_i].attempt, names[_i].rank, &name);
    ck_assert_str_eq(name.s, names[_i].name);
    ck_assert_uint_le(name.len, 63);
}
END_TEST

/* ---- seats ---- */

START_TEST(test_seat)
{
    struct slot slots[] = {{.pods = 3, .first_rank = 0},
                           {.pods = 1, .first_rank = 3},
                           {.pods = 2, .first_rank = 4}};
    static const struct {
        size_t node;
        int64_t local;
    } seats[] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {2, 0}, {2, 1}};
    struct pod_plan plan = {.slots = slots, .n_slots = 3};
    for (size_t rank = 0; rank < ARRAY_LEN(seats); rank++) {
        struct seat seat = pod_seat(&plan, (int64_t)rank);
        ck_assert_uint_eq(seat.node_index, seats[rank].node);
        ck_assert_ptr_eq(seat.slot, &slots[seats[rank].node]);
        ck_assert_int_eq(seat.local_rank, seats[rank].local);
    }
}
END_TEST

/* ---- templates that are none ---- */

static const struct {
    const char *template, *message;
} bad[] = {
    {NULL, "spec.template.spec.containers: must have at least one"},
    {"{}", "spec.template.spec.containers: must have at least one"},
    {"{\"spec\":{\"containers\":[]}}",
     "spec.template.spec.containers: must have at least one"},
    {"{\"spec\":", ""},
};

START_TEST(test_bad)
{
    struct restable resources;
    restable_init(&resources);
    struct convert c = {.resources = &resources,
                        .gpu_resource = "nvidia.com/gpu",
                        .gpu_type_label = "gantry.dev/gpu-type"};
    struct work work = {.template_text = (char *)bad[_i].template};
    struct bjob job = {.name = (char *)"a",
                       .ns = (char *)"b",
                       .uid = (char *)"u",
                       .works = &work,
                       .n_works = 1};
    struct slot slot = {.node = "n1", .pods = 1};
    struct pod_plan plan = {.convert = &c, .job = &job, .slots = &slot, .n_slots = 1};
    struct err err = ERR_INIT;
    ck_assert_ptr_null(pod_build(&plan, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, bad[_i].message));
    ck_assert_int_eq(err.code, ERR_INVALID);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/podbuild", (struct suite_row[]){
                                                        {test_golden, ARRAY_LEN(pods)},
                                                        {test_unbound, 2},
                                                        {test_name, ARRAY_LEN(names)},
                                                        {test_seat, 1},
                                                        {test_bad, ARRAY_LEN(bad)},
                                                        {NULL, 0},
                                                    });
}
