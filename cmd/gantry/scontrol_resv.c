/* scontrol create, update, delete and show of reservations. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/records.h"
#include "cmd/gantry/scontrol.h"
#include "crds/convert.h"

/* ---- show ---- */

int scontrol_show_resvs(struct scontrol *s, const char *id)
{
    BLOCK_AUTO struct block b;
    RESVLIST_AUTO struct resvlist list = {0};
    NODELIST_AUTO struct nodelist nodes;
    struct err err = ERR_INIT;

    nodelist_init(&nodes);
    block_init(&b, s->one_line);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (resvlist_fetch(&list, &s->api, &err) < 0 ||
        nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_load_reservations error: %s", err.msg);
    if (id && *id && !resvlist_find(&list, id)) {
        fprintf(s->cli->out, "Reservation %s not found\n", id);
        return EXIT_ERROR;
    }
    if (list.n == 0 && !s->quiet)
        fprintf(s->cli->out, "No reservations in the system\n");
    for (size_t i = 0; i < list.n; i++)
        if (!id || !*id || strcmp(list.resvs[i].name, id) == 0)
            block_resv(&b, &list.resvs[i], &nodes);
    fputs(b.out.s, s->cli->out);
    return EXIT_DONE;
}

/* ---- the words of create and update ---- */

typedef int put_fn(const struct scontrol *s, const struct change *c, const char *field,
                   struct json *spec, struct err *err);

/* Slurm's "now" is the moment of the command. */
static int put_moment(const struct scontrol *s, const struct change *c,
                      const char *field, struct json *spec, struct err *err)
{
    int64_t sec;
    char text[TIME_TEXT_MAX];

    if (time_parse(c->value, loop_now_sec(s->api.loop), &sec, err) < 0)
        return err_prefix(err, "%s", c->key);
    time_format_rfc3339(sec, text);
    json_set(spec, field, json_new_string(text));
    return 0;
}

static int put_text(const struct scontrol *s, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    (void)s;
    (void)err;
    if (*c->value)
        json_set(spec, field, json_new_string(c->value));
    else
        json_del(spec, field);
    return 0;
}

static int put_number(const struct scontrol *s, const struct change *c,
                      const char *field, struct json *spec, struct err *err)
{
    char *end;
    long long n = strtoll(c->value, &end, 10);

    (void)s;
    if (end == c->value || *end || n < 1 || n > 1000000)
        return err_set(err, ERR_INVALID, "%s: \"%s\" is not a number from 1 on", c->key,
                       c->value);
    json_set_at(spec, field, json_new_int(n));
    return 0;
}

/* "cpu=64,gres/gpu=8" */
static int put_tres(const struct scontrol *s, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *map = json_new_object();
    char *rest = text, *word;

    (void)s;
    json_set(spec, field, map);
    while ((word = strsep(&rest, ",")) != NULL) {
        const char *name = strsep(&word, "=");
        if (!word || !*name || !*word)
            return err_set(err, ERR_INVALID, "%s: right is cpu=64,gres/gpu=8", c->key);
        json_set(map, name, json_new_string(word));
    }
    return 0;
}

/* "a,b"; flags in capitals. */
static int put_list(const struct scontrol *s, const struct change *c, const char *field,
                    struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *list = json_new_array();
    char *rest = text, *word;

    (void)s;
    json_set(spec, field, list);
    if (c->sign)
        return err_set(err, ERR_INVALID,
                       "%s: += and -= are not supported; say the whole list", c->key);
    while ((word = strsep(&rest, ",")) != NULL) {
        for (char *p = word; *p && strcmp(field, "flags") == 0; p++)
            *p = (char)toupper((unsigned char)*p);
        if (*word)
            json_append(list, json_new_string(word));
    }
    return 0;
}

/* A row without a function: Slurm's, and why it is refused. */
static const struct word {
    const char *key, *field;
    put_fn *put;
} words[] = {
    {"ReservationName", NULL, NULL},
    {"Reservation", NULL, NULL},
    {"StartTime", "startTime", put_moment},
    {"EndTime", "endTime", put_moment},
    {"Duration", "duration", put_text},
    {"Nodes", "nodes", put_text},
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
    {"AllowedPartitions", "not supported", NULL},
    {"BurstBuffer", "there are no burst buffers", NULL},
    {"Comment", "description", put_text},
    {"Groups", "users and accounts are known here, groups are not", NULL},
    {"Licenses", "licences are not reserved", NULL},
    {"MaxStartDelay", "not supported", NULL},
    {"Skip", "not supported", NULL},
};

static const struct word *word_find(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(words[i].key, key) == 0)
            return &words[i];
    return NULL;
}

