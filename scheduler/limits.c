#include "scheduler/limits.h"

#include <stdlib.h>

#include "base/util.h"

/* ---- the table ---- */

/* Slurm spells some TRES in their own way, and ends some words with "Limit". */
#define WORDS(cpu, mem, node, gpu, billing, license)                                \
    {                                                                               \
        [TRES_CPU] = (cpu), [TRES_MEM] = (mem), [TRES_NODE] = (node),               \
        [TRES_GPU] = (gpu), [TRES_BILLING] = (billing), [TRES_LICENSE] = (license), \
        [TRES_DEVICE] = (gpu)                                                       \
    }
#define ONE_WORD(word)        \
    {                         \
        [TRES_NONE] = (word), \
    }

const struct limit_row limit_rows[LIMIT_KINDS] = {
    [LIMIT_GRP_JOBS] = {"grpJobs",
                        LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                        WHOSE_ALL,
                        WHAT_JOBS,
                        false,
                        {ONE_WORD("QOSGrpJobsLimit"), ONE_WORD("AssocGrpJobsLimit")}},
    [LIMIT_GRP_WALL] = {"grpWall",
                        LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                        WHOSE_ALL,
                        WHAT_WALL_USED,
                        false,
                        {ONE_WORD("QOSGrpWallLimit"), ONE_WORD("AssocGrpWallLimit")}},
    [LIMIT_MAX_JOBS_PER_ACCOUNT] = {"maxJobsPerAccount",
                                    LIMIT_OF_QOS,
                                    WHOSE_ACCOUNT,
                                    WHAT_JOBS,
                                    false,
                                    {ONE_WORD("MaxJobsPerAccount")}},
    [LIMIT_MAX_JOBS_PER_USER] = {"maxJobsPerUser",
                                 LIMIT_OF_QOS,
                                 WHOSE_USER,
                                 WHAT_JOBS,
                                 false,
                                 {ONE_WORD("QOSMaxJobsPerUserLimit")}},
    [LIMIT_MAX_JOBS] = {"maxJobs",
                        LIMIT_OF_ACCOUNT,
                        WHOSE_MEMBER,
                        WHAT_JOBS,
                        false,
                        {{NULL}, ONE_WORD("AssocMaxJobsLimit")}},
    [LIMIT_MAX_WALL] = {"maxWall",
                        LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                        WHOSE_JOB,
                        WHAT_WALL,
                        false,
                        {ONE_WORD("QOSMaxWallDurationPerJobLimit"),
                         ONE_WORD("AssocMaxWallDurationPerJobLimit")}},
    [LIMIT_GRP_TRES_MINS] = {"grpTRESMins",
                             LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                             WHOSE_ALL,
                             WHAT_USED,
                             false,
                             {WORDS("QOSGrpCPUMinutesLimit", "QOSGrpMemoryMinutes",
                                    "QOSGrpNodeMinutes", "QOSGrpGRESMinutes",
                                    "QOSGrpBillingMinutes", "QOSGrpLicenseMinutes"),
                              WORDS("AssocGrpCPUMinutesLimit", "AssocGrpMemMinutes",
                                    "AssocGrpNodeMinutes", "AssocGrpGRESMinutes",
                                    "AssocGrpBillingMinutes",
                                    "AssocGrpLicenseMinutes")}},
    [LIMIT_GRP_TRES] = {"grpTRES",
                        LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                        WHOSE_ALL,
                        WHAT_HELD,
                        false,
                        {WORDS("QOSGrpCpuLimit", "QOSGrpMemLimit", "QOSGrpNodeLimit",
                               "QOSGrpGRES", "QOSGrpBilling", "QOSGrpLicense"),
                         WORDS("AssocGrpCpuLimit", "AssocGrpMemLimit",
                               "AssocGrpNodeLimit", "AssocGrpGRES", "AssocGrpBilling",
                               "AssocGrpLicense")}},
    [LIMIT_GRP_TRES_RUN_MINS] =
        {"grpTRESRunMins",
         LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
         WHOSE_ALL,
         WHAT_LEFT,
         false,
         {WORDS("QOSGrpCPURunMinutesLimit", "QOSGrpMemoryRunMinutes",
                "QOSGrpNodeRunMinutes", "QOSGrpGRESRunMinutes",
                "QOSGrpBillingRunMinutes", "QOSGrpLicenseRunMinutes"),
          WORDS("AssocGrpCPURunMinutesLimit", "AssocGrpMemRunMinutes",
                "AssocGrpNodeRunMinutes", "AssocGrpGRESRunMinutes",
                "AssocGrpBillingRunMinutes", "AssocGrpLicenseRunMinutes")}},
    [LIMIT_MAX_TRES_MINS_PER_JOB] =
        {"maxTRESMinsPerJob",
         LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
         WHOSE_JOB,
         WHAT_LEFT,
         false,
         {WORDS("QOSMaxCpuMinutesPerJobLimit", "QOSMaxMemoryMinutesPerJob",
                "QOSMaxNodeMinutesPerJob", "QOSMaxGRESMinutesPerJob",
                "QOSMaxBillingMinutesPerJob", "QOSMaxLicenseMinutesPerJob"),
          WORDS("AssocMaxCpuMinutesPerJobLimit", "AssocMaxMemMinutesPerJob",
                "AssocMaxNodeMinutesPerJob", "AssocMaxGRESMinutesPerJob",
                "AssocMaxBillingMinutesPerJob", "AssocMaxLicenseMinutesPerJob")}},
    [LIMIT_MAX_TRES_PER_JOB] = {"maxTRESPerJob",
                                LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                                WHOSE_JOB,
                                WHAT_HELD,
                                false,
                                {WORDS("QOSMaxCpuPerJobLimit", "QOSMaxMemoryPerJob",
                                       "QOSMaxNodePerJobLimit", "QOSMaxGRESPerJob",
                                       "QOSMaxBillingPerJob", "QOSMaxLicensePerJob"),
                                 WORDS("AssocMaxCpuPerJobLimit", "AssocMaxMemPerJob",
                                       "AssocMaxNodePerJobLimit", "AssocMaxGRESPerJob",
                                       "AssocMaxBillingPerJob",
                                       "AssocMaxLicensePerJob")}},
    [LIMIT_MAX_TRES_PER_NODE] = {"maxTRESPerNode",
                                 LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                                 WHOSE_JOB,
                                 WHAT_PER_NODE,
                                 false,
                                 {WORDS("QOSMaxCpuPerNode", "QOSMaxMemoryPerNode",
                                        "QOSMaxNodePerNode", "QOSMaxGRESPerNode",
                                        "QOSMaxBillingPerNode", NULL),
                                  WORDS("AssocMaxCpuPerNode", "AssocMaxMemPerNode",
                                        "AssocMaxNodePerNode", "AssocMaxGRESPerNode",
                                        "AssocMaxBillingPerNode", NULL)}},
    [LIMIT_MIN_TRES_PER_JOB] = {"minTRESPerJob",
                                LIMIT_OF_QOS,
                                WHOSE_JOB,
                                WHAT_HELD,
                                true,
                                {WORDS("QOSMinCpuNotSatisfied", "QOSMinMemory",
                                       "QOSMinNode", "QOSMinGRES", "QOSMinBilling",
                                       "QOSMinLicense")}},
    [LIMIT_MAX_TRES_PER_ACCOUNT] = {"maxTRESPerAccount",
                                    LIMIT_OF_QOS,
                                    WHOSE_ACCOUNT,
                                    WHAT_HELD,
                                    false,
                                    {WORDS("MaxCpuPerAccount", "MaxMemoryPerAccount",
                                           "MaxNodePerAccount", "MaxGRESPerAccount",
                                           "MaxBillingPerAccount",
                                           "MaxLicensePerAccount")}},
    [LIMIT_MAX_TRES_PER_USER] = {"maxTRESPerUser",
                                 LIMIT_OF_QOS,
                                 WHOSE_USER,
                                 WHAT_HELD,
                                 false,
                                 {WORDS("QOSMaxCpuPerUserLimit", "QOSMaxMemoryPerUser",
                                        "QOSMaxNodePerUserLimit", "QOSMaxGRESPerUser",
                                        "QOSMaxBillingPerUser",
                                        "QOSMaxLicensePerUser")}},
    /* Slurm has no words of their own for the last two. */
    [LIMIT_MAX_TRES_RUN_MINS_PER_ACCOUNT] =
        {"maxTRESRunMinsPerAccount",
         LIMIT_OF_QOS,
         WHOSE_ACCOUNT,
         WHAT_LEFT,
         false,
         {WORDS("QOSGrpCPURunMinutesLimit", "QOSGrpMemoryRunMinutes",
                "QOSGrpNodeRunMinutes", "QOSGrpGRESRunMinutes",
                "QOSGrpBillingRunMinutes", "QOSGrpLicenseRunMinutes")}},
    [LIMIT_MAX_TRES_RUN_MINS_PER_USER] =
        {"maxTRESRunMinsPerUser",
         LIMIT_OF_QOS,
         WHOSE_USER,
         WHAT_LEFT,
         false,
         {WORDS("QOSGrpCPURunMinutesLimit", "QOSGrpMemoryRunMinutes",
                "QOSGrpNodeRunMinutes", "QOSGrpGRESRunMinutes",
                "QOSGrpBillingRunMinutes", "QOSGrpLicenseRunMinutes")}},
    [LIMIT_GRP_SUBMIT_JOBS] = {"grpSubmitJobs",
                               LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                               WHOSE_ALL,
                               WHAT_SUBMITTED,
                               false,
                               {ONE_WORD("QOSGrpSubmitJobsLimit"),
                                ONE_WORD("AssocGrpSubmitJobsLimit")}},
    [LIMIT_MAX_SUBMIT_JOBS_PER_ACCOUNT] = {"maxSubmitJobsPerAccount",
                                           LIMIT_OF_QOS,
                                           WHOSE_ACCOUNT,
                                           WHAT_SUBMITTED,
                                           false,
                                           {ONE_WORD("MaxSubmitJobsPerAccount")}},
    [LIMIT_MAX_SUBMIT_JOBS_PER_USER] = {"maxSubmitJobsPerUser",
                                        LIMIT_OF_QOS,
                                        WHOSE_USER,
                                        WHAT_SUBMITTED,
                                        false,
                                        {ONE_WORD("QOSMaxSubmitJobPerUserLimit")}},
    [LIMIT_MAX_SUBMIT_JOBS] = {"maxSubmitJobs",
                               LIMIT_OF_ACCOUNT,
                               WHOSE_MEMBER,
                               WHAT_SUBMITTED,
                               false,
                               {{NULL}, ONE_WORD("AssocMaxSubmitJobLimit")}},
    [LIMIT_MIN_PRIO_THRESHOLD] = {"minPrioThreshold",
                                  LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                                  WHOSE_JOB,
                                  WHAT_PRIORITY,
                                  true,
                                  {{NULL}, {NULL}}},
    [LIMIT_GRP_JOBS_ACCRUE] = {"grpJobsAccrue",
                               LIMIT_OF_QOS | LIMIT_OF_ACCOUNT,
                               WHOSE_ALL,
                               WHAT_ACCRUING,
                               false,
                               {{NULL}, {NULL}}},
    [LIMIT_MAX_JOBS_ACCRUE_PER_ACCOUNT] = {"maxJobsAccruePerAccount",
                                           LIMIT_OF_QOS,
                                           WHOSE_ACCOUNT,
                                           WHAT_ACCRUING,
                                           false,
                                           {{NULL}, {NULL}}},
    [LIMIT_MAX_JOBS_ACCRUE_PER_USER] = {"maxJobsAccruePerUser",
                                        LIMIT_OF_QOS,
                                        WHOSE_USER,
                                        WHAT_ACCRUING,
                                        false,
                                        {{NULL}, {NULL}}},
    [LIMIT_MAX_JOBS_ACCRUE] = {"maxJobsAccrue",
                               LIMIT_OF_ACCOUNT,
                               WHOSE_MEMBER,
                               WHAT_ACCRUING,
                               false,
                               {{NULL}, {NULL}}},
};

