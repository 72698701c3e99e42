/* The table of limits: what they count, and their words. */
#include "scheduler/limits.h"

#include "base/util.h"
#include "scheduler/reason.h"
#include "tests/support/suite.h"

static const struct {
    const char *key, *type;
    enum tres tres;
} tres_cases[] = {
    {"cpu", NULL, TRES_CPU},
    {"CPU", NULL, TRES_CPU},
    {"mem", NULL, TRES_MEM},
    {"node", NULL, TRES_NODE},
    {"billing", NULL, TRES_BILLING},
    {"gres/gpu", NULL, TRES_GPU},
    {"gres/gpu:h100", "h100", TRES_GPU},
    {"gres/gpu:", NULL, TRES_NONE},
    {"cpu:fast", NULL, TRES_NONE},
    {"gres", NULL, TRES_NONE},
    {"gres/gpux", NULL, TRES_NONE},
    {"nodes", NULL, TRES_NONE},
    {"license/matlab", "matlab", TRES_LICENSE},
    {"License/ansys@lab", "ansys@lab", TRES_LICENSE},
    {"license", NULL, TRES_NONE},
    {"license/", NULL, TRES_NONE},
    {"license:matlab", NULL, TRES_NONE},
    {"gres/gpu/h100", NULL, TRES_NONE},
    {"", NULL, TRES_NONE},
};

START_TEST(test_tres)
{
    const char *type;

    ck_assert_int_eq(tres_parse(tres_cases[_i].key, &type), tres_cases[_i].tres);
    ck_assert(str_eq(type, tres_cases[_i].type));
}
END_TEST

/* Words as people's scripts look for them. */
static const struct {
    enum limit_kind kind;
    enum tres tres;
    bool of_account;
    const char *word, *class_;
} word_cases[] = {
    {LIMIT_GRP_JOBS, TRES_NONE, false, "QOSGrpJobsLimit", "NotAllowed"},
    {LIMIT_GRP_JOBS, TRES_NONE, true, "AssocGrpJobsLimit", "NotAllowed"},
    {LIMIT_MAX_JOBS, TRES_NONE, true, "AssocMaxJobsLimit", "NotAllowed"},
    {LIMIT_MAX_WALL, TRES_NONE, false, "QOSMaxWallDurationPerJobLimit", "Never"},
    {LIMIT_GRP_TRES, TRES_CPU, true, "AssocGrpCpuLimit", "NotAllowed"},
    {LIMIT_GRP_TRES, TRES_GPU, true, "AssocGrpGRES", "NotAllowed"},
    {LIMIT_GRP_TRES, TRES_NODE, false, "QOSGrpNodeLimit", "NotAllowed"},
    {LIMIT_GRP_TRES, TRES_BILLING, false, "QOSGrpBilling", "NotAllowed"},
    {LIMIT_GRP_WALL, TRES_NONE, false, "QOSGrpWallLimit", "NotAllowed"},
    {LIMIT_GRP_TRES_MINS, TRES_CPU, true, "AssocGrpCPUMinutesLimit", "NotAllowed"},
    {LIMIT_GRP_TRES_MINS, TRES_GPU, false, "QOSGrpGRESMinutes", "NotAllowed"},
    {LIMIT_GRP_TRES_RUN_MINS, TRES_CPU, false, "QOSGrpCPURunMinutesLimit",
     "NotAllowed"},
    {LIMIT_GRP_TRES_RUN_MINS, TRES_MEM, true, "AssocGrpMemRunMinutes", "NotAllowed"},
    {LIMIT_MAX_TRES_MINS_PER_JOB, TRES_MEM, true, "AssocMaxMemMinutesPerJob", "Never"},
    {LIMIT_MAX_TRES_MINS_PER_JOB, TRES_MEM, false, "QOSMaxMemoryMinutesPerJob",
     "Never"},
    {LIMIT_MAX_TRES_PER_JOB, TRES_CPU, true, "AssocMaxCpuPerJobLimit", "Never"},
    {LIMIT_MAX_TRES_PER_JOB, TRES_NODE, false, "QOSMaxNodePerJobLimit", "Never"},
    {LIMIT_MAX_TRES_PER_NODE, TRES_GPU, false, "QOSMaxGRESPerNode", "Never"},
    {LIMIT_MAX_TRES_PER_USER, TRES_CPU, false, "QOSMaxCpuPerUserLimit", "NotAllowed"},
    {LIMIT_MAX_TRES_PER_USER, TRES_GPU, false, "QOSMaxGRESPerUser", "NotAllowed"},
    {LIMIT_MAX_TRES_PER_ACCOUNT, TRES_MEM, false, "MaxMemoryPerAccount", "NotAllowed"},
    {LIMIT_MIN_TRES_PER_JOB, TRES_CPU, false, "QOSMinCpuNotSatisfied", "Never"},
    {LIMIT_MIN_TRES_PER_JOB, TRES_GPU, false, "QOSMinGRES", "Never"},
    {LIMIT_GRP_TRES, TRES_LICENSE, true, "AssocGrpLicense", "NotAllowed"},
    {LIMIT_MAX_TRES_PER_USER, TRES_LICENSE, false, "QOSMaxLicensePerUser",
     "NotAllowed"},
};

