/* scontrol create, update, delete and show of reservations. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/records.h"
#include "cmd/gantry/resvcheck.h"
#include "cmd/gantry/resvclash.h"
#include "cmd/gantry/resvedit.h"
#include "cmd/gantry/resvjson.h"
#include "cmd/gantry/resvwords.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/slurmjson.h"

/* ---- show ---- */

static bool is_wanted(const struct resv *r, const char *id)
{
    return !id || !*id || strcmp(r->name, id) == 0;
}

static void print_json(struct scontrol *s, const struct resvlist *list,
                       const struct nodelist *nodes, const char *id)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "reservations");
    for (size_t i = 0; i < list->n; i++)
        if (is_wanted(&list->resvs[i], id))
            slurmjson_item(&doc, resvjson(&list->resvs[i], nodes));
    slurmjson_end(&doc, loop_now_sec(s->api.loop));
}

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
        nodelist_ask_gpus(&nodes, &s->api, s->controller_ns, &err) < 0 ||
        nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_load_reservations error: %s", err.msg);
    if (id && *id && !resvlist_find(&list, id)) {
        fprintf(s->cli->out, "Reservation %s not found\n", id);
        return EXIT_ERROR;
    }
    if (s->json) {
        print_json(s, &list, &nodes, id);
        return EXIT_DONE;
    }
    if (list.n == 0 && !s->quiet)
        fprintf(s->cli->out, "No reservations in the system\n");
    for (size_t i = 0; i < list.n; i++)
        if (is_wanted(&list.resvs[i], id))
            block_resv(&b, &list.resvs[i], &nodes);
    fputs(b.out.s, s->cli->out);
    return EXIT_DONE;
}

static const char *name_of(const struct changes *changes)
{
    const struct change *c = changes_find(changes, "ReservationName");

    c = c ? c : changes_find(changes, "Reservation");
    return c && *c->value ? c->value : NULL;
}

/* ---- create ---- */

/* A QOS is enough. */
static bool is_for_nobody(const struct json *spec)
{
    static const char *const lists[] = {"users", "groups", "accounts", "qos",
                                        "allowedPartitions"};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (json_len(json_get(spec, lists[i])) > 0)
            return false;
    return true;
}

/* Nodes that are to be chosen are chosen from those that nobody runs into it on. */
static int check_jobs(struct scontrol *s, const struct reservation *r, struct err *err)
{
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};
    const struct jobquery query = {NULL, NULL, &parts, JOB_WHOLE};

    joblist_init(&jobs);
    if (r->ignore_jobs || (reservation_chooses(r) && r->n_chosen == 0))
        return 0;
    if (partlist_fetch_allowed(&parts, &s->api, err) < 0 ||
        joblist_fetch(&jobs, &s->api, &query, err) < 0)
        return -1;
    return resvclash_check_jobs(r, &jobs, &s->api, err);
}

/* What the controller would not let act is not sent; nor what Slurm would not take.
 * `moves`: when it is, or of which nodes, is being said; who has borrowed
 * nodes (MaxStartDelay) may be on them then. */
static int check(struct scontrol *s, const struct json *object, bool is_new, bool moves,
                 struct err *err)
{
    ZONE_AUTO struct zone zone = {0};
    if (resvs_fetch_zone(&s->api, s->controller_ns, &zone, err) < 0)
        return -1;
    struct reservation *r = resv_model(object, &zone, err);
    int rc = r ? resvcheck(r, &s->api, s->controller_ns, err) : -1;
    if (rc == 0)
        rc = resvclash_check(r, &zone, &s->api, err);
    if (rc == 0 && is_new)
        rc = resvclash_check_room(r, &s->api, err);
    if (rc == 0 && (is_new || (moves && r->delay_sec == LIMIT_UNSET)))
        rc = check_jobs(s, r, err);
    reservation_free(r);
    return rc;
}

/* As the server will have it. */
static int check_new(struct scontrol *s, const struct json *object, struct err *err)
{
    char now[TIME_TEXT_MAX];
    JSON_AUTO struct json *copy = json_copy(object);

    time_format_rfc3339(loop_now_sec(s->api.loop), now);
    json_set_at(copy, "metadata.creationTimestamp", json_new_string(now));
    if (!json_str(copy, "metadata.name"))
        json_set_at(copy, "metadata.name", json_new_string("resv"));
    return check(s, copy, true, true, err);
}

