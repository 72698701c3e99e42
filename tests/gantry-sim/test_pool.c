#include "cmd/gantry-sim/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-sim/ledger.h"
#include "crds/convert.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define GIB (INT64_C(1) << 30)

START_TEST(test_groups)
{
    const struct groups groups = {"2,1", "a100:8,h100:4", "96", "1Ti,512G"};
    struct pool p;
    struct err err = ERR_INIT;
    pool_init(&p);
    ck_assert_msg(pool_add(&p, &groups, &err) == 0, "%s", err.msg);
    ck_assert_uint_eq(p.n, 3);
    ck_assert_str_eq(p.nodes[0]->name, "n1");
    ck_assert_str_eq(p.nodes[2]->name, "n3");
    ck_assert_str_eq(p.nodes[1]->gpu_type, "a100");
    ck_assert_str_eq(p.nodes[2]->gpu_type, "h100");
    ck_assert_int_eq(p.nodes[2]->capacity.v[p.resources.gpu], 4);
    ck_assert_int_eq(p.nodes[2]->capacity.v[RES_CPU], 96000);
    ck_assert_int_eq(p.nodes[2]->capacity.v[RES_MEM], 512 * GIB);
    ck_assert_int_eq(p.total.v[p.resources.gpu], 20);
    ck_assert_int_eq(p.largest.v[RES_MEM], 1024 * GIB);
    pool_fini(&p);
}
END_TEST

static const struct {
    struct groups groups;
    const char *message;
} refused[] = {
    {{"x", NULL, NULL, NULL}, "--nodes: \"x\" is no number up to 100000"},
    {{"0", NULL, NULL, NULL}, "--nodes: not between 1 and 100000 in all"},
    {{"60000,60000", NULL, NULL, NULL}, "--nodes: not between 1 and 100000 in all"},
    {{"1,", NULL, NULL, NULL}, "--nodes: \"\" is no number up to 100000"},
    {{"1", "a100:", NULL, NULL}, "--gpus: \"\" is no number up to 1024"},
    {{"1", "a100:8:9", NULL, NULL}, "--gpus: \"8:9\" is no number up to 1024"},
    {{"1", ":8", NULL, NULL}, "--gpus: a type is missing, as in a100:8"},
    {{"1", "-1", NULL, NULL}, "--gpus: \"-1\" is no number up to 1024"},
    {{"1", "1,2", NULL, NULL},
     "--gpus: 2 items for 1 groups of nodes; one, or as many"},
    {{"1", NULL, "-1", NULL}, "--cpus: \"-1\" is not between 0 and 1 million"},
    {{"1", NULL, NULL, "2000Ti"}, "--memory: \"2000Ti\" is not between 0 and 1Pi"},
};

START_TEST(test_refused)
{
    struct pool p;
    struct err err = ERR_INIT;
    pool_init(&p);
    ck_assert_int_eq(pool_add(&p, &refused[_i].groups, &err), -1);
    ck_assert_str_eq(err.msg, refused[_i].message);
    pool_fini(&p);
}
END_TEST

/* On nodes of 8 GPUs, 16 CPUs and 64 GiB. */
static const struct {
    const char *name;
    int64_t nodes, gpus, cpu_milli, mem_bytes;
    int64_t pods, each_gpus, each_milli, units, max_units;
} shapes[] = {
    {"fits one node", 0, 4, 2000, GIB, 1, 4, 2000, 0, 0},
    {"two whole nodes", 0, 16, 0, 0, 2, 8, 0, 0, 0},
    {"two and a half", 0, 20, 0, 0, 3, 1, 0, 20, 8},
    {"CPUs make it large", 0, 4, 20000, 0, 2, 2, 10000, 0, 0},
    {"CPUs alone", 0, 0, 40000, 0, 3, 0, 1000, 40, 16},
    {"nodes are named", 4, 8, 0, 0, 4, 2, 0, 0, 0},
    {"nodes are named, and do not come out even", 3, 8, 0, 0, 3, 1, 0, 8, 3},
    {"more nodes than GPUs", 4, 2, 0, 0, 4, 1, 0, 0, 0},
    {"nodes and nothing else", 2, 0, 0, 0, 2, 0, 0, 0, 0},
    {"larger than any node: its GPU alone has no room", 0, 1, 90000, 0, 1, 1, 90000, 0,
     0},
};

