#include "cmd/gantry/resvjson.h"

#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/slurmjson.h"

#define LIST_BYTES_MAX (1u << 20)

/* "ann,-bob" */
static void put_names(struct json *ret, const char *key, const struct json *names)
{
    STR_AUTO struct str text;

    str_init(&text, LIST_BYTES_MAX);
    for (size_t i = 0; i < json_len(names); i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "",
                 json_is(json_item(names, i), JSON_STRING)
                     ? json_string(json_item(names, i))
                     : "");
    json_set(ret, key, slurmjson_text(text.s));
}

static void put_text(struct json *ret, const char *key, const struct json *spec,
                     const char *field)
{
    json_set(ret, key, slurmjson_text(json_str(spec, field)));
}

static void put_time(struct json *ret, const char *key, int64_t sec)
{
    json_set(ret, key, slurmjson_number(sec == TIME_UNSET ? SLURMJSON_UNSET : sec));
}

/* In seconds; 0: none. */
static int64_t length_of(const struct json *spec, const char *field)
{
    const char *text = json_str(spec, field);
    int64_t sec = 0;

    return text && duration_parse(text, &sec, NULL) == 0 ? sec : 0;
}

/* Slurm's flags say also that nodes were named, and that it may go. */
static struct json *flags_of(const struct resv *r)
{
    const char *nodes = json_str_or(r->spec, "nodes", "");
    struct json *flags = json_get(r->spec, "flags");

    flags = json_is(flags, JSON_ARRAY) ? json_copy(flags) : json_new_array();
    if (*nodes && strcasecmp(nodes, "ALL") != 0 && !resv_has_flag(r, "SPEC_NODES"))
        json_append(flags, json_new_string("SPEC_NODES"));
    if (json_str(r->spec, "purgeComp"))
        json_append(flags, json_new_string("PURGE_COMP"));
    return flags;
}

static void put_amounts(struct json *ret, const struct resv *r,
                        const struct nodelist *nodes)
{
    int64_t cpus, gpus;

    resv_sum(r, nodes, &cpus, &gpus);
    AUTO_FREE char *tres = xasprintf("cpu=%lld", (long long)cpus);
    json_set(ret, "core_count", json_new_int(cpus));
    json_set(ret, "node_count", json_new_int(r->node_count));
    json_set(ret, "node_list", slurmjson_text(r->nodes));
    json_set(ret, "tres", slurmjson_text(tres));
}

struct json *resvjson(const struct resv *r, const struct nodelist *nodes)
{
    const int64_t purge_sec = length_of(r->spec, "purgeComp");
    struct json *ret = json_new_object();

    json_set(ret, "name", slurmjson_text(r->name));
    put_time(ret, "start_time", r->start_sec);
    put_time(ret, "end_time", r->end_sec);
    put_amounts(ret, r, nodes);
    json_set(ret, "flags", flags_of(r));
    put_text(ret, "features", r->spec, "features");
    put_text(ret, "partition", r->spec, "partition");
    put_text(ret, "licenses", r->spec, "licenses");
    put_names(ret, "users", json_get(r->spec, "users"));
    put_names(ret, "groups", json_get(r->spec, "groups"));
    put_names(ret, "accounts", json_get(r->spec, "accounts"));
    json_set(ret, "burst_buffer", slurmjson_text(NULL));
    json_set(ret, "core_specializations", json_new_array());
    json_set(ret, "max_start_delay", json_new_int(length_of(r->spec, "maxStartDelay")));
    json_set_at(ret, "purge_completed.time",
                slurmjson_number(purge_sec > 0 ? purge_sec : SLURMJSON_UNSET));
    return ret;
}
