/*
 * Preemption: properties over random clusters (contest.h):
 *
 *   - a victim runs, may be preempted by who waits, and is past its exempt time;
 *   - who it ends for starts as soon as it is gone, in the minute behind its slack;
 *   - if any one victim were spared, the job would be planned later; where several
 *     jobs have victims in one step, it would, or others had to be planned elsewhere;
 *   - nobody begins to be preempted at once;
 *   - where so many of a QOS may run, no more are made room for;
 *   - who is preempted for has a promise, and starts once its victims are gone, unless
 *     one that may preempt it comes meanwhile, which has its place, or one is late to
 *     go, behind whom its promise would have to slide into another one's;
 *   - a fresh core given the snapshot decides the same;
 *   - in slices no more end than in one step.
 *
 * A failing case prints its seed and its lines, which are those of a scenario file.
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/cluster_text.h"
#include "tests/support/contest.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define HISTORIES 250
#define CHANGES 200 /* between slices, at most */
#define ROUNDS 8
#define SCRIPT_MAX (1u << 20)

/* ---- steps ---- */

static void say(const struct decisions *decisions, struct str *out)
{
    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind == DECIDE_START ||
            decisions->items[i].kind == DECIDE_PREEMPT)
            cluster_text_decision(&decisions->items[i], out);
    }
}

static void run_started(struct contest *c, const struct decision *d)
{
    struct change change = {.kind = CHANGE_JOB,
                            .u.job = job_copy(sched_job(c->h.s, d->job_uid))};

    course_check_room(&c->h, d);
    change.u.job->phase = JOB_RUNNING;
    sched_apply(c->h.s, &change);
}

/* Ended, or back in the queue: what others end for it has been had, though some of them
 * may still be about to. */
static void end_job(struct contest *c, const char *uid)
{
    struct job *job = job_copy(sched_job(c->h.s, uid));
    AUTO_FREE char *key = xstrdup(uid);
    bool requeue = course_draw(&c->h, 2);

    str_addf(&c->h.script, "%s job %s\n", requeue ? "requeue" : "gone", uid + 4);
    if (!requeue) {
        job_free(job);
        sched_apply(c->h.s, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = key});
        return;
    }
    slots_unref(job->alloc);
    job->alloc = NULL;
    job->n_alloc = 0;
    job->phase = JOB_PENDING;
    job->start_sec = TIME_UNSET;
    job->submit_sec = c->h.now_sec;
    c->lost[atoi(uid + 4)] = true;
    sched_apply(c->h.s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* Nobody begins to be ended at once: whoever might end him is before him in the queue,
 * and has had what was free. Where units or components share nodes, who would do is a
 * guess. */
static void check_not_begun(struct contest *c, const struct decision *d)
{
    const struct job *by = course_job(&c->h, (int)d->preempted_by), *job = c->begun;

    course_check(&c->h, job == NULL || strcmp(job->uid, d->job_uid) != 0 ||
                            by->n_units > 0 || by->n_others > 0);
}

/* Where more than that was decided there is other room now, and what others have ended
 * for is its own. */
static void note_begun(struct contest *c, const struct decisions *decisions)
{
    const struct decision *only = NULL;
    size_t n = 0;

    job_free(c->begun);
    c->begun = NULL;
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];

        n += d->kind == DECIDE_START || d->kind == DECIDE_PREEMPT;
        if (d->kind == DECIDE_START)
            only = d;
    }
    if (n == 1 && only != NULL && !c->served[atoi(only->job_uid + 4)])
        c->begun = job_copy(sched_job(c->h.s, only->job_uid));
    c->n_begun += c->begun != NULL;
}

static void note_taken(struct contest *c, const struct decisions *decisions)
{
    struct contest_taken taken[CONTEST_JOBS + 1];
    size_t n = 0;

    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];

        cluster_text_decision(d, &c->h.script);
        if (d->kind != DECIDE_PREEMPT)
            continue;
        check_not_begun(c, d);
        c->served[d->preempted_by] = true;
        taken[n++] =
            (struct contest_taken){d->job_uid, d->preempted_by, d->preempt_sec};
    }
    contest_check_taken(c, taken, n);
    c->n_preempted += n;
}

