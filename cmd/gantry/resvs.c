#include "cmd/gantry/resvs.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "crds/convert.h"

#define YEAR_SEC (365 * 86400) /* Slurm shows no longer one that floats */

/* As it stands at that time: its status says nothing of when. */
static void set_floating(struct resv *r, const struct reservation *model,
                         int64_t now_sec)
{
    int64_t length_sec = YEAR_SEC;

    if (reservation_occurrence(model, now_sec, &r->start_sec, &r->end_sec) &&
        json_str(r->spec, "duration")) {
        duration_parse(json_str(r->spec, "duration"), &length_sec, NULL);
        r->end_sec = r->start_sec + MIN(length_sec, YEAR_SEC);
    }
}

/* Its status says nothing of when any more. */
static void set_past(struct resv *r, const struct reservation *model, int64_t now_sec)
{
    int64_t start, end;

    if (reservation_occurrence(model, now_sec, &start, &end))
        return;
    r->start_sec = model->start_sec;
    r->end_sec = model->end_sec;
}

/* GPUs are the only devices that one asks for. */
static void set_amounts(struct resv *r, const struct reservation *model)
{
    r->partial = true;
    r->cpus = model->want.v[RES_CPU] / 1000;
    for (int i = RES_FIXED; i < RES_MAX; i++)
        r->gpus += model->want.v[i];
    for (size_t i = 0; i < model->n_gpus; i++)
        r->gpus = MAX(r->gpus, model->gpus[i].count);
}

static struct resv resv_of(const struct json *object, int64_t now_sec)
{
    struct resv r = {
        .name = json_str_or(object, "metadata.name", ""),
        .spec = json_get(object, "spec"),
        .state = json_str_or(object, "status.state", "INACTIVE"),
        .message = json_str_or(object, "status.message", ""),
        .nodes = json_str_or(object, "status.nodes", ""),
        .node_count = json_int_or(object, "status.nodeCount", 0),
        .start_sec = time_read(object, "status.startTime"),
        .end_sec = time_read(object, "status.endTime"),
    };

    struct reservation *model = resv_model(object, NULL, NULL);
    if (model && reservation_floats(model))
        set_floating(&r, model, now_sec);
    else if (model)
        set_past(&r, model, now_sec);
    if (model && reservation_is_partial(model))
        set_amounts(&r, model);
    reservation_free(model);
    return r;
}

static int compare(const void *pa, const void *pb)
{
    const struct resv *a = pa, *b = pb;

    return strcmp(a->name, b->name);
}

int resvlist_fetch(struct resvlist *ret, struct api *c, struct err *err)
{
    const struct kc_ref ref = {&api_reservations, NULL, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_list(c, &ref, NULL, &a, err) < 0)
        return -1;
    *ret = (struct resvlist){.body = TAKE(a.body)};
    const struct json *items = json_get(ret->body, "items");
    ret->resvs = xcalloc(json_len(items) + 1, sizeof(*ret->resvs));
    for (size_t i = 0; json_is(items, JSON_ARRAY) && i < json_len(items); i++)
        ret->resvs[ret->n++] = resv_of(json_item(items, i), loop_now_sec(c->loop));
    if (ret->n > 1)
        qsort(ret->resvs, ret->n, sizeof(*ret->resvs), compare);
    return 0;
}

void resvlist_fini(struct resvlist *list)
{
    json_free(list->body);
    free(list->resvs);
    *list = (struct resvlist){0};
}

const struct resv *resvlist_find(const struct resvlist *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->resvs[i].name, name) == 0)
            return &list->resvs[i];
    return NULL;
}

int resvs_fetch_zone(struct api *c, const char *ns, struct zone *ret, struct err *err)
{
    struct settings settings;

    settings_default(&settings);
    if (clusterconf_fetch(c, ns, PUBLISHED_TIMES, &settings, err) < 0)
        return -1;
    return zone_load(settings.time_zone, ret, err);
}

struct reservation *resv_model(const struct json *object, const struct zone *zone,
                               struct err *err)
{
    struct restable resources;