START_TEST(test_shapes)
{
    const struct groups groups = {"4", "8", "16", "64Gi"};
    const struct work work = {.nodes = shapes[_i].nodes,
                              .gpus = shapes[_i].gpus,
                              .cpu_milli = shapes[_i].cpu_milli,
                              .mem_bytes = shapes[_i].mem_bytes,
                              .account = "red",
                              .user = "ann",
                              .partition = "",
                              .qos = "",
                              .reservation = "lab|course"};
    struct pool p;
    pool_init(&p);
    ck_assert_int_eq(pool_add(&p, &groups, NULL), 0);
    struct job *job = pool_job(&p, &work, 6);
    ck_assert_str_eq(job->uid, "6");
    ck_assert_int_eq(job->job_id, 7);
    ck_assert_str_eq(job->account, "red");
    ck_assert_uint_eq(job->n_partitions, 0);
    ck_assert_uint_eq(job->n_reservations, 2);
    ck_assert_str_eq(job->reservations[1], "course");
    ck_assert_msg(job->min_pods == shapes[_i].pods && job->max_pods == shapes[_i].pods,
                  "%s: %ld pods", shapes[_i].name, job->min_pods);
    ck_assert_msg(job->each.v[p.resources.gpu] == shapes[_i].each_gpus &&
                      job->each.v[RES_CPU] == shapes[_i].each_milli &&
                      job->each.v[RES_PODS] == 1,
                  "%s: each %ld GPUs, %ld", shapes[_i].name,
                  job->each.v[p.resources.gpu], job->each.v[RES_CPU]);
    const struct unit unit = job->n_units > 0 ? job->units[0] : (struct unit){0};
    ck_assert_msg(unit.count == shapes[_i].units && unit.most == shapes[_i].max_units,
                  "%s: %ld units, at most %ld", shapes[_i].name, unit.count, unit.most);
    job_free(job);
    pool_fini(&p);
}
END_TEST

/* ---- nodes from a file ---- */

static int read_text(struct pool *p, const char *text, struct err *err)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "c");
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, err), 0);
    pool_init(p);
    int rc = pool_read(p, path, err);
    tempdir_free(dir);
    return rc;
}

START_TEST(test_file)
{
    struct pool p;
    struct err err = ERR_INIT;
    int rc = read_text(&p,
                       "sn,cpu_milli,memory_mib,gpu,model,count,rack\n"
                       "a-1,64000,1024,2,P100,1,r1\n"
                       ",8000,512,0,,2,r2\n",
                       &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert_uint_eq(p.n, 3);
    ck_assert_str_eq(p.nodes[0]->name, "a-1");
    ck_assert_str_eq(p.nodes[0]->gpu_type, "P100");
    ck_assert_str_eq(
        labels_find(p.nodes[0]->labels, p.nodes[0]->n_labels, GPU_TYPE_LABEL), "P100");
    ck_assert_int_eq(p.nodes[0]->capacity.v[RES_CPU], 64000);
    ck_assert_int_eq(p.nodes[0]->capacity.v[RES_MEM], GIB);
    ck_assert_str_eq(p.nodes[2]->name, "n3");
    ck_assert_ptr_null(p.nodes[2]->gpu_type);
    ck_assert_str_eq(p.passed_over, "rack");
    pool_fini(&p);
}
END_TEST

static const struct {
    const char *text, *message;
} bad_files[] = {
    {"", "/c: there is no node in it"},
    {"gpus\n", "/c: there is no node in it"},
    {"a,b\n1,2\n", "/c: no nodes: there is no column gpus or cpus in its first line"},
    {"name,gpus,gpu\nn,8,4\n", "/c: a second column for what gpu says"},
    {"name,gpus,sn\nn,8,m\n", "/c: a second column for what sn says"},
    {"gpus,cpus\n8\n", "/c:2: 1 fields; the first line has 2"},
    {"gpus\n8\n\nx\n", "/c:4: gpus: \"x\" is no number from 0 on"},
    {"gpus,count\n8,0\n", "/c:2: not between 1 and 100000 nodes in all"},
    {"gpus\n2000\n", "/c:2: more than a node can have"},
};

START_TEST(test_bad_file)
{
    struct pool p;
    struct err err = ERR_INIT;
    ck_assert_int_eq(read_text(&p, bad_files[_i].text, &err), -1);
    ck_assert_msg(str_ends(err.msg, bad_files[_i].message), "%s", err.msg);
    pool_fini(&p);
}
END_TEST

START_TEST(test_twice)
{
    struct pool p;
    struct err err = ERR_INIT;
    ck_assert_int_eq(read_text(&p, "name,gpus\na,1\nb,1\na,2\n", &err), 0);
    ck_assert_int_eq(pool_check_names(&p, &err), -1);
    ck_assert_str_eq(err.msg, "--cluster: two nodes have the name a");
    pool_fini(&p);
}
END_TEST

/* ---- objects ---- */

static int read_objects(struct pool *p, const char *text, struct err *err)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "c");
    struct settings settings;
    settings_default(&settings);
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, err), 0);
    pool_init(p);
    int rc = pool_read_objects(p, path, &settings, err);
    tempdir_free(dir);
    return rc;
}

