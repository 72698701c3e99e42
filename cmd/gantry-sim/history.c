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
                                    .promised = never,
                                    .foretold = never,
                                    .planned_sec = TIME_UNSET};
    }
}

void tale_reset_shares(struct tale *t)
{
    free(t->shares);
    t->shares = NULL;
    t->n_shares = 0;
}

void history_fini(struct history *h)
{
    for (size_t i = 0; i < h->n; i++)
        tale_reset_shares(&h->tales[i]);
    free(h->tales);
    free(h->samples);
    *h = (struct history){.n = 0};
}

void history_add(struct history *h, const struct sample *sample)
{
    if (h->n_samples > 0 && h->samples[h->n_samples - 1].sec == sample->sec)
        h->n_samples--;
    GROW(h->samples, h->n_samples, h->cap_samples);
    h->samples[h->n_samples++] = *sample;
}
