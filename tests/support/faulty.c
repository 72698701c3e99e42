#include "tests/support/faulty_private.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/util.h"

/* Design §4: an old leader's write may land half a minute late. */
#define LATE_MS 30000
#define TELL_MS 2000
/* A stream to be cut is cut within this many bytes: some events of a few kilobytes. */
#define STREAM_BYTES 20000

static const char *const fate_words[] = {
    [FATE_FINE] = "fine",       [FATE_UNSENT] = "unsent",     [FATE_LOST] = "lost",
    [FATE_REFUSED] = "refused", [FATE_SLOW] = "slow",         [FATE_CUT] = "cut",
    [FATE_BROKEN] = "broken",   [FATE_LATE] = "late",         [FATE_ORPHAN] = "orphan",
    [FATE_NEVER] = "never",     [FATE_CONFLICT] = "conflict",
};

uint64_t faulty_draw(struct faulty *f, uint64_t bound)
{
    return rng_below(&f->o.rng, bound);
}

bool faulty_chance(struct faulty *f, unsigned in_ten_thousand)
{
    return in_ten_thousand > 0 && faulty_draw(f, 10000) < in_ten_thousand;
}

void faulty_note(struct faulty_call *c, const char *what)
{
    if (c->f->o.hooks.fault)
        c->f->o.hooks.fault(c->f->o.arg, what, &c->req);
}

/* ---- to the server ---- */

static void arrive_late(struct faulty_call *c)
{
    if (c->f->blocked) {
        faulty_call_free(c);
        return;
    }
    if (c->f->o.hooks.late)
        c->f->o.hooks.late(c->f->o.arg, &c->req);
    faulty_call_send(c);
}

/* The client is told that it was cut; the request arrives after that. */
static void give_up(struct faulty_call *c)
{
    faulty_call_end(c, TRANSPORT_CUT);
    faulty_call_wait(c, (int64_t)faulty_draw(c->f, LATE_MS));
    faulty_call_tell(c);
}

static void on_timer(void *arg)
{
    struct faulty_call *c = arg;

    if (c->req.stream && !c->ended)
        faulty_call_flush(c);
    else if (c->fate == FATE_LATE && c->events)
        give_up(c);
    else if ((c->fate == FATE_LATE || c->fate == FATE_ORPHAN) && !c->sent)
        arrive_late(c);
    else
        faulty_call_tell(c);
}

/* ---- start ---- */

static enum fate draw_fate(struct faulty *f, const struct transport_request *req)
{
    const struct faulty_rates *r = &f->o.rates;
    const struct {
        enum fate fate;
        unsigned chance;
    } rows[] = {
        {FATE_UNSENT, r->unsent}, {FATE_LOST, r->lost}, {FATE_REFUSED, r->refused},
        {FATE_SLOW, r->slow},     {FATE_CUT, r->cut},   {FATE_BROKEN, r->broken},
        {FATE_LATE, r->late},
    };
    uint64_t at = faulty_draw(f, 10000), sum = 0;

    if (f->blocked)
        return faulty_draw(f, 2) ? FATE_UNSENT : FATE_LOST;
    if (req->stream)
        return faulty_chance(f, r->stream_refused) ? FATE_REFUSED : FATE_FINE;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        sum += rows[i].chance;
        if (at < sum)
            return rows[i].fate;
    }
    return FATE_FINE;
}

static enum fate fate_of(struct faulty *f, const struct transport_request *req)
{
    bool is_write = strcmp(req->method, "GET") != 0;
    enum faulty_verdict verdict =
        is_write && f->o.hooks.write ? f->o.hooks.write(f->o.arg, req) : FAULTY_PASS;

    switch (verdict) {
    case FAULTY_PASS:
        break;
    case FAULTY_NEVER:
        return FATE_NEVER;
    case FAULTY_ORPHAN:
        return FATE_ORPHAN;
    case FAULTY_SLOW:
        return FATE_SLOW;
    case FAULTY_CONFLICT:
        return FATE_CONFLICT;
    }
    return draw_fate(f, req);
}

