#include "cmd/gantry/columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define DEFAULT_NAME_WIDTH 20
#define WIDTH_DIGITS 6 /* a field is no wider than a million */
#define BAD "Invalid job format specification: "

void format_fini(struct format *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->fields[i].suffix);
    free(f->fields);
    free(f->prefix);
    *f = (struct format){0};
}

static void add(struct format *f, struct field field)
{
    f->fields = xrealloc(f->fields, (f->n + 1) * sizeof(*f->fields));
    f->fields[f->n++] = field;
}

const struct column *column_by_letter(const struct column *table, char letter)
{
    for (; table->cell; table++)
        if (table->letter == letter)
            return table;
    return NULL;
}

static const struct column *column_by_name(const struct column *table, const char *name,
                                           size_t len)
{
    for (; table->cell; table++)
        if (table->name && strlen(table->name) == len &&
            strncasecmp(table->name, name, len) == 0)
            return table;
    return NULL;
}

/* "[.][width]": moves on. false: more digits than a width has. */
static bool scan_width(const char **text, struct field *field)
{
    const char *s = *text;

    if (*s == '.') {
        field->right = true;
        s++;
    }
    const size_t digits = strspn(s, "0123456789");
    if (digits > WIDTH_DIGITS)
        return false;
    if (digits > 0)
        field->width = strtoul(s, NULL, 10);
    *text = s + digits;
    return true;
}

/* ---- -o ---- */

static void add_all(struct format *f, const struct column *table)
{
    for (; table->cell; table++)
        if (table->letter)
            add(f, (struct field){.column = table, .suffix = xstrdup("|")});
    if (f->n > 0)
        f->fields[f->n - 1].suffix[0] = '\0';
}

/* Behind '%': one field with its suffix. Returns what follows; NULL and err. */
static const char *parse_letter(struct format *f, const struct column *table,
                                const char *s, struct err *err)
{
    struct field field = {.width = COLUMN_FREE};
    const char *whole = s;

    if (strncasecmp(s, "all", 3) == 0) {
        add_all(f, table);
        return s + 3 + strcspn(s + 3, "%");
    }
    if (!scan_width(&s, &field)) {
        err_set(err, ERR_INVALID, BAD "%%%s (a width has at most %d digits)", whole,
                WIDTH_DIGITS);
        return NULL;
    }
    field.column = *s ? column_by_letter(table, *s) : NULL;
    if (!field.column) {
        err_set(err, ERR_INVALID, BAD "%.1s", s);
        return NULL;
    }
    const size_t len = strcspn(s + 1, "%");
    field.suffix = xstrndup(s + 1, len);
    add(f, field);
    return s + 1 + len;
}

static int parse_letters(struct format *f, const struct column *table, const char *s,
                         struct err *err)
{
    const size_t prefix = strcspn(s, "%");

    f->prefix = xstrndup(s, prefix);
    s += prefix;
    while (*s) {
        s = parse_letter(f, table, s + 1, err);
        if (!s)
            return -1;
    }
    if (f->n == 0)
        return err_set(err, ERR_INVALID,
                       "Format lacks fields: use %%letter, as in "
                       "\"%%i %%j\"");
    return 0;
}

/* ---- -O ---- */

/* "name[:[.][width][suffix]]" of `len` bytes. */
static int parse_name(struct format *f, const struct column *table, const char *s,
                      size_t len, struct err *err)
{
    AUTO_FREE char *spec = xstrndup(s, len);
    const char *options = strchr(spec, ':');
    const size_t name = options ? (size_t)(options - spec) : len;
    struct field field = {.width = COLUMN_FREE};

    field.column = column_by_name(table, spec, name);
    if (!field.column)
        return err_set(err, ERR_INVALID, BAD "%.*s", (int)MIN(name, (size_t)64), spec);
    options = options ? options + 1 : "";
    if (!scan_width(&options, &field))
        return err_set(err, ERR_INVALID, BAD "%s (a width has at most %d digits)", spec,
                       WIDTH_DIGITS);
    if (field.width == COLUMN_FREE)
        field.width = DEFAULT_NAME_WIDTH;
    field.suffix = xstrdup(options);
    add(f, field);
    return 0;
}

static int parse_names(struct format *f, const struct column *table, const char *s,
                       struct err *err)
{
    if (strcasecmp(s, "all") == 0) {
        add_all(f, table);
        return 0;
    }
    for (; *s; s += strspn(s, ",")) {
        const size_t len = strcspn(s, ",");
        if (len > 0 && parse_name(f, table, s, len, err) < 0)
            return -1;
        s += len;
    }
    if (f->n == 0)
        return err_set(err, ERR_INVALID,
                       "Format lacks fields: use names, as in \"jobid,name\"");
    return 0;
}

typedef int parse_fn(struct format *f, const struct column *table, const char *s,
                     struct err *err);

static int parse(struct format *ret, const struct column *table, const char *text,
                 parse_fn *fn, struct err *err)
{
    struct format f = {0};

    if (strnlen(text, COLUMNS_FORMAT_MAX + 1) > COLUMNS_FORMAT_MAX)
        return err_set(err, ERR_TOO_LARGE, "the format is longer than %d bytes",
                       COLUMNS_FORMAT_MAX);
    if (fn(&f, table, text, err) < 0) {
        err_flatten(err);
        format_fini(&f);
        return -1;
    }
    *ret = f;
    return 0;
}

int format_parse_letters(struct format *ret, const struct column *table,
                         const char *text, struct err *err)
{
    return parse(ret, table, text, parse_letters, err);
}

int format_parse_names(struct format *ret, const struct column *table, const char *text,
                       struct err *err)
{
    return parse(ret, table, text, parse_names, err);
}

bool format_has_letter(const struct format *f, char letter)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->fields[i].column->letter == letter)
            return true;
    return false;
}

unsigned format_about(const struct format *f)
{
    unsigned about = 0;

    for (size_t i = 0; i < f->n; i++)
        about |= f->fields[i].column->about;
    return about;
}

/* ---- lines ---- */

static void pad(struct str *out, size_t n)
{
    for (; n > 0; n--)
        str_addc(out, ' ');
}

static void add_cell(const struct field *field, const char *value, size_t len,
                     struct str *out)
{
    const size_t shown = field->width == COLUMN_FREE ? len : MIN(len, field->width);
    const size_t blank = field->width > shown ? field->width - shown : 0;

    if (field->right)
        pad(out, blank);
    str_addn(out, value, shown);
    if (!field->right)
        pad(out, blank);
    str_add(out, field->suffix);
}

void format_heading(const struct format *f, struct str *out)
{
    str_add(out, f->prefix ? f->prefix : "");
    for (size_t i = 0; i < f->n; i++)
        add_cell(&f->fields[i], f->fields[i].column->heading,
                 strlen(f->fields[i].column->heading), out);
    str_addc(out, '\n');
}

void format_row(const struct format *f, const void *row, const void *shared,
                struct str *out)
{
    STR_AUTO struct str value;

    str_init(&value, COLUMNS_LINE_MAX);
    str_add(out, f->prefix ? f->prefix : "");
    for (size_t i = 0; i < f->n; i++) {
        str_reset(&value);
        f->fields[i].column->cell(row, shared, &value);
        add_cell(&f->fields[i], value.s, value.len, out);
    }
    str_addc(out, '\n');
}
