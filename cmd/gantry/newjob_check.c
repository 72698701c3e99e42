#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/newjob.h"
#include "cmd/gantry/resvs.h"
#include "scheduler/model.h"

/* ---- partitions ---- */

static const struct json *find_partition(const struct json *items, const char *name,
                                         size_t len)
{
    for (size_t i = 0; i < json_len(items); i++) {
        const char *there = json_str_or(json_item(items, i), "metadata.name", "");
        if (strlen(there) == len && strncmp(there, name, len) == 0)
            return json_item(items, i);
    }
    return NULL;
}

/* It takes no new jobs. */
static bool is_closed(const struct json *partition)
{
    const char *state = json_str_or(partition, "spec.state", "UP");
    return strcmp(state, "DRAIN") == 0 || strcmp(state, "INACTIVE") == 0;
}

/* It takes new jobs, or its alternate does. */
static bool is_open(const struct json *items, const struct json *partition)
{
    for (int i = 0; partition && i <= ALTERNATES_MAX; i++) {
        if (!is_closed(partition))
            return true;
        const char *name = json_str_or(partition, "spec.alternate", "");
        partition = find_partition(items, name, strlen(name));
    }
    return false;
}

static int refuse_closed(const char *names, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "Required partition not available (inactive or drain): %s", names);
}

/* All are there, and one at least takes jobs, or its alternate. */
static int check_names(const struct json *items, const char *names, struct err *err)
{
    const char *const all = names;
    bool open = false;
    while (*names) {
        const size_t len = strcspn(names, ",");
        const struct json *partition = find_partition(items, names, len);
        if (!partition)
            return err_set(err, ERR_NOT_FOUND,
                           "Invalid partition name specified: there is no partition "
                           "\"%.*s\"",
                           (int)len, names);
        open |= is_open(items, partition);
        names += len + (names[len] == ',');
    }
    return open ? 0 : refuse_closed(all, err);
}

/* Lists are in the order of names, and of several the first is the default. */
static const struct json *find_default(const struct json *items)
{
    for (size_t i = 0; i < json_len(items); i++)
        if (json_bool_or(json_item(items, i), "spec.default", false))
            return json_item(items, i);
    return NULL;
}

static int check_components(const struct newjob *n, const struct json *items,
                            struct err *err)
{
    const struct json *components = json_at(n->body, "spec.components");

    for (size_t i = 0; i < json_len(components); i++) {
        const char *name = json_str(json_item(components, i), "partition");
        const struct json *partition =
            name ? find_partition(items, name, strlen(name)) : NULL;
        if (partition && is_closed(partition)) /* no alternate takes its place */
            return refuse_closed(name, err);
        if (name && check_names(items, name, err) < 0)
            return -1;
    }
    return 0;
}

static int check_job(const struct newjob *n, const struct json *items, struct err *err)
{
    const char *names = json_str(n->body, "spec.partition");

    if (names)
        return check_names(items, names, err);
    const struct json *partition = find_default(items);
    if (!partition)
        return err_set(err, ERR_NOT_FOUND,
                       "No partition specified or system default partition");
    if (!is_open(items, partition))
        return refuse_closed(json_str_or(partition, "metadata.name", ""), err);
    return 0;
}

int newjob_check_partitions(struct newjob *n, struct err *err)
{
    const struct kc_ref ref = {&api_partitions, NULL, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_list(n->api, &ref, NULL, &a, err) < 0)
        /* who may not see them is answered by the controller */
        return a.reason == KC_REASON_FORBIDDEN ? 0 : -1;
    const struct json *items = json_get(a.body, "items");
    return check_job(n, items, err) < 0 ? -1 : check_components(n, items, err);
}

/* ---- nodes ---- */

static int check_node(struct api *c, const char *name, struct err *err)
{
    const struct kc_ref ref = {&kc_nodes, NULL, name, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_get(c, &ref, &a, err) == 0)
        return 0;
    if (a.reason == KC_REASON_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND,
                       "Invalid node name specified: there is no node \"%s\"", name);
    /* who may not see them is not told */
    return a.reason == KC_REASON_FORBIDDEN ? 0 : -1;
}

static int check_list(const struct newjob *n, const char *text, struct err *err)
{
    HOSTLIST_AUTO struct hostlist names = {0};

    if (text != NULL && hostlist_parse(&names, text, err) < 0)
        return -1;
    hostlist_sort(&names);
    for (size_t i = 0; i < names.n; i++)
        if (check_node(n->api, names.names[i], err) < 0)
            return -1;
    return 0;
}

int newjob_check_excluded(struct newjob *n, struct err *err)
{
    const struct json *components = json_at(n->body, "spec.components");

    for (size_t i = 0; i < json_len(components); i++)
        if (check_list(n, json_str(json_item(components, i), "exclude"), err) < 0)
            return -1;
    return check_list(n, json_str(n->body, "spec.exclude"), err);
}

/* ---- reservations ---- */

int newjob_check_reservations(struct newjob *n, struct err *err)
{
    const char *names = json_str_or(n->body, "spec.reservation", "");

    return strchr(names, ',') ? resvs_check_names(n->api, names, err) : 0;
}
