#include "tests/support/cluster_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/constraint.h"
#include "crds/licenses.h"
#include "scheduler/reservation.h"

static int resv_features(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return constraint_parse_any(at->value, &r->node_any, &r->n_node_any, err);
}

static int resv_repeat(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"once",    "hourly",  "daily",
                                        "weekday", "weekend", "weekly"};
    struct reservation *r = at->object;
    int i;

    if (key_word(at->value, words, ARRAY_LEN(words), &i, err) < 0)
        return -1;
    r->repeat = (enum resv_repeat)i;
    return 0;
}

/* Whose clocks it goes by: "Europe/Berlin" */
static int resv_zone(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;
    struct zone zone;

    if (zone_load(at->value, &zone, err) < 0)
        return -1;
    free(r->shifts);
    r->shifts = zone.shifts;
    r->n_shifts = zone.n;
    return 0;
}

/* "ann,-bob" */
static int resv_list(const struct setting *at, struct err *err)
{
    struct resv_list *list = at->field;
    char *rest = at->value;

    (void)err;
    while (rest != NULL) {
        const char *name = strsep(&rest, ",");

        if (name[0] == '-')
            names_add(&list->deny, &list->n_deny, name + 1);
        else
            names_add(&list->allow, &list->n_allow, name);
    }
    names_sort(list->allow, list->n_allow);
    names_sort(list->deny, list->n_deny);
    return 0;
}

static int resv_licenses(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return licenses_parse(at->value, &r->licenses, &r->n_licenses, err);
}

/* "h100:8,a100" */
static int resv_gpus(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return licenses_parse(at->value, &r->gpus, &r->n_gpus, err);
}

static int resv_flags(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {{"maint", &r->maint},
                 {"overlap", &r->overlap},
                 {"ignorejobs", &r->ignore_jobs},
                 {"flex", &r->flex},
                 {"magnetic", &r->magnetic},
                 {"anynodes", &r->any_nodes},
                 {"static", &r->static_alloc},
                 {"replace", &r->replace},
                 {"nohold", &r->no_hold}};
    char *rest = at->value;

    while (rest != NULL) {
        const char *word = strsep(&rest, ",");
        size_t i = 0;

        while (i < ARRAY_LEN(flags) && strcmp(flags[i].word, word) != 0)
            i++;
        if (i == ARRAY_LEN(flags))
            return err_set(err, ERR_INVALID, "flags=%s: unknown", word);
        *flags[i].flag = true;
    }
    return 0;
}

#define LIST(f) .set = resv_list, .field = offsetof(struct reservation, f)

const struct key cluster_resv_keys[] = {
    {"start", KEY_NUMBER(struct reservation, start_sec)},
    {"end", KEY_NUMBER(struct reservation, end_sec)},
    {"count", KEY_NUMBER(struct reservation, node_count)},
    {"purge", KEY_NUMBER(struct reservation, purge_sec)},
    {"float", KEY_NUMBER(struct reservation, float_sec)},
    {"startdelay", KEY_NUMBER(struct reservation, delay_sec)},
    {"nodes", KEY_NAMES(struct reservation, node_names, n_node_names)},
    {"chosen", KEY_NAMES(struct reservation, chosen, n_chosen)},
    {"licenses", .set = resv_licenses},
    {"gpus", .set = resv_gpus},
    {"all", KEY_FLAG(struct reservation, all_nodes)},
    {"partition", KEY_TEXT(struct reservation, partition)},
    {"features", .set = resv_features},
    {"repeat", .set = resv_repeat},
    {"zone", .set = resv_zone},
    {"users", LIST(users)},
    {"accounts", LIST(accounts)},
    {"qos", LIST(qos)},
    {"groups", LIST(groups)},
    {"partitions", LIST(parts)},
    {"flags", .set = resv_flags},
    {NULL, KEY_RESOURCE(struct reservation, want)},
};
