#include "scheduler/shape_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/quota.h"

static size_t n_featured(const struct job *like)
{
    return like->n_counts + like->n_same;
}

static struct shape **others_get(struct shape **shapes, const struct job *job)
{
    struct shape **others = xcalloc(job->n_others + 1, sizeof(*others));

    for (size_t i = 0; i < job->n_others; i++) {
        const struct job component = shape_component_of(job, i);

        others[i] = shape_get(shapes, &component);
    }
    return others;
}

struct shape *shape_get(struct shape **shapes, const struct job *job)
{
    STR_AUTO struct str key;
    struct shape *shape;

    str_init(&key, SIZE_MAX / 4);
    shape_key(&key, job);
    HASH_FIND(hh, *shapes, key.s, key.len, shape);
    if (shape == NULL) {
        shape = xcalloc(1, sizeof(*shape));
        shape->like = job_copy(job);
        shape->others = others_get(shapes, job);
        shape->featured = xcalloc(n_featured(job) + 1, sizeof(*shape->featured));
        shape->key_len = key.len;
        shape->key = str_take(&key);
        HASH_ADD_KEYPTR(hh, *shapes, shape->key, shape->key_len, shape);
    }
    shape->refs++;
    return shape;
}

static void fit_fini(struct fit *fit)
{
    free(fit->message);
    free(fit->busy_message);
}

void shape_put(struct shape **shapes, struct shape *shape)
{
    if (shape == NULL || --shape->refs > 0)
        return;
    HASH_DEL(*shapes, shape);
    for (size_t i = 0; i < shape->n_fits; i++) {
        shape_put(shapes, shape->fits[i].variant);
        fit_fini(&shape->fits[i]);
    }
    for (size_t i = 0; i < shape->like->n_others; i++)
        shape_put(shapes, shape->others[i]);
    free(shape->others);
    free(shape->fits);
    free(shape->admits);
    free(shape->ready);
    free(shape->required);
    for (size_t i = 0; i < n_featured(shape->like); i++)
        free(shape->featured[i]);
    free(shape->featured);
    job_free(shape->like);
    free(shape->key);
    free(shape);
}

struct shape *shape_component(struct shape *shape, size_t component)
{
    return component == 0 ? shape : shape->others[component - 1];
}

/* What all nodes of one kind (nodekind.h) have in common. */
static bool filters_admit_kind(const struct job *like, const struct node *node)
{
    return (like->gpu_type == NULL || str_eq(like->gpu_type, node->gpu_type)) &&
           !taints_refuse(node, like->tolerations, like->n_tolerations);
}

/* Are there filters by what each node has of its own? */
static bool is_choosy(const struct job *like)
{
    return like->n_exclude > 0 || like->node_all.n_reqs > 0 || like->n_node_any > 0 ||
           like->n_same > 0;
}

static bool filters_admit_one(const struct job *like, const struct node *node)
{
    return !names_have(like->exclude, like->n_exclude, node->name) &&
           term_matches(&like->node_all, node->labels, node->n_labels) &&
           terms_match(like->node_any, like->n_node_any, node) &&
           terms_match(like->same, like->n_same, node);
}

bool shape_filters_admit(const struct job *like, const struct node *node)
{
    return filters_admit_kind(like, node) && filters_admit_one(like, node);
}

static node_set set_cleared(node_set set, const struct cluster *c)
{
    set = xrealloc(set, (c->words + 1) * sizeof(*set));
    memset(set, 0, (c->words + 1) * sizeof(*set));
    return set;
}

int64_t share_of(int64_t part, int64_t whole)
{
    return whole > 0 ? (int64_t)((__int128)MIN(part, whole) * SHARE_WHOLE / whole) : 0;
}

/* What nothing has does not count. */
int64_t shape_share(const struct job *job, const struct cluster *c)
{
    const struct resvec ask = job_ask(job);
    int64_t share = 0;

    if (job->exclusive)
        share = share_of(job_least_nodes(job), (int64_t)c->n_order);
    for (int i = 0; i < RES_MAX; i++)
        share = MAX(share, share_of(ask.v[i], c->total.v[i]));
    return share;
}

/* Of each kind of nodes: does one hold a pod, and now? Freed by the caller. */
struct verdict {
    bool admits, ready;
};

static struct verdict *judge_kinds(const struct job *like, const struct cluster *c)
{
    struct verdict *verdicts = xcalloc(c->kinds.n + 1, sizeof(*verdicts));

    for (size_t i = 0; i < c->kinds.n; i++) {
        const struct noderec *rec = c->kinds.likes[i];
        const struct node *node = rec->node;

        verdicts[i].admits = node != NULL && resvec_fits(&like->each, &rec->room) &&
                             !quota_shuts(c, like, rec) &&
                             filters_admit_kind(like, node);
        verdicts[i].ready =
            verdicts[i].admits &&
            !taints_refuse_now(node, like->tolerations, like->n_tolerations);
    }
    return verdicts;
}

/* By their kinds alone. A word is put together before it is written: this is most of
 * what it takes to begin a plan of few jobs. */
