#include "cmd/gantry-sim/svg.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/svg_private.h"
#include "tests/support/suite.h"

#define DATA "tests/gantry-sim/data/"

struct stand {
    struct pool pool;
    struct workload load;
    struct history h;
};

static void note(void *arg, size_t row, const char *what)
{
    (void)arg;
    (void)row;
    (void)what;
}

static void stand_nodes(struct stand *s, const char *nodes, const char *gpus)
{
    const struct groups groups = {nodes, gpus, NULL, NULL};
    struct err err = ERR_INIT;
    pool_init(&s->pool);
    ck_assert_int_eq(pool_add(&s->pool, &groups, &err), 0);
}

static void stand_replay(struct stand *s, const char *workload,
                         const struct outage *outages, size_t n_outages)
{
    const struct sched_config config = sched_config_default();
    struct err err = ERR_INIT;
    const struct workload_file file = {.path = workload, .complain = note};
    ck_assert_int_eq(workload_read(&s->load, &file, &err), 0);
    const struct replay replay = {
        .pool = &s->pool,
        .load = &s->load,
        .config = &config,
        .outages = outages,
        .n_outages = n_outages,
    };
    ck_assert_msg(engine_run(&replay, &s->h, &err) == 0, "%s", err.msg);
}

static void stand_init_outages(struct stand *s, const char *nodes, const char *gpus,
                               const char *workload, const struct outage *outages,
                               size_t n_outages)
{
    stand_nodes(s, nodes, gpus);
    stand_replay(s, workload, outages, n_outages);
}

static void stand_init(struct stand *s, const char *nodes, const char *gpus,
                       const char *workload)
{
    stand_init_outages(s, nodes, gpus, workload, NULL, 0);
}

static void stand_fini(struct stand *s)
{
    history_fini(&s->h);
    workload_fini(&s->load);
    pool_fini(&s->pool);
}

