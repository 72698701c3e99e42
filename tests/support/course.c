#include "tests/support/course.h"

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/cluster_text.h"

#define SCRIPT_MAX (1u << 20)
#define LINE_MAX_ 2048

void course_init(struct course *h, uint64_t seed, const struct sched_config *config)
{
    *h = (struct course){.seed = seed, .now_sec = 1000, .s = sched_new(config)};
    rng_seed(&h->rng, seed);
    restable_init(&h->res);
    str_init(&h->script, SCRIPT_MAX);
}

void course_fini(struct course *h)
{
    course_check(h, sched_restless(h->s) == 0);
    sched_free(h->s);
    str_fini(&h->script);
}

int64_t course_draw(struct course *h, int64_t bound)
{
    return (int64_t)rng_below(&h->rng, (uint64_t)bound);
}

bool course_chance(struct course *h, int percent)
{
    return course_draw(h, 100) < percent;
}

const char *course_pick(struct course *h, const char *const *words, size_t n)
{
    return words[course_draw(h, (int64_t)n)];
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

void course_tell(struct course *h, const char *fmt, ...)
{
    struct change resources = {.kind = CHANGE_RESOURCES, .u.resources = &h->res};
    int known = h->res.n;
    STR_AUTO struct str line;
    struct err err;
    va_list ap;

    str_init(&line, LINE_MAX_);
    va_start(ap, fmt);
    str_vaddf(&line, fmt, ap);
    va_end(ap);
    course_check(h, !line.overflow);
    str_addf(&h->script, "%s\n", line.s);
    if (cluster_text_line(&h->res, line.s, apply, h->s, &err) < 0)
        course_give_up(h, err.msg);
    if (h->res.n != known)
        sched_apply(h->s, &resources);
}

void course_run(struct course *h, const char *lines)
{
    const struct sched_budget whole = {NULL, NULL};
    AUTO_FREE char *copy = xstrdup(lines);
    char *rest = copy;

    for (char *line = strsep(&rest, "|"); line != NULL; line = strsep(&rest, "|")) {
        struct decisions decisions;

        if (strncmp(line, "at ", 3) == 0)
            sched_step(h->s, strtoll(line + 3, NULL, 10), whole, &decisions);
        else
            course_tell(h, "%s", line);
    }
}

void course_begin_full(struct course *h)
{
    struct sched_config config = sched_config_default();

    course_init(h, 1, &config);
    course_tell(h, "node n1 cpu=1");
    course_tell(h, "partition batch default");
    course_tell(h, "job 9 cpu=1 state=running start=0 user=dan in=batch on=n1");
}

const struct job *course_job(const struct course *h, int64_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%" PRId64, number);

    return sched_job(h->s, uid);
}

const struct job *course_started(const struct course *h, const struct decision *start)
{
    AUTO_FREE char *task = job_task_uid(start->job_uid, start->task);

    return sched_job(h->s, start->task < 0 ? start->job_uid : task);
}

void course_check_room(const struct course *h, const struct decision *start)
{
    for (size_t i = 0; i < start->n_slots; i++) {
        struct resvec used, free_;

        course_check(h, sched_node_usage(h->s, start->slots[i].node, &used, &free_));
        for (int r = 0; r < RES_MAX; r++)
            course_check(h, start->slots[i].each.v[r] == 0 || free_.v[r] >= 0);
    }
}

bool course_spend(void *arg, int64_t ahead_us)
{
    (void)arg;
    (void)ahead_us;
    return true;
}

/* A script is longer than the message of a check may be. */
void course_give_up(const struct course *h, const char *what)
{
    fprintf(stderr, "%s", h->script.s);
    ck_abort_msg("seed %" PRIu64 ": %s", h->seed, what);
    abort();
}
