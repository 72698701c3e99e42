#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-sim/svg_private.h"

#define COLUMNS 1200

/* The queue and what is in use, a column a pixel. */
struct columns {
    double waiting[COLUMNS]; /* the most within the column */
    double used[COLUMNS];    /* on average, parts of 1 */
    double most;
};

/* Spreads a sample, which holds until the next one, over the columns it touches. */
static void spread(struct columns *c, const struct sample *s, double from, double to,
                   double used)
{
    size_t first = (size_t)MAX(from, 0), last = (size_t)MIN(to, COLUMNS - 1);
    for (size_t i = first; i <= last && i < COLUMNS; i++) {
        double within = MIN(to, (double)i + 1) - MAX(from, (double)i);
        c->waiting[i] = MAX(c->waiting[i], (double)s->waiting);
        c->used[i] += MAX(within, 0) * used;
    }
    c->most = MAX(c->most, (double)s->waiting);
}

static void fill_columns(const struct drawing *d, struct columns *c)
{
    double span = (double)(d->to_sec - d->from_sec);
    for (size_t i = 0; i + 1 < d->h->n_samples; i++) {
        const struct sample *s = &d->h->samples[i];
        spread(c, s, (double)(s->sec - d->from_sec) / span * COLUMNS,
               (double)(s[1].sec - d->from_sec) / span * COLUMNS,
               (double)(s->total - s->free) / (double)MAX(s->total, 1));
    }
}

static void draw_line(struct drawing *d, const double *values, double most,
                      double bottom, const char *attributes)
{
    str_addf(d->out, "<path %s d=\"M%.1f %.1f", attributes, LEFT, bottom);
    for (size_t i = 0; i < COLUMNS; i++)
        str_addf(d->out, "L%.1f %.1f", LEFT + WIDTH * ((double)i + 0.5) / COLUMNS,
                 bottom - QUEUE_HEIGHT * MIN(values[i] / most, 1));
    str_addf(d->out, "L%.1f %.1f\"/>\n", LEFT + WIDTH, bottom);
}

void svg_draw_queue(struct drawing *d, double bottom)
{
    struct columns *c = xcalloc(1, sizeof(*c));
    fill_columns(d, c);
    draw_line(d, c->waiting, MAX(c->most, 1), bottom,
              "fill=\"#ee6677\" opacity=\"0.6\"");
    draw_line(d, c->used, 1, bottom, "fill=\"none\" stroke=\"#4477aa\"");
    str_addf(
        d->out,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
        "stroke=\"#888\"/>\n"
        "<text x=\"%.1f\" y=\"%.1f\">waiting jobs (left), %s in use (right)</text>\n"
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n"
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">0</text>\n"
        "<text x=\"%.1f\" y=\"%.1f\">100 %%</text>\n",
        LEFT, bottom - QUEUE_HEIGHT, WIDTH, QUEUE_HEIGHT, LEFT,
        bottom - QUEUE_HEIGHT - 6, pool_measure(d->pool) == RES_CPU ? "CPUs" : "GPUs",
        LEFT - 6, bottom - QUEUE_HEIGHT + 8, MAX(c->most, 1), LEFT - 6, bottom,
        LEFT + WIDTH + 6, bottom - QUEUE_HEIGHT + 8);
    free(c);
}
