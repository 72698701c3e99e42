#include "tests/support/faulty.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/str.h"
#include "base/util.h"

#define BYTES_MAX (64u << 20)
/* Design §4: an old leader's write may land half a minute late. */
#define LATE_MS 30000
#define SLOW_MS 15000
#define TELL_MS 2000
/* A stream to be cut is cut within this many bytes: some events of a few kilobytes. */
#define STREAM_BYTES 20000

enum fate {
    FATE_FINE,
    FATE_UNSENT,
    FATE_LOST,
    FATE_REFUSED,
    FATE_SLOW,
    FATE_CUT,
    FATE_BROKEN,
    FATE_LATE,
    FATE_ORPHAN,
    FATE_NEVER,
    FATE_CONFLICT,
};

static const char *const fate_words[] = {
    [FATE_FINE] = "fine",       [FATE_UNSENT] = "unsent",     [FATE_LOST] = "lost",
    [FATE_REFUSED] = "refused", [FATE_SLOW] = "slow",         [FATE_CUT] = "cut",
    [FATE_BROKEN] = "broken",   [FATE_LATE] = "late",         [FATE_ORPHAN] = "orphan",
    [FATE_NEVER] = "never",     [FATE_CONFLICT] = "conflict",
};

struct faulty {
    struct transport base;
    struct faulty_options o;
    struct faulty_call *calls;
    bool blocked;
};

/*
 *   start -- timer --> to the server -- answer --> timer --> to the client
 *
 * A call whose client was told its end, or cancelled it, has no `events` any more; it
 * lives on while its request still is to arrive.
 */
struct faulty_call {
    struct transport_call base;
    struct faulty_call *prev, *next;
    struct faulty *f;
    const struct transport_events *events;
    void *arg;
    struct transport_request req; /* strings are its own */
    enum fate fate;
    bool sent;
    bool telling; /* within a callback of the client: a cancel must leave the struct */
    struct transport_call *inner;
    struct loop_timer *timer;

    struct transport_head head; /* strings are its own */
    bool has_head, head_told;
    struct str bytes; /* not yet told */
    bool ended;
    enum transport_end end;
    int64_t cut_after; /* streams: bytes that still pass; -1: no cut */
    char last;         /* streams: the last byte told */
};

/* ---- answers made here ---- */

static const struct injected {
    int status;
    const char *reason; /* NULL: a proxy's page */
    int64_t retry_after_sec;
    bool only_writes;
} injected[] = {
    {409, "Conflict", -1, true},
    {429, "TooManyRequests", 1, false},
    {429, "TooManyRequests", -1, false},
    {503, "ServiceUnavailable", 1, false},
    {500, "InternalError", -1, false},
    {504, "Timeout", -1, false},
    {503, NULL, -1, false},
    {502, NULL, -1, false},
};
#define FIRST_UNKNOWN 4 /* of the rows: after these the request may have happened */

static void set_answer(struct faulty_call *c, const struct injected *row)
{
    free((char *)c->head.content_type);
    free((char *)c->head.warning);
    c->head = (struct transport_head){.status = row->status,
                                      .retry_after_sec = row->retry_after_sec};
    c->head.content_type = xstrdup(row->reason ? "application/json" : "text/html");
    c->has_head = c->ended = true;
    c->end = TRANSPORT_DONE;
    str_reset(&c->bytes);
    if (row->reason)
        str_addf(&c->bytes,
                 "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
                 "\"status\":\"Failure\",\"message\":\"injected\",\"reason\":\"%s\","
                 "\"code\":%d}",
                 row->reason, row->status);
    else
        str_add(&c->bytes, "<html><body>upstream is unwell</body></html>");
}

static uint64_t draw(struct faulty *f, uint64_t bound)
{
    return rng_below(&f->o.rng, bound);
}

static void refuse(struct faulty_call *c)
{
    size_t i;

    do
        i = draw(c->f, ARRAY_LEN(injected));
    while (injected[i].only_writes && strcmp(c->req.method, "GET") == 0);
    set_answer(c, &injected[i]);
}

static void break_answer(struct faulty_call *c)
{
    size_t n = ARRAY_LEN(injected) - FIRST_UNKNOWN;

    set_answer(c, &injected[FIRST_UNKNOWN + draw(c->f, n)]);
}

/* ---- life ---- */

