#include "crds/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define FILE_NAME "gantry.yaml"

static int parse(struct settings *s, const char *text, struct err *err)
{
    return settings_parse(s, text, strlen(text), FILE_NAME, err);
}

/* ---- what is read ---- */

START_TEST(test_defaults)
{
    struct settings s;
    settings_default(&s);
    ck_assert_int_eq(s.sched.priority_weight_age, 1000);
    ck_assert_int_eq(s.sched.priority_weight_partition, 1000);
    ck_assert_int_eq(s.sched.priority_max_age_sec, 7 * 86400);
    ck_assert_int_eq(s.sched.priority_weight_qos, 1000);
    ck_assert_int_eq(s.sched.priority_weight_job_size, 0);
    ck_assert(!s.sched.priority_favor_small);
    ck_assert_int_eq(s.max_array_size, 1001);
    ck_assert_str_eq(s.gpu_resource, "nvidia.com/gpu");
    ck_assert_str_eq(s.gpu_type_label, "gantry.dev/gpu-type");
    ck_assert_str_eq(s.namespace_, "gantry-system");
    ck_assert_str_eq(s.script_image, "debian:stable-slim");
    ck_assert_str_eq(s.launch_image, "");
}
END_TEST

START_TEST(test_all_keys)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    int rc = parse(&s,
                   "# a site's own\n"
                   "priorityWeightAge: 5\n"
                   "priorityWeightPartition: 4294967295\n"
                   "priorityMaxAge: 1-12\n"
                   "priorityWeightQOS: 6\n"
                   "priorityWeightJobSize: 7\n"
                   "priorityWeightFairshare: 8\n"
                   "priorityWeightAssoc: 9\n"
                   "priorityWeightTRES: CPU=1000,Mem=-20, GRES/gpu:h100=3\n"
                   "overTimeLimit: 30\n"
                   "resvOverRun: 10\n"
                   "priorityDecayHalfLife: 14-0\n"
                   "priorityCalcPeriod: 10\n"
                   "accountingStorageEnforce: limits, safe\n"
                   "priorityFlags: MAX_TRES, MAX_TRES_GRES\n"
                   "fairShareDampeningFactor: 3\n"
                   "priorityUsageResetPeriod: QUARTERLY\n"
                   "priorityFavorSmall: YES\n"
                   "licenses: matlab:10,ansys\n"
                   "topologyPlugin: topology/block\n"
                   "schedulerParameters: {maxSwitchWait: 7}\n"
                   "topologyLabels: zone, example.com/leaf\n"
                   "blockSizes: 18, 36\n"
                   "maxArraySize: 10001\n"
                   "timeZone: Europe/Berlin\n"
                   "gpuResource: amd.com/gpu\n"
                   "gpuTypeLabel: example.com/gpu\n"
                   "controllerNamespace: jobs\n"
                   "scriptImage: site/scripts:3\n"
                   "launchImage: gantry:1\n",
                   &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert_str_eq(s.time_zone, "Europe/Berlin");
    ck_assert_int_eq(s.sched.priority_weight_age, 5);
    ck_assert_int_eq(s.sched.priority_weight_partition, 4294967295);
    ck_assert_int_eq(s.sched.priority_max_age_sec, 36 * 3600);
    ck_assert_int_eq(s.sched.priority_weight_qos, 6);
    ck_assert_int_eq(s.sched.priority_weight_job_size, 7);
    ck_assert_int_eq(s.sched.priority_weight_fairshare, 8);
    ck_assert_int_eq(s.sched.priority_weight_assoc, 9);
    ck_assert_uint_eq(s.sched.priority_weight_tres.n, 3);
    ck_assert_int_eq(s.sched.priority_weight_tres.items[1].of, TRES_MEM);
    ck_assert_int_eq(s.sched.priority_weight_tres.items[1].weight, -20);
    ck_assert_str_eq(s.sched.priority_weight_tres.items[2].type, "h100");
    ck_assert_int_eq(s.sched.over_time_sec, 1800);
    ck_assert_int_eq(s.sched.resv_over_run_sec, 600);
    ck_assert_int_eq(s.sched.decay_half_life_sec, 14 * 86400);
    ck_assert_int_eq(s.sched.calc_period_sec, 600);
    ck_assert(s.sched.limits_safe);
    ck_assert_int_eq(s.sched.priority_flags,
                     PRIORITY_MAX_TRES | PRIORITY_MAX_TRES_GRES);
    ck_assert_int_eq(s.sched.fair_share_damping, 3);
    ck_assert_int_eq(s.sched.usage_reset, USAGE_RESET_QUARTERLY);
    ck_assert(s.sched.priority_favor_small);
    ck_assert_int_eq(s.sched.topology_kind, TOPOLOGY_BLOCK);
    ck_assert_int_eq(s.sched.max_switch_wait_sec, 7);
    ck_assert_uint_eq(s.sched.topology_labels.n, 2);
    ck_assert_uint_eq(s.sched.block_sizes.n, 2);
    ck_assert_int_eq(s.sched.block_sizes.size[1], 36);
    ck_assert_str_eq(s.sched.topology_labels.key[1], "example.com/leaf");
    ck_assert_uint_eq(s.sched.licenses.n, 2);
    ck_assert_str_eq(s.sched.licenses.items[1].name, "matlab");
    ck_assert_int_eq(s.sched.licenses.items[1].total, 10);
    ck_assert_int_eq(s.max_array_size, 10001);
    ck_assert_str_eq(s.gpu_resource, "amd.com/gpu");
    ck_assert_str_eq(s.gpu_type_label, "example.com/gpu");
    ck_assert_str_eq(s.namespace_, "jobs");
    ck_assert_str_eq(s.script_image, "site/scripts:3");
    ck_assert_str_eq(s.launch_image, "gantry:1");
}
END_TEST

