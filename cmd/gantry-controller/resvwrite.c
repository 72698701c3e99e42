#include "cmd/gantry-controller/resvwrite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/resvpurge.h"
#include "cmd/gantry-controller/watches.h"
#include "crds/kinds.h"

const struct kc_resource reservation_resource = KIND_RESERVATION;

/* What the fields have room for (crds/reservations.yaml). */
#define NODES_MAX (1u << 20)
#define MESSAGE_MAX 4096
#define STATUS_MAX (2 * NODES_MAX)
#define CUT "..." /* of a message that is longer */

/* A reservation as it is stored. */
struct keeper {
    struct controller *ctl;
    char *name, *uid, *version;
    char *wrong;        /* why it does not act; NULL */
    char *stored;       /* its status, as text */
    uint64_t found_gen; /* sched_cluster_gen of what was found; 0: nothing yet */
    char *nodes;        /* found: a hostlist, its length, */
    size_t n_nodes;
    char *lack;        /* and what is wrong with it */
    int64_t runs_into; /* a job; as of a minute: */
    int64_t run_minute;
    struct ticket ticket;
    struct kc_call *call;
    UT_hash_handle hh;
};

/* ---- what status should say ---- */

/* The nodes in the cluster that it has, in natural order; of named ones, what there is
 * not goes to `missing`. */
static void find_nodes(const struct controller *ctl, const struct reservation *r,
                       struct hostlist *ret, struct hostlist *missing)
{
    char *const *names = reservation_chooses(r) ? r->chosen : r->node_names;
    size_t n = reservation_chooses(r) ? r->n_chosen : r->n_node_names;
    for (size_t i = 0; i < n; i++)
        if (kc_cache_find(ctl->nodes, NULL, names[i]))
            hostlist_add(ret, names[i]);
    for (size_t i = 0; i < r->n_node_names; i++)
        if (!kc_cache_find(ctl->nodes, NULL, r->node_names[i]))
            hostlist_add(missing, r->node_names[i]);
    hostlist_sort(ret);
    hostlist_sort(missing);
}

struct all_nodes {
    const struct partition *part;
    struct hostlist *list;
};

static void add_node(void *arg, void *item)
{
    const struct all_nodes *all = arg;
    const struct node *node = item;
    if (!all->part || partition_has_node(all->part, node))
        hostlist_add(all->list, node->name);
}

static void find_all_nodes(const struct controller *ctl, const struct reservation *r,
                           struct hostlist *ret)
{
    struct all_nodes all = {NULL, ret};
    if (r->partition) {
        all.part = sched_partition(ctl->sched, r->partition);
        if (!all.part)
            return;
    }
    kc_cache_each(ctl->nodes, add_node, &all);
    hostlist_sort(ret);
}

static void say_licenses(const struct controller *ctl, const struct reservation *r,
                         struct str *out)
{
    const struct license_table *table = &ctl->settings.sched.licenses;
    for (size_t i = 0; i < r->n_licenses; i++) {
        const struct license *l = &r->licenses[i];
        int at = license_find(table, l->name);
        if (at >= 0 && l->count <= table->items[at].total)
            continue;
        str_addf(out, "keeps %" PRId64 " of licence %s; there are %" PRId64, l->count,
                 l->name, at >= 0 ? table->items[at].total : 0);
        return;
    }
}

/* The first that is not there; NULL: all are, or there are no accounts at all. */
static const char *missing_account(const struct controller *ctl,
                                   const struct resv_list *list)
{
    if (kc_cache_count(ctl->policies[POLICY_ACCOUNT]) == 0)
        return NULL;
    for (size_t i = 0; i < list->n_allow + list->n_deny; i++) {
        const char *name =
            i < list->n_allow ? list->allow[i] : list->deny[i - list->n_allow];
        if (!sched_account(ctl->sched, name))
            return name;
    }
    return NULL;
}

/* What is wrong with one that acts. */
static void say_wrong(const struct controller *ctl, const struct reservation *r,
                      const struct hostlist *nodes, const struct hostlist *missing,
                      struct str *out)
{
    if (r->partition && !sched_partition(ctl->sched, r->partition)) {
        str_addf(out, "partition %s does not exist", r->partition);
    } else if (missing->n > 0) {
        str_add(out, "nodes that do not exist: ");
        hostlist_format(missing, out);
    } else if (reservation_chooses(r) && nodes->n == 0) {
        str_add(out, "there are not enough nodes that are up and free at its time");
    }
}

