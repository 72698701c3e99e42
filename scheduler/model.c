#include "scheduler/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- pieces ---- */

static void names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static char **names_copy(char *const *names, size_t n)
{
    char **copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(names[i]);
    return copy;
}

static struct term term_copy(const struct term *t)
{
    struct term copy = {0};

    for (size_t i = 0; i < t->n_reqs; i++) {
        struct requirement *r = term_add(&copy, t->reqs[i].key, t->reqs[i].op);

        r->values = names_copy(t->reqs[i].values, t->reqs[i].n_values);
        r->n_values = t->reqs[i].n_values;
    }
    return copy;
}

void slots_free(struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(slots[i].node);
    free(slots);
}

struct slot *slots_copy(const struct slot *slots, size_t n)
{
    struct slot *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++) {
        copy[i] = slots[i];
        copy[i].node = xstrdup(slots[i].node);
    }
    return copy;
}

/* ---- nodes ---- */

struct node *node_new(void)
{
    return xcalloc(1, sizeof(struct node));
}

struct node *node_copy(const struct node *n)
{
    struct node *copy = node_new();

    *copy = *n;
    copy->name = xstrdup_null(n->name);
    copy->gpu_type = xstrdup_null(n->gpu_type);
    copy->labels = NULL;
    copy->n_labels = 0;
    for (size_t i = 0; i < n->n_labels; i++)
        labels_add(&copy->labels, &copy->n_labels, n->labels[i].key,
                   n->labels[i].value);
    copy->taints = NULL;
    if (n->n_taints > 0)
        copy->taints = xmalloc(n->n_taints * sizeof(*copy->taints));
    for (size_t i = 0; i < n->n_taints; i++)
        copy->taints[i] =
            (struct taint){xstrdup(n->taints[i].key), xstrdup(n->taints[i].value),
                           n->taints[i].effect};
    return copy;
}

void node_free(struct node *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->n_labels; i++) {
        free(n->labels[i].key);
        free(n->labels[i].value);
    }
    for (size_t i = 0; i < n->n_taints; i++) {
        free(n->taints[i].key);
        free(n->taints[i].value);
    }
    free(n->labels);
    free(n->taints);
    free(n->gpu_type);
    free(n->name);
    free(n);
}

/* ---- partitions ---- */

struct partition *partition_new(void)
{
    struct partition *p = xcalloc(1, sizeof(*p));

    p->state = PART_UP;
    p->priority_tier = 1;
    p->priority_job_factor = 1;
    p->max_time_sec = LIMIT_UNLIMITED;
    p->default_time_sec = LIMIT_UNSET;
    p->over_time_sec = LIMIT_UNSET;
    p->max_nodes = LIMIT_UNLIMITED;
    return p;
}

static struct access access_copy(const struct access *a)
{
    struct access copy = *a;

    copy.allow_accounts = names_copy(a->allow_accounts, a->n_allow_accounts);
    copy.deny_accounts = names_copy(a->deny_accounts, a->n_deny_accounts);
    copy.allow_qos = names_copy(a->allow_qos, a->n_allow_qos);
    copy.deny_qos = names_copy(a->deny_qos, a->n_deny_qos);
    copy.allow_namespaces = names_copy(a->allow_namespaces, a->n_allow_namespaces);
    return copy;
}

static void access_fini(struct access *a)
{
    names_free(a->allow_accounts, a->n_allow_accounts);
    names_free(a->deny_accounts, a->n_deny_accounts);
    names_free(a->allow_qos, a->n_allow_qos);
    names_free(a->deny_qos, a->n_deny_qos);
    names_free(a->allow_namespaces, a->n_allow_namespaces);
}

struct partition *partition_copy(const struct partition *p)
{
    struct partition *copy = partition_new();