static int create(struct scontrol *s, const char *name, const struct json *spec,
                  struct err *err)
{
    const struct kc_ref ref = {&api_reservations, NULL, NULL, NULL};
    JSON_AUTO struct json *object =
        json_build("{'apiVersion':'gantry.dev/v1alpha1','kind':'Reservation',"
                   "'metadata':{},'spec':%j}",
                   spec);
    ANSWER_AUTO struct answer a = {0};

    json_set_at(object, name ? "metadata.name" : "metadata.generateName",
                json_new_string(name ? name : "resv-"));
    if (check_new(s, object, err) < 0 || api_create(&s->api, &ref, object, &a, err) < 0)
        return -1;
    fprintf(s->cli->out, "Reservation created: %s\n",
            json_str_or(a.body, "metadata.name", "?"));
    return 0;
}

int scontrol_create(struct scontrol *s, int argc, char **argv)
{
    CHANGES_AUTO struct changes changes = {0};
    JSON_AUTO struct json *spec = json_new_object();
    struct err err = ERR_INIT;
    const int skip = scontrol_is(argv[1], "reservation") ? 2 : 1;

    if (changes_parse(&changes, argc - skip, argv + skip, &err) < 0)
        return scontrol_fail(s, "%s", err.msg);
    if (!resvwords_complete(&changes) && skip == 1)
        return scontrol_fail(s, "scontrol create makes reservations: create "
                                "reservation KEY=VALUE...; partitions are made by "
                                "kubectl apply");
    if (changes_find(&changes, "Skip"))
        return scontrol_fail(s, "Error creating the reservation: Skip: only what is "
                                "there already can skip its next time: use update");
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    const int64_t now_sec = loop_now_sec(s->api.loop);
    int rc = resvedit_refuse_more(&changes, &err);
    if (rc == 0)
        rc = resvwords_read(&changes, now_sec, spec, &err);
    if (rc == 0)
        rc = resvedit_keep_distance(&changes, false, now_sec, spec, &err);
    if (rc == 0)
        rc = resvedit_agree(&changes, now_sec, spec, &err);
    if (rc == 0 && !json_get(spec, "endTime") && !json_get(spec, "duration"))
        return cli_error(s->cli, "An end time or duration must be specified.  No "
                                 "reservation created.");
    if (rc == 0 && is_for_nobody(spec))
        return cli_error(s->cli, "Either Users/Groups and/or Accounts must be "
                                 "specified.  No reservation created.");
    if (rc == 0)
        rc = create(s, name_of(&changes), spec, &err);
    return rc == 0 ? EXIT_DONE
                   : scontrol_fail(s, "Error creating the reservation: %s", err.msg);
}

/* ---- update and delete ---- */

/* What comes of what it has. */
static int edit(struct scontrol *s, const struct changes *changes,
                const struct json *object, const struct json *before, struct json *spec,
                struct err *err)
{
    const int64_t now_sec = loop_now_sec(s->api.loop);
    ZONE_AUTO struct zone zone = {0};

    if (resvedit_keep_distance(changes, resvedit_floats(before), now_sec, spec, err) <
            0 ||
        resvedit_length(changes, object, spec, err) < 0 ||
        resvedit_nodes(changes, object, spec, err) < 0)
        return -1;
    if (!changes_find(changes, "Skip"))
        return 0;
    if (resvs_fetch_zone(&s->api, s->controller_ns, &zone, err) < 0)
        return -1;
    return resvedit_skip(object, &zone, now_sec, spec, err);
}

/* Comments, and who may, are changed also over jobs that run into it. */
static bool moves(const struct changes *changes)
{
    static const char *const keys[] = {"StartTime", "EndTime", "Duration",
                                       "Nodes",     "Flags",   "Skip"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (changes_find(changes, keys[i]))
            return true;
    return false;
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
    const int64_t now_sec = loop_now_sec(s->api.loop);
    if (resvwords_read(changes, now_sec, spec, err) < 0 ||
        resvedit_agree(changes, time_read(was.body, "metadata.creationTimestamp"), spec,
                       err) < 0 ||
        edit(s, changes, was.body, before, spec, err) < 0)
        return -1;
    if (is_for_nobody(spec))
        return err_set(err, ERR_INVALID,
                       "Reservation request lacks users, groups or accounts");
    if (check(s, was.body, false, moves(changes), err) < 0)
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
    for (size_t i = 0; i < jobs->n; i++) {
        const struct jobrow *r = &jobs->rows[i];
        const char *in = r->ran_reservation ? r->ran_reservation : r->reservation;

        if (r->word->kind == JOB_KIND_ACTIVE && str_eq(in, name))
            return true;
    }
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
    if (scontrol_jobs(s, 0, &jobs, &parts) < 0)
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
