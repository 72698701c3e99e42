#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/cluster_private.h"

void podrec_free(struct cluster *c, struct podrec *rec)
{
    HASH_DEL(c->pods, rec);
    foreign_pod_free(rec->pod);
    free(rec);
}

struct podrec *cluster_pod(const struct cluster *c, const char *uid)
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
           str_eq(rec->pod->partition, pod->partition) &&
           memcmp(&rec->pod->use, &pod->use, sizeof(pod->use)) == 0;
}

bool cluster_drop_pod(struct cluster *c, const char *uid)
{
    struct podrec *rec;
    struct noderec *node;
    struct resvec use;

    HASH_FIND_STR(c->pods, uid, rec);
    if (rec == NULL)
        return false;
    use = cluster_use(&rec->pod->use, 1);
    node = noderec_get(c, rec->pod->node);
    if (!rec->pod->of_job)
        resvec_sub(&node->foreign, &use);
    noderec_unuse(c, node, &use);
    podrec_free(c, rec);
    return true;
}

bool cluster_put_pod(struct cluster *c, struct foreign_pod *pod)
{
    struct podrec *rec;
    struct noderec *node;
    struct resvec use = cluster_use(&pod->use, 1);

    if (cluster_has_pod(c, pod)) {
        foreign_pod_free(pod);
        return false;
    }
    cluster_drop_pod(c, pod->uid);
    rec = xcalloc(1, sizeof(*rec));
    rec->pod = pod;
    HASH_ADD_KEYPTR(hh, c->pods, pod->uid, strlen(pod->uid), rec);
    node = noderec_get(c, pod->node);
    if (!pod->of_job)
        resvec_add(&node->foreign, &use);
    noderec_use(node, &use);
    return true;
}
