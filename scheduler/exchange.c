/* Two jobs that ask for the same change places. */
#include "scheduler/exchange.h"

#include "scheduler/book.h"
#include "scheduler/guise.h"

static void set_place(struct sched *s, struct jobrec *rec, const struct plan *plan,
                      const struct claim *claim)
{
    rec->job->plan = *plan;
    rec->claim = *claim;
    if (rec->claim.on) {
        line_hand_over(s, rec);
        owners_enter(s, rec, s->owners.on ? book_uses(s, rec) : 0);
        crews_enter(s, rec);
    }
    guise_rest(s, rec);
    starts_enlist(s, rec);
}

static void leave_crew(struct sched *s, struct jobrec *rec)
{
    if (rec->claim.on)
        crews_leave(s, rec);
}

void exchange_places(struct sched *s, struct jobrec *a, struct jobrec *b)
{
    const struct plan plan = a->job->plan;
    const uint64_t walk = a->walk, before = a->walk_before;
    struct claim claim;

    book_freshen(s, a);
    book_freshen(s, b);
    leave_crew(s, a);
    leave_crew(s, b);
    owners_leave(s, a);
    owners_leave(s, b);
    claim = a->claim;
    set_place(s, a, &b->job->plan, &b->claim);
    set_place(s, b, &plan, &claim);
    a->walk = b->walk;
    a->walk_before = b->walk_before;
    b->walk = walk;
    b->walk_before = before;
    pass_prefer_none(s, a);
    pass_prefer_none(s, b);
}
