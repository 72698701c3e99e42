#include "cmd/gantry-sim/csv_words.h"

#include <strings.h>

#include "base/util.h"
#include "cmd/gantry-sim/rows.h"
#include "crds/array.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/licenses.h"
#include "crds/switches.h"

#define NICE_MAX 2147483645 /* as in Slurm, either way */

int csv_licenses(const char *text, struct job *like, struct err *err)
{
    return licenses_parse_asked(text, &like->licenses, &like->n_licenses,
                                &like->any_license, err);
}

int csv_switches(const char *text, struct job *like, struct err *err)
{
    return switches_parse(text, &like->most_switches, &like->switch_wait_sec, err);
}

int csv_job_name(const char *text, struct job *like, struct err *err)
{
    (void)err;
    like->job_name = xstrdup(text);
    return 0;
}

int csv_constraint(const char *text, struct job *like, struct err *err)
{
    CONSTRAINT_AUTO struct constraint c = {0};
    if (constraint_parse(text, &c, err) < 0)
        return -1;
    like->node_any = TAKE(c.any);
    like->n_node_any = c.n_any;
    like->same = TAKE(c.same);
    like->n_same = c.n_same;
    like->counts = TAKE(c.counts);
    like->n_counts = c.n_counts;
    c.n_any = c.n_same = c.n_counts = 0;
    like->constraint = xstrdup(text);
    return 0;
}

/* As sbatch --nice has it. */
int csv_nice(const char *text, struct job *like, struct err *err)
{
    const bool less = *text == '-';
    if (row_number(text + less, 1, &like->nice, NULL) < 0)
        return err_set(err, ERR_INVALID, "\"%s\" is no whole number", text);
    if (like->nice > NICE_MAX || text[less] == '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not within %d", text, NICE_MAX);
    like->nice = less ? -like->nice : like->nice;
    return 0;
}

int csv_exclusive(const char *text, struct job *like, struct err *err)
{
    static const struct {
        const char *word;
        bool is;
    } words[] = {{"0", false},  {"1", true},      {"no", false},
                 {"yes", true}, {"false", false}, {"true", true}};
    like->exclusive_user = strcasecmp(text, "user") == 0;
    for (size_t i = 0; i < ARRAY_LEN(words) && !like->exclusive_user; i++) {
        if (strcasecmp(words[i].word, text) != 0)
            continue;
        like->exclusive = words[i].is;
        return 0;
    }
    if (like->exclusive_user)
        return 0;
    return err_set(err, ERR_INVALID, "\"%s\" is none of 1, 0 and user", text);
}

int csv_dependency(const char *text, struct job *like, struct err *err)
{
    return dependency_parse(text, &like->depends, &like->n_depends, &like->depends_any,
                            err);
}

int csv_array(const char *text, struct job *like, struct err *err)
{
    struct array array;
    if (array_parse(text, &array, err) < 0)
        return -1;
    job_array(like)->left = array.tasks;
    like->tasks_limit = array.limit;
    return 0;
}
