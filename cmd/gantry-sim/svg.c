#include "cmd/gantry-sim/svg.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "cmd/gantry-sim/svg_private.h"

/* In pixels. */
#define GAP 36.0
#define NODES_HEIGHT 640.0
#define NODE_MAX 48.0 /* of one node's row */
#define LEGEND_HEIGHT 40.0
#define TICKS_MAX 12
#define EDGES_MAX 4000 /* many small bars have no edges */

/* Also told apart by those who see red and green alike. */
static const char *const colours[ACCOUNTS_MAX] = {
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee",
    "#aa3377", "#bbbbbb", "#e08214", "#8073ac", "#35978f"};

double svg_x(const struct drawing *d, int64_t sec)
{
    double part = (double)(sec - d->from_sec) / (double)(d->to_sec - d->from_sec);
    return LEFT + WIDTH * part;
}

static double nodes_bottom(const struct drawing *d)
{
    return TOP + d->node_height * (double)d->pool->n;
}

/* XML has neither control characters nor U+FFFE and U+FFFF. */
static bool is_of_xml(const char *text, size_t len)
{
    const unsigned char first = (unsigned char)text[0];
    return len > 0 && first >= ' ' &&
           !(len == 3 && memcmp(text, "\xef\xbf", 2) == 0 &&
             (unsigned char)text[2] >= 0xbe);
}

void svg_add_escaped(struct str *out, const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        size_t n = utf8_len(text, len);
        if (!is_of_xml(text, n))
            str_add(out, UTF8_REPLACEMENT);
        else if (strchr("<>&\"'", *text))
            str_addf(out, "&#%d;", *text);
        else
            str_addn(out, text, n);
        n = MAX(n, 1);
        text += n;
        len -= n;
    }
}

/* ---- colours: the first accounts have one each, the others share the last ---- */

static size_t account_of(struct drawing *d, const char *account)
{
    for (size_t i = 0; i < d->n_accounts; i++)
        if (strcmp(d->accounts[i], account) == 0)
            return i;
    if (d->n_accounts == ACCOUNTS_MAX)
        return ACCOUNTS_MAX - 1;
    d->accounts[d->n_accounts] = account;
    return d->n_accounts++;
}

static void choose_colours(struct drawing *d)
{
    d->colour = xcalloc(d->load->n + 1, sizeof(*d->colour));
    for (size_t i = 0; i < d->load->n; i++)
        d->colour[i] = account_of(d, history_account(d->h, d->load, i));
}

static void draw_legend(struct drawing *d, double y)
{
    double x = LEFT;
    for (size_t i = 0; i < d->n_accounts; i++) {
        const char *name = *d->accounts[i] ? d->accounts[i] : "(no account)";
        str_addf(d->out,
                 "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>"
                 "<text x=\"%.1f\" y=\"%.1f\">",
                 x, y - 9, colours[i], x + 14, y);
        svg_add_escaped(d->out, name);
        str_add(d->out, i == ACCOUNTS_MAX - 1 ? " and others</text>\n" : "</text>\n");
        x += 30 + DIGIT_WIDTH * (double)strlen(name);
    }
}

/* ---- nodes ---- */

static struct rectangle rectangle_of(const struct drawing *d, const struct bar *bar)
{
    double lane = d->node_height * 0.94 / (double)d->gantt.lanes[bar->node];
    double x = svg_x(d, bar->start_sec);
    return (struct rectangle){
        .x = x,
        .y = TOP + d->node_height * (double)bar->node + lane * (double)bar->lane,
        .width = MAX(svg_x(d, bar->end_sec) - x, 0.1),
        .height = lane * (double)bar->count,
    };
}

/* All bars of a colour are one path: a third of the bytes of so many rectangles. */
static void draw_bars(struct drawing *d, size_t colour)
{
    str_addf(d->out, "<path fill=\"%s\"%s d=\"", colours[colour],
             d->gantt.n <= EDGES_MAX ? " stroke=\"#fff\" stroke-width=\"0.5\"" : "");
    for (size_t i = 0; i < d->gantt.n; i++) {
        const struct bar *bar = &d->gantt.bars[i];
        if (d->colour[bar->job] != colour)
            continue;
        struct rectangle r = rectangle_of(d, bar);
        str_addf(d->out, "M%.1f %.2fh%.1fv%.2fh-%.1fz", r.x, r.y, r.width, r.height,
                 r.width);
    }
    str_add(d->out, "\"/>\n");
}