/* What a file does not name stays. */
static const struct {
    const char *text;
    int64_t weight_age, max_age_sec;
} partial[] = {
    {"", 1000, 604800},
    {"# nothing but a comment\n", 1000, 604800},
    {"{}", 1000, 604800},
    {"priorityWeightAge: 0", 0, 604800},
    {"priorityMaxAge: 36h", 1000, 36 * 3600},
    {"priorityMaxAge: 90", 1000, 90 * 60},
    {"priorityMaxAge: '2:30'", 1000, 150},
    {"priorityMaxAge: UNLIMITED", 1000, INT64_MAX},
};

START_TEST(test_partial)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    ck_assert_msg(parse(&s, partial[_i].text, &err) == 0, "%s: %s", partial[_i].text,
                  err.msg);
    ck_assert_int_eq(s.sched.priority_weight_age, partial[_i].weight_age);
    ck_assert_int_eq(s.sched.priority_max_age_sec, partial[_i].max_age_sec);
}
END_TEST

static const struct {
    const char *text;
    bool small;
} words[] = {{"priorityFavorSmall: true", true},
             {"priorityFavorSmall: false", false},
             {"priorityFavorSmall: yes", true},
             {"priorityFavorSmall: NO", false},
             {"priorityFavorSmall: 'Yes'", true}};

START_TEST(test_words)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    s.sched.priority_favor_small = !words[_i].small;
    ck_assert_msg(parse(&s, words[_i].text, &err) == 0, "%s", err.msg);
    ck_assert_int_eq(s.sched.priority_favor_small, words[_i].small);
}
END_TEST

static const struct {
    const char *text;
    enum backfill_order order;
} orders[] = {{"schedulerParameters: {backfillOrder: queue}", BACKFILL_QUEUE},
              {"schedulerParameters: {backfillOrder: limit}", BACKFILL_LIMIT},
              {"schedulerParameters: {backfillOrder: area}", BACKFILL_AREA}};

START_TEST(test_orders)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    s.sched.backfill_order = orders[(_i + 1) % (int)ARRAY_LEN(orders)].order;
    ck_assert_msg(parse(&s, orders[_i].text, &err) == 0, "%s", err.msg);
    ck_assert_int_eq(s.sched.backfill_order, orders[_i].order);
}
END_TEST

