#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/constraint.h"
#include "crds/convert_private.h"
#include "crds/licenses.h"
#include "crds/resvflag.h"
#include "crds/rules.h"

#define ZONE_KEPT_SEC (30 * 366 * INT64_C(86400))

static bool has_flag(const struct json *object, const char *flag)
{
    const struct json *list = json_at(object, "spec.flags");
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_text_of(json_item(list, i)), flag))
            return true;
    return false;
}

/* ---- when ---- */

/* What "now" means is when the object was made. */
static int read_moment(const struct json *object, const char *path, int64_t created_sec,
                       int64_t *ret, struct err *err)
{
    const char *text;
    if (text_read(object, path, &text, err) < 0)
        return -1;
    if (text && time_parse(text, created_sec, ret, err) < 0)
        return err_prefix(err, "%s", path);
    return 0;
}

static int read_end(const struct json *object, int64_t created_sec,
                    struct reservation *r, struct err *err)
{
    int64_t end = TIME_UNSET, length = LIMIT_UNSET;
    if (read_moment(object, "spec.endTime", created_sec, &end, err) < 0 ||
        duration_read(object, "spec.duration", &length, err) < 0)
        return -1;
    if ((end == TIME_UNSET) == (length == LIMIT_UNSET))
        return err_set(err, ERR_INVALID,
                       "spec.endTime: a reservation has this or spec.duration");
    if (length != LIMIT_UNSET && length != LIMIT_UNLIMITED)
        end = r->start_sec + length;
    r->end_sec = length == LIMIT_UNLIMITED ? INT64_MAX / 4 : end;
    return 0;
}

/* As far ahead as it was when it was made. Its length moves on with it: only a time at
 * which it ends is an end. */
static void set_floating(const struct json *object, int64_t created_sec,
                         struct reservation *r)
{
    r->float_sec = r->start_sec - created_sec;
    if (!json_at(object, "spec.endTime"))
        r->end_sec = INT64_MAX / 4;
}

/* It would come again while it is still there. */
static int check_length(const struct reservation *r, struct err *err)
{
    const int64_t period_sec = reservation_period_sec(r);
    char text[DURATION_TEXT_MAX];

    if (period_sec == 0 || r->end_sec - r->start_sec <= period_sec)
        return 0;
    duration_format(period_sec, text);
    return err_set(err, ERR_INVALID,
                   "spec.duration: longer than the %s after which it comes again",
                   text);
}

static int read_times(const struct json *object, struct reservation *r, struct err *err)
{
    int64_t created = time_read(object, "metadata.creationTimestamp");
    created = created != TIME_UNSET ? created : 0;
    r->start_sec = created;
    if (read_moment(object, "spec.startTime", created, &r->start_sec, err) < 0)
        return -1;
    if (has_flag(object, "TIME_FLOAT"))
        r->start_sec = MAX(r->start_sec, created);
    if (read_end(object, created, r, err) < 0)
        return -1;
    if (r->end_sec <= r->start_sec)
        return err_set(err, ERR_INVALID, "spec.endTime: must be behind spec.startTime");
    if (r->end_sec <= created && r->repeat == RESV_ONCE)
        return err_set(err, ERR_INVALID,
                       "spec.startTime: the reservation was over when it was made");
    if (has_flag(object, "TIME_FLOAT"))
        set_floating(object, created, r);
    return check_length(r, err);
}

/* What may come of its zone: as it is when it begins, and thirty years more. */
static void take_zone(const struct zone *zone, struct reservation *r)
{
    size_t first = 0, end = 0;
    if (!zone || zone->n == 0 || r->repeat == RESV_ONCE)
        return;
    while (first + 1 < zone->n && zone->shifts[first + 1].from_sec <= r->start_sec)
        first++;
    for (end = first; end < zone->n; end++)
        if (zone->shifts[end].from_sec > r->start_sec + ZONE_KEPT_SEC)
            break;
    end = MAX(end, first + 1);
    r->n_shifts = end - first;
    r->shifts = xcalloc(r->n_shifts, sizeof(*r->shifts));
    for (size_t i = first; i < end; i++)
        r->shifts[i - first] = zone->shifts[i];
}