static void draw_labels(struct drawing *d)
{
    for (size_t i = 0; i < d->gantt.n; i++) {
        const struct bar *bar = &d->gantt.bars[i];
        struct rectangle r = rectangle_of(d, bar);
        char label[24];
        int len = snprintf(label, sizeof(label), "%zu", d->load->jobs[bar->job].row);
        if (r.height >= LABEL_HEIGHT && r.width >= DIGIT_WIDTH * (len + 1))
            str_addf(d->out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"#fff\">%s</text>\n",
                     r.x + 3, r.y + r.height / 2 + 4, label);
    }
}

/* When they took no new jobs. */
static void draw_closures(struct drawing *d)
{
    for (size_t i = 0; i < d->h->n_closures; i++) {
        const struct closure *c = &d->h->closures[i];
        int64_t end_sec = c->end_sec != TIME_UNSET ? c->end_sec : d->to_sec;
        double x = svg_x(d, MAX(c->start_sec, d->from_sec));
        str_addf(d->out,
                 "<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" "
                 "fill=\"#000\" fill-opacity=\"0.15\"/>\n",
                 x, TOP + d->node_height * (double)c->node,
                 MAX(svg_x(d, MIN(end_sec, d->to_sec)) - x, 0.1),
                 d->node_height * 0.94);
    }
}

/* The names of as many nodes as have room for them. */
static void draw_nodes(struct drawing *d)
{
    size_t step = (size_t)(14 / d->node_height) + 1;
    for (size_t i = 0; i < d->pool->n; i += step) {
        double y = TOP + d->node_height * ((double)i + 0.5) + 4;
        str_addf(d->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6,
                 y);
        svg_add_escaped(d->out, d->pool->nodes[i]->name);
        str_add(d->out, "</text>\n");
    }
    str_addf(d->out,
             "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
             "stroke=\"#888\"/>\n",
             LEFT, TOP, WIDTH, nodes_bottom(d) - TOP);
}

/* ---- time ---- */

static int64_t tick_step(int64_t span_sec)
{
    static const int64_t steps[] = {60,        300,       900,       3600,
                                    3 * 3600,  6 * 3600,  12 * 3600, 86400,
                                    2 * 86400, 7 * 86400, 30 * 86400};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (span_sec / steps[i] <= TICKS_MAX)
            return steps[i];
    return (span_sec / TICKS_MAX / 86400 + 1) * 86400;
}

static void add_time(struct str *out, int64_t sec, int64_t step)
{
    if (step >= 86400)
        str_addf(out, "%" PRId64 " d", sec / 86400);
    else if (step >= 3600)
        str_addf(out, "%" PRId64 " h", sec / 3600);
    else
        str_addf(out, "%" PRId64 " min", sec / 60);
}

/* Since the first submission. */
static void draw_ticks(struct drawing *d, double bottom)
{
    int64_t span = d->to_sec - d->from_sec, step = tick_step(span);
    for (int64_t at = 0; at <= span; at += step) {
        double x = svg_x(d, d->from_sec + at);
        str_addf(d->out,
                 "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#000\" stroke-opacity=\"0.12\"/>"
                 "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
                 x, TOP, bottom, x, bottom + 16);
        add_time(d->out, at, step);
        str_add(d->out, "</text>\n");
    }
}

void svg_draw(const struct pool *pool, const struct workload *load,
              const struct history *h, struct str *out)
{
    struct drawing d = {.pool = pool, .load = load, .h = h, .out = out};
    d.from_sec = h->n_samples > 0 ? h->samples[0].sec : 0;
    d.to_sec = h->n_samples > 0 ? h->samples[h->n_samples - 1].sec : 0;
    d.to_sec = MAX(d.to_sec, d.from_sec + 1);
    d.node_height = MIN(NODES_HEIGHT / (double)pool->n, NODE_MAX);
    double bottom = nodes_bottom(&d) + GAP + QUEUE_HEIGHT;
    gantt_make(&d.gantt, pool, h);
    choose_colours(&d);
    str_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
             "font-family=\"sans-serif\" font-size=\"11\">\n"
             "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
             LEFT + WIDTH + RIGHT, bottom + LEGEND_HEIGHT);
    draw_legend(&d, TOP - 12);
    for (size_t i = 0; i < d.n_accounts; i++)
        draw_bars(&d, i);
    draw_closures(&d);
    draw_labels(&d);
    svg_draw_reservations(&d);
    draw_nodes(&d);
    svg_draw_queue(&d, bottom);
    draw_ticks(&d, bottom);
    str_add(out, "</svg>\n");
    free(d.colour);
    gantt_fini(&d.gantt);
}
