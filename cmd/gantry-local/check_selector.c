/* check_selector - labels and label selectors of objects. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/check.h"
#include "cmd/gantry-local/names.h"

void check_label_map(const struct check *c, const char *field,
                     const struct json *labels)
{
    names_check_labels(labels, field, c->found, c->arg);
}

static bool takes_values(const char *operator)
{
    return strcmp(operator, "In") == 0 || strcmp(operator, "NotIn") == 0;
}

static bool check_expression(const struct check *c, const char *field,
                             const struct json *expression)
{
    const char *operator= json_str_or(expression, "operator", "");
    const char *key = json_str_or(expression, "key", "");
    const bool empty = json_len(json_get(expression, "values")) == 0;
    AUTO_FREE char *values_at = xasprintf("%s.values", field);
    AUTO_FREE char *operator_at = xasprintf("%s.operator", field);
    AUTO_FREE char *key_at = xasprintf("%s.key", field);

    const char *key_why = name_refuse_qualified(key);
    if (key_why)
        check_invalid_text(c, key_at, key, key_why);
    if (takes_values(operator)) {
        if (empty)
            check_required(c, values_at,
                           "must be specified when `operator` is 'In' or 'NotIn'");
        return !empty;
    }
    if (strcmp(operator, "Exists") != 0 && strcmp(operator, "DoesNotExist") != 0) {
        check_invalid_text(c, operator_at, operator, "not a valid selector operator");
        return false;
    }
    if (!empty)
        check_forbidden(
            c, values_at,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    return empty;
}

bool check_selector(const struct check *c, const char *field,
                    const struct json *selector)
{
    const struct json *list = json_get(selector, "matchExpressions");
    AUTO_FREE char *labels_at = xasprintf("%s.matchLabels", field);
    bool right = true;

    check_label_map(c, labels_at, json_get(selector, "matchLabels"));
    for (size_t i = 0; i < json_len(list); i++) {
        AUTO_FREE char *at = xasprintf("%s.matchExpressions[%zu]", field, i);
        right &= check_expression(c, at, json_item(list, i));
    }
    return right;
}

static bool has_value(const struct json *values, const struct json *value)
{
    for (size_t i = 0; i < json_len(values); i++)
        if (json_equal(json_item(values, i), value))
            return true;
    return false;
}

static bool expression_takes(const struct json *expression, const struct json *labels)
{
    const struct json *value = json_get(labels, json_str_or(expression, "key", ""));
    const char *operator= json_str_or(expression, "operator", "");
    const bool listed = value && has_value(json_get(expression, "values"), value);

    if (strcmp(operator, "In") == 0)
        return listed;
    if (strcmp(operator, "NotIn") == 0)
        return !listed;
    return (strcmp(operator, "Exists") == 0) == (value != NULL);
}

bool selector_takes(const struct json *selector, const struct json *labels)
{
    const struct json *list = json_get(selector, "matchExpressions");

    for (json_each (it, json_get(selector, "matchLabels")))
        if (!json_equal(json_get(labels, it.key), it.val))
            return false;
    for (size_t i = 0; i < json_len(list); i++)
        if (!expression_takes(json_item(list, i), labels))
            return false;
    return true;
}
