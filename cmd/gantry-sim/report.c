#include "cmd/gantry-sim/report.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"

#define CELL_MAX 64

enum kind { COUNT, SECONDS, RATIO, PART, HOURS };

#define AT(field) offsetof(struct figures, field)

/* Integers are COUNT and SECONDS with `whole`; all else is double. */
static const struct row {
    const char *label, *key;
    enum kind kind;
    bool whole;
    size_t offset;
} rows[] = {
    {"jobs", "jobs", COUNT, true, AT(jobs)},
    {"completed", "completed", COUNT, true, AT(completed)},
    {"ended at their limit", "timeouts", COUNT, true, AT(timeouts)},
    {"preempted for good", "preemptedForGood", COUNT, true, AT(cancelled)},
    {"given up", "givenUp", COUNT, true, AT(given_up)},
    {"still running", "running", COUNT, true, AT(running)},
    {"never started", "neverStarted", COUNT, true, AT(never_started)},
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
    {"promised a start", "promised", COUNT, true, AT(promises.n)},
    {"promises broken", "promisesBroken", COUNT, true, AT(promises.late)},
    {"the worst of them, late by", "promiseWorstLateSec", SECONDS, true,
     AT(promises.worst_late)},
    {"planned start off by, mean", "promiseErrorMeanSec", SECONDS, true,
     AT(promises.mean)},
    {"planned start off by, median", "promiseErrorMedianSec", SECONDS, true,
     AT(promises.median)},
    {"planned start off by, p99", "promiseErrorP99Sec", SECONDS, true,
     AT(promises.p99)},
};

static const char *const horizon_words[HORIZONS] = {
    "under 1 h", "1 h to 6 h", "6 h to 1 d", "1 d to 7 d", "7 d and more"};
static const char *const horizon_keys[HORIZONS] = {"1h", "6h", "1d", "7d", "more"};

static double value_of(const struct row *row, const struct figures *f)
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

/* ---- for people ---- */

static void cell(enum kind kind, double value, char ret[CELL_MAX])
{
    switch (kind) {
    case COUNT:
        snprintf(ret, CELL_MAX, "%.0f", value);
        break;
    case SECONDS:
        snprintf(ret, CELL_MAX, "%.0f s", value);
        break;
    case RATIO:
        snprintf(ret, CELL_MAX, "%.2f", value);
        break;
    case PART:
        snprintf(ret, CELL_MAX, "%.1f %%", value * 100);
        break;
    case HOURS:
        snprintf(ret, CELL_MAX, "%.1f", value);
        break;
    }
}

static int width_of(const struct run *runs, size_t n)
{
    size_t width = 14;
    for (size_t i = 0; i < n; i++)
        width = MAX(width, strlen(runs[i].name));
    return (int)MIN(width, CELL_MAX);
}

static void print_accounts(const struct run *runs, size_t n, int width, FILE *out)
{
    const struct figures *first = &runs[0].figures;
    bool gpus = first->gpu_hours > 0;
    if (first->n_charges == 0 ||
        (first->n_charges == 1 && *first->charges[0].account == '\0'))
        return;
    fprintf(out, "\n%s by account\n", gpus ? "GPU-hours" : "CPU-hours");
    for (size_t i = 0; i < first->n_charges; i++) {
        const char *account = first->charges[i].account;
        fprintf(out, "  %-34s", *account ? account : "(none)");
        for (size_t k = 0; k < n; k++) {
            const struct figures *f = &runs[k].figures;
            double hours = 0;
            for (size_t c = 0; c < f->n_charges; c++)
                if (strcmp(f->charges[c].account, account) == 0)
                    hours = gpus ? f->charges[c].gpu_hours : f->charges[c].cpu_hours;
            fprintf(out, " %*.1f", width, hours);
        }
        fputc('\n', out);
    }
}

/* All runs have the same accounts, and the same is due to them. */
static void print_dues(const struct run *runs, size_t n, int width, FILE *out)
{
    const struct figures *first = &runs[0].figures;
    char text[CELL_MAX];
    if (first->n_dues == 0)
        return;
    fprintf(out, "\nused by account and those below it, and what its shares are\n");
    for (size_t i = 0; i < first->n_dues; i++) {
        cell(PART, first->dues[i].due, text);
        fprintf(out, "  %-23s %10s", first->dues[i].account, text);
        for (size_t k = 0; k < n; k++) {
            cell(PART, runs[k].figures.dues[i].used, text);
            fprintf(out, " %*s", width, text);
        }
        fputc('\n', out);
    }
}

static void print_forecasts(const struct run *runs, size_t n, int width, FILE *out)
{
    bool some = false;
    for (size_t k = 0; k < n; k++)
        some |= runs[k].figures.forecasts.n > 0;
    if (!some)
        return;
    fprintf(out, "\nfirst start told, by how far ahead: jobs, |error| median / p99\n");
    for (size_t i = 0; i < HORIZONS; i++) {
        fprintf(out, "  %-34s", horizon_words[i]);
        for (size_t k = 0; k < n; k++) {
            const struct accuracy *a = &runs[k].figures.ahead[i];
            char text[3 * CELL_MAX];
            snprintf(text, sizeof(text), "%" PRId64 ": %" PRId64 " / %" PRId64 " s",
                     a->n, a->median, a->p99);
            fprintf(out, " %*s", MAX(width, 24), text);
        }
        fputc('\n', out);
    }
}

