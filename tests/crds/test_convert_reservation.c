/* Reservations as the scheduler sees them, and what is refused. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "crds/convert.h"
#include "tests/support/suite.h"

#define TEXT_MAX 1024
/* When all of them were made: 2026-11-24T19:00:00Z. */
#define MADE "metadata: {name: r, creationTimestamp: '2026-11-24T19:00:00Z'}, "
#define MADE_SEC INT64_C(1795546800)

/* What is read, with times since it was made; or the error. */
static const struct {
    const char *name, *object, *text;
} cases[] = {
    {"named nodes, from now on", "spec: {duration: '60', nodes: 'n[2,1]'}",
     "0+3600 n1 n2"},
    {"until", "spec: {startTime: now+60, endTime: '2026-11-24T20:00:00Z', nodes: n1}",
     "60+3540 n1"},
    {"for ever", "spec: {duration: UNLIMITED, nodes: n1}", "0+ever n1"},
    {"a number", "spec: {duration: '60', nodeCount: 3, partition: p}",
     "0+3600 count=3 part=p"},
    {"amounts",
     "spec: {duration: '60', tres: {cpu: 6, mem: 2G, node: 2, gres/gpu: '8'}}",
     "0+3600 count=2 cpu=6000 mem=2147483648 gpu=8"},
    {"GPUs of types",
     "spec: {duration: '60', tres: {'gres/gpu:h100': '8', 'gres/gpu:a100': 4, "
     "'gres/gpu:v100': 0}}",
     "0+3600 gpus=a100:4 gpus=h100:8"},
    {"too many types",
     "spec: {duration: '60', tres: {'gres/gpu:a': 1, 'gres/gpu:b': 1, 'gres/gpu:c': 1, "
     "'gres/gpu:d': 1, 'gres/gpu:e': 1, 'gres/gpu:f': 1, 'gres/gpu:g': 1, "
     "'gres/gpu:h': 1, 'gres/gpu:i': 1}}",
     "spec.tres.gres/gpu:i: at most 8 types of GPUs"},
    {"a type without a name", "spec: {duration: '60', tres: {'gres/gpu:': 1}}",
     "spec.tres.gres/gpu:: no such TRES: right are cpu, mem, node, gres/gpu and "
     "gres/gpu:TYPE"},
    {"all", "spec: {duration: '60', nodes: all, partition: p}", "0+3600 all part=p"},
    {"a partition", "spec: {duration: '60', partition: p}", "0+3600 all part=p"},
    {"features", "spec: {duration: '60', nodeCount: 1, features: 'a|b'}",
     "0+3600 count=1 any=2"},
    {"what was chosen",
     "spec: {duration: '60', nodeCount: 2}, status: {nodes: 'n[3-4]'}",
     "0+3600 count=2 chosen=n3 chosen=n4"},
    {"amounts of named nodes, and what was chosen of them and of others",
     "spec: {duration: '60', nodes: 'n[3-4]', tres: {cpu: 6}}, status: {nodes: "
     "'n[2-3]'}",
     "0+3600 n3 n4 count=2 cpu=6000 chosen=n3"},
    {"amounts of named nodes, one of them twice",
     "spec: {duration: '60', nodes: 'n3,n3', tres: {cpu: 6}}",
     "0+3600 n3 count=1 cpu=6000"},
    {"amounts of all nodes", "spec: {duration: '60', nodes: ALL, tres: {cpu: 6}}",
     "spec.tres: not with nodes: ALL; name them, or say how much of the partition"},
    {"a number of named nodes", "spec: {duration: '60', nodes: n3, nodeCount: 1}",
     "spec.nodeCount: a reservation has this or spec.nodes"},
    {"flags",
     "spec: {duration: '60', nodes: n1, flags: [MAINT, DAILY, IGNORE_JOBS, "
     "SPEC_NODES]}",
     "0+3600 n1 repeat=2 maint ignore"},
    {"a partition follows its nodes",
     "spec: {duration: '60', nodes: ALL, partition: p, flags: [PART_NODES]}",
     "0+3600 all part=p"},
    {"PART_NODES of named nodes",
     "spec: {duration: '60', nodes: n1, partition: p, flags: [PART_NODES]}",
     "spec.flags: PART_NODES is for nodes: ALL of a partition"},
    {"PART_NODES of all", "spec: {duration: '60', nodes: ALL, flags: [PART_NODES]}",
     "spec.flags: PART_NODES is for nodes: ALL of a partition"},
    {"REPLACE of named nodes", "spec: {duration: '60', nodes: n1, flags: [REPLACE]}",
     "spec.flags: REPLACE is for nodes that are chosen: by nodeCount or tres"},
    {"REPLACE_DOWN of all", "spec: {duration: '60', nodes: ALL, flags: [REPLACE_DOWN]}",
     "spec.flags: REPLACE_DOWN is for nodes that are chosen: by nodeCount or tres"},
    {"lists",
     "spec: {duration: '60', nodes: n1, users: [bob, ann, -eve], accounts: [-x], "
     "qos: [high]}",
     "0+3600 n1 users ann bob -eve accounts -x qos high"},
    {"licences", "spec: {duration: '60', nodes: n1, licenses: 'b,a:2'}",
     "0+3600 n1 lic=a:2 lic=b:1"},
    {"licences alone",
     "spec: {duration: '60', licenses: matlab:2, flags: [LICENSE_ONLY]}",
     "0+3600 lic=matlab:2 anynodes"},
    {"licences that are none", "spec: {duration: '60', nodes: n1, licenses: 'a:'}",
     "spec.licenses: "},
    {"time alone", "spec: {duration: '60', flags: [ANY_NODES]}", "0+3600 anynodes"},
    {"it floats, for ever",
     "spec: {startTime: now+60, duration: '5', nodes: n1, flags: [TIME_FLOAT]}",
     "60+ever n1 float=60"},
    {"it floats up to its end",
     "spec: {startTime: '2026-11-24T19:30:00Z', endTime: '2026-11-24T20:00:00Z', "
     "nodes: n1, flags: [MAINT, TIME_FLOAT]}",
     "1800+1800 n1 maint float=1800"},
    {"it floats from now on",
     "spec: {startTime: '2026-11-24T17:30:00Z', duration: '60', nodes: n1, flags: "
     "[TIME_FLOAT]}",
     "0+ever n1 float=0"},
    {"it floats and comes again",
     "spec: {duration: '60', nodes: n1, flags: [TIME_FLOAT, DAILY]}",
     "spec.flags: Repeating floating reservations are not supported: TIME_FLOAT is for "
     "one that does not come again"},
    {"it floats and may go",
     "spec: {duration: '60', nodes: n1, flags: [TIME_FLOAT], purgeComp: '5'}",
     "spec.purgeComp: no job runs in a reservation with TIME_FLOAT"},
    {"its users may delete it",
     "spec: {duration: '60', nodes: n1, groups: [a], flags: [USER_DELETE]}",
     "0+3600 n1 groups a"},
    {"whoever is not refused may not",
     "spec: {duration: '60', nodes: n1, users: [-eve], flags: [USER_DELETE]}",
     "spec.flags: USER_DELETE is for users or groups that are named: of accounts and "
     "others the server cannot tell whose they are"},
    {"nor may those of accounts",
     "spec: {duration: '60', nodes: n1, accounts: [a], flags: [USER_DELETE]}",
     "spec.flags: USER_DELETE is for users or groups that are named: of accounts and "
     "others the server cannot tell whose they are"},

    {"no end", "spec: {nodes: n1}",
     "spec.endTime: a reservation has this or spec.duration"},
    {"two ends", "spec: {nodes: n1, duration: '1', endTime: now+60}",
     "spec.endTime: a reservation has this or spec.duration"},
    {"the wrong way round",
     "spec: {nodes: n1, startTime: now+60, endTime: '2026-11-24T19:00:30Z'}",
     "spec.endTime: must be behind spec.startTime"},
    {"in the past",
     "spec: {nodes: n1, startTime: '2026-11-24T10:00:00Z', duration: '60'}",
     "spec.startTime: the reservation was over when it was made"},
    {"in the past, but it comes again",
     "spec: {nodes: n1, startTime: '2026-11-24T10:00:00Z', duration: '60', flags: "
     "[DAILY]}",
     "-32400+3600 n1 repeat=2"},
    {"a negative duration", "spec: {nodes: n1, duration: '-5'}", "spec.duration: "},
    {"no nodes", "spec: {duration: '60'}",
     "spec.nodes: a reservation has this, spec.nodeCount, spec.tres or "
     "spec.partition; one of licences alone has the flag LICENSE_ONLY"},
    {"each hour for two hours", "spec: {duration: '120', nodes: n1, flags: [HOURLY]}",
     "spec.duration: longer than the 01:00:00 after which it comes again"},
    {"a whole day each day", "spec: {duration: '1-0', nodes: n1, flags: [DAILY]}",
     "0+86400 n1 repeat=2"},
    {"more than a day, two days a week",
     "spec: {startTime: now, endTime: now+2days, nodes: n1, flags: [WEEKEND]}",
     "spec.duration: longer than the 1-00:00:00 after which it comes again"},
    {"for ever, each week", "spec: {duration: UNLIMITED, nodes: n1, flags: [WEEKLY]}",
     "spec.duration: longer than the 7-00:00:00 after which it comes again"},
    {"a flag", "spec: {duration: '60', nodes: n1, flags: [MAINTENANCE]}",
     "spec.flags[0]: \"MAINTENANCE\" is no flag of a reservation, or not supported"},
    {"two ways to come again",
     "spec: {duration: '60', nodes: n1, flags: [DAILY, WEEKLY]}",
     "spec.flags[1]: it comes again in one way only"},
    {"no such amount", "spec: {duration: '60', tres: {disk: 6}}",
     "spec.tres.disk: no such TRES: right are cpu, mem, node, gres/gpu and "
     "gres/gpu:TYPE"},
    {"a bad list", "spec: {duration: '60', nodes: n1, users: ['-']}",
     "spec.users[0]: expected a name"},
    {"bad nodes", "spec: {duration: '60', nodes: 'n[1'}", "spec.nodes: "},
    {"groups", "spec: {duration: '60', nodes: n1, groups: [staff, -guests]}",
     "0+3600 n1 groups staff -guests"},
    {"partitions", "spec: {duration: '60', nodes: n1, allowedPartitions: [gpu, -cpu]}",
     "0+3600 n1 parts gpu -cpu"},
    {"groups and users", "spec: {duration: '60', nodes: n1, groups: [a], users: [b]}",
     "spec.groups and users exclude each other"},
    {"may go", "spec: {duration: '60', nodes: n1, purgeComp: '5'}",
     "0+3600 n1 purge=300"},
    {"may go, but comes again",
     "spec: {duration: '60', nodes: n1, purgeComp: '5', flags: [DAILY]}",
     "spec.purgeComp: not of a reservation that comes again"},
    {"for nobody", "spec: {duration: '60', nodes: n1, users: []}",
     "spec.users: a reservation is for users or groups, accounts, QOS or partitions: "
     "it "
     "has one of these lists"},
};

