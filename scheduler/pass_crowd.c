/* Who waits for the same nodes as others do. */
#include "scheduler/pass_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/trial.h"

/* Of a component. A node list that is as long as it has nodes at most leaves no others.
 */
static uint64_t usable_word(const struct shape *shape, size_t word)
{
    const struct job *like = shape->like;
    const int64_t n_listed = (int64_t)like->n_node_list;
    const bool others = n_listed == 0 || n_listed < like->max_pods;

    return shape->admits[word] & (others ? UINT64_MAX : shape->required[word]);
}

/* By any of its components. */
static uint64_t admitted_word(const struct shape *shape, size_t word)
{
    uint64_t set = usable_word(shape, word);

    for (size_t i = 0; i < shape->like->n_others; i++)
        set |= usable_word(shape->others[i], word);
    return set;
}

static void add_nodes(struct sched *s, const struct partrec *part)
{
    for (size_t k = 0; part != NULL && k < s->cluster.words; k++)
        s->own[k] |= part->nodes[k];
}

/* Has it one choice of a partition and a reservation? */
static bool is_alone(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;

    return job->n_partitions <= 1 && job->n_reservations <= 1 &&
           magnets_of(s, entry->rec)->n == 0;
}

/* Those that some reservation that it may be in, or being in none, has open to it
 * within the window. */
static void keep_open(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    const size_t n_parts = MAX(rec->job->n_partitions, 1), n = pass_choices(s, rec);
    const size_t words = s->cluster.words;
    AUTO_FREE uint64_t *any = xcalloc(words + 1, sizeof(*any));

    for (size_t i = 0; i < n; i += n_parts) {
        const char *name = pass_reservation(s, rec, i);
        const uint64_t *open =
            fence_ever_open(reserve_fence(s, rec->job, entry->part, name));

        if (open == NULL)
            return;
        for (size_t k = 0; k < words; k++)
            any[k] |= open[k];
    }
    for (size_t k = 0; k < words; k++)
        s->own[k] &= any[k];
}

/* The nodes that a waiting job could use, in `s->own`. */
static void find_own_nodes(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    const struct shape *shape = trial_shape(s, entry);
    size_t words = s->cluster.words;

    s->own = xrealloc(s->own, (words + 1) * sizeof(*s->own));
    memcpy(s->own, entry->part->nodes, words * sizeof(*s->own));
    for (size_t i = 0; i < reserve_n_partitions(job); i++)
        add_nodes(s, reserve_partition(s, job, i));
    for (size_t i = 1; i <= job->n_others; i++)
        add_nodes(s, cluster_component_partition(&s->cluster, job, i, entry->part));
    for (size_t k = 0; k < words; k++)
        s->own[k] &= admitted_word(shape, k);
    if (s->reserve.n > 0)
        keep_open(s, entry);
}

static int64_t gpus_of(const struct sched *s, const struct job *job)
{
    int gpu = s->cluster.res.gpu;

    return gpu < 0 ? 0 : job_ask(job).v[gpu];
}

/* For jobs of one shape that may start in one partition only, and that reservations
 * shut the same nodes to, it is found once. */
static size_t crowd_of(struct sched *s, const struct entry *entry,
                       const struct fence *fence)
{
    struct fit *fit = shape_fit(entry->rec->shape, entry->part);
    bool alone = is_alone(s, entry);
    size_t crowd;

    if (alone && fit->crowd_gen == s->crowds.gen && fit->crowd_fence == fence)
        return fit->crowd;
    find_own_nodes(s, entry);
    crowd = crowds_get(&s->crowds, s->own);
    if (alone) {
        fit->crowd = crowd;
        fit->crowd_gen = s->crowds.gen;
        fit->crowd_fence = fence;
    }
    return crowd;
}

void pass_join_crowd(struct sched *s, const struct entry *entry,
                     const struct fence *fence)
{
    struct jobrec *rec = entry->rec;

    if (rec->joined)
        return;
    rec->ahead = crowds_join(&s->crowds, crowd_of(s, entry, fence), rec->job->job_id,
                             gpus_of(s, rec->job));
    rec->joined = true;
}
