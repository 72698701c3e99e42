#include "tests/support/cluster_keys.h"

#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"

/* ---- limits ---- */

/* "4", "1:00:00", or "cpu=4,gres/gpu:h100=2" (minutes where Slurm's name says so;
 * percent where "flags=Relative" stands before). */
static int read_amount(const struct limit_row *row, enum tres tres, const char *text,
                       int64_t *ret, struct err *err)
{
    int parsed;

    if (row->what == WHAT_WALL || row->what == WHAT_WALL_USED)
        return duration_parse(text, ret, err);
    if (tres == TRES_CPU)
        parsed = quantity_parse_milli(text, ret, err);
    else if (tres == TRES_MEM)
        parsed = size_parse(text, ret, err);
    else
        parsed = cluster_text_number(text, ret, err);
    if (parsed == 0 && limit_counts_left((enum limit_kind)(row - limit_rows)))
        *ret *= 60;
    return parsed;
}

static int set_limit(struct limits *limits, enum limit_kind kind, char *value,
                     bool in_percent, struct err *err)
{
    int64_t amount;

    if (!limit_has_tres(kind)) {
        if (read_amount(&limit_rows[kind], TRES_NONE, value, &amount, err) < 0)
            return -1;
        limits_set(limits, kind, TRES_NONE, NULL, amount);
        return 0;
    }
    while (value != NULL) {
        char *text = strsep(&value, ",");
        const char *key = strsep(&text, "="), *type;
        enum tres tres = tres_parse(key, &type);

        if (tres == TRES_NONE || text == NULL)
            return err_set(err, ERR_INVALID, "unknown TRES \"%s\"", key);
        if (in_percent ? cluster_text_number(text, &amount, err) < 0
                       : read_amount(&limit_rows[kind], tres, text, &amount, err) < 0)
            return -1;
        if (in_percent)
            limits_set_percent(limits, kind, tres, type, amount);
        else
            limits_set(limits, kind, tres, type, amount);
    }
    return 0;
}

/* By their names in the API. */
static int read_limit(struct limits *limits, const char *name, char *value,
                      bool in_percent, struct err *err)
{
    for (enum limit_kind i = 0; i < LIMIT_KINDS; i++) {
        if (strcmp(limit_rows[i].name, name) == 0)
            return set_limit(limits, i, value, in_percent, err);
    }
    return err_set(err, ERR_INVALID, "unknown key \"%s\"", name);
}

/* ---- QOS ---- */

static int qos_limit(const struct setting *at, struct err *err)
{
    struct qos *qos = at->object;

    return read_limit(&qos->limits, at->key, at->value,
                      (qos->flags & QOS_RELATIVE) != 0, err);
}

/* "OverPartQOS,..." */
static int qos_flags(const struct setting *at, struct err *err)
{
    struct qos *qos = at->object;
    char *rest = at->value;

    while (rest != NULL) {
        const char *word = strsep(&rest, ",");

        if (qos_flag(word) == 0)
            return err_set(err, ERR_INVALID, "unknown flag \"%s\"", word);
        qos->flags |= qos_flag(word);
    }
    return 0;
}

/* "70" seconds of billing, or "cpu=70,wall=10"; as of 0 unless said before. */
static int read_used(const struct setting *at, struct used *used,
                     struct usage_time *as_of, struct err *err)
{
    char *rest = at->value;

    while (rest != NULL) {
        char *text = strsep(&rest, ",");
        const char *key = strchr(text, '=') != NULL ? strsep(&text, "=") : "billing";
        const char *type = NULL;
        enum tres tres = strcmp(key, "wall") == 0 ? TRES_NONE : tres_parse(key, &type);
        int64_t amount;

        if (tres == TRES_NONE && strcmp(key, "wall") != 0)
            return err_set(err, ERR_INVALID, "unknown TRES \"%s\"", key);
        if (cluster_text_number(text, &amount, err) < 0)
            return -1;
        used_add(used, tres, type, amount * 1000);
    }
    if (as_of->usage_sec == TIME_UNSET)
        as_of->usage_sec = 0;
    return 0;
}

static int qos_used(const struct setting *at, struct err *err)
{
    struct qos *qos = at->object;

    return read_used(at, &qos->usage.past, &qos->as_of, err);
}

/* In thousandths of a fair share. */
static int qos_threshold(const struct setting *at, struct err *err)
{
    struct qos *qos = at->object;
    int64_t milli;

    if (quantity_parse_milli(at->value, &milli, err) < 0)
        return -1;
    qos->usage_threshold = milli * (SHARE_ONE / 1000);
    return 0;
}