static int read_word(const struct scontrol *s, const struct change *c,
                     struct json *spec, struct err *err)
{
    const struct word *word = word_find(c->key);

    if (!word)
        return err_set(err, ERR_INVALID, "Unknown parameter: %s=%s", c->key, c->value);
    if (word->put)
        return word->put(s, c, word->field, spec, err);
    if (word->field)
        return err_set(err, ERR_INVALID, "%s: %s", word->key, word->field);
    return 0;
}

static int read_words(const struct scontrol *s, const struct changes *changes,
                      struct json *spec, struct err *err)
{
    for (size_t i = 0; i < changes->n; i++)
        if (read_word(s, &changes->list[i], spec, err) < 0)
            return -1;
    return 0;
}

static const char *name_of(const struct changes *changes)
{
    const struct change *c = changes_find(changes, "ReservationName");

    c = c ? c : changes_find(changes, "Reservation");
    return c && *c->value ? c->value : NULL;
}

/* ---- create ---- */

/* What the controller would not let act is not sent. */
static int check(const struct json *object, struct err *err)
{
    struct restable resources;

    restable_init(&resources);
    const struct convert convert = {.resources = &resources,
                                    .gpu_resource = "nvidia.com/gpu"};
    struct reservation *r = convert_reservation(&convert, object, err);
    const bool good = r != NULL;
    reservation_free(r);
    return good ? 0 : -1;
}

/* As the server will have it. */
static int check_new(const struct scontrol *s, const struct json *object,
                     struct err *err)
{
    char now[TIME_TEXT_MAX];
    JSON_AUTO struct json *copy = json_copy(object);

    time_format_rfc3339(loop_now_sec(s->api.loop), now);
    json_set_at(copy, "metadata.creationTimestamp", json_new_string(now));
    if (!json_str(copy, "metadata.name"))
        json_set_at(copy, "metadata.name", json_new_string("resv"));
    return check(copy, err);
}

static int create(struct scontrol *s, const struct changes *changes, struct err *err)
{
    const struct kc_ref ref = {&api_reservations, NULL, NULL, NULL};
    const char *name = name_of(changes);
    JSON_AUTO struct json *object =
        json_build("{'apiVersion':'gantry.dev/v1alpha1','kind':'Reservation',"
                   "'metadata':{},'spec':{}}");
    ANSWER_AUTO struct answer a = {0};

    json_set_at(object, name ? "metadata.name" : "metadata.generateName",
                json_new_string(name ? name : "resv-"));
    if (read_words(s, changes, json_get(object, "spec"), err) < 0 ||
        check_new(s, object, err) < 0 || api_create(&s->api, &ref, object, &a, err) < 0)
        return -1;
    fprintf(s->cli->out, "Reservation created: %s\n",
            json_str_or(a.body, "metadata.name", "?"));
    return 0;
}

int scontrol_create(struct scontrol *s, int argc, char **argv)
{
    CHANGES_AUTO struct changes changes = {0};
    struct err err = ERR_INIT;
    const int skip = scontrol_is(argv[1], "reservation") ? 2 : 1;

    if (changes_parse(&changes, argc - skip, argv + skip, &err) < 0)
        return scontrol_fail(s, "%s", err.msg);
    if (skip == 1 && !name_of(&changes))
        return scontrol_fail(s, "scontrol create makes reservations: create "
                                "reservation KEY=VALUE...; partitions are made by "
                                "kubectl apply");
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (create(s, &changes, &err) < 0)
        return scontrol_fail(s, "Error creating the reservation: %s", err.msg);
    return EXIT_DONE;
}

