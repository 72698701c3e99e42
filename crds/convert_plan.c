#include "base/duration.h"
#include "base/util.h"
#include "crds/convert_private.h"

#define NODES_TEXT_MAX (1u << 20)

static void read_choices(const struct json *from, struct plan *plan)
{
    plan->partition = xstrdup_null(json_str(from, "plannedPartition"));
    plan->reservation = xstrdup_null(json_str(from, "plannedReservation"));
    plan->license = xstrdup_null(json_str(from, "plannedLicense"));
    plan->qos = xstrdup_null(json_str(from, "plannedQOS"));
}

/* When stands beside the rest of it, or above. False: it is none. */
static bool read_one(const struct convert *c, const struct json *times,
                     const struct json *rest, struct plan *ret)
{
    const struct json *placement = json_get(rest, "plannedPlacement");
    struct plan plan = {.start_sec = time_read(times, "plannedStartTime")};
    *ret = (struct plan){.start_sec = TIME_UNSET};
    if (plan.start_sec == TIME_UNSET || !json_str(rest, "plannedPartition") ||
        !json_is(placement, JSON_ARRAY) ||
        convert_placement_from_json(c, placement, &plan.slots, &plan.n_slots, NULL) < 0)
        return false;
    read_choices(rest, &plan);
    *ret = plan;
    return true;
}

/* Of an array. */
static void read_further(const struct convert *c, const struct json *list,
                         struct plan *plan)
{
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    if (n == 0)
        return;
    plan->further = xcalloc(n, sizeof(*plan->further));
    for (size_t i = 0; i < n; i++) {
        const struct json *one = json_item(list, i);
        plan->n_further += read_one(c, one, one, &plan->further[plan->n_further]);
    }
    for (size_t i = 0; i < plan->n_further; i++)
        plan->further[i].promised = true;
}

void convert_plan_read(const struct convert *c, const struct json *status,
                       struct plan *ret)
{
    const struct json *pending = json_get(status, "pending");
    if (!read_one(c, status, pending, ret))
        return;
    ret->promised = json_bool_or(pending, "promised", false);
    read_further(c, json_get(pending, "plannedFurther"), ret);
}

static void clear(struct json *status, struct json *pending)
{
    static const char *const fields[] = {
        "promised",   "plannedPartition", "plannedReservation", "plannedLicense",
        "plannedQOS", "plannedNodes",     "plannedPlacement",   "plannedFurther"};
    json_set(status, "plannedStartTime", json_new_null());
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        json_set(pending, fields[i], json_new_null());
}

static void write_one(const struct convert *c, const struct plan *plan,
                      struct json *times, struct json *rest)
{
    const struct {
        const char *field, *text;
    } choices[] = {{"plannedPartition", plan->partition},
                   {"plannedReservation", plan->reservation},
                   {"plannedLicense", plan->license},
                   {"plannedQOS", plan->qos}};
    char when[TIME_TEXT_MAX];
    time_format_rfc3339(plan->start_sec, when);
    json_set(times, "plannedStartTime", json_new_string(when));
    json_set(rest, "plannedPlacement",
             convert_placement_to_json(c, plan->slots, plan->n_slots));
    for (size_t i = 0; i < ARRAY_LEN(choices); i++)
        if (choices[i].text)
            json_set(rest, choices[i].field, json_new_string(choices[i].text));
}

static struct json *further_of(const struct convert *c, const struct plan *plan)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < plan->n_further; i++) {
        struct json *one = json_new_object();
        write_one(c, &plan->further[i], one, one);
        json_append(list, one);
    }
    return list;
}

void convert_plan_write(const struct convert *c, const struct plan *plan,
                        struct json *status, struct json *pending)
{
    clear(status, pending);
    if (plan->start_sec == TIME_UNSET)
        return;
    STR_AUTO struct str text;
    str_init(&text, NODES_TEXT_MAX);
    convert_nodes(plan->slots, plan->n_slots, &text);
    write_one(c, plan, status, pending);
    json_set(pending, "promised", json_new_bool(plan->promised));
    json_set(pending, "plannedNodes", json_new_string(text.s));
    if (plan->n_further > 0)
        json_set(pending, "plannedFurther", further_of(c, plan));
}