bool limit_is_on_submits(enum limit_kind kind)
{
    return kind >= LIMIT_SUBMITS && kind < LIMIT_ASIDE;
}

bool limit_is_of_usage(enum limit_kind kind)
{
    return limit_rows[kind].what == WHAT_WALL_USED ||
           limit_rows[kind].what == WHAT_USED;
}

bool limit_counts_left(enum limit_kind kind)
{
    return limit_rows[kind].what >= WHAT_LEFT;
}

bool limit_has_tres(enum limit_kind kind)
{
    return limit_rows[kind].what >= WHAT_HELD;
}

bool limit_is_on_nodes(const struct limit *limit)
{
    return limit->tres == TRES_NODE && limit_rows[limit->kind].what == WHAT_HELD;
}

bool limit_masks(enum limit_kind before, enum limit_kind kind)
{
    return before == kind ||
           (kind == LIMIT_MAX_JOBS && (before == LIMIT_MAX_JOBS_PER_USER ||
                                       before == LIMIT_MAX_JOBS_PER_ACCOUNT)) ||
           (kind == LIMIT_MAX_SUBMIT_JOBS &&
            (before == LIMIT_MAX_SUBMIT_JOBS_PER_USER ||
             before == LIMIT_MAX_SUBMIT_JOBS_PER_ACCOUNT)) ||
           (kind == LIMIT_MAX_JOBS_ACCRUE &&
            (before == LIMIT_MAX_JOBS_ACCRUE_PER_USER ||
             before == LIMIT_MAX_JOBS_ACCRUE_PER_ACCOUNT));
}

