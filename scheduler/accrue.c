#include "scheduler/accrue.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/depend.h"
#include "scheduler/eligible.h"

/* So many jobs are looked at between looks at the budget. */
#define LOOK_JOBS 64

static bool is_spent(struct sched_budget budget, size_t n)
{
    return n % LOOK_JOBS == 0 && sched_is_spent(budget);
}

static bool gains_age(const struct job *job)
{
    return job->accrue_sec != TIME_UNSET && job->accrue_sec < ACCRUES_UNSEEN;
}

int64_t accrue_since(const struct job *job)
{
    return job->accrue_sec != ACCRUES_UNSEEN ? job->accrue_sec : TIME_UNSET;
}

void accrue_begin(struct sched *s)
{
    struct accruals *a = &s->pass.accruals;

    a->running = s->held.of_accrual;
    a->fill_next = s->jobs;
    a->queue.n = 0;
    a->ordered = false;
    a->next = 0;
    s->held.n_lack_age = 0;
}

static bool waits(const struct jobrec *rec)
{
    return !rec->gone && rec->job->phase == JOB_PENDING && rec->job->job_id != 0;
}

static bool wants_place(const struct jobrec *rec)
{
    const int64_t since = rec->job->accrue_sec;

    return waits(rec) && (since == ACCRUES_NOT || since == ACCRUES_UNSEEN);
}

static bool is_eligible(struct sched *s, struct jobrec *rec)
{
    depend_look(s, rec, s->pass.now_sec, &s->pass.begin_sec);
    return depend_is_met(rec->job) && rec->job->eligible_sec <= s->pass.now_sec;
}

/* Who is not eligible any more leaves its place to those who are seen after all have
 * been gathered. */
static void give_back(struct sched *s, struct jobrec *rec)
{
    if (!waits(rec) || !gains_age(rec->job) || is_eligible(s, rec))
        return;
    rec->job->accrue_sec = ACCRUES_UNSEEN;
    allowance_take(s, rec);
}

static bool gather(struct sched *s, struct sched_budget budget)
{
    struct accruals *a = &s->pass.accruals;

    for (size_t n = 1; a->fill_next != NULL; n++) {
        struct jobrec *rec = a->fill_next;

        a->fill_next = rec->hh.next;
        give_back(s, rec);
        if (wants_place(rec))
            *queue_add(&a->queue) = (struct entry){.rec = rec,
                                                   .submit_sec = rec->job->submit_sec,
                                                   .job_id = queue_job_id(rec->job),
                                                   .task = queue_task(rec->job),
                                                   .uid = rec->uid};
        if (is_spent(budget, n))
            return false;
    }
    if (!a->ordered)
        queue_order(&a->queue);
    a->ordered = true;
    return true;
}

static void set_lack(struct jobrec *rec, const char *text)
{
    if (str_eq(rec->lacks_age, text))
        return;
    free(rec->lacks_age);
    rec->lacks_age = xstrdup_null(text);
}

/* One that may not start for reasons of its own takes no place, and waits for none. */
static void look(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    if (!wants_place(rec))
        return;
    if (jobrec_check(s, rec, s->pass.now_sec) != REASON_NONE) {
        set_lack(rec, NULL);
        return;
    }
    str_reset(&s->message);
    if (!allowance_may_accrue(s, job, &s->message)) {
        s->held.n_lack_age++;
        job->accrue_sec = ACCRUES_NOT;
        set_lack(rec, s->message.s);
        return;
    }
    job->accrue_sec =
        job->accrue_sec == ACCRUES_UNSEEN ? eligible_since(job) : s->pass.now_sec;
    set_lack(rec, NULL);
    allowance_take(s, rec);
}

bool accrue_run(struct sched *s, struct sched_budget budget)
{
    struct accruals *a = &s->pass.accruals;

    if (!a->running)
        return true;
    if (!gather(s, budget))
        return false;
    while (a->next < a->queue.n) {
        if (!queue_ready(&a->queue, a->next, QUEUE_LOOKS)) {
            if (sched_is_spent(budget))
                return false;
            continue;
        }
        look(s, queue_at(&a->queue, a->next++)->rec);
        if (is_spent(budget, a->next))
            return false;
    }
    a->running = false;
    return true;
}

void accrue_leave(struct sched *s, struct jobrec *rec)
{
    s->dirty |= gains_age(rec->job) && s->held.n_lack_age > 0;
    rec->job->accrue_sec = TIME_UNSET;
    set_lack(rec, NULL);
}
