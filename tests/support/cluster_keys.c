#include "tests/support/cluster_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/licenses.h"
#include "scheduler/preempt_rules.h"
#include "scheduler/reservation.h"

/* ---- values ---- */

int cluster_text_number(const char *text, int64_t *ret, struct err *err)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (end == text || *end != '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not a number", text);
    *ret = value;
    return 0;
}

static int set_resource(struct restable *res, struct resvec *v, const char *key,
                        const char *value, struct err *err)
{
    int i;

    if (strcmp(key, "cpu") == 0)
        return quantity_parse_milli(value, &v->v[RES_CPU], err);
    if (strcmp(key, "mem") == 0)
        return size_parse(value, &v->v[RES_MEM], err);
    if (strcmp(key, "disk") == 0)
        return size_parse(value, &v->v[RES_EPHEMERAL], err);
    i = strchr(key, '/') != NULL ? restable_intern(res, key) : -1;
    if (i < 0)
        return err_set(err, ERR_INVALID, "unknown key \"%s\"", key);
    if (str_ends(key, "/gpu"))
        res->gpu = i;
    return cluster_text_number(value, &v->v[i], err);
}

static int read_names(const char *text, char ***names, size_t *n, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};

    if (hostlist_parse(&list, text, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        names_add(names, n, list.names[i]);
    names_sort(*names, *n);
    return 0;
}

/* "a|b|c": one of these. */
static void add_requirement(struct term *term, const char *key, char *values)
{
    struct requirement *r = term_add(term, key, SELECT_IN);
    char *rest = values;

    while (rest != NULL)
        requirement_add_value(r, strsep(&rest, "|"));
}

/* ---- nodes ---- */

static int node_type(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct node *)at->object)->gpu_type = xstrdup(at->value);
    return 0;
}

static int node_label(const struct setting *at, struct err *err)
{
    struct node *node = at->object;

    (void)err;
    labels_add(&node->labels, &node->n_labels, at->key, at->value);
    labels_sort(node->labels, node->n_labels);
    return 0;
}

static int node_features(const struct setting *at, struct err *err)
{
    struct node *node = at->object;
    char *rest = at->value;

    (void)err;
    while (rest != NULL) {
        AUTO_FREE char *key = xasprintf(FEATURE_LABEL "%s", strsep(&rest, ","));

        labels_add(&node->labels, &node->n_labels, key, "");
    }
    labels_sort(node->labels, node->n_labels);
    return 0;
}

static int taint_effect(const char *word, enum taint_effect *ret, struct err *err)
{
    static const char *const words[] = {
        [TAINT_NO_SCHEDULE] = "NoSchedule",
        [TAINT_PREFER_NO_SCHEDULE] = "PreferNoSchedule",
        [TAINT_NO_EXECUTE] = "NoExecute",
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(words[i], word)) {
            *ret = (enum taint_effect)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "a taint is key=value:effect");
}

static int node_taint(const struct setting *at, struct err *err)
{
    struct node *node = at->object;
    enum taint_effect effect = TAINT_NO_SCHEDULE;
    char *word = at->value;
    const char *value = strsep(&word, ":");

    if (taint_effect(word, &effect, err) < 0)
        return -1;
    node->taints = xrealloc(node->taints, (node->n_taints + 1) * sizeof(*node->taints));
    node->taints[node->n_taints++] =
        (struct taint){xstrdup(at->key), xstrdup(value), effect};
    return 0;
}

static int node_not_ready(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct node *)at->object)->ready = false;
    return 0;
}

static int node_cordoned(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct node *)at->object)->unschedulable = true;
    return 0;
}

static int node_pods(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value,
                               &((struct node *)at->object)->capacity.v[RES_PODS], err);
}

static int node_resource(const struct setting *at, struct err *err)
{
    return set_resource(at->res, &((struct node *)at->object)->capacity, at->key,
                        at->value, err);
}