static bool run_all_started(struct contest *c, const struct decisions *decisions)
{
    bool any = false;

    note_begun(c, decisions);
    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind != DECIDE_START)
            continue;
        run_started(c, &decisions->items[i]);
        any = true;
    }
    return any;
}

/* It yields, and has its nodes for longer than is assumed. */
static bool is_late(const struct contest *c, const struct job *job)
{
    return job->preempted_by != 0 && job->n_alloc > 0 &&
           c->h.now_sec > job->preempt_sec + 60;
}

static bool is_any_late(struct contest *c)
{
    bool any = false;

    for (int i = 1; i < c->next_job && !any; i++) {
        const struct job *job = course_job(&c->h, i);

        any = job != NULL && is_late(c, job);
    }
    return any;
}

/* Plans slide behind who is late, of whomever they are: not all have where to. */
static void note_lost(struct contest *c)
{
    const bool late = is_any_late(c);

    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job != NULL && job->phase == JOB_PENDING && c->served[i])
            c->lost[i] |=
                contest_is_taken_over(c, job) ||
                (late && sched_job_broken(c->h.s, job->uid) == BROKEN_OVERRUN);
    }
}

/* To rest. Those whose time is up stay a while. */
static void step(struct contest *c)
{
    struct decisions decisions;
    enum sched_progress progress;

    str_addf(&c->h.script, "at %" PRId64 "\n", c->h.now_sec);
    job_free(TAKE(c->begun));
    do {
        copies_fini(&c->before);
        c->before = copies_of(c->h.s);
        progress =
            sched_step(c->h.s, c->h.now_sec, (struct sched_budget){0}, &decisions);
        note_taken(c, &decisions);
        note_lost(c);
    } while (run_all_started(c, &decisions) || progress == SCHED_MORE);
}

/* As time passes the core is asked again whenever it says. */
static void pass_time(struct contest *c, int64_t until_sec)
{
    int64_t wake_sec;

    while ((wake_sec = sched_next_wake(c->h.s, c->h.now_sec)) < until_sec) {
        c->h.now_sec = MAX(wake_sec, c->h.now_sec + 1);
        step(c);
    }
    c->h.now_sec = until_sec;
}

static void check_law(struct contest *c)
{
    COPIES_AUTO struct copies all = copies_of(c->h.s);
    struct sched *fresh = sched_new(&c->config);
    STR_AUTO struct str is;
    struct decisions decisions;

    str_init(&is, SCRIPT_MAX);
    copies_apply(&all, fresh);
    while (sched_step(fresh, c->h.now_sec, (struct sched_budget){0}, &decisions) ==
           SCHED_MORE)
        say(&decisions, &is);
    say(&decisions, &is);
    sched_free(fresh);
    str_add(&c->h.script, is.s);
    course_check(&c->h, is.len == 0);
}

/* Those who yield end, some sooner and some later; then those they yield to start, if
 * they still have their promise there. */
static void end_some(struct contest *c)
{
    for (int number = 1; number < c->next_job; number++) {
        AUTO_FREE char *uid = xasprintf("job-%d", number);
        const struct job *job = sched_job(c->h.s, uid);

        if (job != NULL && ((job->preempted_by != 0 && course_draw(&c->h, 3) > 0) ||
                            (job->phase == JOB_RUNNING && course_draw(&c->h, 12) == 0)))
            end_job(c, uid);
    }
}

/* Does somebody yield to it, and hold its nodes no longer than assumed? */
static bool is_made_room_for(struct contest *c, int64_t number)
{
    bool any = false;

    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job == NULL || job->preempted_by != number || job->n_alloc == 0)
            continue;
        if (is_late(c, job))
            return false;
        any = true;
    }
    return any;
}

static void check_promises(struct contest *c)
{
    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job == NULL || job->phase != JOB_PENDING ||
            !is_made_room_for(c, job->job_id) || c->lost[i])
            continue;
        course_check(&c->h, job->plan.promised);
        course_check(&c->h, job->plan.start_sec > c->h.now_sec - 60);
    }
}

