#include "base/hostlist.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define NAME_MAX_LEN 253 /* Kubernetes' limit on node names */
#define DIGITS_MAX 9     /* of one number in a bracket */

void hostlist_add(struct hostlist *hl, const char *name)
{
    GROW(hl->names, hl->n, hl->cap);
    hl->names[hl->n++] = xstrdup(name);
}

void hostlist_fini(struct hostlist *hl)
{
    for (size_t i = 0; i < hl->n; i++)
        free(hl->names[i]);
    free(hl->names);
    *hl = (struct hostlist){0};
}

/* ---- reading ----
 *
 * One item of the list is expanded left to right by recursion: `done` holds the part of
 * the name that is settled, `rest` the text that is not ("r[1-2]n[1-2]": done "r1",
 * rest "n[1-2]"). The item's form is checked once, before. */

struct expansion {
    struct hostlist *into;
    size_t start; /* names that were there before */
    char done[NAME_MAX_LEN + 1];
    size_t len;
};

enum expand { EXPAND_OK, EXPAND_MANY, EXPAND_LONG };

struct range {
    unsigned long low, high;
    int width;
};

static bool scan_digits(const char **s, unsigned long *ret, int *ret_width)
{
    int width = (int)strspn(*s, "0123456789");
    if (width == 0 || width > DIGITS_MAX)
        return false;
    *ret = strtoul(*s, NULL, 10);
    *ret_width = width;
    *s += width;
    return true;
}

/* Takes "7" or "001-012" off the text. A number's own digits are its least width. */
static bool scan_range(const char **s, struct range *ret)
{
    int high_width;
    if (!scan_digits(s, &ret->low, &ret->width))
        return false;
    ret->high = ret->low;
    if (**s != '-')
        return true;
    (*s)++;
    return scan_digits(s, &ret->high, &high_width) && ret->high >= ret->low;
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_';
}

/* The end of the item that `s` begins ("," or the end of the text); NULL if malformed,
 * `*ret_bad` where. */
static const char *item_end(const char *s, const char **ret_bad)
{
    const char *start = s;
    while (*s != '\0' && *s != ',') {
        if (name_char(*s)) {
            s++;
            continue;
        }
        *ret_bad = s;
        if (*s != '[')
            return NULL;
        do {
            struct range r;
            *ret_bad = ++s;
            if (!scan_range(&s, &r))
                return NULL;
        } while (*s == ',');
        *ret_bad = s;
        if (*s++ != ']')
            return NULL;
    }
    *ret_bad = s;
    return s == start ? NULL : s;
}

static bool push_text(struct expansion *x, const char *s, size_t len)
{
    if (x->len + len > NAME_MAX_LEN)
        return false;
    memcpy(x->done + x->len, s, len);
    x->len += len;
    x->done[x->len] = '\0';
    return true;
}

static enum expand expand(struct expansion *x, const char *rest, const char *end);

static enum expand expand_range(struct expansion *x, const struct range *r,
                                const char *rest, const char *end)
{
    size_t len = x->len;
    for (unsigned long v = r->low; v <= r->high; v++) {
        char number[24];
        int n = snprintf(number, sizeof(number), "%0*lu", r->width, v);
        x->len = len;
        if (!push_text(x, number, (size_t)n))
            return EXPAND_LONG;
        enum expand result = expand(x, rest, end);
        if (result != EXPAND_OK)
            return result;
    }
    x->len = len;
    return EXPAND_OK;
}

static enum expand expand(struct expansion *x, const char *rest, const char *end)
{
    size_t len = x->len;
    const char *open = memchr(rest, '[', (size_t)(end - rest));
    if (!push_text(x, rest, (size_t)((open ? open : end) - rest)))
        return EXPAND_LONG;
    if (!open) {
        if (x->into->n - x->start >= HOSTLIST_MAX)
            return EXPAND_MANY;
        hostlist_add(x->into, x->done);
        x->len = len;
        return EXPAND_OK;
    }
    const char *close = memchr(open, ']', (size_t)(end - open));
    enum expand result = EXPAND_OK;
    for (const char *s = open; s != close && result == EXPAND_OK;) {
        struct range r;
        s++; /* the bracket or a comma */
        bool ok = scan_range(&s, &r);
        assert(ok); /* item_end has seen it */
        if (ok)
            result = expand_range(x, &r, close + 1, end);
    }
    x->len = len;
    return result;
}

static int hostlist_refuse(enum expand why, const char *text, struct err *err)
{
    if (why == EXPAND_MANY)
        return err_set(err, ERR_TOO_LARGE,
                       "host list \"%.80s\" names more than %d hosts", text,
                       HOSTLIST_MAX);
    return err_set(err, ERR_INVALID,
                   "host list \"%.80s\": a name is over %d characters", text,
                   NAME_MAX_LEN);
}

/* Puts the list back to its first `n` names. */
static void hostlist_cut(struct hostlist *hl, size_t n)
{
    while (hl->n > n)
        free(hl->names[--hl->n]);
}

