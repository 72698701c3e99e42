#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/report_private.h"

#define AT(field) offsetof(struct figures, field)

const struct report_row report_rows[] = {
    {"jobs", "jobs", COUNT, true, AT(jobs)},
    {"completed", "completed", COUNT, true, AT(completed)},
    {"ended at their limit", "timeouts", COUNT, true, AT(timeouts)},
    {"preempted for good", "preemptedForGood", COUNT, true, AT(cancelled)},
    {"lost with a node for good", "lostForGood", COUNT, true, AT(lost)},
    {"refused when submitted", "refused", COUNT, true, AT(refused)},
    {"given up", "givenUp", COUNT, true, AT(given_up)},
    {"still running", "running", COUNT, true, AT(running)},
    {"never started, or not again", "neverStarted", COUNT, true, AT(never_started)},
    {"wait, mean", "waitMeanSec", SECONDS, false, AT(wait_mean)},
    {"wait, median", "waitMedianSec", SECONDS, false, AT(wait_median)},
    {"wait, p99", "waitP99Sec", SECONDS, false, AT(wait_p99)},
    {"wait, longest", "waitMaxSec", SECONDS, false, AT(wait_max)},
    {"bounded slowdown, mean", "slowdownMean", RATIO, false, AT(slowdown_mean)},
    {"bounded slowdown, median", "slowdownMedian", RATIO, false, AT(slowdown_median)},
    {"bounded slowdown, p99", "slowdownP99", RATIO, false, AT(slowdown_p99)},
    {"from first submission to last end", "spanSec", SECONDS, true, AT(span_sec)},
    {"utilisation", "utilisation", PART, false, AT(utilisation)},
    {"utilisation while jobs came", "utilisationArrivals", PART, false,
     AT(utilisation_arrivals)},
    {"fragmentation", "fragmentation", PART, false, AT(fragmentation)},
    {"GPU-hours", "gpuHours", HOURS, false, AT(gpu_hours)},
    {"CPU-hours", "cpuHours", HOURS, false, AT(cpu_hours)},
    {"begun anew", "requeues", COUNT, true, AT(requeues)},
    {"hours lost by that", "lostHours", HOURS, false, AT(lost_hours)},
    {"preempted", "preemptions", COUNT, true, AT(preemptions)},
    {"hours lost by preemption", "preemptedHours", HOURS, false, AT(preempted_hours)},
    {"promised a start", "promised", COUNT, true, AT(promised)},
    {"promises broken", "promisesBroken", COUNT, true, AT(broken)},
    {"the worst of them, late by", "promiseWorstLateSec", SECONDS, true,
     AT(promises.worst_late)},
    {"planned start off by, mean", "promiseErrorMeanSec", SECONDS, true,
     AT(promises.mean)},
    {"planned start off by, median", "promiseErrorMedianSec", SECONDS, true,
     AT(promises.median)},
    {"planned start off by, p99", "promiseErrorP99Sec", SECONDS, true,
     AT(promises.p99)},
};
const size_t report_n_rows = ARRAY_LEN(report_rows);

double report_value(const struct report_row *row, const struct figures *f)
{
    const char *at = (const char *)f + row->offset;
    int64_t whole;
    double value;
    if (!row->whole) {
        memcpy(&value, at, sizeof(value));
        return value;
    }
    memcpy(&whole, at, sizeof(whole));
    return (double)whole;
}