START_TEST(test_words)
{
    enum reason reason = reason_of_limit(word_cases[_i].kind, word_cases[_i].tres,
                                         word_cases[_i].of_account);

    ck_assert_str_eq(reason_word(reason), word_cases[_i].word);
    ck_assert_str_eq(wait_class_word(reason_class(reason)), word_cases[_i].class_);
    ck_assert_str_eq(reason_word(reason_parse(word_cases[_i].word)),
                     word_cases[_i].word);
}
END_TEST

/* Whoever may have a limit has a word for it, and nobody else. */
START_TEST(test_all_words)
{
    for (enum limit_kind kind = 0; kind < LIMIT_KINDS; kind++) {
        const struct limit_row *row = &limit_rows[kind];

        for (int of = 0; of < 2; of++) {
            bool may = (row->of & (of == 0 ? LIMIT_OF_QOS : LIMIT_OF_ACCOUNT)) != 0 &&
                       kind < LIMIT_ASIDE;

            for (enum tres tres = 0; tres < TRES_KINDS; tres++) {
                bool has = limit_has_tres(kind) == (tres != TRES_NONE) &&
                           !(row->what == WHAT_PER_NODE && tres == TRES_LICENSE);

                ck_assert_msg((row->words[of][tres] != NULL) == (may && has),
                              "%s of %d, TRES %d", row->name, of, (int)tres);
            }
        }
    }
}
END_TEST

START_TEST(test_lists)
{
    struct limits a = {0}, b;

    limits_set(&a, LIMIT_GRP_TRES, TRES_GPU, "h100", 4);
    limits_set(&a, LIMIT_GRP_JOBS, TRES_NONE, NULL, 2);
    limits_set(&a, LIMIT_GRP_TRES, TRES_GPU, NULL, 8);
    limits_set(&a, LIMIT_GRP_JOBS, TRES_NONE, NULL, 3);
    ck_assert_uint_eq(a.n, 3);
    ck_assert_int_eq(a.items[0].amount, 3);
    ck_assert_ptr_null(a.items[1].type);
    ck_assert_int_eq(limits_find(&a, LIMIT_GRP_TRES, TRES_GPU, "h100")->amount, 4);
    ck_assert_ptr_null(limits_find(&a, LIMIT_GRP_TRES, TRES_GPU, "a100"));
    b = limits_copy(&a);
    ck_assert(limits_equal(&a, &b));
    limits_set(&b, LIMIT_GRP_TRES, TRES_GPU, "h100", 5);
    ck_assert(!limits_equal(&a, &b));
    limits_fini(&a);
    limits_fini(&b);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/limits_rows",
                      (struct suite_row[]){{test_tres, ARRAY_LEN(tres_cases)},
                                           {test_words, ARRAY_LEN(word_cases)},
                                           {test_all_words, 1},
                                           {test_lists, 1},
                                           {NULL, 0}});
}
