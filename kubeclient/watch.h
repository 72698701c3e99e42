/*
 * watch - one exchange that streams watch events: bytes to lines to events.
 *
 * A started watch ends in exactly one of `malformed`, `refused` and `ended`, or by
 * kc_watch_stop. ERROR events are `refused` too. From every callback the watch may be
 * stopped; it may not be freed.
 */
#ifndef GANTRY_KUBECLIENT_WATCH_H
#define GANTRY_KUBECLIENT_WATCH_H

#include "kubeclient/client.h"

struct kc_watch;

enum kc_event {
    KC_EVENT_ADDED,
    KC_EVENT_MODIFIED,
    KC_EVENT_DELETED,
    KC_EVENT_BOOKMARK
};

struct kc_watch_ops {
    void (*event)(void *arg, enum kc_event type, const struct json *object);
    /* A line that is not an event, or too long a one. */
    void (*malformed)(void *arg, const char *why);
    void (*refused)(void *arg, const struct kc_result *result);
    /* `cut`: NULL when the server ended the stream properly, else why it broke. */
    void (*ended)(void *arg, const char *cut);
};

/* Lines of at most `line_max` bytes. `ops` must stay. */
struct kc_watch *kc_watch_new(struct kc_client *client, size_t line_max,
                              const struct kc_watch_ops *ops, void *arg);
void kc_watch_free(struct kc_watch *w);

/* `timeout_sec` bounds the whole exchange. -1 and err: not started. */
int kc_watch_start(struct kc_watch *w, const char *path, int64_t timeout_sec,
                   struct err *err);
void kc_watch_stop(struct kc_watch *w);

/* How long the present (or last) exchange has lasted. */
int64_t kc_watch_lasted_ms(const struct kc_watch *w);
/* Whether it has brought no event and not lasted `ms`. */
bool kc_watch_is_fruitless(const struct kc_watch *w, int64_t ms);

#endif