static void say_names(struct str *out, const char *before, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(out, "%s%s", before, names[i]);
}

static void say_list(struct str *out, const char *what, const struct resv_list *list)
{
    if (list->n_allow + list->n_deny > 0)
        str_addf(out, " %s", what);
    say_names(out, " ", list->allow, list->n_allow);
    say_names(out, " -", list->deny, list->n_deny);
}

static void say_number(struct str *out, const char *what, int64_t value)
{
    if (value != 0)
        str_addf(out, " %s=%" PRId64, what, value);
}

static void describe(const struct reservation *r, struct str *out)
{
    str_addf(out, "%" PRId64 "+", r->start_sec - MADE_SEC);
    if (r->end_sec > MADE_SEC * 100)
        str_add(out, "ever");
    else
        str_addf(out, "%" PRId64, r->end_sec - r->start_sec);
    str_add(out, r->all_nodes ? " all" : "");
    say_names(out, " ", r->node_names, r->n_node_names);
    say_number(out, "count", r->node_count);
    say_number(out, "cpu", r->want.v[RES_CPU]);
    say_number(out, "mem", r->want.v[RES_MEM]);
    say_number(out, "gpu", r->want.v[RES_FIXED]);
    if (r->partition)
        str_addf(out, " part=%s", r->partition);
    say_number(out, "any", (int64_t)r->n_node_any);
    say_names(out, " chosen=", r->chosen, r->n_chosen);
    for (size_t i = 0; i < r->n_licenses; i++)
        str_addf(out, " lic=%s:%" PRId64, r->licenses[i].name, r->licenses[i].count);
    for (size_t i = 0; i < r->n_gpus; i++)
        str_addf(out, " gpus=%s:%" PRId64, r->gpus[i].name, r->gpus[i].count);
    say_number(out, "repeat", r->repeat);
    str_add(out, r->maint ? " maint" : "");
    str_add(out, r->ignore_jobs ? " ignore" : "");
    str_add(out, r->any_nodes ? " anynodes" : "");
    if (r->purge_sec != LIMIT_UNSET)
        say_number(out, "purge", r->purge_sec);
    if (r->float_sec != LIMIT_UNSET)
        str_addf(out, " float=%" PRId64, r->float_sec);
    say_list(out, "users", &r->users);
    say_list(out, "accounts", &r->accounts);
    say_list(out, "qos", &r->qos);
    say_list(out, "groups", &r->groups);
    say_list(out, "parts", &r->parts);
}