    *copy = *p;
    copy->name = xstrdup_null(p->name);
    copy->selector = term_copy(&p->selector);
    copy->node_names = names_copy(p->node_names, p->n_node_names);
    copy->access = access_copy(&p->access);
    copy->qos = xstrdup_null(p->qos);
    copy->alternate = xstrdup_null(p->alternate);
    copy->billing = NULL;
    copy->n_billing = 0;
    for (size_t i = 0; i < p->n_billing; i++)
        partition_bill(copy, p->billing[i].resource, p->billing[i].gpu_type,
                       p->billing[i].nano);
    return copy;
}

void partition_bill(struct partition *p, const char *resource, const char *gpu_type,
                    int64_t nano)
{
    p->billing = xrealloc(p->billing, (p->n_billing + 1) * sizeof(*p->billing));
    p->billing[p->n_billing++] =
        (struct billing_weight){xstrdup(resource), xstrdup_null(gpu_type), nano};
}

void partition_free(struct partition *p)
{
    if (p == NULL)
        return;
    term_fini(&p->selector);
    names_free(p->node_names, p->n_node_names);
    access_fini(&p->access);
    for (size_t i = 0; i < p->n_billing; i++) {
        free(p->billing[i].resource);
        free(p->billing[i].gpu_type);
    }
    free(p->billing);
    free(p->qos);
    free(p->alternate);
    free(p->name);
    free(p);
}

/* ---- QOS ---- */

struct qos *qos_new(void)
{
    struct qos *q = xcalloc(1, sizeof(*q));

    q->usage_factor = 1000;
    q->preempt_exempt_sec = LIMIT_UNSET;
    return q;
}

struct qos *qos_copy(const struct qos *q)
{
    struct qos *copy = qos_new();

    *copy = *q;
    copy->name = xstrdup_null(q->name);
    copy->limits = limits_copy(&q->limits);
    copy->preempt = names_copy(q->preempt, q->n_preempt);
    return copy;
}

void qos_free(struct qos *q)
{
    if (q == NULL)
        return;
    limits_fini(&q->limits);
    names_free(q->preempt, q->n_preempt);
    free(q->name);
    free(q);
}

int64_t qos_flag(const char *word)
{
    static const struct {
        const char *word;
        int64_t flag;
    } flags[] = {
        {"OverPartQOS", QOS_OVER_PART_QOS},
        {"DenyOnLimit", QOS_DENY_ON_LIMIT},
        {"NoReserve", QOS_NO_RESERVE},
        {"PartitionTimeLimit", QOS_PART_TIME_LIMIT},
        {"PartitionMaxNodes", QOS_PART_MAX_NODES},
        {"PartitionMinNodes", QOS_PART_MIN_NODES},
    };

    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].word, word) == 0)
            return flags[i].flag;
    }
    return 0;
}

/* ---- jobs ---- */

void plan_clear(struct plan *plan)
{
    slots_free(plan->slots, plan->n_slots);
    free(plan->partition);
    *plan = (struct plan){.start_sec = TIME_UNSET};
}

struct plan plan_copy(const struct plan *plan)
{
    return (struct plan){
        .start_sec = plan->start_sec,
        .promised = plan->promised,
        .partition = xstrdup_null(plan->partition),
        .slots = slots_copy(plan->slots, plan->n_slots),
        .n_slots = plan->n_slots,
    };
}

struct job *job_new(void)
{
    struct job *j = xcalloc(1, sizeof(*j));

    j->eligible_sec = TIME_UNSET;
    j->limit_sec = LIMIT_UNSET;
    j->wall_sec = LIMIT_UNLIMITED;
    j->time_min_sec = LIMIT_UNSET;
    j->deadline_sec = TIME_UNSET;
    j->priority = PRIORITY_UNSET;
    j->min_pods = 1;
    j->max_pods = 1;
    j->tasks = 1;
    j->phase = JOB_PENDING;
    j->start_sec = TIME_UNSET;
    j->end_sec = TIME_UNSET;
    j->plan.start_sec = TIME_UNSET;
    j->preempt_sec = TIME_UNSET;
    return j;
}

static struct toleration *tolerations_copy(const struct toleration *tols, size_t n)
{
    struct toleration *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++) {
        copy[i] = tols[i];
        copy[i].key = xstrdup_null(tols[i].key);
        copy[i].value = xstrdup_null(tols[i].value);
    }
    return copy;
}