static const struct {
    const char *text;
    enum preempt_type type;
    int64_t mode, exempt_sec;
    bool youngest;
    int64_t delay_sec, exempt_priority;
} preempting[] = {
    {"", PREEMPT_BY_NOBODY, PREEMPT_OFF, 0, false, 120, INT64_MAX},
    {"preemptMode: OFF", PREEMPT_BY_NOBODY, PREEMPT_OFF, 0, false, 120, INT64_MAX},
    {"{preemptType: qos, preemptMode: REQUEUE}", PREEMPT_BY_QOS, PREEMPT_REQUEUE, 0,
     false, 120, INT64_MAX},
    {"{preemptType: qos, preemptMode: CANCEL, preemptExemptTime: -1}", PREEMPT_BY_QOS,
     PREEMPT_CANCEL, 0, false, 120, INT64_MAX},
    {"{preemptType: preempt/partition_prio, preemptMode: 'CANCEL,PRIORITY', "
     "preemptExemptTime: 10, preemptParameters: {youngestFirst: true, "
     "minExemptPriority: 5000, reclaimLicenses: yes, sendUserSignal: yes}, "
     "schedulerParameters: {requeueDelay: 30}}",
     PREEMPT_BY_PARTITION, PREEMPT_CANCEL | PREEMPT_PRIORITY, 600, true, 30, 5000},
};

START_TEST(test_preempting)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    ck_assert_msg(parse(&s, preempting[_i].text, &err) == 0, "%s", err.msg);
    ck_assert_int_eq(s.sched.preempt_type, preempting[_i].type);
    ck_assert_int_eq(s.sched.preempt_mode, preempting[_i].mode);
    ck_assert_int_eq(s.sched.preempt_exempt_sec, preempting[_i].exempt_sec);
    ck_assert_int_eq(s.sched.preempt_youngest_first, preempting[_i].youngest);
    ck_assert_int_eq(s.sched.requeue_delay_sec, preempting[_i].delay_sec);
    ck_assert(s.sched.preempt_reclaim_licenses == preempting[_i].youngest);
    ck_assert(s.send_user_signal == preempting[_i].youngest);
    ck_assert_int_eq(s.sched.preempt_min_exempt_priority,
                     preempting[_i].exempt_priority);
}
END_TEST

