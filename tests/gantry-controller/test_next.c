/* The transitions, a row for each: what is persisted and seen, and what comes of it. */
#include "cmd/gantry-controller/next.h"

#include <inttypes.h>
#include <string.h>

#include "base/signo.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/attempt_text.h"
#include "tests/support/next_cases.h"
#include "tests/support/suite.h"

/* ---- from a row to a view ---- */

/* "USR1", "USR1/Batch", "USR1+1"; any other name is none. */
static struct siglist_item give_signal(const char *text)
{
    AUTO_FREE char *name = xstrndup(text, strcspn(text, "/+"));
    return (struct siglist_item){signo_parse(name),
                                 strstr(text, "/Batch") ? SIGLIST_BATCH : SIGLIST_ALL};
}

static void give_actions(struct bjob *job, const char *text)
{
    static const struct {
        const char *word;
        enum action_type type;
    } types[] = {{"Cancel", ACTION_CANCEL},
                 {"Cancel+1", ACTION_CANCEL_COMPONENT},
                 {"Requeue", ACTION_REQUEUE},
                 {"RequeueHold", ACTION_REQUEUE_HOLD},
                 {"Hold", ACTION_HOLD}};
    AUTO_FREE char *copy = xstrdup(text ? text : "");
    char *save, *word = strtok_r(copy, " ", &save);
    job->actions = xcalloc(4, sizeof(*job->actions));
    for (; word; word = strtok_r(NULL, " ", &save)) {
        char *colon = strchr(word, ':');
        struct action *a = &job->actions[job->n_actions++];
        a->id = xstrndup(word, (size_t)(colon - word));
        a->type = ACTION_SIGNAL;
        a->component = strchr(word, '+') ? strtol(strchr(word, '+'), NULL, 10) : -1;
        a->signal = give_signal(colon + 1);
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
            if (strcmp(types[i].word, colon + 1) == 0)
                a->type = types[i].type;
    }
}

static struct ahead give_ahead(const struct given_ahead *g)
{
    return g->waits ? g->ahead : (struct ahead){.jobs = AHEAD_NONE};
}

static struct plan give_plan(const struct given_plan *g)
{
    const struct slot slot = {.node = g->node ? g->node : "n1", .pods = 1};
    if (!g->start_sec)
        return (struct plan){.start_sec = TIME_UNSET};
    return (struct plan){.start_sec = g->start_sec,
                         .promised = g->promised,
                         .partition = xstrdup("main"),
                         .slots = slots_new(&slot, 1),
                         .n_slots = 1};
}

static void give_status(struct jstatus *s, const struct given *g)
{
    bool ran = g->state >= JOB_STATE_CONFIGURING;
    jstatus_init(s);
    s->state = g->state;
    s->restarts = g->restarts;
    text_set(&s->reason, g->reason);
    text_set(&s->message, g->message);
    text_set(&s->last_action, g->last_action);
    text_set(&s->refusal, g->refused);
    text_set(&s->refusal_reason, g->refused ? "BadConstraints" : NULL);
    if (g->state == JOB_STATE_NONE)
        return;
    s->job_id = 5;
    s->plan = give_plan(&g->had);
    s->ahead = give_ahead(&g->had_ahead);
    s->sooner = g->had_sooner;
    s->submit_sec = CREATED;
    s->eligible_sec = g->eligible_sec ? g->eligible_sec : CREATED;
    s->attempt = g->attempt ? g->attempt : ran;
    if (g->exit_code) {
        s->exit_code = g->exit_code;
        s->exit_signal = 0;
    }
    if (!ran)
        return;
    struct slot slot = {.node = "n1", .pods = 2};
    s->placement = slots_new(&slot, 1);
    s->n_placement = 1;
    if (g->state != JOB_STATE_CONFIGURING && !g->no_start)
        s->start_sec = NOW - 50;
    if (g->over)
        component_ends_add(&s->ends, 1, NOW - 5);
    s->ends.gone = g->gone ? s->ends.over : 0;
    if (str_eq(g->reason, "Preempted") || g->yields)
        s->preempted =
            (struct preemption){9, g->preempt_requeues, NOW - 9, NOW - 5, NOW};
    if (job_state_is_final(g->state))
        s->end_sec = NOW;
    if (g->state == JOB_STATE_COMPLETING && !g->no_end)
        s->end_sec = NOW - 4;
}

static struct bjob *give_job(const struct given *g)
{
    struct bjob *job = xcalloc(1, sizeof(*job));
    job->created_sec = CREATED;
    job->deleting = g->deleting;
    job->requeue = !g->no_requeue;
    job->is_script = g->is_script;
    job->n_works = g->couple ? 2 : 1;
    job->works = xcalloc(job->n_works, sizeof(*job->works));
    job->refusal = xstrdup_null(g->refusal);
    job->model = g->refusal ? NULL : job_new();
    if (job->model && g->held)
        job->model->hold = HOLD_USER;
    job->unknown_state = g->unknown;
    if (g->warning)
        job->warning.signal = give_signal(g->warning);
    give_actions(job, g->actions);
    give_status(&job->status, g);
    return job;
}

