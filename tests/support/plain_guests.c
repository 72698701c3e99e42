/* Who may be on a node beside whom (scheduler/owner.h). */
#include "tests/support/plain_plan_private.h"

void plain_come(struct plain_plan *p, struct plain_guests *guests,
                const struct plain_job *job, int sign)
{
    int *beside = job->exclusive        ? &guests->alone
                  : job->exclusive_user ? &guests->private[job->user]
                                        : &guests->social[job->user];

    *beside += sign;
    p->owned |= job->exclusive_user;
}

static bool is_own(const struct plain_job *job, size_t user)
{
    return user == job->user && !job->stranger;
}

bool plain_is_welcome(const struct plain_job *job, const struct plain_guests *guests)
{
    bool welcome = guests->alone == 0;

    for (size_t i = 0; i < PLAIN_USERS; i++) {
        const int private = guests->private[i], social = guests->social[i];

        if (job->exclusive)
            welcome &= private == 0 && social == 0;
        else if (!is_own(job, i))
            welcome &= private == 0 && (social == 0 || !job->exclusive_user);
    }
    return welcome;
}

bool plain_is_home(const struct plain_plan *p, const struct plain_job *job, size_t node)
{
    const bool may = p->owned || job->exclusive_user;
    bool home = false;

    for (size_t slot = 0; slot < p->grid.n_slots && may; slot++) {
        const struct plain_guests *guests = &plain_row_at(p, slot, node)->guests;

        home |= guests->private[job->user] > 0 ||
                (job->exclusive_user && guests->social[job->user] > 0);
    }
    return home && !job->exclusive && !job->stranger;
}