/* ---- flags ---- */

static int read_flags(const struct json *object, struct reservation *r, struct err *err)
{
    const struct json *list = json_at(object, "spec.flags");
    for (size_t i = 0; i < json_len(list); i++) {
        const char *word = json_text_of(json_item(list, i));
        enum resv_repeat repeat = r->repeat;
        if (!word || !resvflag_set(r, word))
            return err_set(err, ERR_INVALID,
                           "spec.flags[%zu]: \"%s\" is no flag of a "
                           "reservation, or not supported",
                           i, word ? word : "");
        if (repeat != RESV_ONCE && r->repeat != repeat)
            return err_set(err, ERR_INVALID,
                           "spec.flags[%zu]: it comes again in one way only", i);
    }
    if (has_flag(object, "TIME_FLOAT") && r->repeat != RESV_ONCE)
        return err_set(err, ERR_INVALID,
                       "spec.flags: Repeating floating reservations are not supported: "
                       "TIME_FLOAT is for one that does not come again");
    return 0;
}

/* It is deleted whole: what comes again would not. */
static int read_purge(const struct json *object, struct reservation *r, struct err *err)
{
    if (duration_read(object, "spec.purgeComp", &r->purge_sec, err) < 0)
        return -1;
    if (r->purge_sec == LIMIT_UNLIMITED)
        r->purge_sec = LIMIT_UNSET;
    if (r->purge_sec != LIMIT_UNSET && has_flag(object, "TIME_FLOAT"))
        return err_set(err, ERR_INVALID,
                       "spec.purgeComp: no job runs in a reservation with TIME_FLOAT");
    if (r->purge_sec == LIMIT_UNSET || r->repeat == RESV_ONCE)
        return 0;
    return err_set(err, ERR_INVALID,
                   "spec.purgeComp: not of a reservation that comes again");
}

/* ---- which nodes ---- */

#define TYPED "gres/gpu:"

/* In the order of types; none is asked for twice in a map. */
static int add_typed(struct reservation *r, const char *type, int64_t count,
                     struct err *err)
{
    if (count == 0)
        return 0;
    if (r->n_gpus == RESV_GPUS_MAX)
        return err_set(err, ERR_INVALID, "at most %d types of GPUs", RESV_GPUS_MAX);
    licenses_add(&r->gpus, &r->n_gpus, type, count);
    for (size_t i = r->n_gpus - 1;
         i > 0 && strcmp(r->gpus[i].name, r->gpus[i - 1].name) < 0; i--) {
        const struct license later = r->gpus[i];
        r->gpus[i] = r->gpus[i - 1];
        r->gpus[i - 1] = later;
    }
    return 0;
}

/* "cpu": cores, as people count them. */
static int read_amount(const struct convert *c, const char *name, const char *text,
                       struct reservation *r, struct err *err)
{
    int64_t milli;
    if (strcmp(name, "mem") == 0)
        return size_parse(text, &r->want.v[RES_MEM], err);
    if (quantity_parse_milli(text, &milli, err) < 0)
        return -1;
    if (milli < 0 || milli / 1000 > PODS_MAX * (int64_t)1000)
        return err_set(err, ERR_INVALID, "\"%s\" is no such number", text);
    if (strcmp(name, "cpu") == 0)
        r->want.v[RES_CPU] = milli;
    else if (strcmp(name, "node") == 0)
        r->node_count = milli / 1000;
    else if (strcmp(name, "gres/gpu") == 0) {
        int i = restable_intern(c->resources, c->gpu_resource);
        if (i < 0)
            return err_set(err, ERR_INVALID, "too many resources");
        r->want.v[i] = milli / 1000;
    } else if (strncmp(name, TYPED, strlen(TYPED)) == 0 && name[strlen(TYPED)]) {
        return add_typed(r, name + strlen(TYPED), milli / 1000, err);
    } else {
        return err_set(err, ERR_INVALID,
                       "no such TRES: right are cpu, mem, node, gres/gpu and "
                       "gres/gpu:TYPE");
    }
    return 0;
}

