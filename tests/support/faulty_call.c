#include "tests/support/faulty_private.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/util.h"

/* ---- life ---- */

void faulty_call_free(struct faulty_call *c)
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

void faulty_call_wait(struct faulty_call *c, int64_t ms)
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
    str_init(&c->bytes, FAULTY_BYTES_MAX);
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
void faulty_call_tell(struct faulty_call *c)
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
        faulty_call_free(c);
}

void faulty_call_end(struct faulty_call *c, enum transport_end end)
{
    c->ended = true;
    c->end = end;
}

void faulty_call_stop(struct faulty_call *c)
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
    size_t keep = faulty_draw(c->f, c->bytes.len + 1);

    faulty_call_end(c, TRANSPORT_CUT);
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
    faulty_call_end(c, end);
    switch (c->fate) {
    case FATE_ORPHAN:
        if (c->events)
            return; /* whoever sent it is about to cancel it */
        break;
    case FATE_CUT:
        cut_answer(c);
        break;
    case FATE_BROKEN:
        faulty_break_answer(c);
        break;
    case FATE_SLOW:
        faulty_call_wait(c, (int64_t)faulty_draw(c->f, FAULTY_SLOW_MS));
        return;
    default:
        break;
    }
    faulty_call_tell(c);
}

static const struct transport_events answer_events = {on_head, on_data, on_done};

/* ---- streams ---- */

/* The last whole piece of the stream comes once more. */
static void repeat(struct faulty_call *c)
{
    AUTO_FREE char *again = xstrndup(c->bytes.s, c->bytes.len);

    if (c->bytes.len == 0 || (c->last && c->last != '\n') ||
        c->bytes.s[c->bytes.len - 1] != '\n')
        return;
    faulty_note(c, "repeat");
    str_add(&c->bytes, again);
}

static void cut_stream(struct faulty_call *c)
{
    faulty_note(c, "cut stream");
    faulty_call_stop(c);
    faulty_call_end(c, TRANSPORT_CUT);
    c->bytes.len = (size_t)c->cut_after;
    c->bytes.s[c->bytes.len] = '\0';
}

void faulty_call_flush(struct faulty_call *c)
{
    if (faulty_chance(c->f, c->f->o.rates.stream_repeat))
        repeat(c);
    if (c->cut_after >= 0 && (int64_t)c->bytes.len >= c->cut_after)
        cut_stream(c);
    else if (c->cut_after >= 0)
        c->cut_after -= (int64_t)c->bytes.len;
    faulty_call_tell(c);
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
    if (faulty_chance(c->f, c->f->o.rates.stream_slow)) {
        faulty_note(c, "slow stream");
        faulty_call_wait(c, (int64_t)faulty_draw(c->f, FAULTY_SLOW_MS));
        return;
    }
    faulty_call_flush(c);
}

static void stream_done(void *arg, enum transport_end end, const char *why)
{
    struct faulty_call *c = arg;

    (void)why;
    c->inner = NULL;
    faulty_call_end(c, end);
    if (!loop_timer_armed(c->timer))
        faulty_call_flush(c);
}

static const struct transport_events stream_events = {stream_head, stream_data,
                                                      stream_done};

void faulty_call_send(struct faulty_call *c)
{
    struct err err = ERR_INIT;

    c->sent = true;
    c->inner =
        transport_start(c->f->o.inner, &c->req,
                        c->req.stream ? &stream_events : &answer_events, c, &err);
    if (c->inner)
        return;
    faulty_call_end(c, TRANSPORT_NOT_SENT);
    faulty_call_wait(c, 0);
}
