#include "cmd/gantry/resvcheck.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/parts.h"

#define HTTP_FORBIDDEN 403

/* Who may not see them is told by the controller. */
static int leave(const struct err *err)
{
    return err->http_status == HTTP_FORBIDDEN ? 0 : -1;
}

/* ---- partitions ---- */

static int check_partition(const struct partlist *parts, const char *name,
                           struct err *err)
{
    if (!name || partlist_find(parts, name))
        return 0;
    return err_set(err, ERR_INVALID,
                   "Invalid partition name specified: there is no partition \"%s\"",
                   name);
}

static int check_names(const struct partlist *parts, char *const *names, size_t n,
                       struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (check_partition(parts, names[i], err) < 0)
            return -1;
    return 0;
}

static int check_partitions(const struct reservation *r, const struct partlist *parts,
                            struct err *err)
{
    if (check_partition(parts, r->partition, err) < 0 ||
        check_names(parts, r->parts.allow, r->parts.n_allow, err) < 0)
        return -1;
    return check_names(parts, r->parts.deny, r->parts.n_deny, err);
}

/* ---- nodes ---- */

static int check_node_names(const struct reservation *r, const struct nodelist *nodes,
                            struct err *err)
{
    for (size_t i = 0; i < r->n_node_names; i++) {
        bool is = false;

        for (size_t k = 0; k < nodes->n && !is; k++)
            is = strcmp(nodes->rows[k].name, r->node_names[i]) == 0;
        if (!is)
            return err_set(err, ERR_INVALID,
                           "Invalid node name specified: there is no node \"%s\"",
                           r->node_names[i]);
    }
    return 0;
}

/* What all nodes together have that it might get. */
struct supply {
    int64_t nodes, cpus, mem_bytes, gpus;
    int64_t typed[RESV_GPUS_MAX]; /* as r->gpus */
};

static void add_node(const struct reservation *r, const struct noderow *row,
                     struct supply *sum)
{
    sum->nodes++;
    sum->cpus += row->cpus;
    sum->mem_bytes += row->mem_bytes;
    sum->gpus += row->gpus;
    for (size_t i = 0; i < r->n_gpus; i++)
        if (str_eq(row->model->gpu_type, r->gpus[i].name))
            sum->typed[i] += row->gpus;
}

static struct supply supply_of(const struct reservation *r,
                               const struct nodelist *nodes,
                               const struct partlist *parts)
{
    const struct partition *part =
        r->partition ? partlist_find(parts, r->partition) : NULL;
    struct supply sum = {0};

    for (size_t i = 0; i < nodes->n; i++) {
        const struct noderow *row = &nodes->rows[i];

        if ((!part || partition_has_node(part, row->model)) &&
            (r->n_node_names == 0 ||
             names_have(r->node_names, r->n_node_names, row->name)) &&
            terms_match(r->node_any, r->n_node_any, row->model))
            add_node(r, row, &sum);
    }
    return sum;
}

static int check_amount(int64_t asked, int64_t is, const char *unit, const char *type,
                        struct err *err)
{
    if (is >= asked)
        return 0;
    return err_set(err, ERR_INVALID,
                   "Requested nodes are busy: %" PRId64 " %s%s%s are asked for, of "
                   "nodes that have %" PRId64 " together",
                   asked, unit, type ? " of type " : "", type ? type : "", is);
}

static int check_amounts(const struct reservation *r, const struct supply *sum,
                         struct err *err)
{
    const int64_t mib = INT64_C(1) << 20;

    if (check_amount((r->want.v[RES_CPU] + 999) / 1000, sum->cpus, "CPUs", NULL, err) <
            0 ||
        check_amount(r->want.v[RES_MEM] / mib, sum->mem_bytes / mib, "MiB of memory",
                     NULL, err) < 0 ||
        check_amount(r->want.v[RES_FIXED], sum->gpus, "GPUs", NULL, err) < 0)
        return -1;
    for (size_t i = 0; i < r->n_gpus; i++)
        if (check_amount(r->gpus[i].count, sum->typed[i], "GPUs", r->gpus[i].name,
                         err) < 0)
            return -1;
    return 0;
}

