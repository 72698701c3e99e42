#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/convert_private.h"

static bool node_is_ready(const struct json *node)
{
    const struct json *list = json_at(node, "status.conditions");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *condition = json_item(list, i);
        if (str_eq(json_str(condition, "type"), "Ready"))
            return str_eq(json_str(condition, "status"), "True");
    }
    return false;
}

static void read_labels(const struct json *labels, struct node *node)
{
    for (json_each (it, labels))
        labels_add(&node->labels, &node->n_labels, it.key,
                   json_is(it.val, JSON_STRING) ? json_string(it.val) : "");
    labels_sort(node->labels, node->n_labels);
}

static const struct {
    const char *word;
    enum taint_effect effect;
} effects[] = {
    {"NoSchedule", TAINT_NO_SCHEDULE},
    {"PreferNoSchedule", TAINT_PREFER_NO_SCHEDULE},
    {"NoExecute", TAINT_NO_EXECUTE},
};

int taint_effect_parse(const char *word, enum taint_effect *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
        if (str_eq(effects[i].word, word)) {
            *ret = effects[i].effect;
            return 0;
        }
    }
    return -1;
}

static int read_taints(const struct json *list, struct node *node, struct err *err)
{
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    if (n > 0)
        node->taints = xcalloc(n, sizeof(*node->taints));
    for (size_t i = 0; i < n; i++) {
        const struct json *item = json_item(list, i);
        const char *effect = json_str_or(item, "effect", "");
        struct taint *taint = &node->taints[node->n_taints++];
        taint->key = xstrdup(json_str_or(item, "key", ""));
        taint->value = xstrdup(json_str_or(item, "value", ""));
        if (taint_effect_parse(effect, &taint->effect) < 0)
            return err_set(err, ERR_INVALID,
                           "spec.taints[%zu].effect: \"%s\" is none of NoSchedule, "
                           "PreferNoSchedule, NoExecute",
                           i, effect);
    }
    return 0;
}

static void read_weight(struct node *node)
{
    const char *text = labels_find(node->labels, node->n_labels, NODE_WEIGHT_LABEL);
    char *end;
    if (!text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 10)
        return;
    int64_t weight = strtoll(text, &end, 10);
    if (*text != '\0' && weight <= NODE_WEIGHT_MAX)
        node->weight = weight;
}

static int read_node(const struct convert *c, const struct json *object,
                     struct node *node, struct err *err)
{
    const char *name = json_str(object, "metadata.name");
    if (!name)
        return err_set(err, ERR_INVALID, "metadata.name: a node needs a name");
    node->name = xstrdup(name);
    read_labels(json_at(object, "metadata.labels"), node);
    node->gpu_type =
        xstrdup_null(labels_find(node->labels, node->n_labels, c->gpu_type_label));
    read_weight(node);
    node->ready = node_is_ready(object);
    node->unschedulable = json_bool_or(object, "spec.unschedulable", false);
    if (read_taints(json_at(object, "spec.taints"), node, err) < 0)
        return -1;
    return resources_read(c, json_at(object, "status.allocatable"),
                          "status.allocatable", true, &node->capacity, err);
}

struct node *convert_node(const struct convert *c, const struct json *node,
                          struct err *err)
{
    struct node *ret = node_new();
    if (read_node(c, node, ret, err) == 0)
        return ret;
    node_free(ret);
    return NULL;
}
