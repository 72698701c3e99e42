#include "cmd/gantry/submit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/cli.h"
#include "scheduler/model.h"

void submit_init(struct submit *s)
{
    *s = (struct submit){.table = xcalloc(n_submit_rows + 1, sizeof(*s->table)),
                         .first = s};
    for (size_t i = 0; i < n_submit_rows; i++)
        s->table[i] = submit_rows[i].opt;
    for (size_t i = 0; i < SUBMIT_FROMS; i++)
        s->values[i] = xcalloc(n_submit_rows, sizeof(*s->values[i]));
}

void submit_fini(struct submit *s)
{
    for (size_t i = 0; i < SUBMIT_FROMS; i++) {
        for (size_t row = 0; s->values[i] && row < n_submit_rows; row++) {
            free(s->values[i][row].text);
            free(s->values[i][row].where);
        }
        free(s->values[i]);
    }
    free(s->table);
    if (s->next)
        submit_fini(s->next);
    free(s->next);
    *s = (struct submit){0};
}

struct submit *submit_next(struct submit *s, struct err *err)
{
    if (s->component + 1 == COMPONENTS_MAX) {
        err_set(err, ERR_INVALID, "a heterogeneous job has at most %d components",
                COMPONENTS_MAX);
        return NULL;
    }
    if (!s->next) {
        s->next = xmalloc(sizeof(*s->next));
        submit_init(s->next);
        s->next->component = s->component + 1;
        s->next->first = s->first;
    }
    return s->next;
}

/* ---- taking ---- */

/* One option, met as `where`. */
static int take(struct submit *s, enum submit_from from, size_t row, const char *text,
                const char *where, struct err *err)
{
    const struct submit_row *r = &submit_rows[row];
    struct submit *of = r->field ? s : s->first;
    struct submit_value *v = &of->values[from][row];

    if (r->refused)
        return err_set(err, ERR_INVALID, "%s is not supported: %s", where, r->refused);
    if (from == SUBMIT_SCRIPT && r->line_only)
        return err_set(err, ERR_INVALID, "%s is for the command line only", where);
    free(v->text);
    free(v->where);
    v->given = true;
    v->count++;
    v->text = xstrdup(text ? text : "");
    v->where = xstrdup(where);
    v->order = ++of->order;
    return 0;
}

int submit_take_words(struct submit *s, enum submit_from from, const char *at, int argc,
                      char **argv, struct err *err)
{
    struct opt_scan scan;
    struct opt_item item;
    int more;

    opt_scan_init(&scan, s->table, OPT_CUT | OPT_GROUP, argc, argv);
    while ((more = opt_scan_next(&scan, &item, err)) > 0) {
        AUTO_FREE char *where =
            at ? xasprintf("%s: %s", at, item.from) : xstrdup(item.from);
        if (take(s, from, (size_t)(item.row - s->table), item.value, where, err) < 0)
            return -1;
    }
    if (more < 0)
        return at ? err_prefix(err, "%s", at) : -1;
    return scan.at;
}

int submit_take_environment(struct submit *s, struct err *err)
{
    /* sbatch has it as part of another option. */
    if (getenv("SBATCH_WAIT4SWITCH"))
        return err_set(err, ERR_INVALID,
                       "SBATCH_WAIT4SWITCH is not supported: say it in "
                       "SBATCH_REQ_SWITCH=COUNT@TIME");
    for (size_t i = 0; i < n_submit_rows; i++) {
        const char *name = submit_rows[i].opt.env;
        const char *text = name ? getenv(name) : NULL;

        if (!text || (s->component > 0 && !submit_is_own(submit_rows[i].field)))
            continue;
        AUTO_FREE char *where = xasprintf("%s (--%s)", name, submit_rows[i].opt.name);
        if (take(s, SUBMIT_ENVIRONMENT, i, text, where, err) < 0)
            return -1;
        if (submit_rows[i].opt.type == OPT_COUNT)
            s->values[SUBMIT_ENVIRONMENT][i].count = strtol(text, NULL, 10);
    }
    return 0;
}

/* ---- finding ---- */

static size_t row_of(const char *name)
{
    size_t i = 0;

    while (i < n_submit_rows && strcmp(submit_rows[i].opt.name, name) != 0)
        i++;
    assert(i < n_submit_rows);
    return i;
}

/* One of the row's set, given by `from`, after `order`; the row itself left out. */
static const struct submit_value *rival(const struct submit *s, enum submit_from from,
                                        size_t row, int order)
{
    for (size_t i = 0; submit_rows[row].set != SET_NONE && i < n_submit_rows; i++)
        if (i != row && submit_rows[i].set == submit_rows[row].set &&
            s->values[from][i].given && s->values[from][i].order > order)
            return &s->values[from][i];
    return NULL;
}

static const struct submit_value *find_row(const struct submit *s, size_t row)
{
    for (int from = SUBMIT_LINE; from >= 0; from--) {
        const struct submit_value *v = &s->values[from][row];
        if (v->given)
            return rival(s, from, row, v->order) ? NULL : v;
        if (rival(s, from, row, 0))
            return NULL;
    }
    return NULL;
}

const struct submit_value *submit_find(const struct submit *s, const char *name)
{
    return find_row(s, row_of(name));
}

