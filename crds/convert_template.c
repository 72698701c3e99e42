#include <string.h>

#include "base/util.h"
#include "crds/convert_private.h"

static int read_toleration(const struct json *item, size_t i, struct toleration *ret,
                           struct err *err)
{
    const char *key = json_str_or(item, "key", "");
    const char *word = json_str_or(item, "operator", "Equal");
    const char *effect = json_str_or(item, "effect", "");
    bool exists = strcmp(word, "Exists") == 0;
    if (!exists && strcmp(word, "Equal") != 0)
        return err_set(
            err, ERR_INVALID,
            "spec.template.spec.tolerations[%zu].operator: \"%s\" is none of "
            "Equal, Exists",
            i, word);
    if (!exists && key[0] == '\0')
        return err_set(
            err, ERR_INVALID,
            "spec.template.spec.tolerations[%zu]: without a key its operator "
            "must be Exists",
            i);
    ret->any_effect = effect[0] == '\0';
    if (!ret->any_effect && taint_effect_parse(effect, &ret->effect) < 0)
        return err_set(err, ERR_INVALID,
                       "spec.template.spec.tolerations[%zu].effect: \"%s\" is none of "
                       "NoSchedule, PreferNoSchedule, NoExecute",
                       i, effect);
    ret->key = key[0] == '\0' ? NULL : xstrdup(key);
    ret->value = exists ? NULL : xstrdup(json_str_or(item, "value", ""));
    return 0;
}

static int read_tolerations(const struct json *list, struct job *job, struct err *err)
{
    if (list && !json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID,
                       "spec.template.spec.tolerations: expected array");
    if (json_len(list) > 0)
        job->tolerations = xcalloc(json_len(list), sizeof(*job->tolerations));
    for (size_t i = 0; i < json_len(list); i++) {
        struct toleration *next = &job->tolerations[job->n_tolerations];
        if (read_toleration(json_item(list, i), i, next, err) < 0)
            return -1;
        job->n_tolerations++;
    }
    return 0;
}

#define AFFINITY                                                            \
    "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution." \
    "nodeSelectorTerms"

/* Terms are alternatives; one without expressions matches no node, so it is left out.
 */
static int read_affinity(const struct json *spec, struct job *job, struct err *err)
{
    const struct json *terms = json_at(spec, AFFINITY);
    if (!terms)
        return 0;
    if (!json_is(terms, JSON_ARRAY))
        return err_set(err, ERR_INVALID,
                       "spec.template.spec." AFFINITY ": expected array");
    job->node_any = xcalloc(json_len(terms) + 1, sizeof(*job->node_any));
    for (size_t i = 0; i < json_len(terms); i++) {
        const struct json *list = json_get(json_item(terms, i), "matchExpressions");
        AUTO_FREE char *path =
            xasprintf("spec.template.spec." AFFINITY "[%zu].matchExpressions", i);
        if (json_len(list) == 0)
            continue;
        if (requirements_read(list, path, &job->node_any[job->n_node_any++], err) < 0)
            return -1;
    }
    if (job->n_node_any == 0)
        return err_set(err, ERR_INVALID,
                       "spec.template.spec." AFFINITY
                       ": without matchExpressions no node "
                       "matches");
    return 0;
}

int podspec_filters(const struct json *spec, struct job *job, struct err *err)
{
    if (labels_require(json_get(spec, "nodeSelector"),
                       "spec.template.spec.nodeSelector", &job->node_all, err) < 0 ||
        read_affinity(spec, job, err) < 0)
        return -1;
    return read_tolerations(json_get(spec, "tolerations"), job, err);
}

/* ---- alternatives ---- */

/* A job has them from its affinity, its constraint and its volumes, and they multiply;
 * a volume has one as a rule. */
#define ALTERNATIVES_MAX 256

static void term_join(struct term *to, const struct term *from)
{
    for (size_t i = 0; i < from->n_reqs; i++) {
        const struct requirement *r = &from->reqs[i];
        struct requirement *copy = term_add(to, r->key, r->op);
        for (size_t k = 0; k < r->n_values; k++)
            requirement_add_value(copy, r->values[k]);
    }
}

bool alternatives_require(const struct term *any, size_t n, struct job *job)
{
    const struct term all = {0};
    bool free_to_choose = job->n_node_any == 0;
    const struct term *was = free_to_choose ? &all : job->node_any;
    size_t n_both = (free_to_choose ? 1 : job->n_node_any) * n;
    if (n == 0)
        return true;
    if (n_both > ALTERNATIVES_MAX)
        return false;
    struct term *both = xcalloc(n_both, sizeof(*both));
    for (size_t i = 0; i < n_both; i++) {
        term_join(&both[i], &was[i / n]);
        term_join(&both[i], &any[i % n]);
    }
    terms_free(job->node_any, job->n_node_any);
    job->node_any = both;
    job->n_node_any = n_both;
    return true;
}
