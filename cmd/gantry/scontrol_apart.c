/* scontrol on single tasks of an array: those that have no record of their own yet are
 * given one, held, before anything is done to them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/jobaction.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/scontrol.h"

/* The controller takes a moment for each task. */
#define PATIENCE_MS 60000

/* Tasks that this command has split off, and how their array was held. */
struct apart {
    int64_t array_id;
    struct taskset tasks;
    char *hold; /* NULL: not */
    struct apart *next;
};

void scontrol_apart_free(struct scontrol *s)
{
    while (s->apart) {
        struct apart *next = s->apart->next;
        free(s->apart->hold);
        free(s->apart);
        s->apart = next;
    }
}

bool scontrol_is_apart(const struct scontrol *s, const struct jobrow *r,
                       const char **ret_hold)
{
    for (const struct apart *a = s->apart; a; a = a->next)
        if (a->array_id == r->array_id && taskset_has(&a->tasks, r->array_task)) {
            *ret_hold = a->hold;
            return true;
        }
    return false;
}

static void remember(struct scontrol *s, const struct jobrow *array,
                     const struct taskset *tasks)
{
    struct apart *a = xcalloc(1, sizeof(*a));

    *a = (struct apart){array->array_id, *tasks, xstrdup_null(array->hold), s->apart};
    s->apart = a;
}

/* ---- one array ---- */

static const char *last_given(const struct json *job)
{
    const struct json *list = json_at(job, "spec.actions");

    return json_len(list) > 0 ? json_str(json_item(list, json_len(list) - 1), "id")
                              : NULL;
}

static bool is_idle(const struct json *job)
{
    return str_eq(json_str(job, "status.lastAction.id"), last_given(job));
}

/* All its actions are done, the last one as it should be. */
static int await(struct scontrol *s, const struct jobrow *array, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, array->ns, array->object, NULL};
    ANSWER_AUTO struct answer got = {0};
    JSON_AUTO struct json *job = NULL;

    if (api_get(&s->api, &ref, &got, err) < 0)
        return -1;
    switch (jobwatch_until(&s->api, got.body, is_idle, PATIENCE_MS, &job, err)) {
    case JOBWATCH_TRUE:
        break;
    case JOBWATCH_FAILED:
        return -1;
    case JOBWATCH_GONE:
        return err_set(err, ERR_NOT_FOUND, "Invalid job id specified");
    case JOBWATCH_INTERRUPTED:
        return err_set(err, ERR_UNAVAILABLE, "interrupted");
    case JOBWATCH_LATE:
        return err_set(err, ERR_UNAVAILABLE,
                       "the controller has not split it off in %d s: %s",
                       PATIENCE_MS / 1000, json_str_or(job, "status.message", ""));
    }
    const char *outcome = json_str_or(job, "status.lastAction.outcome", "");
    return str_eq(outcome, "Done") ? 0 : err_set(err, ERR_INVALID, "%s", outcome);
}

static int split_off(struct scontrol *s, const struct jobrow *array,
                     const struct taskset *tasks, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, TASKSET_TEXT_MAX);
    taskset_format(tasks, &text);
    const struct jobaction action = {.type = "Hold", .tasks = text.s};
    if (jobaction_add(&s->api, array->ns, array->object, array->uid, &action, err) < 0)
        return -1;
    remember(s, array, tasks);
    return await(s, array, err);
}

/* ---- those that are named ---- */

struct setting_apart {
    struct scontrol *s;
    const struct joblist *jobs;
    size_t failed, split;
};

static void set_apart(void *arg, const char *word)
{
    struct setting_apart *p = arg;
    struct err err = ERR_INIT;
    struct job_ref ref;

    for (size_t i = 0; job_ref_parse(word, &ref) && !ref.all && i < p->jobs->n; i++) {
        const struct jobrow *r = &p->jobs->rows[i];
        struct taskset left = job_ref_left(&ref, r);
        if (taskset_is_empty(&left))
            continue;
        p->split++;
        if (split_off(p->s, r, &left, &err) == 0)
            continue;
        scontrol_fail(p->s, "%s for job %s", err.msg, word);
        p->failed++;
    }
}

int scontrol_set_apart(struct scontrol *s, struct joblist *jobs, struct partlist *parts,
                       char **words)
{
    struct setting_apart p = {.s = s, .jobs = jobs};

    scontrol_each_id(words, set_apart, &p);
    if (p.failed > 0)
        return -1;
    if (p.split == 0)
        return 0;
    joblist_fini(jobs);
    joblist_init(jobs);
    partlist_fini(parts);
    return scontrol_jobs(s, 0, jobs, parts);
}