const char *submit_text(const struct submit *s, const char *name)
{
    const struct submit_value *v = submit_find(s, name);

    return v ? v->text : NULL;
}

bool submit_has(const struct submit *s, const char *name)
{
    return submit_find(s, name) != NULL;
}

/* Of --requeue and --no-requeue the last one counts, as in Slurm. */
int submit_check(const struct submit *s, struct err *err)
{
    for (size_t from = 0; from < SUBMIT_FROMS; from++)
        for (size_t row = 0; row < n_submit_rows; row++) {
            const struct submit_value *v = &s->values[from][row];
            const struct submit_value *other =
                v->given && submit_rows[row].set != SET_REQUEUE
                    ? rival(s, from, row, v->order)
                    : NULL;
            if (other)
                return err_set(err, ERR_INVALID, "%s and %s exclude each other",
                               v->where, other->where);
        }
    return 0;
}

/* ---- the spec ---- */

int submit_fill(const struct submit *s, int64_t now_sec, struct json *spec,
                struct err *err)
{
    for (size_t row = 0; row < n_submit_rows; row++) {
        const struct submit_row *r = &submit_rows[row];
        const struct submit_value *v = r->put ? find_row(s, row) : NULL;
        const struct submit_put p = {
            .row = r, .text = v ? v->text : "", .now_sec = now_sec};

        if (!v || r->put(&p, spec, err) == 0)
            continue;
        /* The message names the option; a line of a script is found by its number. */
        const char *colon = strstr(v->where, ": ");
        if (colon)
            return err_prefix(err, "%.*s", (int)(colon - v->where), v->where);
        return v->where[0] == '-' ? -1 : err_prefix(err, "%s", v->where);
    }
    return 0;
}

const char *submit_where(const struct submit *s, const char *field)
{
    size_t component = 0;
    int len = 0;

    if (str_starts(field, "spec."))
        field += strlen("spec.");
    if (sscanf(field, "components[%zu].%n", &component, &len) == 1 && len > 0)
        field += len;
    while (s && s->component < component)
        s = s->next;
    if (!s)
        return NULL;
    for (size_t row = 0; row < n_submit_rows; row++) {
        const struct submit_value *v;
        if (submit_rows[row].field && str_eq(submit_rows[row].field, field) &&
            (v = find_row(s, row)) != NULL)
            return v->where;
    }
    return NULL;
}

/* ---- help ---- */

/* All options of one reason together, where the first of them stands. */
static void help_refused(FILE *out, size_t row)
{
    const char *why = submit_rows[row].refused;
    size_t column = 0;

    for (size_t i = 0; i < n_submit_rows; i++) {
        if (!why || !str_eq(submit_rows[i].refused, why))
            continue;
        if (i < row)
            return;
        const char *name = submit_rows[i].opt.name;
        column += strlen(name) + 4;
        fprintf(out, i == row ? "  --%s" : column > 76 ? ",\n  --%s" : ", --%s", name);
        column = column > 76 ? strlen(name) + 4 : column;
    }
    if (why)
        fprintf(out, "\n      %s\n", why);
}

void submit_help(FILE *out)
{
    struct opt acting[160] = {0};
    size_t n = 0;

    for (size_t i = 0; i < n_submit_rows; i++) {
        if (submit_rows[i].refused)
            continue;
        assert(n + 1 < ARRAY_LEN(acting));
        acting[n++] = submit_rows[i].opt;
    }
    opt_help(
        acting, "sbatch [OPTION...] [: OPTION...] [SCRIPT [ARGUMENT...]]",
        "Submits a batch script (a file, standard input, or --wrap) as a BatchJob.",
        out);
    fputs(
        "\nOptions stand in lines of the script too: #SBATCH --nodes=2. The command "
        "line wins\nover the environment, that over the script.\n"
        "\nComponents of a heterogeneous job stand apart by ':' (in a script by lines "
        "#SBATCH\nhetjob): -N1 -c4 : -N2 -G16. Shape and nodes are each one's own, all "
        "else is that\nof the first.\n"
        "\nRefused by name:\n",
        out);
    for (size_t i = 0; i < n_submit_rows; i++)
        help_refused(out, i);
    fputs("\nExit status:\n"
          "  0  submitted; with --wait: the job ended with 0\n"
          "  1  not submitted: nothing of it is left (SLURM_EXIT_ERROR: another code)\n"
          "With --wait it is the job's own exit code, 1 where a signal ended it.\n",
          out);
}

void submit_usage(FILE *out)
{
    size_t column = 0;

    fputs("Usage: sbatch", out);
    for (size_t i = 0; i < n_submit_rows; i++) {
        const struct opt *o = &submit_rows[i].opt;
        if (submit_rows[i].refused)
            continue;
        AUTO_FREE char *word = xasprintf(o->type == OPT_OPTIONAL ? "[--%s[=%s]]"
                                         : o->metavar            ? "[--%s=%s]"
                                                                 : "[--%s]",
                                         o->name, o->metavar ? o->metavar : "");
        column += strlen(word) + 1;
        fprintf(out, column > 70 ? "\n              %s" : " %s", word);
        column = column > 70 ? strlen(word) : column;
    }
    fputs("\n              [SCRIPT [ARGUMENT...]]\n", out);
}
