/* A plan goes into status and comes back; what is no plan is none. */
#include <string.h>

#include "base/util.h"
#include "crds/convert.h"
#include "tests/support/suite.h"

static struct convert with(struct restable *resources)
{
    restable_init(resources);
    restable_intern(resources, "nvidia.com/gpu");
    return (struct convert){.resources = resources,
                            .gpu_resource = "nvidia.com/gpu",
                            .gpu_type_label = "gantry.dev/gpu-type"};
}

START_TEST(test_round_trip)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct slot slots[] = {{.node = "n1", .pods = 2},
                           {.node = "n3", .pods = 1, .first_rank = 2}};
    struct plan further = {.start_sec = 1800003600,
                           .promised = true,
                           .partition = "side",
                           .slots = &slots[1],
                           .n_slots = 1};
    struct plan plan = {.start_sec = 1800000060,
                        .promised = _i == 1,
                        .partition = "batch",
                        .reservation = _i == 1 ? "lab" : NULL,
                        .license = _i == 1 ? "octave" : NULL,
                        .qos = _i == 1 ? "high" : NULL,
                        .slots = slots,
                        .n_slots = 2,
                        .further = _i == 1 ? &further : NULL,
                        .n_further = _i == 1},
                back;
    JSON_AUTO struct json *status = json_new_object();
    struct json *pending = json_new_object();
    slots[0].each.v[RES_CPU] = slots[1].each.v[RES_CPU] = 1500;
    convert_plan_write(&c, &plan, status, pending);
    json_set(status, "pending", pending);
    ck_assert_str_eq(json_str(status, "plannedStartTime"), "2027-01-15T08:01:00Z");
    ck_assert_str_eq(json_str(status, "pending.plannedNodes"), "n[1,3]");
    convert_plan_read(&c, status, &back);
    ck_assert_int_eq(back.start_sec, plan.start_sec);
    ck_assert(back.promised == plan.promised);
    ck_assert_str_eq(back.partition, "batch");
    ck_assert_pstr_eq(back.reservation, plan.reservation);
    ck_assert_pstr_eq(back.license, plan.license);
    ck_assert_pstr_eq(back.qos, plan.qos);
    ck_assert_uint_eq(back.n_further, plan.n_further);
    if (_i == 1) {
        ck_assert(back.further[0].promised);
        ck_assert_int_eq(back.further[0].start_sec, 1800003600);
        ck_assert_str_eq(back.further[0].partition, "side");
        ck_assert_str_eq(back.further[0].slots[0].node, "n3");
    }
    ck_assert_uint_eq(back.n_slots, 2);
    ck_assert_str_eq(back.slots[1].node, "n3");
    ck_assert_int_eq(back.slots[0].pods, 2);
    ck_assert_int_eq(back.slots[1].first_rank, 2);
    ck_assert_int_eq(back.slots[1].each.v[RES_CPU], 1500);
    plan_clear(&back);
}
END_TEST

/* A merge patch must take away what an earlier one has set. */
START_TEST(test_none_is_null)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct plan none = {.start_sec = TIME_UNSET};
    JSON_AUTO struct json *status = json_new_object();
    JSON_AUTO struct json *pending = json_new_object();
    convert_plan_write(&c, &none, status, pending);
    AUTO_FREE char *outer = json_text(status, NULL), *inner = json_text(pending, NULL);
    ck_assert_str_eq(outer, "{\"plannedStartTime\":null}");
    ck_assert_str_eq(inner, "{\"promised\":null,\"plannedPartition\":null,"
                            "\"plannedReservation\":null,\"plannedLicense\":null,"
                            "\"plannedQOS\":null,\"plannedNodes\":null,"
                            "\"plannedPlacement\":null,\"plannedFurther\":null}");
}
END_TEST

static const struct {
    const char *status;
} no_plans[] = {
    {"{}"},
    {"{\"plannedStartTime\":\"2027-01-15T08:01:00Z\"}"},
    {"{\"plannedStartTime\":\"soon\",\"pending\":{\"plannedPlacement\":[]}}"},
    {"{\"plannedStartTime\":\"2027-01-15T08:01:00Z\",\"pending\":7}"},
    {"{\"plannedStartTime\":\"2027-01-15T08:01:00Z\",\"pending\":"
     "{\"plannedPlacement\":[{\"nodes\":\"n[\"}]}}"},
    /* in which partition? */
    {"{\"plannedStartTime\":\"2027-01-15T08:01:00Z\",\"pending\":"
     "{\"plannedPlacement\":[{\"nodes\":\"n1\",\"podsPerNode\":1,"
     "\"firstRank\":0}]}}"},
};

START_TEST(test_no_plan)
{
    struct restable resources;
    struct convert c = with(&resources);
    struct plan plan;
    JSON_AUTO struct json *status = json_parse_str(no_plans[_i].status, NULL);
    ck_assert_ptr_nonnull(status);
    convert_plan_read(&c, status, &plan);
    ck_assert_int_eq(plan.start_sec, TIME_UNSET);
    ck_assert_uint_eq(plan.n_slots, 0);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_plan", (struct suite_row[]){
                                               {test_round_trip, 2},
                                               {test_none_is_null, 1},
                                               {test_no_plan, ARRAY_LEN(no_plans)},
                                               {NULL, 0},
                                           });
}
