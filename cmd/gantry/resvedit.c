#include "cmd/gantry/resvedit.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/resvs.h"

#define NODES_TEXT_MAX 65536 /* spec.nodes: crds/reservations.yaml */

/* ---- one that floats ---- */

bool resvedit_floats(const struct json *spec)
{
    return resv_has_flag(&(struct resv){.spec = spec}, "TIME_FLOAT");
}

int resvedit_keep_distance(const struct changes *changes, bool floated, int64_t now_sec,
                           struct json *spec, struct err *err)
{
    const char *text = json_str(spec, "startTime");
    int64_t sec = now_sec;

    if (floated && !resvedit_floats(spec))
        return err_set(err, ERR_INVALID,
                       "Flags: TIME_FLOAT stays: a reservation that "
                       "floats does so until it is deleted");
    if (!resvedit_floats(spec) || (floated && !changes_find(changes, "StartTime")))
        return 0;
    if (text && time_parse(text, now_sec, &sec, err) < 0)
        return err_prefix(err, "StartTime");
    AUTO_FREE char *distance =
        xasprintf("now+%" PRId64 "seconds", MAX(sec - now_sec, 0));
    json_set(spec, "startTime", json_new_string(distance));
    return 0;
}

/* ---- times ---- */

static void put_time(struct json *spec, const char *field, int64_t sec)
{
    char text[TIME_TEXT_MAX];

    time_format_rfc3339(sec, text);
    json_set(spec, field, json_new_string(text));
}

static int refuse_less(const struct change *c, struct err *err)
{
    const bool flags = strcasecmp(c->key, "Flags") == 0;

    if (c->sign != '-' || !(c->more || flags))
        return 0;
    return err_set(err, ERR_INVALID,
                   "%s%s=%s: of what is not there yet nothing is taken away", c->key,
                   c->more ? "-" : "", c->value);
}

int resvedit_refuse_more(const struct changes *changes, struct err *err)
{
    static const char *const keys[] = {"Duration", "Nodes"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct change *c = changes_find(changes, keys[i]);

        if (c && c->more)
            return changes_refuse_more(keys[i], c, err);
    }
    for (size_t i = 0; i < changes->n; i++)
        if (refuse_less(&changes->list[i], err) < 0)
            return -1;
    return 0;
}

/* When it begins and ends by its spec, the words of which count from when it was made.
 * Unlimited: it never ends. */
static int read_span(const struct json *object, const struct json *spec,
                     int64_t *ret_start, int64_t *ret_end, struct err *err)
{
    const char *start = json_str(spec, "startTime"), *end = json_str(spec, "endTime");
    const char *length = json_str(spec, "duration");
    int64_t made = 0;

    if (time_parse_rfc3339(json_str_or(object, "metadata.creationTimestamp", ""), &made,
                           err) < 0)
        return -1;
    *ret_start = made;
    if (start && time_parse(start, made, ret_start, err) < 0)
        return -1;
    *ret_end = DURATION_UNLIMITED;
    if (end)
        return time_parse(end, made, ret_end, err);
    if (length && duration_parse(length, ret_end, err) < 0)
        return -1;
    if (*ret_end != DURATION_UNLIMITED)
        *ret_end += *ret_start;
    return 0;
}

static int lengthen(const struct change *c, const struct json *object,
                    struct json *spec, struct err *err)
{
    int64_t start, end, by;
    char text[DURATION_TEXT_MAX];

    if (duration_parse(c->value, &by, err) < 0)
        return err_prefix(err, "Duration");
    if (read_span(object, spec, &start, &end, err) < 0)
        return -1;
    if (end == DURATION_UNLIMITED || by == DURATION_UNLIMITED)
        return err_set(err, ERR_INVALID,
                       "Duration%c=%s: what has no end is no longer or shorter for it",
                       c->sign, c->value);
    by = c->sign == '-' ? -by : by;
    if (end + by <= start || end + by - start > DURATION_MAX) {
        duration_format(end - start, text);
        return err_set(err, ERR_INVALID, "Duration%c=%s: the reservation lasts %s",
                       c->sign, c->value, text);
    }
    if (json_str(spec, "endTime")) {
        put_time(spec, "endTime", end + by);
    } else {
        duration_format(end + by - start, text);
        json_set(spec, "duration", json_new_string(text));
    }
    return 0;
}

int resvedit_agree(const struct changes *changes, int64_t made_sec, struct json *spec,
                   struct err *err)
{
    const struct change *c = changes_find(changes, "Duration");
    const char *text = json_str(spec, "startTime");
    int64_t start = made_sec, end, length;

