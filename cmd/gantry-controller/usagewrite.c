#include "cmd/gantry-controller/usagewrite.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"

/* An account as it is stored. */
struct payer {
    struct controller *ctl;
    char *name, *uid, *version;
    int64_t stored_sec; /* its usage is true of; TIME_UNSET: it has none */
    int64_t sent_sec;
    struct ticket ticket;
    struct kc_call *call;
    UT_hash_handle hh;
};

static struct payer *payer_find(const struct controller *ctl, const char *name)
{
    struct payer *p;
    HASH_FIND_STR(ctl->payers, name, p);
    return p;
}

static void payer_free(struct payer *p)
{
    HASH_DEL(p->ctl->payers, p);
    if (p->call)
        kc_cancel(p->call);
    lanes_leave(p->ctl->lanes, &p->ticket);
    free(p->version);
    free(p->uid);
    free(p->name);
    free(p);
}

/* As the core has it; NULL: it has not, or nothing that is not stored. */
static const struct account *unwritten(const struct payer *p)
{
    const struct account *account = sched_account(p->ctl->sched, p->name);
    return account && account->usage_sec > p->stored_sec ? account : NULL;
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct payer *p = arg;
    p->call = NULL;
    lanes_leave(p->ctl->lanes, &p->ticket);
    if (result->outcome == KC_OK) {
        p->stored_sec = MAX(p->stored_sec, p->sent_sec);
        text_set(&p->version, json_str(result->body, "metadata.resourceVersion"));
    } else if (result->outcome == KC_REFUSED && !refusal_passes(result->reason) &&
               result->reason != KC_REASON_CONFLICT &&
               result->reason != KC_REASON_NOT_FOUND) {
        log_warn(p->ctl->log, "account %s: write usage: %s: %s", p->name,
                 kc_reason_name(result->reason), result->message);
    }
}

static void send(void *arg)
{
    struct payer *p = arg;
    const struct account *account = unwritten(p);
    if (!account) {
        lanes_leave(p->ctl->lanes, &p->ticket);
        return;
    }
    const struct fair_rules rules = priority_fair_rules(&p->ctl->settings.sched);
    JSON_AUTO struct json *patch = json_build(
        "{'metadata':{'uid':%s,'resourceVersion':%s},'status':{}}", p->uid, p->version);
    json_set_at(patch, "status.usage", convert_usage_write(account, &rules));
    const struct kc_ref ref = {
        .resource = &account_resource, .name = p->name, .subresource = "status"};
    p->sent_sec = account->usage_sec;
    p->call = kc_patch(p->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, p);
}

static void want(struct payer *p)
{
    if (p->ticket.state == TICKET_IDLE && unwritten(p))
        lanes_enter(p->ctl->lanes, LANE_USAGE, &p->ticket, send, p);
}

void usage_seen(struct controller *ctl, const struct account *account,
                const struct json *object)
{
    struct payer *p = payer_find(ctl, account->name);
    if (!p) {
        p = xcalloc(1, sizeof(*p));
        p->ctl = ctl;
        p->name = xstrdup(account->name);
        HASH_ADD_KEYPTR(hh, ctl->payers, p->name, strlen(p->name), p);
    }
    text_set(&p->uid, json_str(object, "metadata.uid"));
    text_set(&p->version, json_str(object, "metadata.resourceVersion"));
    p->stored_sec = account->usage_sec;
    if (ctl->synced)
        want(p);
}

void usage_forget(struct controller *ctl, const char *account)
{
    struct payer *p = payer_find(ctl, account);
    if (p)
        payer_free(p);
}

void usage_write(struct controller *ctl)
{
    struct payer *p, *tmp;
    int64_t charged_sec = sched_charged_sec(ctl->sched);
    if (charged_sec == ctl->usage_sec)
        return;
    ctl->usage_sec = charged_sec;
    HASH_ITER (hh, ctl->payers, p, tmp)
        want(p);
}

bool usage_is_written(const struct controller *ctl, const char *account,
                      int64_t end_sec)
{
    const struct payer *p = account ? payer_find(ctl, account) : NULL;
    return !p || p->stored_sec >= end_sec;
}

void usage_free(struct controller *ctl)
{
    struct payer *p, *tmp;
    HASH_ITER (hh, ctl->payers, p, tmp)
        payer_free(p);
}
