/* Jobs, of the data model. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

static void job_init(struct job *j)
{
    *j = (struct job){0};
    j->eligible_sec = TIME_UNSET;
    j->eligible_since_sec = TIME_UNSET;
    j->limit_sec = LIMIT_UNSET;
    j->wall_sec = LIMIT_UNLIMITED;
    j->accrue_sec = TIME_UNSET;
    j->time_min_sec = LIMIT_UNSET;
    j->switch_wait_sec = LIMIT_UNSET;
    j->borrow_sec = LIMIT_UNSET;
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
    j->paid_sec = TIME_UNSET;
}

struct job *job_new(void)
{
    struct job *j = xmalloc(sizeof(*j));

    job_init(j);
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
    for (size_t i = 0; i < n; i++) {
        copy[i] = depends[i];
        copy[i].was = job_array_copy(depends[i].was);
    }
    return copy;
}

static void depends_free(struct depend *depends, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(depends[i].was);
    free(depends);
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
    copy->licenses = xcalloc(j->n_licenses + 1, sizeof(*copy->licenses));
    for (size_t i = 0; i < j->n_licenses; i++)
        copy->licenses[i] =
            (struct license){xstrdup(j->licenses[i].name), j->licenses[i].count};
}

static struct wall *walls_copy(const struct wall *walls, size_t n)
{
    struct wall *copy = n > 0 ? xmalloc(n * sizeof(*copy)) : NULL;

    if (n > 0)
        memcpy(copy, walls, n * sizeof(*copy));
    return copy;
}

struct reached *reached_copy(const struct reached *list, size_t n)
{
    struct reached *copy = n > 0 ? xcalloc(n, sizeof(*copy)) : NULL;

    for (size_t i = 0; i < n; i++)
        copy[i] = (struct reached){xstrdup(list[i].partition), list[i].priority};
    return copy;
}

void reached_free(struct reached *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].partition);
    free(list);
}

struct node_cap *node_caps_copy(const struct node_cap *caps, size_t n)
{
    struct node_cap *copy = n > 0 ? xmalloc(n * sizeof(*copy)) : NULL;

    for (size_t i = 0; i < n; i++) {
        copy[i] = caps[i];
        copy[i].partition = xstrdup(caps[i].partition);
    }
    return copy;
}

void node_caps_free(struct node_cap *caps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(caps[i].partition);
    free(caps);
}

static void job_copy_into(struct job *copy, const struct job *j);

static struct job *components_copy(const struct job *components, size_t n)
{
    struct job *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        job_copy_into(&copy[i], &components[i]);
    return copy;
}

static void job_copy_into(struct job *copy, const struct job *j)
{
    *copy = *j;
    copy->uid = xstrdup_null(j->uid);
    copy->ns = xstrdup_null(j->ns);
    copy->name = xstrdup_null(j->name);
    copy->job_name = xstrdup_null(j->job_name);
    copy->user = xstrdup_null(j->user);
    copy->array = job_array_copy(j->array);
    copy->depends = depends_copy(j->depends, j->n_depends);
    licenses_copy(copy, j);
    copy->reservations = names_copy(j->reservations, j->n_reservations);
    copy->partitions = names_copy(j->partitions, j->n_partitions);
    copy->walls = walls_copy(j->walls, j->n_walls);
    copy->reached_in = reached_copy(j->reached_in, j->n_reached_in);
    copy->caps = node_caps_copy(j->caps, j->n_caps);
    copy->account = xstrdup_null(j->account);
    copy->qos = xstrdup_null(j->qos);
    copy->qos_list = names_copy(j->qos_list, j->n_qos_list);
    copy->gpu_type = xstrdup_null(j->gpu_type);
    copy->units = units_copy(j->units, j->n_units);
    copy->node_all = term_copy(&j->node_all);
    copy->node_any = terms_copy(j->node_any, j->n_node_any);
    copy->same = terms_copy(j->same, j->n_same);
    copy->counts = feature_counts_copy(j->counts, j->n_counts);
    copy->constraint = xstrdup_null(j->constraint);
    copy->node_list = names_copy(j->node_list, j->n_node_list);
    copy->exclude = names_copy(j->exclude, j->n_exclude);
    copy->groups = names_copy(j->groups, j->n_groups);
    copy->tolerations = tolerations_copy(j->tolerations, j->n_tolerations);
    copy->partition = xstrdup_null(j->partition);
    copy->reservation = xstrdup_null(j->reservation);
    copy->license = xstrdup_null(j->license);
    copy->alloc = slots_ref(j->alloc);
    copy->plan = plan_copy(&j->plan);
    copy->others = components_copy(j->others, j->n_others);
}

struct job *job_copy(const struct job *j)
{
    struct job *copy = xmalloc(sizeof(*copy));

    job_copy_into(copy, j);
    return copy;
}

struct job *job_add_component(struct job *j)
{
    struct job *component;

    j->others = xrealloc(j->others, (j->n_others + 1) * sizeof(*j->others));
    component = &j->others[j->n_others++];
    job_init(component);
    return component;
}

bool job_has_id(const struct job *j, int64_t job_id)
{
    return j->job_id != 0 && job_id >= j->job_id &&
           job_id - j->job_id <= (int64_t)j->n_others;
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
    names_free(j->groups, j->n_groups);
    for (size_t i = 0; i < j->n_tolerations; i++) {
        free(j->tolerations[i].key);
        free(j->tolerations[i].value);
    }
    free(j->tolerations);
    free(j->gpu_type);
}

static void job_fini(struct job *j)
{
    for (size_t i = 0; i < j->n_others; i++)
        job_fini(&j->others[i]);
    free(j->others);
    job_free_filters(j);
    names_free(j->partitions, j->n_partitions);
    free(j->walls);
    reached_free(j->reached_in, j->n_reached_in);
    node_caps_free(j->caps, j->n_caps);
    slots_unref(j->alloc);
    plan_clear(&j->plan);
    free(j->array);
    depends_free(j->depends, j->n_depends);
    licenses_free(j->licenses, j->n_licenses);
    free(j->units);
    names_free(j->reservations, j->n_reservations);
    free(j->reservation);
    free(j->license);
    free(j->account);
    free(j->qos);
    names_free(j->qos_list, j->n_qos_list);
    free(j->partition);
    free(j->uid);
    free(j->ns);
    free(j->name);
    free(j->job_name);
    free(j->user);
}

void job_cut_components(struct job *j, size_t n)
{
    while (j->n_others > n)
        job_fini(&j->others[--j->n_others]);
}

void job_free(struct job *j)
{
    if (j == NULL)
        return;
    job_fini(j);
    free(j);
}