/* A node that says whether it is ready is believed. */
START_TEST(test_conditions)
{
    struct pool p;
    struct err err = ERR_INIT;
    int rc = read_objects(
        &p,
        "kind: Node\nmetadata: {name: a}\nstatus: {conditions: [{type: Ready,"
        " status: 'True'}]}\n---\n"
        "kind: Node\nmetadata: {name: b}\nstatus: {conditions: [{type: Ready,"
        " status: Unknown}]}\n---\n"
        "kind: Node\nmetadata: {name: c}\nspec: {unschedulable: true}\n---\n"
        "kind: Node\nmetadata: {name: d}\n",
        &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert(pool_is_open(p.nodes[0]));
    ck_assert(!pool_is_open(p.nodes[1]));
    ck_assert(!pool_is_open(p.nodes[2]));
    ck_assert(pool_is_open(p.nodes[3]));
    pool_fini(&p);
}
END_TEST

START_TEST(test_objects)
{
    struct pool p;
    struct err err = ERR_INIT;
    int rc = read_objects(
        &p,
        "apiVersion: v1\nkind: List\nitems:\n"
        "- kind: Node\n"
        "  metadata: {name: a, labels: {gantry.dev/gpu-type: h100, rack: r1}}\n"
        "  status: {allocatable: {cpu: '8', memory: 4Gi, pods: '110',"
        " nvidia.com/gpu: '2'}}\n"
        "- kind: Partition\n"
        "  metadata: {name: short}\n"
        "  spec: {default: true, maxTime: '60', nodes: a}\n"
        "---\n"
        "kind: QOS\nmetadata: {name: high}\nspec: {priority: 5}\n"
        "---\n"
        "kind: Account\nmetadata: {name: red}\nspec: {}\n"
        "---\n"
        "kind: Reservation\nmetadata: {name: lab}\n"
        "spec: {startTime: '1970-01-02', duration: '60', nodes: a, users: [ann]}\n",
        &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert_uint_eq(p.n, 1);
    ck_assert(p.nodes[0]->ready);
    ck_assert_str_eq(p.nodes[0]->gpu_type, "h100");
    ck_assert_uint_eq(p.nodes[0]->n_labels, 2);
    ck_assert_int_eq(p.nodes[0]->capacity.v[p.resources.gpu], 2);
    ck_assert_int_eq(p.nodes[0]->capacity.v[RES_PODS], 110);
    ck_assert_uint_eq(p.n_partitions, 1);
    ck_assert_str_eq(p.partitions[0]->name, "short");
    ck_assert_int_eq(p.partitions[0]->max_time_sec, 3600);
    ck_assert_uint_eq(p.n_qos, 1);
    ck_assert_int_eq(p.qos[0]->priority, 5);
    ck_assert_uint_eq(p.n_accounts, 1);
    ck_assert_str_eq(p.accounts[0]->name, "red");
    ck_assert_uint_eq(p.n_reservations, 1);
    ck_assert_int_eq(p.reservations[0]->start_sec, 86400);
    pool_fini(&p);
}
END_TEST

static const struct {
    const char *text, *message;
} bad_objects[] = {
    {"kind: Pod\n",
     "/c:1: kind \"Pod\" is none of Node, Partition, QOS, Account, Reservation"},
    {"a: b\n", "/c:1: kind \"\" is none of Node, Partition, QOS, Account, Reservation"},
    {"kind: [\n", "/c:"},
    {"kind: Account\nmetadata: {name: red}\n", "/c: there is no node in it"},
    {"kind: Node\nmetadata: {name: n}\nstatus: {capacity: {cpu: 8}}\n"
     "---\nkind: Account\nmetadata: {name: a}\nspec: {parent: b}\n"
     "---\nkind: Account\nmetadata: {name: b}\nspec: {parent: a}\n",
     "/c: account a is among its own parents"},
    {"kind: Reservation\nmetadata: {name: r}\nspec: {nodes: n, users: [a]}\n",
     "/c:1: Reservation r: spec.endTime: a reservation has this or spec.duration"},
    {"kind: Partition\nmetadata: {name: p}\nspec: {maxTime: soon}\n",
     "/c:1: Partition p: "},
    {"kind: Node\nmetadata: {name: n}\nstatus: {capacity: {cpu: 8}}\n"
     "---\nkind: QOS\nmetadata: {name: b}\nspec: {preempt: [c, a]}\n"
     "---\nkind: QOS\nmetadata: {name: c}\nspec: {preempt: [b]}\n"
     "---\nkind: QOS\nmetadata: {name: a}\n",
     "/c: QOS b preempts nobody: by the lists it would preempt itself (b > c > b)"},
    {"kind: Node\nmetadata: {name: n}\nstatus: {capacity: {cpu: 8}}\n"
     "---\nkind: QOS\nmetadata: {name: b}\nspec: {preempt: [a, c]}\n"
     "---\nkind: QOS\nmetadata: {name: a}\n",
     "/c: QOS b: spec.preempt: there is no QOS c"},
    {"kind: Node\nmetadata: {name: n}\n---\nkind: Partition\nmetadata: {name: p}\n"
     "---\nkind: Partition\nmetadata: {name: o}\n"
     "---\nkind: Partition\nmetadata: {name: p}\n",
     "/c: two objects of kind Partition have the name p"},
    {"kind: Node\nmetadata: {name: n}\n---\nkind: QOS\nmetadata: {name: q}\n"
     "---\nkind: QOS\nmetadata: {name: q}\nspec: {priority: 5}\n",
     "/c: two objects of kind QOS have the name q"},
    {"kind: Node\nmetadata: {name: n}\n---\nkind: Account\nmetadata: {name: a}\n"
     "---\nkind: Account\nmetadata: {name: a}\n",
     "/c: two objects of kind Account have the name a"},
    {"kind: Node\nmetadata: {name: n}\n---\nkind: Reservation\nmetadata: {name: r}\n"
     "spec: {startTime: '1970-01-02', duration: '60', nodes: n, users: [ann]}\n"
     "---\nkind: Reservation\nmetadata: {name: r}\n"
     "spec: {startTime: '1970-01-03', duration: '60', nodes: n, users: [ann]}\n",
     "/c: two objects of kind Reservation have the name r"},
    {"kind: Partition\nmetadata: {name: p}\nspec: {maxTime: 10, maxtimes: 3}\n",
     "/c:1: Partition p: unknown field \"spec.maxtimes\"; did you mean \"maxTime\"?"},
    {"kind: Account\nmetadata: {name: a}\nspec: {shares: -4}\n",
     "/c:1: Account a: unknown field \"spec.shares\""},
    {"kind: Account\nmetadata: {name: a}\n"
     "spec: {members: [{user: x}, {users: x}]}\n",
     "/c:1: Account a: unknown field \"spec.members[1].users\"; did you mean "
     "\"user\"?"},
    {"kind: QOS\nmetadata: {name: a}\nspec: {}\nstate: {}\n",
     "/c:1: QOS a: unknown field \"state\"; did you mean \"status\"?"},
};

START_TEST(test_bad_objects)
{
    struct pool p;
    struct err err = ERR_INIT;
    ck_assert_int_eq(read_objects(&p, bad_objects[_i].text, &err), -1);
    ck_assert_msg(strstr(err.msg, bad_objects[_i].message) != NULL, "%s", err.msg);
    pool_fini(&p);
}
END_TEST

START_TEST(test_ledger)
{
    const struct groups groups = {"2", "8", NULL, NULL};
    struct pool p;
    pool_init(&p);
    ck_assert_int_eq(pool_add(&p, &groups, NULL), 0);
    struct ledger *l = ledger_new(&p);
    struct slot slot = {.pods = 1};
    slot.each.v[p.resources.gpu] = 5;
    ck_assert_int_eq(ledger_find(l, "n2"), 1);
    ck_assert_int_eq(ledger_find(l, "n3"), -1);
    ck_assert(ledger_take(l, 1, &slot));
    ck_assert(!ledger_take(l, 1, &slot)); /* 3 are left */
    struct ledger_sum sum = ledger_sum(l);
    ck_assert_int_eq(sum.total, 16);
    ck_assert_int_eq(sum.free, 11);
    ck_assert_int_eq(sum.fragments, 3);
    ledger_give(l, 1, &slot);
    sum = ledger_sum(l);
    ck_assert_int_eq(sum.free, 16);
    ck_assert_int_eq(sum.fragments, 0);
    ledger_free(l);
    pool_fini(&p);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/pool",
                      (struct suite_row[]){{test_groups, 1},
                                           {test_refused, ARRAY_LEN(refused)},
                                           {test_shapes, ARRAY_LEN(shapes)},
                                           {test_file, 1},
                                           {test_bad_file, ARRAY_LEN(bad_files)},
                                           {test_twice, 1},
                                           {test_conditions, 1},
                                           {test_objects, 1},
                                           {test_bad_objects, ARRAY_LEN(bad_objects)},
                                           {test_ledger, 1},
                                           {NULL, 0}});
}
