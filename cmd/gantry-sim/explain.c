#include "cmd/gantry-sim/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/convert.h"
#include "crds/snapshot.h"

#define NODES_BYTES_MAX (1u << 20)

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

/* ---- one decision ---- */

static struct json *nodes_json(const struct decision *d)
{
    STR_AUTO struct str text;
    str_init(&text, NODES_BYTES_MAX);
    if (d->n_slots == 0)
        return NULL;
    convert_nodes(d->slots, d->n_slots, &text);
    return json_new_string(text.s);
}

static struct json *limit_json(int64_t sec)
{
    char text[DURATION_TEXT_MAX];
    duration_format(sec, text);
    return json_new_string(text);
}

static struct json *moment_json(int64_t sec)
{
    char text[TIME_TEXT_MAX];
    if (sec == TIME_UNSET)
        return NULL;
    time_format_rfc3339(sec, text);
    return json_new_string(text);
}

static struct json *ahead_json(const struct decision *d)
{
    if (!d->waits_for_nodes)
        return NULL;
    return json_build("{'jobs': %i, 'gpus': %i, 'next': %i}", d->ahead.jobs,
                      d->ahead.gpus, d->ahead.job_id);
}

/* As status has it. */
static struct json *sooner_json(const struct sooner *sooner)
{
    struct json *one = json_new_object();
    if (sooner->limit_sec > 0)
        json_set(one, "timeLimit", limit_json(sooner->limit_sec));
    if (sooner->nodes > 0)
        json_set(one, "nodes", json_new_int(sooner->nodes));
    if (sooner->frees > 0)
        json_set(one, "frees", json_new_int(sooner->frees));
    if (json_len(one) > 0)
        return one;
    json_free(one);
    return NULL;
}

static struct json *decision_json(const struct sched *s, const struct decision *d)
{
    static const char *const words[] = {
        [DECIDE_START] = "start",     [DECIDE_END] = "end",
        [DECIDE_GIVE_UP] = "give up", [DECIDE_SPLIT] = "split",
        [DECIDE_PREEMPT] = "preempt", [DECIDE_REASON] = "wait",
    };
    const struct job *job = sched_job(s, d->job_uid);
    AUTO_FREE char *name =
        xasprintf("%s/%s", job->ns ? job->ns : "", job->name ? job->name : "");
    struct json *one = json_build("{'job': %i, 'name': %s, 'decision': %s}",
                                  job->job_id, name, words[d->kind]);
    if (d->kind == DECIDE_END && d->component > 0)
        json_set(one, "component", json_new_int((int64_t)d->component));
    if (d->kind == DECIDE_END) {
        if (d->reason != REASON_NONE)
            json_set(one, "reason", json_new_string(reason_word(d->reason)));
        json_set(one, "message", json_new_string(d->message ? d->message : ""));
        return one;
    }
    if (d->kind == DECIDE_PREEMPT) {
        json_set(one, "for", json_new_int(d->preempted_by));
        json_set(one, "mode", json_new_string(d->requeue ? "REQUEUE" : "CANCEL"));
        json_set(one, "at", moment_json(d->preempt_sec));
        return one;
    }
    if (d->kind == DECIDE_SPLIT) {
        json_set(one, "task", json_new_int(d->task));
        return one;
    }
    if (d->kind == DECIDE_GIVE_UP) {
        json_set(one, "reason", json_new_string(reason_word(d->reason)));
        json_set(one, "message", json_new_string(d->message ? d->message : ""));
        return one;
    }
    json_set(one, "priority", json_new_int(d->priority.total));
    if (d->partition)
        json_set(one, "partition", json_new_string(d->partition));
    json_set(one, "nodes", nodes_json(d));
    if (d->kind == DECIDE_START) {
        json_set(one, "limit", limit_json(d->limit_sec));
        return one;
    }
    json_set(one, "reason", json_new_string(reason_word(d->reason)));
    json_set(one, "message", json_new_string(d->message ? d->message : ""));
    json_set(one, "plannedStart", moment_json(d->planned_sec));
    if (d->planned_sec != TIME_UNSET)
        json_set(one, "promised", json_new_bool(d->promised));
    json_set(one, "ahead", ahead_json(d));
    json_set(one, "sooner", sooner_json(&d->sooner));
    return one;
}

