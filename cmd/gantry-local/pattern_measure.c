#include "cmd/gantry-local/pattern_measure.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Pieces of a pattern once its counts are written out, and groups within groups. */
#define SIZE_LIMIT 20000u
#define GROUPS_MAX 64
#define COUNT_LIMIT 1000u /* RE2's */

/* Pieces are read into the group that is open; the last of them is apart, as what
 * stands behind it repeats that alone. */
struct piece {
    size_t size;
    bool is_group;
    bool may_be_empty;
    bool is_wild; /* in it, or it is: a repetition of what may be empty */
};

struct group {
    struct piece branch, last; /* all before the last, since '(' or '|' */
    bool may_be_empty, is_wild;
    size_t size; /* of earlier branches */
};

struct measure {
    struct group groups[GROUPS_MAX];
    size_t depth;
};

static void add_last(struct group *g)
{
    g->branch.size += g->last.size;
    g->branch.may_be_empty = g->branch.may_be_empty && g->last.may_be_empty;
    g->branch.is_wild = g->branch.is_wild || g->last.is_wild;
}

static void begin_branch(struct group *g)
{
    const struct piece nothing = {.may_be_empty = true};

    g->branch = g->last = nothing;
}

static void end_branch(struct group *g)
{
    add_last(g);
    g->size += g->branch.size;
    g->may_be_empty = g->may_be_empty || g->branch.may_be_empty;
    g->is_wild = g->is_wild || g->branch.is_wild;
    begin_branch(g);
}

static void add_piece(struct measure *m, struct piece piece)
{
    struct group *g = &m->groups[m->depth];

    add_last(g);
    g->last = piece;
}

static bool open_group(struct measure *m)
{
    if (m->depth + 1 == GROUPS_MAX)
        return false;
    m->groups[++m->depth] = (struct group){.size = 1};
    begin_branch(&m->groups[m->depth]);
    return true;
}

static void close_group(struct measure *m)
{
    struct group *g = &m->groups[m->depth];

    if (m->depth == 0)
        return; /* refused, or no group */
    end_branch(g);
    m->depth--;
    add_piece(m, (struct piece){.size = g->size,
                                .is_group = true,
                                .may_be_empty = g->may_be_empty,
                                .is_wild = g->is_wild});
}

/* '*', '+' or '?' */
static void repeat(struct piece *last, char how)
{
    if (how != '?' && last->is_group && last->may_be_empty)
        last->is_wild = true;
    if (how == '+')
        last->size *= 2;
    else
        last->may_be_empty = true;
}

/* The end of "{n}", "{n,}" or "{n,m}" at p; NULL: there is none. */
static const char *count_end(const char *p, size_t *ret_least, size_t *ret_most)
{
    char *end;

    if (*p != '{' || p[1] < '0' || p[1] > '9')
        return NULL;
    *ret_most = *ret_least = strtoul(p + 1, &end, 10);
    if (*end == ',') {
        const char *digits = end + 1;
        const size_t most = strtoul(digits, &end, 10);
        *ret_most = MAX(*ret_least, most);
        if (*digits == '-' || *digits == '+' || *digits == ' ')
            return NULL;
    }
    return *end == '}' ? end + 1 : NULL;
}

static bool repeat_counted(struct piece *last, size_t least, size_t most)
{
    if (most > COUNT_LIMIT || (most > 1 && last->is_wild))
        return false;
    last->size *= MAX(most, 1u);
    last->may_be_empty = last->may_be_empty || least == 0;
    return true;
}

/* Behind the bracket at p, of a pattern that is POSIX by now. */
static const char *bracket_end(const char *p)
{
    p += p[1] == '^' ? 2 : 1;
    for (bool first = true; *p != '\0' && (*p != ']' || first); first = false) {
        const char *end = p[0] == '[' && p[1] == ':' ? strstr(p, ":]") : NULL;
        p = end ? end + 2 : p + 1;
    }
    return *p ? p + 1 : p;
}

/* Measures what is at p; returns what follows, NULL: too much. */
static const char *measure_next(struct measure *m, const char *p)
{
    struct group *g = &m->groups[m->depth];
    size_t least, most;
    const char *end = count_end(p, &least, &most);

    if (end)
        return repeat_counted(&g->last, least, most) ? end : NULL;
    if (*p == '(')
        return open_group(m) ? p + 1 : NULL;
    if (*p == ')')
        close_group(m);
    else if (*p == '|')
        end_branch(g);
    else if (*p == '*' || *p == '+' || *p == '?')
        repeat(&g->last, *p);
    else
        add_piece(m, (struct piece){.size = 1, .may_be_empty = *p == '^' || *p == '$'});
    if (*p == '[')
        return bracket_end(p);
    return p + (*p == '\\' && p[1] != '\0' ? 2 : 1);
}

bool pattern_is_bearable(const char *posix)
{
    struct measure m = {.depth = 0};

    begin_branch(&m.groups[0]);
    for (const char *p = posix; p && *p != '\0';) {
        const struct group *g;
        p = measure_next(&m, p);
        g = &m.groups[m.depth];
        if (!p || g->size + g->branch.size + g->last.size > SIZE_LIMIT)
            return false;
    }
    return true;
}
