#include "cmd/gantry/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "crds/convert.h"

void partlist_add(struct partlist *list, struct partition *model, int64_t created_sec)
{
    GROW(list->parts, list->n, list->cap);
    list->parts[list->n++] = (struct part){model, created_sec};
}

static int compare(const void *pa, const void *pb)
{
    const struct part *a = pa, *b = pb;

    if (a->created_sec != b->created_sec)
        return a->created_sec < b->created_sec ? -1 : 1;
    return strcmp(a->model->name, b->model->name);
}

void partlist_sort(struct partlist *list)
{
    if (list->n > 1)
        qsort(list->parts, list->n, sizeof(*list->parts), compare);
}

static void add_object(struct partlist *list, const struct cli *cli,
                       const struct json *object)
{
    struct restable resources;
    struct err err = ERR_INIT;
    int64_t created_sec = 0;

    restable_init(&resources);
    const struct convert convert = {.resources = &resources};
    struct partition *model = convert_partition(&convert, object, &err);
    if (!model) {
        cli_say(cli, "partition %s is left out: %s",
                json_str_or(object, "metadata.name", "?"), err.msg);
        return;
    }
    time_parse_rfc3339(json_str_or(object, "metadata.creationTimestamp", ""),
                       &created_sec, NULL);
    partlist_add(list, model, created_sec);
}

int partlist_fetch(struct partlist *ret, struct api *c, struct err *err)
{
    const struct kc_ref ref = {&api_partitions, NULL, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_list(c, &ref, NULL, &a, err) < 0)
        return -1;
    const struct json *items = json_get(a.body, "items");
    for (size_t i = 0; json_is(items, JSON_ARRAY) && i < json_len(items); i++)
        add_object(ret, c->cli, json_item(items, i));
    partlist_sort(ret);
    return 0;
}

int partlist_fetch_allowed(struct partlist *ret, struct api *c, struct err *err)
{
    struct err own = ERR_INIT;

    if (partlist_fetch(ret, c, &own) == 0 || own.http_status == 403)
        return 0;
    if (err)
        *err = own;
    return -1;
}

void partlist_fini(struct partlist *list)
{
    for (size_t i = 0; i < list->n; i++)
        partition_free(list->parts[i].model);
    free(list->parts);
    *list = (struct partlist){0};
}

const struct partition *partlist_find(const struct partlist *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->parts[i].model->name, name) == 0)
            return list->parts[i].model;
    return NULL;
}

const struct partition *partlist_default(const struct partlist *list)
{
    const struct partition *best = NULL;

    for (size_t i = 0; i < list->n; i++)
        if (partition_is_default_before(list->parts[i].model, best))
            best = list->parts[i].model;
    return best;
}

int64_t part_default_limit(const struct partition *p)
{
    return p->default_time_sec != LIMIT_UNSET ? p->default_time_sec : p->max_time_sec;
}