void terms_free(struct term *terms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        term_fini(&terms[i]);
    free(terms);
}

struct term *terms_copy(const struct term *terms, size_t n)
{
    struct term *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = term_copy(&terms[i]);
    return copy;
}

static struct unit *units_copy(const struct unit *units, size_t n)
{
    struct unit *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = units[i];
    return copy;
}

void feature_counts_free(struct feature_count *counts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(counts[i].text);
        terms_free(counts[i].any, counts[i].n_any);
    }
    free(counts);
}

static struct feature_count *feature_counts_copy(const struct feature_count *counts,
                                                 size_t n)
{
    struct feature_count *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++) {
        copy[i] = counts[i];
        copy[i].text = xstrdup_null(counts[i].text);
        copy[i].any = terms_copy(counts[i].any, counts[i].n_any);
    }
    return copy;
}

static struct depend *depends_copy(const struct depend *depends, size_t n)
{
    struct depend *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = depends[i];
    return copy;
}

void licenses_add(struct license **licenses, size_t *n, const char *name, int64_t count)
{
    size_t i = 0;

    while (i < *n && strcmp((*licenses)[i].name, name) < 0)
        i++;
    if (i < *n && strcmp((*licenses)[i].name, name) == 0) {
        (*licenses)[i].count += count;
        return;
    }
    *licenses = xrealloc(*licenses, (*n + 1) * sizeof(**licenses));
    memmove(*licenses + i + 1, *licenses + i, (*n - i) * sizeof(**licenses));
    (*licenses)[i] = (struct license){xstrdup(name), count};
    ++*n;
}

void licenses_free(struct license *licenses, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(licenses[i].name);
    free(licenses);
}

static void licenses_copy(struct job *copy, const struct job *j)
{
    copy->licenses = NULL;
    copy->n_licenses = 0;
    for (size_t i = 0; i < j->n_licenses; i++)
        licenses_add(&copy->licenses, &copy->n_licenses, j->licenses[i].name,
                     j->licenses[i].count);
}

bool depends_equal(const struct job *a, const struct job *b)
{
    if (a->n_depends != b->n_depends || a->depends_any != b->depends_any)
        return false;
    for (size_t i = 0; i < a->n_depends; i++) {
        const struct depend *x = &a->depends[i], *y = &b->depends[i];

        if (x->kind != y->kind || x->job_id != y->job_id ||
            x->delay_sec != y->delay_sec)
            return false;
    }
    return true;
}

int64_t job_max_time(const struct job *j, const struct partition *part)
{
    return (j->lifts & QOS_PART_TIME_LIMIT) != 0 ? LIMIT_UNLIMITED : part->max_time_sec;
}

int64_t job_max_nodes(const struct job *j, const struct partition *part)
{
    return (j->lifts & QOS_PART_MAX_NODES) != 0 ? LIMIT_UNLIMITED : part->max_nodes;
}

int64_t job_min_nodes(const struct job *j, const struct partition *part)
{
    return (j->lifts & QOS_PART_MIN_NODES) != 0 ? 0 : part->min_nodes;
}

const char *job_name(const struct job *j)
{
    return j->job_name != NULL ? j->job_name : j->name;
}

bool job_has_user(const struct job *j)
{
    return j->user != NULL && j->user[0] != '\0';
}

struct job *job_copy(const struct job *j)
{
    struct job *copy = job_new();

