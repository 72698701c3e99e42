#include "scheduler/billing.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "scheduler/held.h"
#include "scheduler/license.h"
#include "scheduler/priority.h"

#define NANO 1000000000
/* So that sums of what nobody has stay within their type. */
#define TERM_MAX ((__int128)1 << 100)

/* Weights without any: CPUs and GPUs. */
static const struct billing_weight by_default[] = {
    {(char *)"cpu", NULL, NANO},
    {(char *)"", NULL, (int64_t)BILLING_GPU *NANO}, /* whatever GPUs are called */
};

static bool is_of_type(const struct cluster *c, const char *node, const char *type)
{
    const struct noderec *rec = type != NULL ? cluster_node(c, node) : NULL;

    return type == NULL ||
           (rec != NULL && rec->node != NULL && str_eq(rec->node->gpu_type, type));
}

static __int128 amount_of(const struct cluster *c, const struct holding *h,
                          int resource, const char *type)
{
    __int128 sum = 0;

    for (size_t i = 0; i < h->n; i++) {
        if (is_of_type(c, h->slots[i].node, type))
            sum += cluster_counts(c, h, i).v[resource];
    }
    return sum;
}

/* What is of no node. */
static bool is_global(const struct billing_weight *w)
{
    return strncmp(w->resource, BILLING_LICENSE, strlen(BILLING_LICENSE)) == 0;
}

/* In billionths; a part of a CPU or of a MiB counts as a part. */
static __int128 term_of(const struct cluster *c, const struct holding *h,
                        const struct billing_weight *w, int *ret_resource)
{
    bool is_gpu = *w->resource == '\0';
    int i = is_gpu ? c->res.gpu : restable_find(&c->res, w->resource);
    __int128 term;

    *ret_resource = i;
    if (strcmp(w->resource, BILLING_NODE) == 0)
        return (__int128)w->nano * slots_nodes(h->slots, h->n);
    if (is_global(w))
        return (__int128)w->nano *
               license_count(h->takes, w->resource + strlen(BILLING_LICENSE));
    if (i < 0)
        return 0;
    term = MIN(amount_of(c, h, i, w->gpu_type), (__int128)INT64_MAX) * w->nano;
    term = MIN(term, TERM_MAX);
    if (i == RES_CPU)
        return term / 1000;
    return i == RES_MEM ? term / (1 << 20) : term;
}

int64_t billing_of(const struct cluster *c, const struct partition *part,
                   const struct holding *h, int64_t flags)
{
    bool own = part != NULL && part->n_billing > 0;
    const struct billing_weight *weights = own ? part->billing : by_default;
    size_t n_weights = own ? part->n_billing : ARRAY_LEN(by_default);
    __int128 sum = 0, largest = 0;

    for (size_t i = 0; i < n_weights; i++) {
        int resource = -1;
        __int128 term = term_of(c, h, &weights[i], &resource);
        bool of_node = resource == RES_CPU || resource == RES_MEM ||
                       strcmp(weights[i].resource, BILLING_NODE) == 0;

        if ((flags & PRIORITY_MAX_TRES && !is_global(&weights[i])) ||
            ((flags & PRIORITY_MAX_TRES_GRES) != 0 && of_node))
            largest = MAX(largest, term);
        else
            sum += term;
    }
    sum = (sum + largest) / NANO;
    return sum < 0 ? 0 : (int64_t)MIN(sum, (__int128)INT64_MAX);
}
