#include "cmd/gantry-local/writer.h"

#include <stdlib.h>

#include "base/util.h"

#define RETRY_MIN_MS 1000
#define RETRY_MAX_DOUBLINGS 5

TAILQ_HEAD(item_list, writer_item);

/* What the server was last seen to be, for one line per change. */
enum link { LINK_UNKNOWN, LINK_UP, LINK_DOWN, LINK_DENIED };

struct writer {
    struct kc_client *client;
    struct log *log;
    struct rng rng;
    size_t max_in_flight, in_flight;
    struct item_list urgent, ordinary;
    enum link link;
    bool pump_posted, freed;
    loop_fn *idle;
    void *idle_arg;
};

struct writer *writer_new(struct kc_client *client, struct log *log,
                          const struct rng *rng, size_t max_in_flight)
{
    struct writer *w = xcalloc(1, sizeof(*w));

    w->client = client;
    w->log = log;
    w->rng = *rng;
    w->max_in_flight = max_in_flight;
    TAILQ_INIT(&w->urgent);
    TAILQ_INIT(&w->ordinary);
    return w;
}

/* A posted pump cannot be called back: it frees what it finds freed. */
void writer_free(struct writer *w)
{
    if (!w)
        return;
    if (w->pump_posted)
        w->freed = true;
    else
        free(w);
}

void writer_on_idle(struct writer *w, loop_fn *fn, void *arg)
{
    w->idle = fn;
    w->idle_arg = arg;
}

bool writer_is_idle(const struct writer *w)
{
    return w->in_flight == 0 && TAILQ_EMPTY(&w->urgent) && TAILQ_EMPTY(&w->ordinary);
}

bool writer_is_passing(const struct kc_result *result)
{
    if (result->outcome == KC_OK)
        return false;
    if (result->outcome == KC_UNKNOWN)
        return true;
    switch (result->reason) {
    case KC_REASON_NO_CONNECTION:
    case KC_REASON_TOO_MANY_REQUESTS:
    case KC_REASON_SERVICE_UNAVAILABLE:
    case KC_REASON_TIMEOUT:
    case KC_REASON_INTERNAL:
    case KC_REASON_UNAUTHORIZED:
    case KC_REASON_FORBIDDEN:
    case KC_REASON_CONFLICT:
        return true;
    default:
        return false;
    }
}

static enum link link_of(const struct kc_result *result)
{
    if (result->reason == KC_REASON_UNAUTHORIZED ||
        result->reason == KC_REASON_FORBIDDEN)
        return LINK_DENIED;
    return result->http_status > 0 ? LINK_UP : LINK_DOWN;
}

static void link_note(struct writer *w, const struct kc_result *result)
{
    enum link now = link_of(result);

    if (now == w->link)
        return;
    if (now == LINK_DOWN)
        log_warn(w->log, "API server cannot be reached: %s; trying on",
                 result->message);
    else if (now == LINK_DENIED)
        log_error(w->log, "API server refuses: %s; trying on", result->message);
    else if (w->link != LINK_UNKNOWN)
        log_info(w->log, "API server answers again");
    w->link = now;
}

/* ---- turns ---- */

static void finished(void *arg, const struct kc_result *result);

static struct writer_item *next_item(struct writer *w)
{
    struct item_list *list = TAILQ_EMPTY(&w->urgent) ? &w->ordinary : &w->urgent;
    struct writer_item *item = TAILQ_FIRST(list);

    if (item) {
        TAILQ_REMOVE(list, item, link);
        item->queued = false;
    }
    return item;
}

static void pump(void *arg)
{
    struct writer *w = arg;
    struct writer_item *item;

    w->pump_posted = false;
    if (w->freed) {
        free(w);
        return;
    }
    while (w->in_flight < w->max_in_flight && (item = next_item(w))) {
        item->call = item->ops->start(item, w->client, finished, item);
        w->in_flight += item->call ? 1 : 0;
    }
    if (w->idle && writer_is_idle(w))
        w->idle(w->idle_arg);
}

/* Posted, so that what one callback changes travels together. */
static void post_pump(struct writer *w)
{
    if (w->pump_posted)
        return;
    w->pump_posted = true;
    loop_post(kc_client_loop(w->client), pump, w);
}

static void enqueue(struct writer_item *item)
{
    struct writer *w = item->writer;

    if (!item->queued) {
        item->queued = true;
        TAILQ_INSERT_TAIL(item->urgent ? &w->urgent : &w->ordinary, item, link);
    }
    post_pump(w);
}

static void retry_due(void *arg)
{
    enqueue(arg);
}

static void retry_later(struct writer_item *item)
{
    struct writer *w = item->writer;
    int64_t delay_ms = RETRY_MIN_MS << MIN(item->failures, RETRY_MAX_DOUBLINGS);

    item->failures++;
    if (!item->retry)
        item->retry = loop_timer_new(kc_client_loop(w->client), retry_due, item);
    delay_ms = MIN(delay_ms, 30000);
    delay_ms -= (int64_t)rng_below(&w->rng, (uint64_t)delay_ms / 4);
    loop_timer_start(item->retry, delay_ms);
}

static void finished(void *arg, const struct kc_result *result)
{
    struct writer_item *item = arg;
    struct writer *w = item->writer;

    item->call = NULL;
    w->in_flight--;
    link_note(w, result);
    if (item->ops->done(item, result) == WRITER_RETRY) {
        retry_later(item);
    } else {
        item->failures = 0;
        if (item->again)
            enqueue(item);
    }
    item->again = false;
    post_pump(w);
}

/* ---- items ---- */

void writer_item_init(struct writer_item *item, struct writer *w,
                      const struct writer_item_ops *ops, bool urgent)
{
    item->writer = w;
    item->ops = ops;
    item->urgent = urgent;
}

void writer_item_fini(struct writer_item *item)
{
    struct writer *w = item->writer;

    if (!w)
        return;
    if (item->queued)
        TAILQ_REMOVE(item->urgent ? &w->urgent : &w->ordinary, item, link);
    if (item->call) {
        kc_cancel(item->call);
        w->in_flight--;
        post_pump(w);
    }
    loop_timer_free(item->retry);
    *item = (struct writer_item){0};
}

void writer_want(struct writer_item *item)
{
    bool waits = item->retry && loop_timer_armed(item->retry);

    if (!item->writer || waits)
        return;
    if (item->call)
        item->again = true;
    else
        enqueue(item);
}