/* Whatever a name holds, the picture is XML. */
START_TEST(test_escaped)
{
    static const struct {
        const char *name, *want;
    } names[] = {
        {"a<b>&\"'", "a&#60;b&#62;&#38;&#34;&#39;"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
        {"a\x01\x1b"
         "b",
         "a" UTF8_REPLACEMENT UTF8_REPLACEMENT "b"},
        {"\xff\xef\xbf\xbf", UTF8_REPLACEMENT UTF8_REPLACEMENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        STR_AUTO struct str out;
        str_init(&out, 256);
        svg_add_escaped(&out, names[i].name);
        ck_assert_str_eq(out.s, names[i].want);
    }
}
END_TEST

/* test_engine.c has the drawing: D begins beside C, in the lanes that C leaves. */
START_TEST(test_lanes)
{
    static const struct bar want[] = {
        {0, 0, 0, 8, 0, 3600},    {2, 1, 0, 4, 60, 660},    {3, 1, 4, 4, 300, 900},
        {1, 0, 0, 8, 3600, 5400}, {1, 1, 0, 8, 3600, 5400},
    };
    struct stand s;
    struct gantt g;
    stand_init(&s, "2", "8", DATA "hand.csv");
    gantt_make(&g, &s.pool, &s.h);
    ck_assert_uint_eq(g.n, ARRAY_LEN(want));
    for (size_t i = 0; i < g.n; i++) {
        const struct bar *b = &g.bars[i], *w = &want[i];
        ck_assert_msg(b->job == w->job && b->node == w->node && b->lane == w->lane &&
                          b->count == w->count && b->start_sec == w->start_sec &&
                          b->end_sec == w->end_sec,
                      "bar %zu: job %zu on %zu, lanes %ld+%ld, %ld to %ld", i, b->job,
                      b->node, b->lane, b->count, b->start_sec, b->end_sec);
    }
    gantt_fini(&g);
    stand_fini(&s);
}
END_TEST

/* On a real workload every GPU of every job has a lane, and no lane has two jobs. */
START_TEST(test_no_overlap)
{
    struct stand s;
    struct gantt g;
    int64_t lanes = 0, gpus = 0;
    stand_init(&s, "60", "8", DATA "itp2021-500.csv.gz");
    gantt_make(&g, &s.pool, &s.h);
    for (size_t i = 0; i < g.n; i++) {
        const struct bar *a = &g.bars[i];
        lanes += a->count;
        for (size_t k = 0; k < i; k++) {
            const struct bar *b = &g.bars[k];
            ck_assert(a->node != b->node || a->lane >= b->lane + b->count ||
                      b->lane >= a->lane + a->count || a->start_sec >= b->end_sec);
        }
    }
    for (size_t i = 0; i < s.load.n; i++)
        gpus += s.load.jobs[i].gpus;
    ck_assert_int_eq(lanes, gpus);
    gantt_fini(&g);
    stand_fini(&s);
}
END_TEST

/* A run that was cut off is drawn up to there, and the next one again. */
START_TEST(test_cut)
{
    const struct outage outages[] = {{600, 0, false}, {1000, 0, true}};
    struct stand s;
    struct gantt g;
    int64_t again = 0;
    stand_init_outages(&s, "1", "8", DATA "hand.csv", outages, ARRAY_LEN(outages));
    gantt_make(&g, &s.pool, &s.h);
    ck_assert_uint_ge(g.n, 2);
    ck_assert_uint_eq(g.bars[0].job, 0);
    ck_assert_int_eq(g.bars[0].start_sec, 0);
    ck_assert_int_eq(g.bars[0].end_sec, 600);
    ck_assert_uint_eq(s.h.n_cuts, 1);
    for (size_t i = 1; i < g.n; i++)
        if (g.bars[i].job == 0)
            again = g.bars[i].start_sec;
    ck_assert_int_ge(again, 1000);
    gantt_fini(&g);
    stand_fini(&s);
}
END_TEST

/* The same hour of n1, in grey; TOP is 30, a row 48 high, of which 0.94 are used. */
START_TEST(test_closure)
{
    const struct outage outages[] = {{1000, 0, false}, {4600, 0, true}};
    struct stand s;
    STR_AUTO struct str out, want;
    str_init(&out, 1 << 20);
    str_init(&want, 1 << 10);
    stand_init_outages(&s, "1", "8", DATA "hand.csv", outages, ARRAY_LEN(outages));
    const int64_t span = s.h.samples[s.h.n_samples - 1].sec;
    ck_assert_uint_eq(s.h.n_closures, 1);
    svg_draw(&s.pool, &s.load, &s.h, &out);
    str_addf(&want,
             "<rect x=\"%.1f\" y=\"30.00\" width=\"%.1f\" height=\"45.12\" "
             "fill=\"#000\" fill-opacity=\"0.15\"/>\n",
             70 + 1200.0 * 1000 / (double)span, 1200.0 * 3600 / (double)span);
    ck_assert_msg(strstr(out.s, want.s) != NULL, "no %s", want.s);
    stand_fini(&s);
}
END_TEST

static struct reservation *add_reservation(struct pool *p, const char *name,
                                           int64_t start_sec, int64_t end_sec)
{
    struct reservation *r = reservation_new();
    r->name = xstrdup(name);
    r->start_sec = start_sec;
    r->end_sec = end_sec;
    GROW(p->reservations, p->n_reservations, p->cap_reservations);
    return p->reservations[p->n_reservations++] = r;
}

static void draw(const struct stand *s, struct str *out)
{
    str_init(out, 1 << 20);
    svg_draw(&s->pool, &s->load, &s->h, out);
}

static void expect(const struct str *out, const char *part)
{
    ck_assert_msg(strstr(out->s, part) != NULL, "no %s in\n%s", part, out->s);
}

/* Neighbours are one area, up to where they are apart; a name that has no room stands
 * there in any case. Of one that comes again each of its times is drawn. */
START_TEST(test_reservations)
{
    struct stand s;
    STR_AUTO struct str out, want;
    stand_nodes(&s, "4", "8");
    struct reservation *r = add_reservation(&s.pool, "a<b", 600, 3000);
    names_add(&r->node_names, &r->n_node_names, "n1");
    names_add(&r->node_names, &r->n_node_names, "n2");
    names_add(&r->node_names, &r->n_node_names, "n4");
    r = add_reservation(&s.pool, "hourly", 60, 120);
    names_add(&r->node_names, &r->n_node_names, "n3");
    r->repeat = RESV_HOURLY;
    stand_replay(&s, DATA "hand.csv", NULL, 0);
    const double second = 1200.0 / (double)s.h.samples[s.h.n_samples - 1].sec;
    ck_assert_int_gt(s.h.samples[s.h.n_samples - 1].sec, 3720);
    draw(&s, &out);
    str_init(&want, 1 << 10);
    str_addf(&want,
             "<path fill=\"url(#kept)\" stroke=\"#333\" d=\""
             "M%.1f 30.00h%.1fv93.12h-%.1fzM%.1f 174.00h%.1fv45.12h-%.1fz\"/>\n"
             "<text x=\"%.1f\" y=\"44.0\" text-anchor=\"middle\" ",
             70 + 600 * second, 2400 * second, 2400 * second, 70 + 600 * second,
             2400 * second, 2400 * second, 70 + 1800 * second);
    expect(&out, want.s);
    expect(&out, ">a&#60;b</text>\n<text ");
    str_reset(&want);
    str_addf(&want, "M%.1f 126.00h%.1fv45.12h-%.1fzM%.1f 126.00h%.1fv45.12h-%.1fz\"/>",
             70 + 60 * second, 60 * second, 60 * second, 70 + 3660 * second,
             60 * second, 60 * second);
    expect(&out, want.s);
    const char *name = strstr(out.s, ">hourly</text>");
    ck_assert_ptr_nonnull(name);
    ck_assert_ptr_null(strstr(name + 1, ">hourly</text>"));
    stand_fini(&s);
}
END_TEST

/* One that has as many nodes as it wants has others once those are lost. */
START_TEST(test_chosen)
{
    const struct outage outages[] = {{1000, 1, false}};
    struct stand s;
    STR_AUTO struct str out, want;
    stand_nodes(&s, "3", "8");
    struct reservation *r = add_reservation(&s.pool, "lab", 0, 2000);
    r->node_count = 1;
    r->ignore_jobs = true;
    labels_add(&s.pool.nodes[1]->labels, &s.pool.nodes[1]->n_labels, "lab", "yes");
    labels_add(&s.pool.nodes[2]->labels, &s.pool.nodes[2]->n_labels, "lab", "yes");
    r->n_node_any = 1;
    r->node_any = xcalloc(1, sizeof(*r->node_any));
    requirement_add_value(term_add(&r->node_any[0], "lab", SELECT_IN), "yes");
    stand_replay(&s, DATA "hand.csv", outages, ARRAY_LEN(outages));
    ck_assert_uint_eq(s.h.n_tenures, 2);
    ck_assert_uint_eq(s.h.tenures[0].node, 1);
    ck_assert_int_eq(s.h.tenures[0].end_sec, 1000);
    ck_assert_uint_eq(s.h.tenures[1].node, 2);
    ck_assert_int_eq(s.h.tenures[1].end_sec, TIME_UNSET);
    const double second = 1200.0 / (double)s.h.samples[s.h.n_samples - 1].sec;
    draw(&s, &out);
    str_init(&want, 1 << 10);
    str_addf(&want, "M70.0 78.00h%.1fv45.12h-%.1fzM%.1f 126.00h%.1fv45.12h-%.1fz\"/>",
             1000 * second, 1000 * second, 70 + 1000 * second, 1000 * second,
             1000 * second);
    expect(&out, want.s);
    stand_fini(&s);
}
END_TEST

/* 1,200 pixels for 5,400 s, from 70 on; a node's row is 48 high, of which bars take
 * 0.94; the first begins at 30. */
START_TEST(test_picture)
{
    static const char *const parts[] = {
        "<path fill=\"#4477aa\" stroke=\"#fff\" stroke-width=\"0.5\" "
        "d=\"M70.0 30.00h800.0v45.12h-800.0zM83.3 78.00h133.3v22.56h-133.3z\"/>",
        "<path fill=\"#ee6677\" stroke=\"#fff\" stroke-width=\"0.5\" "
        "d=\"M136.7 100.56h133.3v22.56h-133.3z"
        "M870.0 30.00h400.0v45.12h-400.0zM870.0 78.00h400.0v45.12h-400.0z\"/>",
        "text-anchor=\"end\">n2</text>",
        "text-anchor=\"middle\">90 min</text>",
        "waiting jobs (left), GPUs in use (right)",
        ">red&#60;&#38;&#62;</text>",
    };
    struct stand s;
    STR_AUTO struct str out;
    str_init(&out, 1 << 20);
    stand_init(&s, "2", "8", DATA "hand.csv");
    for (size_t i = 0; i < s.load.n; i++)
        if (strcmp(s.load.jobs[i].account, "red") == 0)
            s.load.jobs[i].account = "red<&>";
    svg_draw(&s.pool, &s.load, &s.h, &out);
    ck_assert(str_starts(out.s, "<svg xmlns=\"http://www.w3.org/2000/svg\" "));
    ck_assert(str_ends(out.s, "</svg>\n"));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        ck_assert_msg(strstr(out.s, parts[i]) != NULL, "no %s in\n%.3000s", parts[i],
                      out.s);
    stand_fini(&s);
}
END_TEST

/* Nodes with neither GPUs nor CPUs: nothing runs, and the line of what is in use lies
 * at the bottom, 30 + 2 x 48 + 36 + 160. */
START_TEST(test_nothing)
{
    struct stand s;
    STR_AUTO struct str out;
    str_init(&out, 1 << 20);
    stand_init(&s, "2", "0", DATA "hand.csv");
    svg_draw(&s.pool, &s.load, &s.h, &out);
    const char *line = strstr(out.s, "stroke=\"#4477aa\" d=\"");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strncmp(strstr(line, "L70.5"), "L70.5 322.0L71.5 322.0", 22) == 0,
                  "%.80s", line);
    stand_fini(&s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/svg", (struct suite_row[]){{test_escaped, 1},
                                                             {test_lanes, 1},
                                                             {test_no_overlap, 1},
                                                             {test_cut, 1},
                                                             {test_closure, 1},
                                                             {test_reservations, 1},
                                                             {test_chosen, 1},
                                                             {test_picture, 1},
                                                             {test_nothing, 1},
                                                             {NULL, 0}});
}
