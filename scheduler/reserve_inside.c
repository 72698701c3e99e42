/* What jobs in a reservation of portions have of these: it counts once, as held, or as
 * had where that is more. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/portion.h"
#include "scheduler/reserve_private.h"

struct inside {
    const struct resvrec *rec;
    size_t at;
    struct resvec use; /* of the resources that it holds of */
};

/* NULL: nobody in it has any of the node. */
static struct inside *find(const struct choosing *c, const struct resvrec *rec,
                           size_t at)
{
    for (size_t i = 0; i < c->n_inside; i++) {
        if (c->inside[i].rec == rec && c->inside[i].at == at)
            return &c->inside[i];
    }
    return NULL;
}

static struct inside *add(struct choosing *c, const struct resvrec *rec, size_t at)
{
    GROW(c->inside, c->n_inside, c->inside_cap);
    c->inside[c->n_inside] = (struct inside){.rec = rec, .at = at};
    return &c->inside[c->n_inside++];
}

/* Whose portion of the node the job has; NULL: nobody's. */
static const struct resvrec *home_of(const struct choosing *c, const struct job *job,
                                     size_t at)
{
    const struct resvrec *rec = reserve_own(c->s, job_reservation(job));

    return rec != NULL && reserve_divides(c->s, rec->resv) &&
                   names_have(rec->resv->chosen, rec->resv->n_chosen,
                              c->s->cluster.order[at]->name)
               ? rec
               : NULL;
}

struct resvec reserve_set_inside(struct choosing *c, const struct job *job, size_t at,
                                 const struct resvec *use)
{
    const struct resvrec *rec = home_of(c, job, at);
    struct resvec rest = *use;
    struct inside *inside;
    uint32_t kinds;

    if (rec == NULL)
        return rest;
    kinds = portion_kinds(&c->s->cluster, rec->resv);
    inside = find(c, rec, at);
    inside = inside != NULL ? inside : add(c, rec, at);
    for (int i = 0; i < RES_MAX; i++) {
        if ((kinds >> i & 1) == 0)
            continue;
        inside->use.v[i] += use->v[i];
        rest.v[i] = 0;
    }
    return rest;
}

struct resvec reserve_with_inside(const struct choosing *c, const struct resvrec *rec,
                                  size_t at, const struct resvec *held)
{
    const struct inside *inside = find(c, rec, at);
    struct resvec most = *held;

    for (int i = 0; i < RES_MAX && inside != NULL; i++)
        most.v[i] = MAX(most.v[i], inside->use.v[i]);
    return most;
}