/* ---- lists ---- */

static int compare(const struct limit *a, const struct limit *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return tres_compare(a->tres, a->type, b->tres, b->type);
}

/* Where one is, or would be. */
static size_t place_of(const struct limits *l, const struct limit *key)
{
    size_t low = 0, high = l->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(&l->items[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void limits_fini(struct limits *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].type);
    free(l->items);
    *l = (struct limits){0};
}

static struct limit *add(struct limits *l, enum limit_kind kind, enum tres tres,
                         const char *type)
{
    const struct limit key = {.kind = kind, .tres = tres, .type = (char *)type};
    size_t i = place_of(l, &key);

    if (i == l->n || compare(&l->items[i], &key) != 0) {
        l->items = xrealloc(l->items, (l->n + 1) * sizeof(*l->items));
        memmove(&l->items[i + 1], &l->items[i], (l->n++ - i) * sizeof(*l->items));
        l->items[i] = key;
        l->items[i].type = xstrdup_null(type);
    }
    return &l->items[i];
}

void limits_set(struct limits *l, enum limit_kind kind, enum tres tres,
                const char *type, int64_t amount)
{
    add(l, kind, tres, type)->amount = amount;
}

void limits_set_percent(struct limits *l, enum limit_kind kind, enum tres tres,
                        const char *type, int64_t percent)
{
    add(l, kind, tres, type)->percent = percent;
}

const struct limit *limits_find(const struct limits *l, enum limit_kind kind,
                                enum tres tres, const char *type)
{
    const struct limit key = {.kind = kind, .tres = tres, .type = (char *)type};
    size_t i = place_of(l, &key);

    return i < l->n && compare(&l->items[i], &key) == 0 ? &l->items[i] : NULL;
}

struct limits limits_copy(const struct limits *l)
{
    struct limits copy = {.n = l->n};

    if (l->n == 0)
        return copy;
    copy.items = xmalloc(l->n * sizeof(*copy.items));
    for (size_t i = 0; i < l->n; i++) {
        copy.items[i] = l->items[i];
        copy.items[i].type = xstrdup_null(l->items[i].type);
    }
    return copy;
}

bool limits_equal(const struct limits *a, const struct limits *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct limit *x = &a->items[i], *y = &b->items[i];

        if (compare(x, y) != 0 || x->percent != y->percent ||
            (x->percent == 0 && x->amount != y->amount))
            return false;
    }
    return true;
}
