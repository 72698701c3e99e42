/* Sections of the queue: whom somebody before it may preempt is in a later one. */
#include "scheduler/pass_private.h"

#include "base/util.h"

void pass_section_begin(struct pass *pass, size_t first)
{
    pass->first = pass->next = first;
    pass->last = pass->queue.n;
    hunters_clear(&pass->hunters);
}

/* Of more than so many that have come nobody starts before a walk either (starts.h). */
#define NEW_MAX 256

void pass_note_new(struct sched *s, int64_t now_sec)
{
    if (s->config.preempt_type == PREEMPT_BY_NOBODY || s->pass.filling ||
        s->pass.was_cut || s->n_list > NEW_MAX)
        return;
    for (size_t i = 0; i < s->n_list; i++) {
        struct jobrec *rec = s->list[i];

        if (rec->changed && jobrec_check(s, rec, now_sec) == REASON_NONE)
            hunters_add_job(s, &s->pass.late, rec, now_sec);
    }
}

/* Where each has its whole turn at once, only who is put off is waited for. */
static bool has_hunts_of_its_own(const struct pass *pass)
{
    return pass->round == ROUND_PROMISE ||
           (pass->round == ROUND_WHOLE && pass->forecasts);
}

bool pass_section_ends(struct sched *s, const struct entry *entry, size_t at)
{
    struct pass *pass = &s->pass;

    if (pass->stopped || (pass->round != ROUND_PROMISE && pass->round != ROUND_WHOLE))
        return false;
    pass->cut_short = hunters_any(s, &pass->late, entry);
    if (!pass->cut_short &&
        (at == pass->first || !hunters_any(s, &pass->hunters, entry)))
        return false;
    pass->next = pass->last = at;
    return true;
}

void pass_section_note(struct sched *s, const struct entry *entry)
{
    if (has_hunts_of_its_own(&s->pass) && (entry->waits || !entry->done))
        hunters_add(s, &s->pass.hunters, entry);
}
