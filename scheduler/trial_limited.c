/* Which limit kept a job from a place, by each of its choices. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/trial_private.h"

/* NULL: nothing is known. */
static struct limited *limited_of(const struct entry *entry)
{
    const struct jobrec *rec = entry->rec;

    return entry->listed < rec->n_limited ? &rec->limited[entry->listed] : NULL;
}

static struct limited *make_limited(const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    size_t n = entry->listed + 1;

    if (n > rec->n_limited) {
        rec->limited = xrealloc(rec->limited, n * sizeof(*rec->limited));
        memset(&rec->limited[rec->n_limited], 0,
               (n - rec->n_limited) * sizeof(*rec->limited));
        rec->n_limited = n;
    }
    return &rec->limited[entry->listed];
}

static void set(const struct entry *entry, const struct limited *limited)
{
    struct limited *of = make_limited(entry);

    free(of->message);
    *of = *limited;
    of->message = xstrdup_null(limited->message);
}

void trial_set_limited(const struct entry *entry, enum reason reason,
                       const char *message)
{
    const struct limited limited = {.reason = reason, .message = (char *)message};

    if (reason != REASON_NONE || limited_of(entry) != NULL)
        set(entry, &limited);
}

void trial_set_limited_now(const struct entry *entry, enum reason reason,
                           const char *message)
{
    set(entry,
        &(struct limited){.reason = reason, .now = true, .message = (char *)message});
}

void trial_set_limited_later(const struct entry *entry, enum reason reason,
                             const char *message)
{
    set(entry,
        &(struct limited){.reason = reason, .later = true, .message = (char *)message});
}

static enum reason tell(const struct limited *of, bool now, struct str *message)
{
    if (of == NULL || of->reason == REASON_NONE || of->now != now)
        return REASON_NONE;
    if (message != NULL)
        str_add(message, of->message);
    return of->reason;
}

enum reason trial_limited(const struct entry *entry, struct str *message)
{
    return tell(limited_of(entry), false, message);
}

enum reason trial_limited_now(const struct entry *entry, struct str *message)
{
    return tell(limited_of(entry), true, message);
}

bool trial_is_limited_later(const struct entry *entry)
{
    return trial_limited(entry, NULL) != REASON_NONE && limited_of(entry)->later;
}

void trial_limit_now(const struct entry *entry, bool now)
{
    struct limited *of = limited_of(entry);

    if (of != NULL)
        of->now = now;
}

void trial_allow_then(const struct entry *entry)
{
    if (trial_limited(entry, NULL) != REASON_NONE)
        trial_set_limited(entry, REASON_NONE, NULL);
}

void trial_forget_limits(struct jobrec *rec)
{
    for (size_t i = 0; i < rec->n_limited; i++)
        free(rec->limited[i].message);
    free(TAKE(rec->limited));
    rec->n_limited = 0;
}
