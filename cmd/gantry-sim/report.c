#include "cmd/gantry-sim/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/report_private.h"

#define CELL_MAX 64

static const char *const horizon_words[HORIZONS] = {
    "under 1 h", "1 h to 6 h", "6 h to 1 d", "1 d to 7 d", "7 d and more"};

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

typedef double of_charge(const struct charge *c);

static double gpu_hours(const struct charge *c)
{
    return c->gpu_hours;
}

static double cpu_hours(const struct charge *c)
{
    return c->cpu_hours;
}

static double of_account(const struct figures *f, const char *account, of_charge *what)
{
    for (size_t i = 0; i < f->n_charges; i++)
        if (strcmp(f->charges[i].account, account) == 0)
            return what(&f->charges[i]);
    return 0;
}

struct by_account {
    const char *title;
    enum kind kind;
    of_charge *what;
};

/* A line for each account of the first of the runs. */
static void print_by_account(const struct run *runs, size_t n, int width,
                             const struct by_account *by, FILE *out)
{
    const struct figures *first = &runs[0].figures;
    char text[CELL_MAX];
    fprintf(out, "\n%s by account\n", by->title);
    for (size_t i = 0; i < first->n_charges; i++) {
        const char *account = first->charges[i].account;
        fprintf(out, "  %-34s", *account ? account : "(none)");
        for (size_t k = 0; k < n; k++) {
            cell(by->kind, of_account(&runs[k].figures, account, by->what), text);
            fprintf(out, " %*s", width, text);
        }
        fputc('\n', out);
    }
}

static void print_accounts(const struct run *runs, size_t n, int width, FILE *out)
{
    static const struct by_account cpus = {"CPU-hours", HOURS, cpu_hours},
                                   gpus = {"GPU-hours", HOURS, gpu_hours},
                                   waits = {"mean wait", SECONDS, charge_wait_mean};
    const struct figures *first = &runs[0].figures;
    if (first->n_charges == 0 ||
        (first->n_charges == 1 && *first->charges[0].account == '\0'))
        return;
    print_by_account(runs, n, width, first->gpu_hours > 0 ? &gpus : &cpus, out);
    print_by_account(runs, n, width, &waits, out);
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
    for (size_t i = 0; i < report_n_rows; i++) {
        fprintf(out, "%-36s", report_rows[i].label);
        for (size_t k = 0; k < n; k++) {
            cell(report_rows[i].kind, report_value(&report_rows[i], &runs[k].figures),
                 text);
            fprintf(out, " %*s", width, text);
        }
        fputc('\n', out);
    }
    print_broken(runs, n, width, out);
    print_forecasts(runs, n, width, out);
    print_accounts(runs, n, width, out);
    print_dues(runs, n, width, out);
}