/* ---- what is refused, whole ---- */

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
    const char *text, *message;
} bad[] = {
    {"priorityWeightAge: 1\npriorityWeigthPartition: 2\n",
     "gantry.yaml:2: unknown key \"priorityWeigthPartition\"; did you mean "
     "\"priorityWeightPartition\"?"},
    {"frobnicate: 2\n", "gantry.yaml:1: unknown key \"frobnicate\""},
    {"SchedulerParamters:\n  bfWindow: 3\n",
     "gantry.yaml:1: unknown key \"SchedulerParamters\"; did you mean "
     "\"schedulerParameters\"?"},
    {"PriorityWeightAge: 2\n",
     "gantry.yaml:1: unknown key \"PriorityWeightAge\"; did you mean "
     "\"priorityWeightAge\"?"},
    {"\n\npriorityWeightAge: often\n",
     "gantry.yaml:3: priorityWeightAge: must be a whole number"},
    {"priorityWeightAge: 1.5\n",
     "gantry.yaml:1: priorityWeightAge: must be a whole number"},
    {"priorityWeightAge:\n",
     "gantry.yaml:1: priorityWeightAge: must be a whole number"},
    {"priorityFlags: MAX_TRES,MAX_TREES\n",
     "gantry.yaml:1: priorityFlags: \"MAX_TREES\" is none of MAX_TRES"},
    {"priorityWeightTRES: 5\n", "gantry.yaml:1: priorityWeightTRES: must be a text"},
    {"priorityWeightTRES: cpu\n",
     "gantry.yaml:1: priorityWeightTRES: \"cpu\": right is cpu=1000"},
    {"priorityWeightTRES: cpu=1x\n",
     "gantry.yaml:1: priorityWeightTRES: cpu: \"1x\" is no whole number"},
    {"priorityWeightTRES: mem=99999999999\n",
     "gantry.yaml:1: priorityWeightTRES: mem: \"99999999999\" is no whole number"},
    {"priorityWeightTRES: gpu=1\n",
     "gantry.yaml:1: priorityWeightTRES: \"gpu\" is no such TRES: right are cpu, mem"},
    {"priorityWeightTRES: billing=1\n",
     "gantry.yaml:1: priorityWeightTRES: \"billing\" is no such TRES"},
    {"priorityWeightTRES: gres/gpu:=1\n",
     "gantry.yaml:1: priorityWeightTRES: \"gres/gpu:\" is no such TRES"},
    {"priorityWeightTRES: gres/fpga=1\n",
     "gantry.yaml:1: priorityWeightTRES: \"gres/fpga\" is no such TRES: right are cpu, "
     "mem, node, gres/gpu, gres/gpu:TYPE and gres/DOMAIN/NAME"},
    {"priorityWeightTRES: gres/x.org/fpga=1,gres/x.org/fpga=2\n",
     "gantry.yaml:1: priorityWeightTRES: gres/x.org/fpga stands there twice"},
    {"priorityWeightTRES: license/a=1\n",
     "gantry.yaml:1: priorityWeightTRES: \"license/a\" is no such TRES"},
    {"priorityWeightTRES: cpu=1,CPU=2\n",
     "gantry.yaml:1: priorityWeightTRES: cpu stands there twice"},
    {"\nlicenses: matlab:0\n", "gantry.yaml:2: licenses: behind a name and \":\""},
    {"licenses: [matlab]\n", "gantry.yaml:1: licenses: must be a text"},
    {"topologyPlugin: torus\n",
     "gantry.yaml:1: topologyPlugin: must be flat, tree or block"},
    {"topologyPlugin: flat\ntopologyLabels: a,a\n",
     "gantry.yaml:2: topologyLabels: a stands twice"},
    {"topologyLabels: [a]\n", "gantry.yaml:1: topologyLabels: must be a text"},
    {"blockSizes: [18]\n", "gantry.yaml:1: blockSizes: must be a text, such as 18,36"},
    {"blockSizes: 18,\n", "gantry.yaml:1: blockSizes: \"\" is no size of blocks"},
    {"blockSizes: 0\n", "gantry.yaml:1: blockSizes: \"0\" is no size of blocks"},
    {"\nblockSizes: 18,54\n",
     "gantry.yaml:2: blockSizes: 54 is not 2, 4, 8, ... times the 18 before it"},
    {"blockSizes: 1,2,4,8,16\n", "gantry.yaml:1: blockSizes: more than 4 sizes"},
    {"accountingStorageEnforce: limits,nosteps\n",
     "gantry.yaml:1: accountingStorageEnforce: \"nosteps\" is none of associations"},
    {"accountingStorageEnforce: true\n",
     "gantry.yaml:1: accountingStorageEnforce: \"?\" is none of associations"},
    {"priorityFlags: [MAX_TRES]\n", "gantry.yaml:1: priorityFlags: \"?\" is none of"},
    {"priorityWeightAge: -1\n",
     "gantry.yaml:1: priorityWeightAge: -1 is out of range; right is 0 to 4294967295"},
    {"priorityWeightAge: 4294967296\n",
     "gantry.yaml:1: priorityWeightAge: 4294967296 is out of range; right is 0 to "
     "4294967295"},
    {"schedulerParameters: {requeueDelay: 1d}\n",
     "gantry.yaml:1: schedulerParameters.requeueDelay: must be a whole number"},
    {"schedulerParameters: bf_window=4320\n",
     "gantry.yaml:1: schedulerParameters: must be a mapping of keys to values"},
    {"schedulerParameters:\n  bfWindow: UNLIMITED\n",
     "gantry.yaml:2: schedulerParameters.bfWindow: UNLIMITED is out of range; right is "
     "00:01:00 to 1095-00:00:00"},
    {"priorityMaxAge: 0\n",
     "gantry.yaml:1: priorityMaxAge: 0 is out of range; right is 00:00:01 or more"},
    {"priorityMaxAge: [1]\n",
     "gantry.yaml:1: priorityMaxAge: must be a duration, such as 7-0 or 36h"},
    {"priorityMaxAge: soon\n", "gantry.yaml:1: priorityMaxAge: "},
    {"priorityFavorSmall: 1\n",
     "gantry.yaml:1: priorityFavorSmall: must be true or false"},
    {"priorityFavorSmall: often\n",
     "gantry.yaml:1: priorityFavorSmall: must be true or false"},
    {"schedulerParameters:\n  backfillOrder: aera\n",
     "gantry.yaml:2: schedulerParameters.backfillOrder: must be queue, limit or area; "
     "did you mean \"area\"?"},
    {"schedulerParameters: {backfillOrder: AREA}\n",
     "gantry.yaml:1: schedulerParameters.backfillOrder: must be queue, limit or area"},
    {"schedulerParameters: {backfillOrder: 2}\n",
     "gantry.yaml:1: schedulerParameters.backfillOrder: must be queue, limit or area"},
    {"schedulerParameters: {backfilOrder: area}\n",
     "gantry.yaml:1: unknown key \"schedulerParameters.backfilOrder\"; did you mean "
     "\"schedulerParameters.backfillOrder\"?"},
    {"priorityWeightAge: 1\npreemptType: qos\n",
     "gantry.yaml:2: preemptType needs a preemptMode: REQUEUE or CANCEL"},
    {"priorityWeightAge: 1\npreemptMode: REQUEUE\n",
     "gantry.yaml:2: preemptMode needs a preemptType: qos or partition_prio"},
    {"preemptMode: 'CANCEL,WITHIN'\npreemptType: partition_prio\n",
     "gantry.yaml:1: preemptMode: WITHIN is within a QOS; it needs preemptType: qos"},
    {"topologyPlugin: tree\nblockSizes: '2,4'\n",
     "gantry.yaml:2: blockSizes needs topologyPlugin: block"},
    {"blockSizes: 2\n", "gantry.yaml:1: blockSizes needs topologyPlugin: block"},
    {"schedulerParameters:\n  bfWindow: 1-0\nschedulerParameters.bfWindow: 2-0\n",
     "gantry.yaml:3: schedulerParameters.bfWindow stands twice"},
    {"schedulerParameters.bfWindow: 2-0\nschedulerParameters:\n  maxSwitchWait: 7\n"
     "  bfWindow: 1-0\n",
     "gantry.yaml:4: schedulerParameters.bfWindow stands twice"},
    {"schedulerParameters.bfWindow: soon\nschedulerParameters: {bfWindow: 1-0}\n",
     "gantry.yaml:1: schedulerParameters.bfWindow: "},
    {"schedulerParameters: {preemptMode: OFF}\n",
     "gantry.yaml:1: unknown key \"schedulerParameters.preemptMode\"; did you mean "
     "\"preemptMode\"?"},
    {"bfWindow: 1-0\n", "gantry.yaml:1: unknown key \"bfWindow\"; did you mean "
                        "\"schedulerParameters.bfWindow\"?"},
    {"preemptType: gang\n",
     "gantry.yaml:1: preemptType: must be none, qos or partition_prio"},
    {"preemptMode: SUSPEND\n",
     "gantry.yaml:1: preemptMode: SUSPEND is not supported: a suspended job keeps its "
     "GPUs; right are REQUEUE and CANCEL"},
    {"preemptParameters: {reorderCount: 1}\n",
     "gantry.yaml:1: preemptParameters.reorderCount: is not supported: as few jobs as "
     "will do are preempted, without further tries"},
    {"preemptParameters:\n  strictOrder: true\n",
     "gantry.yaml:2: preemptParameters.strictOrder: is not supported: as few jobs as "
     "will do are preempted, in whatever order they are looked at"},
    {"preemptParameters: {minExemptPriority: -1}\n",
     "gantry.yaml:1: preemptParameters.minExemptPriority: -1 is out of range; right is "
     "0 or more"},
    {"maxArraySize: 7\ntimeZone: Europe/Berln\n",
     "gantry.yaml:2: timeZone: \"Europe/Berln\" is no time zone that this machine "
     "knows: "
     "right is one such as Europe/Berlin (package tzdata)"},
    {"timeZone: ../passwd\n", "gantry.yaml:1: timeZone: \"../passwd\" is no time zone"},
    {"gpuResource: 7\n",
     "gantry.yaml:1: gpuResource: must be a text of 1 to 127 bytes"},
    {"gpuResource: ''\n",
     "gantry.yaml:1: gpuResource: must be a text of 1 to 127 bytes"},
    {"gpuResource: " SIXTY_FOUR SIXTY_FOUR "\n",
     "gantry.yaml:1: gpuResource: must be a text of 1 to 127 bytes"},
    {"- priorityWeightAge\n", "gantry.yaml: must be a mapping of keys to values"},
    {"priorityWeightAge\n", "gantry.yaml: must be a mapping of keys to values"},
    {"priorityWeightAge: 1\npriorityWeightAge: 2\n", "gantry.yaml:2: duplicate key"},
    {"priorityWeightAge: 1\n---\npriorityWeightAge: 2\n",
     "gantry.yaml:3: a second document; one is expected"},
    {"priorityWeightAge: {\n", "gantry.yaml:"},
};

