#include "scheduler/restless.h"

#include "scheduler/core.h"

static bool is_of_now(const struct restless *r, const struct sched *s, int64_t now_sec)
{
    return r->sec == now_sec && r->told == s->told;
}

bool restless_is_over(const struct sched *s, int64_t now_sec)
{
    const struct restless *r = &s->restless;

    return is_of_now(r, s, now_sec) && r->walks >= r->most;
}

void restless_note(struct sched *s, int64_t now_sec)
{
    struct restless *r = &s->restless;

    if (!is_of_now(r, s, now_sec)) {
        r->told = s->told;
        r->sec = now_sec;
        r->walks = 0;
    }
    r->seconds += ++r->walks == r->most;
}
