#include "cmd/gantry-sim/ends.h"

#include <stdlib.h>

#include "base/util.h"

static bool before(const struct end *a, const struct end *b)
{
    if (a->sec != b->sec)
        return a->sec < b->sec;
    return a->job != b->job ? a->job < b->job : a->run < b->run;
}

void ends_fini(struct ends *e)
{
    free(e->items);
    *e = (struct ends){0};
}

void ends_add(struct ends *e, struct end end)
{
    GROW(e->items, e->n, e->cap);
    size_t at = e->n++;
    for (; at > 0 && before(&end, &e->items[(at - 1) / 2]); at = (at - 1) / 2)
        e->items[at] = e->items[(at - 1) / 2];
    e->items[at] = end;
}

const struct end *ends_first(const struct ends *e)
{
    return e->n > 0 ? &e->items[0] : NULL;
}

struct end ends_take(struct ends *e)
{
    struct end first = e->items[0], last = e->items[--e->n];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= e->n)
            break;
        if (child + 1 < e->n && before(&e->items[child + 1], &e->items[child]))
            child++;
        if (!before(&e->items[child], &last))
            break;
        e->items[at] = e->items[child];
        at = child;
    }
    e->items[at] = last;
    return first;
}
