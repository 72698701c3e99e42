/* kind_check_core - what is wrong with nodes, leases and events. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

/* ---- nodes ---- */

static bool same_taint(const struct json *a, const struct json *b)
{
    return str_eq(json_str(a, "key"), json_str(b, "key")) &&
           str_eq(json_str(a, "effect"), json_str(b, "effect"));
}

static bool is_changed(const struct check *c, const char *path)
{
    const struct json *was = json_at(c->before, path);

    return was && !json_equal(was, json_at(c->after, path));
}

static void check_set_once(const struct check *c)
{
    if (is_changed(c, "spec.podCIDRs"))
        check_forbidden(
            c, "spec.podCIDRs",
            "node updates may not change podCIDR except from \"\" to valid");
    if (is_changed(c, "spec.providerID"))
        check_invalid(c, "spec.providerID", NULL, "field cannot be modified once set");
}

static void check_effect(const struct check *c, const char *taint, const char *effect)
{
    static const char words[] = "NoSchedule|PreferNoSchedule|NoExecute";
    AUTO_FREE char *at = xasprintf("%s.effect", taint);

    if (effect[0] && !check_is_one_of(effect, words))
        check_unsupported(c, at, effect, words);
}

void node_check(const struct check *c)
{
    const struct json *taints = json_at(c->after, "spec.taints");

    check_set_once(c);
    for (size_t i = 0; i < json_len(taints); i++) {
        const struct json *taint = json_item(taints, i);
        /* As Kubernetes' validation has it, where they once were. */
        AUTO_FREE char *at = xasprintf("metadata.taints[%zu]", i);
        AUTO_FREE char *message = xasprintf(
            "Duplicate value: {\"Key\":\"%s\",\"Value\":\"%s\",\"Effect\":\"%s\","
            "\"TimeAdded\":null}: taints must be unique by key and effect pair",
            json_str_or(taint, "key", ""), json_str_or(taint, "value", ""),
            json_str_or(taint, "effect", ""));
        check_effect(c, at, json_str_or(taint, "effect", ""));
        for (size_t k = 0; k < i; k++)
            if (same_taint(taint, json_item(taints, k)))
                c->found(c->arg, &(struct cause){at, "FieldValueDuplicate", message});
    }
}

/* ---- leases ---- */

void lease_check(const struct check *c)
{
    const struct json *duration = json_at(c->after, "spec.leaseDurationSeconds");

    if (json_is(duration, JSON_INT) && json_int(duration) <= 0)
        check_invalid(c, "spec.leaseDurationSeconds", duration,
                      "must be greater than 0");
    check_not_negative(c, "spec.leaseTransitions");
}

/* ---- events ---- */

static void check_namespace(const struct check *c, const char *of)
{
    const char *event = json_str_or(c->after, "metadata.namespace", "");
    const char *about = json_str_or(json_get(c->after, of), "namespace", "");

    /* Of what belongs to none, the event stands in "default" or the system's. */
    if (about[0] ? strcmp(about, event) != 0
                 : strcmp(event, "default") != 0 && strcmp(event, "kube-system") != 0)
        check_invalid_text(c, "involvedObject.namespace", about,
                           "does not match event.namespace");
}

void core_event_check(const struct check *c)
{
    if (!c->before)
        check_namespace(c, "involvedObject");
}

/* Who said it, and what it is about: of one that says when it was. */
static void check_reporter(const struct check *c)
{
    static const char *const required[] = {"reportingController", "reportingInstance",
                                           "action", "reason"};
    const char *controller = json_str_or(c->after, "reportingController", "");

    for (size_t i = 0; i < ARRAY_LEN(required); i++)
        if (!json_str_or(c->after, required[i], "")[0])
            check_required(c, required[i], NULL);
    if (name_refuse_qualified(controller))
        check_invalid_text(c, "reportingController", controller,
                           name_refuse_qualified(controller));
    if (!controller[0]) /* which is told twice of an empty name */
        check_invalid_text(c, "reportingController", controller, NAME_PART_RULE);
}

void event_check(const struct check *c)
{
    const char *type = json_str_or(c->after, "type", "");

    if (c->before)
        return;
    check_namespace(c, "regarding");
    if (json_str_or(c->after, "eventTime", "")[0])
        check_reporter(c);
    else
        check_required(c, "eventTime", NULL);
    if (strcmp(type, "Normal") != 0 && strcmp(type, "Warning") != 0) {
        AUTO_FREE char *why = xasprintf("has invalid value: %s", type);
        check_invalid_text(c, "type", type, why);
    }
}
