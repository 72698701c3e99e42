#include "cmd/gantry/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define CELL_MAX 4096
#define NAMES_A_LINE 4

/* ---- which ---- */

static const struct listing_field *find(const struct listing_field *table,
                                        const char *word)
{
    for (const struct listing_field *f = table; *word && f->name; f++)
        if (strncasecmp(f->name, word, strlen(word)) == 0)
            return f;
    return NULL;
}

static int add(struct listing *l, const struct listing_field *table, char *word,
               struct err *err)
{
    char *percent = strchr(word, '%');
    int width = percent ? atoi(percent + 1) : 0;

    if (percent)
        *percent = '\0';
    const struct listing_field *field = find(table, word);
    if (!field)
        return err_set(err, ERR_INVALID, "Invalid field requested: \"%s\"", word);
    if (abs(width) > LISTING_WIDTH_MAX || (percent && width == 0))
        return err_set(err, ERR_INVALID, "%s: a width is a number from 1 to %d",
                       field->name, LISTING_WIDTH_MAX);
    if (l->n == LISTING_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d fields", LISTING_FIELDS_MAX);
    l->fields[l->n] = *field;
    if (width != 0)
        l->fields[l->n].width = width;
    l->n++;
    return 0;
}

int listing_parse(struct listing *ret, const struct listing_field *table,
                  const char *text, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    struct listing l = {.style = ret->style};
    char *rest = copy, *word;

    while ((word = strsep(&rest, ",")) != NULL)
        if (add(&l, table, word, err) < 0)
            return -1;
    *ret = l;
    return 0;
}

bool listing_has(const struct listing *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->fields[i].name, name))
            return true;
    return false;
}

/* ---- lines ---- */

static void add_wide(const struct listing_field *f, char *text, size_t len,
                     struct str *out)
{
    const int width = abs(f->width);

    if (!f->is_number && len > (size_t)width) {
        text[width - 1] = '+';
        text[width] = '\0';
    }
    str_addf(out, "%*s ", f->width, text);
}

static void add_parsable(const struct listing *l, size_t i, const char *text,
                         struct str *out)
{
    str_add(out, text);
    if (l->style == LISTING_PARSABLE || i + 1 < l->n)
        str_addc(out, '|');
}

static void add_dashes(const struct listing *l, struct str *out)
{
    for (size_t i = 0; i < l->n; i++) {
        for (int k = abs(l->fields[i].width); k > 0; k--)
            str_addc(out, '-');
        str_addc(out, ' ');
    }
    str_addc(out, '\n');
}

/* A name that is too long is cut without a mark. */
static void add_name(const struct listing *l, size_t i, struct str *out)
{
    const struct listing_field *f = &l->fields[i];

    if (l->style == LISTING_WIDE)
        str_addf(out, "%*.*s ", f->width, abs(f->width), f->name);
    else
        add_parsable(l, i, f->name, out);
}

void listing_heading(const struct listing *l, struct str *out)
{
    for (size_t i = 0; i < l->n; i++)
        add_name(l, i, out);
    str_addc(out, '\n');
    if (l->style == LISTING_WIDE)
        add_dashes(l, out);
}

void listing_row(const struct listing *l, const void *row, struct str *out)
{
    STR_AUTO struct str cell;

    str_init(&cell, CELL_MAX);
    for (size_t i = 0; i < l->n; i++) {
        str_reset(&cell);
        l->fields[i].cell(row, &cell);
        if (l->style == LISTING_WIDE)
            add_wide(&l->fields[i], cell.s, cell.len, out);
        else
            add_parsable(l, i, cell.s, out);
    }
    str_addc(out, '\n');
}

void listing_names(const struct listing_field *table, struct str *out)
{
    size_t n = 0;

    for (const struct listing_field *f = table; f->name; f++)
        str_addf(out, "%s%-17s",
                 n == 0                  ? ""
                 : n % NAMES_A_LINE == 0 ? "\n"
                                         : " ",
                 f->name),
            n++;
    str_addc(out, '\n');
}
