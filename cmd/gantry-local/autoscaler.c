#include "cmd/gantry-local/autoscaler.h"

#include <string.h>

#include "base/util.h"

/* ---- metrics ---- */

/* Where each type of metric has its facts, in the order of the annotations. */
static const struct metric {
    const char *type, *field;
    struct fact {
        const char *v2, *v1; /* v2 NULL: no more */
        const char *status;  /* in the status' words */
        enum json_type type;
    } facts[6];
} metrics[] = {
    {"Resource",
     "resource",
     {{"name", "name", "name", JSON_STRING},
      {"target.averageUtilization", "targetAverageUtilization",
       "currentAverageUtilization", JSON_INT},
      {"target.averageValue", "targetAverageValue", "currentAverageValue",
       JSON_STRING}}},
    {"ContainerResource",
     "containerResource",
     {{"name", "name", "name", JSON_STRING},
      {"target.averageUtilization", "targetAverageUtilization",
       "currentAverageUtilization", JSON_INT},
      {"target.averageValue", "targetAverageValue", "currentAverageValue", JSON_STRING},
      {"container", "container", "container", JSON_STRING}}},
    {"Pods",
     "pods",
     {{"metric.name", "metricName", "metricName", JSON_STRING},
      {"target.averageValue", "targetAverageValue", "currentAverageValue", JSON_STRING},
      {"metric.selector", "selector", "selector", JSON_OBJECT}}},
    {"Object",
     "object",
     {{"describedObject", "target", "target", JSON_OBJECT},
      {"metric.name", "metricName", "metricName", JSON_STRING},
      {"target.value", "targetValue", "currentValue", JSON_STRING},
      {"metric.selector", "selector", "selector", JSON_OBJECT},
      {"target.averageValue", "averageValue", "averageValue", JSON_STRING}}},
    {"External",
     "external",
     {{"metric.name", "metricName", "metricName", JSON_STRING},
      {"metric.selector", "metricSelector", "metricSelector", JSON_OBJECT},
      {"target.value", "targetValue", "currentValue", JSON_STRING},
      {"target.averageValue", "targetAverageValue", "currentAverageValue",
       JSON_STRING}}},
};

static const struct metric *metric_of(const struct json *metric)
{
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
        if (str_eq(json_str(metric, "type"), metrics[i].type))
            return &metrics[i];
    return NULL;
}

/* "target.value" stands in "current" in a status. */
static char *v2_path(const struct fact *fact, bool status)
{
    return status && str_starts(fact->v2, "target.")
               ? xasprintf("current.%s", fact->v2 + strlen("target."))
               : xstrdup(fact->v2);
}

/* NULL: of an unknown type. */
static struct json *metric_to_v1(const struct json *metric, bool status)
{
    const struct metric *m = metric_of(metric);
    const struct json *source = m ? json_get(metric, m->field) : NULL;
    struct json *out = source ? json_build("{'type':%s}", m->type) : NULL;
    struct json *facts = json_new_object();

    for (size_t i = 0; out && m->facts[i].v2; i++) {
        const struct fact *fact = &m->facts[i];
        AUTO_FREE char *path = v2_path(fact, status);
        const struct json *value = json_at(source, path);
        if (value)
            json_set(facts, status ? fact->status : fact->v1, json_copy(value));
    }
    if (out)
        json_set(out, m->field, facts);
    else
        json_free(facts);
    return out;
}

static const char *target_type(const struct json *target)
{
    if (json_get(target, "averageUtilization"))
        return "Utilization";
    return json_get(target, "averageValue") ? "AverageValue" : "Value";
}

static struct json *metric_to_v2(const struct json *metric, bool status)
{
    const struct metric *m = metric_of(metric);
    const struct json *facts = m ? json_get(metric, m->field) : NULL;
    struct json *out = facts ? json_build("{'type':%s}", m->type) : NULL;
    struct json *source = json_new_object();

    for (size_t i = 0; out && m->facts[i].v2; i++) {
        const struct fact *fact = &m->facts[i];
        AUTO_FREE char *path = v2_path(fact, status);
        const struct json *value = json_get(facts, status ? fact->status : fact->v1);
        if (json_is(value, fact->type))
            json_set_at(source, path, json_copy(value));
    }
    if (out && !status)
        json_set_at(source, "target.type",
                    json_new_string(target_type(json_get(source, "target"))));
    if (out)
        json_set(out, m->field, source);
    else
        json_free(source);
    return out;
}

/* All metrics of a list in the other form; those that are not known are left out. */
static struct json *convert_all(const struct json *list, bool status,
                                struct json *(*convert)(const struct json *, bool))
{
    struct json *out = json_new_array();