static void run_history(uint64_t seed, size_t *n_preempted, size_t *n_checked,
                        size_t *n_begun)
{
    struct contest c = {.config = sched_config_default(), .next_job = 1};

    c.config.preempt_type = seed % 3 ? PREEMPT_BY_QOS : PREEMPT_BY_PARTITION;
    c.config.preempt_mode = PREEMPT_REQUEUE;
    c.config.preempt_exempt_sec = seed % 5 == 0 ? 200 : 0;
    c.config.preempt_youngest_first = seed % 4 == 0;
    c.config.backfill_order = (enum backfill_order)(seed / 3 % 3);
    course_init(&c.h, seed, &c.config);
    c.h.now_sec = 10000;
    contest_set_up(&c);
    for (int round = 0; round < ROUNDS && c.next_job < CONTEST_JOBS - 3; round++) {
        contest_add_waiting(&c);
        contest_add_waiting(&c);
        step(&c);
        check_law(&c);
        check_promises(&c);
        pass_time(&c, c.h.now_sec + 20 + course_draw(&c.h, 200));
        end_some(&c);
    }
    job_free(c.begun);
    *n_preempted += c.n_preempted;
    *n_checked += c.n_checked;
    *n_begun += c.n_begun;
    copies_fini(&c.before);
    course_fini(&c.h);
}

/* As often as one in eight at least; fewer seeds than it takes by default may do with
 * less by chance. */
static bool is_often(const struct seeds *seeds, size_t n)
{
    return seeds->alone || seeds->last < HISTORIES || n > seeds->last / 8;
}

START_TEST(test_random)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);
    size_t n_preempted = 0, n_checked = 0, n_begun = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed, &n_preempted, &n_checked, &n_begun);
    ck_assert_msg(is_often(&seeds, n_checked), "only %zu were preempted, %zu looked at",
                  n_preempted, n_checked);
    ck_assert_msg(is_often(&seeds, n_begun), "only %zu begun", n_begun);
}
END_TEST

/* ---- in slices ---- */

/* In slices, with changes between them that concern nobody: what has been found so far
 * is looked for again. */
enum cut { WHOLE, SLICED, DISTURBED };

/* How many end when several jobs come at once, and how many start. */
static int n_victims(uint64_t seed, enum cut cut, size_t *ret_starts)
{
    struct sched_budget budget = {cut != WHOLE ? course_spend : NULL, NULL};
    struct contest c = {.config = sched_config_default(), .next_job = 1};
    struct decisions decisions;
    enum sched_progress progress;
    int n = 0, n_changes = CHANGES;

    c.config.preempt_type = PREEMPT_BY_QOS;
    c.config.preempt_mode = PREEMPT_REQUEUE;
    course_init(&c.h, seed, &c.config);
    c.h.now_sec = 10000;
    contest_set_up(&c);
    for (int i = 0; i < 8; i++)
        contest_add_waiting(&c);
    *ret_starts = 0;
    do {
        progress = sched_step(c.h.s, c.h.now_sec, budget, &decisions);
        for (size_t i = 0; i < decisions.n; i++) {
            const struct decision *d = &decisions.items[i];

            *ret_starts += d->kind == DECIDE_START;
            n += d->kind == DECIDE_PREEMPT;
        }
        if (cut == DISTURBED && progress == SCHED_MORE && n_changes-- > 0)
            course_tell(&c.h, "job 900 nodes=1 hold");
    } while (progress == SCHED_MORE);
    course_fini(&c.h);
    return n;
}

/* However finely a walk is cut, no more end than in one step. */
START_TEST(test_slices)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", 20 * HISTORIES);
    size_t n_preempting = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        size_t starts, starts_cut, starts_disturbed;
        int n_whole = n_victims(seed, WHOLE, &starts);
        int n_cut = n_victims(seed, SLICED, &starts_cut);
        int n_disturbed = n_victims(seed, DISTURBED, &starts_disturbed);

        if (starts + starts_cut + starts_disturbed > 0)
            continue; /* those come first, and let others see what is left */
        n_preempting += n_whole > 0;
        ck_assert_msg(n_cut == n_whole && n_disturbed <= n_whole,
                      "seed %d: %d end, in slices %d, disturbed %d", (int)seed, n_whole,
                      n_cut, n_disturbed);
    }
    ck_assert_msg(is_often(&seeds, n_preempting), "only %zu preempt", n_preempting);
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/preempt",
        (struct suite_row[]){{test_random, 1}, {test_slices, 1}, {NULL, 0}});
}
