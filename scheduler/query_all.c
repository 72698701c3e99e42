/* All that the core knows. */
#include <stdlib.h>

#include "scheduler/core.h"
#include "scheduler/follower.h"

static void emit_policy(const struct policy *p,
                        void (*emit)(void *arg, const struct change *change), void *arg)
{
    struct change change = {.kind = CHANGE_QOS};

    for (size_t i = 0; i < p->n_qos; i++) {
        change.u.qos = p->qos[i];
        emit(arg, &change);
    }
    change.kind = CHANGE_ACCOUNT;
    for (size_t i = 0; i < p->n_accounts; i++) {
        change.u.account = p->accounts[i];
        emit(arg, &change);
    }
}

static void emit_job(const struct jobrec *rec,
                     void (*emit)(void *arg, const struct change *change), void *arg)
{
    struct job view;
    const struct job *job = follower_view(rec, &view);
    struct change change = {.kind = CHANGE_JOB, .u.job = (struct job *)job};

    emit(arg, &change);
    if (job == &view)
        free(view.plan.further);
}

void sched_snapshot(const struct sched *s,
                    void (*emit)(void *arg, const struct change *change), void *arg)
{
    const struct cluster *c = &s->cluster;
    struct change change = {.kind = CHANGE_CONFIG, .u.config = &s->config};
    struct noderec *node, *next_node;
    struct partrec *part, *next_part;
    struct podrec *pod, *next_pod;
    struct jobrec *job, *next_job;

    emit(arg, &change);
    change = (struct change){.kind = CHANGE_RESOURCES, .u.resources = &c->res};
    emit(arg, &change);
    change.kind = CHANGE_NODE;
    HASH_ITER (hh, c->nodes, node, next_node) {
        change.u.node = node->node;
        if (node->node != NULL)
            emit(arg, &change);
    }
    change.kind = CHANGE_PARTITION;
    HASH_ITER (hh, c->parts, part, next_part) {
        change.u.partition = part->part;
        if (!part->gone)
            emit(arg, &change);
    }
    emit_policy(&s->policy, emit, arg);
    change.kind = CHANGE_RESERVATION;
    for (size_t i = 0; i < s->reserve.n; i++) {
        change.u.reservation = s->reserve.recs[i].resv;
        emit(arg, &change);
    }
    change.kind = CHANGE_FOREIGN_POD;
    HASH_ITER (hh, c->pods, pod, next_pod) {
        change.u.pod = pod->pod;
        emit(arg, &change);
    }
    HASH_ITER (hh, s->jobs, job, next_job) {
        if (!job->gone)
            emit_job(job, emit, arg);
    }
}