static void find(struct keeper *k, const struct reservation *r)
{
    HOSTLIST_AUTO struct hostlist nodes = {0}, missing = {0};
    STR_AUTO struct str list, lack;
    str_init(&list, NODES_MAX);
    str_init(&lack, MESSAGE_MAX - strlen(CUT));
    if (r->all_nodes)
        find_all_nodes(k->ctl, r, &nodes);
    else
        find_nodes(k->ctl, r, &nodes, &missing);
    hostlist_format(&nodes, &list);
    say_wrong(k->ctl, r, &nodes, &missing, &lack);
    k->found_gen = sched_cluster_gen(k->ctl->sched);
    k->n_nodes = nodes.n;
    text_set(&k->nodes, list.s);
    free(k->lack);
    k->lack = xasprintf("%s%s", lack.s, lack.overflow ? CUT : "");
}

static void set_time(struct json *status, const char *key, int64_t sec, bool is)
{
    char text[TIME_TEXT_MAX];
    time_format_rfc3339(sec, text);
    json_set(status, key, is ? json_new_string(text) : json_new_null());
}

/* Both act: a job runs in the one that it names. */
static void say_clash(const struct keeper *k, struct str *out)
{
    const struct reservation *other = sched_reservation_clash(k->ctl->sched, k->name);
    if (other && out->len == 0)
        str_addf(out,
                 "overlaps with reservation %s: neither has the flag OVERLAP or MAINT",
                 other->name);
}

/* Asked once a minute while there is none: many run. Slurm would not have taken it. */
static void say_run_into(struct keeper *k, struct str *out)
{
    const int64_t minute = loop_now_sec(k->ctl->loop) / 60;
    if (k->run_minute != minute || k->runs_into > 0)
        k->runs_into = sched_reservation_run_into(k->ctl->sched, k->name);
    k->run_minute = k->runs_into < 0 ? -1 : minute;
    if (k->runs_into > 0 && out->len == 0)
        str_addf(out,
                 "job %" PRId64 " runs into its time on its nodes: it lacks the flag "
                 "IGNORE_JOBS",
                 k->runs_into);
}

static struct json *status_of(struct keeper *k, const struct reservation *r)
{
    int64_t start = 0, end = 0, now_sec = loop_now_sec(k->ctl->loop);
    bool is = reservation_occurrence(r, now_sec, &start, &end);
    /* It takes long in a large cluster; only what the core chooses changes besides. */
    if (k->found_gen != sched_cluster_gen(k->ctl->sched) || reservation_chooses(r))
        find(k, r);
    STR_AUTO struct str message;
    str_init(&message, MESSAGE_MAX);
    sched_say_idle_reservation(k->ctl->sched, k->name, &message);
    if (message.len == 0)
        str_add(&message, k->lack);
    const char *account = missing_account(k->ctl, &r->accounts);
    if (message.len == 0 && account)
        str_addf(&message, "account %s does not exist", account);
    if (message.len == 0) /* as there are by the settings, which change unseen */
        say_licenses(k->ctl, r, &message);
    say_clash(k, &message);
    say_run_into(k, &message);
    struct json *status = json_build(
        "{'nodes':%s,'nodeCount':%i,'state':%s,'message':%s}", k->nodes,
        (int64_t)k->n_nodes, is && start <= now_sec ? "ACTIVE" : "INACTIVE", message.s);
    set_time(status, "startTime", start, is && !reservation_floats(r));
    set_time(status, "endTime", end, is && !reservation_floats(r));
    return status;
}

/* NULL: nothing that the core knows of. */
static struct json *wanted(struct keeper *k)
{
    const struct reservation *r = sched_reservation(k->ctl->sched, k->name);
    if (k->wrong)
        return json_build("{'nodes':'','nodeCount':0,'state':'INVALID','message':%s,"
                          "'startTime':null,'endTime':null}",
                          k->wrong);
    return r ? status_of(k, r) : NULL;
}

/* Of what is stored, the same keys in the same order. */
static char *text_of(const struct json *status)
{
    static const char *const keys[] = {"nodes",   "nodeCount", "state",
                                       "message", "startTime", "endTime"};
    STR_AUTO struct str text;
    str_init(&text, STATUS_MAX);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct json *val = json_get(status, keys[i]);
        if (val && !json_is(val, JSON_NULL))
            json_print(val, &text);
        str_addc(&text, ' ');
    }
    return str_take(&text);
}

/* ---- writing ---- */

static bool is_written(const struct keeper *k, const struct json *status)
{
    AUTO_FREE char *text = text_of(status);
    return str_eq(text, k->stored);
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct keeper *k = arg;
    k->call = NULL;
    lanes_leave(k->ctl->lanes, &k->ticket);
    if (result->outcome == KC_OK) {
        AUTO_FREE char *text = text_of(json_get(result->body, "status"));
        text_set(&k->stored, text);
        text_set(&k->version, json_str(result->body, "metadata.resourceVersion"));
    } else if (refusal_stays(result)) {
        log_warn(k->ctl->log, "reservation %s: write status: %s: %s", k->name,
                 kc_reason_name(result->reason), result->message);
    }
}

