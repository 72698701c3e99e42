#include "scheduler/revisit.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/jobrec.h"

void revisit_add(struct revisits *r, enum revisit kind, struct jobrec *rec)
{
    if (rec->revisit_at[kind] > 0)
        return;
    GROW(r->items, r->n, r->cap);
    r->items[r->n++] = rec;
    rec->revisit_at[kind] = r->n;
}

void revisit_drop(struct revisits *r, enum revisit kind, struct jobrec *rec)
{
    struct jobrec *last;
    size_t at = rec->revisit_at[kind];

    if (at == 0)
        return;
    last = r->items[--r->n];
    r->items[at - 1] = last;
    last->revisit_at[kind] = at;
    rec->revisit_at[kind] = 0;
}

struct jobrec *revisit_take(struct revisits *r, enum revisit kind)
{
    struct jobrec *rec = r->n > 0 ? r->items[r->n - 1] : NULL;

    if (rec != NULL)
        revisit_drop(r, kind, rec);
    return rec;
}

void revisit_fini(struct revisits *r, enum revisit kind)
{
    while (revisit_take(r, kind) != NULL)
        ;
    free(r->items);
    *r = (struct revisits){0};
}
