#include "scheduler/tresweight.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "scheduler/cluster.h"

static bool is_of_type(const struct tres_weight *w, const char *gpu_type)
{
    return *w->type == '\0' || str_eq(w->type, gpu_type);
}

/* 0: no node has it. */
static int64_t device_of(const struct cluster *c, const char *name,
                         const struct resvec *v)
{
    int resource = restable_find(&c->res, name);

    return resource >= 0 ? v->v[resource] : 0;
}

/* In the units of the model. */
static int64_t amount_of(const struct cluster *c, const struct tres_weight *w,
                         const struct resvec *v, int64_t nodes, const char *gpu_type)
{
    switch (w->of) {
    case TRES_CPU:
        return v->v[RES_CPU];
    case TRES_MEM:
        return v->v[RES_MEM];
    case TRES_NODE:
        return nodes;
    case TRES_GPU:
        return c->res.gpu >= 0 && is_of_type(w, gpu_type) ? v->v[c->res.gpu] : 0;
    case TRES_DEVICE:
        return device_of(c, w->type, v);
    case TRES_NONE:
    case TRES_BILLING:
    case TRES_LICENSE:
    case TRES_KINDS:
        break;
    }
    return 0;
}

static void find_totals(const struct tres_weights *weights, const struct cluster *c,
                        struct partrec *part)
{
    struct tres_totals *t = &part->weighed;

    *t = (struct tres_totals){0};
    for (size_t i = 0; i < c->n_order; i++) {
        const struct node *node = c->order[i]->node;

        if (node == NULL || !node_set_has(part->nodes, i))
            continue;
        for (size_t k = 0; k < weights->n; k++)
            t->v[k] =
                add_capped(t->v[k], amount_of(c, &weights->items[k], &node->capacity, 1,
                                              node->gpu_type));
    }
}

/* Of a CPU, a MiB, a node, a device. */
static int64_t unit_of(const struct tres_weight *w)
{
    return w->of == TRES_CPU ? 1000 : w->of == TRES_MEM ? 1 << 20 : 1;
}

int64_t tresweight_term(const struct tres_weights *weights, const struct cluster *c,
                        struct partrec *part, const struct job *ask, bool raw)
{
    __int128 sum = 0;

    if (part->set_gen == 0) /* its node set is not known yet */
        return 0;
    if (part->weighed.gen != c->gen || c->unsettled)
        find_totals(weights, c, part);
    part->weighed.gen = c->unsettled ? 0 : c->gen;
    for (size_t i = 0; i < weights->n; i++) {
        const struct tres_weight *w = &weights->items[i];
        int64_t whole = raw ? unit_of(w) : part->weighed.v[i];
        bool typed = w->of == TRES_GPU && *w->type != '\0';
        const struct resvec v = typed ? job_ask_typed(ask, w->type) : job_ask(ask);
        int64_t amount = amount_of(c, w, &v, job_least_nodes(ask), w->type);

        if (whole > 0)
            sum += (__int128)w->weight * (raw ? amount : MIN(amount, whole)) / whole;
    }
    return (int64_t)MAX(MIN(sum, (__int128)INT64_MAX / 4), -(__int128)INT64_MAX / 4);
}
