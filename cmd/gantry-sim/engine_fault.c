/* What partitions, QOS and reservations say that does nothing, as their status in a
 * cluster would have it. */
#include "base/duration.h"
#include "base/hostlist.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"
#include "scheduler/reservation.h"

static void note(struct engine *e, const char *kind, const char *name, struct str *said)
{
    struct history *h = e->history;
    if (said->len == 0)
        return;
    GROW(h->faults, h->n_faults, h->cap_faults);
    h->faults[h->n_faults++] = xasprintf("%s %s: %s", kind, name, said->s);
    str_reset(said);
}

static void say_missing_nodes(const struct engine *e, const struct reservation *r,
                              struct str *out)
{
    HOSTLIST_AUTO struct hostlist missing = {0};
    for (size_t i = 0; i < r->n_node_names; i++)
        if (ledger_find(e->ledger, r->node_names[i]) < 0)
            hostlist_add(&missing, r->node_names[i]);
    if (missing.n == 0)
        return;
    str_add(out, "nodes that do not exist: ");
    hostlist_sort(&missing);
    hostlist_format(&missing, out);
}

static void say_reservation(const struct engine *e, const struct reservation *r,
                            struct str *out)
{
    sched_say_idle_reservation(e->sched, r->name, out);
    if (out->len == 0 && r->partition && !sched_partition(e->sched, r->partition))
        str_addf(out, "partition %s does not exist", r->partition);
    if (out->len == 0)
        say_missing_nodes(e, r, out);
    const struct reservation *other = sched_reservation_clash(e->sched, r->name);
    if (out->len == 0 && other)
        str_addf(out,
                 "overlaps with reservation %s: neither has the flag OVERLAP or MAINT",
                 other->name);
}

/* A workload whose clock begins at the epoch is over decades before a date. */
static void say_unbegun(const struct engine *e, const struct reservation *r,
                        struct str *out)
{
    const struct history *h = e->history;
    int64_t last_sec = h->samples[h->n_samples - 1].sec, start_sec, end_sec;
    char start[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
    if (!reservation_occurrence(r, workload_begin(e->in->load), &start_sec, &end_sec) ||
        start_sec <= last_sec)
        return;
    time_format_rfc3339(start_sec, start);
    time_format_rfc3339(last_sec, last);
    str_addf(out, "begins at %s, when the replay is over (%s); --begin sets its clock",
             start, last);
}

void engine_note_unbegun(struct engine *e)
{
    const struct pool *p = e->in->pool;
    STR_AUTO struct str said;
    str_init(&said, ENTRY_TEXT_MAX);
    for (size_t i = 0; i < p->n_reservations && e->history->n_samples > 0; i++) {
        say_unbegun(e, p->reservations[i], &said);
        note(e, "Reservation", p->reservations[i]->name, &said);
    }
}

void engine_note_faults(struct engine *e)
{
    const struct pool *p = e->in->pool;
    STR_AUTO struct str said;
    str_init(&said, ENTRY_TEXT_MAX);
    for (size_t i = 0; i < p->n_partitions; i++) {
        sched_say_missing(e->sched, p->partitions[i]->name, &said);
        note(e, "Partition", p->partitions[i]->name, &said);
    }
    for (size_t i = 0; i < p->n_qos; i++) {
        if (!sched_say_relative(e->sched, p->qos[i]->name, &said))
            sched_say_within(e->sched, p->qos[i]->name, &said);
        note(e, "QOS", p->qos[i]->name, &said);
    }
    for (size_t i = 0; i < p->n_reservations; i++) {
        say_reservation(e, p->reservations[i], &said);
        note(e, "Reservation", p->reservations[i]->name, &said);
    }
}
