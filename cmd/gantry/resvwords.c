#include "cmd/gantry/resvwords.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/util.h"
#include "crds/resvflag.h"

#define PURGE_FLAG "PURGE_COMP"
#define PURGE_DEFAULT "5" /* minutes, as in Slurm */

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

static int put_number(int64_t now_sec, const struct change *c, const char *field,
                      struct json *spec, struct err *err)
{
    char *end;
    long long n = strtoll(c->value, &end, 10);

    (void)now_sec;
    if (end == c->value || *end || n < 1 || n > 1000000)
        return err_set(err, ERR_INVALID, "%s: \"%s\" is not a number from 1 on", c->key,
                       c->value);
    json_set_at(spec, field, json_new_int(n));
    return 0;
}

/* "cpu=64,gres/gpu=8" */
static int put_tres(int64_t now_sec, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *map = json_new_object();
    char *rest = text, *word;

    (void)now_sec;
    json_set(spec, field, map);
    while ((word = strsep(&rest, ",")) != NULL) {
        const char *name = strsep(&word, "=");
        if (!word || !*name || !*word)
            return err_set(err, ERR_INVALID, "%s: right is cpu=64,gres/gpu=8", c->key);
        json_set(map, name, json_new_string(word));
    }
    return 0;
}

/* ---- lists ---- */

static bool is_named(const struct json *item, const char *name)
{
    return json_is(item, JSON_STRING) && strcmp(json_string(item), name) == 0;
}

static size_t place_of(const struct json *list, const char *name)
{
    size_t i = 0;

    while (i < json_len(list) && !is_named(json_item(list, i), name))
        i++;
    return i;
}

static void put_name(struct json *list, const char *name, char sign)
{
    const size_t at = place_of(list, name);

    if (sign == '-' && at < json_len(list))
        json_array_del(list, at);
    else if (sign != '-' && at == json_len(list))
        json_append(list, json_new_string(name));
}

/* "PURGE_COMP", "PURGE_COMP=00:10:00": a field of its own here. */
static bool put_purge(struct json *spec, const char *field, const char *word,
                      const struct change *c)
{
    const size_t len = strlen(PURGE_FLAG);

    if (strcmp(field, "flags") != 0 || strncmp(word, PURGE_FLAG, len) != 0 ||
        (word[len] && word[len] != '='))
        return false;
    if (c->more && c->sign == '-')
        json_del(spec, "purgeComp");
    else
        json_set(spec, "purgeComp",
                 json_new_string(word[len] ? word + len + 1 : PURGE_DEFAULT));
    return true;
}

/* Slurm's own word is longer than the one it shows. */
#define MAINTENANCE "MAINTENANCE"
/* So many letters of a flag at least. */
#define FLAG_LEAST 3

/* The flag that it says, as in Slurm also by its first letters, if no other begins so;
 * else the word, which the server refuses by name. In capitals. */
static const char *flag_of(char *word)
{
    const char *found = NULL, *flag;
    size_t len = strlen(word), n = 0;

    for (char *p = word; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    if (len > strlen("MAINT") && strncmp(MAINTENANCE, word, len) == 0)
        return "MAINT";
    for (size_t i = 0; (flag = resvflag_word(i)) != NULL; i++) {
        if (strcmp(flag, word) == 0)
            return flag;
        if (strncmp(flag, word, len) == 0) {
            found = flag;
            n++;
        }
    }
    return len >= FLAG_LEAST && n == 1 ? found : word;
}

/* "a,b"; flags in capitals. With += and -= what is there, more or less. */
static int put_list(int64_t now_sec, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *list = c->more ? json_get(spec, field) : NULL;
    char *rest = text, *word;

    (void)now_sec;
    (void)err;
    if (!json_is(list, JSON_ARRAY)) {
        list = json_new_array();
        json_set(spec, field, list);
    }
    while ((word = strsep(&rest, ",")) != NULL) {
        const char *name = strcmp(field, "flags") == 0 ? flag_of(word) : word;

        if (*word && !put_purge(spec, field, word, c))
            put_name(list, name, c->more ? c->sign : '+');
    }
    return 0;
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
    {"Flags", "flags", put_list},
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

static int read_word(int64_t now_sec, const struct change *c, struct json *spec,
                     struct err *err)
{
    const struct word *word = word_find(c->key);

    if (!word)
        return err_set(err, ERR_INVALID, "Unknown parameter: %s=%s", c->key, c->value);
    if (c->more && word->put && word->put != put_list && word->put != put_whole)
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
