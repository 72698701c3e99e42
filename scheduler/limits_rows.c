/* The table of limits, and what of them goes by their kinds. */
#include "scheduler/limits.h"

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

bool limit_is_over_time(enum limit_kind kind)
{
    return limit_counts_left(kind) || limit_is_of_usage(kind);
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
