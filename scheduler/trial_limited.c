/* Which limit kept a job from a place, by each of its choices. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/trial_private.h"

void trial_set_limited(const struct entry *entry, enum reason reason,
                       const char *message)
{
    struct jobrec *rec = entry->rec;
    struct limited *of;

    if (entry->listed >= rec->n_limited && reason == REASON_NONE)
        return;
    if (entry->listed >= rec->n_limited) {
        size_t n = entry->listed + 1;

        rec->limited = xrealloc(rec->limited, n * sizeof(*rec->limited));
        memset(&rec->limited[rec->n_limited], 0,
               (n - rec->n_limited) * sizeof(*rec->limited));
        rec->n_limited = n;
    }
    of = &rec->limited[entry->listed];
    of->reason = reason;
    free(of->message);
    of->message = xstrdup_null(message);
}

enum reason trial_limited(const struct entry *entry, struct str *message)
{
    const struct jobrec *rec = entry->rec;
    const struct limited *of =
        entry->listed < rec->n_limited ? &rec->limited[entry->listed] : NULL;

    if (of == NULL || of->reason == REASON_NONE)
        return REASON_NONE;
    if (message != NULL)
        str_add(message, of->message);
    return of->reason;
}

void trial_forget_limits(struct jobrec *rec)
{
    for (size_t i = 0; i < rec->n_limited; i++)
        free(rec->limited[i].message);
    free(TAKE(rec->limited));
    rec->n_limited = 0;
}