const struct key cluster_node_keys[] = {
    {"type", node_type},    {"label.", node_label},       {"features", node_features},
    {"taint.", node_taint}, {"notready", node_not_ready}, {"cordoned", node_cordoned},
    {"pods", node_pods},    {NULL, node_resource},
};

/* ---- partitions ---- */

static int part_default(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct partition *)at->object)->is_default = true;
    return 0;
}

static int part_nodes(const struct setting *at, struct err *err)
{
    struct partition *part = at->object;

    return read_names(at->value, &part->node_names, &part->n_node_names, err);
}

static int part_select(const struct setting *at, struct err *err)
{
    (void)err;
    add_requirement(&((struct partition *)at->object)->selector, at->key, at->value);
    return 0;
}

#define PART_NAMES(field)                                              \
    static int part_##field(const struct setting *at, struct err *err) \
    {                                                                  \
        struct access *a = &((struct partition *)at->object)->access;  \
                                                                       \
        return read_names(at->value, &a->field, &a->n_##field, err);   \
    }
PART_NAMES(allow_accounts)
PART_NAMES(deny_accounts)
PART_NAMES(allow_qos)
PART_NAMES(deny_qos)
PART_NAMES(allow_namespaces)

static int part_qos(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct partition *)at->object)->qos = xstrdup(at->value);
    return 0;
}

static int part_tier(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value,
                               &((struct partition *)at->object)->priority_tier, err);
}

static int part_factor(const struct setting *at, struct err *err)
{
    return cluster_text_number(
        at->value, &((struct partition *)at->object)->priority_job_factor, err);
}

static int part_max_time(const struct setting *at, struct err *err)
{
    return duration_parse(at->value, &((struct partition *)at->object)->max_time_sec,
                          err);
}

static int part_default_time(const struct setting *at, struct err *err)
{
    return duration_parse(at->value,
                          &((struct partition *)at->object)->default_time_sec, err);
}

static int part_over_time(const struct setting *at, struct err *err)
{
    return duration_parse(at->value, &((struct partition *)at->object)->over_time_sec,
                          err);
}

#define PART_AMOUNT(field, parse)                                                 \
    static int part_##field(const struct setting *at, struct err *err)            \
    {                                                                             \
        return parse(at->value, &((struct partition *)at->object)->amounts.field, \
                     err);                                                        \
    }
PART_AMOUNT(def_cpus_per_gpu, cluster_text_number)
PART_AMOUNT(def_mem_per_node, size_parse)
PART_AMOUNT(def_mem_per_cpu, size_parse)
PART_AMOUNT(def_mem_per_gpu, size_parse)
PART_AMOUNT(max_mem_per_cpu, size_parse)
PART_AMOUNT(max_mem_per_node, size_parse)

static int part_exclusive(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct partition *)at->object)->exclusive = true;
    return 0;
}

static int part_req_resv(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct partition *)at->object)->req_resv = true;
    return 0;
}

static int part_lln(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct partition *)at->object)->lln = true;
    return 0;
}

static int part_min_nodes(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct partition *)at->object)->min_nodes,
                               err);
}

static int part_max_nodes(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct partition *)at->object)->max_nodes,
                               err);
}

static int part_state(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"UP", "DOWN", "DRAIN", "INACTIVE"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], at->value) == 0) {
            ((struct partition *)at->object)->state = (enum part_state)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "\"%s\" is not a partition's state", at->value);
}

/* "1.5" of a resource, "node", or "x/gpu:h100". */
static int part_bill(const struct setting *at, struct err *err)
{
    AUTO_FREE char *key = xstrdup(at->key);
    char *type = key, *name = strsep(&type, ":");
    int64_t milli;

    if (quantity_parse_milli(at->value, &milli, err) < 0)
        return -1;
    if (strchr(name, '/') != NULL && restable_intern(at->res, name) < 0)
        return err_set(err, ERR_INVALID, "too many resources");
    partition_bill(at->object, strcmp(name, "mem") == 0 ? "memory" : name, type,
                   milli * 1000000);
    return 0;
}