/* Who has no list is for ann, which is not told. */
static bool add_user(struct json *spec)
{
    static const char *const lists[] = {"users", "accounts", "qos", "groups",
                                        "allowedPartitions"};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (json_get(spec, lists[i]))
            return false;
    json_set(spec, "users", json_build("['ann']"));
    return true;
}

START_TEST(test_cases)
{
    struct restable resources;
    const struct convert c = {.resources = &resources, .gpu_resource = "x/gpu"};
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    AUTO_FREE char *yaml = xasprintf("{" MADE "%s}", cases[_i].object);
    JSON_AUTO struct json *object =
        yaml_parse_one(yaml, strlen(yaml), cases[_i].name, &err);
    struct reservation *r;

    ck_assert_msg(object != NULL, "%s: %s", cases[_i].name, err.msg);
    restable_init(&resources);
    str_init(&out, TEXT_MAX);
    bool added = add_user(json_get(object, "spec"));
    r = convert_reservation(&c, object, &err);
    if (r && added)
        names_free(r->users.allow, r->users.n_allow), r->users = (struct resv_list){0};
    if (r)
        describe(r, &out);
    else
        str_add(&out, err.msg);
    reservation_free(r);
    ck_assert_msg(str_ends(cases[_i].text, ": ") ? str_starts(out.s, cases[_i].text)
                                                 : strcmp(out.s, cases[_i].text) == 0,
                  "%s: got\n%s\nwant\n%s", cases[_i].name, out.s, cases[_i].text);
}
END_TEST

