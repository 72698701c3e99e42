#include "scheduler/portion.h"

#include <string.h>

#include "base/util.h"

#define MIB (INT64_C(1) << 20)

static bool has_kind(uint32_t kinds, int i)
{
    return (kinds >> i & 1) != 0;
}

/* ---- what is held ---- */

/* GPUs of a type are GPUs. */
static struct resvec wanted(const struct cluster *c, const struct reservation *r)
{
    struct resvec want = r->want;

    for (size_t i = 0; i < r->n_gpus && c->res.gpu >= 0; i++)
        want.v[c->res.gpu] = MAX(want.v[c->res.gpu], r->gpus[i].count);
    return want;
}

uint32_t portion_kinds(const struct cluster *c, const struct reservation *r)
{
    const struct resvec want = wanted(c, r);
    uint32_t kinds = 0;

    for (int i = 0; i < c->res.n; i++)
        kinds |= (uint32_t)(want.v[i] > 0) << i;
    return kinds;
}

/* In which it is divided. */
static int64_t unit_of(int resource, int64_t want)
{
    int64_t unit = resource == RES_CPU ? 1000 : resource == RES_MEM ? MIB : 1;

    return want % unit == 0 ? unit : 1;
}

struct resvec portion_of(const struct cluster *c, const struct reservation *r, size_t n,
                         size_t i)
{
    struct resvec held = wanted(c, r);

    for (int k = 0; k < RES_MAX; k++) {
        int64_t unit = unit_of(k, held.v[k]), units = held.v[k] / unit;

        held.v[k] = unit * (units / (int64_t)n + (units % (int64_t)n > (int64_t)i));
    }
    return held;
}

bool portion_fits(const struct cluster *c, const struct reservation *r,
                  const struct resvec *held, const struct noderec *node)
{
    bool typed = r->n_gpus > 0;

    return node->node != NULL && resvec_fits(held, &node->node->capacity) &&
           (!typed ||
            (c->res.gpu >= 0 && str_eq(node->node->gpu_type, r->gpus[0].name)));
}

/* ---- columns ---- */

void portion_want(struct cluster *c, uint32_t kinds)
{
    if (kinds == c->portions.wanted)
        return;
    c->portions.wanted = kinds;
    c->unsettled = true;
}

int portion_settle(struct cluster *c, int column)
{
    struct portions *p = &c->portions;
    int n_kinds = __builtin_popcount(p->wanted), first = column;
    int n_lots = n_kinds > 0 ? (RES_MAX - column) / n_kinds - 1 : 0;

    *p = (struct portions){.wanted = p->wanted, .flex = p->flex};
    if (n_lots < 1)
        return 0;
    p->kinds = p->wanted;
    p->n_lots = MIN(n_lots, PORTION_LOTS);
    for (int i = 0; i < RES_MAX; i++) {
        if (!has_kind(p->kinds, i))
            continue;
        for (int lot = 0; lot <= p->n_lots; lot++)
            p->columns[lot][i] = column++;
    }
    return column - first;
}

void portion_add_room(const struct cluster *c, struct resvec *room)
{
    const struct portions *p = &c->portions;

    for (int i = 0; i < RES_MAX && p->kinds != 0; i++) {
        for (int lot = 0; lot <= p->n_lots && has_kind(p->kinds, i); lot++)
            room->v[p->columns[lot][i]] = room->v[i];
    }
}

void portion_set_flex(struct cluster *c, uint32_t flex)
{
    c->gen += c->portions.flex != flex; /* who takes what is another */
    c->portions.flex = flex;
}

/* Of a resource: in the columns of what is open, and of those lots but for one. */
static void set_open(const struct portions *p, int i, int64_t value, int but,
                     struct resvec *amount)
{
    amount->v[p->columns[0][i]] = value;
    for (int lot = 1; lot <= p->n_lots; lot++) {
        if ((p->flex >> lot & 1) != 0 && lot != but)
            amount->v[p->columns[lot][i]] = value;
    }
}

/* ---- jobs ---- */

void portion_add(const struct cluster *c, struct lot lot, struct resvec *amount)
{
    const struct portions *p = &c->portions;

    for (int i = 0; i < RES_MAX && p->kinds != 0; i++) {
        if (!has_kind(p->kinds, i))
            continue;
        if (has_kind(lot.kinds, i))
            amount->v[p->columns[lot.number][i]] = amount->v[i];
        else
            set_open(p, i, amount->v[i], 0, amount);
    }
}

void portion_ask(const struct cluster *c, struct lot lot, struct job *component)
{
    portion_add(c, lot, &component->each);
    for (size_t i = 0; i < component->n_units; i++)
        portion_add(c, lot, &component->units[i].each);
}

struct resvec portion_open(const struct cluster *c, struct lot lot,
                           const struct resvec *held)
{
    const struct portions *p = &c->portions;
    struct resvec open = {{0}};

    for (int i = 0; i < RES_MAX; i++) {
        if (has_kind(lot.kinds & p->kinds, i))
            set_open(p, i, held->v[i], lot.number, &open);
    }
    return open;
}

bool portion_lacks(const struct cluster *c, struct lot lot, const struct resvec *least,
                   struct resvec *ret)
{
    const struct portions *p = &c->portions;
    bool lacks = false;

    *ret = (struct resvec){{0}};
    for (int i = 0; i < RES_MAX; i++) {
        if (has_kind(lot.kinds & p->kinds, i))
            ret->v[i] = MAX(-least->v[p->columns[lot.number][i]], 0);
        lacks |= ret->v[i] > 0;
    }
    return lacks;
}

struct resvec portion_rest(const struct cluster *c, struct lot lot,
                           const struct resvec *held, const struct resvec *room)
{
    const struct portions *p = &c->portions;
    struct resvec rest = {{0}};

    for (int i = 0; i < RES_MAX; i++) {
        if (has_kind(lot.kinds & p->kinds, i) && (p->flex >> lot.number & 1) == 0)
            rest.v[p->columns[lot.number][i]] = MAX(room->v[i] - held->v[i], 0);
    }
    return rest;
}