static int part_mode(const struct setting *at, struct err *err)
{
    return preempt_mode_parse(at->value,
                              &((struct partition *)at->object)->preempt_mode, err);
}

static int part_grace(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct partition *)at->object)->grace_sec,
                               err);
}

static int unknown_key(const struct setting *at, struct err *err)
{
    return err_set(err, ERR_INVALID, "unknown key \"%s\"", at->key);
}

const struct key cluster_part_keys[] = {
    {"default", part_default},
    {"nodes", part_nodes},
    {"select.", part_select},
    {"allowaccounts", part_allow_accounts},
    {"denyaccounts", part_deny_accounts},
    {"allowqos", part_allow_qos},
    {"denyqos", part_deny_qos},
    {"allownamespaces", part_allow_namespaces},
    {"tier", part_tier},
    {"factor", part_factor},
    {"maxtime", part_max_time},
    {"defaulttime", part_default_time},
    {"minnodes", part_min_nodes},
    {"bill.", part_bill},
    {"maxnodes", part_max_nodes},
    {"state", part_state},
    {"preemptmode", part_mode},
    {"grace", part_grace},
    {"qos", part_qos},
    {"overtime", part_over_time},
    {"defcpupergpu", part_def_cpus_per_gpu},
    {"defmempernode", part_def_mem_per_node},
    {"defmempercpu", part_def_mem_per_cpu},
    {"defmempergpu", part_def_mem_per_gpu},
    {"maxmempercpu", part_max_mem_per_cpu},
    {"maxmempernode", part_max_mem_per_node},
    {"exclusive", part_exclusive},
    {"lln", part_lln},
    {"reqresv", part_req_resv},
    {NULL, unknown_key},
};

/* ---- QOS and accounts ---- */

static int qos_priority(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct qos *)at->object)->priority, err);
}

static int qos_factor(const struct setting *at, struct err *err)
{
    return quantity_parse_milli(at->value, &((struct qos *)at->object)->usage_factor,
                                err);
}

static int qos_preempt(const struct setting *at, struct err *err)
{
    struct qos *qos = at->object;

    return read_names(at->value, &qos->preempt, &qos->n_preempt, err);
}

static int qos_mode(const struct setting *at, struct err *err)
{
    return preempt_mode_parse(at->value, &((struct qos *)at->object)->preempt_mode,
                              err);
}

static int qos_grace(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct qos *)at->object)->grace_sec, err);
}

static int qos_exempt(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value,
                               &((struct qos *)at->object)->preempt_exempt_sec, err);
}

/* "4", "1:00:00", or "cpu=4,gres/gpu:h100=2" (minutes where Slurm's name says so). */
static int read_amount(const struct limit_row *row, enum tres tres, const char *text,
                       int64_t *ret, struct err *err)
{
    int parsed;

    if (row->what == WHAT_WALL)
        return duration_parse(text, ret, err);
    if (tres == TRES_CPU)
        parsed = quantity_parse_milli(text, ret, err);
    else if (tres == TRES_MEM)
        parsed = size_parse(text, ret, err);
    else
        parsed = cluster_text_number(text, ret, err);
    if (parsed == 0 && row->what == WHAT_LEFT)
        *ret *= 60;
    return parsed;
}

static int set_limit(struct limits *limits, enum limit_kind kind, char *value,
                     struct err *err)
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
        if (read_amount(&limit_rows[kind], tres, text, &amount, err) < 0)
            return -1;
        limits_set(limits, kind, tres, type, amount);
    }
    return 0;
}

/* By their names in the API. */
static int read_limit(struct limits *limits, const char *name, char *value,
                      struct err *err)
{
    for (enum limit_kind i = 0; i < LIMIT_KINDS; i++) {
        if (strcmp(limit_rows[i].name, name) == 0)
            return set_limit(limits, i, value, err);
    }
    return err_set(err, ERR_INVALID, "unknown key \"%s\"", name);
}

