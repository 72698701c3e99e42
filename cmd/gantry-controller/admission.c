#include "cmd/gantry-controller/admission.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"

struct admission {
    UT_hash_handle hh; /* in the order in which they were learned */
    uint64_t key;
    struct admitted what;
};

static struct admission *find(const struct controller *ctl, uint64_t kin)
{
    struct admission *a;
    HASH_FIND(hh, ctl->admissions, &kin, sizeof(kin), a);
    return a;
}

const struct admitted *admission_find(const struct controller *ctl,
                                      const struct bjob *job, size_t component)
{
    const struct admission *a = find(ctl, job->works[component].kin);
    return a ? &a->what : NULL;
}

uint64_t admission_version(const struct controller *ctl, const struct bjob *job)
{
    uint64_t version = 0;
    for (size_t i = 0; i < job->n_works; i++) {
        const struct admitted *admitted = admission_find(ctl, job, i);
        if (admitted)
            version = MAX(version, admitted->version);
    }
    return version;
}

static void forget(struct controller *ctl, struct admission *a)
{
    HASH_DEL(ctl->admissions, a);
    free(a);
}

static bool is_kin(const struct bjob *job, uint64_t kin)
{
    for (size_t i = 0; i < job->n_works; i++)
        if (job->works[i].kin == kin)
            return true;
    return false;
}

static void tell_kin(struct controller *ctl, uint64_t kin)
{
    struct record *r, *tmp;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->job && is_kin(r->job, kin) && r->told.known)
            told_update(r);
}

static void remember(struct controller *ctl, uint64_t kin, const struct resvec *extra)
{
    struct admission *a = find(ctl, kin);
    if (a && memcmp(&a->what.extra, extra, sizeof(*extra)) == 0)
        return;
    if (!a) {
        a = xcalloc(1, sizeof(*a));
        a->key = kin;
        HASH_ADD(hh, ctl->admissions, key, sizeof(a->key), a);
        if (HASH_COUNT(ctl->admissions) > ADMISSION_MAX)
            forget(ctl, ctl->admissions);
    }
    a->what = (struct admitted){*extra, ++ctl->lessons};
    tell_kin(ctl, kin);
}

void admission_learn(struct controller *ctl, const struct work *work,
                     const struct pod *pod, const struct resvec *asked)
{
    struct resvec extra = pod->use;
    resvec_sub(&extra, asked);
    if (!resvec_is_zero(&extra) || pod->gated || pod->n_claims > 0 ||
        find(ctl, work->kin))
        remember(ctl, work->kin, &extra);
}

void admission_refused(struct controller *ctl, const struct work *work)
{
    const struct resvec none = {{0}};
    if (!find(ctl, work->kin))
        remember(ctl, work->kin, &none);
}

void admission_free(struct controller *ctl)
{
    while (ctl->admissions)
        forget(ctl, ctl->admissions);
}
