#include "cmd/gantry/resvclash.h"

#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/parts.h"
#include "cmd/gantry/resvs.h"
#include "scheduler/fence.h"
#include "scheduler/stock.h"

static bool may_share(const struct reservation *r)
{
    return r->overlap || r->maint;
}

/* All of them, of its partition. */
static int add_all(const struct reservation *r, struct api *c, struct hostlist *ret,
                   struct err *err)
{
    PARTLIST_AUTO struct partlist parts = {0};
    NODELIST_AUTO struct nodelist nodes;

    nodelist_init(&nodes);
    if (partlist_fetch(&parts, c, err) < 0 || nodelist_fetch(&nodes, c, err) < 0)
        return -1;
    const struct partition *part =
        r->partition ? partlist_find(&parts, r->partition) : NULL;
    for (size_t i = 0; i < nodes.n; i++)
        if (!r->partition || (part && partition_has_node(part, nodes.rows[i].model)))
            hostlist_add(ret, nodes.rows[i].name);
    return 0;
}

/* Those that were chosen stay its nodes, whenever it is. */
static int nodes_of(const struct reservation *r, struct api *c, struct hostlist *ret,
                    struct err *err)
{
    if (r->all_nodes)
        return add_all(r, c, ret, err);
    for (size_t i = 0; i < r->n_chosen && reservation_chooses(r); i++)
        hostlist_add(ret, r->chosen[i]);
    for (size_t i = 0; i < r->n_node_names && !reservation_chooses(r); i++)
        hostlist_add(ret, r->node_names[i]);
    return 0;
}

static bool share_nodes(const struct hostlist *nodes, const char *other)
{
    HOSTLIST_AUTO struct hostlist names = {0};

    if (!*other || hostlist_parse(&names, other, NULL) < 0)
        return false;
    for (size_t i = 0; i < names.n; i++)
        for (size_t k = 0; k < nodes->n; k++)
            if (strcmp(names.names[i], nodes->names[k]) == 0)
                return true;
    return false;
}

/* One that cannot be read does not act. */
static bool clashes(const struct reservation *r, const struct hostlist *nodes,
                    const struct json *object, const struct zone *zone, int64_t now_sec)
{
    struct reservation *other = resv_model(object, zone, NULL);
    const bool ret = other && strcmp(other->name, r->name) != 0 && !may_share(other) &&
                     share_nodes(nodes, json_str_or(object, "status.nodes", "")) &&
                     reservation_meets(r, other, now_sec);
    reservation_free(other);
    return ret;
}

int resvclash_check(const struct reservation *r, const struct zone *zone, struct api *c,
                    struct err *err)
{
    RESVLIST_AUTO struct resvlist list = {0};
    HOSTLIST_AUTO struct hostlist nodes = {0};

    if (may_share(r) || reservation_is_partial(r) || r->any_nodes)
        return 0;
    if (nodes_of(r, c, &nodes, err) < 0 || resvlist_fetch(&list, c, err) < 0)
        return -1;
    const struct json *items = json_get(list.body, "items");
    for (size_t i = 0; i < list.n; i++)
        if (clashes(r, &nodes, json_item(items, i), zone, loop_now_sec(c->loop)))
            return err_set(err, ERR_INVALID,
                           "Requested reservation overlaps with another reservation");
    return 0;
}

int resvclash_check_room(const struct reservation *r, struct api *c, struct err *err)
{
    RESVLIST_AUTO struct resvlist list = {0};
    size_t n_keeps = 0;

    if (resvlist_fetch(&list, c, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        n_keeps += *json_str_or(list.resvs[i].spec, "licenses", "") != '\0';
    if (list.n >= RESV_MAX)
        return err_set(err, ERR_INVALID, "there are %zu reservations: no more act",
                       list.n);
    if (r->n_licenses > 0 && n_keeps >= KEEPS_MAX)
        return err_set(err, ERR_INVALID,
                       "there are %zu reservations with licences: no more keep any",
                       n_keeps);
    return 0;
}

/* Jobs of its own are where they are to be. */
static bool runs_into(const struct jobrow *job, const struct reservation *r,
                      int64_t start_sec, const struct hostlist *nodes)
{
    const int64_t end = jobrow_end_sec(job);
    const char *in = job->ran_reservation ? job->ran_reservation : job->reservation;

    if (job->word->kind != JOB_KIND_ACTIVE || !job->node_list || str_eq(in, r->name) ||
        (end != TIME_UNSET && end != LIMIT_UNLIMITED && end <= start_sec))
        return false;
    return share_nodes(nodes, job->node_list);
}

int resvclash_check_jobs(const struct reservation *r, const struct joblist *jobs,
                         struct api *c, struct err *err)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    int64_t start, end;

    if (r->ignore_jobs || r->any_nodes || r->replace || reservation_is_partial(r) ||
        !reservation_occurrence(r, loop_now_sec(c->loop), &start, &end))
        return 0;
    if (nodes_of(r, c, &nodes, err) < 0)
        return -1;
    for (size_t i = 0; i < jobs->n; i++)
        if (runs_into(&jobs->rows[i], r, start, &nodes))
            return err_set(err, ERR_INVALID, "Requested nodes are busy");
    return 0;
}
