#include "cmd/gantry/resvwords.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry/resvlists.h"
#include "cmd/gantry/scontrol.h"

typedef int put_fn(int64_t now_sec, const struct change *c, const char *field,
                   struct json *spec, struct err *err);

/* Slurm's "now" is the moment of the command. */
static int put_moment(int64_t now_sec, const struct change *c, const char *field,
                      struct json *spec, struct err *err)
{
    int64_t sec;
    char text[TIME_TEXT_MAX];

    if (time_parse(c->value, now_sec, &sec, err) < 0)
        return err_prefix(err, "%s", c->key);
    time_format_rfc3339(sec, text);
    json_set(spec, field, json_new_string(text));
    return 0;
}

static int put_text(int64_t now_sec, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    (void)now_sec;
    (void)err;
    if (*c->value)
        json_set(spec, field, json_new_string(c->value));
    else
        json_del(spec, field);
    return 0;
}

/* With += and -= it goes by what the reservation has (resvedit.h). */
static int put_whole(int64_t now_sec, const struct change *c, const char *field,
                     struct json *spec, struct err *err)
{
    return c->more ? 0 : put_text(now_sec, c, field, spec, err);
}

#define KILO 1024 /* "2k" */
#define NUMBER_MAX 1000000

static int put_number(int64_t now_sec, const struct change *c, const char *field,
                      struct json *spec, struct err *err)
{
    char *end;
    long long n = strtoll(c->value, &end, 10);

    (void)now_sec;
    if (strcasecmp(end, "k") == 0 && n > 0 && n <= NUMBER_MAX) {
        n *= KILO;
        end++;
    }
    if (end == c->value || *end || n < 1 || n > NUMBER_MAX)
        return err_set(err, ERR_INVALID, "%s: \"%s\" is not a number from 1 on", c->key,
                       c->value);
    json_set_at(spec, field, json_new_int(n));
    return 0;
}

#define LICENSE "license/"

/* "license/matlab=2": a field of its own here. */
static void add_license(struct str *list, const char *name, const char *count)
{
    str_addf(list, "%s%s:%s", list->len > 0 ? "," : "", name, count);
}

/* "cpu=64,gres/gpu=8,license/matlab=2"; without amounts of nodes these are whole. */
static int put_tres(int64_t now_sec, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *map = json_new_object();
    STR_AUTO struct str licenses;
    char *rest = text, *word;

    (void)now_sec;
    str_init(&licenses, 2 * strlen(c->value) + 1);
    json_set(spec, field, map);
    while (*text && (word = strsep(&rest, ",")) != NULL) {
        const char *name = strsep(&word, "=");
        if (!word || !*name || !*word)
            return err_set(err, ERR_INVALID, "%s: right is cpu=64,gres/gpu=8", c->key);
        if (strncasecmp(name, LICENSE, strlen(LICENSE)) == 0)
            add_license(&licenses, name + strlen(LICENSE), word);
        else
            json_set(map, name, json_new_string(word));
    }
    if (json_len(map) == 0)
        json_del(spec, field);
    if (licenses.len > 0)
        json_set(spec, "licenses", json_new_string(licenses.s));
    return 0;
}

/* Users, accounts, ... */
static int put_list(int64_t now_sec, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    (void)now_sec;
    (void)err;
    resvlists_put_names(c, field, spec);
    return 0;
}

static int put_flags(int64_t now_sec, const struct change *c, const char *field,
                     struct json *spec, struct err *err)
{
    (void)now_sec;
    (void)field;
    return resvlists_put_flags(c, spec, err);
}

/* ---- the table ---- */

/* A row without a function: Slurm's, and why it is refused. */
static const struct word {
    const char *key, *field;
    put_fn *put;
} words[] = {
    {"ReservationName", NULL, NULL},
    {"Reservation", NULL, NULL},
    {"StartTime", "startTime", put_moment},
    {"EndTime", "endTime", put_moment},
    {"Duration", "duration", put_whole},
    {"Nodes", "nodes", put_whole},
    {"NodeCnt", "nodeCount", put_number},
    {"NodeCount", "nodeCount", put_number},
    {"CoreCnt", "tres.cpu", put_number},
    {"TRES", "tres", put_tres},
    {"PartitionName", "partition", put_text},
    {"Features", "features", put_text},
    {"Users", "users", put_list},
    {"Accounts", "accounts", put_list},
    {"QOS", "qos", put_list},
    {"Flags", "flags", put_flags},
    {"AllowedPartitions", "allowedPartitions", put_list},
    {"BurstBuffer", "there are no burst buffers", NULL},
    {"Comment", "description", put_text},
    {"Groups", "groups", put_list},
    {"Licenses", "licenses", put_text},
    {"MaxStartDelay", "maxStartDelay", put_text},
    {"Skip", NULL, NULL}, /* of an update: scontrol_resv.c */
};

static const struct word *word_find(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(words[i].key, key) == 0)
            return &words[i];
    return NULL;
}

/* The word that it cuts short, if no other one says something else. */
static const struct word *word_cut(const char *key)
{
    const struct word *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!scontrol_is(key, words[i].key))
            continue;
        if (found && !str_eq(found->field, words[i].field))
            return NULL;
        found = found ? found : &words[i];
    }
    return found;
}

bool resvwords_complete(struct changes *changes)
{
    bool named = false;

    for (size_t i = 0; i < changes->n && !named; i++)
        named = scontrol_is(changes->list[i].key, "ReservationName");
    for (size_t i = 0; i < changes->n && named; i++) {
        struct change *c = &changes->list[i];
        const struct word *word = word_find(c->key) ? NULL : word_cut(c->key);

        if (!word)
            continue;
        free(c->key);
        c->key = xstrdup(word->key);
    }
    return named;
}

static int read_word(int64_t now_sec, const struct change *c, struct json *spec,
                     struct err *err)
{
    const struct word *word = word_find(c->key);

    if (!word)
        return err_set(err, ERR_INVALID, "Unknown parameter: %s=%s", c->key, c->value);
    if (c->more && word->put && word->put != put_list && word->put != put_flags &&
        word->put != put_whole)
        return changes_refuse_more(word->key, c, err);
    if (word->put)
        return word->put(now_sec, c, word->field, spec, err);
    if (word->field)
        return err_set(err, ERR_INVALID, "%s: %s", word->key, word->field);
    return 0;
}

int resvwords_read(const struct changes *changes, int64_t now_sec, struct json *spec,
                   struct err *err)
{
    for (size_t i = 0; i < changes->n; i++)
        if (read_word(now_sec, &changes->list[i], spec, err) < 0)
            return -1;
    return 0;
}