static int qos_limit(const struct setting *at, struct err *err)
{
    return read_limit(&((struct qos *)at->object)->limits, at->key, at->value, err);
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

const struct key cluster_qos_keys[] = {
    {"flags", qos_flags},       {"preempt", qos_preempt}, {"preemptmode", qos_mode},
    {"grace", qos_grace},       {"exempt", qos_exempt},   {"factor", qos_factor},
    {"priority", qos_priority}, {NULL, qos_limit},
};

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

static int account_parent(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct account *)at->object)->parent = xstrdup(at->value);
    return 0;
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

static int account_priority(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct account *)at->object)->priority,
                               err);
}

static int account_as_of(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct account *)at->object)->usage_sec,
                               err);
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

/* In seconds; as of 0 unless said before. */
static int member_used(const struct setting *at, struct err *err)
{
    struct account *account = at->object;
    struct member *m = member_at(at, err);

    if (m == NULL || cluster_text_number(at->value, &m->usage, err) < 0)
        return -1;
    m->usage *= 1000;
    if (account->usage_sec == TIME_UNSET)
        account->usage_sec = 0;
    return 0;
}

static int account_limit(const struct setting *at, struct err *err)
{
    return read_limit(&((struct account *)at->object)->limits, at->key, at->value, err);
}

/* "limits.ann=maxJobs:2", once for each limit. */
static int member_limits(const struct setting *at, struct err *err)
{
    struct member *m = member_at(at, err);
    char *value = at->value;
    const char *name = strsep(&value, ":");

    return m != NULL && value != NULL ? read_limit(&m->limits, name, value, err) : -1;
}

const struct key cluster_account_keys[] = {
    {"users", account_users},       {"namespaces", account_namespaces},
    {"parent", account_parent},     {"shares", account_shares},
    {"priority", account_priority}, {"asof", account_as_of},
    {"shares.", member_shares},     {"priority.", member_priority},
    {"used.", member_used},         {"limits.", member_limits},
    {NULL, account_limit},
};

/* ---- reservations ---- */

static int resv_start(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value,
                               &((struct reservation *)at->object)->start_sec, err);
}

static int resv_end(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct reservation *)at->object)->end_sec,
                               err);
}

static int resv_count(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value,
                               &((struct reservation *)at->object)->node_count, err);
}

static int resv_nodes(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return read_names(at->value, &r->node_names, &r->n_node_names, err);
}

static int resv_chosen(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return read_names(at->value, &r->chosen, &r->n_chosen, err);
}

static int resv_all(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct reservation *)at->object)->all_nodes = true;
    return 0;
}

static int resv_partition(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct reservation *)at->object)->partition = xstrdup(at->value);
    return 0;
}

static int resv_features(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;

    return constraint_parse_any(at->value, &r->node_any, &r->n_node_any, err);
}

static int resv_repeat(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"once",    "hourly",  "daily",
                                        "weekday", "weekend", "weekly"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], at->value) == 0) {
            ((struct reservation *)at->object)->repeat = (enum resv_repeat)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "repeat=%s: unknown", at->value);
}

/* "ann,-bob" */
static int read_resv_list(const struct setting *at, struct resv_list *list)
{
    char *rest = at->value;

    while (rest != NULL) {
        const char *name = strsep(&rest, ",");

        if (name[0] == '-')
            names_add(&list->deny, &list->n_deny, name + 1);
        else
            names_add(&list->allow, &list->n_allow, name);
    }
    names_sort(list->allow, list->n_allow);
    names_sort(list->deny, list->n_deny);
    return 0;
}

static int resv_users(const struct setting *at, struct err *err)
{
    (void)err;
    return read_resv_list(at, &((struct reservation *)at->object)->users);
}

static int resv_accounts(const struct setting *at, struct err *err)
{
    (void)err;
    return read_resv_list(at, &((struct reservation *)at->object)->accounts);
}