/* Of its zone it has what may come, where it comes again. */
START_TEST(test_zone)
{
    static const char *const flags[] = {"", ", flags: [DAILY]"};
    static struct zone_shift shifts[] = {
        {0, 60}, {MADE_SEC - 10, 120}, {MADE_SEC + 10, 180}, {MADE_SEC * 2, 240}};
    const struct zone zone = {shifts, ARRAY_LEN(shifts)};
    struct restable resources;
    const struct convert c = {
        .resources = &resources, .gpu_resource = "x/gpu", .zone = &zone};

    restable_init(&resources);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        AUTO_FREE char *yaml = xasprintf(
            "{" MADE "spec: {duration: '60', nodes: n1, users: [a]%s}}", flags[i]);
        JSON_AUTO struct json *object = yaml_parse_one(yaml, strlen(yaml), "r", NULL);
        struct reservation *r = convert_reservation(&c, object, NULL);

        ck_assert_ptr_nonnull(r);
        ck_assert_uint_eq(r->n_shifts, i == 0 ? 0 : 2);
        ck_assert(i == 0 || (r->shifts[0].offset_sec == 120 &&
                             r->shifts[1].from_sec == MADE_SEC + 10));
        reservation_free(r);
    }
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_reservation",
                      (struct suite_row[]){
                          {test_cases, ARRAY_LEN(cases)}, {test_zone, 1}, {NULL, 0}});
}