/* ---- from an answer to a text ---- */

static void say_time(struct str *out, const char *name, int64_t want, int64_t have)
{
    if (want == have)
        return;
    if (want == TIME_UNSET)
        str_addf(out, "%s=- ", name);
    else
        str_addf(out, "%s=%+" PRId64 " ", name, want - NOW);
}

static void say_text(struct str *out, const char *name, const char *want,
                     const char *have)
{
    if (!str_eq(want, have))
        str_addf(out, "%s=%s ", name, want ? want : "-");
}

static void say_number(struct str *out, const char *name, int64_t want, int64_t have)
{
    if (want != have)
        str_addf(out, "%s=%" PRId64 " ", name, want);
}

static void say_preemption(struct str *out, const struct preemption *want,
                           const struct preemption *have)
{
    if (want->by == have->by && want->requeue == have->requeue)
        return;
    if (want->by == 0)
        str_add(out, "preempted=- ");
    else
        str_addf(out, "preempted=%" PRId64 "%s ", want->by,
                 want->requeue ? "/requeue" : "");
    if (want->by != 0)
        ck_assert_int_eq(want->since_sec, NOW);
}

static void say_status(struct str *out, const struct jstatus *w,
                       const struct jstatus *h)
{
    if (w->state != h->state)
        str_addf(out, "%s ", job_state_word(w->state));
    say_number(out, "id", w->job_id, h->job_id);
    say_number(out, "attempt", w->attempt, h->attempt);
    say_number(out, "restarts", w->restarts, h->restarts);
    if (w->state == JOB_STATE_PENDING)
        say_text(out, "partition", w->partition, h->partition);
    say_text(out, "reason", w->reason, h->reason);
    say_text(out, "message", w->message, h->message);
    say_time(out, "submit", w->submit_sec, h->submit_sec);
    say_time(out, "eligible", w->eligible_sec, h->eligible_sec);
    say_time(out, "start", w->start_sec, h->start_sec);
    say_time(out, "end", w->end_sec, h->end_sec);
    if (w->ahead.jobs == AHEAD_NONE && h->ahead.jobs != AHEAD_NONE)
        str_add(out, "ahead=- ");
    else if (ahead_is_news(&w->ahead, &h->ahead))
        str_addf(out, "ahead=%" PRId64 "/%" PRId64 "/%" PRId64 " ", w->ahead.jobs,
                 w->ahead.gpus, w->ahead.job_id);
    if (!sooner_equal(&w->sooner, &h->sooner))
        str_addf(out, "sooner=%" PRId64 "/%" PRId64 "/%" PRId64 " ",
                 w->sooner.limit_sec, w->sooner.nodes, w->sooner.frees);
    if (!plan_equal(&w->plan, &h->plan))
        say_time(out, w->plan.promised ? "promise" : "plan", w->plan.start_sec,
                 INT64_MAX);
    if (w->exit_code != h->exit_code && w->exit_code < 0)
        str_add(out, "exit=- ");
    else if (w->exit_code != h->exit_code || w->exit_signal != h->exit_signal)
        str_addf(out, "exit=%d:%d ", w->exit_code, w->exit_signal);
    say_text(out, "action", w->last_action, h->last_action);
    if (!str_eq(w->last_action, h->last_action) &&
        !str_eq(w->last_outcome, ACTION_DONE))
        str_addf(out, "(%s) ", w->last_outcome);
    say_number(out, "pods", slots_pods(w->placement, w->n_placement),
               slots_pods(h->placement, h->n_placement));
    if (w->n_placement > 0)
        say_number(out, "cpus", w->placement[0].each.v[RES_CPU],
                   h->n_placement > 0 ? h->placement[0].each.v[RES_CPU] : 0);
    say_preemption(out, &w->preempted, &h->preempted);
    if (w->ends.over != h->ends.over)
        say_time(out, "over", w->ends.over ? w->ends.at_sec[1] : TIME_UNSET, 0);
    if (w->ends.cancelled & ~h->ends.cancelled)
        str_add(out, "cancelled ");
    if (w->ends.gone & ~h->ends.gone)
        str_add(out, "gone ");
    say_text(out, "refusal", w->refusal, h->refusal);
    say_text(out, "as", w->refusal_reason, h->refusal_reason);
}

static void say(struct str *out, const struct job_next *n, const struct jstatus *have)
{
    const struct {
        bool on;
        const char *word;
    } flags[] = {{n->write, "write "},
                 {n->only_reason, "only-reason "},
                 {n->only_wait, "only-wait "},
                 {n->hold, "hold "},
                 {n->launch, "launch "},
                 {n->kill, "kill "},
                 {n->kill_only == 1u << 1, "kill-component "},
                 {n->drop_start, "drop "}};
    say_status(out, &n->want, have);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (flags[i].on)
            str_add(out, flags[i].word);
    if (n->signal.on)
        str_addf(out, "signal=%s:%s/%s", n->signal.id ? n->signal.id : "limit",
                 signo_name(n->signal.item.signo),
                 n->signal.item.scope == SIGLIST_ALL ? "All" : "Batch");
    if (n->signal.on && n->signal.component >= 0)
        str_addf(out, "+%d", (int)n->signal.component);
    if (n->signal.on)
        str_add(out, " ");
    if (out->len > 0)
        out->s[--out->len] = '\0';
}

