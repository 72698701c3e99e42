#include <string.h>

#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/rules.h"

static const char *const states[] = {[PART_UP] = "UP",
                                     [PART_DOWN] = "DOWN",
                                     [PART_DRAIN] = "DRAIN",
                                     [PART_INACTIVE] = "INACTIVE"};

const char *part_state_word(enum part_state state)
{
    return states[state];
}

static int read_state(const struct json *object, struct partition *part,
                      struct err *err)
{
    const char *word = "UP";
    if (json_read_str(object, "spec.state", &word, err) == JSON_WRONG_TYPE)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (strcmp(states[i], word) == 0) {
            part->state = (enum part_state)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID,
                   "spec.state: \"%s\" is none of UP, DOWN, DRAIN, INACTIVE", word);
}

/* Integer fields: their bounds are the schema's. */
static int read_numbers(const struct json *object, struct partition *part,
                        struct err *err)
{
    const struct number_field fields[] = {
        {"spec.priorityTier", &part->priority_tier, 0, 65533},
        {"spec.priorityJobFactor", &part->priority_job_factor, 0, 65533},
        {"spec.minNodes", &part->min_nodes, 0, PODS_MAX},
        {"spec.maxNodes", &part->max_nodes, 0, PODS_MAX},
    };
    return numbers_read(object, fields, ARRAY_LEN(fields), err);
}

static int read_partition(const struct json *object, struct partition *part,
                          struct err *err)
{
    const char *name = json_str(object, "metadata.name");
    if (!name)
        return err_set(err, ERR_INVALID, "metadata.name: a partition needs a name");
    part->name = xstrdup(name);
    if (json_read_bool(object, "spec.default", &part->is_default, err) ==
            JSON_WRONG_TYPE ||
        read_state(object, part, err) < 0 || read_numbers(object, part, err) < 0 ||
        duration_read(object, "spec.maxTime", &part->max_time_sec, err) < 0 ||
        duration_read(object, "spec.defaultTime", &part->default_time_sec, err) < 0 ||
        hostlist_read(object, "spec.nodes", &part->node_names, &part->n_node_names,
                      err) < 0)
        return -1;
    return selector_read(json_at(object, "spec.nodeSelector"), "spec.nodeSelector",
                         &part->selector, err);
}

/* `c` is there so that all conversions have one signature. */
struct partition *convert_partition(const struct convert *c __attribute__((unused)),
                                    const struct json *partition, struct err *err)
{
    struct partition *ret = partition_new();
    if (rules_hold("Partition", partition, err) == 0 &&
        read_partition(partition, ret, err) == 0)
        return ret;
    partition_free(ret);
    return NULL;
}