    /* Whatever the GPUs' resource is called: how many it wants is looked at by nobody
     * here. */
    restable_init(&resources);
    const struct convert convert = {
        .resources = &resources, .zone = zone, .gpu_resource = GPU_RESOURCE};
    return convert_reservation(&convert, object, err);
}

/* Why no job may ask for it; NULL: jobs may. They may still name one whose time is past
 * where it lets go of them then. */
static const char *why_none_may(const struct json *object, int64_t now_sec)
{
    struct reservation *r = resv_model(object, NULL, NULL);
    int64_t start, end;
    const char *why = NULL;

    if (r && reservation_floats(r))
        why = "floats (TIME_FLOAT): no job runs in it";
    else if (r && !r->no_hold && !reservation_occurrence(r, now_sec, &start, &end))
        why = "is over";
    reservation_free(r);
    return why;
}

static int check_name(struct api *c, const char *name, struct err *err)
{
    const struct kc_ref ref = {&api_reservations, NULL, name, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_get(c, &ref, &a, err) < 0 && a.reason != KC_REASON_NOT_FOUND)
        return a.reason == KC_REASON_FORBIDDEN ? 0 : -1;
    const char *why = a.reason == KC_REASON_NOT_FOUND
                          ? "does not exist"
                          : why_none_may(a.body, loop_now_sec(c->loop));
    if (!why)
        return 0;
    return err_set(err, ERR_INVALID,
                   "Requested reservation is invalid: reservation %s %s", name, why);
}

int resvs_check_names(struct api *c, const char *names, struct err *err)
{
    for (const char *s = names; *s; s += strcspn(s, ","), s += *s == ',') {
        AUTO_FREE char *name = xstrndup(s, strcspn(s, ","));
        if (*name && check_name(c, name, err) < 0)
            return -1;
    }
    return 0;
}

bool resv_has_flag(const struct resv *r, const char *flag)
{
    const struct json *flags = json_get(r->spec, "flags");

    for (size_t i = 0; i < json_len(flags); i++)
        if (json_is(json_item(flags, i), JSON_STRING) &&
            strcmp(json_string(json_item(flags, i)), flag) == 0)
            return true;
    return false;
}

static void mark(const struct resvlist *list, struct nodelist *nodes)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct resv *r = &list->resvs[i];
        HOSTLIST_AUTO struct hostlist names = {0};
        if (strcmp(r->state, "ACTIVE") != 0 || r->partial || !*r->nodes ||
            hostlist_parse(&names, r->nodes, NULL) < 0)
            continue;
        for (size_t k = 0; k < names.n; k++) {
            struct noderow *n = nodelist_find(nodes, names.names[k]);
            if (n)
                n->state.flags |=
                    resv_has_flag(r, "MAINT") ? NODE_FLAG_MAINT : NODE_FLAG_RESERVED;
        }
    }
}

/* Whoever may not list them, or a server that does not know them, has none. */
int resvs_mark(struct nodelist *nodes, struct api *c, struct err *err)
{
    RESVLIST_AUTO struct resvlist list = {0};
    struct err own = ERR_INIT;

    if (resvlist_fetch(&list, c, &own) == 0) {
        mark(&list, nodes);
        return 0;
    }
    if (own.http_status == 403 || own.http_status == 404)
        return 0;
    if (err)
        *err = own;
    return -1;
}

void resv_sum(const struct resv *r, const struct nodelist *nodes, int64_t *ret_cpus,
              int64_t *ret_gpus)
{
    HOSTLIST_AUTO struct hostlist names = {0};

    *ret_cpus = r->cpus;
    *ret_gpus = r->gpus;
    if (r->partial)
        return;
    if (*r->nodes && hostlist_parse(&names, r->nodes, NULL) < 0)
        return;
    for (size_t i = 0; i < names.n; i++) {
        const struct noderow *n = nodelist_find(nodes, names.names[i]);
        *ret_cpus += n ? n->cpus : 0;
        *ret_gpus += n ? n->gpus : 0;
    }
}