/* Padding too: nothing at all was touched. */
static bool same_bytes(const void *a, const void *b, size_t len)
{
    return memcmp(a, b, len) == 0;
}

START_TEST(test_refused)
{
    struct settings s, before;
    struct err err = ERR_INIT;
    settings_default(&s);
    s.sched.priority_weight_age = 77;
    memcpy(&before, &s, sizeof(s));
    ck_assert_int_eq(parse(&s, bad[_i].text, &err), -1);
    ck_assert_msg(strncmp(err.msg, bad[_i].message, strlen(bad[_i].message)) == 0,
                  "expected %s, got %s", bad[_i].message, err.msg);
    ck_assert_msg(same_bytes(&s, &before, sizeof(s)), "%s: taken in part",
                  bad[_i].text);
}
END_TEST

/* ---- files ---- */

START_TEST(test_load)
{
    char path[] = "/tmp/gantry-settings.XXXXXX";
    struct settings s;
    struct err err = ERR_INIT;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    settings_default(&s);
    ck_assert_int_eq(write(fd, "priorityWeightAge: 9\n", 21), 21);
    ck_assert_msg(settings_load(&s, path, &err) == 0, "%s", err.msg);
    ck_assert_int_eq(s.sched.priority_weight_age, 9);
    ck_assert_int_eq(write(fd, "wrong: 9\n", 9), 9);
    ck_assert_int_eq(settings_load(&s, path, &err), -1);
    AUTO_FREE char *message = xasprintf("%s:2: unknown key \"wrong\"", path);
    ck_assert_str_eq(err.msg, message);
    close(fd);
    unlink(path);
    ck_assert_int_eq(settings_load(&s, path, &err), -1);
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.msg, path));
}
END_TEST