static void check_case(const struct next_case *c)
{
    const struct given *g = &c->given;
    struct bjob *job = give_job(g);
    struct attempt attempt = {0};
    const struct slot begun = {.node = "n1", .pods = g->start};
    const struct slot changed = {.node = "n1",
                                 .pods = g->start ? g->start : 2,
                                 .each.v[RES_CPU] = g->amended_milli};
    const struct slot *start = g->start ? slots_new(&begun, 1) : NULL;
    const struct slot *amended = g->amended_milli ? slots_new(&changed, 1) : NULL;
    STR_AUTO struct str got;
    str_init(&got, 4096);
    if (g->ranks) {
        attempt_from_text(&attempt, 1, g->ranks, NOW - g->launching_sec);
        for (size_t i = 1; i < attempt.n; i++)
            attempt.ranks[i].component = g->couple;
        for (size_t i = 0; i < attempt.n; i++)
            if (attempt.ranks[i].terminal && attempt.ranks[i].exit_code < 0)
                attempt.ranks[i].reason = xstrdup("no room");
    }
    if (g->failure)
        attempt_fail(&attempt, g->failure);
    struct plan plan = give_plan(&g->told);
    struct preemption preemption = {g->preempted_by, g->preempt_requeues, NOW - 9,
                                    TIME_UNSET, NOW + (g->grace_over ? 0 : 30)};
    const struct array_view array = {0};
    struct job_view view = {.job = job,
                            .array = g->is_array ? &array : NULL,
                            .submit_sec = CREATED,
                            .attempt = &attempt,
                            .start = start,
                            .n_start = g->start > 0,
                            .partition = g->start ? "main" : NULL,
                            .assigned_id = g->assigned_id,
                            .unanswered = g->unanswered,
                            .undecided = g->undecided,
                            .queue = g->queue,
                            .refusal = g->refusal ? g->refusal : g->closed,
                            .refusal_reason = g->refusal  ? "BadConstraints"
                                              : g->closed ? "PartitionInactive"
                                                          : NULL,
                            .unbound = g->unbound,
                            .amended = amended,
                            .n_amended = 1,
                            .end_reason = g->timed_out ? "TimeLimit" : NULL,
                            .ends = g->ends ? 1u << 1 : 0,
                            .bound_sec = LIMIT_UNSET,
                            .eligible_sec = g->eligible_sec ? g->eligible_sec : CREATED,
                            .accrue_sec = TIME_UNSET,
                            .preemption = g->preempted_by ? &preemption : NULL,
                            .requeue_delay_sec = 120,
                            .warns = g->warns ? WARNS_ALL : 0,
                            .own_signal = g->own_signal,
                            .deaf = g->deaf,
                            .given_up = g->given_up,
                            .reason = g->core_reason,
                            .message = g->core_message,
                            .note = g->note,
                            .plan = &plan,
                            .ahead = g->told_ahead.waits ? &g->told_ahead.ahead : NULL,
                            .sooner = &g->told_sooner,
                            .priority = g->priority,
                            .now_sec = NOW};
    struct job_next next;
    job_next(&view, &next);
    say(&got, &next, &job->status);
    ck_assert_msg(strcmp(got.s, c->then) == 0, "%s:\nexpected %s\ngot      %s", c->what,
                  c->then, got.s);
    if (next.launch)
        ck_assert_msg(job_may_launch(&view), "%s: may launch", c->what);
    if (job->deleting || bjob_next_ending(job) || g->state == JOB_STATE_COMPLETING)
        ck_assert_msg(!job_may_launch(&view) || str_eq(g->last_action, "2"),
                      "%s: may not launch", c->what);
    jstatus_fini(&next.want);
    plan_clear(&plan);
    slots_unref(start);
    slots_unref(amended);
    attempt_clear(&attempt);
    bjob_free(job);
}

#define TEST_CASES(name)                    \
    START_TEST(test_##name)                 \
    {                                       \
        check_case(&next_cases_##name[_i]); \
    }                                       \
    END_TEST
TEST_CASES(waits)
TEST_CASES(runs)
TEST_CASES(signals)
TEST_CASES(ends)

int main(void)
{
    return suite_main("gantry-controller/next",
                      (struct suite_row[]){{test_waits, n_next_cases_waits},
                                           {test_runs, n_next_cases_runs},
                                           {test_signals, n_next_cases_signals},
                                           {test_ends, n_next_cases_ends},
                                           {NULL, 0}});
}
