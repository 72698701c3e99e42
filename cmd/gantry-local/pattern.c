#include "cmd/gantry-local/pattern.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/pattern_measure.h"

struct class
{
    char letter;
    const char *alone;
    const char *within; /* brackets; NULL: cannot be said there */
};

static const struct class classes[] = {
    {'d', "[0-9]", "0-9"},
    {'w', "[0-9A-Za-z_]", "0-9A-Za-z_"},
    {'s', "[ \t\n\f\r]", " \t\n\f\r"},
    {'D', "[^0-9]", NULL},
    {'W', "[^0-9A-Za-z_]", NULL},
    {'S', "[^ \t\n\f\r]", NULL},
    {'t', "\t", "\t"},
    {'n', "\n", "\n"},
    {'r', "\r", "\r"},
    {'f', "\f", "\f"},
    {'v', "\v", "\v"},
    {'b', "\\b", NULL},
    {'B', "\\B", NULL},
};

static const struct class *class_find(char letter)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        if (classes[i].letter == letter)
            return &classes[i];
    return NULL;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* In a POSIX bracket a backslash stands for itself, ']' must come first, '-' last and
 * '^' not first: these are put aside and come back in their places. */
struct bracket {
    struct str items;
    bool has_close;
    bool has_dash;
    bool has_caret;
    bool can_range; /* the last item may start a range */
};

static void bracket_add(struct bracket *b, char c)
{
    if (c == ']')
        b->has_close = true;
    else if (c == '-')
        b->has_dash = true;
    else if (c == '^')
        b->has_caret = true;
    else
        str_addc(&b->items, c);
    b->can_range = c != ']' && c != '-' && c != '^';
}

/* One escape, p behind the backslash. NULL: it cannot be said. */
static const char *bracket_escape(struct bracket *b, const char *p)
{
    const struct class *class = class_find(*p);

    if (class != NULL && class->within != NULL) {
        str_add(&b->items, class->within);
        b->can_range = class->within[1] == '\0';
        return p + 1;
    }
    if (*p == '\0' || is_alnum(*p))
        return NULL;
    bracket_add(b, *p);
    return p + 1;
}

static const char *bracket_items(struct bracket *b, const char *p)
{
    for (bool first = true; *p != '\0' && (*p != ']' || first); first = false) {
        const char *end = p[0] == '[' && p[1] == ':' ? strstr(p, ":]") : NULL;

        if (*p == '\\') {
            p = bracket_escape(b, p + 1);
            if (p == NULL)
                return NULL;
        } else if (end != NULL) {
            str_addn(&b->items, p, (size_t)(end + 2 - p));
            b->can_range = false;
            p = end + 2;
        } else if (*p == '-' && p[1] != '\0' && p[1] != ']' && p[1] != '\\' &&
                   b->can_range) {
            str_addn(&b->items, p, 2);
            b->can_range = false;
            p += 2;
        } else {
            bracket_add(b, *p++);
        }
    }
    return *p == ']' ? p + 1 : NULL;
}

static void bracket_print(const struct bracket *b, bool negated, struct str *out)
{
    bool bare = b->items.len == 0 && !b->has_close;

    if (bare && b->has_caret && !negated) {
        str_add(out, b->has_dash ? "[-^]" : "\\^");
        return;
    }
    str_addf(out, "[%s%s%s%s%s]", negated ? "^" : "", b->has_close ? "]" : "",
             b->items.s, b->has_caret ? "^" : "", b->has_dash ? "-" : "");
}

/* p behind '['. Returns what follows the bracket. */
static const char *translate_bracket(const char *p, struct str *out)
{
    struct bracket b = {.can_range = false};
    bool negated = *p == '^';

    str_init(&b.items, PATTERN_MAX);
    p = bracket_items(&b, negated ? p + 1 : p);
    if (p != NULL)
        bracket_print(&b, negated, out);
    str_fini(&b.items);
    return p;
}

static const char *translate_escape(const char *p, struct str *out)
{
    const struct class *class = class_find(*p);

    if (class != NULL) {
        str_add(out, class->alone);
        return p + 1;
    }
    if (*p == '\0' || is_alnum(*p))
        return NULL;
    if (strchr(".[](){}*+?^$|\\", *p) != NULL)
        str_addc(out, '\\');
    str_addc(out, *p);
    return p + 1;
}

static bool is_quantifier(char c)
{
    return c == '*' || c == '+' || c == '?' || c == '}';
}

/* One piece of the pattern at p; `quantified`: the piece before was a quantifier. Two
 * of them, one upon the other, are refused, as RE2 does; a '?' makes one lazy. */
static const char *translate_piece(const char *p, bool quantified, struct str *out)
{
    if (quantified && (*p == '*' || *p == '+' || *p == '{'))
        return NULL;
    if (*p == '\\')
        return translate_escape(p + 1, out);
    if (*p == '[')
        return translate_bracket(p + 1, out);
    if (p[0] == '(' && p[1] == '?') {
        if (p[2] != ':')
            return NULL;
        str_addc(out, '(');
        return p + 3;
    }
    if (*p == '?' && quantified)
        return p + 1; /* lazy: matches the same texts */
    str_addc(out, *p);
    return p + 1;
}

int pattern_compile(const char *pattern, regex_t *ret, struct err *err)
{
    STR_AUTO struct str posix;
    bool quantified = false;
    int rc;

    str_init(&posix, 16 * PATTERN_MAX);
    if (strlen(pattern) > PATTERN_MAX)
        return err_set(err, ERR_TOO_LARGE, "pattern: longer than %d bytes",
                       PATTERN_MAX);
    for (const char *p = pattern; *p != '\0';) {
        const char *next = translate_piece(p, quantified, &posix);
        if (next == NULL)
            return err_set(err, ERR_INVALID,
                           "pattern: not understood at \"%.20s\" in \"%.200s\"", p,
                           pattern);
        quantified = next == p + 1 && is_quantifier(*p);
        p = next;
    }
    if (!pattern_is_bearable(posix.s))
        return err_set(err, ERR_INVALID, "pattern: \"%.200s\" repeats too much",
                       pattern);
    rc = regcomp(ret, posix.s, REG_EXTENDED | REG_NOSUB);
    if (rc != 0) {
        char why[128];
        regerror(rc, ret, why, sizeof(why));
        return err_set(err, ERR_INVALID, "pattern: \"%.200s\": %s", pattern, why);
    }
    return 0;
}
