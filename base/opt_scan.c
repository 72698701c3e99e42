#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/opt.h"
#include "base/util.h"

void opt_scan_init(struct opt_scan *scan, const struct opt *table, unsigned manner,
                   int argc, char **argv)
{
    *scan = (struct opt_scan){
        .table = table, .manner = manner, .argc = argc, .argv = argv, .at = 1};
}

static bool takes_value(const struct opt *o)
{
    return o->type != OPT_FLAG && o->type != OPT_COUNT;
}

/* ---- finding ---- */

static int unknown_long(const struct opt *table, const char *name, struct err *err)
{
    const char *words[512];
    const char *near;
    size_t n = 0;

    for (; table[n].name != NULL && n + 1 < ARRAY_LEN(words); n++)
        words[n] = table[n].name;
    words[n] = NULL;
    near = opt_nearest(name, words);
    if (near == NULL)
        return err_set(err, ERR_INVALID, "unknown option --%s", name);
    return err_set(err, ERR_INVALID, "unknown option --%s; did you mean --%s?", name,
                   near);
}

static const struct opt *find_short(const struct opt *table, char c)
{
    for (; table->name != NULL; table++) {
        if (table->short_name != 0 && table->short_name == c)
            return table;
    }
    return NULL;
}

static const struct opt *find_whole(const struct opt *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (str_eq(table->name, name))
            return table;
    }
    return NULL;
}

/* The one row that begins so; NULL and no error: there is none. */
static const struct opt *find_cut(const struct opt *table, const char *name,
                                  struct err *err)
{
    const struct opt *found = NULL;

    for (; table->name != NULL; table++) {
        if (!str_starts(table->name, name))
            continue;
        if (found != NULL) {
            err_set(err, ERR_INVALID, "option --%s could be --%s or --%s", name,
                    found->name, table->name);
            return NULL;
        }
        found = table;
    }
    return found;
}

static const struct opt *find_long(const struct opt_scan *s, const char *name,
                                   struct err *err)
{
    struct err why = ERR_INIT;
    const struct opt *o = find_whole(s->table, name);

    if (o == NULL && (s->manner & OPT_CUT) && name[0] != '\0')
        o = find_cut(s->table, name, &why);
    if (o == NULL && why.code != ERR_NONE)
        err_set(err, why.code, "%s", why.msg);
    else if (o == NULL)
        unknown_long(s->table, name, err);
    return o;
}

/* ---- one option ---- */

/* Of an option that wants a value: the attached one, else the next argument. */
static int take_value(struct opt_scan *s, const char *attached, struct opt_item *ret,
                      struct err *err)
{
    ret->value = attached;
    s->at++;
    if (attached != NULL || ret->row->type == OPT_OPTIONAL)
        return 1;
    if (s->at >= s->argc - s->moved)
        return err_set(err, ERR_INVALID, "%s needs a value: %s %s", ret->from,
                       ret->from, ret->row->metavar);
    ret->value = s->argv[s->at++];
    return 1;
}

static int take_long(struct opt_scan *s, struct opt_item *ret, struct err *err)
{
    const char *arg = s->argv[s->at];
    const char *equals = strchr(arg, '=');
    const size_t len = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
    AUTO_FREE char *name = xstrndup(arg + 2, len - 2);

    ret->row = find_long(s, name, err);
    if (ret->row == NULL)
        return -1;
    snprintf(ret->from, sizeof(ret->from), "--%s", ret->row->name);
    if (takes_value(ret->row))
        return take_value(s, equals != NULL ? equals + 1 : NULL, ret, err);
    if (equals != NULL)
        return err_set(err, ERR_INVALID, "%s takes no value", ret->from);
    s->at++;
    return 1;
}

static int take_short(struct opt_scan *s, struct opt_item *ret, struct err *err)
{
    const char *arg = s->argv[s->at];
    const char *rest = arg + 1 + s->grouped;

    snprintf(ret->from, sizeof(ret->from), "-%c", rest[0]);
    ret->row = find_short(s->table, rest[0]);
    if (ret->row == NULL)
        return err_set(err, ERR_INVALID, "unknown option %s",
                       s->manner & OPT_GROUP ? ret->from : arg);
    if (takes_value(ret->row)) {
        s->grouped = 0;
        return take_value(s, rest[1] != '\0' ? rest + 1 : NULL, ret, err);
    }
    if (rest[1] != '\0' && !(s->manner & OPT_GROUP))
        return err_set(err, ERR_INVALID, "%s takes no value", ret->from);
    s->grouped = rest[1] != '\0' ? s->grouped + 1 : 0;
    s->at += s->grouped == 0;
    return 1;
}

/* ---- operands ---- */

/* The operand at `at` goes behind all others. */
static void move_operand(struct opt_scan *s)
{
    char *operand = s->argv[s->at];

    memmove(s->argv + s->at, s->argv + s->at + 1,
            (size_t)(s->argc - s->at - 1) * sizeof(*s->argv));
    s->argv[s->argc - 1] = operand;
    s->moved++;
}

/* Behind "--" there are operands only; those moved before come first. */
static void end_options(struct opt_scan *s)
{
    const int rest = s->argc - s->moved - ++s->at;

    for (int i = 0; i < rest; i++) {
        char *operand = s->argv[s->at];
        memmove(s->argv + s->at, s->argv + s->at + 1,
                (size_t)(s->argc - s->at - 1) * sizeof(*s->argv));
        s->argv[s->argc - 1] = operand;
    }
}

int opt_scan_next(struct opt_scan *s, struct opt_item *ret, struct err *err)
{
    *ret = (struct opt_item){0};
    while (s->at < s->argc - s->moved) {
        const char *arg = s->argv[s->at];

        if (str_eq(arg, "--")) {
            end_options(s);
            return 0;
        }
        if (arg[0] == '-' && arg[1] == '-')
            return take_long(s, ret, err);
        if (arg[0] == '-' && arg[1] != '\0')
            return take_short(s, ret, err);
        if (!(s->manner & OPT_ANYWHERE))
            return 0;
        move_operand(s);
    }
    s->at = MIN(s->at, s->argc - s->moved);
    return 0;
}
