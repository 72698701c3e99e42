#include "scheduler/reason.h"

#include "base/util.h"
#include "tests/support/suite.h"

/* The words are Slurm's (job_state_reason_string) and part of the API. */
static const struct {
    enum reason reason;
    const char *word;
    const char *class_;
} cases[] = {
    {REASON_NONE, "None", "NotFree"},
    {REASON_PRIORITY, "Priority", "NotFree"},
    {REASON_RESOURCES, "Resources", "NotFree"},
    {REASON_DEPENDENCY, "Dependency", "NotAllowed"},
    {REASON_DEPENDENCY_NEVER, "DependencyNeverSatisfied", "Never"},
    {REASON_BEGIN_TIME, "BeginTime", "NotAllowed"},
    {REASON_JOB_HELD_USER, "JobHeldUser", "NotAllowed"},
    {REASON_JOB_HELD_ADMIN, "JobHeldAdmin", "NotAllowed"},
    {REASON_PARTITION_DOWN, "PartitionDown", "NotAllowed"},
    {REASON_PARTITION_INACTIVE, "PartitionInactive", "NotAllowed"},
    {REASON_PARTITION_NODE_LIMIT, "PartitionNodeLimit", "Never"},
    {REASON_PARTITION_TIME_LIMIT, "PartitionTimeLimit", "Never"},
    {REASON_PARTITION_CONFIG, "PartitionConfig", "Never"},
    {REASON_REQ_NODE_NOT_AVAIL, "ReqNodeNotAvail", "NotFree"},
    {REASON_BAD_CONSTRAINTS, "BadConstraints", "Never"},
    {REASON_CONSTRAINTS, "Constraints", "NotFree"},
    {REASON_CLEANING, "Cleaning", "NotAllowed"},
    {REASON_DEADLINE, "DeadLine", "Never"},
    {REASON_LICENSES, "Licenses", "NotFree"},
    {REASON_RESERVATION, "Reservation", "NotAllowed"},
    {REASON_RESERVATION_DELETED, "ReservationDeleted", "NotAllowed"},
    {REASON_ACCOUNT_NOT_ALLOWED, "AccountNotAllowed", "Never"},
    {REASON_QOS_NOT_ALLOWED, "QOSNotAllowed", "Never"},
};

START_TEST(test_words)
{
    ck_assert_str_eq(reason_word(cases[_i].reason), cases[_i].word);
    ck_assert_str_eq(wait_class_word(reason_class(cases[_i].reason)), cases[_i].class_);
}
END_TEST

/* Who would be over a limit of many alone waits for good, with the same word. */
START_TEST(test_alone)
{
    enum reason of_many = reason_of_limit(LIMIT_GRP_TRES, TRES_GPU, false);

    ck_assert_int_eq(reason_class(of_many), WAIT_NOT_ALLOWED);
    ck_assert_int_eq(reason_class(reason_alone(of_many)), WAIT_NEVER);
    ck_assert_str_eq(reason_word(reason_alone(of_many)), reason_word(of_many));
    ck_assert_int_eq(reason_parse(reason_word(of_many)), of_many);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/reason", (struct suite_row[]){
                                              {test_words, ARRAY_LEN(cases)},
                                              {test_alone, 1},
                                              {NULL, 0},
                                          });
}
