#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/cluster_private.h"
#include "scheduler/quota.h"

void partrec_free(struct cluster *c, struct partrec *rec)
{
    HASH_DEL(c->parts, rec);
    partition_free(rec->part);
    free(rec->nodes);
    free(rec);
}

bool cluster_put_partition(struct cluster *c, struct partition *part)
{
    struct partrec *rec;

    HASH_FIND_STR(c->parts, part->name, rec);
    if (rec != NULL) {
        /* The key is the old struct's string. */
        HASH_DEL(c->parts, rec);
        part->lifts = rec->part->lifts; /* until the next step */
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

void cluster_set_lifts(struct cluster *c, struct partrec *rec, int64_t lifts)
{
    if (rec->part->lifts == lifts)
        return;
    rec->part->lifts = lifts;
    c->unsettled = true;
    c->gen++;
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
    struct partrec *rec = NULL;

    if (name != NULL)
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

void cluster_forget_weighed(struct cluster *c)
{
    struct partrec *rec, *next;

    HASH_ITER (hh, c->parts, rec, next)
        rec->weighed.gen = 0;
}