const struct key cluster_qos_keys[] = {
    {"flags", .set = qos_flags},
    {"preempt", KEY_NAMES(struct qos, preempt, n_preempt)},
    {"preemptmode", KEY_MODE(struct qos, preempt_mode)},
    {"grace", KEY_NUMBER(struct qos, grace_sec)},
    {"exempt", KEY_NUMBER(struct qos, preempt_exempt_sec)},
    {"used", .set = qos_used},
    {"asof", KEY_NUMBER(struct qos, as_of.usage_sec)},
    {"factor", KEY_MILLI(struct qos, usage_factor)},
    {"limitfactor", KEY_MILLI(struct qos, limit_factor)},
    {"threshold", .set = qos_threshold},
    {"priority", KEY_NUMBER(struct qos, priority)},
    {NULL, .set = qos_limit},
};

/* ---- accounts ---- */

/* "ann" or "ann@gpu"; namespaces likewise. */
static int add_members(const struct setting *at, bool ns, struct err *err)
{
    char *rest = at->value;

    (void)err;
    while (rest != NULL) {
        char *name = strsep(&rest, ","), *part = name;

        strsep(&part, "@");
        account_add(at->object, ns ? NULL : name, ns ? name : NULL, part);
    }
    account_sort(at->object);
    return 0;
}

static int account_users(const struct setting *at, struct err *err)
{
    return add_members(at, false, err);
}

static int account_namespaces(const struct setting *at, struct err *err)
{
    return add_members(at, true, err);
}

static int read_shares(const char *text, int64_t *ret, struct err *err)
{
    if (strcmp(text, "parent") != 0)
        return cluster_text_number(text, ret, err);
    *ret = SHARES_PARENT;
    return 0;
}

static int account_shares(const struct setting *at, struct err *err)
{
    return read_shares(at->value, &((struct account *)at->object)->shares, err);
}

/* The member that is written "ann", "ann@gpu", or like a namespace. */
static struct member *member_at(const struct setting *at, struct err *err)
{
    struct account *account = at->object;

    for (size_t i = 0; i < account->n_members; i++) {
        struct member *m = &account->members[i];
        AUTO_FREE char *text = xasprintf("%s%s%s", m->user != NULL ? m->user : m->ns,
                                         m->partition != NULL ? "@" : "",
                                         m->partition != NULL ? m->partition : "");

        if (strcmp(text, at->key) == 0)
            return m;
    }
    err_set(err, ERR_INVALID, "%s is no member of account %s", at->key, account->name);
    return NULL;
}

static int member_shares(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);

    return m != NULL ? read_shares(at->value, &m->shares, err) : -1;
}

static int member_priority(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);

    return m != NULL ? cluster_text_number(at->value, &m->priority, err) : -1;
}

static int member_used(const struct setting *at, struct err *err)
{
    struct account *account = at->object;
    struct member *m = member_at(at, err);

    return m != NULL ? read_used(at, &m->usage.past, &account->as_of, err) : -1;
}

static int account_limit(const struct setting *at, struct err *err)
{
    return read_limit(&((struct account *)at->object)->limits, at->key, at->value,
                      false, err);
}

/* "limits.ann=maxJobs:2", once for each limit. */
static int member_limits(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);
    char *value = at->value;
    const char *name = strsep(&value, ":");

    return m != NULL && value != NULL ? read_limit(&m->limits, name, value, false, err)
                                      : -1;
}

static int member_default_qos(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);

    if (m == NULL)
        return -1;
    m->qos.by_default = xstrdup(at->value);
    return 0;
}

static int member_qos(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);
    char *rest = at->value;

    if (m == NULL)
        return -1;
    while (rest != NULL)
        names_add(&m->qos.allowed, &m->qos.n_allowed, strsep(&rest, ","));
    names_sort(m->qos.allowed, m->qos.n_allowed);
    return 0;
}

const struct key cluster_account_keys[] = {
    {"users", .set = account_users},
    {"namespaces", .set = account_namespaces},
    {"parent", KEY_TEXT(struct account, parent)},
    {"shares", .set = account_shares},
    {"priority", KEY_NUMBER(struct account, priority)},
    {"defaultqos", KEY_TEXT(struct account, qos.by_default)},
    {"qos", KEY_NAMES(struct account, qos.allowed, qos.n_allowed)},
    {"asof", KEY_NUMBER(struct account, as_of.usage_sec)},
    {"shares.", .set = member_shares},
    {"priority.", .set = member_priority},
    {"used.", .set = member_used},
    {"limits.", .set = member_limits},
    {"defaultqos.", .set = member_default_qos},
    {"qos.", .set = member_qos},
    {NULL, .set = account_limit},
};
