/* The key of a shape: every field that matters, each text with its length in front. */
#include <string.h>

#include "base/util.h"
#include "scheduler/shape_private.h"

static void key_number(struct str *key, int64_t value)
{
    str_addn(key, (const char *)&value, sizeof(value));
}

static void key_text(struct str *key, const char *text)
{
    key_number(key, text != NULL ? (int64_t)strlen(text) : -1);
    if (text != NULL)
        str_add(key, text);
}

static void key_names(struct str *key, char *const *names, size_t n)
{
    key_number(key, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        key_text(key, names[i]);
}

static void key_term(struct str *key, const struct term *t)
{
    key_number(key, (int64_t)t->n_reqs);
    for (size_t i = 0; i < t->n_reqs; i++) {
        key_text(key, t->reqs[i].key);
        key_number(key, t->reqs[i].op);
        key_names(key, t->reqs[i].values, t->reqs[i].n_values);
    }
}

static void key_terms(struct str *key, const struct term *terms, size_t n)
{
    key_number(key, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        key_term(key, &terms[i]);
}

static void key_tolerations(struct str *key, const struct job *job)
{
    key_number(key, (int64_t)job->n_tolerations);
    for (size_t i = 0; i < job->n_tolerations; i++) {
        key_text(key, job->tolerations[i].key);
        key_text(key, job->tolerations[i].value);
        key_number(
            key, job->tolerations[i].any_effect ? -1 : (int)job->tolerations[i].effect);
    }
}

void shape_key_filters(struct str *key, const struct job *job)
{
    key_text(key, job->gpu_type);
    key_term(key, &job->node_all);
    key_text(key, job->constraint);
    key_terms(key, job->node_any, job->n_node_any);
    key_terms(key, job->same, job->n_same);
    key_number(key, (int64_t)job->n_counts);
    for (size_t i = 0; i < job->n_counts; i++) {
        key_number(key, job->counts[i].count);
        key_terms(key, job->counts[i].any, job->counts[i].n_any);
    }
    key_names(key, job->node_list, job->n_node_list);
    key_names(key, job->exclude, job->n_exclude);
    key_tolerations(key, job);
}

static void key_caps(struct str *key, const struct job *job)
{
    key_number(key, (int64_t)job->n_caps);
    for (size_t i = 0; i < job->n_caps; i++) {
        key_text(key, job->caps[i].partition);
        str_addn(key, (const char *)&job->caps[i].most, sizeof(job->caps[i].most));
        key_number(key, job->caps[i].reason);
    }
}

struct job shape_component_of(const struct job *job, size_t other)
{
    struct job component = job->others[other];

    component.exclusive = job->exclusive;
    component.exclusive_user = job->exclusive_user;
    component.oversubscribe = job->oversubscribe;
    return component;
}

void shape_key(struct str *key, const struct job *job)
{
    str_addn(key, (const char *)&job->each, sizeof(job->each));
    key_number(key, job->min_pods);
    key_number(key, job->max_pods);
    key_number(key, (job->one_per_node ? 1 : 0) | (job->exclusive ? 2 : 0) |
                        (job->spread ? 4 : 0) | (job->own_cpus ? 8 : 0) |
                        (job->own_mem ? 16 : 0) | (job->contiguous ? 32 : 0) |
                        (job->spread_segments ? 64 : 0) |
                        (job->consolidate_segments ? 128 : 0) |
                        (job->any_license ? 256 : 0) | (job->oversubscribe ? 512 : 0) |
                        (job->exclusive_user ? 1024 : 0));
    key_number(key, job->cpus);
    key_number(key, job->added_milli);
    key_number(key, job->lifts);
    key_caps(key, job);
    key_number(key, job->tasks);
    key_number(key, job->segment);
    key_number(key, job->most_switches);
    key_number(key, job->switch_wait_sec);
    key_number(key, (int64_t)job->n_units);
    for (size_t i = 0; i < job->n_units; i++)
        str_addn(key, (const char *)&job->units[i], sizeof(job->units[i]));
    shape_key_filters(key, job);
    key_number(key, (int64_t)job->n_licenses);
    for (size_t i = 0; i < job->n_licenses; i++) {
        key_text(key, job->licenses[i].name);
        key_number(key, job->licenses[i].count);
    }
    key_number(key, (int64_t)job->n_others);
    for (size_t i = 0; i < job->n_others; i++) {
        const struct job component = shape_component_of(job, i);

        shape_key(key, &component);
        key_names(key, component.partitions, MIN(component.n_partitions, 1));
    }
}
