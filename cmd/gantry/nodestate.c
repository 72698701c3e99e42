#include "cmd/gantry/nodestate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

bool node_state_is_used(const struct node_state *s)
{
    return s->base == NODE_BASE_ALLOCATED || s->base == NODE_BASE_MIXED ||
           (s->flags & NODE_FLAG_COMPLETING) != 0;
}

bool node_state_is_out(const struct node_state *s)
{
    return s->base == NODE_BASE_DOWN || s->base == NODE_BASE_UNKNOWN ||
           (s->flags & NODE_FLAG_DRAIN) != 0;
}

unsigned node_state_number(const struct node_state *s)
{
    return (unsigned)s->base | s->flags;
}

/* ---- words ---- */

struct word {
    const char *word, *compact;
};

static struct word main_word(const struct node_state *s)
{
    const bool comp = (s->flags & NODE_FLAG_COMPLETING) != 0;

    if (s->flags & NODE_FLAG_DRAIN)
        return node_state_is_used(s) ? (struct word){"draining", "drng"}
                                     : (struct word){"drained", "drain"};
    switch (s->base) {
    case NODE_BASE_DOWN:
        return (struct word){"down", "down"};
    case NODE_BASE_ALLOCATED:
        return (struct word){"allocated", "alloc"};
    case NODE_BASE_MIXED:
        return (struct word){"mixed", "mix"};
    case NODE_BASE_IDLE:
        if (comp)
            return (struct word){"completing", "comp"};
        if (s->flags & NODE_FLAG_MAINT)
            return (struct word){"maint", "maint"};
        if (s->flags & NODE_FLAG_RESERVED)
            return (struct word){"reserved", "resv"};
        if (s->flags & NODE_FLAG_PLANNED)
            return (struct word){"planned", "plnd"};
        return (struct word){"idle", "idle"};
    case NODE_BASE_UNKNOWN:
        break;
    }
    return (struct word){"unknown", "unk"};
}

/* The first that holds; 0: none. */
static char suffix(const struct node_state *s)
{
    if ((s->flags & NODE_FLAG_MAINT) && !str_eq(main_word(s).word, "maint"))
        return '$';
    if (s->flags & NODE_FLAG_NOT_RESPONDING)
        return '*';
    if ((s->flags & NODE_FLAG_DRAIN) || s->base == NODE_BASE_DOWN)
        return '\0';
    if ((s->flags & NODE_FLAG_PLANNED) && s->base == NODE_BASE_MIXED)
        return '-';
    if ((s->flags & NODE_FLAG_COMPLETING) && s->base != NODE_BASE_IDLE)
        return '+';
    return '\0';
}

void node_state_word(const struct node_state *s, bool compact, struct str *out)
{
    const struct word w = main_word(s);
    const char c = suffix(s);

    str_add(out, compact ? w.compact : w.word);
    if (c)
        str_addc(out, c);
}

static const struct {
    enum node_base base;
    const char *word;
} bases[] = {
    {NODE_BASE_UNKNOWN, "UNKNOWN"}, {NODE_BASE_DOWN, "DOWN"},
    {NODE_BASE_IDLE, "IDLE"},       {NODE_BASE_ALLOCATED, "ALLOCATED"},
    {NODE_BASE_MIXED, "MIXED"},
};

static const struct {
    unsigned flag;
    const char *word;
} flags[] = {
    {NODE_FLAG_DRAIN, "DRAIN"},
    {NODE_FLAG_COMPLETING, "COMPLETING"},
    {NODE_FLAG_MAINT, "MAINT"},
    {NODE_FLAG_RESERVED, "RESERVED"},
    {NODE_FLAG_NOT_RESPONDING, "NOT_RESPONDING"},
    {NODE_FLAG_PLANNED, "PLANNED"},
};

void node_state_full(const struct node_state *s, struct str *out)
{
    for (size_t i = 0; i < ARRAY_LEN(bases); i++)
        if (bases[i].base == s->base)
            str_add(out, bases[i].word);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (s->flags & flags[i].flag)
            str_addf(out, "+%s", flags[i].word);
}

/* ---- -t ---- */

enum want { WANT_BASE, WANT_FLAG, WANT_DRAINED, WANT_DRAINING, WANT_NONE };

/* A row of WANT_NONE: a state that Slurm knows and no node of Gantry is in. */
struct node_state_name {
    const char *word;
    enum want want;
    unsigned value;
};

