/* table_workload - columns of what keeps pods running. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/table_priv.h"

TABLE_CONTAINER_CELLS(spec, "spec.template.spec.containers")
TABLE_CONTAINER_CELLS(template, "template.spec.containers")

static struct json *spec_selector(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(object, "spec.selector"));
}

static struct json *rc_selector(const struct json *rc, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(rc, "spec.selector"));
}

static struct json *template_labels(const struct json *template, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(template, "template.metadata.labels"));
}

static struct json *daemonset_nodes(const struct json *daemonset, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(daemonset, "spec.template.spec.nodeSelector"));
}

static struct json *revision_controller(const struct json *revision, int64_t now_sec)
{
    const struct json *owners = json_at(revision, "metadata.ownerReferences");

    (void)now_sec;
    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *o = json_item(owners, i);
        const char *version = json_str_or(o, "apiVersion", "");
        const int group = strchr(version, '/') ? (int)strcspn(version, "/") : 0;
        AUTO_FREE char *kind = name_lower(json_str_or(o, "kind", ""));
        if (!json_bool_or(o, "controller", false))
            continue;
        return cell_take(xasprintf("%s%s%.*s/%s", kind, group > 0 ? "." : "", group,
                                   version, json_str_or(o, "name", "")));
    }
    return json_new_string("<none>");
}

/* ---- sets ---- */

static struct json *ready_of(const struct json *object, const char *have)
{
    return cell_take(xasprintf("%" PRId64 "/%" PRId64, json_int_or(object, have, 0),
                               json_int_or(object, "spec.replicas", 1)));
}

static struct json *replicas_ready(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return ready_of(object, "status.readyReplicas");
}

/* Numbers, in columns that say that they hold text. */
static struct json *replicas_updated(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(json_int_or(object, "status.updatedReplicas", 0));
}

static struct json *replicas_available(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(json_int_or(object, "status.availableReplicas", 0));
}

/* ---- the tables ---- */

static const struct core_column deployments[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    {"Up-to-date", "string", 0, replicas_updated, NULL},
    {"Available", "string", 0, replicas_available, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column daemonsets[] = {
    {"Desired", "integer", 0, NULL, "status.desiredNumberScheduled"},
    {"Current", "integer", 0, NULL, "status.currentNumberScheduled"},
    {"Ready", "integer", 0, NULL, "status.numberReady"},
    {"Up-to-date", "integer", 0, NULL, "status.updatedNumberScheduled"},
    {"Available", "integer", 0, NULL, "status.numberAvailable"},
    {"Node Selector", "string", 0, daemonset_nodes, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column replicasets[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Current", "integer", 0, NULL, "status.replicas"},
    {"Ready", "integer", 0, NULL, "status.readyReplicas"},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column rcs[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Current", "integer", 0, NULL, "status.replicas"},
    {"Ready", "integer", 0, NULL, "status.readyReplicas"},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, rc_selector, NULL},
};
static const struct core_column statefulsets[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
};
static const struct core_column templates[] = {
    {"Containers", "string", 0, template_containers, NULL},
    {"Images", "string", 0, template_images, NULL},
    {"Pod Labels", "string", 0, template_labels, NULL},
};
static const struct core_column revisions[] = {
    {"Controller", "string", 0, revision_controller, NULL},
    {"Revision", "string", 0, NULL, "revision"},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("apps", "deployments", deployments),
    TABLE_ROW("apps", "daemonsets", daemonsets),
    TABLE_ROW("apps", "replicasets", replicasets),
    TABLE_ROW("apps", "statefulsets", statefulsets),
    TABLE_ROW("apps", "controllerrevisions", revisions),
    TABLE_ROW("", "replicationcontrollers", rcs),
    TABLE_ROW("", "podtemplates", templates),
};

const struct core_tables table_workload = {rows, ARRAY_LEN(rows)};
