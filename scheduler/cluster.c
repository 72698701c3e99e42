#include "scheduler/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "scheduler/quota.h"

/* What one slot or pod may count for at most, so that sums stay meaningful. */
#define USE_MAX (INT64_C(1) << 56)
#define TOTAL_MAX (INT64_C(1) << 62)

void cluster_init(struct cluster *c)
{
    memset(c, 0, sizeof(*c));
    struct restable basic;

    restable_init(&basic);
    cluster_set_resources(c, &basic);
    c->set_gen = 1;
    c->gen = 1;
}

static void noderec_free(struct cluster *c, struct noderec *rec)
{
    HASH_DEL(c->nodes, rec);
    node_free(rec->node);
    free(rec->name);
    free(rec);
}

static void partrec_free(struct cluster *c, struct partrec *rec)
{
    HASH_DEL(c->parts, rec);
    partition_free(rec->part);
    free(rec->nodes);
    free(rec);
}

static void podrec_free(struct cluster *c, struct podrec *rec)
{
    HASH_DEL(c->pods, rec);
    foreign_pod_free(rec->pod);
    free(rec);
}

void cluster_fini(struct cluster *c)
{
    struct noderec *node, *next_node;
    struct partrec *part, *next_part;
    struct podrec *pod, *next_pod;

    HASH_ITER (hh, c->nodes, node, next_node)
        noderec_free(c, node);
    HASH_ITER (hh, c->parts, part, next_part)
        partrec_free(c, part);
    HASH_ITER (hh, c->pods, pod, next_pod)
        podrec_free(c, pod);
    free(c->order);
    free(c->listed);
    topology_fini(&c->topology);
}

/* ---- usage ---- */

static struct noderec *noderec_get(struct cluster *c, const char *name)
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

static void use_add(struct noderec *rec, const struct resvec *use)
{
    resvec_add(&rec->used, use);
    resvec_sub(&rec->free, use);
    rec->n_uses++;
}

static void use_sub(struct cluster *c, struct noderec *rec, const struct resvec *use)
{
    resvec_sub(&rec->used, use);
    resvec_add(&rec->free, use);
    rec->n_uses--;
    if (rec->n_uses == 0 && rec->node == NULL)
        c->unsettled = true;
}

void cluster_hold(struct cluster *c, const struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct resvec use = cluster_use(&slots[i].each, slots[i].pods);
        struct noderec *rec = noderec_get(c, slots[i].node);

        use_add(rec, &use);
        rec->n_slots++;
    }
}

void cluster_release(struct cluster *c, const struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct resvec use = cluster_use(&slots[i].each, slots[i].pods);
        struct noderec *rec = noderec_get(c, slots[i].node);

        rec->n_slots--;
        use_sub(c, rec, &use);
    }
}

/* ---- foreign pods ---- */

const struct podrec *cluster_pod(const struct cluster *c, const char *uid)
{
    struct podrec *rec;

    HASH_FIND_STR(c->pods, uid, rec);
    return rec;
}

bool cluster_has_pod(const struct cluster *c, const struct foreign_pod *pod)
{
    const struct podrec *rec = cluster_pod(c, pod->uid);

    return rec != NULL && strcmp(rec->pod->node, pod->node) == 0 &&
           rec->pod->of_job == pod->of_job &&
           memcmp(&rec->pod->use, &pod->use, sizeof(pod->use)) == 0;
}

bool cluster_drop_pod(struct cluster *c, const char *uid)
{
    struct podrec *rec;
    struct resvec use;

    HASH_FIND_STR(c->pods, uid, rec);
    if (rec == NULL)
        return false;
    use = cluster_use(&rec->pod->use, 1);
    use_sub(c, noderec_get(c, rec->pod->node), &use);
    podrec_free(c, rec);
    return true;
}

bool cluster_put_pod(struct cluster *c, struct foreign_pod *pod)
{
    struct podrec *rec;
    struct resvec use = cluster_use(&pod->use, 1);

    if (cluster_has_pod(c, pod)) {
        foreign_pod_free(pod);
        return false;
    }
    cluster_drop_pod(c, pod->uid);
    rec = xcalloc(1, sizeof(*rec));
    rec->pod = pod;
    HASH_ADD_KEYPTR(hh, c->pods, pod->uid, strlen(pod->uid), rec);
    use_add(noderec_get(c, pod->node), &use);
    return true;
}

