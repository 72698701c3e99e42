#include "cmd/gantry-local/durable.h"

#include <stdlib.h>

#include "base/util.h"

#define RETRY_MS 1000

struct durable {
    struct loop *loop;
    struct log *log;
    struct objectdb *db;
    const struct durable_hooks *hooks; /* NULL: nobody waits */
    void *hooks_arg;

    /* Events that are not on disk, as rows and the objects that these point into. */
    struct objectdb_row *rows;
    struct object **objects;
    size_t n_rows, rows_cap;
    size_t n_objects, objects_cap;
    int64_t version; /* of the last of them */

    bool stuck;             /* the last batch could not be written */
    struct loop_timer *due; /* the next batch */
};

static void forget_rows(struct durable *d)
{
    for (size_t i = 0; i < d->n_objects; i++)
        object_unref(d->objects[i]);
    d->n_rows = d->n_objects = 0;
}

static void is_stuck(struct durable *d, const struct err *err)
{
    if (!d->stuck)
        log_error(d->log, "%s; requests are refused until it can be written", err->msg);
    d->stuck = true;
    if (d->hooks)
        d->hooks->refuse(d->hooks_arg, err->msg);
    loop_timer_start(d->due, RETRY_MS);
}

static void write_batch(void *arg)
{
    struct durable *d = arg;
    struct err err = ERR_INIT;

    if (objectdb_write(d->db, d->rows, d->n_rows, d->version, &err) != 0) {
        is_stuck(d, &err);
        return;
    }
    if (d->stuck)
        log_info(d->log, "objects are written again");
    d->stuck = false;
    forget_rows(d);
    if (d->hooks)
        d->hooks->release(d->hooks_arg);
}

/* Timers run when all requests that have come are handled. */
void durable_note(void *arg, const struct store_event *event)
{
    struct durable *d = arg;
    struct object *o = event->object;
    const bool removed = event->change == CHANGE_DELETED;

    GROW(d->rows, d->n_rows, d->rows_cap);
    GROW(d->objects, d->n_objects, d->objects_cap);
    d->objects[d->n_objects++] = object_ref(o);
    d->rows[d->n_rows++] = (struct objectdb_row){.resource = table_name(event->table),
                                                 .key = o->key,
                                                 .version = o->version,
                                                 .bytes = removed ? NULL : o->bytes,
                                                 .len = o->len};
    d->version = event->version;
    if (loop_timer_armed(d->due))
        return;
    if (d->hooks)
        d->hooks->hold(d->hooks_arg);
    loop_timer_start(d->due, 0);
}

struct durable *durable_open(struct loop *loop, const char *dir, struct log *log,
                             struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/objects.db", dir);
    struct objectdb *db = objectdb_open(path, err);

    if (!db)
        return NULL;
    struct durable *d = xcalloc(1, sizeof(*d));
    d->loop = loop;
    d->log = log;
    d->db = db;
    d->due = loop_timer_new(loop, write_batch, d);
    return d;
}

void durable_flush(struct durable *d)
{
    struct err err = ERR_INIT;

    d->hooks = NULL;
    loop_timer_stop(d->due);
    if (d->n_rows > 0 &&
        objectdb_write(d->db, d->rows, d->n_rows, d->version, &err) != 0)
        log_error(d->log, "%s; the last writes, which nobody was told of, are lost",
                  err.msg);
    forget_rows(d);
}

void durable_close(struct durable *d)
{
    if (!d)
        return;
    objectdb_close(d->db);
    loop_timer_free(d->due);
    free(d->rows);
    free(d->objects);
    free(d);
}

void durable_hook(struct durable *d, const struct durable_hooks *hooks, void *arg)
{
    d->hooks = hooks;
    d->hooks_arg = arg;
    if (loop_timer_armed(d->due))
        hooks->hold(arg);
}

struct objectdb *durable_db(struct durable *d)
{
    return d->db;
}
