#include "tests/support/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"

#define PATIENCE_MS 3600000
#define ORDINARY_SEC 60
#define FILLER_PIECE ((size_t)1 << 20)
#define SEED 1

struct script {
    struct transport base;
    struct transcript t;
    const char *name;
    const struct exchange *exchanges;
    size_t n;
    size_t served; /* exchanges that have nothing more to say */
    size_t open;
};

/* One exchange under way: `step` timer for what is said next, two more for its end. */
struct wire {
    struct transport_call base;
    struct script *s;
    const struct exchange *x;
    const struct transport_events *events; /* NULL: ended or cancelled */
    void *arg;
    int64_t quiet_ms;
    bool has_head;
    size_t chunk;
    bool is_served;
    bool telling; /* a cancel must leave the struct to its caller */
    struct loop_timer *step, *deadline, *quiet;
};

char *transcript_text(const char *quoted)
{
    char *text = xstrdup(quoted);

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    return text;
}

/* ---- what is served ---- */

static void wire_free(struct wire *w)
{
    loop_timer_free(w->step);
    loop_timer_free(w->deadline);
    loop_timer_free(w->quiet);
    free(w);
}

static void served(struct wire *w)
{
    w->s->served += !w->is_served;
    w->is_served = true;
}

/* It ends, whoever ended it. */
static void wire_over(struct wire *w)
{
    served(w);
    w->events = NULL;
    w->s->open--;
    w->s->t.over_ms = loop_mono_ms(w->s->t.loop);
}

static void tell_done(struct wire *w, enum transport_end end, const char *why)
{
    const struct transport_events *events = w->events;

    loop_timer_stop(w->step);
    wire_over(w);
    w->telling = true;
    events->done(w->arg, end, why);
    wire_free(w);
}

static void tell_end(struct wire *w)
{
    const char *why = w->x->why;

    switch (w->x->end) {
    case END_DONE:
        tell_done(w, TRANSPORT_DONE, "");
        break;
    case END_NOT_SENT:
        tell_done(w, TRANSPORT_NOT_SENT, why ? why : "connection refused");
        break;
    case END_CUT:
        tell_done(w, TRANSPORT_CUT, why ? why : "connection reset");
        break;
    case END_NEVER:
        served(w);
        break;
    }
}

static void tell_head(struct wire *w)
{
    const struct exchange *x = w->x;
    const struct transport_head head = {
        .status = x->status ? x->status : 200,
        .content_type = x->head_type ? x->head_type : "application/json",
        .retry_after_sec = x->retry_after ? atoll(x->retry_after) : -1,
        .warning = x->warning,
        .renewed = x->renewed,
    };

    w->events->head(w->arg, &head);
}

static void tell_filler(struct wire *w)
{
    AUTO_FREE char *piece = xmalloc(FILLER_PIECE);

    memset(piece, 'x', FILLER_PIECE);
    for (size_t left = w->x->filler; left > 0 && w->events;) {
        size_t n = MIN(left, FILLER_PIECE);
        w->events->data(w->arg, piece, n);
        left -= n;
    }
}

static void tell_chunk(struct wire *w, const char *chunk)
{
    AUTO_FREE char *text = transcript_text(chunk);

    if (w->quiet_ms)
        loop_timer_start(w->quiet, w->quiet_ms);
    w->events->data(w->arg, text, strlen(text));
}

static const char *next_chunk(struct wire *w)
{
    return w->chunk < TRANSCRIPT_CHUNKS ? w->x->say[w->chunk] : NULL;
}

/* One thing at a time, as a socket would bring it. */
static void on_step(void *arg)
{
    struct wire *w = arg;
    const char *chunk = next_chunk(w);
    int64_t wait_ms = 0;

    if (w->has_head && chunk == NULL) {
        tell_end(w);
        return;
    }
    w->telling = true;
    if (!w->has_head) {
        w->has_head = true;
        tell_head(w);
        if (w->events)
            tell_filler(w);
    } else if (chunk[0] == '~') {
        wait_ms = atoll(chunk + 1);
        w->chunk++;
    } else {
        w->chunk++;
        tell_chunk(w, chunk);
    }
    w->telling = false;
    if (w->events)
        loop_timer_start(w->step, wait_ms);
    else
        wire_free(w);
}

static void on_deadline(void *arg)
{
    tell_done(arg, TRANSPORT_CUT, "no whole answer in time");
}

static void on_quiet(void *arg)
{
    tell_done(arg, TRANSPORT_CUT, "the stream was silent too long");
}

/* ---- what must come (cut in messages, since libcheck dies of long ones) ---- */

static void expect_pause(const struct script *s, const struct exchange *x)
{
    int64_t ms = loop_mono_ms(s->t.loop) - s->t.over_ms;

    if (x->pause_ms[1])
        ck_assert_msg(ms >= x->pause_ms[0] && ms < x->pause_ms[1],
                      "%s: exchange %zu, %.1000s: came after %lld ms, not %lld to %lld",
                      s->name, s->t.asked + 1, x->ask, (long long)ms,
                      (long long)x->pause_ms[0], (long long)x->pause_ms[1]);
}

