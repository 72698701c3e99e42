#include "crds/setting.h"

#include <string.h>

#include "base/duration.h"
#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "base/zone.h"
#include "crds/convert.h"

#define WEIGHT_MAX 0xffffffffLL /* as in Slurm: 32 bits */

const struct setting settings_table[] = {
    {"priorityWeightAge", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_age), 0, WEIGHT_MAX, "1000",
     "weight of a job's age in its priority", false},
    {"priorityWeightPartition", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_partition), 0, WEIGHT_MAX, "1000",
     "weight of the partition's priorityJobFactor, against the largest", false},
    {"priorityWeightQOS", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_qos), 0, WEIGHT_MAX, "1000",
     "weight of the QOS's priority, against the largest", false},
    {"priorityWeightShortLimit", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_short_limit), 0, WEIGHT_MAX, "0",
     "weight of a short time limit (Gantry's own): a twentieth less for each doubling",
     false},
    {"priorityWeightSmallSize", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_small_size), 0, WEIGHT_MAX, "0",
     "weight of a small share of the cluster (likewise): a twentieth less for each "
     "doubling",
     false},
    {"priorityWeightJobSize", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_job_size), 0, WEIGHT_MAX, "0",
     "weight of the share of the cluster that a job asks for", false},
    {"priorityWeightFairshare", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_fairshare), 0, WEIGHT_MAX, "1000",
     "weight of the place of the job's user in the fair tree of accounts", false},
    {"priorityWeightAssoc", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_assoc), 0, WEIGHT_MAX, "0",
     "weight of the priority of the account or its member, against the largest", false},
    {"priorityWeightTRES", SETTING_WEIGHTS,
     offsetof(struct settings, sched.priority_weight_tres), 0, 0, "none",
     "weights of what a job asks for, against all of its partition: "
     "cpu=1000,gres/gpu=2000,gres/x.org/fpga=500",
     false},
    {"priorityFavorSmall", SETTING_BOOL,
     offsetof(struct settings, sched.priority_favor_small), 0, 0, "false",
     "job size favours small jobs, not large ones", false},
    {"priorityMaxAge", SETTING_DURATION,
     offsetof(struct settings, sched.priority_max_age_sec), 1, INT64_MAX, "7-0",
     "age at which the age factor is full", false},
    {"priorityDecayHalfLife", SETTING_DURATION,
     offsetof(struct settings, sched.decay_half_life_sec), 0, INT64_MAX, "7-0",
     "time after which half of what was used is forgotten; 0: nothing is", false},
    {"priorityCalcPeriod", SETTING_DURATION,
     offsetof(struct settings, sched.calc_period_sec), 60, 86400, "5",
     "how often usage is charged and fair shares are found anew", false},
    {"priorityFlags", SETTING_FLAGS, offsetof(struct settings, sched.priority_flags), 0,
     0, "none", "words of Slurm's PriorityFlags, apart by commas", false},
    {"priorityUsageResetPeriod", SETTING_WORD,
     offsetof(struct settings, sched.usage_reset), 0, 0, "NONE",
     "when usage is forgotten: NONE, NOW (at each start), DAILY, WEEKLY, MONTHLY, "
     "QUARTERLY or YEARLY, in UTC",
     false},
    {"fairShareDampeningFactor", SETTING_INT,
     offsetof(struct settings, sched.fair_share_damping), 1, 65533, "1",
     "with NO_FAIR_TREE: the larger, the less does usage take off a fair share", false},
    {"accountingStorageEnforce", SETTING_ENFORCE,
     offsetof(struct settings, sched.limits_safe), 0, 0, "associations,limits,qos",
     "with safe, jobs start only where limits on TRES minutes and wall time let them "
     "run to their end; associations, limits and qos are enforced always",
     false},
    {"overTimeLimit", SETTING_DURATION, offsetof(struct settings, sched.over_time_sec),
     0, INT64_MAX, "0", "how long a job may run on past its time limit", false},
    {"resvOverRun", SETTING_DURATION,
     offsetof(struct settings, sched.resv_over_run_sec), 0, INT64_MAX, "0",
     "how long a job may run on past the end of its reservation", false},
    {"schedulerParameters.bfWindow", SETTING_DURATION,
     offsetof(struct settings, sched.window_sec), 60, 1095 * 86400LL, "7-0",
     "how far ahead jobs are planned (minutes, or a duration)", false},
    {"schedulerParameters.bfMaxJobTest", SETTING_INT,
     offsetof(struct settings, sched.max_job_test), 1, 1000000, "1000000",
     "waiting jobs that are planned, from the front of the queue", false},
    {"schedulerParameters.bfMaxJobArrayResv", SETTING_INT,
     offsetof(struct settings, sched.max_job_array_resv), 0, 1000, "20",
     "tasks of an array that are planned, its next one among them; 0: none is, they "
     "start where there is room",
     false},
    {"schedulerParameters.reservationDepth", SETTING_INT,
     offsetof(struct settings, sched.reservation_depth), 0, 1000000, "1000000",
     "of them, those that are promised their start; what the others are told keeps no "
     "room (1: EASY backfill)",
     false},
    {"schedulerParameters.bfMinAgeReserve", SETTING_INT,
     offsetof(struct settings, sched.min_age_reserve_sec), 0, 366 * 86400LL, "0",
     "seconds that a job has waited before it is promised a start", false},
    {"schedulerParameters.bfMinPrioReserve", SETTING_INT,
     offsetof(struct settings, sched.min_prio_reserve), 0, INT64_MAX, "0",
     "priority that a job has before it is promised a start", false},
    {"schedulerParameters.backfillOrder", SETTING_WORD,
     offsetof(struct settings, sched.backfill_order), 0, 0, "area",
     "who is offered free room first: queue, limit (the shortest), area (limit x size)",
     false},
    {"schedulerParameters.killInvalidDepend", SETTING_BOOL,
     offsetof(struct settings, sched.kill_invalid_depend), 0, 0, "false",
     "jobs whose dependencies can never be met are cancelled", false},
    {"schedulerParameters.requeueDelay", SETTING_INT,
     offsetof(struct settings, sched.requeue_delay_sec), 0, 86400, "120",
     "seconds before a job that was preempted may start again", false},
    {"schedulerParameters.maxSwitchWait", SETTING_INT,
     offsetof(struct settings, sched.max_switch_wait_sec), 0, 366 * 86400LL, "300",
     "seconds that jobs may wait for few switches, at most", false},
    {"licenses", SETTING_LICENSES, offsetof(struct settings, sched.licenses), 0, 0,
     "none", "how many there are of each licence: matlab:10,ansys:2", false},
    {"topologyPlugin", SETTING_WORD, offsetof(struct settings, sched.topology_kind), 0,
     0, "flat",
     "which nodes are near each other: flat (all), tree (of switches), block (of "
     "blocks "
     "that gangs do not cross)",
     false},
    {"topologyLabels", SETTING_LABELS, offsetof(struct settings, sched.topology_labels),
     0, 0, TOPOLOGY_LABELS_DEFAULT,
     "node labels that name the switch or block, of each level from the top down",
     false},
    {"blockSizes", SETTING_SIZES, offsetof(struct settings, sched.block_sizes), 0, 0,
     "none",
     "nodes of a base block, then of larger blocks, which neighbouring ones make: "
     "18,36,72; of topologyLabels the last one names base blocks",
     false},
    {"preemptType", SETTING_WORD, offsetof(struct settings, sched.preempt_type), 0, 0,
     "none", "who may preempt: none, qos (as its list says), partition_prio (by tier)",
     false},
    {"preemptMode", SETTING_PREEMPT, offsetof(struct settings, sched.preempt_mode), 0,
     0, "OFF",
     "what becomes of who is preempted: REQUEUE, CANCEL; also WITHIN (by qos), "
     "PRIORITY",
     false},
    {"preemptExemptTime", SETTING_DURATION,
     offsetof(struct settings, sched.preempt_exempt_sec), 0, INT64_MAX, "0",
     "so long jobs are let run before they are preempted; -1: no time, as with 0",
     false},
    {"preemptParameters.youngestFirst", SETTING_BOOL,
     offsetof(struct settings, sched.preempt_youngest_first), 0, 0, "false",
     "who started last is preempted first, whatever it costs", false},
    {"preemptParameters.minExemptPriority", SETTING_INT,
     offsetof(struct settings, sched.preempt_min_exempt_priority), 0, INT64_MAX, "none",
     "who has a higher priority than this is not preempted", false},
    {"preemptParameters.reclaimLicenses", SETTING_BOOL,
     offsetof(struct settings, sched.preempt_reclaim_licenses), 0, 0, "false",
     "jobs are preempted for their licences, too", false},
    {"preemptParameters.sendUserSignal", SETTING_BOOL,
     offsetof(struct settings, send_user_signal), 0, 0, "false",
     "who is preempted is sent the signal of --signal, not SIGTERM, where it has one",
     false},
    {"maxArraySize", SETTING_INT, offsetof(struct settings, max_array_size), 1,
     TASKSET_SIZE, "1001", "indices of job arrays are below this", true},
    {"timeZone", SETTING_ZONE, offsetof(struct settings, time_zone), 0, 0, ZONE_UTC,
     "by whose clocks reservations come again: an IANA name, such as Europe/Berlin",
     true},
    {"gpuResource", SETTING_TEXT, offsetof(struct settings, gpu_resource), 0, 0,
     GPU_RESOURCE, "the extended resource that Slurm's gpu options mean", true},
    {"gpuTypeLabel", SETTING_TEXT, offsetof(struct settings, gpu_type_label), 0, 0,
     GPU_TYPE_LABEL, "node label that names the GPU type", true},
    {"scriptImage", SETTING_TEXT, offsetof(struct settings, script_image), 0, 0,
     SCRIPT_IMAGE, "image of script jobs that name none", true},
    {"launchImage", SETTING_TEXT, offsetof(struct settings, launch_image), 0, 0, "none",
     "image with gantry-launch in its PATH, for script jobs whose own image lacks it",
     true},
    {"controllerNamespace", SETTING_TEXT, offsetof(struct settings, namespace_), 0, 0,
     CONTROLLER_NAMESPACE, "namespace of the controller's ConfigMaps and of its Lease",
     true},
    {0},
};