    *copy = *j;
    copy->uid = xstrdup_null(j->uid);
    copy->ns = xstrdup_null(j->ns);
    copy->name = xstrdup_null(j->name);
    copy->job_name = xstrdup_null(j->job_name);
    copy->user = xstrdup_null(j->user);
    copy->depends = depends_copy(j->depends, j->n_depends);
    licenses_copy(copy, j);
    copy->reservation = xstrdup_null(j->reservation);
    copy->partitions = names_copy(j->partitions, j->n_partitions);
    copy->account = xstrdup_null(j->account);
    copy->qos = xstrdup_null(j->qos);
    copy->gpu_type = xstrdup_null(j->gpu_type);
    copy->units = units_copy(j->units, j->n_units);
    copy->node_all = term_copy(&j->node_all);
    copy->node_any = terms_copy(j->node_any, j->n_node_any);
    copy->same = terms_copy(j->same, j->n_same);
    copy->counts = feature_counts_copy(j->counts, j->n_counts);
    copy->constraint = xstrdup_null(j->constraint);
    copy->node_list = names_copy(j->node_list, j->n_node_list);
    copy->exclude = names_copy(j->exclude, j->n_exclude);
    copy->tolerations = tolerations_copy(j->tolerations, j->n_tolerations);
    copy->partition = xstrdup_null(j->partition);
    copy->alloc = slots_copy(j->alloc, j->n_alloc);
    copy->plan = plan_copy(&j->plan);
    return copy;
}

struct unit *job_add_unit(struct job *j, int64_t count, const struct resvec *each)
{
    struct unit *unit;

    j->units = xrealloc(j->units, (j->n_units + 1) * sizeof(*j->units));
    unit = &j->units[j->n_units++];
    *unit = (struct unit){.count = count, .most = LIMIT_UNLIMITED, .each = *each};
    return unit;
}

int64_t job_least_units(const struct job *j)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < j->n_units; i++)
        least = MIN(least, j->units[i].count);
    return least;
}

struct resvec job_ask(const struct job *j)
{
    struct resvec sum;

    for (int i = 0; i < RES_MAX; i++) {
        __int128 n = (__int128)j->each.v[i] * j->min_pods;

        for (size_t k = 0; k < j->n_units; k++)
            n += (__int128)j->units[k].each.v[i] *
                 MAX(j->units[k].count - j->min_pods, 0);
        sum.v[i] = (int64_t)MIN(n, (__int128)INT64_MAX);
    }
    return sum;
}

int64_t job_counted_nodes(const struct job *j)
{
    int64_t sum = 0;

    for (size_t i = 0; i < j->n_counts; i++)
        sum += MIN(j->counts[i].count, INT32_MAX);
    return sum;
}

int64_t job_least_nodes(const struct job *j)
{
    return j->one_per_node ? j->min_pods : 1;
}

static void job_free_filters(struct job *j)
{
    term_fini(&j->node_all);
    terms_free(j->node_any, j->n_node_any);
    terms_free(j->same, j->n_same);
    feature_counts_free(j->counts, j->n_counts);
    free(j->constraint);
    names_free(j->node_list, j->n_node_list);
    names_free(j->exclude, j->n_exclude);
    for (size_t i = 0; i < j->n_tolerations; i++) {
        free(j->tolerations[i].key);
        free(j->tolerations[i].value);
    }
    free(j->tolerations);
    free(j->gpu_type);
}

void job_free(struct job *j)
{
    if (j == NULL)
        return;
    job_free_filters(j);
    names_free(j->partitions, j->n_partitions);
    slots_free(j->alloc, j->n_alloc);
    plan_clear(&j->plan);
    free(j->depends);
    licenses_free(j->licenses, j->n_licenses);
    free(j->units);
    free(j->reservation);
    free(j->account);
    free(j->qos);
    free(j->partition);
    free(j->uid);
    free(j->ns);
    free(j->name);
    free(j->job_name);
    free(j->user);
    free(j);
}

/* ---- pods that are not ours ---- */

struct foreign_pod *foreign_pod_new(void)
{
    return xcalloc(1, sizeof(struct foreign_pod));
}

struct foreign_pod *foreign_pod_copy(const struct foreign_pod *p)
{
    struct foreign_pod *copy = foreign_pod_new();

    *copy = *p;
    copy->uid = xstrdup_null(p->uid);
    copy->node = xstrdup_null(p->node);
    return copy;
}

void foreign_pod_free(struct foreign_pod *p)
{
    if (p == NULL)
        return;
    free(p->uid);
    free(p->node);
    free(p);
}
