#include "cmd/gantry-controller/unseen.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/podbuild.h"

#define NAME_BYTES_MAX 256

struct unseen {
    UT_hash_handle hh;
    char *key;  /* "namespace/name": no uid looks like it, so the core keeps them apart
                     */
    bool bound; /* known to be; else a write is under way that may bind it */
    bool open;  /* a write for it is under way */
    uint64_t lists; /* that had begun when it became known */
};

static char *key_of(const char *ns, const char *name)
{
    return xasprintf("%s/%s", ns, name);
}

static struct unseen *find(const struct controller *ctl, const char *ns,
                           const char *name)
{
    AUTO_FREE char *key = key_of(ns, name);
    struct unseen *u;
    HASH_FIND_STR(ctl->unseen, key, u);
    return u;
}

static void unseen_drop(struct controller *ctl, struct unseen *u)
{
    sched_apply(ctl->sched,
                &(struct change){.kind = CHANGE_FOREIGN_POD_GONE, .u.key = u->key});
    cycle_want(ctl);
    HASH_DEL(ctl->unseen, u);
    free(u->key);
    free(u);
}

/* Its partition is kept, for a component its own. */
static const char *partition_of(const struct record *r, const struct rank *rank)
{
    const struct pod_plan plan = {.job = r->job, .partition = record_partition(r)};
    return pod_world(&plan, rank->component).partition;
}

static void count(const struct record *r, const struct unseen *u,
                  const struct rank *rank)
{
    struct controller *ctl = r->ctl;
    struct foreign_pod *f = foreign_pod_new();
    f->uid = xstrdup(u->key);
    f->node = xstrdup(rank->node);
    f->use = rank->use;
    f->of_job = true;
    f->partition = xstrdup_null(partition_of(r, rank));
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_FOREIGN_POD, .u.pod = f});
    cycle_want(ctl);
}

static void keep(struct record *r, const char *name, const struct rank *rank)
{
    struct controller *ctl = r->ctl;
    const char *ns = r->job->ns;
    bool bound = rank->state == RANK_BOUND && !rank->terminal;
    const struct pod *cached = kc_cache_find(ctl->pods, ns, name);
    if ((!bound && !rank->busy) || rank->state == RANK_GONE ||
        (cached && (cached->node || cached->terminal)) || find(ctl, ns, name))
        return;
    struct unseen *u = xcalloc(1, sizeof(*u));
    *u = (struct unseen){.key = key_of(ns, name),
                         .bound = bound,
                         .open = rank->busy,
                         .lists = kc_cache_lists(ctl->pods)};
    HASH_ADD_KEYPTR(hh, ctl->unseen, u->key, strlen(u->key), u);
    count(r, u, rank);
}

void unseen_keep(struct record *r)
{
    const struct attempt *a = &r->attempt;
    for (size_t i = 0; i < a->n; i++) {
        STR_AUTO struct str name;
        str_init(&name, NAME_BYTES_MAX);
        pod_name(r->job, a->number, (int64_t)i, &name);
        keep(r, name.s, &a->ranks[i]);
    }
}

void unseen_end(struct controller *ctl, const char *ns, const char *name,
                enum unseen_end end)
{
    struct unseen *u = find(ctl, ns, name);
    if (!u)
        return;
    u->bound = end == UNSEEN_NOTHING ? u->bound : end == UNSEEN_BOUND;
    u->open = false;
    u->lists = kc_cache_lists(ctl->pods);
    if (!u->bound)
        unseen_drop(ctl, u);
}

/* One that is shown unbound may be bound by now. */
void unseen_saw(struct controller *ctl, const struct pod *pod, bool gone)
{
    struct unseen *u = ctl->unseen ? find(ctl, pod->ns, pod->name) : NULL;
    if (u && (gone || pod->node || pod->terminal))
        unseen_drop(ctl, u);
}

void unseen_listed(struct controller *ctl)
{
    struct unseen *u, *tmp;
    HASH_ITER (hh, ctl->unseen, u, tmp) {
        if (!u->open && u->lists < kc_cache_lists(ctl->pods))
            unseen_drop(ctl, u);
    }
}

void unseen_free(struct controller *ctl)
{
    struct unseen *u, *tmp;
    HASH_ITER (hh, ctl->unseen, u, tmp)
        unseen_drop(ctl, u);
}