/* ---- nodes ---- */

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

static bool taints_equal(const struct node *a, const struct node *b)
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

/* ---- partitions ---- */

bool cluster_put_partition(struct cluster *c, struct partition *part)
{
    struct partrec *rec;

    HASH_FIND_STR(c->parts, part->name, rec);
    if (rec != NULL) {
        /* The key is the old struct's string. */
        HASH_DEL(c->parts, rec);
        partition_free(rec->part);
    } else {
        rec = xcalloc(1, sizeof(*rec));
        rec->quota = QUOTA_NONE;
    }
    rec->part = part;
    rec->gone = false;
    rec->set_gen = 0;
    HASH_ADD_KEYPTR(hh, c->parts, part->name, strlen(part->name), rec);
    c->unsettled = true;
    c->gen++;
    return true;
}

bool cluster_drop_partition(struct cluster *c, const char *name)
{
    struct partrec *rec = cluster_partition(c, name);

    if (rec == NULL)
        return false;
    rec->gone = true;
    c->unsettled = true;
    c->gen++;
    return true;
}

struct partrec *cluster_partition(const struct cluster *c, const char *name)
{
    struct partrec *rec;

    HASH_FIND_STR(c->parts, name, rec);
    return rec != NULL && !rec->gone ? rec : NULL;
}

const struct partrec *cluster_component_partition(const struct cluster *c,
                                                  const struct job *job,
                                                  size_t component,
                                                  const struct partrec *first)
{
    const struct job *own = job_component(job, component);
    const struct partrec *part = component > 0 && own->n_partitions > 0
                                     ? cluster_partition(c, own->partitions[0])
                                     : NULL;

    return part != NULL ? part : first;
}

struct partrec *cluster_default_partition(const struct cluster *c)
{
    struct partrec *best = NULL, *rec, *next;

    HASH_ITER (hh, c->parts, rec, next) {
        if (!rec->gone &&
            partition_is_default_before(rec->part, best != NULL ? best->part : NULL))
            best = rec;
    }
    return best;
}

/* ---- settling ---- */

static int noderec_compare(const void *a, const void *b)
{
    const char *left = (*(struct noderec *const *)a)->name;
    const char *right = (*(struct noderec *const *)b)->name;
    int order = hostname_compare(left, right);

    return order != 0 ? order : strcmp(left, right);
}

static int partrec_compare(const void *a, const void *b)
{
    return strcmp((*(struct partrec *const *)a)->part->name,
                  (*(struct partrec *const *)b)->part->name);
}

static void add_to_total(struct cluster *c, const struct node *node)
{
    for (int i = 0; i < RES_MAX; i++)
        c->total.v[i] =
            MIN(c->total.v[i] + MIN(node->capacity.v[i], TOTAL_MAX / 2), TOTAL_MAX);
}

static void settle_nodes(struct cluster *c)
{
    struct noderec *rec, *next;

    c->n_order = 0;
    c->total = (struct resvec){{0}};
    HASH_ITER (hh, c->nodes, rec, next) {
        rec->position = POSITION_NONE;
        if (rec->node != NULL) {
            GROW(c->order, c->n_order, c->order_cap);
            c->order[c->n_order++] = rec;
            add_to_total(c, rec->node);
        } else if (rec->n_uses == 0) {
            noderec_free(c, rec);
        }
    }
    if (c->n_order > 1)
        qsort(c->order, c->n_order, sizeof(*c->order), noderec_compare);
    c->weighted = false;
    for (size_t i = 0; i < c->n_order; i++) {
        c->order[i]->position = i;
        c->weighted |= c->order[i]->node->weight != c->order[0]->node->weight;
    }
    c->words = (c->n_order + 63) / 64;
}

static void settle_topology(struct cluster *c)
{
    const struct node **nodes = xmalloc((c->n_order + 1) * sizeof(*nodes));

    for (size_t i = 0; i < c->n_order; i++)
        nodes[i] = c->order[i]->node;
    topology_build(&c->topology,
                   &(struct topology_rules){c->topology_kind, &c->topology_labels,
                                            &c->block_sizes},
                   nodes, c->n_order);
    free(nodes);
}

