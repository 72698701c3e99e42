#include "scheduler/quota.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/portion.h"

/* More CPUs than any node has, so that sums stay meaningful. */
#define CPUS_MAX (INT64_C(1) << 40)

int64_t quota_bound(const struct partition *part)
{
    return 1000 * MIN(MAX(part->amounts.max_cpus_per_node, 0), CPUS_MAX);
}

/* ---- columns ---- */

static bool meets(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        if ((a[i] & b[i]) != 0)
            return true;
    }
    return false;
}

/* Is the column taken on a node of the partition, by one of those before it? */
static bool is_taken(const struct cluster *c, size_t listed, int column)
{
    for (size_t i = 0; i < listed; i++) {
        if (c->listed[i]->quota == column &&
            meets(c->listed[i]->nodes, c->listed[listed]->nodes, c->words))
            return true;
    }
    return false;
}

/* One for all partitions that oversubscribe. */
static int whole_column(const struct cluster *c)
{
    bool any = false;

    for (size_t i = 0; i < c->n_listed; i++)
        any |= oversubscribe_jobs(c->listed[i]->part) > 1;
    if (!any)
        return QUOTA_NONE;
    return c->res.n < RES_MAX ? c->res.n : QUOTA_LACKING;
}

static int column_for(const struct cluster *c, size_t listed)
{
    int column = c->res.n + (c->quotas.whole >= 0);

    if (quota_bound(c->listed[listed]->part) == 0)
        return QUOTA_NONE;
    while (column < RES_MAX && is_taken(c, listed, column))
        column++;
    return column < RES_MAX ? column : QUOTA_LACKING;
}

static bool settle_columns(struct cluster *c)
{
    const struct quotas before = c->quotas;
    const struct portions portions = c->portions;
    bool changed = false;

    c->quotas = (struct quotas){.first = c->res.n, .whole = whole_column(c)};
    c->quotas.n = c->quotas.whole >= 0;
    for (size_t i = 0; i < c->n_listed; i++) {
        struct partrec *rec = c->listed[i];
        int column = column_for(c, i);

        changed |= rec->quota != column;
        rec->quota = column;
        c->quotas.n = MAX(c->quotas.n, column - c->res.n + 1);
    }
    c->quotas.n_bounds = c->quotas.n;
    c->quotas.n += portion_settle(c, c->res.n + c->quotas.n);
    return changed || before.n != c->quotas.n || before.first != c->quotas.first ||
           before.whole != c->quotas.whole ||
           memcmp(&portions, &c->portions, sizeof(portions)) != 0;
}

/* ---- nodes ---- */

static struct resvec room_of(const struct cluster *c, const struct noderec *node)
{
    struct resvec room = node->node->capacity;

    for (size_t i = 0; i < c->n_listed && c->quotas.n > 0; i++) {
        const struct partrec *rec = c->listed[i];

        if (rec->quota >= 0 && node_set_has(rec->nodes, node->position))
            room.v[rec->quota] = quota_bound(rec->part);
    }
    if (c->quotas.whole >= 0)
        room.v[c->quotas.whole] = room.v[RES_CPU];
    portion_add_room(c, &room);
    return room;
}

bool quota_settle(struct cluster *c)
{
    bool changed = settle_columns(c);

    for (size_t i = 0; i < c->n_order; i++) {
        struct noderec *node = c->order[i];
        const struct resvec room = room_of(c, node);

        changed |= memcmp(&room, &node->room, sizeof(room)) != 0;
        node->room = room;
    }
    return changed;
}

/* ---- jobs ---- */

bool quota_is_lacking(const struct partrec *part)
{
    return part->quota == QUOTA_LACKING;
}

/* A further unit of a pod counts; no pod has more of them than keep within the bound.
 */
static void ask_unit(const struct partrec *part, const struct job *component,
                     struct unit *unit)
{
    int64_t cpus = unit->each.v[component->cpus];
    int64_t spare = quota_bound(part->part) - component->each.v[component->cpus];

    unit->each.v[part->quota] = unit->each.v[RES_CPU];
    if (component->cpus != RES_CPU && cpus > 0 && spare >= 0)
        unit->most = MIN(unit->most, 1 + spare / cpus);
}

/* So that an exclusive job that asks for no CPU is known as one, it asks for a
 * thousandth. One whose CPUs are more than the bound never fits, also if it shares
 * them. */
void quota_ask(const struct partrec *part, bool exclusive, struct job *component)
{
    int64_t cpus = component->each.v[component->cpus];

    if (part->quota < 0)
        return;
    if (cpus <= quota_bound(part->part))
        cpus = component->each.v[RES_CPU];
    component->each.v[part->quota] = MAX(cpus, (int64_t)exclusive);
    for (size_t i = 0; i < component->n_units; i++)
        ask_unit(part, component, &component->units[i]);
}

void quota_add(const struct partrec *part, size_t position, struct resvec *amount)
{
    if (part != NULL && part->quota >= 0 && node_set_has(part->nodes, position))
        amount->v[part->quota] = amount->v[RES_CPU];
}

struct resvec quota_use(const struct cluster *c, const struct tenure *as,
                        const struct slot *slot, size_t position)
{
    struct resvec amount = cluster_use(&slot->each, slot->pods);

    if (c->quotas.n > 0) {
        quota_add(as->part, position, &amount);
        portion_add(c, as->lot, &amount);
    }
    return amount;
}

bool quota_shuts(const struct cluster *c, const struct job *like,
                 const struct noderec *node)
{
    for (int i = c->quotas.first; i < c->quotas.first + c->quotas.n_bounds; i++) {
        if (like->exclusive && like->each.v[i] > 0 &&
            node->room.v[i] < node->room.v[RES_CPU])
            return true;
    }
    return false;
}

bool quota_is_column(const struct cluster *c, int column)
{
    return column >= c->quotas.first && column < c->quotas.first + c->quotas.n;
}

void quota_drop(const struct cluster *c, struct resvec *amount)
{
    for (int i = c->quotas.first; i < c->quotas.first + c->quotas.n; i++)
        amount->v[i] = 0;
}
