/* scontrol update - which entity is to be changed, and whether it can be so. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/resvwords.h"
#include "cmd/gantry/scontrol.h"

int scontrol_check_changes(const struct scontrol *s, const struct change_row *table,
                           const struct changes *changes)
{
    size_t n = 0;

    for (size_t i = 0; i < changes->n; i++) {
        const struct change *c = &changes->list[i];
        const struct change_row *row = change_row_find(table, c->key);
        if (!row)
            return scontrol_fail(s, "Update of this parameter is not supported: %s=%s",
                                 c->key, c->value);
        if (row->type == CHANGE_REFUSED)
            return scontrol_fail(
                s, "Update of this parameter is not supported: %s=%s (%s)", c->key,
                c->value, row->field);
        n += row->type != CHANGE_SELECTS;
    }
    return n == 0 ? scontrol_fail(s, "No changes specified") : 0;
}

/* JobName without a JobId says which jobs. */
static const struct change *job_named(struct changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct change *c = &changes->list[i];
        if (strcasecmp(c->key, "JobName") != 0)
            continue;
        free(c->key);
        c->key = xstrdup("JobId");
        return c;
    }
    return NULL;
}

static int update_named(struct scontrol *s, const struct changes *changes,
                        const char *name)
{
    AUTO_FREE char *which = xasprintf("jobname=%s", name);

    return scontrol_update_jobs(s, changes, which);
}

int scontrol_update(struct scontrol *s, int argc, char **argv)
{
    CHANGES_AUTO struct changes changes = {0};
    struct err err = ERR_INIT;
    const struct change *c;

    if (changes_parse(&changes, argc - 1, argv + 1, &err) < 0)
        return scontrol_fail(s, "%s", err.msg);
    if ((c = changes_find(&changes, "JobId")) || (c = changes_find(&changes, "Job")))
        return scontrol_update_jobs(s, &changes, c->value);
    if ((c = job_named(&changes)))
        return update_named(s, &changes, c->value);
    if (resvwords_complete(&changes)) /* which may be of a partition, too */
        return scontrol_update_resv(s, &changes);
    if ((c = changes_find(&changes, "NodeName")))
        return scontrol_update_nodes(s, &changes, c->value);
    if ((c = changes_find(&changes, "PartitionName")))
        return scontrol_update_partition(s, &changes, c->value);
    if (changes_find(&changes, "StepId"))
        return scontrol_fail(s, "there are no job steps to update");
    return scontrol_fail(s, "No valid entity in update command: the line must include "
                            "\"NodeName\", \"PartitionName\", "
                            "\"ReservationName\" or \"JobId\"");
}
