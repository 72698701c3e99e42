#include "base/loop_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void loop_queue_fini(struct loop_queue *q)
{
    free(q->posts);
    free(q->heap);
    *q = (struct loop_queue){0};
}

/* ---- posts: a first-in first-out array ---- */

void loop_queue_post(struct loop_queue *q, loop_fn *fn, void *arg)
{
    /* Moving down only when half is spent keeps a post at constant cost on average. */
    if (q->n_posts == q->cap_posts && q->head > q->cap_posts / 2) {
        q->n_posts -= q->head;
        memmove(q->posts, q->posts + q->head, q->n_posts * sizeof(*q->posts));
        q->head = 0;
    }
    GROW(q->posts, q->n_posts, q->cap_posts);
    q->posts[q->n_posts++] = (struct loop_post){.fn = fn, .arg = arg};
}

static bool post_take(struct loop_queue *q, struct loop_post *ret)
{
    if (q->head == q->n_posts)
        return false;
    *ret = q->posts[q->head++];
    if (q->head == q->n_posts)
        q->head = q->n_posts = 0;
    return true;
}

/* ---- timers: a heap, the first due at its top ---- */

static bool timer_before(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->armed < b->armed;
}

static void heap_put(struct loop_queue *q, size_t pos, struct loop_timer *t)
{
    q->heap[pos] = t;
    t->pos = pos;
}

static void heap_up(struct loop_queue *q, size_t pos, struct loop_timer *t)
{
    while (pos > 0 && timer_before(t, q->heap[(pos - 1) / 2])) {
        heap_put(q, pos, q->heap[(pos - 1) / 2]);
        pos = (pos - 1) / 2;
    }
    heap_put(q, pos, t);
}

static void heap_down(struct loop_queue *q, size_t pos, struct loop_timer *t)
{
    for (;;) {
        size_t kid = 2 * pos + 1;
        if (kid + 1 < q->n_heap && timer_before(q->heap[kid + 1], q->heap[kid]))
            kid++;
        if (kid >= q->n_heap || !timer_before(q->heap[kid], t))
            break;
        heap_put(q, pos, q->heap[kid]);
        pos = kid;
    }
    heap_put(q, pos, t);
}

void loop_queue_start(struct loop_queue *q, struct loop_timer *t, int64_t due_ms)
{
    loop_queue_stop(q, t);
    t->due_ms = due_ms;
    t->armed = q->armed++;
    GROW(q->heap, q->n_heap, q->cap_heap);
    q->n_heap++;
    heap_up(q, q->n_heap - 1, t);
}

void loop_queue_stop(struct loop_queue *q, struct loop_timer *t)
{
    if (t->pos == LOOP_QUEUE_IDLE)
        return;
    size_t pos = t->pos;
    struct loop_timer *last = q->heap[--q->n_heap];
    t->pos = LOOP_QUEUE_IDLE;
    if (last == t)
        return;
    if (pos > 0 && timer_before(last, q->heap[(pos - 1) / 2]))
        heap_up(q, pos, last);
    else
        heap_down(q, pos, last);
}

/* ---- both ---- */

bool loop_queue_empty(const struct loop_queue *q)
{
    return q->head == q->n_posts && q->n_heap == 0;
}

int64_t loop_queue_due(const struct loop_queue *q, int64_t mono_ms)
{
    if (q->head < q->n_posts)
        return mono_ms;
    return q->n_heap > 0 ? MAX(mono_ms, q->heap[0]->due_ms) : INT64_MAX;
}

bool loop_queue_run_one(struct loop_queue *q, int64_t mono_ms)
{
    struct loop_post post;
    if (!post_take(q, &post)) {
        if (q->n_heap == 0 || q->heap[0]->due_ms > mono_ms)
            return false;
        struct loop_timer *t = q->heap[0];
        post = (struct loop_post){.fn = t->fn, .arg = t->arg};
        loop_queue_stop(q, t);
    }
    post.fn(post.arg); /* may free the timer: nothing of it is used below */
    return true;
}
