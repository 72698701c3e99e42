#include "base/duration.h"
#include "base/util.h"
#include "crds/convert_private.h"

#define NODES_TEXT_MAX (1u << 20)

void convert_plan_read(const struct convert *c, const struct json *status,
                       struct plan *ret)
{
    const struct json *pending = json_get(status, "pending");
    const struct json *placement = json_get(pending, "plannedPlacement");
    struct plan plan = {.start_sec = time_read(status, "plannedStartTime"),
                        .promised = json_bool_or(pending, "promised", false)};
    const char *partition = json_str(pending, "plannedPartition");
    *ret = (struct plan){.start_sec = TIME_UNSET};
    if (plan.start_sec == TIME_UNSET || !partition || !json_is(placement, JSON_ARRAY) ||
        convert_placement_from_json(c, placement, &plan.slots, &plan.n_slots, NULL) < 0)
        return;
    plan.partition = xstrdup(partition);
    plan.reservation = xstrdup_null(json_str(pending, "plannedReservation"));
    plan.license = xstrdup_null(json_str(pending, "plannedLicense"));
    plan.qos = xstrdup_null(json_str(pending, "plannedQOS"));
    *ret = plan;
}

static void clear(struct json *status, struct json *pending)
{
    static const char *const fields[] = {
        "promised",   "plannedPartition", "plannedReservation", "plannedLicense",
        "plannedQOS", "plannedNodes",     "plannedPlacement"};
    json_set(status, "plannedStartTime", json_new_null());
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        json_set(pending, fields[i], json_new_null());
}

void convert_plan_write(const struct convert *c, const struct plan *plan,
                        struct json *status, struct json *pending)
{
    char when[TIME_TEXT_MAX];
    clear(status, pending);
    if (plan->start_sec == TIME_UNSET)
        return;
    STR_AUTO struct str text;
    str_init(&text, NODES_TEXT_MAX);
    convert_nodes(plan->slots, plan->n_slots, &text);
    time_format_rfc3339(plan->start_sec, when);
    json_set(status, "plannedStartTime", json_new_string(when));
    json_set(pending, "promised", json_new_bool(plan->promised));
    json_set(pending, "plannedNodes", json_new_string(text.s));
    json_set(pending, "plannedPlacement",
             convert_placement_to_json(c, plan->slots, plan->n_slots));
    if (plan->partition)
        json_set(pending, "plannedPartition", json_new_string(plan->partition));
    if (plan->reservation)
        json_set(pending, "plannedReservation", json_new_string(plan->reservation));
    if (plan->license)
        json_set(pending, "plannedLicense", json_new_string(plan->license));
    if (plan->qos)
        json_set(pending, "plannedQOS", json_new_string(plan->qos));
}
