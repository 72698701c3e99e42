#include "scheduler/model.h"

#include <string.h>

#include "base/util.h"

static const char *const fixed_names[RES_FIXED] = {
    [RES_CPU] = "cpu",
    [RES_MEM] = "memory",
    [RES_EPHEMERAL] = "ephemeral-storage",
    [RES_PODS] = "pods",
};

void restable_init(struct restable *t)
{
    memset(t, 0, sizeof(*t));
    for (int i = 0; i < RES_FIXED; i++)
        memcpy(t->name[i], fixed_names[i], strlen(fixed_names[i]) + 1);
    t->n = RES_FIXED;
    t->gpu = -1;
}

int restable_find(const struct restable *t, const char *name)
{
    for (int i = 0; i < t->n; i++) {
        if (strcmp(t->name[i], name) == 0)
            return i;
    }
    return -1;
}

int restable_intern(struct restable *t, const char *name)
{
    size_t len = strlen(name);
    int found = restable_find(t, name);

    if (found >= 0)
        return found;
    if (t->n == RES_MAX || len == 0 || len >= RES_NAME_MAX)
        return -1;
    memcpy(t->name[t->n], name, len + 1);
    return t->n++;
}

/* Sums wrap instead of overflowing, so that what was added can always be taken off
 * again, whatever numbers came from outside. */
void resvec_add(struct resvec *a, const struct resvec *b)
{
    for (int i = 0; i < RES_MAX; i++)
        a->v[i] = (int64_t)((uint64_t)a->v[i] + (uint64_t)b->v[i]);
}

void resvec_sub(struct resvec *a, const struct resvec *b)
{
    for (int i = 0; i < RES_MAX; i++)
        a->v[i] = (int64_t)((uint64_t)a->v[i] - (uint64_t)b->v[i]);
}

void resvec_add_times(struct resvec *a, const struct resvec *b, int64_t n)
{
    for (int i = 0; i < RES_MAX; i++) {
        __int128 sum = (__int128)b->v[i] * n + a->v[i];

        a->v[i] = (int64_t)MIN(sum, (__int128)(INT64_MAX / 4));
    }
}

bool resvec_fits(const struct resvec *need, const struct resvec *free_)
{
    for (int i = 0; i < RES_MAX; i++) {
        if (need->v[i] > 0 && need->v[i] > free_->v[i])
            return false;
    }
    return true;
}

int64_t resvec_times(const struct resvec *need, const struct resvec *free_)
{
    int64_t times = INT64_MAX;

    for (int i = 0; i < RES_MAX; i++) {
        if (need->v[i] <= 0)
            continue;
        if (free_->v[i] < need->v[i])
            return 0;
        if (free_->v[i] / need->v[i] < times)
            times = free_->v[i] / need->v[i];
    }
    return times;
}

bool resvec_is_zero(const struct resvec *a)
{
    for (int i = 0; i < RES_MAX; i++) {
        if (a->v[i] != 0)
            return false;
    }
    return true;
}
