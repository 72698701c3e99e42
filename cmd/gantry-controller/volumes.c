#include "cmd/gantry-controller/volumes.h"

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/watches.h"
#include "crds/convert_volume.h"

const struct kc_resource claim_resource = {"", "v1", "persistentvolumeclaims",
                                           "PersistentVolumeClaim", true};
static const struct kc_resource volume_resource = {"", "v1", "persistentvolumes",
                                                   "PersistentVolume", false};

/* ---- what jobs are tied to ---- */

static const struct claim *find_claim(const struct controller *ctl, const char *ns,
                                      const char *name)
{
    return kc_cache_find(ctl->claims, ns, name);
}

static const struct volume *find_volume(const struct controller *ctl,
                                        const struct claim *claim)
{
    return claim && claim->volume ? kc_cache_find(ctl->volumes, NULL, claim->volume)
                                  : NULL;
}

static char *lack_of(const struct controller *ctl, const char *ns, const char *name)
{
    const struct claim *claim = find_claim(ctl, ns, name);
    const struct volume *volume = find_volume(ctl, claim);
    if (!claim)
        return xasprintf("volume claim %s does not exist in namespace %s", name, ns);
    if (claim->volume && !volume)
        return xasprintf("volume %s of claim %s does not exist", claim->volume, name);
    if (volume && volume->trouble)
        return xasprintf("volume %s of claim %s: %s", volume->name, name,
                         volume->trouble);
    return NULL;
}

/* Sees to one claim; `model` collects what all of them ask. */
static void tie_claim(const struct controller *ctl, const struct bjob *job,
                      const char *name, struct job *model, struct tie *ret)
{
    const struct claim *claim = find_claim(ctl, job->ns, name);
    const struct volume *volume = find_volume(ctl, claim);
    ret->lack = lack_of(ctl, job->ns, name);
    if (ret->lack || !volume) {
        ret->waits |= !ret->lack;
        return;
    }
    if (volume->n_any == 0)
        return;
    if (!volume_require(volume, model))
        ret->lack = xasprintf("volume %s of claim %s: with it, there are too many "
                              "alternatives of nodes",
                              volume->name, name);
    else if (!ret->note)
        ret->note =
            xasprintf("volume %s of claim %s is not on every node", volume->name, name);
}

void volumes_tie(const struct controller *ctl, const struct bjob *job, struct tie *ret)
{
    *ret = (struct tie){0};
    if (job->n_claims == 0 || !job->model)
        return;
    struct job *model = job_copy(job->model);
    for (size_t i = 0; i < job->n_claims && !ret->lack; i++)
        tie_claim(ctl, job, job->claims[i], model, ret);
    job_free(model);
}

bool tie_equal(const struct tie *a, const struct tie *b)
{
    return str_eq(a->lack, b->lack) && str_eq(a->note, b->note) && a->waits == b->waits;
}

void tie_fini(struct tie *t)
{
    free(t->lack);
    free(t->note);
    *t = (struct tie){0};
}

void volumes_require(const struct controller *ctl, const struct bjob *job,
                     struct job *model)
{
    for (size_t i = 0; i < job->n_claims; i++) {
        const struct volume *v =
            find_volume(ctl, find_claim(ctl, job->ns, job->claims[i]));
        if (v)
            volume_require(v, model);
    }
}

bool volumes_has(const struct controller *ctl, const char *volume, const char *node)
{
    const struct volume *v = kc_cache_find(ctl->volumes, NULL, volume);
    const struct node *on = kc_cache_find(ctl->nodes, NULL, node);
    return !v || !on || v->trouble || volume_is_on(v, on);
}

/* ---- watching ---- */

static void *make_claim(void *arg, const struct json *object)
{
    (void)arg;
    return convert_claim(object, NULL);
}

static void *make_volume(void *arg, const struct json *object)
{
    (void)arg;
    return convert_volume(object, NULL);
}

static void free_claim(void *item)
{
    claim_free(item);
}

static void free_volume(void *item)
{
    volume_free(item);
}

/* Is the claim of that name the thing, or bound to it? */
typedef bool match_fn(const struct controller *ctl, const char *ns, const char *name,
                      const void *thing);

static bool is_claim(const struct controller *ctl, const char *ns, const char *name,
                     const void *thing)
{
    const struct claim *claim = thing;
    (void)ctl;
    return str_eq(claim->ns, ns) && str_eq(claim->name, name);
}

static bool is_bound_to(const struct controller *ctl, const char *ns, const char *name,
                        const void *thing)
{
    const struct claim *claim = find_claim(ctl, ns, name);
    const struct volume *volume = thing;
    return claim && str_eq(claim->volume, volume->name);
}

static bool concerns(const struct controller *ctl, const struct bjob *job,
                     match_fn *match, const void *thing)
{
    for (size_t i = 0; job && i < job->n_claims; i++)
        if (match(ctl, job->ns, job->claims[i], thing))
            return true;
    return false;
}

static void ask_jobs(struct controller *ctl, match_fn *match, const void *thing)
{
    struct record *r, *tmp;
    if (ctl->synced)
        HASH_ITER (hh, ctl->records, r, tmp)
            if (concerns(ctl, r->job, match, thing))
                record_ask_volumes(r);
}

static void claim_changed(void *arg, enum kc_change change, void *old_item,
                          void *new_item, const struct json *object)
{
    const struct claim *was = old_item, *is = new_item;
    (void)object;
    if (change != KC_MODIFIED || !str_eq(was->volume, is->volume))
        ask_jobs(arg, is_claim, is ? is : was);
}

static void volume_changed(void *arg, enum kc_change change, void *old_item,
                           void *new_item, const struct json *object)
{
    (void)change;
    (void)object;
    ask_jobs(arg, is_bound_to, new_item ? new_item : old_item);
}

static const struct kc_cache_ops claim_ops = {make_claim, claim_changed, free_claim,
                                              watches_synced, watches_trouble},
                                 volume_ops = {make_volume, volume_changed, free_volume,
                                               watches_synced, watches_trouble};

void volumes_start(struct controller *ctl)
{
    ctl->claims =
        kc_cache_new(ctl->client, &(struct kc_cache_spec){.resource = &claim_resource},
                     &claim_ops, ctl);
    ctl->volumes =
        kc_cache_new(ctl->client, &(struct kc_cache_spec){.resource = &volume_resource},
                     &volume_ops, ctl);
}

void volumes_stop(struct controller *ctl)
{
    kc_cache_free(ctl->claims);
    kc_cache_free(ctl->volumes);
}

bool volumes_are_synced(const struct controller *ctl)
{
    return kc_cache_is_synced(ctl->claims) && kc_cache_is_synced(ctl->volumes);
}
