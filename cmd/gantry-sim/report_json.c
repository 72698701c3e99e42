#include "cmd/gantry-sim/report_private.h"

static const char *const horizon_keys[HORIZONS] = {"1h", "6h", "1d", "7d", "more"};

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

static struct json *never_json(const struct figures *f, bool refused)
{
    struct json *all = json_new_object();
    for (size_t i = 0; i < f->n_never; i++)
        if (f->never[i].refused == refused)
            json_set(all, reason_word(f->never[i].reason),
                     json_new_int(f->never[i].jobs));
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
        json_set(one, "waitMeanSec", json_new_double(charge_wait_mean(c)));
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
    for (size_t i = 0; i < report_n_rows; i++) {
        double value = report_value(&report_rows[i], &run->figures);
        json_set(one, report_rows[i].key,
                 report_rows[i].whole ? json_new_int((int64_t)value)
                                      : json_new_double(value));
    }
    json_set(one, "neverStartedBecause", never_json(&run->figures, false));
    json_set(one, "refusedBecause", never_json(&run->figures, true));
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
