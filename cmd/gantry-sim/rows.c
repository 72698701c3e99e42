#include "cmd/gantry-sim/rows.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A thousand years of seconds, an exbibyte of memory: no sum of a few overflows. */
#define NUMBER_MAX (INT64_C(1) << 60)

/* Without the blanks around it, in place. */
static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t", text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* What stands in quotes, in place; `*at` is behind the closing one then. */
static int read_quoted(char **at, char **ret, struct err *err)
{
    char *from = *at + 1, *to = from;
    *ret = to;
    for (;; from++) {
        if (*from == '\0')
            return err_set(err, ERR_INVALID, "a field in quotes does not end");
        if (*from == '"' && *++from != '"')
            break;
        *to++ = *from;
    }
    from += strspn(from, " \t");
    *at = from;
    if (*from != '\0' && *from != ',')
        return err_set(err, ERR_INVALID,
                       "a field goes on behind its closing quote: \"%.32s\"", from);
    *to = '\0';
    return 0;
}

static int read_cell(char **at, char **ret, struct err *err)
{
    *at += strspn(*at, " \t");
    if (**at == '"')
        return read_quoted(at, ret, err);
    *ret = *at;
    *at += strcspn(*at, ",\"");
    if (**at == '"')
        return err_set(err, ERR_INVALID,
                       "a quote within a field that does not begin with one");
    return 0;
}

int row_cells(char *line, char **ret, size_t *ret_n, struct err *err)
{
    size_t n = 0;
    for (char *at = line; n <= ROW_FIELDS_MAX; at++) {
        char *cell;
        const bool quoted = at[strspn(at, " \t")] == '"';
        if (read_cell(&at, &cell, err) < 0)
            return -1;
        const bool last = *at == '\0';
        *at = '\0';
        if (n < ROW_FIELDS_MAX)
            ret[n] = quoted ? cell : trim(cell);
        n++;
        if (last)
            break;
    }
    *ret_n = n;
    return 0;
}

/* A row as row_cells would see it, as far as it was looked at. */
struct look {
    size_t at; /* up to here */
    size_t n;  /* the fields that have begun */
    bool open; /* in quotes */
    bool wrong;
};

/* On to where the field in quotes closes, if it does. */
static void look_for_close(struct look *k, const char *row)
{
    for (; k->open && row[k->at]; k->at++) {
        if (row[k->at] != '"')
            continue;
        if (row[k->at + 1] == '"')
            k->at++;
        else
            k->open = false;
    }
}

/* On, from within quotes or where a field begins, to the end or to what is wrong. */
static void look_on(struct look *k, const char *row)
{
    for (;;) {
        bool quoted = k->open;
        if (!quoted) {
            k->n++;
            k->at += strspn(row + k->at, " \t");
            quoted = k->open = row[k->at] == '"';
            k->at += quoted;
        }
        look_for_close(k, row);
        if (k->open)
            return;
        k->at += quoted ? strspn(row + k->at, " \t") : strcspn(row + k->at, ",\"");
        if (row[k->at] == '\0')
            return;
        if (row[k->at++] != ',') {
            k->wrong = true;
            return;
        }
    }
}

int row_next(struct lines *l, size_t n, char **ret, struct err *err)
{
    struct look look = {.at = 0};
    int rc = lines_next(l, ret, err);
    if (rc != 1 || !strchr(*ret, '"'))
        return rc;
    for (look_on(&look, *ret); look.open; look_on(&look, *ret))
        if ((rc = lines_join(l, ret, err)) != 1)
            break;
    if (rc < 0)
        return -1;
    if (look.open || look.wrong || (n > 0 && look.n != n))
        *ret = lines_part(l);
    return 1;
}

size_t row_words(char *line, char **ret)
{
    size_t n = 0;
    char *word;
    while (n <= ROW_FIELDS_MAX && (word = strsep(&line, " \t")) != NULL) {
        if (*word == '\0')
            continue;
        if (n < ROW_FIELDS_MAX)
            ret[n] = word;
        n++;
    }
    return n;
}

/* "0.25" has a fraction of 25 / 100; digits past the twelfth do not count. */
static const char *read_fraction(const char *at, __int128 *ret_part, int64_t *ret_of)
{
    int64_t part = 0, of = 1;
    for (; isdigit((unsigned char)*at); at++) {
        if (of >= INT64_C(1000000000000))
            continue;
        part = part * 10 + (*at - '0');
        of *= 10;
    }
    *ret_part = part;
    *ret_of = of;
    return at;
}

int row_number(const char *text, int64_t scale, int64_t *ret, struct err *err)
{
    __int128 part = 0;
    int64_t of = 1;
    char *end;
    if (*text == '\0')
        return 0;
    if (!isdigit((unsigned char)*text))
        return err_set(err, ERR_INVALID, "\"%s\" is no number from 0 on", text);
    errno = 0;
    int64_t whole = strtoll(text, &end, 10);
    const char *behind = end;
    if (*end == '.')
        behind = read_fraction(end + 1, &part, &of);
    if (*behind != '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is no number from 0 on", text);
    __int128 value = (__int128)whole * scale + (part * scale + of - 1) / of;
    if (errno == ERANGE || value > NUMBER_MAX)
        return err_set(err, ERR_INVALID, "%s is too large", text);
    *ret = (int64_t)value;
    return 0;
}