static void settle_partition(struct cluster *c, struct partrec *rec)
{
    rec->nodes = xrealloc(rec->nodes, c->words * sizeof(*rec->nodes));
    memset(rec->nodes, 0, c->words * sizeof(*rec->nodes));
    rec->n_nodes = 0;
    for (size_t i = 0; i < c->n_order; i++) {
        if (partition_has_node(rec->part, c->order[i]->node)) {
            node_set_add(rec->nodes, i);
            rec->n_nodes++;
        }
    }
    rec->set_gen = c->set_gen;
}

/* Huge pages are extended resources in form, but memory in kind. */
static void settle_devices(struct cluster *c)
{
    for (int i = 0; i < RES_MAX; i++)
        c->is_device[i] = i >= RES_FIXED && !quota_is_column(c, i) &&
                          !str_starts(c->res.name[i], "hugepages-");
}

/* Which nodes admit whom depends on these as it does on the nodes themselves. */
static void settle_quotas(struct cluster *c)
{
    if (!quota_settle(c))
        return;
    settle_devices(c);
    c->set_gen++;
    for (size_t i = 0; i < c->n_listed; i++)
        c->listed[i]->set_gen = c->set_gen;
}

void cluster_settle(struct cluster *c,
                    void (*forget)(void *arg, const struct partrec *p), void *arg)
{
    struct partrec *rec, *next;

    if (!c->unsettled)
        return;
    settle_nodes(c);
    if (c->nodes_changed)
        settle_topology(c);
    c->set_gen += c->nodes_changed;
    c->nodes_changed = false;
    c->gen++;
    c->n_listed = 0;
    HASH_ITER (hh, c->parts, rec, next) {
        if (rec->gone) {
            forget(arg, rec);
            partrec_free(c, rec);
            continue;
        }
        if (rec->set_gen != c->set_gen)
            settle_partition(c, rec);
        GROW(c->listed, c->n_listed, c->listed_cap);
        c->listed[c->n_listed++] = rec;
    }
    if (c->n_listed > 1)
        qsort(c->listed, c->n_listed, sizeof(*c->listed), partrec_compare);
    settle_quotas(c);
    c->unsettled = false;
}

void cluster_set_topology(struct cluster *c, const struct topology_rules *rules)
{
    if (c->topology_kind == rules->kind &&
        topology_labels_equal(&c->topology_labels, rules->labels) &&
        block_sizes_equal(&c->block_sizes, rules->sizes))
        return;
    c->topology_kind = rules->kind;
    c->topology_labels = *rules->labels;
    c->block_sizes = *rules->sizes;
    c->nodes_changed = true;
    c->unsettled = true;
    c->gen++;
}

/* ---- names ---- */

static bool tables_equal(const struct restable *a, const struct restable *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++) {
        if (strcmp(a->name[i], b->name[i]) != 0)
            return false;
    }
    return true;
}

void cluster_forget_weighed(struct cluster *c)
{
    struct partrec *rec, *next;

    HASH_ITER (hh, c->parts, rec, next)
        rec->weighed.gen = 0;
}

bool cluster_set_resources(struct cluster *c, const struct restable *res)
{
    struct restable copy = *res;

    if (c->res.gpu == res->gpu && tables_equal(&c->res, res))
        return false;
    c->res = copy;
    settle_devices(c);
    c->unsettled = true; /* quotas lie behind them */
    c->gen++;
    return true;
}

static void describe_one(const struct cluster *c, int i, int64_t value, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];

    if (i == RES_CPU) {
        quantity_format_milli(value, text);
        str_addf(out, "cpu=%s", text);
    } else if (i == RES_MEM || i == RES_EPHEMERAL) {
        size_format(value, text);
        str_addf(out, "%s=%s", i == RES_MEM ? "mem" : "ephemeral-storage", text);
    } else if (i < c->res.n) {
        str_addf(out, "%s=%lld", c->res.name[i], (long long)value);
    } else {
        str_addf(out, "resource %d=%lld", i, (long long)value);
    }
}

void cluster_describe(const struct cluster *c, const struct resvec *v, struct str *out)
{
    size_t before = out->len;

    for (int i = 0; i < RES_MAX; i++) {
        if (i == RES_PODS || v->v[i] <= 0 || quota_is_column(c, i))
            continue;
        if (out->len > before)
            str_addc(out, ',');
        describe_one(c, i, v->v[i], out);
    }
    if (out->len == before)
        str_add(out, "no resources");
}
