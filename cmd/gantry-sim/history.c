#include "cmd/gantry-sim/history.h"

#include <stdlib.h>

#include "base/util.h"

void history_init(struct history *h, size_t n)
{
    *h = (struct history){.n = n};
    h->tales = xcalloc(n, sizeof(*h->tales));
    for (size_t i = 0; i < n; i++) {
        const struct forecast never = {TIME_UNSET, TIME_UNSET};
        h->tales[i] = (struct tale){.start_sec = TIME_UNSET,
                                    .end_sec = TIME_UNSET,
                                    .first_sec = TIME_UNSET,
                                    .promised = never,
                                    .foretold = never,
                                    .planned_sec = TIME_UNSET};
    }
}

const char *history_account(const struct history *h, const struct workload *load,
                            size_t job)
{
    const char *own = h->tales[job].account;
    return own ? own : load->jobs[job].account;
}

void tale_reset_shares(struct tale *t)
{
    free(t->shares);
    t->shares = NULL;
    t->n_shares = 0;
}

void history_fini(struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        tale_reset_shares(&h->tales[i]);
        free(h->tales[i].message);
    }
    for (size_t i = 0; i < h->n_cuts; i++)
        free(h->cuts[i].shares);
    free(h->tales);
    free(h->cuts);
    free(h->samples);
    free(h->closures);
    free(h->tenures);
    for (size_t i = 0; i < h->n_faults; i++)
        free(h->faults[i]);
    free(h->faults);
    *h = (struct history){.n = 0};
}

void history_add(struct history *h, const struct sample *sample)
{
    if (h->n_samples > 0 && h->samples[h->n_samples - 1].sec == sample->sec)
        h->n_samples--;
    GROW(h->samples, h->n_samples, h->cap_samples);
    h->samples[h->n_samples++] = *sample;
}

static struct closure *closure_of(const struct history *h, size_t node)
{
    for (size_t i = h->n_closures; i-- > 0;)
        if (h->closures[i].node == node && h->closures[i].end_sec == TIME_UNSET)
            return &h->closures[i];
    return NULL;
}

void history_close(struct history *h, size_t node, int64_t now_sec)
{
    if (closure_of(h, node))
        return;
    GROW(h->closures, h->n_closures, h->cap_closures);
    h->closures[h->n_closures++] =
        (struct closure){.node = node, .start_sec = now_sec, .end_sec = TIME_UNSET};
}

void history_open(struct history *h, size_t node, int64_t now_sec)
{
    struct closure *closure = closure_of(h, node);
    if (closure)
        closure->end_sec = now_sec;
}

void history_keep(struct history *h, size_t reservation, size_t node, int64_t now_sec)
{
    GROW(h->tenures, h->n_tenures, h->cap_tenures);
    h->tenures[h->n_tenures++] =
        (struct tenure){reservation, node, now_sec, TIME_UNSET};
}

void history_release(struct history *h, size_t reservation, size_t node,
                     int64_t now_sec)
{
    for (size_t i = h->n_tenures; i-- > 0;) {
        struct tenure *t = &h->tenures[i];
        if (t->reservation == reservation && t->node == node &&
            t->end_sec == TIME_UNSET) {
            t->end_sec = now_sec;
            return;
        }
    }
}

void history_release_all(struct history *h, size_t reservation, int64_t now_sec)
{
    for (size_t i = 0; i < h->n_tenures; i++) {
        struct tenure *t = &h->tenures[i];
        if (t->reservation == reservation && t->end_sec == TIME_UNSET)
            t->end_sec = now_sec;
    }
}

void tale_queue(struct tale *t, int64_t now_sec)
{
    t->fate = FATE_WAITS;
    t->queued_sec = now_sec;
}

void tale_start(struct tale *t, int64_t now_sec)
{
    t->fate = FATE_RUNS;
    t->start_sec = now_sec;
    if (t->first_sec == TIME_UNSET)
        t->first_sec = now_sec;
    t->wait_sec += now_sec - t->queued_sec;
    t->planned_sec = TIME_UNSET;
    t->yields = false;
    t->runs++;
}

void history_cut(struct history *h, size_t job, int64_t now_sec)
{
    struct tale *t = &h->tales[job];
    GROW(h->cuts, h->n_cuts, h->cap_cuts);
    h->cuts[h->n_cuts++] = (struct stay){.job = job,
                                         .start_sec = t->start_sec,
                                         .end_sec = now_sec,
                                         .shares = t->shares,
                                         .n_shares = t->n_shares,
                                         .preempted = t->yields};
    t->shares = NULL;
    t->n_shares = 0;
    t->start_sec = TIME_UNSET;
}

void history_end_component(struct history *h, size_t job, int64_t component,
                           int64_t now_sec)
{
    struct tale *t = &h->tales[job];
    struct stay stay = {
        .job = job, .start_sec = t->start_sec, .end_sec = now_sec, .part = true};
    size_t kept = 0;
    stay.shares = xcalloc(t->n_shares, sizeof(*stay.shares));
    for (size_t i = 0; i < t->n_shares; i++) {
        if (t->shares[i].slot.component == component)
            stay.shares[stay.n_shares++] = t->shares[i];
        else
            t->shares[kept++] = t->shares[i];
    }
    t->n_shares = kept;
    GROW(h->cuts, h->n_cuts, h->cap_cuts);
    h->cuts[h->n_cuts++] = stay;
}

int64_t history_end(const struct history *h)
{
    return h->n_samples > 0 ? h->samples[h->n_samples - 1].sec : 0;
}

size_t history_stays(const struct history *h)
{
    return h->n_cuts + h->n;
}

struct stay history_stay(const struct history *h, size_t i)
{
    if (i < h->n_cuts)
        return h->cuts[i];
    const struct tale *t = &h->tales[i - h->n_cuts];
    return (struct stay){.job = i - h->n_cuts,
                         .start_sec = t->start_sec,
                         .end_sec = t->fate == FATE_RUNS ? history_end(h) : t->end_sec,
                         .shares = t->shares,
                         .n_shares = t->n_shares,
                         .preempted = t->fate == FATE_PREEMPTED};
}