/* What is shipped as an example is none that is refused. */
START_TEST(test_policies)
{
    struct settings s;
    struct err err = ERR_INIT;
    settings_default(&s);
    ck_assert_msg(settings_load(&s, "manifests/policies/short-jobs.yaml", &err) == 0,
                  "%s", err.msg);
    ck_assert_int_eq(s.sched.reservation_depth, 3);
    ck_assert_int_eq(s.sched.min_age_reserve_sec, 54000);
    ck_assert_int_gt(s.sched.priority_weight_short_limit, 0);
    ck_assert_int_gt(s.sched.priority_weight_small_size, 0);
}
END_TEST

/* ---- what changes while a program runs ---- */

static const struct {
    const char *was, *is, *changed, *kept;
} adopted[] = {
    {"", "", "", ""},
    {"priorityWeightAge: 5", "priorityWeightAge: 5", "", ""},
    {"priorityWeightAge: 5", "", "priorityWeightAge", ""},
    {"",
     "{schedulerParameters: {bfWindow: 60, bfMaxJobTest: 1}, priorityFavorSmall: yes}",
     "priorityFavorSmall, schedulerParameters.bfWindow, "
     "schedulerParameters.bfMaxJobTest",
     ""},
    {"", "schedulerParameters: {backfillOrder: limit}",
     "schedulerParameters.backfillOrder", ""},
    {"scriptImage: longer", "{scriptImage: short, priorityMaxAge: 1-0}",
     "priorityMaxAge", "scriptImage"},
    {"",
     "{timeZone: Asia/Tokyo, gpuResource: a/b, gpuTypeLabel: c, launchImage: d, "
     "controllerNamespace: e}",
     "", "timeZone, gpuResource, gpuTypeLabel, launchImage, controllerNamespace"},
};

