#include "base/opt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"

/* Longer words are no misspelling of anything. */
#define WORD_MAX 64

/* One parse: `seen` has an entry per row. */
struct parse {
    const struct opt *table;
    char *base; /* the caller's struct */
    bool *seen;
    struct err *err;
};

/* ---- values ---- */

/* Each sets the field at `at` from `text`; `from` is the option or variable, for
 * errors. */
struct source {
    const char *from;
    const char *text;
};

static int bad_value(const struct source *src, struct err *err, const char *expected)
{
    return err_set(err, ERR_INVALID, "%s: \"%s\" is not %s", src->from, src->text,
                   expected);
}

/* Only variables give flags a value. */
static int set_flag(const struct opt *o, const struct source *src, void *at,
                    struct err *err)
{
    static const struct {
        const char *word;
        bool v;
    } words[] = {{"1", true},  {"true", true},   {"yes", true},
                 {"0", false}, {"false", false}, {"no", false}};
    size_t i;

    (void)o;
    for (i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(src->text, words[i].word)) {
            *(bool *)at = words[i].v;
            return 0;
        }
    }
    return bad_value(src, err, "true or false");
}

static int set_string(const struct opt *o, const struct source *src, void *at,
                      struct err *err)
{
    (void)o;
    (void)err;
    *(const char **)at = src->text;
    return 0;
}

static int set_int(const struct opt *o, const struct source *src, void *at,
                   struct err *err)
{
    const char *digits = src->text + (src->text[0] == '-');
    intmax_t v;
    char *end;

    errno = 0;
    v = strtoimax(src->text, &end, 10);
    if (digits[0] < '0' || digits[0] > '9' || *end != '\0')
        return bad_value(src, err, "a whole number");
    if (errno == ERANGE)
        return bad_value(src, err, "within 64 bits");
    if ((o->min != 0 || o->max != 0) && (v < o->min || v > o->max))
        return err_set(err, ERR_INVALID,
                       "%s: %" PRIdMAX " is not within %" PRId64 " to %" PRId64,
                       src->from, v, o->min, o->max);
    *(int64_t *)at = v;
    return 0;
}

static int set_duration(const struct opt *o, const struct source *src, void *at,
                        struct err *err)
{
    (void)o;
    if (duration_parse(src->text, at, err) < 0)
        return err_prefix(err, "%s", src->from);
    return 0;
}

static int set_optional(const struct opt *o, const struct source *src, void *at,
                        struct err *err)
{
    (void)o;
    (void)err;
    *(const char **)at = src->text ? src->text : "";
    return 0;
}

/* A variable says how many. */
static int set_count(const struct opt *o, const struct source *src, void *at,
                     struct err *err)
{
    if (src->text)
        return set_int(o, src, at, err);
    ++*(int64_t *)at;
    return 0;
}

typedef int set_fn(const struct opt *o, const struct source *src, void *at,
                   struct err *err);

static set_fn *const setters[] = {
    [OPT_FLAG] = set_flag,         [OPT_STRING] = set_string,
    [OPT_INT] = set_int,           [OPT_DURATION] = set_duration,
    [OPT_OPTIONAL] = set_optional, [OPT_COUNT] = set_count,
};

static int set_value(struct parse *p, const struct opt *o, const struct source *src)
{
    p->seen[o - p->table] = true;
    return setters[o->type](o, src, p->base + o->offset, p->err);
}

static size_t count_rows(const struct opt *table)
{
    size_t n = 0;

    while (table[n].name != NULL)
        n++;
    return n;
}

/* ---- the line ---- */

/* Of flags the second says what the first did. */
static int check_once(const struct parse *p, const struct opt_item *item)
{
    if (!p->seen[item->row - p->table] || !item->value)
        return 0;
    return err_set(p->err, ERR_INVALID, "%s: is given twice, and has one value",
                   item->from);
}

static int parse_line(struct parse *p, struct opt_scan *scan)
{
    struct opt_item item;
    int more;

    while ((more = opt_scan_next(scan, &item, p->err)) > 0) {
        struct source src = {.from = item.from, .text = item.value};

        if (item.row->type == OPT_FLAG)
            src.text = "true";
        if ((scan->manner & OPT_ONCE) && check_once(p, &item) < 0)
            return -1;
        if (set_value(p, item.row, &src) < 0)
            return -1;
    }
    return more < 0 ? -1 : scan->at;
}

