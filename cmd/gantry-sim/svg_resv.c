/* Reservations: hatched, with a border and their name, in each of their times. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/svg_private.h"

/* Nodes one below the other, for one time. */
struct area {
    size_t first, n;
    int64_t start_sec, end_sec;
};

struct areas {
    struct area *items;
    size_t n, cap;
};

static int by_time(const void *a, const void *b)
{
    const struct area *x = a, *y = b;
    if (x->start_sec != y->start_sec)
        return x->start_sec < y->start_sec ? -1 : 1;
    if (x->end_sec != y->end_sec)
        return x->end_sec < y->end_sec ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* A node that it has, in each of its times that are in the picture. One that floats
 * never begins. */
static void add_node(const struct drawing *d, const struct tenure *t, struct areas *to)
{
    const struct reservation *r = d->pool->reservations[t->reservation];
    const int64_t until_sec =
        t->end_sec != TIME_UNSET ? MIN(t->end_sec, d->to_sec) : d->to_sec;
    int64_t start, end, from = MAX(t->start_sec, d->from_sec);
    if (reservation_floats(r))
        return;
    for (; reservation_occurrence(r, from, &start, &end) && start < until_sec;
         from = end) {
        GROW(to->items, to->n, to->cap);
        to->items[to->n++] =
            (struct area){t->node, 1, MAX(start, MAX(t->start_sec, d->from_sec)),
                          MIN(end, until_sec)};
    }
}

/* Neighbours of one time are one area. */
static void join(struct areas *all)
{
    size_t kept = 0;
    if (all->n > 0)
        qsort(all->items, all->n, sizeof(*all->items), by_time);
    for (size_t i = 0; i < all->n; i++) {
        const struct area *a = &all->items[i];
        struct area *last = kept > 0 ? &all->items[kept - 1] : NULL;
        if (last && last->start_sec == a->start_sec && last->end_sec == a->end_sec &&
            last->first + last->n == a->first)
            last->n++;
        else
            all->items[kept++] = *a;
    }
    all->n = kept;
}

static struct rectangle rectangle_of(const struct drawing *d, const struct area *a)
{
    const double x = svg_x(d, a->start_sec);
    return (struct rectangle){
        .x = x,
        .y = TOP + d->node_height * (double)a->first,
        .width = MAX(svg_x(d, a->end_sec) - x, 0.1),
        .height = d->node_height * ((double)a->n - 0.06),
    };
}

/* Of those that have room for it, and of the first in any case: from its beginning on,
 * but not beyond the picture. */
static void add_name(const struct drawing *d, const char *name, struct rectangle r,
                     bool first)
{
    const double width = DIGIT_WIDTH * (double)(strlen(name) + 1);
    const bool fits = r.width >= width && r.height >= LABEL_HEIGHT;
    if (!fits && !first)
        return;
    double x = fits ? r.x + r.width / 2 : MIN(r.x, LEFT + WIDTH - width) + width / 2;
    str_addf(d->out,
             "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-weight=\"bold\" "
             "stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">",
             MAX(x, LEFT + width / 2), r.y + MIN(r.height / 2 + 4, 14));
    svg_add_escaped(d->out, name);
    str_add(d->out, "</text>\n");
}

static void draw_one(const struct drawing *d, size_t resv, const struct areas *all)
{
    str_add(d->out, "<path fill=\"url(#kept)\" stroke=\"#333\" d=\"");
    for (size_t i = 0; i < all->n; i++) {
        struct rectangle r = rectangle_of(d, &all->items[i]);
        str_addf(d->out, "M%.1f %.2fh%.1fv%.2fh-%.1fz", r.x, r.y, r.width, r.height,
                 r.width);
    }
    str_add(d->out, "\"/>\n");
    for (size_t i = 0; i < all->n; i++)
        add_name(d, d->pool->reservations[resv]->name, rectangle_of(d, &all->items[i]),
                 i == 0);
}

void svg_draw_reservations(struct drawing *d)
{
    const struct history *h = d->h;
    if (h->n_tenures > 0)
        str_add(d->out, "<defs><pattern id=\"kept\" width=\"7\" height=\"7\" "
                        "patternUnits=\"userSpaceOnUse\" "
                        "patternTransform=\"rotate(45)\"><path d=\"M0 0V7\" "
                        "stroke=\"#333\" stroke-opacity=\"0.6\"/></pattern></defs>\n");
    for (size_t i = 0; i < d->pool->n_reservations; i++) {
        struct areas all = {0};
        for (size_t k = 0; k < h->n_tenures; k++)
            if (h->tenures[k].reservation == i)
                add_node(d, &h->tenures[k], &all);
        join(&all);
        if (all.n > 0)
            draw_one(d, i, &all);
        free(all.items);
    }
}
