/* That a core made of the text decides as the saved one does is a property that
 * tests/scheduler/test_snapshot.c tries over random histories. */
#include "crds/snapshot.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/snapshot_fields.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

/* ---- every member of the model has a row ---- */

static const struct {
    const char *file;
    const struct fields *fields;
} structs[] = {
    {"scheduler/model.h", &fields_node},
    {"scheduler/model.h", &fields_partition},
    {"scheduler/model.h", &fields_qos},
    {"scheduler/model.h", &fields_account},
    {"scheduler/model.h", &fields_job},
    {"scheduler/model.h", &fields_pod},
    {"scheduler/reservation.h", &fields_reservation},
    {"scheduler/sched.h", &fields_config},
};

/* How many members the struct has in its header: names before ';' or ',', comments and
 * counts ("n_labels") left out. */
static void members_of(const char *text, const char *name, struct str *ret)
{
    AUTO_FREE char *head = xasprintf("\nstruct %s {\n", name);
    const char *at = strstr(text, head);
    ck_assert_msg(at != NULL, "no struct %s", name);
    const char *end = strstr(at, "\n};");
    for (at += strlen(head); at < end; at++) {
        if (str_starts(at, "/*"))
            at = strstr(at, "*/") + 1;
        else if (*at == ';' || *at == ',') {
            const char *from = at;
            while (isalnum((unsigned char)from[-1]) || from[-1] == '_')
                from--;
            if (!str_starts(from, "n_") && strncmp(from, "0", 1) != 0)
                str_addf(ret, "%.*s\n", (int)(at - from), from);
        }
    }
}

START_TEST(test_members)
{
    const struct fields *f = structs[_i].fields;
    struct err err = ERR_INIT;
    STR_AUTO struct str text, want, got;
    str_init(&text, 1 << 20);
    str_init(&want, 1 << 16);
    str_init(&got, 1 << 16);
    ck_assert_int_eq(str_read_file(&text, structs[_i].file, &err), 0);
    members_of(text.s, f->name, &want);
    for (size_t i = 0; i < f->n; i++)
        str_addf(&got, "%s\n", f->rows[i].key);
    ck_assert_msg(strcmp(want.s, got.s) == 0,
                  "struct %s has in %s:\n%sbut in crds/snapshot_rows_*.c:\n%s", f->name,
                  structs[_i].file, want.s, got.s);
}
END_TEST

/* ---- written, read and written again ---- */

static const char state[] =
    "node n[1-2] cpu=8 mem=64G nvidia.com/gpu=8 type=h100 label.rack=r1 "
    "taint.k=v:NoExecute\n"
    "node n3 cpu=4 cordoned\n"
    "node n4 cpu=4 notready\n"
    "partition batch default nodes=n[1-4] select.rack=r1 tier=2 factor=100 "
    "state=DRAIN\n"
    "partition p maxtime=1:00:00 defaulttime=30 minnodes=1 maxnodes=2 qos=normal "
    "oversubscribe=FORCE:4\n"
    "qos high priority=100\n"
    "account physics users=ann,bob namespaces=lab\n"
    "job 7 nodes=2-4 cpu=8 mem=1G nvidia.com/gpu=8 type=h100 partition=p,batch "
    "time=60\n"
    "job 6 account=physics qos=high user=bob nice=-5 priority=7 submit=50 begin=900\n"
    "job 10 cpu=1 addedmilli=500 oversubscribe\n"
    "job 5 replicas=4 cpu=1 hold=user exclusive nodelist=n[1-2] exclude=n3\n"
    "job 9 nodes=3 cpu=1 contiguous constraint=[a|b&c]&(d|e)*2\n"
    "job 4 cpu=1 where.rack=r1|r2 any.rack=r1 any.rack=r2 tolerate.k=v\n"
    "job 3 nodes=1-16 cpu=1 units=16 unit.cpu=1 maxunits=4 spread unittasks=2\n"
    "job 1 nodes=2-3 cpu=1 units=3 unit.cpu=1 units2=16 unit2.nvidia.com/gpu=1\n"
    "job 8 nodes=1 cpu=1 : nodes=2-3 contiguous switches=1@5 units=4 unit.cpu=1 "
    "constraint=a*2 : "
    "replicas=2 nvidia.com/gpu=1 type=h100 nodelist=n1 exclude=n[2-3] tolerate.k=v\n"
    "job 2 cpu=1 state=running start=100 in=p on=n1:2,n2 time=90\n"
    "job 11 cpu=1 state=running start=100 in=p on=n4 alone\n"
    "pod web-1 on=n1 cpu=2\n"
    "pod old-1 on=n2 cpu=1 ofjob partition=p\n";