int hostlist_parse(struct hostlist *ret, const char *text, struct err *err)
{
    size_t start = ret->n;
    for (const char *s = text;; s++) {
        const char *bad, *end = item_end(s, &bad);
        struct expansion x = {.into = ret, .start = start};
        if (!end) {
            hostlist_cut(ret, start);
            return err_set(
                err, ERR_INVALID,
                "host list \"%.80s\" is wrong at character %zu: use names like "
                "n[1-3,7],gpu-[001-002]",
                text, (size_t)(bad - text) + 1);
        }
        enum expand result = expand(&x, s, end);
        if (result != EXPAND_OK) {
            hostlist_cut(ret, start);
            return hostlist_refuse(result, text, err);
        }
        s = end;
        if (*s == '\0')
            return 0;
    }
}

/* ---- order ---- */

/* Compares the numbers that both texts begin with and steps over them. */
static int number_compare(const char **a, const char **b)
{
    const char *x = *a + strspn(*a, "0"), *y = *b + strspn(*b, "0");
    size_t nx = strspn(x, "0123456789"), ny = strspn(y, "0123456789");
    *a = x + nx;
    *b = y + ny;
    if (nx != ny)
        return nx < ny ? -1 : 1;
    return memcmp(x, y, nx);
}

int hostname_compare(const char *a, const char *b)
{
    const char *x = a, *y = b;
    while (*x && *y) {
        int order;
        if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y))
            order = number_compare(&x, &y);
        else
            order = (unsigned char)*x++ - (unsigned char)*y++;
        if (order != 0)
            return order;
    }
    if (*x || *y)
        return *x ? 1 : -1;
    return strcmp(a, b); /* n1 and n01 differ, too */
}

static int name_order(const void *a, const void *b)
{
    return hostname_compare(*(char *const *)a, *(char *const *)b);
}

void hostlist_sort(struct hostlist *hl)
{
    if (hl->n == 0)
        return;
    qsort(hl->names, hl->n, sizeof(*hl->names), name_order);
    size_t kept = 1;
    for (size_t i = 1; i < hl->n; i++) {
        if (strcmp(hl->names[i], hl->names[kept - 1]) == 0)
            free(hl->names[i]);
        else
            hl->names[kept++] = hl->names[i];
    }
    hl->n = kept;
}

/* ---- writing ---- */

/* A name around its last number: "gpu-007a" is prefix "gpu-", number 7 of width 3 and
 * suffix "a". Width 0: there is no number to fold. */
struct parts {
    const char *name;
    size_t prefix_len;
    int width;
    unsigned long number;
    const char *suffix;
};

static struct parts name_parts(const char *name)
{
    const char *end = name + strlen(name);
    while (end > name && !isdigit((unsigned char)end[-1]))
        end--;
    const char *digits = end;
    while (digits > name && isdigit((unsigned char)digits[-1]) &&
           end - digits < DIGITS_MAX)
        digits--;
    return (struct parts){.name = name,
                          .prefix_len = (size_t)(digits - name),
                          .width = (int)(end - digits),
                          .number = strtoul(digits, NULL, 10),
                          .suffix = end};
}

/* Whether both can stand in one bracket: what is around the number is equal. */
static bool parts_fold(const struct parts *a, const struct parts *b)
{
    return a->width > 0 && b->width > 0 && a->prefix_len == b->prefix_len &&
           strncmp(a->name, b->name, a->prefix_len) == 0 &&
           strcmp(a->suffix, b->suffix) == 0;
}

/* "09" then "10", or "9" then "10", but not "09" then "010". */
static bool parts_follow(const struct parts *a, const struct parts *b)
{
    bool padded_b = b->width > 1 && b->name[b->prefix_len] == '0';
    bool padded_a = a->width > 1 && a->name[a->prefix_len] == '0';
    if (b->number != a->number + 1)
        return false;
    return a->width == b->width || (!padded_a && !padded_b && b->width == a->width + 1);
}

/* How many names from the i-th on fit into one bracket. */
static size_t group_len(const struct hostlist *hl, size_t i)
{
    struct parts first = name_parts(hl->names[i]);
    size_t n = 1;
    for (; i + n < hl->n; n++) {
        struct parts next = name_parts(hl->names[i + n]);
        if (!parts_fold(&first, &next))
            break;
    }
    return n;
}

/* Writes names[i..end) as one bracket, runs of numbers as ranges. */
static void format_group(const struct hostlist *hl, size_t i, size_t end,
                         struct str *out)
{
    struct parts last = name_parts(hl->names[i]);
    str_addn(out, last.name, last.prefix_len);
    str_addf(out, "[%0*lu", last.width, last.number);
    bool in_run = false;
    for (i++; i < end; i++) {
        struct parts next = name_parts(hl->names[i]);
        bool follows = parts_follow(&last, &next);
        if (!follows && in_run)
            str_addf(out, "-%0*lu", last.width, last.number);
        if (!follows)
            str_addf(out, ",%0*lu", next.width, next.number);
        in_run = follows;
        last = next;
    }
    if (in_run)
        str_addf(out, "-%0*lu", last.width, last.number);
    str_addf(out, "]%s", last.suffix);
}

void hostlist_format(const struct hostlist *hl, struct str *out)
{
    for (size_t i = 0, n; i < hl->n; i += n) {
        n = group_len(hl, i);
        if (i > 0)
            str_addc(out, ',');
        if (n == 1)
            str_add(out, hl->names[i]);
        else
            format_group(hl, i, i + n, out);
    }
}
