/* scontrol update PartitionName=... - changes of partitions. */
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/scontrol.h"

static const struct change_row partition_rows[] = {
    {"PartitionName", NULL, CHANGE_SELECTS, true},
    {"Default", "default", CHANGE_BOOL, true},
    {"DefaultTime", "defaultTime", CHANGE_TIME, true},
    {"Exclusive", "exclusive", CHANGE_EXCLUSIVE, true},
    {"ExclusiveUser", "exclusiveUser", CHANGE_BOOL, true},
    {"MaxCPUsPerNode", "maxCPUsPerNode", CHANGE_MOST, true},
    {"MaxNodes", "maxNodes", CHANGE_MOST, true},
    {"MaxTime", "maxTime", CHANGE_TIME, true},
    {"MinNodes", "minNodes", CHANGE_INT, true},
    {"Nodes", "nodes", CHANGE_TEXT, true},
    {"OverSubscribe", "overSubscribe", CHANGE_WORD, true},
    {"PriorityJobFactor", "priorityJobFactor", CHANGE_INT, true},
    {"PriorityTier", "priorityTier", CHANGE_INT, true},
    {"Shared", "overSubscribe", CHANGE_WORD, true},
    {"State", "state", CHANGE_WORD, true},
    {0},
};

int scontrol_update_partition(struct scontrol *s, const struct changes *changes,
                              const char *name)
{
    const struct kc_ref ref = {&api_partitions, NULL, name, NULL};
    JSON_AUTO struct json *patch = json_build("{'spec':{}}");
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (scontrol_check_changes(s, partition_rows, changes) != 0)
        return EXIT_ERROR;
    for (size_t i = 0; i < changes->n; i++)
        if (change_put(change_row_find(partition_rows, changes->list[i].key),
                       &changes->list[i], json_get(patch, "spec"), &err) < 0)
            return cli_error(s->cli, "%s", err.msg);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (api_patch(&s->api, &ref, KC_PATCH_MERGE, patch, &a, &err) == 0)
        return EXIT_DONE;
    if (a.reason == KC_REASON_NOT_FOUND)
        return scontrol_fail(s, "slurm_update error: Invalid partition name specified");
    return scontrol_fail(s, "slurm_update error: %s", err.msg);
}
