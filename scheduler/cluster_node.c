#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/cluster_private.h"

/* What one slot or pod may count for at most, so that sums stay meaningful. */
#define USE_MAX (INT64_C(1) << 56)
#define DETERRED (INT64_C(1) << 40) /* more than any weight */

void noderec_free(struct cluster *c, struct noderec *rec)
{
    HASH_DEL(c->nodes, rec);
    node_free(rec->node);
    free(rec->name);
    free(rec);
}

struct noderec *noderec_get(struct cluster *c, const char *name)
{
    struct noderec *rec;

    HASH_FIND_STR(c->nodes, name, rec);
    if (rec != NULL)
        return rec;
    rec = xcalloc(1, sizeof(*rec));
    rec->name = xstrdup(name);
    rec->position = POSITION_NONE;
    HASH_ADD_KEYPTR(hh, c->nodes, rec->name, strlen(rec->name), rec);
    c->unsettled = true;
    return rec;
}

static void noderec_refresh(struct noderec *rec)
{
    const struct node *node = rec->node;

    rec->usable = node != NULL && node->ready && !node->unschedulable;
    rec->free = node != NULL ? node->capacity : (struct resvec){{0}};
    resvec_sub(&rec->free, &rec->used);
}

struct resvec cluster_use(const struct resvec *each, int64_t pods)
{
    struct resvec use = {{0}};

    for (int i = 0; i < RES_MAX && pods > 0; i++) {
        if (each->v[i] > 0)
            use.v[i] = each->v[i] > USE_MAX / pods ? USE_MAX : each->v[i] * pods;
    }
    return use;
}

void noderec_use(struct noderec *rec, const struct resvec *use)
{
    resvec_add(&rec->used, use);
    resvec_sub(&rec->free, use);
    rec->n_uses++;
}

void noderec_unuse(struct cluster *c, struct noderec *rec, const struct resvec *use)
{
    resvec_sub(&rec->used, use);
    resvec_add(&rec->free, use);
    rec->n_uses--;
    if (rec->n_uses == 0 && rec->node == NULL)
        c->unsettled = true;
}

struct resvec cluster_counts(const struct cluster *c, const struct holding *h,
                             size_t slot)
{
    const struct slot *of = &h->slots[slot];
    const struct noderec *rec = h->alone ? cluster_node(c, of->node) : NULL;
    const struct resvec each = slot_counts(of);
    struct resvec counts = cluster_use(&each, of->pods);

    for (int i = 0; i < RES_MAX && rec != NULL && rec->node != NULL; i++) {
        if (i != RES_MEM && i != RES_PODS)
            counts.v[i] = MAX(counts.v[i], rec->node->capacity.v[i]);
    }
    return counts;
}

void cluster_hold(struct cluster *c, const struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct resvec use = cluster_use(&slots[i].each, slots[i].pods);
        struct noderec *rec = noderec_get(c, slots[i].node);

        noderec_use(rec, &use);
        rec->n_slots++;
    }
}

void cluster_release(struct cluster *c, const struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct resvec use = cluster_use(&slots[i].each, slots[i].pods);
        struct noderec *rec = noderec_get(c, slots[i].node);

        rec->n_slots--;
        noderec_unuse(c, rec, &use);
    }
}

static bool labels_equal(const struct node *a, const struct node *b)
{
    if (a->n_labels != b->n_labels)
        return false;
    for (size_t i = 0; i < a->n_labels; i++) {
        if (strcmp(a->labels[i].key, b->labels[i].key) != 0 ||
            strcmp(a->labels[i].value, b->labels[i].value) != 0)
            return false;
    }
    return true;
}

bool taints_equal(const struct node *a, const struct node *b)
{
    if (a->n_taints != b->n_taints)
        return false;
    for (size_t i = 0; i < a->n_taints; i++) {
        if (a->taints[i].effect != b->taints[i].effect ||
            strcmp(a->taints[i].key, b->taints[i].key) != 0 ||
            strcmp(a->taints[i].value, b->taints[i].value) != 0)
            return false;
    }
    return true;
}

static bool node_kind_equal(const struct node *a, const struct node *b)
{
    return memcmp(&a->capacity, &b->capacity, sizeof(a->capacity)) == 0 &&
           str_eq(a->gpu_type, b->gpu_type) && a->weight == b->weight &&
           labels_equal(a, b) && taints_equal(a, b);
}

/* Counts a node, or with -1 no longer. */
static void count_node(struct cluster *c, const struct node *node, int sign)
{
    if (node == NULL)
        return;
    c->n_known += sign;
    c->cpu_milli += (__int128)node->capacity.v[RES_CPU] * sign;
}

bool cluster_put_node(struct cluster *c, struct node *node)
{
    struct noderec *rec = noderec_get(c, node->name);
    struct node *old = rec->node;
    bool same_kind = old != NULL && node_kind_equal(old, node);
    bool was_usable = rec->usable;

    rec->node = node;
    noderec_refresh(rec);
    count_node(c, node, 1);
    count_node(c, old, -1);
    node_free(old);
    if (!same_kind) {
        c->nodes_changed = true;
        c->unsettled = true;
    }
    if (same_kind && was_usable == rec->usable)
        return false;
    c->gen++;
    return true;
}

bool cluster_drop_node(struct cluster *c, const char *name)
{
    struct noderec *rec;

    HASH_FIND_STR(c->nodes, name, rec);
    if (rec == NULL || rec->node == NULL)
        return false;
    count_node(c, rec->node, -1);
    node_free(rec->node);
    rec->node = NULL;
    noderec_refresh(rec);
    c->nodes_changed = true;
    c->unsettled = true;
    c->gen++;
    return true;
}

const struct noderec *cluster_node(const struct cluster *c, const char *name)
{
    struct noderec *rec;

    HASH_FIND_STR(c->nodes, name, rec);
    return rec != NULL && rec->node != NULL ? rec : NULL;
}

int64_t cluster_weight(const struct cluster *c, size_t position, const struct job *like)
{
    const struct node *node = c->order[position]->node;

    if (!c->deters)
        return node->weight;
    return node->weight +
           DETERRED * taints_deter(node, like->tolerations, like->n_tolerations);
}

bool cluster_slots_meet(const struct cluster *c, const uint64_t *set,
                        const struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct noderec *node = cluster_node(c, slots[i].node);

        if (node != NULL && node->position != POSITION_NONE &&
            node_set_has(set, node->position))
            return true;
    }
    return false;
}
