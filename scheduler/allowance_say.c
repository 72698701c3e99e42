/* The sentence on a limit that a job would break. */
#include <stdio.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "scheduler/allowance_private.h"

static void say_amount(const struct limit *limit, int64_t amount, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];
    bool left = limit_counts_left(limit->kind);

    tres_say(limit->tres, limit->type, out);
    str_add(out, "=");
    if (amount == INT64_MAX) {
        str_add(out, "unlimited");
        return;
    }
    amount = left ? (amount + 59) / 60 : amount;
    if (limit->tres == TRES_CPU)
        quantity_format_milli(amount, text);
    else if (limit->tres == TRES_MEM)
        size_format(amount, text);
    else
        snprintf(text, sizeof(text), "%lld", (long long)amount);
    str_addf(out, "%s%s", text, left ? " minutes" : "");
}

static void say_place(const struct place_of *place, const struct job *job,
                      struct str *out)
{
    const char *verb = "allows";

    if (place->qos != NULL)
        str_addf(out, "QOS %s %s ", place->qos, verb);
    else
        str_addf(out, "account %s %s ", place->account, verb);
    if (place->is_member)
        str_addf(out, "%s ", job_has_user(job) ? job->user : job->ns);
}

static void say_jobs(const struct place_of *place, const struct limit *limit,
                     struct str *out)
{
    static const char *const whose[] = {[WHOSE_ALL] = "",
                                        [WHOSE_USER] = "a user ",
                                        [WHOSE_ACCOUNT] = "an account ",
                                        [WHOSE_MEMBER] = "a member "};
    enum limit_whose who = limit_rows[limit->kind].whose;
    enum limit_what what = limit_rows[limit->kind].what;
    bool submitted = what == WHAT_SUBMITTED;

    str_addf(out, "%s%lld %sjob%s%s%s", place->is_member ? "" : whose[who],
             (long long)limit->amount, what == WHAT_JOBS ? "running " : "",
             limit->amount == 1 ? "" : "s", submitted ? " in the queue" : "",
             who == WHOSE_ALL ? " in all" : "");
    if (what == WHAT_ACCRUING)
        str_add(out, " to gain age");
}

static void say_wall(const struct limit *limit, int64_t need, struct str *out)
{
    char most[DURATION_TEXT_MAX], asked[DURATION_TEXT_MAX];

    duration_format(limit->amount, most);
    duration_format(need, asked);
    str_addf(out, "a job %s; its time limit is %s", most, asked);
}

static void say_tres(const struct place_of *place, const struct limit *limit,
                     int64_t need, struct str *out)
{
    const struct limit_row *row = &limit_rows[limit->kind];
    bool per_node = row->what == WHAT_PER_NODE;

    switch (row->whose) {
    case WHOSE_ALL:
    case WHOSE_MEMBER:
        break;
    case WHOSE_USER:
        str_add(out, "a user ");
        break;
    case WHOSE_ACCOUNT:
        str_add(out, "an account ");
        break;
    case WHOSE_JOB:
        if (!place->is_member)
            str_add(out, "a job ");
        break;
    }
    if (row->least)
        str_add(out, "no less than ");
    say_amount(limit, limit->amount, out);
    if (row->whose == WHOSE_ALL)
        str_add(out, " in all");
    if (per_node)
        str_add(out, " on a node");
    str_add(out, row->least ? "; it asks for " : "; it needs ");
    say_amount(limit, need, out);
}

/* How much has been used is not said: it would be news again and again. */
static void say_used(const struct limit *limit, int64_t need, struct str *out)
{
    char text[DURATION_TEXT_MAX];

    if (limit_has_tres(limit->kind)) {
        say_amount(limit, limit->amount, out);
    } else {
        duration_format(limit->amount, text);
        str_addf(out, "%s of wall time", text);
    }
    str_add(out, " in all, past jobs included; ");
    if (need == 0) {
        str_add(out, "that is used up");
        return;
    }
    str_add(out, "less is left than it may use, ");
    duration_format(need, text);
    if (limit_has_tres(limit->kind))
        say_amount(limit, need, out);
    else
        str_add(out, text);
}

void allowance_say(const struct place_of *place, const struct job *job,
                   const struct limit *limit, int64_t need, struct str *out)
{
    say_place(place, job, out);
    switch (limit_rows[limit->kind].what) {
    case WHAT_JOBS:
    case WHAT_SUBMITTED:
    case WHAT_ACCRUING:
        say_jobs(place, limit, out);
        break;
    case WHAT_WALL:
        say_wall(limit, need, out);
        break;
    case WHAT_PRIORITY:
        break;
    case WHAT_WALL_USED:
    case WHAT_USED:
        say_used(limit, need, out);
        break;
    case WHAT_HELD:
    case WHAT_PER_NODE:
    case WHAT_LEFT:
        say_tres(place, limit, need, out);
        break;
    }
}
