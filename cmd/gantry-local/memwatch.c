#include "cmd/gantry-local/memwatch.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/util.h"
#include "cmd/gantry-local/memuse.h"

#define LOOK_MS 1000

TAILQ_HEAD(watched_list, memwatched);

struct memwatch {
    struct loop_timer *timer;
    struct watched_list list;
    size_t n;
};

struct memwatched {
    TAILQ_ENTRY(memwatched) link;
    struct memwatch *watch;
    struct memuse_group group;
    int64_t limit_bytes;
    memwatch_fn *over; /* NULL: it was told */
    void *arg;
    int64_t used_bytes; /* as seen last, if past the limit; else 0 */
};

/* Exactly only where the cheap bound leaves a doubt. */
static int64_t excess(const struct memwatched *m, int64_t bound_bytes)
{
    const int64_t bytes =
        bound_bytes > m->limit_bytes ? memuse_exact(&m->group) : bound_bytes;

    return bytes > m->limit_bytes ? bytes : 0;
}

static void measure(struct memwatch *w)
{
    struct memuse_group *groups = xcalloc(w->n + 1, sizeof(*groups));
    int64_t *bounds = xcalloc(w->n + 1, sizeof(*bounds));
    struct memwatched *m;
    size_t n = 0;

    TAILQ_FOREACH(m, &w->list, link)
    {
        groups[n++] = m->group;
    }
    memuse_bounds(groups, n, bounds);
    n = 0;
    TAILQ_FOREACH(m, &w->list, link)
    {
        m->used_bytes = excess(m, bounds[n++]);
    }
    free(groups);
    free(bounds);
}

static struct memwatched *find_over(const struct memwatch *w)
{
    struct memwatched *m;

    TAILQ_FOREACH(m, &w->list, link)
    {
        if (m->used_bytes > 0 && m->over)
            return m;
    }
    return NULL;
}

static void look(void *arg)
{
    struct memwatch *w = arg;
    struct memwatched *m;

    measure(w);
    loop_timer_start(w->timer, LOOK_MS);
    while ((m = find_over(w)))
        TAKE(m->over)(m->arg, m->used_bytes);
}

struct memwatch *memwatch_new(struct loop *loop)
{
    struct memwatch *w = xcalloc(1, sizeof(*w));

    w->timer = loop_timer_new(loop, look, w);
    TAILQ_INIT(&w->list);
    return w;
}

void memwatch_free(struct memwatch *w)
{
    if (!w)
        return;
    assert(w->n == 0);
    loop_timer_free(w->timer);
    free(w);
}

struct memwatched *memwatch_add(struct memwatch *w, int ns_fd, pid_t sid,
                                int64_t limit_bytes, memwatch_fn *over, void *arg)
{
    struct memwatched *m = xcalloc(1, sizeof(*m));

    *m = (struct memwatched){.watch = w,
                             .group = {.ns_fd = ns_fd, .sid = sid},
                             .limit_bytes = limit_bytes,
                             .over = over,
                             .arg = arg};
    TAILQ_INSERT_TAIL(&w->list, m, link);
    if (w->n++ == 0)
        loop_timer_start(w->timer, LOOK_MS);
    return m;
}

void memwatch_remove(struct memwatched *m)
{
    if (!m)
        return;
    TAILQ_REMOVE(&m->watch->list, m, link);
    if (--m->watch->n == 0)
        loop_timer_stop(m->watch->timer);
    free(m);
}
