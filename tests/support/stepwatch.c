#include "tests/support/stepwatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/util.h"

enum answer { GO_ON, SPENT, STEP_ENDS };

struct look {
    uint32_t ns; /* since the one before, or the step's begin: the shortest take */
    uint32_t ahead_us; /* that the core asked for */
    enum answer answer;
};

int64_t stepwatch_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void stepwatch_take(struct stepwatch *w)
{
    w->take++;
    w->at = 0;
}

static void note(struct stepwatch *w, struct look look)
{
    GROW(w->looks, w->n_looks, w->cap_looks);
    w->looks[w->n_looks++] = look;
}

/* What the first take answered there. */
static enum answer answer_again(struct stepwatch *w, struct look look)
{
    struct look *first = &w->looks[w->at];
    bool ends = look.answer == STEP_ENDS;

    if (w->at == w->n_looks || first->ahead_us != look.ahead_us ||
        (first->answer == STEP_ENDS) != ends) {
        fprintf(stderr, "stepwatch: take %d does something else at look %zu\n", w->take,
                w->at);
        exit(1);
    }
    first->ns = MIN(first->ns, look.ns);
    return first->answer;
}

static enum answer take_look(struct stepwatch *w, int64_t now_ns, int64_t ahead_us,
                             enum answer answer)
{
    struct look look = {.ns = (uint32_t)MIN(now_ns - w->last_ns, UINT32_MAX),
                        .ahead_us = (uint32_t)ahead_us,
                        .answer = answer};

    if (w->take == 1)
        note(w, look);
    else
        answer = answer_again(w, look);
    w->at++;
    w->last_ns = now_ns;
    return answer;
}

static bool is_spent(void *arg, int64_t ahead_us)
{
    struct stepwatch *w = arg;
    int64_t now_ns = stepwatch_now_ns();
    bool over = now_ns + ahead_us * 1000 >= w->until_ns;

    return take_look(w, now_ns, ahead_us, over ? SPENT : GO_ON) == SPENT;
}

enum sched_progress stepwatch_step(struct stepwatch *w, struct sched *s,
                                   int64_t now_sec, struct decisions *ret)
{
    enum sched_progress progress;

    w->last_ns = stepwatch_now_ns();
    w->until_ns = w->last_ns + SCHED_STEP_US * INT64_C(1000);
    progress = sched_step(s, now_sec, (struct sched_budget){is_spent, w}, ret);
    take_look(w, stepwatch_now_ns(), 0, STEP_ENDS);
    return progress;
}

void stepwatch_to_rest(struct stepwatch *w, struct sched *s, int64_t now_sec)
{
    struct decisions decisions;

    while (stepwatch_step(w, s, now_sec, &decisions) == SCHED_MORE)
        ;
}

struct stepwatch_times stepwatch_since(const struct stepwatch *w, size_t from)
{
    struct stepwatch_times times = {0};
    double step = 0, room = SCHED_STEP_US / 1e3; /* all of it, as a step begins */

    for (size_t i = from; i < w->at; i++) {
        const struct look *look = &w->looks[i];
        double ms = look->ns / 1e6;

        step += ms;
        times.over = MAX(times.over, ms - room);
        room = look->ahead_us / 1e3;
        if (look->answer != STEP_ENDS)
            continue;
        room = SCHED_STEP_US / 1e3;
        times.all += step;
        times.step = MAX(times.step, step);
        times.n_steps++;
        step = 0;
    }
    return times;
}

void stepwatch_free(struct stepwatch *w)
{
    free(w->looks);
    *w = (struct stepwatch){0};
}
