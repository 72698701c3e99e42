#include "cmd/gantry-local/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_pick.h"
#include "base/util.h"
#include "crds/jobstate.h"
#include "crds/kinds.h"

static const struct kc_resource jobs_resource = KIND_BATCHJOB;

/* Lists `resource` and calls fn with the values at `paths` of each item. */
static int each(struct ask *a, const struct kc_resource *resource,
                const char *const *paths, size_t n, json_pick_fn *fn, void *arg,
                struct err *err)
{
    static const char *const of_list[] = {"kind"};
    struct json_text kind;
    STR_AUTO struct str text;

    if (ask_list(a, resource, 0, &text, err) != 0)
        return -1;
    struct json_picker *list = json_picker_new(of_list, 1);
    struct json_picker *item = json_picker_new(paths, n);
    const struct json_list_picks picks = {list, &kind, item, fn, arg, NULL};
    const int rc = json_pick_list(&picks, text.s, text.len, err);
    json_picker_free(list);
    json_picker_free(item);
    return rc == 0 ? 0 : err_prefix(err, "%s", resource->plural);
}

/* ---- jobs ---- */

static bool is_false(struct json_text t)
{
    return t.s && t.len == 5 && memcmp(t.s, "false", 5) == 0;
}

struct counting {
    struct survey *survey;
    struct arena *arena;
};

static void count_job(void *arg, const struct json_text *values)
{
    const struct counting *c = arg;
    struct survey *s = c->survey;
    enum job_state state = JOB_STATE_NONE;

    /* A word of another Gantry counts as pending: it has not ended, for all we know. */
    if (job_state_parse(json_text_str(values[0], c->arena), &state) != 0)
        state = JOB_STATE_NONE;
    arena_reset(c->arena);
    if (job_state_is_active(state)) {
        s->active++;
        s->final += is_false(values[1]);
    } else if (job_state_is_final(state)) {
        s->ended++;
    } else {
        s->pending++;
    }
}

int survey_jobs(struct ask *a, struct survey *ret, struct err *err)
{
    static const char *const paths[] = {"status.state", "spec.requeue"};

    ARENA_AUTO struct arena *arena = arena_new();
    struct counting c = {ret, arena};

    ret->pending = ret->active = ret->ended = ret->final = 0;
    return each(a, &jobs_resource, paths, ARRAY_LEN(paths), count_job, &c, err);
}

/* ---- nodes ---- */

static bool is_ready(struct json_text conditions)
{
    JSON_AUTO struct json *list =
        conditions.s ? json_parse(conditions.s, conditions.len, NULL) : NULL;

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "Ready"))
            return str_eq(json_str(json_item(list, i), "status"), "True");
    return false;
}

static void count_node(void *arg, const struct json_text *values)
{
    struct survey *s = arg;

    s->nodes++;
    s->ready += is_ready(values[0]);
}

int survey_nodes(struct ask *a, struct survey *ret, struct err *err)
{
    static const char *const paths[] = {"status.conditions"};

    ret->nodes = ret->ready = 0;
    return each(a, &kc_nodes, paths, ARRAY_LEN(paths), count_node, ret, err);
}

/* ---- nodes that are no more ---- */

struct pruning {
    const char *prefix;
    int64_t count;
    struct str names; /* each with a NUL behind it */
};

static void note_surplus(void *arg, const struct json_text *values)
{
    struct pruning *p = arg;
    ARENA_AUTO struct arena *arena = arena_new();
    const char *name = json_text_str(values[0], arena);
    const size_t len = strlen(p->prefix);
    char *end;

    if (name && strncmp(name, p->prefix, len) == 0 && name[len] >= '1' &&
        name[len] <= '9' && strtoll(name + len, &end, 10) > p->count && !*end)
        str_addn(&p->names, name, strlen(name) + 1);
}

int survey_prune_nodes(struct ask *a, const char *prefix, int64_t count,
                       struct err *err)
{
    static const char *const paths[] = {"metadata.name"};
    struct pruning p = {.prefix = prefix, .count = count};

    str_init(&p.names, 1u << 20);
    int rc = each(a, &kc_nodes, paths, ARRAY_LEN(paths), note_surplus, &p, err);
    for (const char *name = p.names.s; rc == 0 && name < p.names.s + p.names.len;
         name += strlen(name) + 1) {
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s", name);
        const struct ask_request request = {"DELETE", path, NULL, NULL};
        rc = ask_send(a, &request, err);
        if (rc != 0 && err->code == ERR_NOT_FOUND)
            rc = 0;
    }
    str_fini(&p.names);
    return rc;
}
