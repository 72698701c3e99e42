#include "crds/licenses.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define RIGHT "right is matlab:2,ansys"

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || (text[n] && strchr("-_.@", text[n])))
        n++;
    return n;
}

/* ":2" at *at, which moves behind it; nothing: 1. */
static int read_count(const char **at, int64_t *ret, struct err *err)
{
    char *end;
    *ret = 1;
    if (**at != ':')
        return 0;
    errno = 0;
    *ret = strtoll(*at + 1, &end, 10);
    if (!isdigit((unsigned char)(*at)[1]) || errno || *ret < 1 ||
        *ret > LICENSE_COUNT_MAX)
        return err_set(err, ERR_INVALID,
                       "behind a name and \":\" stands a number from 1 to %d; " RIGHT,
                       LICENSE_COUNT_MAX);
    *at = end;
    return 0;
}

/* One licence at *at, which moves behind it. */
static int read_one(const char **at, char *name, int64_t *ret_count, struct err *err)
{
    size_t n = name_length(*at);
    if (n == 0 || n >= LICENSE_NAME_MAX)
        return err_set(
            err, ERR_INVALID,
            "a licence has a name of 1 to %d letters, digits, -, _, . and @; " RIGHT,
            LICENSE_NAME_MAX - 1);
    memcpy(name, *at, n);
    name[n] = '\0';
    *at += n;
    return read_count(at, ret_count, err);
}

/* To the next one; 0 at the end of the text. They stand apart by *apart, which the
 * first one settles ('\0': it is still to come). */
static int next_one(const char **at, char *apart, struct err *err)
{
    if (**at == '\0')
        return 0;
    if (!isprint((unsigned char)**at))
        return err_set(err, ERR_INVALID, "byte %d is not understood; " RIGHT,
                       (unsigned char)**at);
    if (**at != ',' && **at != '|')
        return err_set(err, ERR_INVALID, "\"%c\" is not understood; " RIGHT, **at);
    if (*apart != '\0' && *apart != **at)
        return err_set(
            err, ERR_INVALID,
            "all of them stand apart by commas, one of them by |: not both; " RIGHT);
    *apart = *(*at)++;
    return 1;
}

/* A name may have stood twice. */
static int check_counts(const struct license *all, size_t n, struct err *err)
{
    if (n > LICENSES_MAX)
        return err_set(err, ERR_INVALID, "more than %d licences", LICENSES_MAX);
    for (size_t i = 0; i < n; i++)
        if (all[i].count > LICENSE_COUNT_MAX)
            return err_set(err, ERR_INVALID, "more than %d of licence %s",
                           LICENSE_COUNT_MAX, all[i].name);
    return 0;
}

/* Behind those before it, as they are asked for. */
static int add_choice(struct license **all, size_t *n, const char *name, int64_t count,
                      struct err *err)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*all)[i].name, name) == 0)
            return err_set(err, ERR_INVALID, "licence %s stands twice", name);
    if (*n == LICENSE_CHOICES_MAX)
        return err_set(err, ERR_INVALID, "a choice of more than %d licences",
                       LICENSE_CHOICES_MAX);
    *all = xrealloc(*all, (*n + 1) * sizeof(**all));
    (*all)[(*n)++] = (struct license){xstrdup(name), count};
    return 0;
}

static int read_all(const char *text, struct license **all, size_t *n, char *apart,
                    struct err *err)
{
    char name[LICENSE_NAME_MAX];
    int64_t count = 0;
    int more = *text != '\0';
    while (more > 0) {
        more = read_one(&text, name, &count, err);
        if (more == 0)
            more = next_one(&text, apart, err);
        if (more >= 0 && *apart == '|' && add_choice(all, n, name, count, err) < 0)
            more = -1;
        if (more >= 0 && *apart != '|')
            licenses_add(all, n, name, count);
        if (more >= 0 && check_counts(*all, *n, err) < 0)
            more = -1;
    }
    return more;
}

int licenses_parse_asked(const char *text, struct license **ret, size_t *ret_n,
                         bool *ret_any, struct err *err)
{
    struct license *all = NULL;
    size_t n = 0;
    char apart = '\0';
    if (read_all(text, &all, &n, &apart, err) < 0) {
        licenses_free(all, n);
        return -1;
    }
    *ret = all;
    *ret_n = n;
    *ret_any = apart == '|';
    return 0;
}

int licenses_parse(const char *text, struct license **ret, size_t *ret_n,
                   struct err *err)
{
    struct license *all = NULL;
    size_t n = 0;
    bool any = false;
    if (licenses_parse_asked(text, &all, &n, &any, err) < 0)
        return -1;
    if (any) {
        licenses_free(all, n);
        return err_set(err, ERR_INVALID, "a choice (|) is for jobs alone; " RIGHT);
    }
    *ret = all;
    *ret_n = n;
    return 0;
}

int license_table_parse(const char *text, struct license_table *ret, struct err *err)
{
    struct license *all = NULL;
    struct license_table table = {0};
    size_t n = 0;
    if (licenses_parse(text, &all, &n, err) < 0)
        return -1;
    table.n = n;
    for (size_t i = 0; i < n; i++) {
        memcpy(table.items[i].name, all[i].name, strlen(all[i].name) + 1);
        table.items[i].total = all[i].count;
    }
    licenses_free(all, n);
    *ret = table;
    return 0;
}

void license_table_format(const struct license_table *table, struct str *out)
{
    for (size_t i = 0; i < table->n; i++)
        str_addf(out, "%s%s:%lld", i > 0 ? "," : "", table->items[i].name,
                 (long long)table->items[i].total);
}