/* Whether they are free the controller knows, and when. */
static int check_count(const struct reservation *r, const struct nodelist *nodes,
                       const struct partlist *parts, struct err *err)
{
    const struct supply sum = supply_of(r, nodes, parts);

    if (sum.nodes >= r->node_count)
        return check_amounts(r, &sum, err);
    return err_set(err, ERR_INVALID,
                   "Node count specification invalid: %" PRId64 " nodes are asked for, "
                   "and there are %" PRId64 " of its partition and features",
                   r->node_count, sum.nodes);
}

static int check_nodes(const struct reservation *r, struct api *c, const char *ns,
                       struct err *err)
{
    PARTLIST_AUTO struct partlist parts = {0};
    NODELIST_AUTO struct nodelist nodes;

    nodelist_init(&nodes);
    if (partlist_fetch(&parts, c, err) < 0)
        return leave(err);
    if (check_partitions(r, &parts, err) < 0)
        return -1;
    if (nodelist_ask_gpus(&nodes, c, ns, err) < 0 || nodelist_fetch(&nodes, c, err) < 0)
        return leave(err);
    return check_node_names(r, &nodes, err) < 0 ? -1
                                                : check_count(r, &nodes, &parts, err);
}

/* ---- accounts ---- */

struct names {
    char **list;
    size_t n;
};

static void add_name(void *arg, const struct json *object)
{
    struct names *names = arg;
    names_add(&names->list, &names->n, json_str_or(object, "metadata.name", ""));
}

static int check_accounts_of(const struct names *is, char *const *names, size_t n,
                             struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!names_have(is->list, is->n, names[i]))
            return err_set(err, ERR_INVALID,
                           "Invalid account or account/partition combination "
                           "specified: there is no account \"%s\"",
                           names[i]);
    return 0;
}

static int check_accounts(const struct reservation *r, struct api *c, struct err *err)
{
    const struct resv_list *list = &r->accounts;
    struct names is = {NULL, 0};
    int rc = 0;

    if (list->n_allow + list->n_deny == 0)
        return 0;
    if (api_list_each(c, &api_accounts, add_name, &is, err) < 0)
        rc = leave(err);
    else if (is.n > 0 && (check_accounts_of(&is, list->allow, list->n_allow, err) < 0 ||
                          check_accounts_of(&is, list->deny, list->n_deny, err) < 0))
        rc = -1;
    names_free(is.list, is.n);
    return rc;
}

/* ---- licences ---- */

static int check_licenses(const struct reservation *r, struct api *c, const char *ns,
                          struct err *err)
{
    struct settings settings;
    const struct license_table *table = &settings.sched.licenses;

    settings_default(&settings);
    if (r->n_licenses == 0 && r->any_nodes)
        return err_set(
            err, ERR_INVALID,
            "Invalid license specification: the flags ANY_NODES and "
            "LICENSE_ONLY are for reservations of licences, and it has none");
    if (r->n_licenses == 0)
        return 0;
    if (clusterconf_fetch(c, ns, PUBLISHED_LICENSES, &settings, err) < 0)
        return leave(err);
    for (size_t i = 0; i < r->n_licenses; i++) {
        const struct license *l = &r->licenses[i];
        const int at = license_find(table, l->name);
        const int64_t total = at >= 0 ? table->items[at].total : 0;

        if (l->count > total)
            return err_set(err, ERR_INVALID,
                           "Invalid license specification: %" PRId64 " of \"%s\" are "
                           "asked for, and there are %" PRId64,
                           l->count, l->name, total);
    }
    return 0;
}

int resvcheck(const struct reservation *r, struct api *c, const char *ns,
              struct err *err)
{
    if (check_nodes(r, c, ns, err) < 0 || check_accounts(r, c, err) < 0)
        return -1;
    return check_licenses(r, c, ns, err);
}