/* ---- all of them ---- */

static struct json *decide(struct sched *s, int64_t now_sec)
{
    struct json *all = json_new_array();
    struct decisions ds;
    enum sched_progress progress = SCHED_MORE;
    while (progress == SCHED_MORE) {
        progress = sched_step(s, now_sec, (struct sched_budget){0}, &ds);
        for (size_t i = 0; i < ds.n; i++)
            json_append(all, decision_json(s, &ds.items[i]));
    }
    return all;
}

struct json *explain(const char *path, const struct sched_config *config,
                     struct err *err)
{
    const struct sched_config fresh = sched_config_default();
    struct json *explained = NULL;
    int64_t now_sec;
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return NULL;
    struct sched *s = sched_new(&fresh);
    if (snapshot_read(text.s, text.len, path, apply, s, &now_sec, err) == 0) {
        if (config)
            sched_apply(s, &(struct change){.kind = CHANGE_CONFIG, .u.config = config});
        explained = json_new_object();
        json_set(explained, "now", moment_json(now_sec));
        json_set(explained, "decisions", decide(s, now_sec));
    }
    sched_free(s);
    return explained;
}

/* ---- for people ---- */

static void print_wait(const struct json *d, FILE *out)
{
    const char *planned = json_str(d, "plannedStart");
    fprintf(out, " waits, %s", json_str_or(d, "reason", ""));
    if (*json_str_or(d, "message", ""))
        fprintf(out, ": %s", json_str(d, "message"));
    fputc('\n', out);
    if (json_get(d, "ahead") && json_int_or(d, "ahead.jobs", 0) > 0)
        fprintf(out, "    %" PRId64 " ahead, next job %" PRId64 "\n",
                json_int_or(d, "ahead.jobs", 0), json_int_or(d, "ahead.next", 0));
    if (planned)
        fprintf(out, "    %s at %s in %s on %s\n",
                json_bool_or(d, "promised", false) ? "promised" : "forecast", planned,
                json_str_or(d, "partition", ""), json_str_or(d, "nodes", ""));
}

static void print_start(const struct json *d, FILE *out)
{
    fprintf(out, " starts in %s on %s, limit %s\n", json_str_or(d, "partition", ""),
            json_str_or(d, "nodes", ""), json_str_or(d, "limit", ""));
}

static void print_end(const struct json *d, FILE *out)
{
    const char *message = json_str_or(d, "message", "");
    fprintf(out, " ends: %s\n", *message ? message : "its time limit has passed");
}

static void print_give_up(const struct json *d, FILE *out)
{
    const char *message = json_str_or(d, "message", "");
    fprintf(out, " is given up, %s%s%s\n", json_str_or(d, "reason", ""),
            *message ? ": " : "", message);
}

static void print_split(const struct json *d, FILE *out)
{
    fprintf(out, ": its task %" PRId64 " waits by itself from now on\n",
            json_int_or(d, "task", 0));
}

static void print_preempt(const struct json *d, FILE *out)
{
    fprintf(out, " ends early, at %s, for job %" PRId64 " (%s)\n",
            json_str_or(d, "at", ""), json_int_or(d, "for", 0),
            json_str_or(d, "mode", ""));
}

static const struct {
    const char *word;
    void (*print)(const struct json *d, FILE *out);
} printers[] = {
    {"wait", print_wait},   {"start", print_start},     {"end", print_end},
    {"split", print_split}, {"preempt", print_preempt}, {"give up", print_give_up},
};

static void print_decision(const struct json *d, FILE *out)
{
    fprintf(out, "job %" PRId64 " (%s", json_int_or(d, "job", 0),
            json_str_or(d, "name", ""));
    if (json_get(d, "priority"))
        fprintf(out, ", priority %" PRId64, json_int_or(d, "priority", 0));
    fputc(')', out);
    for (size_t i = 0; i < ARRAY_LEN(printers); i++)
        if (strcmp(printers[i].word, json_str_or(d, "decision", "")) == 0)
            printers[i].print(d, out);
}

void explain_text(const struct json *explained, FILE *out)
{
    const struct json *all = json_get(explained, "decisions");
    fprintf(out, "at %s\n", json_str_or(explained, "now", ""));
    for (size_t i = 0; i < json_len(all); i++)
        print_decision(json_item(all, i), out);
}
