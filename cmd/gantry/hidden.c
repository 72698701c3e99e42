#include "cmd/gantry/hidden.h"

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry/whoami.h"

static bool may_hide(const struct partition *p)
{
    return p->hidden || p->access.n_allow_groups + p->access.n_deny_groups > 0;
}

static bool has_group(const struct caller *caller, char *const *groups, size_t n)
{
    for (size_t i = 0; i < caller->n_groups; i++)
        if (names_have(groups, n, caller->groups[i]))
            return true;
    return false;
}

static bool may_use(const struct caller *caller, const struct access *a)
{
    return a->n_allow_groups > 0 ? has_group(caller, a->allow_groups, a->n_allow_groups)
                                 : !has_group(caller, a->deny_groups, a->n_deny_groups);
}

static bool is_hidden(const struct partition *p, const struct caller *caller)
{
    return !caller->operates && (p->hidden || !may_use(caller, &p->access));
}

int hidden_find(const struct partlist *parts, struct api *c, struct names *ret,
                struct err *err)
{
    CALLER_AUTO struct caller caller = {0};
    bool any = false;

    for (size_t i = 0; i < parts->n && !any; i++)
        any = may_hide(parts->parts[i].model);
    if (any && caller_ask(&caller, c, err) < 0)
        return -1;
    for (size_t i = 0; any && i < parts->n; i++)
        if (is_hidden(parts->parts[i].model, &caller))
            names_append(ret, xstrdup(parts->parts[i].model->name));
    return 0;
}

int hidden_drop(struct partlist *parts, struct api *c, struct err *err)
{
    struct names hidden = {0};
    size_t n = 0;

    if (hidden_find(parts, c, &hidden, err) < 0)
        return -1;
    for (size_t i = 0; i < parts->n; i++) {
        if (names_has(&hidden, parts->parts[i].model->name))
            partition_free(parts->parts[i].model);
        else
            parts->parts[n++] = parts->parts[i];
    }
    parts->n = n;
    names_fini(&hidden);
    return 0;
}