START_TEST(test_again)
{
    const struct sched_config config = {
        .priority_weight_tres = {.n = 1, .items = {{TRES_GPU, "h100", -5}}},
        .window_sec = 86400,
        .reservation_depth = 3,
        .min_age_reserve_sec = 30,
        .min_prio_reserve = 7,
        .max_job_test = 4,
        .max_job_array_resv = 3,
        .backfill_order = BACKFILL_LIMIT,
        .priority_favor_small = true};
    const struct sched_config other = sched_config_default();
    struct sched *first = sched_new(&config), *second = sched_new(&other);
    struct restable res;
    struct decisions ds;
    struct err err = ERR_INIT;
    int64_t now_sec = 0;
    STR_AUTO struct str a, b;
    str_init(&a, 1 << 20);
    str_init(&b, 1 << 20);
    restable_init(&res);
    cluster_text_apply(first, &res, state);
    sched_step(first, 1000, (struct sched_budget){0}, &ds);
    snapshot_write(first, 1000, &a);
    int rc = snapshot_read(a.s, a.len, "a", apply, second, &now_sec, &err);
    ck_assert_msg(rc == 0, "%s\n%s", err.msg, a.s);
    ck_assert_int_eq(now_sec, 1000);
    snapshot_write(second, 1000, &b);
    ck_assert_str_eq(a.s, b.s);
    ck_assert(str_starts(a.s, "{\"gantrySnapshot\":1,\"now\":1000}\n"
                              "{\"config\":{\"priority_weight_age\":0,"));
    ck_assert_ptr_nonnull(strstr(a.s, "\"capacity\":{\"cpu\":8000,\"memory\":"));
    sched_free(first);
    sched_free(second);
}
END_TEST

/* ---- what is no snapshot ---- */

#define HEAD "{\"gantrySnapshot\":1,\"now\":5}\n"

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "s:1: "},
    {"{}", "s:1: no snapshot: it begins with {\"gantrySnapshot\": 1, ...}"},
    {"{\"gantrySnapshot\":2,\"now\":5}", "s:1: no snapshot: it begins with"},
    {"{\"gantrySnapshot\":1}", "s:1: now: expected seconds since the epoch"},
    {HEAD "x", "s:2: "},
    {HEAD "\n{\"node\":{}}", "s:3: node: name: is missing"},
    {HEAD "{\"nod\":{}}", "s:2: no kind of change that is known"},
    {HEAD "{\"node\":[]}", "s:2: node: expected an object, got array"},
    {HEAD "{\"node\":{\"name\":5}}", "s:2: node: name: expected a string, got integer"},
    {HEAD "{\"node\":{\"names\":\"n\"}}", "s:2: node: names: a node has no such key"},
    {HEAD "{\"node\":{\"name\":\"n\",\"capacity\":{\"x/gpu\":1}}}",
     "s:2: node: capacity: no resource has the name \"x/gpu\""},
    {HEAD "{\"node\":{\"name\":\"n\",\"capacity\":{\"cpu\":-1}}}",
     "s:2: node: capacity: cpu: expected a whole number from 0 on"},
    {HEAD "{\"node\":{\"name\":\"n\",\"labels\":[{\"key\":\"k\"}]}}",
     "s:2: node: labels: [0]: value: is missing"},
    {HEAD "{\"partition\":{\"name\":\"p\",\"state\":9}}",
     "s:2: partition: state: expected a number from 0 to 3"},
    {HEAD "{\"resources\":[\"memory\"]}", "s:2: resources: name 0 cannot be"},
};

START_TEST(test_bad)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    struct err err = ERR_INIT;
    int64_t now_sec = 7;
    int rc = snapshot_read(bad[_i].text, strlen(bad[_i].text), "s", apply, s, &now_sec,
                           &err);
    ck_assert_int_eq(rc, -1);
    ck_assert_msg(str_starts(err.msg, bad[_i].message), "%s", err.msg);
    ck_assert_int_eq(now_sec, bad[_i].text == strstr(bad[_i].text, HEAD) ? 5 : 7);
    sched_free(s);
}
END_TEST

/* What the fuzzer begins with is of the form that there is now: a text that is refused
 * in its first lines reaches nothing behind them. */
static const char *const corpus[] = {"live", "policy", "bounds"};

START_TEST(test_corpus)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    struct err err = ERR_INIT;
    int64_t now_sec = 0;
    AUTO_FREE char *path = xasprintf("tests/fuzz/corpus/snapshot/%s", corpus[_i]);
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_BYTES_MAX);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    int rc = snapshot_read(text.s, text.len, path, apply, s, &now_sec, &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    sched_free(s);
}
END_TEST

int main(void)
{
    return suite_main("crds/snapshot",
                      (struct suite_row[]){{test_members, ARRAY_LEN(structs)},
                                           {test_again, 1},
                                           {test_bad, ARRAY_LEN(bad)},
                                           {test_corpus, ARRAY_LEN(corpus)},
                                           {NULL, 0}});
}