static void send(void *arg)
{
    struct keeper *k = arg;
    struct json *status = wanted(k);
    if (!status || is_written(k, status)) {
        json_free(status);
        lanes_leave(k->ctl->lanes, &k->ticket);
        return;
    }
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'resourceVersion':%s}}", k->uid, k->version);
    json_set(patch, "status", status);
    const struct kc_ref ref = {
        .resource = &reservation_resource, .name = k->name, .subresource = "status"};
    k->call = kc_patch(k->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, k);
}

static void want(struct keeper *k)
{
    JSON_AUTO struct json *status = NULL;
    if (k->ticket.state != TICKET_IDLE)
        return;
    status = wanted(k);
    if (status && !is_written(k, status))
        lanes_enter(k->ctl->lanes, LANE_USAGE, &k->ticket, send, k);
}

void resv_write(struct controller *ctl)
{
    struct keeper *k, *tmp;
    HASH_ITER (hh, ctl->keepers, k, tmp)
        want(k);
}

/* ---- those that are there ---- */

static struct keeper *keeper_find(const struct controller *ctl, const char *name)
{
    struct keeper *k;
    HASH_FIND_STR(ctl->keepers, name, k);
    return k;
}

static void keeper_free(struct keeper *k)
{
    HASH_DEL(k->ctl->keepers, k);
    if (k->call)
        kc_cancel(k->call);
    lanes_leave(k->ctl->lanes, &k->ticket);
    free(k->lack);
    free(k->nodes);
    free(k->stored);
    free(k->wrong);
    free(k->version);
    free(k->uid);
    free(k->name);
    free(k);
}

static void seen(struct controller *ctl, const char *name, const char *wrong,
                 const struct json *object)
{
    struct keeper *k = keeper_find(ctl, name);
    AUTO_FREE char *text = text_of(json_get(object, "status"));
    if (!k) {
        k = xcalloc(1, sizeof(*k));
        k->ctl = ctl;
        k->name = xstrdup(name);
        HASH_ADD_KEYPTR(hh, ctl->keepers, k->name, strlen(k->name), k);
    }
    text_set(&k->uid, json_str(object, "metadata.uid"));
    text_set(&k->version, json_str(object, "metadata.resourceVersion"));
    text_set(&k->wrong, wrong);
    text_set(&k->stored, text);
    k->found_gen = 0;
    k->run_minute = -1;
}

/* The cache keeps the name; what is wrong is found again. */
static void *make(void *arg, const struct json *object)
{
    (void)arg;
    return xstrdup_null(json_str(object, "metadata.name"));
}

static bool names_reservation(const struct job *model, const char *name)
{
    bool names = false;
    for (size_t i = 0; i < model->n_reservations && !names; i++)
        names = str_eq(model->reservations[i], name);
    return names;
}

/* Who names it and no partition is queued in that of the reservation. */
static void ask_members(struct controller *ctl, const char *name)
{
    struct record *r, *tmp;
    if (!ctl->synced)
        return;
    HASH_ITER (hh, ctl->records, r, tmp) {
        const struct job *model = r->job ? r->job->model : NULL;
        if (model && model->n_partitions == 0 && names_reservation(model, name))
            record_ask_partitions(r);
    }
}

static void changed(void *arg, enum kc_change change, void *old_item, void *new_item,
                    const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    const char *name = new_item ? new_item : old_item;
    struct reservation *r = NULL;
    if (change == KC_DELETED) {
        struct keeper *k = keeper_find(ctl, name);
        if (k)
            keeper_free(k);
        purge_forget(ctl, name);
    } else {
        r = convert_reservation(&ctl->convert, object, &err);
        if (!r)
            log_warn(ctl->log, "reservation %s does not act: %s", name, err.msg);
        seen(ctl, name, r ? NULL : err.msg, object);
        if (r)
            purge_seen(ctl, r, json_str(object, "metadata.uid"));
        else
            purge_forget(ctl, name);
    }
    sched_apply(ctl->sched,
                r ? &(struct change){.kind = CHANGE_RESERVATION, .u.reservation = r}
                  : &(struct change){.kind = CHANGE_RESERVATION_GONE, .u.key = name});
    ask_members(ctl, name);
    cycle_want(ctl);
}

const struct kc_cache_ops reservation_ops = {make, changed, free, watches_synced,
                                             watches_trouble};

void resv_free(struct controller *ctl)
{
    struct keeper *k, *tmp;
    HASH_ITER (hh, ctl->keepers, k, tmp)
        keeper_free(k);
}
