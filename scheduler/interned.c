#include "scheduler/interned.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/util.h"

struct interned_name {
    char *name;
    UT_hash_handle hh;
};

const char *interned_find(const struct interned *names, const char *name)
{
    struct interned_name *found;

    HASH_FIND_STR(names->all, name, found);
    return found != NULL ? found->name : NULL;
}

const char *interned_get(struct interned *names, const char *name)
{
    const char *known = interned_find(names, name);
    struct interned_name *new;

    if (known != NULL)
        return known;
    new = xcalloc(1, sizeof(*new));
    new->name = xstrdup(name);
    HASH_ADD_KEYPTR(hh, names->all, new->name, strlen(new->name), new);
    return new->name;
}

void interned_fini(struct interned *names)
{
    struct interned_name *name, *next;

    HASH_ITER (hh, names->all, name, next) {
        HASH_DEL(names->all, name);
        free(name->name);
        free(name);
    }
}
