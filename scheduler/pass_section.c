/* Sections of the queue: whom somebody before it may preempt is in a later one. */
#include "scheduler/pass_private.h"

#include "base/util.h"

void pass_section_begin(struct pass *pass, size_t first)
{
    pass->first = pass->next = first;
    pass->last = pass->queue.n;
    hunters_clear(&pass->hunters);
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
