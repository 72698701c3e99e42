/* table_autoscale - columns of autoscalers, scales and disruption budgets. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

/* ---- autoscalers ---- */

#define METRICS_MAX 2

/* Each type of metric: where it stands, and whether its name goes before. */
static const struct metric {
    const char *type, *field;
    bool named;
} metrics[] = {
    {"Resource", "resource", true},  {"ContainerResource", "containerResource", true},
    {"Pods", "pods", false},         {"Object", "object", false},
    {"External", "external", false},
};

static const struct metric *metric_of(const struct json *spec)
{
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
        if (str_eq(json_str(spec, "type"), metrics[i].type))
            return &metrics[i];
    return NULL;
}

/* The first of an amount's three forms that it has: an own text, or NULL. */
static char *metric_amount(const struct json *amount)
{
    const char *average = json_str(amount, "averageValue");
    const char *value = json_str(amount, "value");
    const int64_t percent = json_int_or(amount, "averageUtilization", -1);

    if (average != NULL)
        return xstrdup(average);
    if (percent >= 0)
        return xasprintf("%" PRId64 "%%", percent);
    return value != NULL ? xstrdup(value) : NULL;
}

/* "cpu: 20%/80%". */
static void add_metric(struct str *text, const struct json *spec,
                       const struct json *status)
{
    const struct metric *m = metric_of(spec);

    if (m == NULL) {
        str_add(text, "<unknown type>");
        return;
    }
    const struct json *source = json_get(spec, m->field);
    AUTO_FREE char *have =
        metric_amount(json_at(json_get(status, m->field), "current"));
    AUTO_FREE char *want = metric_amount(json_get(source, "target"));
    const bool averaged = strcmp(m->type, "Pods") != 0 && !m->named &&
                          json_str(source, "target.averageValue") != NULL;
    if (m->named)
        str_addf(text, "%s: ", json_str_or(source, "name", ""));
    str_addf(text, "%s/%s%s", have ? have : "<unknown>", want ? want : "<auto>",
             averaged ? " (avg)" : "");
}

static struct json *hpa_targets(const struct json *hpa, int64_t now_sec)
{
    const struct json *specs = json_at(hpa, "spec.metrics");
    const struct json *statuses = json_at(hpa, "status.currentMetrics");
    const size_t n = json_len(specs);
    STR_AUTO struct str text;

    (void)now_sec;
    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < MIN(n, METRICS_MAX); i++) {
        str_add(&text, i > 0 ? ", " : "");
        add_metric(&text, json_item(specs, i), json_item(statuses, i));
    }
    if (n > METRICS_MAX)
        str_addf(&text, " + %zu more...", n - METRICS_MAX);
    return cell_take(str_take(&text));
}

static struct json *hpa_reference(const struct json *hpa, int64_t now_sec)
{
    (void)now_sec;
    return cell_take(xasprintf("%s/%s",
                               json_str_or(hpa, "spec.scaleTargetRef.kind", ""),
                               json_str_or(hpa, "spec.scaleTargetRef.name", "")));
}

static struct json *hpa_min(const struct json *hpa, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(hpa, "spec.minReplicas", "<unset>");
}

static struct json *hpa_replicas(const struct json *hpa, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(json_int_or(hpa, "status.currentReplicas", 0));
}

/* ---- budgets ---- */

static struct json *pdb_min(const struct json *pdb, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(pdb, "spec.minAvailable", "N/A");
}

static struct json *pdb_max(const struct json *pdb, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(pdb, "spec.maxUnavailable", "N/A");
}

/* ---- the tables ---- */

static const struct core_column hpas[] = {
    {"Reference", "string", 0, hpa_reference, NULL},
    {"Targets", "string", 0, hpa_targets, NULL},
    {"MinPods", "string", 0, hpa_min, NULL},
    {"MaxPods", "string", 0, NULL, "spec.maxReplicas"},
    {"Replicas", "string", 0, hpa_replicas, NULL},
    TABLE_AGE,
};
static const struct core_column scales[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Available", "integer", 0, NULL, "status.replicas"},
    TABLE_AGE,
};
static const struct core_column pdbs[] = {
    {"Min Available", "string", 0, pdb_min, NULL},
    {"Max Unavailable", "string", 0, pdb_max, NULL},
    {"Allowed Disruptions", "integer", 0, NULL, "status.disruptionsAllowed"},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("autoscaling", "horizontalpodautoscalers", hpas),
    TABLE_ROW("autoscaling", "scales", scales),
    TABLE_ROW("policy", "poddisruptionbudgets", pdbs),
};

const struct core_tables table_autoscale = {rows, ARRAY_LEN(rows)};