static void expect_body(const struct script *s, const struct exchange *x,
                        const struct transport_request *req)
{
    AUTO_FREE char *body = transcript_text(x->body ? x->body : "");
    AUTO_FREE char *got = xstrndup(req->body ? req->body : "", req->body_len);

    if (x->accept)
        ck_assert_str_eq(req->accept, x->accept);
    ck_assert_msg(str_eq(req->content_type, x->type),
                  "%s: exchange %zu, %.1000s: content type %s, not %s", s->name,
                  s->t.asked + 1, x->ask,
                  req->content_type ? req->content_type : "none",
                  x->type ? x->type : "none");
    ck_assert_msg(strcmp(got, body) == 0,
                  "%s: exchange %zu, %.1000s: the body is\n  %.1000s\nnot\n  %.1000s",
                  s->name, s->t.asked + 1, x->ask, got, body);
}

static const struct exchange *expect(const struct script *s,
                                     const struct transport_request *req)
{
    AUTO_FREE char *ask = xasprintf("%s %s", req->method, req->path);
    const struct exchange *x = &s->exchanges[s->t.asked];

    ck_assert_msg(s->t.asked < s->n, "%s: asked after the script's end:\n  %.1000s",
                  s->name, ask);
    ck_assert_msg(strcmp(ask, x->ask) == 0,
                  "%s: exchange %zu: asked\n  %.1000s\nnot\n  %.1000s", s->name,
                  s->t.asked + 1, ask, x->ask);
    ck_assert_msg(x->timeout_sec == 0 || x->timeout_sec == req->timeout_sec,
                  "%s: exchange %zu, %.1000s: timeout %lld s, not %lld", s->name,
                  s->t.asked + 1, ask, (long long)req->timeout_sec,
                  (long long)x->timeout_sec);
    ck_assert_msg(req->stream == (strstr(req->path, "watch=true") != NULL ||
                                  strstr(req->path, "/log?") != NULL),
                  "%s: exchange %zu, %.1000s: only watches and logs are streams",
                  s->name, s->t.asked + 1, ask);
    expect_body(s, x, req);
    expect_pause(s, x);
    return x;
}

/* ---- the transport ---- */

static void arm(struct wire *w, const struct transport_request *req)
{
    int64_t deadline_sec = req->timeout_sec;

    if (deadline_sec == 0 && !req->stream)
        deadline_sec = ORDINARY_SEC;
    if (deadline_sec)
        loop_timer_start(w->deadline, deadline_sec * 1000);
    w->quiet_ms = req->stream ? req->quiet_sec * 1000 : 0;
    if (w->quiet_ms)
        loop_timer_start(w->quiet, w->quiet_ms);
    loop_timer_start(w->step, w->x->delay_ms);
}

static struct transport_call *script_start(struct transport *base,
                                           const struct transport_request *req,
                                           const struct transport_events *events,
                                           void *arg, struct err *err)
{
    struct script *s = (struct script *)base;
    struct wire *w;

    if (req->path[0] != '/') {
        err_set(err, ERR_INVALID, "a request's path begins with '/', not \"%s\"",
                req->path);
        return NULL;
    }
    w = xcalloc(1, sizeof(*w));
    w->base.transport = base;
    w->s = s;
    w->x = expect(s, req);
    w->events = events;
    w->arg = arg;
    w->has_head = w->x->headless || w->x->end == END_NOT_SENT;
    w->step = loop_timer_new(s->t.loop, on_step, w);
    w->deadline = loop_timer_new(s->t.loop, on_deadline, w);
    w->quiet = loop_timer_new(s->t.loop, on_quiet, w);
    s->t.asked++;
    s->open++;
    arm(w, req);
    return &w->base;
}

static void script_cancel(struct transport_call *base)
{
    struct wire *w = (struct wire *)base;

    w->s->t.cancelled++;
    wire_over(w);
    if (!w->telling)
        wire_free(w);
}

static void script_free(struct transport *base)
{
    free(base);
}

static const struct transport_ops script_ops = {
    .start = script_start, .cancel = script_cancel, .free = script_free};

/* ---- the transcript ---- */

static struct script *script_of(struct transcript *t)
{
    return (struct script *)((char *)t - offsetof(struct script, t));
}

struct transcript *transcript_new(const char *name, const struct exchange *script)
{
    struct script *s = xcalloc(1, sizeof(*s));
    struct rng rng;

    rng_seed(&rng, SEED);
    s->base.ops = &script_ops;
    s->name = name;
    s->exchanges = script;
    while (script[s->n].ask)
        s->n++;
    s->t.loop = loop_new_virtual(TRANSCRIPT_START_MS);
    s->t.transport = &s->base;
    s->t.over_ms = loop_mono_ms(s->t.loop);
    s->t.client = kc_client_new(s->t.loop, s->t.transport, &rng);
    return &s->t;
}

void transcript_advance(struct transcript *t, int64_t ms)
{
    int64_t until_ms = loop_now_ms(t->loop) + ms;

    while (loop_step(t->loop, until_ms))
        ;
}

void transcript_run(struct transcript *t)
{
    struct script *s = script_of(t);
    int64_t until_ms = loop_now_ms(t->loop) + PATIENCE_MS;

    while (s->served < s->n && loop_step(t->loop, until_ms))
        ;
    ck_assert_msg(t->asked == s->n, "%s: exchange %zu was never asked:\n  %.1000s",
                  s->name, t->asked + 1, s->exchanges[t->asked].ask);
    transcript_advance(t, 0);
}

void transcript_free(struct transcript *t)
{
    struct script *s = script_of(t);

    ck_assert_msg(t->asked == s->n, "%s: exchange %zu was never asked:\n  %.1000s",
                  s->name, t->asked + 1, s->exchanges[t->asked].ask);
    kc_client_free(t->client);
    ck_assert_msg(s->open == 0, "%s: %zu exchanges are still open", s->name, s->open);
    loop_free(t->loop);
    transport_free(&s->base);
}
