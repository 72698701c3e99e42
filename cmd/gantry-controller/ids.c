#include "cmd/gantry-controller/ids.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A new block is asked for while this many are left, so that a stream of submissions
 * does not wait for it. */
#define IDS_LOW 200
#define RETRY_MS 1000

_Static_assert(IDS_RUN_MAX <= IDS_LOW, "what a run waits for is on its way");

struct ids {
    struct kc_client *client;
    struct log *log;
    char *ns;
    loop_fn *ready;
    void *arg;
    int64_t next, end;    /* [next, end) is ours */
    int64_t asked_next;   /* first id of the block that a write is asking for */
    int64_t seen;         /* no block begins at or below this */
    struct kc_call *call; /* at most one request */
    struct loop_timer *retry;
    bool wanted; /* ids_take had none */
};

static void fetch(void *arg);

static struct kc_ref map_ref(const struct ids *ids, const char *name)
{
    return (struct kc_ref){.resource = &kc_configmaps, .ns = ids->ns, .name = name};
}

static void retry_later(struct ids *ids)
{
    loop_timer_start(ids->retry, RETRY_MS);
}

static void got_block(struct ids *ids)
{
    /* What is left of the old block is used up first where the new one is adjacent, and
     * given up otherwise. */
    if (ids->end != ids->asked_next)
        ids->next = ids->asked_next;
    ids->end = ids->asked_next + IDS_BLOCK;
    ids_seen(ids, ids->end - 1);
    if (!ids->wanted)
        return;
    ids->wanted = false;
    ids->ready(ids->arg);
}

static void on_written(void *arg, const struct kc_result *r)
{
    struct ids *ids = arg;
    ids->call = NULL;
    if (r->outcome == KC_OK) {
        got_block(ids);
        return;
    }
    /* Conflict, exists, or unknown: whatever stands there now is read afresh. */
    if (r->reason != KC_REASON_CONFLICT && r->reason != KC_REASON_ALREADY_EXISTS)
        log_warn(ids->log, "job ids: write ConfigMap %s/job-ids: %s", ids->ns,
                 r->message);
    retry_later(ids);
}

static void on_namespace(void *arg, const struct kc_result *r)
{
    struct ids *ids = arg;
    ids->call = NULL;
    if (r->outcome != KC_OK && r->reason != KC_REASON_ALREADY_EXISTS)
        log_warn(ids->log, "job ids: create namespace %s: %s", ids->ns, r->message);
    retry_later(ids);
}

static void create_namespace(struct ids *ids)
{
    JSON_AUTO struct json *body = json_build(
        "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':%s}}", ids->ns);
    struct kc_ref ref = {.resource = &kc_namespaces};
    ids->call = kc_create(ids->client, &ref, body, on_namespace, ids);
}

static void on_created(void *arg, const struct kc_result *r)
{
    struct ids *ids = arg;
    if (r->outcome == KC_REFUSED && r->reason == KC_REASON_NOT_FOUND) {
        ids->call = NULL;
        create_namespace(ids);
        return;
    }
    on_written(ids, r);
}

/* What stands in the ConfigMap once the block asked for is ours. */
static char *next_text(const struct ids *ids)
{
    return xasprintf("%" PRId64, ids->asked_next + IDS_BLOCK);
}

static void create_map(struct ids *ids)
{
    ids->asked_next = ids->seen + 1;
    AUTO_FREE char *next = next_text(ids);
    JSON_AUTO struct json *body =
        json_build("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'job-ids',"
                   "'namespace':%s},'data':{'next':%s}}",
                   ids->ns, next);
    struct kc_ref ref = map_ref(ids, NULL);
    ids->call = kc_create(ids->client, &ref, body, on_created, ids);
}

static void take_block(struct ids *ids, const struct json *map)
{
    const char *text = json_str(map, "data.next");
    char *end = NULL;
    int64_t next = text ? strtoll(text, &end, 10) : 0;
    if (next > 0)
        next = MAX(next, ids->seen + 1);
    if (!text || *end || next < 1 || next > INT64_MAX - IDS_BLOCK) {
        log_error(
            ids->log,
            "job ids: ConfigMap %s/job-ids: data.next is \"%s\"; it must be a number "
            "larger than every job id given out so far",
            ids->ns, text ? text : "");
        retry_later(ids);
        return;
    }
    ids->asked_next = next;
    AUTO_FREE char *after = next_text(ids);
    JSON_AUTO struct json *body = json_copy(map);
    json_set_at(body, "data.next", json_new_string(after));
    struct kc_ref ref = map_ref(ids, "job-ids");
    ids->call = kc_update(ids->client, &ref, body, on_written, ids);
}

static void on_read(void *arg, const struct kc_result *r)
{
    struct ids *ids = arg;
    ids->call = NULL;
    if (r->outcome == KC_OK) {
        take_block(ids, r->body);
    } else if (r->reason == KC_REASON_NOT_FOUND) {
        create_map(ids);
    } else {
        log_warn(ids->log, "job ids: read ConfigMap %s/job-ids: %s", ids->ns,
                 r->message);
        retry_later(ids);
    }
}

static void fetch(void *arg)
{
    struct ids *ids = arg;
    if (ids->call)
        return;
    struct kc_ref ref = map_ref(ids, "job-ids");
    ids->call = kc_get(ids->client, &ref, on_read, ids);
}

struct ids *ids_new(struct kc_client *client, struct log *log, const char *ns,
                    loop_fn *ready, void *arg)
{
    struct ids *ids = xcalloc(1, sizeof(*ids));
    ids->client = client;
    ids->log = log;
    ids->ns = xstrdup(ns);
    ids->ready = ready;
    ids->arg = arg;
    ids->retry = loop_timer_new(kc_client_loop(client), fetch, ids);
    return ids;
}

void ids_free(struct ids *ids)
{
    if (!ids)
        return;
    if (ids->call)
        kc_cancel(ids->call);
    loop_timer_free(ids->retry);
    free(ids->ns);
    free(ids);
}

void ids_seen(struct ids *ids, int64_t id)
{
    /* A number that leaves no room for a block came from nobody here. */
    if (id <= INT64_MAX - 2 * IDS_BLOCK)
        ids->seen = MAX(ids->seen, id);
}

int64_t ids_take(struct ids *ids, int64_t n)
{
    assert(n >= 1 && n <= IDS_RUN_MAX);
    if (ids->end - ids->next < IDS_LOW && !ids->call && !loop_timer_armed(ids->retry))
        fetch(ids);
    if (ids->next > ids->end - n) {
        ids->wanted = true;
        return 0;
    }
    ids->next += n;
    return ids->next - n;
}
