/* scontrol hold, release, requeue: what is done to jobs that are named. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "cmd/gantry/jobaction.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/whoami.h"

#define NOT_THERE "Invalid job id specified"
#define IS_OVER "Job/step already completing or completed"

/* ---- which jobs ---- */

struct picked {
    const struct jobrow **rows;
    size_t n, cap, missing;
    bool apart; /* a component was named */
};

static void add_row(struct picked *p, const struct jobrow *r)
{
    GROW(p->rows, p->n, p->cap);
    p->rows[p->n++] = r;
}

static void add_named(struct picked *p, const struct joblist *jobs, const char *name)
{
    for (size_t i = 0; i < jobs->n; i++)
        if (strcmp(jobs->rows[i].name, name) == 0 &&
            jobs->rows[i].word->kind != JOB_KIND_FINAL)
            add_row(p, &jobs->rows[i]);
}

/* A row that stands for many tasks cannot be taken for some of them: where that may be
 * done to tasks that wait, they have been set apart. */
static bool is_folded(const struct job_ref *ref, const struct jobrow *r)
{
    return !ref->all && jobrow_is_array(r);
}

/* Of a whole array those of its tasks that have not ended. */
static bool is_past(const struct job_ref *ref, const struct jobrow *r)
{
    return ref->all && r->array_id == ref->id && r->word->kind == JOB_KIND_FINAL;
}

struct picking {
    const struct scontrol *s;
    const struct joblist *jobs;
    struct picked *picked;
    const struct scontrol_components *components; /* NULL: nothing is done to one */
};

/* One that is said to be a component is none of the jobs that are picked. */
static void take_component(const struct picking *by, const struct jobrow *r,
                           int64_t component, const char *word)
{
    const struct scontrol_components *c = by->components;

    by->picked->apart = true;
    if (c && c->fn(c->arg, r, component))
        return;
    by->picked->missing++;
    scontrol_fail(by->s, JOB_REF_COMPONENT_WORDS " for job %s", word);
}

static void add_one(void *arg, const char *word)
{
    const struct picking *by = arg;
    const struct scontrol *s = by->s;
    const struct joblist *jobs = by->jobs;
    struct picked *p = by->picked;
    const size_t before = p->n + p->missing;
    struct job_ref ref;
    int64_t component;

    p->apart = false;
    for (size_t i = 0; job_ref_parse(word, &ref) && i < jobs->n; i++) {
        const struct jobrow *r = &jobs->rows[i];
        if (job_ref_component(&ref, r, &component)) {
            take_component(by, r, component, word);
            continue;
        }
        if (!job_ref_means(&ref, r) || jobrow_is_shell(r) || is_past(&ref, r))
            continue;
        if (!is_folded(&ref, r)) {
            add_row(p, r);
            continue;
        }
        p->missing++;
        scontrol_fail(s, "Job is pending execution for job %s", word);
    }
    if (p->n + p->missing == before && !p->apart) {
        p->missing++;
        scontrol_fail(s, NOT_THERE " for job %s", word);
    }
}

static void each_id_of(char *word, void (*fn)(void *arg, const char *id), void *arg)
{
    const char *value = strchr(word, '=');
    struct names ids = {0};

    names_parse(&ids, value ? value + 1 : word);
    for (size_t i = 0; i < ids.n; i++)
        fn(arg, ids.list[i]);
    names_fini(&ids);
}

static bool is_by_name(const char *word)
{
    return strncasecmp(word, "jobname=", strlen("jobname=")) == 0;
}

void scontrol_each_id(char **words, void (*fn)(void *arg, const char *id), void *arg)
{
    for (; *words; words++)
        if (!is_by_name(*words))
            each_id_of(*words, fn, arg);
}

const struct jobrow **scontrol_pick(const struct scontrol *s,
                                    const struct joblist *jobs, char **words,
                                    const struct scontrol_components *components,
                                    size_t *ret_n, size_t *ret_missing)
{
    struct picked p = {0};
    struct picking by = {s, jobs, &p, components};

    for (; *words; words++) {
        if (is_by_name(*words))
            add_named(&p, jobs, *words + strlen("jobname="));
        else
            each_id_of(*words, add_one, &by);
    }
    *ret_n = p.n;
    *ret_missing = p.missing;
    return p.rows;
}

int scontrol_job_fail(const struct scontrol *s, const struct jobrow *r, const char *why)
{
    STR_AUTO struct str id;

    str_init(&id, 64);
    jobrow_id(r, &id);
    return scontrol_fail(s, "%s for job %s", why, id.s);
}

