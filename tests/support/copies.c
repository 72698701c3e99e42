#include "tests/support/copies.h"

#include <stdlib.h>

#include "base/util.h"

struct change change_copy(const struct change *change)
{
    struct change copy = *change;

    switch (change->kind) {
    case CHANGE_NODE:
        copy.u.node = node_copy(change->u.node);
        break;
    case CHANGE_PARTITION:
        copy.u.partition = partition_copy(change->u.partition);
        break;
    case CHANGE_QOS:
        copy.u.qos = qos_copy(change->u.qos);
        break;
    case CHANGE_ACCOUNT:
        copy.u.account = account_copy(change->u.account);
        break;
    case CHANGE_RESERVATION:
        copy.u.reservation = reservation_copy(change->u.reservation);
        break;
    case CHANGE_JOB:
        copy.u.job = job_copy(change->u.job);
        break;
    case CHANGE_FOREIGN_POD:
        copy.u.pod = foreign_pod_copy(change->u.pod);
        break;
    case CHANGE_RESOURCES:
    case CHANGE_CONFIG:
    case CHANGE_NODE_GONE:
    case CHANGE_PARTITION_GONE:
    case CHANGE_QOS_GONE:
    case CHANGE_ACCOUNT_GONE:
    case CHANGE_RESERVATION_GONE:
    case CHANGE_JOB_GONE:
    case CHANGE_FOREIGN_POD_GONE:
        break;
    }
    return copy;
}

static void keep(void *arg, const struct change *change)
{
    struct copies *c = arg;

    GROW(c->items, c->n, c->cap);
    c->items[c->n++] = change_copy(change);
}

struct copies copies_of(const struct sched *s)
{
    struct copies c = {0};

    sched_snapshot(s, keep, &c);
    return c;
}

struct copies copies_again(const struct copies *c)
{
    struct copies again = {0};

    for (size_t i = 0; i < c->n; i++)
        keep(&again, &c->items[i]);
    return again;
}

void copies_apply(struct copies *c, struct sched *to)
{
    for (size_t i = 0; i < c->n; i++)
        sched_apply(to, &c->items[i]);
    c->n = 0;
}

static void change_free(struct change *change)
{
    switch (change->kind) {
    case CHANGE_NODE:
        node_free(change->u.node);
        break;
    case CHANGE_PARTITION:
        partition_free(change->u.partition);
        break;
    case CHANGE_QOS:
        qos_free(change->u.qos);
        break;
    case CHANGE_ACCOUNT:
        account_free(change->u.account);
        break;
    case CHANGE_RESERVATION:
        reservation_free(change->u.reservation);
        break;
    case CHANGE_JOB:
        job_free(change->u.job);
        break;
    case CHANGE_FOREIGN_POD:
        foreign_pod_free(change->u.pod);
        break;
    default:
        break;
    }
}

void copies_fini(struct copies *c)
{
    for (size_t i = 0; i < c->n; i++)
        change_free(&c->items[i]);
    free(c->items);
    *c = (struct copies){0};
}