static const struct node_state_name names[] = {
    {"alloc", WANT_BASE, NODE_BASE_ALLOCATED},
    {"allocated", WANT_BASE, NODE_BASE_ALLOCATED},
    {"idle", WANT_BASE, NODE_BASE_IDLE},
    {"mix", WANT_BASE, NODE_BASE_MIXED},
    {"mixed", WANT_BASE, NODE_BASE_MIXED},
    {"down", WANT_BASE, NODE_BASE_DOWN},
    {"unk", WANT_BASE, NODE_BASE_UNKNOWN},
    {"unknown", WANT_BASE, NODE_BASE_UNKNOWN},
    {"drain", WANT_FLAG, NODE_FLAG_DRAIN},
    {"drained", WANT_DRAINED, 0},
    {"draining", WANT_DRAINING, 0},
    {"drng", WANT_DRAINING, 0},
    {"comp", WANT_FLAG, NODE_FLAG_COMPLETING},
    {"completing", WANT_FLAG, NODE_FLAG_COMPLETING},
    {"no_respond", WANT_FLAG, NODE_FLAG_NOT_RESPONDING},
    {"planned", WANT_FLAG, NODE_FLAG_PLANNED},
    {"plnd", WANT_FLAG, NODE_FLAG_PLANNED},
    {"cloud", WANT_NONE, 0},
    {"fail", WANT_NONE, 0},
    {"future", WANT_NONE, 0},
    {"futr", WANT_NONE, 0},
    {"maint", WANT_FLAG, NODE_FLAG_MAINT},
    {"npc", WANT_NONE, 0},
    {"perfctrs", WANT_NONE, 0},
    {"power_down", WANT_NONE, 0},
    {"power_up", WANT_NONE, 0},
    {"powered_down", WANT_NONE, 0},
    {"powering_down", WANT_NONE, 0},
    {"powering_up", WANT_NONE, 0},
    {"reboot", WANT_NONE, 0},
    {"reboot_issued", WANT_NONE, 0},
    {"reboot_requested", WANT_NONE, 0},
    {"reserved", WANT_FLAG, NODE_FLAG_RESERVED},
    {"resv", WANT_FLAG, NODE_FLAG_RESERVED},
};

static const struct node_state_name *name_find(const char *s, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i].word) == len && strncasecmp(names[i].word, s, len) == 0)
            return &names[i];
    return NULL;
}

/* NULL in the list begins another alternative. */
static void append(struct node_states *states, const struct node_state_name *name)
{
    states->list =
        xrealloc((void *)states->list, (states->n + 1) * sizeof(*states->list));
    states->list[states->n++] = name;
}

int node_states_parse(struct node_states *ret, const char *text, struct err *err)
{
    while (*text) {
        const size_t len = strcspn(text, ",&");
        const struct node_state_name *name = name_find(text, len);
        if (len > 0 && !name)
            return err_set(
                err, ERR_INVALID,
                "Bad state string: \"%.*s\"; valid are alloc, idle, mix, "
                "comp, down, drain, drained, draining, planned, maint, resv, "
                "no_respond "
                "and unknown",
                (int)MIN(len, (size_t)64), text);
        if (name)
            append(ret, name);
        text += len;
        if (*text == ',')
            append(ret, NULL);
        text += *text != '\0';
    }
    return 0;
}

void node_states_fini(struct node_states *states)
{
    free((void *)states->list);
    *states = (struct node_states){0};
}

static bool is_wanted(const struct node_state_name *name, const struct node_state *s)
{
    const bool drain = (s->flags & NODE_FLAG_DRAIN) != 0;

    switch (name->want) {
    case WANT_BASE:
        return (unsigned)s->base == name->value;
    case WANT_FLAG:
        return (s->flags & name->value) != 0;
    case WANT_DRAINED:
        return drain && !node_state_is_used(s);
    case WANT_DRAINING:
        return drain && node_state_is_used(s);
    case WANT_NONE:
        break;
    }
    return false;
}

bool node_states_has(const struct node_states *states, const struct node_state *s)
{
    bool all = true, any = false;

    for (size_t i = 0; i < states->n; i++) {
        if (!states->list[i]) {
            if (all && any)
                return true;
            all = true;
            any = false;
            continue;
        }
        all = all && is_wanted(states->list[i], s);
        any = true;
    }
    return (all && any) || states->n == 0;
}