    for (size_t i = 0; json_is(list, JSON_ARRAY) && i < json_len(list); i++) {
        struct json *metric = convert(json_item(list, i), status);
        if (metric)
            json_append(out, metric);
    }
    return out;
}

/* ---- how fast ---- */

static const struct word {
    const char *v2, *note; /* NULL: no more */
    enum json_type type;
} rule_words[] = {{"stabilizationWindowSeconds", "StabilizationWindowSeconds",
                   JSON_INT},
                  {"selectPolicy", "SelectPolicy", JSON_STRING},
                  {"policies", "Policies", JSON_ARRAY},
                  {"tolerance", "Tolerance", JSON_STRING},
                  {NULL, NULL, JSON_NULL}},
  policy_words[] = {{"type", "Type", JSON_STRING},
                    {"value", "Value", JSON_INT},
                    {"periodSeconds", "PeriodSeconds", JSON_INT},
                    {NULL, NULL, JSON_NULL}},
  behavior_words[] = {{"scaleUp", "ScaleUp", JSON_OBJECT},
                      {"scaleDown", "ScaleDown", JSON_OBJECT},
                      {NULL, NULL, JSON_NULL}};

/* An object with its fields renamed: to the annotation's words, where what is absent is
 * null, or from them. */
static struct json *renamed(const struct json *object, const struct word *words,
                            bool to_note)
{
    struct json *out = json_new_object();

    for (; words->v2; words++) {
        const struct json *value = json_get(object, to_note ? words->v2 : words->note);
        if (json_is(value, words->type))
            json_set(out, to_note ? words->note : words->v2, json_copy(value));
        else if (to_note)
            json_set(out, words->note, json_new_null());
    }
    return out;
}

static struct json *rules(const struct json *from, bool to_note)
{
    struct json *out = renamed(from, rule_words, to_note);
    const char *key = to_note ? "Policies" : "policies";
    const struct json *policies = json_get(out, key);
    struct json *list = json_is(policies, JSON_ARRAY) ? json_new_array() : NULL;

    for (size_t i = 0; i < json_len(policies); i++)
        json_append(list, renamed(json_item(policies, i), policy_words, to_note));
    if (list)
        json_set(out, key, list);
    return out;
}

static struct json *behavior(const struct json *from, bool to_note)
{
    struct json *out = renamed(from, behavior_words, to_note);

    for (size_t i = 0; behavior_words[i].v2; i++) {
        const char *key = to_note ? behavior_words[i].note : behavior_words[i].v2;
        const struct json *direction = json_get(out, key);
        if (json_is(direction, JSON_OBJECT))
            json_set(out, key, rules(direction, to_note));
    }
    return out;
}

/* ---- annotations ---- */

static void put_note(struct json *hpa, const char *name, const struct json *value)
{
    AUTO_FREE char *key = xasprintf(AUTOSCALER_NOTE "%s", name);
    AUTO_FREE char *text = json_text(value, NULL);

    if (!json_at(hpa, "metadata.annotations"))
        json_set_at(hpa, "metadata.annotations", json_new_object());
    json_set(json_at(hpa, "metadata.annotations"), key, json_new_string(text));
}

/* Fresh, and gone from the object; NULL: none, or none that can be read. */
static struct json *take_note(struct json *hpa, const char *name)
{
    AUTO_FREE char *key = xasprintf(AUTOSCALER_NOTE "%s", name);
    struct json *notes = json_at(hpa, "metadata.annotations");
    const struct json *text = json_get(notes, key);
    struct json *value = NULL;

    if (!text)
        return NULL;
    if (json_is(text, JSON_STRING))
        value = json_parse_str(json_string(text), NULL);
    json_del(notes, key);
    if (json_len(notes) == 0)
        json_del(json_get(hpa, "metadata"), "annotations");
    return value;
}

/* ---- both ---- */

/* What autoscaling/v1 has a field for. */
static bool is_cpu(const struct json *metric)
{
    return str_eq(json_str(metric, "type"), "Resource") &&
           str_eq(json_str(metric, "resource.name"), "cpu");
}

static void spec_from_v2(struct json *hpa)
{
    struct json *spec = json_get(hpa, "spec");
    const struct json *list = json_get(spec, "metrics");
    struct json *others = json_new_array();

    for (size_t i = 0; i < json_len(list); i++) {
        struct json *metric = json_item(list, i);
        const struct json *percent =
            json_at(metric, "resource.target.averageUtilization");
        if (is_cpu(metric) && percent)
            json_set(spec, "targetCPUUtilizationPercentage", json_copy(percent));
        else
            json_append(others, json_ref(metric));
    }
    if (json_len(others) > 0) {
        JSON_AUTO struct json *note = convert_all(others, false, metric_to_v1);
        put_note(hpa, "metrics", note);
    }
    json_free(others);
    if (json_get(spec, "behavior")) {
        JSON_AUTO struct json *note = behavior(json_get(spec, "behavior"), true);
        put_note(hpa, "behavior", note);
    }
    json_del(spec, "metrics");
    json_del(spec, "behavior");
}