static int read_want(const struct convert *c, const struct json *object,
                     struct reservation *r, struct err *err)
{
    const struct number_field count[] = {
        {"spec.nodeCount", &r->node_count, 1, PODS_MAX}};
    if (numbers_read(object, count, 1, err) < 0)
        return -1;
    for (json_each (it, json_at(object, "spec.tres"))) {
        AUTO_FREE char *text = json_is(it.val, JSON_STRING)
                                   ? xstrdup(json_string(it.val))
                                   : json_text(it.val, NULL);
        if (read_amount(c, it.key, text, r, err) < 0)
            return err_prefix(err, "spec.tres.%s", it.key);
    }
    return 0;
}

static int read_named(const struct json *object, struct reservation *r, struct err *err)
{
    const char *text;
    if (text_read(object, "spec.nodes", &text, err) < 0)
        return -1;
    r->all_nodes = text && strcasecmp(text, "ALL") == 0;
    if (r->all_nodes || (text && !*text))
        return 0;
    return hostlist_read(object, "spec.nodes", &r->node_names, &r->n_node_names, err);
}

static int read_features(const struct json *object, struct reservation *r,
                         struct err *err)
{
    const char *text;
    if (text_read(object, "spec.features", &text, err) < 0)
        return -1;
    if (text && *text &&
        constraint_parse_any(text, &r->node_any, &r->n_node_any, err) < 0)
        return err_prefix(err, "spec.features");
    return 0;
}

/* So much of named ones: each of them has its part, and has it for good. */
static int spread_named(struct reservation *r, struct err *err)
{
    if (r->n_node_names == 0 && !r->all_nodes)
        return 0;
    if (r->node_count > 0)
        return err_set(err, ERR_INVALID,
                       "spec.nodeCount: a reservation has this or spec.nodes");
    if (r->n_gpus == 0 && resvec_is_zero(&r->want))
        return 0;
    if (r->all_nodes)
        return err_set(err, ERR_INVALID,
                       "spec.tres: not with nodes: ALL; name them, or say how much of "
                       "the partition");
    r->node_count = (int64_t)r->n_node_names;
    r->static_alloc = true;
    return 0;
}

static int read_nodes(const struct convert *c, const struct json *object,
                      struct reservation *r, struct err *err)
{
    const char *part;
    if (text_read(object, "spec.partition", &part, err) < 0 ||
        read_named(object, r, err) < 0 || read_want(c, object, r, err) < 0 ||
        read_features(object, r, err) < 0 || spread_named(r, err) < 0)
        return -1;
    r->partition = part && *part ? xstrdup(part) : NULL;
    if (r->n_node_names > 0 || r->all_nodes || reservation_chooses(r) || r->any_nodes)
        return 0;
    if (r->partition) { /* Slurm: all of it */
        r->all_nodes = true;
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   "spec.nodes: a reservation has this, spec.nodeCount, spec.tres or "
                   "spec.partition; one of licences alone has the flag LICENSE_ONLY");
}

static int read_licenses(const struct json *object, struct reservation *r,
                         struct err *err)
{
    const char *text;
    if (text_read(object, "spec.licenses", &text, err) < 0)
        return -1;
    if (text && *text && licenses_parse(text, &r->licenses, &r->n_licenses, err) < 0)
        return err_prefix(err, "spec.licenses");
    return 0;
}

/* ---- who ---- */