/* Given up, and late: causes of which there were none in all runs are left out. */
static void print_broken(const struct run *runs, size_t n, int width, FILE *out)
{
    bool head = false;
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++) {
        int64_t some = 0;
        for (size_t k = 0; k < n; k++)
            some += runs[k].figures.given_up_by[cause] + runs[k].figures.late_by[cause];
        if (some == 0)
            continue;
        if (!head)
            fprintf(out, "\npromises given up, by cause / jobs late by it\n");
        head = true;
        fprintf(out, "  %-34s", broken_word(cause));
        for (size_t k = 0; k < n; k++) {
            char text[CELL_MAX];
            snprintf(text, sizeof(text), "%" PRId64 " / %" PRId64,
                     runs[k].figures.given_up_by[cause],
                     runs[k].figures.late_by[cause]);
            fprintf(out, " %*s", width, text);
        }
        fputc('\n', out);
    }
}

void report_text(const struct run *runs, size_t n, FILE *out)
{
    const int width = width_of(runs, n);
    char text[CELL_MAX];
    fprintf(out, "%-36s", "settings");
    for (size_t k = 0; k < n; k++)
        fprintf(out, " %*s", width, runs[k].name);
    fputc('\n', out);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        fprintf(out, "%-36s", rows[i].label);
        for (size_t k = 0; k < n; k++) {
            cell(rows[i].kind, value_of(&rows[i], &runs[k].figures), text);
            fprintf(out, " %*s", width, text);
        }
        fputc('\n', out);
    }
    print_broken(runs, n, width, out);
    print_forecasts(runs, n, width, out);
    print_accounts(runs, n, width, out);
    print_dues(runs, n, width, out);
}

/* ---- as JSON ---- */

static struct json *forecasts_json(const struct figures *f)
{
    struct json *all = json_new_object();
    for (size_t i = 0; i < HORIZONS; i++) {
        const struct accuracy *a = &f->ahead[i];
        json_set(all, horizon_keys[i],
                 json_build("{'jobs': %i, 'late': %i, 'errorMeanSec': %i,"
                            " 'errorMedianSec': %i, 'errorP99Sec': %i}",
                            a->n, a->late, a->mean, a->median, a->p99));
    }
    return all;
}

static struct json *broken_json(const struct figures *f)
{
    struct json *all = json_new_object();
    for (enum broken cause = BROKEN_NOT + 1; cause < BROKEN_CAUSES; cause++)
        json_set(all, broken_word(cause),
                 json_build("{'givenUp': %i, 'late': %i}", f->given_up_by[cause],
                            f->late_by[cause]));
    return all;
}

static struct json *never_json(const struct figures *f)
{
    struct json *all = json_new_object();
    for (size_t i = 0; i < f->n_never; i++)
        json_set(all, reason_word(f->never[i].reason), json_new_int(f->never[i].jobs));
    return all;
}

static struct json *accounts_json(const struct figures *f)
{
    struct json *all = json_new_array();
    for (size_t i = 0; i < f->n_charges; i++) {
        const struct charge *c = &f->charges[i];
        struct json *one =
            json_build("{'account': %s, 'jobs': %i}", c->account, c->jobs);
        json_set(one, "gpuHours", json_new_double(c->gpu_hours));
        json_set(one, "cpuHours", json_new_double(c->cpu_hours));
        json_append(all, one);
    }
    return all;
}

static struct json *dues_json(const struct figures *f)
{
    struct json *all = json_new_array();
    for (size_t i = 0; i < f->n_dues; i++) {
        struct json *one = json_build("{'account': %s}", f->dues[i].account);
        json_set(one, "due", json_new_double(f->dues[i].due));
        json_set(one, "used", json_new_double(f->dues[i].used));
        json_append(all, one);
    }
    return all;
}

static struct json *run_json(const struct run *run)
{
    struct json *one = json_build("{'settings': %s}", run->name);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double value = value_of(&rows[i], &run->figures);
        json_set(one, rows[i].key,
                 rows[i].whole ? json_new_int((int64_t)value) : json_new_double(value));
    }
    json_set(one, "neverStartedBecause", never_json(&run->figures));
    json_set(one, "broken", broken_json(&run->figures));
    json_set(one, "forecasts", forecasts_json(&run->figures));
    json_set(one, "accounts", accounts_json(&run->figures));
    json_set(one, "shares", dues_json(&run->figures));
    return one;
}

struct json *report_json(const struct run *runs, size_t n, const struct workload *load)
{
    struct json *all =
        json_build("{'workload': {'rows': %i, 'broken': %i, 'neverRan': %i,"
                   " 'jobs': %i}, 'runs': []}",
                   (int64_t)load->n_rows, (int64_t)load->n_broken,
                   (int64_t)load->n_idle, (int64_t)load->n);
    for (size_t i = 0; i < n; i++)
        json_append(json_get(all, "runs"), run_json(&runs[i]));
    return all;
}
