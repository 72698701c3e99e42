#include "cmd/gantry-controller/usagewrite.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"

#define FAULT_MAX 1024

/* An account or a QOS as it is stored. */
struct payer {
    struct controller *ctl;
    enum payer_kind kind;
    char *name, *uid, *version;
    int64_t stored_sec; /* its usage is true of; TIME_UNSET: it has none */
    int64_t sent_sec;
    char *unread; /* why it is ignored, as it is; NULL: it is not */
    char *fault;  /* what is wrong with it, as of the last step; NULL: not known yet */
    char *stored_fault;
    struct ticket ticket;
    struct kc_call *call;
    UT_hash_handle hh;
};

/* ---- as the core has them ---- */

/* NULL: it has not. */
static const struct usage_time *known_as_of(const struct controller *ctl,
                                            enum payer_kind kind, const char *name)
{
    const struct account *account;
    const struct qos *qos;
    if (kind == PAYER_ACCOUNT) {
        account = sched_account(ctl->sched, name);
        return account ? &account->as_of : NULL;
    }
    qos = sched_qos(ctl->sched, name);
    return qos ? &qos->as_of : NULL;
}

static struct json *usage_doc(const struct payer *p)
{
    const struct fair_rules rules = priority_fair_rules(&p->ctl->settings.sched);
    if (p->kind == PAYER_ACCOUNT)
        return convert_usage_write(sched_account(p->ctl->sched, p->name), &rules);
    return convert_qos_usage_write(sched_qos(p->ctl->sched, p->name));
}

static const struct {
    const char *word;
    const struct kc_resource *resource;
} kinds[PAYER_KINDS] = {[PAYER_ACCOUNT] = {"account", &account_resource},
                        [PAYER_QOS] = {"QOS", &qos_resource}};

/* ---- writing ---- */

static struct payer *payer_find(const struct controller *ctl, enum payer_kind kind,
                                const char *name)
{
    struct payer *p;
    HASH_FIND_STR(ctl->payers[kind], name, p);
    return p;
}

static void payer_free(struct payer *p)
{
    HASH_DEL(p->ctl->payers[p->kind], p);
    if (p->call)
        kc_cancel(p->call);
    lanes_leave(p->ctl->lanes, &p->ticket);
    free(p->unread);
    free(p->stored_fault);
    free(p->fault);
    free(p->version);
    free(p->uid);
    free(p->name);
    free(p);
}

/* TIME_UNSET: there is nothing that is not stored, or it is half charged. */
static int64_t unwritten(const struct payer *p)
{
    const struct usage_time *as_of = known_as_of(p->ctl, p->kind, p->name);
    return as_of && as_of->owed_sec == USAGE_SETTLED && as_of->usage_sec > p->stored_sec
               ? as_of->usage_sec
               : TIME_UNSET;
}

static bool is_fault_news(const struct payer *p)
{
    return p->fault && !str_eq(p->fault, p->stored_fault);
}

static bool is_behind(const struct payer *p)
{
    return unwritten(p) != TIME_UNSET || is_fault_news(p);
}

static void read_stored(struct payer *p, const struct json *object)
{
    text_set(&p->uid, json_str(object, "metadata.uid"));
    text_set(&p->version, json_str(object, "metadata.resourceVersion"));
    text_set(&p->stored_fault, json_str_or(object, "status.message", ""));
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct payer *p = arg;
    p->call = NULL;
    lanes_leave(p->ctl->lanes, &p->ticket);
    if (result->outcome == KC_OK) {
        p->stored_sec = MAX(p->stored_sec, p->sent_sec);
        read_stored(p, result->body);
    } else if (result->reason == KC_REASON_NOT_FOUND) {
        payer_free(p); /* nobody tells of the end of one that is ignored */
    } else if (refusal_stays(result)) {
        log_warn(p->ctl->log, "%s %s: write status: %s: %s", kinds[p->kind].word,
                 p->name, kc_reason_name(result->reason), result->message);
    }
}

static void send(void *arg)
{
    struct payer *p = arg;
    int64_t usage_sec = unwritten(p);
    if (!is_behind(p)) {
        lanes_leave(p->ctl->lanes, &p->ticket);
        return;
    }
    JSON_AUTO struct json *patch = json_build(
        "{'metadata':{'uid':%s,'resourceVersion':%s},'status':{}}", p->uid, p->version);
    if (usage_sec != TIME_UNSET)
        json_set_at(patch, "status.usage", usage_doc(p));
    if (is_fault_news(p))
        json_set_at(patch, "status.message",
                    *p->fault ? json_new_string(p->fault) : json_new_null());
    const struct kc_ref ref = {
        .resource = kinds[p->kind].resource, .name = p->name, .subresource = "status"};
    p->sent_sec = MAX(usage_sec, p->stored_sec);
    p->call = kc_patch(p->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, p);
}

static void want(struct payer *p)
{
    if (p->ticket.state == TICKET_IDLE && is_behind(p))
        lanes_enter(p->ctl->lanes, LANE_USAGE, &p->ticket, send, p);
}