static void begin(struct faulty_call *c)
{
    struct faulty *f = c->f;
    int64_t tell_ms = 1 + (int64_t)faulty_draw(f, TELL_MS);

    switch (c->fate) {
    case FATE_FINE:
    case FATE_SLOW:
    case FATE_CUT:
    case FATE_BROKEN:
        faulty_call_send(c);
        return;
    case FATE_UNSENT:
        faulty_call_end(c, TRANSPORT_NOT_SENT);
        break;
    case FATE_LOST:
        faulty_call_end(c, TRANSPORT_CUT);
        break;
    case FATE_REFUSED:
        faulty_refuse(c);
        break;
    case FATE_LATE:
        break;
    case FATE_ORPHAN:
        tell_ms = faulty_draw(f, 2) ? 0 : (int64_t)faulty_draw(f, LATE_MS);
        break;
    case FATE_CONFLICT:
        faulty_conflict(c);
        break;
    case FATE_NEVER:
        return;
    }
    faulty_call_wait(c, tell_ms);
}

static void copy_request(struct faulty_call *c, const struct transport_request *req)
{
    c->req = *req;
    c->req.method = xstrdup(req->method);
    c->req.path = xstrdup(req->path);
    c->req.content_type = xstrdup_null(req->content_type);
    c->req.accept = xstrdup_null(req->accept);
    c->req.body = req->body ? xstrndup(req->body, req->body_len) : NULL;
}

static struct transport_call *faulty_start(struct transport *t,
                                           const struct transport_request *req,
                                           const struct transport_events *events,
                                           void *arg, struct err *err)
{
    struct faulty *f = (struct faulty *)t;
    struct faulty_call *c = xcalloc(1, sizeof(*c));

    (void)err;
    c->base.transport = t;
    c->f = f;
    c->events = events;
    c->arg = arg;
    copy_request(c, req);
    str_init(&c->bytes, FAULTY_BYTES_MAX);
    c->timer = loop_timer_new(f->o.loop, on_timer, c);
    DL_APPEND(f->calls, c);
    c->fate = fate_of(f, &c->req);
    c->cut_after = c->req.stream && faulty_chance(f, f->o.rates.stream_cut)
                       ? (int64_t)faulty_draw(f, STREAM_BYTES)
                       : -1;
    if (c->fate != FATE_FINE)
        faulty_note(c, fate_words[c->fate]);
    begin(c);
    return &c->base;
}

/* A request that is on its way may arrive all the same. */
static void faulty_cancel(struct transport_call *call)
{
    struct faulty_call *c = (struct faulty_call *)call;
    bool waits = !c->sent && (c->fate == FATE_ORPHAN || c->fate == FATE_LATE);
    bool goes_on = waits || (c->inner && !c->req.stream &&
                             (c->fate == FATE_ORPHAN || faulty_draw(c->f, 2)));

    c->events = NULL;
    if (!c->telling && !goes_on)
        faulty_call_free(c);
}

/* ---- the transport ---- */

static void free_op(struct transport *t)
{
    faulty_free((struct faulty *)t);
}

static const struct transport_ops faulty_ops = {
    .start = faulty_start, .cancel = faulty_cancel, .free = free_op};

struct faulty *faulty_new(const struct faulty_options *options)
{
    struct faulty *f = xcalloc(1, sizeof(*f));

    f->base.ops = &faulty_ops;
    f->o = *options;
    return f;
}

void faulty_free(struct faulty *f)
{
    if (!f)
        return;
    while (f->calls)
        faulty_call_free(f->calls);
    free(f);
}

struct transport *faulty_transport(struct faulty *f)
{
    return &f->base;
}

void faulty_set_rates(struct faulty *f, const struct faulty_rates *rates)
{
    f->o.rates = *rates;
}

void faulty_block(struct faulty *f, bool blocked)
{
    struct faulty_call *c;

    f->blocked = blocked;
    DL_FOREACH(f->calls, c)
    {
        if (!blocked || !c->events || c->ended)
            continue;
        faulty_call_stop(c);
        faulty_call_end(c, TRANSPORT_CUT);
        c->fate = FATE_LOST;
        faulty_call_wait(c, 0);
    }
}