int scontrol_patch_job(struct scontrol *s, const struct jobrow *r, struct json *spec)
{
    const struct kc_ref ref = {&api_jobs, r->ns, r->object, NULL};
    JSON_AUTO struct json *patch = json_build("{'metadata':{'uid':%s}}", r->uid);
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    json_set(patch, "spec", spec);
    if (api_patch(&s->api, &ref, KC_PATCH_MERGE, patch, &a, &err) == 0)
        return 0;
    scontrol_job_fail(s, r, a.reason == KC_REASON_NOT_FOUND ? NOT_THERE : err.msg);
    return -1;
}

/* ---- one after another ---- */

/* What a keyword does to a job; -1: said why. `arg` is the keyword's own. */
typedef int act_fn(struct scontrol *s, const struct jobrow *r, void *arg);

/* `apart`: also to single tasks of arrays that have no record yet. */
static int each_job(struct scontrol *s, char **words, bool apart, act_fn *act,
                    void *arg)
{
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};
    size_t n, missing, failed = 0;

    joblist_init(&jobs);
    if (scontrol_jobs(s, 0, &jobs, &parts) < 0 ||
        (apart && scontrol_set_apart(s, &jobs, &parts, words) < 0))
        return EXIT_ERROR;
    const struct jobrow **rows = scontrol_pick(s, &jobs, words, NULL, &n, &missing);
    for (size_t i = 0; i < n; i++)
        failed += act(s, rows[i], arg) != 0;
    free((void *)rows);
    return missing + failed > 0 ? EXIT_ERROR : EXIT_DONE;
}

/* ---- hold and release ---- */

/* `arg`: who holds, a const char **; NULL there: released. */
static int set_hold(struct scontrol *s, const struct jobrow *r, void *arg)
{
    const char *const *who = arg;
    struct json *spec;

    if (r->word->kind == JOB_KIND_FINAL) {
        scontrol_job_fail(s, r, IS_OVER);
        return -1;
    }
    if (!*who && !r->hold)
        return 0;
    spec = json_new_object();
    json_set(spec, "hold", *who ? json_new_string(*who) : json_new_null());
    return scontrol_patch_job(s, r, spec);
}

/* One's own jobs are held as their user, others' as an operator. */
static int hold_as_caller(struct scontrol *s, const struct jobrow *r, void *arg)
{
    const char *who = strcmp(r->user, arg) == 0 ? "User" : "Admin";

    return set_hold(s, r, &who);
}

int scontrol_hold(struct scontrol *s, int argc, char **argv)
{
    struct err err = ERR_INIT;

    (void)argc;
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    AUTO_FREE char *me = whoami(&s->api, &err);
    if (!me)
        return scontrol_fail(s, "slurm_suspend error: %s", err.msg);
    return each_job(s, argv + 1, true, hold_as_caller, me);
}

int scontrol_uhold(struct scontrol *s, int argc, char **argv)
{
    const char *who = "User";

    (void)argc;
    return each_job(s, argv + 1, true, set_hold, &who);
}

int scontrol_release(struct scontrol *s, int argc, char **argv)
{
    const char *nobody = NULL;

    (void)argc;
    return each_job(s, argv + 1, true, set_hold, &nobody);
}

/* ---- requeue ---- */

struct requeue {
    const char *type;
    bool incomplete; /* only those that run */
};

static int requeue(struct scontrol *s, const struct jobrow *r, void *arg)
{
    const struct requeue *how = arg;
    const struct jobaction action = {.type = how->type};
    struct err err = ERR_INIT;
    const char *why = NULL;

    if (how->incomplete && r->word->kind != JOB_KIND_ACTIVE)
        return 0;
    if (jobrow_is_array(r) && strcmp(how->type, "Requeue") == 0)
        return 0; /* its tasks that wait do so */
    if (r->word->kind == JOB_KIND_PENDING && strcmp(how->type, "Requeue") == 0)
        why = "Job is pending execution";
    else if (!r->requeue)
        why = "Requested operation is presently disabled";
    else if (jobaction_add(&s->api, r->ns, r->object, r->uid, &action, &err) < 0)
        why = err.code == ERR_NOT_FOUND ? NOT_THERE : err.msg;
    if (!why)
        return 0;
    scontrol_job_fail(s, r, why);
    return -1;
}

static int requeue_words(struct scontrol *s, char **words, const char *type)
{
    struct requeue how = {.type = type};

    if (strcasecmp(words[0], "incomplete") == 0) {
        how.incomplete = true;
        words++;
    } else if (strncasecmp(words[0], "state=", 6) == 0) {
        return scontrol_fail(s, "%s is not supported: jobs have no such state",
                             words[0]);
    }
    if (!words[0])
        return scontrol_fail(s, "too few arguments for keyword:requeue");
    return each_job(s, words, false, requeue, &how);
}

int scontrol_requeue(struct scontrol *s, int argc, char **argv)
{
    (void)argc;
    return requeue_words(s, argv + 1, "Requeue");
}

int scontrol_requeuehold(struct scontrol *s, int argc, char **argv)
{
    (void)argc;
    return requeue_words(s, argv + 1, "RequeueHold");
}
