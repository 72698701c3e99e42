/* Who waits for the same nodes as others do. */
#include "scheduler/pass_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/trial.h"

/* By any of its components. */
static uint64_t admitted_word(struct shape *shape, size_t word)
{
    uint64_t set = shape->admits[word];

    for (size_t i = 0; i < shape->like->n_others; i++)
        set |= shape->others[i]->admits[word];
    return set;
}

static void add_nodes(struct sched *s, const struct partrec *part)
{
    for (size_t k = 0; part != NULL && k < s->cluster.words; k++)
        s->own[k] |= part->nodes[k];
}

/* The nodes that a waiting job could use, in `s->own`. */
static void find_own_nodes(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    struct shape *shape = trial_shape(s, entry);
    size_t words = s->cluster.words;

    s->own = xrealloc(s->own, (words + 1) * sizeof(*s->own));
    memcpy(s->own, entry->part->nodes, words * sizeof(*s->own));
    for (size_t i = 0; i < job->n_partitions; i++)
        add_nodes(s, cluster_partition(&s->cluster, job->partitions[i]));
    for (size_t i = 1; i <= job->n_others; i++)
        add_nodes(s, cluster_component_partition(&s->cluster, job, i, entry->part));
    for (size_t k = 0; k < words; k++)
        s->own[k] &= admitted_word(shape, k);
}

static int64_t gpus_of(const struct sched *s, const struct job *job)
{
    int gpu = s->cluster.res.gpu;

    return gpu < 0 ? 0 : job_ask(job).v[gpu];
}

/* For jobs of one shape that may start in one partition only it is found once. */
static size_t crowd_of(struct sched *s, const struct entry *entry)
{
    struct fit *fit = shape_fit(entry->rec->shape, entry->part);
    bool alone = entry->rec->job->n_partitions <= 1;
    size_t crowd;

    if (alone && fit->crowd_gen == s->crowds.gen)
        return fit->crowd;
    find_own_nodes(s, entry);
    crowd = crowds_get(&s->crowds, s->own);
    if (alone) {
        fit->crowd = crowd;
        fit->crowd_gen = s->crowds.gen;
    }
    return crowd;
}

void pass_join_crowd(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (rec->joined)
        return;
    rec->ahead = crowds_join(&s->crowds, crowd_of(s, entry), rec->job->job_id,
                             gpus_of(s, rec->job));
    rec->joined = true;
}