    if (!c || c->more || !changes_find(changes, "EndTime"))
        return 0;
    if ((text && time_parse(text, made_sec, &start, err) < 0) ||
        time_parse(json_str_or(spec, "endTime", ""), made_sec, &end, err) < 0)
        return -1;
    if (duration_parse(c->value, &length, err) < 0)
        return err_prefix(err, "Duration");
    if (length == DURATION_UNLIMITED || start + length != end)
        return err_set(err, ERR_INVALID, "StartTime + Duration does not equal EndTime");
    json_del(spec, "endTime");
    return 0;
}

int resvedit_length(const struct changes *changes, const struct json *object,
                    struct json *spec, struct err *err)
{
    const struct change *c = changes_find(changes, "Duration");

    if (c && c->more)
        return lengthen(c, object, spec, err);
    if (c)
        json_del(spec, "endTime");
    else if (changes_find(changes, "EndTime"))
        json_del(spec, "duration");
    return 0;
}

int resvedit_skip(const struct json *object, const struct zone *zone, int64_t now_sec,
                  struct json *spec, struct err *err)
{
    int64_t start, end;
    struct reservation *r = resv_model(object, zone, err);

    if (!r)
        return -1;
    const bool comes = r->repeat != RESV_ONCE &&
                       reservation_occurrence(r, now_sec, &start, &end) &&
                       reservation_occurrence(r, end, &start, &end);
    reservation_free(r);
    if (!comes)
        return err_set(err, ERR_INVALID, "Skip: the reservation does not come again");
    put_time(spec, "startTime", start);
    if (json_str(spec, "endTime"))
        put_time(spec, "endTime", end);
    return 0;
}

/* ---- nodes ---- */

static size_t place_of(const struct hostlist *list, const char *name)
{
    size_t i = 0;

    while (i < list->n && strcmp(list->names[i], name) != 0)
        i++;
    return i;
}

static int subtract(const struct hostlist *from, const struct hostlist *what,
                    struct hostlist *ret, struct err *err)
{
    for (size_t i = 0; i < what->n; i++)
        if (place_of(from, what->names[i]) == from->n)
            return err_set(err, ERR_INVALID, "Nodes: the reservation has no node %s",
                           what->names[i]);
    for (size_t i = 0; i < from->n; i++)
        if (place_of(what, from->names[i]) == what->n)
            hostlist_add(ret, from->names[i]);
    return ret->n > 0 ? 0
                      : err_set(err, ERR_INVALID,
                                "Nodes: the reservation would have no nodes left");
}

static void put_nodes(struct hostlist *nodes, struct json *spec)
{
    STR_AUTO struct str text;

    str_init(&text, NODES_TEXT_MAX);
    hostlist_sort(nodes);
    hostlist_format(nodes, &text);
    json_set(spec, "nodes", json_new_string(text.s));
    json_del(spec, "nodeCount");
}

/* What it holds of its nodes it holds of other ones; whole ones are named. */
static bool holds_amounts(const struct json *object)
{
    struct reservation *r = resv_model(object, NULL, NULL);
    const bool ret = r && reservation_is_partial(r);

    reservation_free(r);
    return ret;
}

/* Nodes by name, or so many of them: one takes the other's place. */
static void take_place(const struct changes *changes, struct json *spec)
{
    const bool names = changes_find(changes, "Nodes");
    const bool counts =
        changes_find(changes, "NodeCnt") || changes_find(changes, "NodeCount");

    if (names && !counts)
        json_del(spec, "nodeCount");
    if (counts && !names)
        json_del(spec, "nodes");
}

int resvedit_nodes(const struct changes *changes, const struct json *object,
                   struct json *spec, struct err *err)
{
    const struct change *c = changes_find(changes, "Nodes");
    HOSTLIST_AUTO struct hostlist has = {0};
    HOSTLIST_AUTO struct hostlist what = {0};
    HOSTLIST_AUTO struct hostlist rest = {0};

    if (!c || !c->more) {
        take_place(changes, spec);
        return 0;
    }
    if (!holds_amounts(object))
        json_del(spec, "tres");
    const char *was = json_str(spec, "nodes");
    if (!was || strcasecmp(was, "ALL") == 0)
        was = json_str_or(object, "status.nodes", "");
    if (hostlist_parse(&what, c->value, err) < 0)
        return err_prefix(err, "Nodes");
    if (*was && hostlist_parse(&has, was, err) < 0)
        return err_prefix(err, "spec.nodes");
    if (c->sign == '-' && subtract(&has, &what, &rest, err) < 0)
        return -1;
    for (size_t i = 0; i < what.n && c->sign != '-'; i++)
        hostlist_add(&has, what.names[i]);
    put_nodes(c->sign == '-' ? &rest : &has, spec);
    return 0;
}
