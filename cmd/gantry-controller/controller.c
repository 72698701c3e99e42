#include "cmd/gantry-controller/controller.h"

#include <stdlib.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-controller/admission.h"
#include "cmd/gantry-controller/claims.h"
#include "cmd/gantry-controller/cleanup.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/events.h"
#include "cmd/gantry-controller/partwrite.h"
#include "cmd/gantry-controller/podops.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/resvpurge.h"
#include "cmd/gantry-controller/resvwrite.h"
#include "cmd/gantry-controller/unseen.h"
#include "cmd/gantry-controller/usagewrite.h"
#include "cmd/gantry-controller/watches.h"
#include "crds/snapshot.h"

static void ids_ready(void *arg)
{
    struct controller *ctl = arg;
    struct record *r, *tmp;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->job && r->job->status.state == JOB_STATE_NONE)
            record_reconcile(r);
}

/* ---- sync ---- */

static int by_age(struct record *a, struct record *b)
{
    if (!a->job || !b->job)
        return (a->job != NULL) - (b->job != NULL);
    if (a->job->created_sec != b->job->created_sec)
        return a->job->created_sec < b->job->created_sec ? -1 : 1;
    return a->job->version < b->job->version ? -1 : a->job->version > b->job->version;
}

static int is_refused(const struct record *r)
{
    return r->job && r->job->status.refusal;
}

static void publish_all(struct controller *ctl)
{
    for (int map = 0; map < PUBLISHED_MAPS; map++)
        publish_want(ctl->published[map]);
}

void controller_synced(struct controller *ctl)
{
    struct record *r, *tmp;
    ctl->synced = true;
    /* Jobs that have no id yet get theirs in the order in which they were made. Those
     * that have been refused are asked when all that are queued count. */
    HASH_SORT(ctl->records, by_age);
    for (int refused = 0; refused < 2; refused++)
        HASH_ITER (hh, ctl->records, r, tmp)
            if (is_refused(r) == refused)
                record_settle(r);
    watches_consider_all(ctl);
    log_info(ctl->log, "synced: %zu nodes, %zu partitions, %zu jobs, %zu pods",
             kc_cache_count(ctl->nodes),
             kc_cache_count(ctl->policies[POLICY_PARTITION]), kc_cache_count(ctl->jobs),
             kc_cache_count(ctl->pods));
    publish_all(ctl);
    cycle_want(ctl);
    if (ctl->on_synced)
        ctl->on_synced(ctl->on_synced_arg);
}

void controller_on_synced(struct controller *ctl, loop_fn *fn, void *arg)
{
    ctl->on_synced = fn;
    ctl->on_synced_arg = arg;
}

/* As Slurm does at its start and whenever it is configured anew. */
static void reset_usage(struct controller *ctl)
{
    if (ctl->settings.sched.usage_reset == USAGE_RESET_NOW)
        ctl->settings.sched.usage_reset_sec = loop_now_sec(ctl->loop);
}

struct controller *controller_new(struct loop *loop, struct kc_client *client,
                                  struct log *log, const struct settings *settings)
{
    struct controller *ctl = xcalloc(1, sizeof(*ctl));
    ctl->loop = loop;
    ctl->client = client;
    ctl->log = log;
    ctl->settings = *settings;
    restable_init(&ctl->resources);
    ctl->resources.gpu = restable_intern(&ctl->resources, ctl->settings.gpu_resource);
    const char *launch = ctl->settings.launch_image;
    zone_load(ctl->settings.time_zone, &ctl->zone, NULL); /* known: settings_load */
    ctl->convert = (struct convert){.resources = &ctl->resources,
                                    .gpu_resource = ctl->settings.gpu_resource,
                                    .gpu_type_label = ctl->settings.gpu_type_label,
                                    .script_image = ctl->settings.script_image,
                                    .launch_image = *launch ? launch : NULL,
                                    .zone = &ctl->zone,
                                    .max_array_size = ctl->settings.max_array_size};
    reset_usage(ctl);
    ctl->sched = sched_new(&ctl->settings.sched);
    ctl->lanes = lanes_new(loop);
    ctl->ids = ids_new(client, log, ctl->settings.namespace_, ids_ready, ctl);
    for (int map = 0; map < PUBLISHED_MAPS; map++)
        ctl->published[map] =
            publish_new(client, log, ctl->settings.namespace_, map, &ctl->settings);
    cycle_start(ctl);
    watches_start(ctl);
    return ctl;
}

void controller_configure(struct controller *ctl, const struct settings *settings)
{
    ctl->settings.sched = settings->sched;
    reset_usage(ctl);
    if (ctl->synced)
        publish_all(ctl);
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_CONFIG,
                                             .u.config = &ctl->settings.sched});
    ctl->tree_moved = true; /* what their objects say of preemption may do nothing */
    cycle_want(ctl);
}

int controller_save(const struct controller *ctl, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_BYTES_MAX);
    snapshot_write(ctl->sched, loop_now_sec(ctl->loop), &text);
    if (text.overflow)
        return err_set(err, ERR_TOO_LARGE, "%s: more than %u MiB", path,
                       SNAPSHOT_BYTES_MAX >> 20);
    return files_write(path, text.s, text.len, 0600, err);
}

void controller_free(struct controller *ctl)
{
    struct record *r, *tmp;
    if (!ctl)
        return;
    podops_free(ctl);
    claims_free(ctl);
    cleanup_free(ctl);
    events_free(ctl);
    HASH_ITER (hh, ctl->records, r, tmp)
        record_free(r);
    quota_free(ctl);
    usage_free(ctl);
    resv_free(ctl);
    partwrite_free(ctl);
    purge_free(ctl);
    unseen_free(ctl);
    admission_free(ctl);
    watches_stop(ctl);
    cycle_stop(ctl);
    for (int map = 0; map < PUBLISHED_MAPS; map++)
        publish_free(ctl->published[map]);
    ids_free(ctl->ids);
    lanes_free(ctl->lanes);
    sched_free(ctl->sched);
    zone_fini(&ctl->zone);
    free(ctl);
}

bool controller_is_synced(const struct controller *ctl)
{
    return ctl->synced;
}

size_t controller_active_jobs(const struct controller *ctl)
{
    return sched_count(ctl->sched, JOB_PENDING) +
           sched_count(ctl->sched, JOB_STARTING) +
           sched_count(ctl->sched, JOB_RUNNING) +
           sched_count(ctl->sched, JOB_COMPLETING);
}
