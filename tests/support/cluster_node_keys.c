#include "tests/support/cluster_keys.h"

#include <string.h>

#include "base/util.h"
#include "crds/constraint.h"

/* ---- nodes ---- */

static int node_label(const struct setting *at, struct err *err)
{
    struct node *node = at->object;

    (void)err;
    labels_add(&node->labels, &node->n_labels, at->key, at->value);
    labels_sort(node->labels, node->n_labels);
    return 0;
}

static int node_features(const struct setting *at, struct err *err)
{
    struct node *node = at->object;
    char *rest = at->value;

    (void)err;
    while (rest != NULL) {
        AUTO_FREE char *key = xasprintf(FEATURE_LABEL "%s", strsep(&rest, ","));

        labels_add(&node->labels, &node->n_labels, key, "");
    }
    labels_sort(node->labels, node->n_labels);
    return 0;
}

static int node_taint(const struct setting *at, struct err *err)
{
    static const char *const words[] = {
        [TAINT_NO_SCHEDULE] = "NoSchedule",
        [TAINT_PREFER_NO_SCHEDULE] = "PreferNoSchedule",
        [TAINT_NO_EXECUTE] = "NoExecute",
    };
    struct node *node = at->object;
    char *word = at->value;
    const char *value = strsep(&word, ":");
    int effect;

    if (key_word(word, words, ARRAY_LEN(words), &effect, err) < 0)
        return err_prefix(err, "a taint is value:effect");
    node->taints = xrealloc(node->taints, (node->n_taints + 1) * sizeof(*node->taints));
    node->taints[node->n_taints++] =
        (struct taint){xstrdup(at->key), xstrdup(value), (enum taint_effect)effect};
    return 0;
}

static int node_not_ready(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct node *)at->object)->ready = false;
    return 0;
}

static int node_pods(const struct setting *at, struct err *err)
{
    struct node *node = at->object;

    return cluster_text_number(at->value, &node->capacity.v[RES_PODS], err);
}

const struct key cluster_node_keys[] = {
    {"type", KEY_TEXT(struct node, gpu_type)},
    {"label.", .set = node_label},
    {"features", .set = node_features},
    {"taint.", .set = node_taint},
    {"notready", .set = node_not_ready},
    {"cordoned", KEY_FLAG(struct node, unschedulable)},
    {"pods", .set = node_pods},
    {"weight", KEY_NUMBER(struct node, weight)},
    {NULL, KEY_RESOURCE(struct node, capacity)},
};

/* ---- foreign pods ---- */

const struct key cluster_pod_keys[] = {
    {"on", KEY_TEXT(struct foreign_pod, node)},
    {"ofjob", KEY_FLAG(struct foreign_pod, of_job)},
    {"partition", KEY_TEXT(struct foreign_pod, partition)},
    {NULL, KEY_RESOURCE(struct foreign_pod, use)},
};