static int resv_qos(const struct setting *at, struct err *err)
{
    (void)err;
    return read_resv_list(at, &((struct reservation *)at->object)->qos);
}

static int resv_flags(const struct setting *at, struct err *err)
{
    struct reservation *r = at->object;
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {{"maint", &r->maint},
                 {"overlap", &r->overlap},
                 {"ignorejobs", &r->ignore_jobs},
                 {"flex", &r->flex},
                 {"magnetic", &r->magnetic},
                 {"anynodes", &r->any_nodes},
                 {"static", &r->static_alloc},
                 {"replace", &r->replace},
                 {"nohold", &r->no_hold}};
    char *rest = at->value;

    while (rest != NULL) {
        const char *word = strsep(&rest, ",");
        size_t i = 0;

        while (i < ARRAY_LEN(flags) && strcmp(flags[i].word, word) != 0)
            i++;
        if (i == ARRAY_LEN(flags))
            return err_set(err, ERR_INVALID, "flags=%s: unknown", word);
        *flags[i].flag = true;
    }
    return 0;
}

static int resv_resource(const struct setting *at, struct err *err)
{
    return set_resource(at->res, &((struct reservation *)at->object)->want, at->key,
                        at->value, err);
}

const struct key cluster_resv_keys[] = {
    {"start", resv_start},         {"end", resv_end},           {"count", resv_count},
    {"nodes", resv_nodes},         {"chosen", resv_chosen},     {"all", resv_all},
    {"partition", resv_partition}, {"features", resv_features}, {"repeat", resv_repeat},
    {"users", resv_users},         {"accounts", resv_accounts}, {"qos", resv_qos},
    {"flags", resv_flags},         {NULL, resv_resource},
};

/* ---- jobs ---- */

static int read_range(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    char *max = at->value;
    const char *min = strsep(&max, "-");

    if (cluster_text_number(min, &job->min_pods, err) < 0)
        return -1;
    return cluster_text_number(max != NULL ? max : min, &job->max_pods, err);
}

static int job_nodes(const struct setting *at, struct err *err)
{
    ((struct job *)at->object)->one_per_node = true;
    return read_range(at, err);
}

static int job_replicas(const struct setting *at, struct err *err)
{
    ((struct job *)at->object)->one_per_node = false;
    return read_range(at, err);
}

/* Of the first kind, each a task unless told; of the second, none. */
static struct unit *unit_of(struct job *job, size_t kind)
{
    const struct resvec nothing = {0};

    job->one_per_node = true;
    while (job->n_units <= kind) {
        struct unit *unit = job_add_unit(job, 1, &nothing);

        unit->tasks = unit == job->units;
    }
    return &job->units[kind];
}

static int job_units(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->count, err);
}

static int job_units2(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 1)->count, err);
}

static int job_unit(const struct setting *at, struct err *err)
{
    return set_resource(at->res, &unit_of(at->object, 0)->each, at->key, at->value,
                        err);
}

static int job_unit2(const struct setting *at, struct err *err)
{
    return set_resource(at->res, &unit_of(at->object, 1)->each, at->key, at->value,
                        err);
}

static int job_max_units(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->most, err);
}

static int job_unit_tasks(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->tasks, err);
}

static int job_spread(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->spread = true;
    return 0;
}

static int job_partition(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    char *rest = at->value;

    (void)err;
    while (rest != NULL)
        names_add(&job->partitions, &job->n_partitions, strsep(&rest, ","));
    return 0;
}

#define JOB_NUMBER(field)                                                         \
    static int job_##field(const struct setting *at, struct err *err)             \
    {                                                                             \
        return cluster_text_number(at->value, &((struct job *)at->object)->field, \
                                   err);                                          \
    }