/* Variables that are set but empty count as not set. */
static int parse_environment(struct parse *p)
{
    const struct opt *o;

    for (o = p->table; o->name != NULL; o++) {
        struct source src = {.from = o->env};

        if (o->env == NULL || p->seen[o - p->table])
            continue;
        src.text = getenv(o->env);
        if (src.text != NULL && src.text[0] != '\0' && set_value(p, o, &src) < 0)
            return -1;
    }
    return 0;
}

int opt_parse_as(const struct opt *table, unsigned manner, int argc, char **argv,
                 void *into, struct err *err)
{
    AUTO_FREE bool *seen = xcalloc(count_rows(table), sizeof(*seen));
    struct parse p = {.table = table, .base = into, .seen = seen, .err = err};
    struct opt_scan scan;
    int operand;

    opt_scan_init(&scan, table, manner, argc, argv);
    operand = parse_line(&p, &scan);
    if (operand < 0 || parse_environment(&p) < 0)
        return -1;
    return operand;
}

int opt_parse(const struct opt *table, int argc, char **argv, void *into,
              struct err *err)
{
    return opt_parse_as(table, 0, argc, argv, into, err);
}

/* ---- help ---- */

/* "  -n, --nodes N": free() it. */
static char *left_column(const struct opt *o)
{
    char dash[] = "-?, ";

    dash[1] = o->short_name;
    if (o->type == OPT_OPTIONAL)
        return xasprintf("  %s--%s[=%s]", o->short_name != 0 ? dash : "    ", o->name,
                         o->metavar);
    return xasprintf("  %s--%s%s%s", o->short_name != 0 ? dash : "    ", o->name,
                     o->metavar != NULL ? " " : "",
                     o->metavar != NULL ? o->metavar : "");
}

void opt_help(const struct opt *table, const char *usage, const char *purpose,
              FILE *out)
{
    const struct opt *o;
    int width = 0;

    fprintf(out, "Usage: %s\n\n%s\n\n", usage, purpose);
    for (o = table; o->name != NULL; o++) {
        AUTO_FREE char *left = left_column(o);

        width = MAX(width, (int)strlen(left));
    }
    for (o = table; o->name != NULL; o++) {
        AUTO_FREE char *left = left_column(o);

        fprintf(out, "%-*s  %s", width, left, o->help);
        if (o->env != NULL)
            fprintf(out, " [%s]", o->env);
        fputc('\n', out);
    }
}

void opt_help_exits(const struct opt_exit *exits, FILE *out)
{
    fputs("\nExit status:\n", out);
    for (; exits->when != NULL; exits++)
        fprintf(out, "  %d  %s\n", exits->status, exits->when);
}

/* ---- misspelt words ---- */

/* Insertions, deletions and replacements that lead from `a` to `b`; both at most
 * WORD_MAX bytes. One row of the usual table at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], i, k, diagonal, above, n = strlen(b);

    for (k = 0; k <= n; k++)
        row[k] = k;
    for (i = 0; a[i] != '\0'; i++) {
        diagonal = row[0];
        row[0] = i + 1;
        for (k = 0; k < n; k++) {
            above = row[k + 1];
            row[k + 1] = MIN(diagonal + (a[i] != b[k]), MIN(above, row[k]) + 1);
            diagonal = above;
        }
    }
    return row[n];
}

const char *opt_nearest(const char *word, const char *const *words)
{
    size_t len = strnlen(word, WORD_MAX + 1), best, distance;
    const char *near = NULL;

    if (len > WORD_MAX || len == 0)
        return NULL;
    /* Near is what takes two edits, a third of a long word, and never all of a short
     * one. */
    best = MIN(MAX(2, len / 3), len - 1) + 1;
    for (; *words != NULL; words++) {
        if (strlen(*words) > WORD_MAX)
            continue;
        distance = edit_distance(word, *words);
        if (distance < best) {
            best = distance;
            near = *words;
        }
    }
    return near;
}
