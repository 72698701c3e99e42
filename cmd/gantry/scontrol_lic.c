/* scontrol show licenses: how many there are, how many running jobs have, and how many
 * reservations that are active keep. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/resvs.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/slurmjson.h"
#include "crds/licenses.h"

/* `one`: of a choice, that which is taken; NULL: none is yet. */
static void add_used(const struct license_table *table, const char *text,
                     const char *one, int64_t *used)
{
    struct license *list = NULL;
    size_t n = 0;
    bool any = false;

    if (!text || licenses_parse_asked(text, &list, &n, &any, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        const int at = license_find(table, list[i].name);
        if (at >= 0 && (!any || str_eq(list[i].name, one)))
            used[at] += list[i].count;
    }
    licenses_free(list, n);
}

/* Of those that hold nodes: licences go with them. */
static int count_used(struct scontrol *s, const struct license_table *table,
                      int64_t *used, struct err *err)
{
    JOBFILTER_AUTO struct jobfilter filter = {0};
    JOBLIST_AUTO struct joblist list;

    joblist_init(&list);
    if (jobfilter_fetch(&filter, &s->api, NULL, JOB_WHOLE, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        if (list.rows[i].word->kind == JOB_KIND_ACTIVE)
            add_used(table, list.rows[i].licenses, list.rows[i].has_license, used);
    return 0;
}

/* Whoever may not list reservations sees none. */
static int count_reserved(struct scontrol *s, const struct license_table *table,
                          int64_t *reserved, struct err *err)
{
    RESVLIST_AUTO struct resvlist list = {0};

    if (resvlist_fetch(&list, &s->api, err) < 0)
        return err->http_status == 403 || err->http_status == 404 ? 0 : -1;
    for (size_t i = 0; i < list.n; i++)
        if (strcmp(list.resvs[i].state, "ACTIVE") == 0)
            add_used(table, json_str(list.resvs[i].spec, "licenses"), NULL, reserved);
    return 0;
}

static void print(const struct scontrol *s, const struct license_total *l, int64_t used,
                  int64_t reserved)
{
    fprintf(s->cli->out,
            "LicenseName=%s%sTotal=%" PRId64 " Used=%" PRId64 " Free=%" PRId64
            " Reserved=%" PRId64 " Remote=no\n",
            l->name, s->one_line ? " " : "\n    ", l->total, used,
            MAX(l->total - used, 0), reserved);
}

/* In the words of Slurm's data_parser v0.0.42. */
static struct json *license_json(const struct license_total *l, int64_t used,
                                 int64_t reserved)
{
    return json_build("{'LicenseName':%s,'Total':%i,'Used':%i,'Free':%i,"
                      "'Remote':false,'Reserved':%i}",
                      l->name, l->total, used, MAX(l->total - used, (int64_t)0),
                      reserved);
}

static void print_json(const struct scontrol *s, const struct license_table *table,
                       const char *id, const int64_t *used, const int64_t *reserved)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "licenses");
    for (size_t i = 0; i < table->n; i++)
        if (!id || !*id || strcmp(table->items[i].name, id) == 0)
            slurmjson_item(&doc, license_json(&table->items[i], used[i], reserved[i]));
    slurmjson_end(&doc, loop_now_sec(s->api.loop));
}

int scontrol_show_licenses(struct scontrol *s, const char *id)
{
    struct settings settings;
    const struct license_table *table = &settings.sched.licenses;
    int64_t used[LICENSES_MAX] = {0}, reserved[LICENSES_MAX] = {0};
    struct err err = ERR_INIT;

    settings_default(&settings);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (clusterconf_fetch(&s->api, s->controller_ns, PUBLISHED_LICENSES, &settings,
                          &err) < 0 ||
        count_used(s, table, used, &err) < 0 ||
        count_reserved(s, table, reserved, &err) < 0)
        return scontrol_fail(s, "slurm_load_licenses error: %s", err.msg);
    if (table->n == 0 && !s->json && !s->quiet)
        fprintf(s->cli->out, "No licenses configured in Slurm.\n");
    if (id && *id && table->n > 0 && license_find(table, id) < 0) {
        fprintf(s->cli->out, "License %s not found\n", id);
        return EXIT_ERROR;
    }
    if (s->json)
        print_json(s, table, id, used, reserved);
    for (size_t i = 0; i < table->n && !s->json; i++)
        if (!id || !*id || strcmp(table->items[i].name, id) == 0)
            print(s, &table->items[i], used[i], reserved[i]);
    return EXIT_DONE;
}
