#include "cmd/gantry-local/expire.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define NOTE_MS 300000
/* So many notes span an hour. */
#define NOTES 12

struct expire {
    struct loop *loop;
    struct store *store;
    struct loop_timer *timer;
    int64_t versions[NOTES]; /* the oldest first; 0: before the beginning */
};

static void remove_up_to(struct expire *e, int64_t version)
{
    struct table *events = store_table(e->store, "events");
    struct object_list list = {0};

    store_list(e->store, events, NULL, store_version(e->store), &list);
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i]->version <= version)
            store_remove(e->store, events, object_ref(list.items[i]));
    object_list_fini(&list);
}

static void note_due(void *arg)
{
    struct expire *e = arg;

    if (e->versions[0] > 0)
        remove_up_to(e, e->versions[0]);
    memmove(e->versions, e->versions + 1, sizeof(e->versions) - sizeof(*e->versions));
    e->versions[NOTES - 1] = store_version(e->store);
    loop_timer_start(e->timer, NOTE_MS);
}

struct expire *expire_new(struct loop *loop, struct store *store)
{
    struct expire *e = xcalloc(1, sizeof(*e));

    e->loop = loop;
    e->store = store;
    e->timer = loop_timer_new(loop, note_due, e);
    loop_timer_start(e->timer, NOTE_MS);
    return e;
}

void expire_free(struct expire *e)
{
    if (!e)
        return;
    loop_timer_free(e->timer);
    free(e);
}
