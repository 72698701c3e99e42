/* Files, with Slurm's patterns of names. */
#include "cmd/gantry/jobcells.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"

/* One pattern of a file name, at its letter; false: it is none that is filled in here
 * (%N, %t and the like belong to the node). `digits` of "%4j" pad numbers. */
static bool add_pattern(const struct jobrow *r, char letter, int digits,
                        struct str *out)
{
    /* A script runs in the first component. */
    const int64_t id = r->het_offset >= 0 ? r->het_id : r->id;

    switch (letter) {
    case 'j':
    case 'J':
        str_addf(out, "%0*" PRId64, digits, id);
        return true;
    case 'A':
        str_addf(out, "%0*" PRId64, digits, r->array_id > 0 ? r->array_id : id);
        return true;
    case 'a':
        str_addf(out, "%0*" PRId64, digits, MAX(r->array_task, 0));
        return true;
    case 'x':
        str_add(out, r->name);
        return true;
    case 'u':
        str_add(out, r->user);
        return true;
    case '%':
        str_addc(out, '%');
        return true;
    default:
        return false;
    }
}

static void add_path(const struct jobrow *r, const char *path, struct str *out)
{
    while (*path) {
        const size_t plain = strcspn(path, "%");
        str_addn(out, path, plain);
        path += plain;
        if (!*path)
            break;
        const size_t digits = strspn(path + 1, "0123456789");
        const int width = digits == 1 ? path[1] - '0' : 0;
        const char letter = path[1 + digits];
        if (letter && add_pattern(r, letter, width, out)) {
            path += digits + 2;
        } else {
            str_addc(out, '%');
            path++;
        }
    }
}

void jobcolumns_output(const struct jobrow *r, const char *path, struct str *out)
{
    if (!r->is_script) {
        str_add(out, "(null)");
        return;
    }
    if (!path || !*path)
        path = r->array_id > 0 ? "slurm-%A_%a.out" : "slurm-%j.out";
    if (path[0] != '/' && r->work_dir)
        str_addf(out, "%s/", r->work_dir);
    add_path(r, path, out);
}

JOBCELL(jobcell_stdout)
{
    ROW;
    jobcolumns_output(r, r->output, out);
}

JOBCELL(jobcell_stderr)
{
    ROW;
    jobcolumns_output(r, r->error ? r->error : r->output, out);
}

JOBCELL(jobcell_stdin)
{
    ROW;
    if (r->input && *r->input)
        jobcolumns_output(r, r->input, out);
    else
        str_add(out, "/dev/null");
}