/* ---- update and delete ---- */

/* It has an end, or a length. */
static void leave_one_end(const struct changes *changes, struct json *spec)
{
    if (changes_find(changes, "Duration"))
        json_del(spec, "endTime");
    else if (changes_find(changes, "EndTime"))
        json_del(spec, "duration");
}

/* All of the spec is sent, so that a list or TRES is the new one and no more; not over
 * what somebody has changed meanwhile. */
static int update(struct scontrol *s, const struct changes *changes, struct err *err)
{
    const struct kc_ref ref = {&api_reservations, NULL, name_of(changes), NULL};
    ANSWER_AUTO struct answer was = {0};
    ANSWER_AUTO struct answer is = {0};

    if (!ref.name || api_get(&s->api, &ref, &was, err) < 0)
        return !ref.name || was.reason == KC_REASON_NOT_FOUND
                   ? err_set(err, ERR_NOT_FOUND, "Requested reservation is invalid")
                   : -1;
    struct json *spec = json_get(was.body, "spec");
    JSON_AUTO struct json *before = json_copy(spec);
    if (read_words(s, changes, spec, err) < 0)
        return -1;
    leave_one_end(changes, spec);
    if (check(was.body, err) < 0)
        return -1;
    JSON_AUTO struct json *patch =
        json_build("[{'op':'test','path':'/spec','value':%j},"
                   "{'op':'replace','path':'/spec','value':%j}]",
                   before, spec);
    return api_patch(&s->api, &ref, KC_PATCH_JSON, patch, &is, err);
}

int scontrol_update_resv(struct scontrol *s, const struct changes *changes)
{
    struct err err = ERR_INIT;

    if (changes->n < 2)
        return scontrol_fail(s, "No changes specified");
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (update(s, changes, &err) < 0)
        return scontrol_fail(s, "Error updating the reservation: %s", err.msg);
    fprintf(s->cli->out, "Reservation updated.\n");
    return EXIT_DONE;
}

/* Jobs that run in it, as Slurm says them; the name is the only operand. */
static bool is_used(const struct joblist *jobs, const char *name)
{
    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->rows[i].word->kind == JOB_KIND_ACTIVE &&
            str_eq(jobs->rows[i].reservation, name))
            return true;
    return false;
}

static int delete_resv(struct scontrol *s, const char *name)
{
    const struct kc_ref ref = {&api_reservations, NULL, name, NULL};
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    joblist_init(&jobs);
    if (scontrol_jobs(s, &jobs, &parts) < 0)
        return EXIT_ERROR;
    if (is_used(&jobs, name))
        return scontrol_fail(
            s, "slurm_delete_reservation error: Requested reservation is in use");
    if (api_delete(&s->api, &ref, NULL, &a, &err) == 0)
        return EXIT_DONE;
    if (a.reason == KC_REASON_NOT_FOUND)
        return scontrol_fail(
            s, "slurm_delete_reservation error: Requested reservation is invalid");
    return scontrol_fail(s, "slurm_delete_reservation error: %s", err.msg);
}

/* "ReservationName=x", "reservation x" */
int scontrol_delete(struct scontrol *s, int argc, char **argv)
{
    const char *equals = strchr(argv[1], '=');
    AUTO_FREE char *key =
        xstrndup(argv[1], equals ? (size_t)(equals - argv[1]) : strlen(argv[1]));
    const char *name = equals ? equals + 1 : argc > 2 ? argv[2] : "";

    if (!scontrol_is(key, "ReservationName") || !*name || argc > (equals ? 2 : 3))
        return scontrol_fail(s,
                             "scontrol delete takes ReservationName=NAME; partitions "
                             "are deleted by kubectl delete");
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    return delete_resv(s, name);
}