JOB_NUMBER(job_id)
JOB_NUMBER(array_id)
JOB_NUMBER(array_task)
JOB_NUMBER(tasks_left)
JOB_NUMBER(tasks_limit)
JOB_NUMBER(tasks_out)
JOB_NUMBER(nice)
JOB_NUMBER(site_factor)
JOB_NUMBER(priority)
JOB_NUMBER(submit_sec)
JOB_NUMBER(eligible_sec)
JOB_NUMBER(start_sec)
JOB_NUMBER(end_sec)
JOB_NUMBER(deadline_sec)

#define JOB_TEXT(field)                                               \
    static int job_##field(const struct setting *at, struct err *err) \
    {                                                                 \
        struct job *job = at->object;                                 \
                                                                      \
        (void)err;                                                    \
        free(job->field);                                             \
        job->field = xstrdup(at->value);                              \
        return 0;                                                     \
    }
JOB_TEXT(account)
JOB_TEXT(job_name)
JOB_TEXT(qos)
JOB_TEXT(reservation)
JOB_TEXT(user)

static int job_time(const struct setting *at, struct err *err)
{
    return duration_parse(at->value, &((struct job *)at->object)->limit_sec, err);
}

static int job_time_min(const struct setting *at, struct err *err)
{
    return duration_parse(at->value, &((struct job *)at->object)->time_min_sec, err);
}

static int job_hold(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->hold =
        strcmp(at->value, "admin") == 0 ? HOLD_ADMIN : HOLD_USER;
    return 0;
}

/* "afterok:1,after:2+60" (minutes); "?" for one of them. */
static int job_depend(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return dependency_parse(at->value, &job->depends, &job->n_depends,
                            &job->depends_any, err);
}

static int job_licenses(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return licenses_parse(at->value, &job->licenses, &job->n_licenses, err);
}

static int job_hopeless(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->hopeless =
        strcmp(at->value, "ends") == 0 ? HOPELESS_ENDS : HOPELESS_STAYS;
    return 0;
}

static int job_failed(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->failed = true;
    return 0;
}

static int job_contiguous(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->contiguous = true;
    return 0;
}

static int job_exclusive(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->exclusive = true;
    return 0;
}

static int job_type(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->gpu_type = xstrdup(at->value);
    return 0;
}

static int job_nodelist(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return read_names(at->value, &job->node_list, &job->n_node_list, err);
}

static int job_exclude(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return read_names(at->value, &job->exclude, &job->n_exclude, err);
}

static int job_where(const struct setting *at, struct err *err)
{
    (void)err;
    add_requirement(&((struct job *)at->object)->node_all, at->key, at->value);
    return 0;
}

static int job_any(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    job->node_any =
        xrealloc(job->node_any, (job->n_node_any + 1) * sizeof(*job->node_any));
    job->node_any[job->n_node_any] = (struct term){0};
    add_requirement(&job->node_any[job->n_node_any++], at->key, at->value);
    return 0;
}

/* As sbatch -C; such a job has no `any.` keys. */
static int job_constraint(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    struct constraint c = {0};

    job->constraint = xstrdup(at->value);
    if (constraint_parse(at->value, &c, err) < 0)
        return -1;
    job->node_any = c.any;
    job->n_node_any = c.n_any;
    job->same = c.same;
    job->n_same = c.n_same;
    job->counts = c.counts;
    job->n_counts = c.n_counts;
    return 0;
}

static int job_tolerate(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    job->tolerations = xrealloc(job->tolerations,
                                (job->n_tolerations + 1) * sizeof(*job->tolerations));
    job->tolerations[job->n_tolerations++] = (struct toleration){
        .key = xstrdup(at->key),
        .value = xstrdup(at->value),
        .any_effect = true,
    };
    return 0;
}

static int job_preempted_by(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct job *)at->object)->preempted_by,
                               err);
}

static int job_preempt_sec(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &((struct job *)at->object)->preempt_sec,
                               err);
}

static int job_state(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"pending",    "starting", "running",
                                        "completing", "aside",    "ended"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], at->value) == 0) {
            ((struct job *)at->object)->phase = (enum job_phase)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "\"%s\" is not a job's state", at->value);
}