static struct payer *payer_get(struct controller *ctl, enum payer_kind kind,
                               const struct json *object)
{
    const char *name = json_str_or(object, "metadata.name", "");
    struct payer *p = payer_find(ctl, kind, name);
    if (!p) {
        p = xcalloc(1, sizeof(*p));
        p->ctl = ctl;
        p->kind = kind;
        p->name = xstrdup(name);
        p->stored_sec = TIME_UNSET;
        HASH_ADD_KEYPTR(hh, ctl->payers[kind], p->name, strlen(p->name), p);
    }
    read_stored(p, object);
    return p;
}

void usage_seen(struct controller *ctl, enum payer_kind kind, int64_t stored_sec,
                const struct json *object)
{
    struct payer *p = payer_get(ctl, kind, object);
    p->stored_sec = stored_sec;
    ctl->tree_moved |= p->unread != NULL;
    text_set(&p->unread, NULL);

    if (ctl->synced)
        want(p);
    else
        ctl->written_sec =
            MAX(ctl->written_sec, MIN(stored_sec, loop_now_sec(ctl->loop)));
}

int64_t usage_paid_sec(const struct controller *ctl)
{
    return ctl->written_sec - ctl->settings.sched.calc_period_sec;
}

void usage_unread(struct controller *ctl, enum payer_kind kind,
                  const struct json *object, const char *why)
{
    text_set(&payer_get(ctl, kind, object)->unread, why);
    ctl->tree_moved = true;
}

void usage_forget(struct controller *ctl, enum payer_kind kind, const char *name)
{
    struct payer *p = payer_find(ctl, kind, name);
    if (p && !p->unread)
        payer_free(p);
}

static void find_fault(struct payer *p)
{
    STR_AUTO struct str text;
    str_init(&text, FAULT_MAX);
    if (p->unread)
        str_addf(&text, "is ignored: %s", p->unread);
    else if (p->kind == PAYER_ACCOUNT)
        sched_say_account_fault(p->ctl->sched, p->name, &text);
    else if (!sched_say_circle(p->ctl->sched, p->name, &text) &&
             !sched_say_relative(p->ctl->sched, p->name, &text))
        sched_say_within(p->ctl->sched, p->name, &text);
    text_set(&p->fault, text.s);
}

void usage_write(struct controller *ctl)
{
    struct payer *p, *tmp;
    int64_t charged_sec = sched_charged_sec(ctl->sched);
    for (int kind = 0; kind < PAYER_KINDS && ctl->tree_moved; kind++)
        HASH_ITER (hh, ctl->payers[kind], p, tmp)
            find_fault(p);
    if (charged_sec == ctl->usage_sec && !ctl->tree_moved)
        return;
    ctl->usage_sec = charged_sec;
    ctl->tree_moved = false;
    for (int kind = 0; kind < PAYER_KINDS; kind++)
        HASH_ITER (hh, ctl->payers[kind], p, tmp)
            want(p);
}

/* ---- who is charged for a job ---- */

/* Nothing more will come for a job that the core has as ended: it pays up to when it
 * was over, not to when its pods were gone, and the QOS that it had when it started may
 * not be the one that it was charged to. */
static bool nothing_is_due(const struct controller *ctl, const struct payer *p,
                           const struct job *job)
{
    const struct usage_time *as_of = known_as_of(ctl, p->kind, p->name);
    return (!job || job->phase == JOB_ENDED) &&
           (!as_of || (as_of->recent_sec == TIME_UNSET &&
                       as_of->owed_sec == USAGE_SETTLED && unwritten(p) == TIME_UNSET));
}

static bool is_written(const struct controller *ctl, enum payer_kind kind,
                       const char *name, const struct bjob *job)
{
    const struct payer *p = name ? payer_find(ctl, kind, name) : NULL;
    /* Who is ignored is charged nothing, however long that lasts. */
    if (!p || p->unread || p->stored_sec >= job->status.end_sec)
        return true;
    return nothing_is_due(ctl, p, sched_job(ctl->sched, job->uid));
}

/* By the QOS of a partition, NULL: of none. */
static bool is_written_of(const struct controller *ctl, const char *partition,
                          const struct bjob *job)
{
    const struct partition *part =
        partition ? sched_partition(ctl->sched, partition) : NULL;
    return is_written(ctl, PAYER_QOS, part ? part->qos : NULL, job);
}

/* By those that a component has of its own. */
static bool is_written_by(const struct controller *ctl, const struct bjob *job,
                          size_t component)
{
    const struct work *work = &job->works[component];
    const char *qos = job->model && component <= job->model->n_others
                          ? sched_component_qos(ctl->sched, job->model, component)
                          : NULL;
    return is_written(ctl, PAYER_ACCOUNT, work->account, job) &&
           is_written(ctl, PAYER_QOS, qos, job) &&
           is_written_of(ctl, work->partition, job);
}

bool usage_is_written(const struct controller *ctl, const struct bjob *job)
{
    bool written = is_written(ctl, PAYER_ACCOUNT, job->status.account, job) &&
                   is_written(ctl, PAYER_QOS, job->status.qos, job) &&
                   is_written_of(ctl, job->status.partition, job);
    for (size_t i = 1; i < job->n_works && written; i++)
        written = is_written_by(ctl, job, i);
    return written;
}

void usage_free(struct controller *ctl)
{
    struct payer *p, *tmp;
    for (int kind = 0; kind < PAYER_KINDS; kind++)
        HASH_ITER (hh, ctl->payers[kind], p, tmp)
            payer_free(p);
}
