/* scontrol update NodeName=... - nodes that are drained, and that come back. */
#include <stdlib.h>
#include <strings.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/whoami.h"

/* What becomes of a node. */
enum node_change { NODE_KEEP, NODE_DRAIN, NODE_RESUME };

struct node_update {
    enum node_change change;
    const char *reason; /* NULL: not given */
    char *by;           /* "alice@2026-11-26T00:09:19Z" */
};

static int read_state(const struct scontrol *s, const char *state,
                      enum node_change *ret)
{
    static const char *const back[] = {"RESUME", "UNDRAIN", "IDLE"};

    if (strcasecmp(state, "DRAIN") == 0) {
        *ret = NODE_DRAIN;
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(back); i++) {
        if (strcasecmp(state, back[i]) == 0) {
            *ret = NODE_RESUME;
            return 0;
        }
    }
    return scontrol_fail(
        s,
        "Invalid input: State=%s (valid are DRAIN, RESUME and UNDRAIN; "
        "whether a node is down is for its kubelet to say)",
        state);
}

static int read_node_words(const struct scontrol *s, const struct changes *changes,
                           struct node_update *ret)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct change *c = &changes->list[i];
        if (scontrol_is(c->key, "NodeName"))
            continue;
        if (scontrol_is(c->key, "Reason"))
            ret->reason = c->value;
        else if (!scontrol_is(c->key, "State"))
            return scontrol_fail(s,
                                 "Update of this parameter is not supported: %s=%s "
                                 "(State and Reason are)",
                                 c->key, c->value);
        else if (read_state(s, c->value, &ret->change) != 0)
            return EXIT_ERROR;
    }
    if (ret->change == NODE_KEEP && !ret->reason)
        return scontrol_fail(s, "No changes specified");
    if (ret->change == NODE_DRAIN && (!ret->reason || !*ret->reason))
        return scontrol_fail(s, "You must specify a reason when DOWNING or DRAINING a "
                                "node. Request denied");
    return 0;
}

static struct json *node_patch(const struct node_update *u)
{
    struct json *patch = json_build("{'metadata':{'annotations':{}}}");
    struct json *annotations = json_at(patch, "metadata.annotations");
    const bool resume = u->change == NODE_RESUME;

    if (u->change != NODE_KEEP)
        json_set_at(patch, "spec.unschedulable",
                    resume ? json_new_null() : json_new_bool(true));
    json_set(annotations, NODE_ANNOTATION_REASON,
             resume ? json_new_null() : json_new_string(u->reason));
    json_set(annotations, NODE_ANNOTATION_REASON_BY,
             resume ? json_new_null() : json_new_string(u->by));
    return patch;
}

static int update_node(struct scontrol *s, const char *name,
                       const struct node_update *u)
{
    const struct kc_ref ref = {&kc_nodes, NULL, name, NULL};
    JSON_AUTO struct json *patch = node_patch(u);
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (api_patch(&s->api, &ref, KC_PATCH_MERGE, patch, &a, &err) == 0)
        return EXIT_DONE;
    return scontrol_fail(s, "slurm_update error: %s", err.msg);
}

/* The rows of the nodes that are named, "ALL" for all. NULL: said why. */
static const struct noderow **find_nodes(struct scontrol *s,
                                         const struct nodelist *nodes,
                                         const char *which, size_t *ret_n)
{
    HOSTLIST_AUTO struct hostlist names = {0};
    struct err err = ERR_INIT;

    if (strcasecmp(which, "ALL") == 0)
        for (size_t i = 0; i < nodes->n; i++)
            hostlist_add(&names, nodes->rows[i].name);
    else if (hostlist_parse(&names, which, &err) < 0) {
        scontrol_fail(s, "slurm_update error: %s", err.msg);
        return NULL;
    }
    const struct noderow **rows = xcalloc(names.n + 1, sizeof(struct noderow *));
    for (size_t i = 0; i < names.n; i++) {
        rows[i] = nodelist_find(nodes, names.names[i]);
        if (!rows[i]) {
            scontrol_fail(s, "slurm_update error: Invalid node name specified: %s",
                          names.names[i]);
            free((void *)rows);
            return NULL;
        }
    }
    *ret_n = names.n;
    return rows;
}

/* As Slurm, which resumes only what was out. Kubernetes takes its own taints back. */
static int may_resume(const struct scontrol *s, const struct noderow *const *rows,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct node *node = rows[i]->model;
        const char *taint = node_is_drained(node) ? node_passing_taint(node) : NULL;

        if (!node->unschedulable)
            return scontrol_fail(s,
                                 "slurm_update error: Invalid node state specified: %s "
                                 "%s%s",
                                 rows[i]->name,
                                 taint ? "has the taint " : "is not drained",
                                 taint ? taint : "");
    }
    return 0;
}

static int update_found(struct scontrol *s, const struct nodelist *nodes,
                        const char *which, const struct node_update *u)
{
    size_t n = 0;
    const struct noderow **rows = find_nodes(s, nodes, which, &n);
    int rc = rows ? EXIT_DONE : EXIT_ERROR;

    if (rows && u->change == NODE_RESUME)
        rc = may_resume(s, rows, n);
    for (size_t i = 0; rc == EXIT_DONE && i < n; i++)
        rc = update_node(s, rows[i]->name, u);
    free((void *)rows);
    return rc;
}

int scontrol_update_nodes(struct scontrol *s, const struct changes *changes,
                          const char *which)
{
    NODELIST_AUTO struct nodelist nodes = {0};
    struct node_update u = {0};
    struct err err = ERR_INIT;
    char now[TIME_TEXT_MAX];

    if (read_node_words(s, changes, &u) != 0 || scontrol_connect(s) < 0)
        return EXIT_ERROR;
    nodelist_init(&nodes);
    AUTO_FREE char *me = whoami(&s->api, &err);
    if (!me || nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_update error: %s", err.msg);
    time_format_rfc3339(loop_now_sec(s->api.loop), now);
    AUTO_FREE char *by = xasprintf("%s@%s", me, now);
    u.by = by;
    return update_found(s, &nodes, which, &u);
}