static void call_free(struct faulty_call *c)
{
    DL_DELETE(c->f->calls, c);
    if (c->inner)
        transport_cancel(c->inner);
    loop_timer_free(c->timer);
    free((char *)c->req.method);
    free((char *)c->req.path);
    free((char *)c->req.content_type);
    free((char *)c->req.accept);
    free((char *)c->req.body);
    free((char *)c->head.content_type);
    free((char *)c->head.warning);
    str_fini(&c->bytes);
    free(c);
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

static void wait_ms(struct faulty_call *c, int64_t ms)
{
    loop_timer_start(c->timer, ms);
}

/* ---- to the client ---- */

static void tell_head(struct faulty_call *c)
{
    if (c->has_head && !c->head_told) {
        c->head_told = true;
        c->events->head(c->arg, &c->head);
    }
}

static void tell_bytes(struct faulty_call *c)
{
    struct str part = c->bytes;

    if (part.len == 0)
        return;
    str_init(&c->bytes, BYTES_MAX);
    c->last = part.s[part.len - 1];
    c->events->data(c->arg, part.s, part.len);
    str_fini(&part);
}

static void tell_end(struct faulty_call *c)
{
    const struct transport_events *events = TAKE(c->events);

    events->done(c->arg, c->end, c->end == TRANSPORT_DONE ? "" : "a fault");
}

/* Everything that there is. The client may cancel from within. */
static void tell(struct faulty_call *c)
{
    c->telling = true;
    if (c->events)
        tell_head(c);
    if (c->events)
        tell_bytes(c);
    if (c->events && c->ended)
        tell_end(c);
    c->telling = false;
    if (!c->events && (c->sent || c->fate != FATE_LATE))
        call_free(c);
}

static void end_as(struct faulty_call *c, enum transport_end end)
{
    c->ended = true;
    c->end = end;
}

static void stop_inner(struct faulty_call *c)
{
    if (c->inner)
        transport_cancel(TAKE(c->inner));
}

/* ---- from the server ---- */

static void on_head(void *arg, const struct transport_head *head)
{
    struct faulty_call *c = arg;

    c->head = *head;
    c->head.content_type = xstrdup(head->content_type);
    c->head.warning = xstrdup_null(head->warning);
    c->has_head = true;
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct faulty_call *c = arg;

    str_addn(&c->bytes, bytes, len);
}

static void cut_answer(struct faulty_call *c)
{
    size_t keep = draw(c->f, c->bytes.len + 1);

    end_as(c, TRANSPORT_CUT);
    if (keep % 2 == 0) {
        c->has_head = false;
        keep = 0;
    }
    c->bytes.s[keep] = '\0';
    c->bytes.len = keep;
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct faulty_call *c = arg;

    (void)why;
    c->inner = NULL;
    end_as(c, end);
    switch (c->fate) {
    case FATE_ORPHAN:
        if (c->events)
            return; /* whoever sent it is about to cancel it */
        break;
    case FATE_CUT:
        cut_answer(c);
        break;
    case FATE_BROKEN:
        break_answer(c);
        break;
    case FATE_SLOW:
        wait_ms(c, (int64_t)draw(c->f, SLOW_MS));
        return;
    default:
        break;
    }
    tell(c);
}

static const struct transport_events answer_events = {on_head, on_data, on_done};

/* ---- streams ---- */

static bool chance(struct faulty *f, unsigned in_ten_thousand)
{
    return in_ten_thousand > 0 && draw(f, 10000) < in_ten_thousand;
}

static void fault(struct faulty_call *c, const char *what)
{
    if (c->f->o.hooks.fault)
        c->f->o.hooks.fault(c->f->o.arg, what, &c->req);
}

/* The last whole piece of the stream comes once more. */
static void repeat(struct faulty_call *c)
{
    AUTO_FREE char *again = xstrndup(c->bytes.s, c->bytes.len);

    if (c->bytes.len == 0 || (c->last && c->last != '\n') ||
        c->bytes.s[c->bytes.len - 1] != '\n')
        return;
    fault(c, "repeat");
    str_add(&c->bytes, again);
}

static void cut_stream(struct faulty_call *c)
{
    fault(c, "cut stream");
    stop_inner(c);
    end_as(c, TRANSPORT_CUT);
    c->bytes.len = (size_t)c->cut_after;
    c->bytes.s[c->bytes.len] = '\0';
}

static void flush(struct faulty_call *c)
{
    if (chance(c->f, c->f->o.rates.stream_repeat))
        repeat(c);
    if (c->cut_after >= 0 && (int64_t)c->bytes.len >= c->cut_after)
        cut_stream(c);
    else if (c->cut_after >= 0)
        c->cut_after -= (int64_t)c->bytes.len;
    tell(c);
}

static void stream_head(void *arg, const struct transport_head *head)
{
    on_head(arg, head);
}

static void stream_data(void *arg, const char *bytes, size_t len)
{
    struct faulty_call *c = arg;

    on_data(c, bytes, len);
    if (loop_timer_armed(c->timer))
        return; /* held back: what comes now waits behind it */
    if (chance(c->f, c->f->o.rates.stream_slow)) {
        fault(c, "slow stream");
        wait_ms(c, (int64_t)draw(c->f, SLOW_MS));
        return;
    }
    flush(c);
}

static void stream_done(void *arg, enum transport_end end, const char *why)
{
    struct faulty_call *c = arg;

    (void)why;
    c->inner = NULL;
    end_as(c, end);
    if (!loop_timer_armed(c->timer))
        flush(c);
}

static const struct transport_events stream_events = {stream_head, stream_data,
                                                      stream_done};

/* ---- to the server ---- */

static void send_on(struct faulty_call *c)
{
    struct err err = ERR_INIT;

    c->sent = true;
    c->inner =
        transport_start(c->f->o.inner, &c->req,
                        c->req.stream ? &stream_events : &answer_events, c, &err);
    if (c->inner)
        return;
    end_as(c, TRANSPORT_NOT_SENT);
    wait_ms(c, 0);
}

static void arrive_late(struct faulty_call *c)
{
    if (c->f->blocked) {
        call_free(c);
        return;
    }
    if (c->f->o.hooks.late)
        c->f->o.hooks.late(c->f->o.arg, &c->req);
    send_on(c);
}

/* The client is told that it was cut; the request arrives after that. */
static void give_up(struct faulty_call *c)
{
    end_as(c, TRANSPORT_CUT);
    wait_ms(c, (int64_t)draw(c->f, LATE_MS));
    tell(c);
}

static void on_timer(void *arg)
{
    struct faulty_call *c = arg;

    if (c->req.stream && !c->ended)
        flush(c);
    else if (c->fate == FATE_LATE && c->events)
        give_up(c);
    else if ((c->fate == FATE_LATE || c->fate == FATE_ORPHAN) && !c->sent)
        arrive_late(c);
    else
        tell(c);
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
    uint64_t at = draw(f, 10000), sum = 0;

    if (f->blocked)
        return draw(f, 2) ? FATE_UNSENT : FATE_LOST;
    if (req->stream)
        return chance(f, r->stream_refused) ? FATE_REFUSED : FATE_FINE;
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
    int64_t tell_ms = 1 + (int64_t)draw(f, TELL_MS);

    switch (c->fate) {
    case FATE_FINE:
    case FATE_SLOW:
    case FATE_CUT:
    case FATE_BROKEN:
        send_on(c);
        return;
    case FATE_UNSENT:
        end_as(c, TRANSPORT_NOT_SENT);
        break;
    case FATE_LOST:
        end_as(c, TRANSPORT_CUT);
        break;
    case FATE_REFUSED:
        refuse(c);
        break;
    case FATE_LATE:
        break;
    case FATE_ORPHAN:
        tell_ms = draw(f, 2) ? 0 : (int64_t)draw(f, LATE_MS);
        break;
    case FATE_CONFLICT:
        set_answer(c, &injected[0]);
        break;
    case FATE_NEVER:
        return;
    }
    wait_ms(c, tell_ms);
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
    str_init(&c->bytes, BYTES_MAX);
    c->timer = loop_timer_new(f->o.loop, on_timer, c);
    DL_APPEND(f->calls, c);
    c->fate = fate_of(f, &c->req);
    c->cut_after = c->req.stream && chance(f, f->o.rates.stream_cut)
                       ? (int64_t)draw(f, STREAM_BYTES)
                       : -1;
    if (c->fate != FATE_FINE)
        fault(c, fate_words[c->fate]);
    begin(c);
    return &c->base;
}

/* A request that is on its way may arrive all the same. */
static void faulty_cancel(struct transport_call *call)
{
    struct faulty_call *c = (struct faulty_call *)call;
    bool waits = !c->sent && (c->fate == FATE_ORPHAN || c->fate == FATE_LATE);
    bool goes_on = waits || (c->inner && !c->req.stream &&
                             (c->fate == FATE_ORPHAN || draw(c->f, 2)));

    c->events = NULL;
    if (!c->telling && !goes_on)
        call_free(c);
}

/* ---- the transport ---- */

static void free_op(struct transport *t)
{
    faulty_free((struct faulty *)t);
}

static const struct transport_ops faulty_ops = {faulty_start, faulty_cancel, free_op};

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
        call_free(f->calls);
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
        stop_inner(c);
        end_as(c, TRANSPORT_CUT);
        c->fate = FATE_LOST;
        wait_ms(c, 0);
    }
}