START_TEST(test_adopt)
{
    struct settings s, fresh, was;
    struct err err = ERR_INIT;
    STR_AUTO struct str changed, kept;
    str_init(&changed, 1024);
    str_init(&kept, 1024);
    settings_default(&s);
    settings_default(&fresh);
    ck_assert_int_eq(parse(&s, adopted[_i].was, &err), 0);
    ck_assert_int_eq(parse(&fresh, adopted[_i].is, &err), 0);
    was = s;
    settings_adopt(&s, &fresh, &changed, &kept);
    ck_assert_str_eq(changed.s, adopted[_i].changed);
    ck_assert_str_eq(kept.s, adopted[_i].kept);
    ck_assert_int_eq(s.sched.priority_max_age_sec, fresh.sched.priority_max_age_sec);
    ck_assert_int_eq(s.sched.window_sec, fresh.sched.window_sec);
    ck_assert(s.sched.priority_favor_small == fresh.sched.priority_favor_small);
    ck_assert_str_eq(s.script_image, was.script_image);
    ck_assert_str_eq(s.namespace_, was.namespace_);
    str_reset(&changed);
    settings_adopt(&s, &fresh, &changed, &kept);
    ck_assert_str_eq(changed.s, "");
}
END_TEST

/* The help names keys, and defaults. */
START_TEST(test_help)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    settings_help(out);
    fclose(out);
    static const char *const parts[] = {"priorityWeightAge ",
                                        "priorityWeightPartition ",
                                        "priorityMaxAge ",
                                        "gpuResource ",
                                        "gpuTypeLabel ",
                                        "controllerNamespace ",
                                        "[1000] 0 to 4294967295\n",
                                        "[7-0] 00:01:00 to 1095-00:00:00\n",
                                        "[7-0]",
                                        "[nvidia.com/gpu]",
                                        "[gantry.dev/gpu-type]",
                                        "[gantry-system]"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        ck_assert_msg(strstr(text, parts[i]) != NULL, "no %s in %s", parts[i], text);
    free(text);
}
END_TEST

/* From a line of the help, "  KEY  what it is [DEFAULT]". */
static void take_default(struct settings *s, const char *line)
{
    const char *key = line + 2, *value = strrchr(line, '['), *end = strrchr(line, ']');
    if (!str_starts(line, "  ") || str_starts(value, "[none]"))
        return;
    int key_len = (int)strcspn(key, " "), section_len = (int)strcspn(key, ".");
    AUTO_FREE char *name = xasprintf("%.*s", key_len, key);
    AUTO_FREE char *text = xasprintf("%.*s", (int)(end - value - 1), value + 1);
    AUTO_FREE char *yaml = section_len < key_len
                               ? xasprintf("%.*s: {%s: %s}", section_len, name,
                                           name + section_len + 1, text)
                               : xasprintf("%s: %s", name, text);
    struct err err = ERR_INIT;
    ck_assert_msg(parse(s, yaml, &err) == 0, "%s", err.msg);
}

/* What it says in brackets, read as files, is what holds without one. */
START_TEST(test_help_defaults)
{
    /* "none" is no number: above it is nobody. */
    struct settings s, told = {.sched = {.preempt_min_exempt_priority = INT64_MAX}};
    char *text = NULL, *rest = NULL;
    size_t len;
    STR_AUTO struct str changed, kept;
    str_init(&changed, 1024);
    str_init(&kept, 1024);
    FILE *out = open_memstream(&text, &len);
    settings_help(out);
    fclose(out);
    for (char *line = strtok_r(text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        take_default(&told, line);
    settings_default(&s);
    settings_adopt(&s, &told, &changed, &kept);
    ck_assert_str_eq(changed.s, "");
    ck_assert_str_eq(kept.s, "");
    free(text);
}
END_TEST

int main(void)
{
    return suite_main("crds/settings", (struct suite_row[]){
                                           {test_defaults, 1},
                                           {test_all_keys, 1},
                                           {test_partial, ARRAY_LEN(partial)},
                                           {test_words, ARRAY_LEN(words)},
                                           {test_orders, ARRAY_LEN(orders)},
                                           {test_preempting, ARRAY_LEN(preempting)},
                                           {test_refused, ARRAY_LEN(bad)},
                                           {test_load, 1},
                                           {test_policies, 1},
                                           {test_adopt, ARRAY_LEN(adopted)},
                                           {test_help, 1},
                                           {test_help_defaults, 1},
                                           {NULL, 0},
                                       });
}
