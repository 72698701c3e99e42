#include "crds/resvflag.h"

#include <string.h>

#include "base/util.h"

/* A row says that it comes again, or sets a member, or neither. */
static const struct row {
    const char *word;
    enum resv_repeat repeat; /* RESV_ONCE: it says nothing of that */
    size_t member;           /* a bool of struct reservation; 0: none */
} rows[] = {
#define SETS(m) RESV_ONCE, offsetof(struct reservation, m)
    {"ANY_NODES", SETS(any_nodes)},
    {"DAILY", RESV_DAILY, 0},
    {"FLEX", SETS(flex)},
    {"FORCE_START", RESV_ONCE, 0},
    {"HOURLY", RESV_HOURLY, 0},
    {"IGNORE_JOBS", SETS(ignore_jobs)},
    {"LICENSE_ONLY", SETS(any_nodes)},
    {"MAGNETIC", SETS(magnetic)},
    {"MAINT", SETS(maint)},
    {"NO_HOLD_JOBS_AFTER_END", SETS(no_hold)},
    {"OVERLAP", SETS(overlap)},
    {"PART_NODES", RESV_ONCE, 0},
    {"REPLACE", SETS(replace)},
    {"REPLACE_DOWN", RESV_ONCE, 0},
    {"SPEC_NODES", RESV_ONCE, 0},
    {"STATIC_ALLOC", SETS(static_alloc)},
    {"TIME_FLOAT", RESV_ONCE, 0},  /* its times: convert_reservation.c */
    {"USER_DELETE", RESV_ONCE, 0}, /* crds/policies.yaml */
    {"WEEKDAY", RESV_WEEKDAY, 0},
    {"WEEKEND", RESV_WEEKEND, 0},
    {"WEEKLY", RESV_WEEKLY, 0},
#undef SETS
};

const char *resvflag_word(size_t i)
{
    return i < ARRAY_LEN(rows) ? rows[i].word : NULL;
}

bool resvflag_set(struct reservation *r, const char *word)
{
    size_t at = BISECT(ARRAY_LEN(rows), i, strcmp(rows[i].word, word) < 0);

    if (at == ARRAY_LEN(rows) || strcmp(rows[at].word, word) != 0)
        return false;
    if (rows[at].repeat != RESV_ONCE)
        r->repeat = rows[at].repeat;
    if (rows[at].member > 0)
        *(bool *)((char *)r + rows[at].member) = true;
    return true;
}
