#include "tests/support/slot_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void slot_list_add(const struct slot **list, size_t *n, const struct slot *slot)
{
    AUTO_FREE struct slot *all = xmalloc((*n + 1) * sizeof(*all));
    const struct slot *before = *list;

    if (*n > 0)
        memcpy(all, before, *n * sizeof(*all));
    all[*n] = *slot;
    *list = slots_new(all, ++*n);
    slots_unref(before);
}

void slot_list_add_on(const struct slot **list, size_t *n, const char *prefix,
                      size_t number, const struct slot *slot)
{
    AUTO_FREE char *name = xasprintf("%s%zu", prefix, number);
    struct slot on = *slot;

    on.node = name;
    slot_list_add(list, n, &on);
}