/* The words of a SETTING_WORD, in the order of its enum. */
static const struct choice {
    const char *key;
    const char *words[8]; /* NULL ends them */
} choices[] = {
    {"schedulerParameters.backfillOrder", {"queue", "limit", "area"}},
    {"topologyPlugin", TOPOLOGY_KIND_WORDS},
    {"preemptType", {"none", "qos", "partition_prio"}},
    {"priorityUsageResetPeriod",
     {"NONE", "NOW", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY"}},
};

const struct setting *setting_find(const char *key)
{
    for (const struct setting *row = settings_table; row->key; row++)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

bool setting_is_mapping(const char *key)
{
    size_t len = strlen(key);
    for (const struct setting *row = settings_table; row->key; row++)
        if (strncmp(row->key, key, len) == 0 && row->key[len] == '.')
            return true;
    return false;
}

static void say_bound(const struct setting *row, int64_t bound, struct str *out)
{
    char duration[DURATION_TEXT_MAX];
    if (row->type == SETTING_DURATION) {
        duration_format(bound, duration);
        str_add(out, duration);
    } else {
        str_addf(out, "%lld", (long long)bound);
    }
}

void setting_say_range(const struct setting *row, struct str *out)
{
    if (row->type != SETTING_INT && row->type != SETTING_DURATION)
        return;
    say_bound(row, row->min, out);
    str_add(out, row->max == INT64_MAX ? " or more" : " to ");
    if (row->max != INT64_MAX)
        say_bound(row, row->max, out);
}

/* Slurm's, which would change nothing here. */
static const struct {
    const char *key, *why;
} pointless[] = {
    {"preemptParameters.reorderCount",
     "as few jobs as will do are preempted, without further tries"},
    {"preemptParameters.strictOrder",
     "as few jobs as will do are preempted, in whatever order they are looked at"},
};

static const char *last_of(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot ? dot + 1 : key;
}

/* The key of that name in another mapping, or in none; NULL: there is no such. */
static const char *same_name(const char *key)
{
    for (const struct setting *row = settings_table; row->key; row++)
        if (strcmp(last_of(row->key), last_of(key)) == 0)
            return row->key;
    return NULL;
}

/* The mapping that a key may be meant for, into `buffer`; false: none is near. */
static bool near_mapping(const char *key, char buffer[SETTING_TEXT_MAX])
{
    const char *const words[] = {buffer, NULL};
    for (const struct setting *row = settings_table; row->key; row++) {
        const char *dot = strchr(row->key, '.');
        if (!dot || dot - row->key >= SETTING_TEXT_MAX)
            continue;
        memcpy(buffer, row->key, (size_t)(dot - row->key));
        buffer[dot - row->key] = '\0';
        if (opt_nearest(key, words))
            return true;
    }
    return false;
}

int setting_refuse_key(const char *key, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(pointless); i++)
        if (strcmp(pointless[i].key, key) == 0)
            return err_set(err, ERR_INVALID, "%s: is not supported: %s", key,
                           pointless[i].why);
    if (setting_is_mapping(key))
        return err_set(err, ERR_INVALID, "%s: must be a mapping of keys to values",
                       key);
    const char *words[ARRAY_LEN(settings_table)] = {NULL};
    for (size_t i = 0; settings_table[i].key; i++)
        words[i] = settings_table[i].key;
    const char *same = same_name(key);
    const char *near = same ? same : opt_nearest(key, words);
    char mapping[SETTING_TEXT_MAX];
    if (!near && near_mapping(key, mapping))
        near = mapping;
    return err_set(err, ERR_INVALID, "unknown key \"%s\"%s%s%s", key,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

const char *const *setting_words(const struct setting *row)
{
    size_t i = 0;
    while (strcmp(choices[i].key, row->key) != 0)
        i++;
    return choices[i].words;
}

size_t setting_size(const struct setting *row)
{
    switch (row->type) {
    case SETTING_TEXT:
    case SETTING_ZONE:
        return SETTING_TEXT_MAX;
    case SETTING_BOOL:
    case SETTING_ENFORCE:
        return sizeof(bool);
    case SETTING_WORD:
        return sizeof(int);
    case SETTING_LICENSES:
        return sizeof(struct license_table);
    case SETTING_LABELS:
        return sizeof(struct topology_labels);
    case SETTING_SIZES:
        return sizeof(struct block_sizes);
    case SETTING_WEIGHTS:
        return sizeof(struct tres_weights);
    case SETTING_FLAGS:
    case SETTING_PREEMPT:
    case SETTING_INT:
    case SETTING_DURATION:
        break;
    }
    return sizeof(int64_t);
}

bool setting_equal(const struct setting *row, const char *a, const char *b)
{
    return row->type == SETTING_TEXT || row->type == SETTING_ZONE
               ? strcmp(a, b) == 0
               : memcmp(a, b, setting_size(row)) == 0;
}
