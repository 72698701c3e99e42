#include <inttypes.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"

#define MINUTE_SEC 60
#define SENTENCE_MAX 4096

/* A promise is told to the minute; a forecast when it has moved by more than a minute
 * and a twentieth of the wait (api.md). */
static bool plan_is_news(const struct plan *is, const struct plan *was, int64_t now_sec)
{
    if (is->promised || was->promised || is->start_sec == TIME_UNSET ||
        was->start_sec == TIME_UNSET)
        return !plan_equal(is, was);
    int64_t moved = is->start_sec > was->start_sec ? is->start_sec - was->start_sec
                                                   : was->start_sec - is->start_sec;
    return moved > MINUTE_SEC && moved > (is->start_sec - now_sec) / 20;
}

static void want_plan(const struct job_view *v, struct job_next *n)
{
    if (!v->plan || !plan_is_news(v->plan, &n->want.plan, v->now_sec))
        return;
    if (n->want.plan.start_sec == TIME_UNSET)
        n->want.planned_since_sec = v->now_sec;
    plan_clear(&n->want.plan);
    n->want.plan = plan_copy(v->plan);
}

static void want_ahead(const struct job_view *v, struct job_next *n)
{
    struct ahead *is = &n->want.ahead;
    if (!v->ahead)
        *is = (struct ahead){.jobs = AHEAD_NONE};
    else if (is->jobs == AHEAD_NONE || ahead_is_news(v->ahead, is))
        *is = *v->ahead;
}

/* Whose end it waits for is told with who is ahead. */
static void want_sooner(const struct job_view *v, struct jstatus *s)
{
    s->sooner = v->sooner ? *v->sooner : (struct sooner){0};
    if (s->ahead.jobs == AHEAD_NONE)
        s->sooner.frees = 0;
}

static void say_ahead(const struct ahead *a, struct str *text)
{
    const char *apart = text->len > 0 ? "; " : "";
    if (a->jobs == AHEAD_NONE)
        return;
    if (a->jobs == 0)
        str_addf(text, "%sno job ahead", apart);
    else
        str_addf(text, "%s%" PRId64 " job%s", apart, a->jobs, a->jobs == 1 ? "" : "s");
    if (a->jobs > 0 && a->gpus > 0)
        str_addf(text, " with %" PRId64 " GPU%s", a->gpus, a->gpus == 1 ? "" : "s");
    if (a->jobs > 0)
        str_add(text, " ahead");
}

static void say_sooner(const struct sooner *sooner, struct str *text)
{
    const char *joint = sooner->limit_sec > 0 && sooner->nodes > 0 ? " or " : "";
    char limit[DURATION_TEXT_MAX];
    if (sooner->limit_sec == 0 && sooner->nodes == 0)
        return;
    str_addf(text, "%swould start now ", text->len > 0 ? "; " : "");
    if (sooner->limit_sec > 0) {
        duration_format(sooner->limit_sec, limit);
        str_addf(text, "with a time limit of %s", limit);
    }
    str_add(text, joint);
    if (sooner->nodes > 0)
        str_addf(text, "on %" PRId64 " node%s", sooner->nodes,
                 sooner->nodes == 1 ? "" : "s");
}

static void say_plan(const struct plan *plan, struct str *text)
{
    char when[TIME_TEXT_MAX];
    if (plan->start_sec == TIME_UNSET)
        return;
    time_format_rfc3339(plan->start_sec, when);
    str_addf(text, "%s%s start %s", text->len > 0 ? "; " : "",
             plan->promised ? "planned" : "forecast", when);
}

/* The core's sentence, and for how long it waits: "needs 2 nodes with cpu=8; none is
 * free now; 3 jobs with 24 GPUs ahead; planned start 2027-01-15T08:10:00Z; would start
 * now with a time limit of 00:45:00". Made of what is to be persisted, so that it moves
 * only with that. */
static void want_sentence(const struct job_view *v, struct job_next *n)
{
    STR_AUTO struct str text;
    str_init(&text, SENTENCE_MAX);
    str_add(&text, v->message ? v->message : "");
    if (v->note)
        str_addf(&text, "%s%s", text.len > 0 ? "; " : "", v->note);
    say_ahead(&n->want.ahead, &text);
    say_plan(&n->want.plan, &text);
    say_sooner(&n->want.sooner, &text);
    want_reason(n, v->reason, text.len > 0 ? text.s : NULL);
    n->want.never = v->never;
}

/* In which state a job ends that is not to start, by the core's reason. */
static const struct cause {
    const char *reason;
    enum job_state state;
} causes[] = {
    {"DependencyNeverSatisfied", JOB_STATE_CANCELLED},
    {"DeadLine", JOB_STATE_DEADLINE},
};

void give_up(const struct job_view *v, struct job_next *n)
{
    enum job_state state = JOB_STATE_CANCELLED;
    for (size_t i = 0; i < ARRAY_LEN(causes); i++)
        if (str_eq(causes[i].reason, v->reason))
            state = causes[i].state;
    want_standing(v, n);
    want_final(v, n, state);
    want_reason(n, v->reason, v->message);
}

void next_waiting(const struct job_view *v, struct job_next *n)
{
    const struct action *action = bjob_next_action(v->job);
    if (action) {
        act_on_pending(v, n, action);
        return;
    }
    if (v->given_up && !v->refusal) {
        give_up(v, n);
        return;
    }
    wait_on(v, n);
}

void wait_on(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (s->refusal && !v->refusal && !v->reason)
        return; /* it is taken in with the core's word, in one write */
    want_refusal(v, n);
    text_set(&s->partition, v->queue);
    if (v->refusal) {
        s->ahead.jobs = AHEAD_NONE;
        s->sooner = (struct sooner){0};
        plan_clear(&s->plan);
        want_reason(n, v->refusal_reason, v->refusal);
        return;
    }
    bool backing_off = str_eq(s->reason, "JobLaunchFailure") &&
                       s->eligible_sec != TIME_UNSET && s->eligible_sec > v->now_sec;
    if (v->reason && !backing_off) {
        want_plan(v, n);
        want_ahead(v, n);
        want_sooner(v, s);
        want_sentence(v, n);
        want_standing(v, n);
    }
}
