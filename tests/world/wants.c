#include "tests/world/wants.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"

static int64_t between(struct rng *rng, int64_t from, int64_t to)
{
    return from + (int64_t)rng_below(rng, (uint64_t)(to - from + 1));
}

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

static void set_text(struct json *job, const char *path, const char *text)
{
    json_set_at(job, path, json_new_string(text));
}

/* Of two it has whichever it can start with first. */
static void want_qos(struct rng *rng, struct json *job)
{
    static const char *const names[] = {"low",  "low",  "low",
                                        "high", "high", "high,low"};

    if (!one_in(rng, 5))
        set_text(job, "spec.qos", names[rng_below(rng, ARRAY_LEN(names))]);
}

static void want_licenses(struct rng *rng, struct json *job)
{
    AUTO_FREE char *text =
        xasprintf(WORLD_LICENSE ":%" PRId64, between(rng, 1, WORLD_LICENSES));

    set_text(job, "spec.licenses", text);
}

static void want_less_time(struct rng *rng, struct json *job, int64_t limit_sec)
{
    AUTO_FREE char *text = xasprintf("%" PRId64 "s", between(rng, 1, limit_sec));

    set_text(job, "spec.timeMin", text);
}

/* Perhaps too soon, where others are before it. */
static void want_end(struct rng *rng, struct json *job, int64_t limit_sec)
{
    AUTO_FREE char *text =
        xasprintf("now+%" PRId64, between(rng, limit_sec + 60, limit_sec + 1800));

    set_text(job, "spec.deadline", text);
}

void wants_draw(struct rng *rng, struct json *job, int64_t limit_sec)
{
    want_qos(rng, job);
    if (one_in(rng, 5))
        want_licenses(rng, job);
    if (one_in(rng, 6))
        want_less_time(rng, job, limit_sec);
    if (one_in(rng, 8))
        want_end(rng, job, limit_sec);
}