static void admit_kinds(struct shape *shape, const struct cluster *c)
{
    AUTO_FREE struct verdict *verdicts = judge_kinds(shape->like, c);

    for (size_t word = 0; word < c->words; word++) {
        const uint32_t *kinds = c->kinds.of + word * 64;
        size_t n = MIN(c->n_order - word * 64, 64);
        uint64_t admits = 0, ready = 0;

        for (size_t i = 0; i < n; i++) {
            admits |= (uint64_t)verdicts[kinds[i]].admits << i;
            ready |= (uint64_t)verdicts[kinds[i]].ready << i;
        }
        shape->admits[word] = admits;
        shape->ready[word] = ready;
    }
}

static void drop_refused(struct shape *shape, const struct cluster *c)
{
    for (size_t i = 0; i < c->n_order; i++) {
        const struct node *node = c->order[i]->node;

        if (!node_set_has(shape->admits, i) ||
            (node != NULL && filters_admit_one(shape->like, node)))
            continue;
        shape->admits[i / 64] &= ~(UINT64_C(1) << (i % 64));
        shape->ready[i / 64] &= shape->admits[i / 64];
    }
}

static void set_admitted(struct shape *shape, const struct cluster *c)
{
    shape->admits = set_cleared(shape->admits, c);
    shape->ready = set_cleared(shape->ready, c);
    admit_kinds(shape, c);
    if (is_choosy(shape->like))
        drop_refused(shape, c);
}

static void add_featured(struct shape *shape, const struct node *node, size_t position)
{
    const struct job *like = shape->like;

    for (size_t i = 0; i < like->n_counts; i++) {
        if (terms_match(like->counts[i].any, like->counts[i].n_any, node))
            node_set_add(shape->featured[i], position);
    }
    for (size_t i = 0; i < like->n_same; i++) {
        if (terms_match(&like->same[i], 1, node))
            node_set_add(shape->featured[like->n_counts + i], position);
    }
}

static void set_featured(struct shape *shape, const struct cluster *c)
{
    size_t n = n_featured(shape->like);

    for (size_t i = 0; i < n; i++)
        shape->featured[i] = set_cleared(shape->featured[i], c);
    for (size_t i = 0; i < c->n_order && n > 0; i++) {
        if (c->order[i]->node != NULL)
            add_featured(shape, c->order[i]->node, i);
    }
}

static void set_required(struct shape *shape, const struct cluster *c)
{
    const struct job *like = shape->like;

    shape->required = set_cleared(shape->required, c);
    for (size_t i = 0; i < c->n_order && like->n_node_list > 0; i++) {
        if (names_have(like->node_list, like->n_node_list, c->order[i]->name))
            node_set_add(shape->required, i);
    }
}

void shape_settle(struct shape *shape, const struct cluster *c)
{
    const struct job *like = shape->like;

    for (size_t i = 0; i < like->n_others; i++)
        shape_settle(shape->others[i], c);
    if (shape->admits_gen == c->set_gen)
        return;
    shape->share = shape_share(like, c);
    set_admitted(shape, c);
    set_featured(shape, c);
    set_required(shape, c);
    shape->admits_gen = c->set_gen;
}

struct fit *shape_fit_in(struct shape *shape, const struct partrec *part,
                         struct lot lot)
{
    for (size_t i = 0; i < shape->n_fits; i++) {
        const struct fit *fit = &shape->fits[i];

        if (fit->part == part && fit->lot.number == lot.number &&
            fit->lot.kinds == lot.kinds)
            return &shape->fits[i];
    }
    GROW(shape->fits, shape->n_fits, shape->fits_cap);
    shape->fits[shape->n_fits] = (struct fit){.part = part, .lot = lot};
    return &shape->fits[shape->n_fits++];
}

struct fit *shape_fit(struct shape *shape, const struct partrec *part)
{
    return shape_fit_in(shape, part, LOT_NONE);
}

/* One of its lots there; its variant (NULL: it has none of its own) is to be given back
 * then. False: there is none. */
static bool forget_fit(struct shape *shape, const struct partrec *part,
                       struct shape **ret_variant)
{
    for (size_t i = 0; i < shape->n_fits; i++) {
        if (shape->fits[i].part != part)
            continue;
        *ret_variant = shape->fits[i].variant;
        fit_fini(&shape->fits[i]);
        shape->fits[i] = shape->fits[--shape->n_fits];
        return true;
    }
    return false;
}

void shape_forget(struct shape *shape, const struct partrec *part)
{
    struct shape *none;

    (void)forget_fit(shape, part, &none);
}

void shapes_forget(struct shape **shapes, const struct partrec *part)
{
    struct shape *shape, *next, *variant, **variants = NULL;
    size_t n = 0, cap = 0;

    HASH_ITER (hh, *shapes, shape, next) {
        while (forget_fit(shape, part, &variant)) {
            GROW(variants, n, cap);
            variants[n] = variant;
            n += variant != NULL;
        }
    }
    for (size_t i = 0; i < n; i++) /* which may take them out of the hash */
        shape_put(shapes, variants[i]);
    free(variants);
}
