#include "cmd/gantry/depcircle.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/dependency.h"

/* A number by which a row is waited for: its own, its array's, its components'. */
struct named {
    int64_t id;
    const struct jobrow *row;
};

struct search {
    const struct joblist *jobs;
    struct named *names; /* by number */
    size_t n_names, names_cap;
    const struct jobrow **left; /* of those come by, who are still to be looked at */
    size_t n_left, left_cap;
    bool *seen; /* of each row */
};

static int by_id(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static void add_name(struct search *s, int64_t id, const struct jobrow *row)
{
    GROW(s->names, s->n_names, s->names_cap);
    s->names[s->n_names++] = (struct named){id, row};
}

static void name_all(struct search *s)
{
    for (size_t i = 0; i < s->jobs->n; i++) {
        const struct jobrow *row = &s->jobs->rows[i];

        add_name(s, row->id, row);
        if (row->array_id >= 0 && row->array_id != row->id)
            add_name(s, row->array_id, row);
        for (int64_t k = 1; k < row->het_size; k++)
            add_name(s, row->het_id + k, row);
    }
    if (s->n_names > 0)
        qsort(s->names, s->n_names, sizeof(*s->names), by_id);
}

/* The first of that number, or what is behind where it would stand. */
static size_t first_of(const struct search *s, int64_t id)
{
    return BISECT(s->n_names, i, s->names[i].id < id);
}

/* Is it, or has it, what that waits for? An array has tasks that have no row. */
static bool is_meant(const struct jobrow *row, const struct depend *d)
{
    return d->task == DEPEND_WHOLE || row->array_task < 0 || row->array_task == d->task;
}

static void come_by(struct search *s, const struct depend *d)
{
    for (size_t i = first_of(s, d->job_id);
         i < s->n_names && s->names[i].id == d->job_id; i++) {
        const struct jobrow *row = s->names[i].row;
        bool *seen = &s->seen[row - s->jobs->rows];

        if (*seen || !is_meant(row, d))
            continue;
        *seen = true;
        GROW(s->left, s->n_left, s->left_cap);
        s->left[s->n_left++] = row;
    }
}

static void come_by_all(struct search *s, const char *dependency)
{
    AUTO_FREE struct depend *depends = NULL;
    size_t n = 0;
    bool any;

    if (dependency == NULL ||
        dependency_parse(dependency, &depends, &n, &any, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        if (depends[i].kind != DEPEND_SINGLETON)
            come_by(s, &depends[i]);
    }
}

bool depcircle_closes(const struct joblist *jobs, const struct jobrow *r,
                      const char *dependency)
{
    struct search s = {.jobs = jobs};

    name_all(&s);
    s.seen = xcalloc(jobs->n + 1, sizeof(*s.seen));
    come_by_all(&s, dependency);
    while (s.n_left > 0 && !s.seen[r - jobs->rows]) {
        const struct jobrow *row = s.left[--s.n_left];

        if (row->word->kind == JOB_KIND_PENDING)
            come_by_all(&s, row->dependency);
    }
    bool closes = s.seen[r - jobs->rows];
    free(s.names);
    free((void *)s.left);
    free(s.seen);
    return closes;
}