static int job_in(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->partition = xstrdup(at->value);
    return 0;
}

/* "n1:2" or "n[1-4]". */
static int add_slots(struct job *job, char *text, struct err *err)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    const char *names = strsep(&text, ":");
    int64_t pods = 1, rank = 0;

    if (text != NULL && cluster_text_number(text, &pods, err) < 0)
        return -1;
    if (hostlist_parse(&nodes, names, err) < 0)
        return -1;
    if (job->n_alloc > 0)
        rank =
            job->alloc[job->n_alloc - 1].first_rank + job->alloc[job->n_alloc - 1].pods;
    job->alloc = xrealloc(job->alloc, (job->n_alloc + nodes.n) * sizeof(*job->alloc));
    for (size_t i = 0; i < nodes.n; i++) {
        job->alloc[job->n_alloc++] = (struct slot){.node = xstrdup(nodes.names[i]),
                                                   .pods = pods,
                                                   .first_rank = rank,
                                                   .tasks = 1};
        rank += pods;
    }
    return 0;
}

static int job_on(const struct setting *at, struct err *err)
{
    char *rest = at->value;

    while (rest != NULL) {
        if (add_slots(at->object, strsep(&rest, ","), err) < 0)
            return -1;
    }
    return 0;
}

static int job_resource(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    int rc = set_resource(at->res, &job->each, at->key, at->value, err);

    job->own_cpus = job->each.v[RES_CPU] > 0;
    job->own_mem = job->each.v[RES_MEM] > 0;
    return rc;
}

const struct key cluster_job_keys[] = {
    {"nodes", job_nodes},
    {"replicas", job_replicas},
    {"units", job_units},
    {"unit.", job_unit},
    {"units2", job_units2},
    {"unit2.", job_unit2},
    {"unittasks", job_unit_tasks},
    {"maxunits", job_max_units},
    {"spread", job_spread},
    {"partition", job_partition},
    {"account", job_account},
    {"qos", job_qos},
    {"user", job_user},
    {"id", job_job_id},
    {"taskof", job_array_id},
    {"task", job_array_task},
    {"tasks", job_tasks_left},
    {"tasklimit", job_tasks_limit},
    {"tasksout", job_tasks_out},
    {"nice", job_nice},
    {"site", job_site_factor},
    {"priority", job_priority},
    {"submit", job_submit_sec},
    {"begin", job_eligible_sec},
    {"start", job_start_sec},
    {"end", job_end_sec},
    {"time", job_time},
    {"timemin", job_time_min},
    {"deadline", job_deadline_sec},
    {"hold", job_hold},
    {"depend", job_depend},
    {"hopeless", job_hopeless},
    {"licenses", job_licenses},
    {"reservation", job_reservation},
    {"jobname", job_job_name},
    {"failed", job_failed},
    {"exclusive", job_exclusive},
    {"contiguous", job_contiguous},
    {"type", job_type},
    {"nodelist", job_nodelist},
    {"exclude", job_exclude},
    {"where.", job_where},
    {"any.", job_any},
    {"constraint", job_constraint},
    {"tolerate.", job_tolerate},
    {"state", job_state},
    {"preemptedby", job_preempted_by},
    {"preemptend", job_preempt_sec},
    {"in", job_in},
    {"on", job_on},
    {NULL, job_resource},
};

/* ---- foreign pods ---- */

static int pod_on(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct foreign_pod *)at->object)->node = xstrdup(at->value);
    return 0;
}

static int pod_resource(const struct setting *at, struct err *err)
{
    return set_resource(at->res, &((struct foreign_pod *)at->object)->use, at->key,
                        at->value, err);
}

static int pod_of_job(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct foreign_pod *)at->object)->of_job = true;
    return 0;
}

const struct key cluster_pod_keys[] = {
    {"on", pod_on}, {"ofjob", pod_of_job}, {NULL, pod_resource}};