/* "ann", "-bob" */
static int read_list(const struct json *object, const char *path,
                     struct resv_list *list, struct err *err)
{
    const struct json *names = json_at(object, path);
    for (size_t i = 0; i < json_len(names); i++) {
        const char *name = json_text_of(json_item(names, i));
        if (!name || !*name || strcmp(name, "-") == 0)
            return err_set(err, ERR_INVALID, "%s[%zu]: expected a name", path, i);
        if (name[0] == '-')
            names_add(&list->deny, &list->n_deny, name + 1);
        else
            names_add(&list->allow, &list->n_allow, name);
    }
    names_sort(list->allow, list->n_allow);
    names_sort(list->deny, list->n_deny);
    return 0;
}

static int read_lists(const struct json *object, struct reservation *r, struct err *err)
{
    if (read_list(object, "spec.users", &r->users, err) < 0 ||
        read_list(object, "spec.accounts", &r->accounts, err) < 0)
        return -1;
    if (read_list(object, "spec.groups", &r->groups, err) < 0 ||
        read_list(object, "spec.qos", &r->qos, err) < 0)
        return -1;
    return read_list(object, "spec.allowedPartitions", &r->parts, err);
}

/* Whom else it is for the server does not know. */
static int check_deletable(const struct json *object, const struct reservation *r,
                           struct err *err)
{
    if (!has_flag(object, "USER_DELETE") || r->users.n_allow + r->groups.n_allow > 0)
        return 0;
    return err_set(err, ERR_INVALID,
                   "spec.flags: USER_DELETE is for users or groups that are named: of "
                   "accounts and others the server cannot tell whose they are");
}

/* ---- flags again: of which nodes they speak ---- */

static int check_flags(const struct json *object, const struct reservation *r,
                       struct err *err)
{
    static const char *const replace[] = {"REPLACE", "REPLACE_DOWN"};
    if (has_flag(object, "PART_NODES") && !(r->all_nodes && r->partition))
        return err_set(err, ERR_INVALID,
                       "spec.flags: PART_NODES is for nodes: ALL of a partition");
    for (size_t i = 0; i < ARRAY_LEN(replace); i++)
        if (has_flag(object, replace[i]) &&
            (!reservation_chooses(r) || r->n_node_names > 0))
            return err_set(err, ERR_INVALID,
                           "spec.flags: %s is for nodes that are chosen: by nodeCount "
                           "or tres",
                           replace[i]);
    return 0;
}

/* ---- all of it ---- */

/* Those that were chosen before, as status has them: of those that are named now. */
static void read_chosen(const struct json *object, struct reservation *r)
{
    char **names = NULL;
    size_t n = 0;
    if (reservation_chooses(r) && *json_str_or(object, "status.nodes", ""))
        hostlist_read(object, "status.nodes", &names, &n, NULL);
    for (size_t i = 0; i < n; i++)
        if (r->n_node_names == 0 ||
            names_have(r->node_names, r->n_node_names, names[i]))
            names_add(&r->chosen, &r->n_chosen, names[i]);
    names_free(names, n);
}

struct reservation *convert_reservation(const struct convert *c,
                                        const struct json *object, struct err *err)
{
    struct reservation *ret = reservation_new();
    const char *name = json_str(object, "metadata.name");
    ret->name = xstrdup(name ? name : "");
    if (!name) {
        err_set(err, ERR_INVALID, "metadata.name: a reservation needs a name");
    } else if (rules_hold("Reservation", object, err) == 0 &&
               read_flags(object, ret, err) == 0 && read_purge(object, ret, err) == 0 &&
               duration_read(object, "spec.maxStartDelay", &ret->delay_sec, err) == 0 &&
               read_times(object, ret, err) == 0 &&
               read_nodes(c, object, ret, err) == 0 &&
               check_flags(object, ret, err) == 0 &&
               read_licenses(object, ret, err) == 0 &&
               read_lists(object, ret, err) == 0 &&
               check_deletable(object, ret, err) == 0) {
        take_zone(c->zone, ret);
        read_chosen(object, ret);
        return ret;
    }
    reservation_free(ret);
    return NULL;
}