static const char *const condition_fields[] = {"type", "status", "lastTransitionTime",
                                               "reason", "message"};

/* Each with a time, if only null, in the order of the annotation. */
static struct json *conditions_of(const struct json *conditions, bool to_note)
{
    struct json *out = json_new_array();

    for (size_t i = 0; json_is(conditions, JSON_ARRAY) && i < json_len(conditions);
         i++) {
        struct json *one = json_new_object();
        for (size_t k = 0; k < ARRAY_LEN(condition_fields); k++) {
            const char *field = condition_fields[k];
            const struct json *value = json_get(json_item(conditions, i), field);
            if (json_is(value, JSON_STRING))
                json_set(one, field, json_copy(value));
            else if (to_note && strcmp(field, "lastTransitionTime") == 0)
                json_set(one, field, json_new_null());
        }
        json_append(out, one);
    }
    return out;
}

static void status_from_v2(struct json *hpa)
{
    struct json *status = json_get(hpa, "status");
    const struct json *list = json_get(status, "currentMetrics");

    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *percent =
            json_at(json_item(list, i), "resource.current.averageUtilization");
        if (is_cpu(json_item(list, i)) && percent)
            json_set(status, "currentCPUUtilizationPercentage", json_copy(percent));
    }
    if (json_len(list) > 0) {
        JSON_AUTO struct json *note = convert_all(list, true, metric_to_v1);
        put_note(hpa, "current-metrics", note);
    }
    if (json_len(json_get(status, "conditions")) > 0) {
        JSON_AUTO struct json *note =
            conditions_of(json_get(status, "conditions"), true);
        put_note(hpa, "conditions", note);
    }
    json_del(status, "currentMetrics");
    json_del(status, "conditions");
    if (!json_get(status, "currentReplicas"))
        json_set(status, "currentReplicas", json_new_int(0));
}

void autoscaler_from_v2(struct json *hpa)
{
    json_set(hpa, "apiVersion", json_new_string("autoscaling/v1"));
    if (json_is(json_get(hpa, "spec"), JSON_OBJECT))
        spec_from_v2(hpa);
    if (json_is(json_get(hpa, "status"), JSON_OBJECT))
        status_from_v2(hpa);
}

static void spec_to_v2(struct json *hpa)
{
    struct json *spec = json_get(hpa, "spec");
    const struct json *percent = json_get(spec, "targetCPUUtilizationPercentage");
    JSON_AUTO struct json *note = take_note(hpa, "metrics");
    JSON_AUTO struct json *speed = take_note(hpa, "behavior");
    struct json *list = convert_all(note, false, metric_to_v2);

    if (percent)
        json_append(list,
                    json_build("{'type':'Resource','resource':{'name':'cpu','target':"
                               "{'type':'Utilization','averageUtilization':%i}}}",
                               json_int(percent)));
    json_set(spec, "metrics", json_len(list) > 0 ? json_ref(list) : NULL);
    json_free(list);
    if (json_is(speed, JSON_OBJECT))
        json_set(spec, "behavior", behavior(speed, false));
    json_del(spec, "targetCPUUtilizationPercentage");
}

static void status_to_v2(struct json *hpa)
{
    struct json *status = json_get(hpa, "status");
    JSON_AUTO struct json *measured = take_note(hpa, "current-metrics");
    JSON_AUTO struct json *conditions = take_note(hpa, "conditions");
    JSON_AUTO struct json *list = convert_all(measured, true, metric_to_v2);

    /* Written also where there are none. */
    json_set(status, "currentMetrics",
             json_len(list) > 0 ? json_ref(list) : json_new_null());
    if (json_is(conditions, JSON_ARRAY))
        json_set(status, "conditions", conditions_of(conditions, false));
    json_del(status, "currentCPUUtilizationPercentage");
    if (json_int_or(status, "currentReplicas", 0) == 0)
        json_del(status, "currentReplicas");
}

void autoscaler_to_v2(struct json *hpa)
{
    json_set(hpa, "apiVersion", json_new_string("autoscaling/v2"));
    if (json_is(json_get(hpa, "spec"), JSON_OBJECT))
        spec_to_v2(hpa);
    if (json_is(json_get(hpa, "status"), JSON_OBJECT))
        status_to_v2(hpa);
}
