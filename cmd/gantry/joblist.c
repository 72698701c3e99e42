#include "cmd/gantry/joblist.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/fetch.h"
#include "cmd/gantry/hetrow.h"
#include "cmd/gantry/jobpick.h"
#include "cmd/gantry/jobtasks.h"

/* So many heterogeneous jobs are asked for one by one: of more, all jobs are. */
#define APART_MAX 16
/* Ages up to here stand in seconds. */
#define AGE_IN_SECONDS_MAX 120

/* ---- from objects ---- */

struct taking {
    struct joblist *list;
    const struct jobquery *query;
    int64_t now_sec;
    struct jobrow blank; /* with nothing picked */
    bool lacking;        /* a job's columns do not tell what is wanted */
    /* Heterogeneous jobs, whose components no column tells: where their rows are to be
     * once each has been asked for. */
    struct {
        const char *name;
        int64_t id;
        size_t at;
    } apart[APART_MAX];
    size_t n_apart;
    int64_t only_id; /* of the one that is asked for; 0: all are */
};

static void add(struct joblist *list, const struct jobrow *r)
{
    if (r->id > 0) {
        GROW(list->rows, list->n, list->cap);
        list->rows[list->n++] = *r;
        return;
    }
    if (list->unnumbered++ == 0 || r->created_sec < list->oldest_unnumbered_sec)
        list->oldest_unnumbered_sec = r->created_sec;
}

/* Its components; false: it has none. */
static bool take_apart(struct taking *t, const struct jobrow *whole)
{
    struct jobrow parts[COMPONENTS_MAX];
    const size_t n = hetrow_split(whole, t->query->parts, t->list->arena, parts);

    for (size_t i = 0; i < n; i++)
        add(t->list, &parts[i]);
    return n > 0;
}

static void take(void *arg, const struct json_text *values)
{
    struct taking *t = arg;
    struct jobrow r = {.het_offset = -1, .het_size = -1};

    jobpick_put(&r, JOBPICK_OBJECT, values, t->list->arena);
    if (t->only_id > 0 && r.id != t->only_id) /* of another namespace */
        return;
    if (r.id == 0)
        jobtasks_name(&r);
    if (t->query->about & JOB_APART && take_apart(t, &r))
        return;
    r.tres = r.alloc_tres ? r.alloc_tres : r.req_tres;
    jobrow_finish(&r, t->query->parts, t->list->arena);
    add(t->list, &r);
}

/* ---- from the table ---- */

/* How long ago, as kubectl says it: in seconds ("75s") up to two minutes ("2m10s"). */
static int64_t age_sec(const char *age)
{
    char *end;
    const int64_t n = strtoll(age ? age : "", &end, 10);

    if (strcmp(end, "s") == 0)
        return n;
    return n > 0 ? AGE_IN_SECONDS_MAX : 0;
}

/* The column has the start or, where there is none, the planned one. Of a job that
 * waits only the planned one is looked at; false: it does not wait, and which of the
 * two it is cannot be told. */
static bool settle_start(struct jobrow *r)
{
    if (r->planned_sec == TIME_UNSET || r->planned_sec != r->start_sec)
        return true;
    r->start_sec = TIME_UNSET;
    return r->word->kind == JOB_KIND_PENDING;
}

/* Whether the columns tell all that is wanted of the job. Without a number, one that
 * has an array's spec may be a task of it. */
static bool tells(const struct jobrow *r, unsigned about)
{
    if (r->id == 0)
        return !r->array;
    if ((about & JOB_SUBMIT && r->submit_sec == TIME_UNSET) ||
        (about & JOB_ACCOUNT && !r->has_account) || (about & JOB_QOS && !r->has_qos) ||
        (about & JOB_APART && r->het_id > 0))
        return false;
    /* When it may start stands elsewhere. */
    return !(about & JOB_START) || r->word->kind != JOB_KIND_PENDING ||
           r->planned_sec != TIME_UNSET || strcmp(r->reason, "BeginTime") != 0;
}

/* True: its rows come later. */
static bool puts_off(struct taking *t, const struct jobrow *r)
{
    if (!(t->query->about & JOB_APART) || r->het_id <= 0 || t->n_apart == APART_MAX)
        return false;
    t->apart[t->n_apart].name = r->object;
    t->apart[t->n_apart].id = r->id;
    t->apart[t->n_apart++].at = t->list->n;
    return true;
}

static void take_cells(void *arg, const struct json_text *values)
{
    struct taking *t = arg;
    struct jobrow r = t->blank;

    jobpick_put(&r, JOBPICK_TABLE, values, t->list->arena);
    if (puts_off(t, &r))
        return;
    const int64_t created_sec = t->now_sec - age_sec(r.created);
    r.created = NULL;
    jobrow_finish(&r, t->query->parts, t->list->arena);
    r.created_sec = created_sec;
    if (!settle_start(&r) || !tells(&r, t->query->about))
        t->lacking = true;
    add(t->list, &r);
}

/* ---- the list ---- */

static void take_again(void *arg)
{
    struct taking *t = arg;

    t->list->n = 0;
    t->list->unnumbered = 0;
    t->n_apart = 0;
    t->lacking = false;
}

void joblist_init(struct joblist *list)
{
    *list = (struct joblist){.arena = arena_new()};
}

void joblist_fini(struct joblist *list)
{
    free(list->rows);
    arena_free(list->arena);
    *list = (struct joblist){0};
}

static struct fetch fetch_of(struct taking *t)
{
    return (struct fetch){.resource = &api_jobs,
                          .ns = t->query->ns,
                          .field_selector = t->query->field_selector,
                          .again = take_again,
                          .arg = t};
}

/* A list of one begins before it can be too old. */
static void keep(void *arg)
{
    (void)arg;
}

/* All of them, or that of a name. */
static int fetch_objects(struct taking *t, struct api *c, const char *name,
                         struct err *err)
{
    const char *paths[JOBPICK_MAX];
    AUTO_FREE char *selector = name ? xasprintf("metadata.name=%s", name) : NULL;
    struct fetch fetch = fetch_of(t);

    if (name) {
        fetch.field_selector = selector;
        fetch.again = keep;
    }
    fetch.paths = paths;
    fetch.n_paths = jobpick_paths(JOBPICK_OBJECT, paths);
    fetch.item = take;
    return fetch_all(c, &fetch, err);
}

/* Puts the rows from `from` on before those that stand from `at` on. */
static void move_rows(struct joblist *list, size_t from, size_t at)
{
    struct jobrow moved[COMPONENTS_MAX];
    const size_t n = list->n - from;

    if (n == 0 || from == at)
        return;
    memcpy(moved, list->rows + from, n * sizeof(*moved));
    memmove(list->rows + at + n, list->rows + at, (from - at) * sizeof(*moved));
    memcpy(list->rows + at, moved, n * sizeof(*moved));
}

/* From the last on, so that those before stay where they are. */
static int fetch_apart(struct taking *t, struct api *c, struct err *err)
{
    for (size_t i = t->n_apart; i-- > 0;) {
        const size_t from = t->list->n;

        t->only_id = t->apart[i].id;
        if (fetch_objects(t, c, t->apart[i].name, err) < 0)
            return -1;
        move_rows(t->list, from, t->apart[i].at);
    }
    return 0;
}

/* `*ret_told` false: the table does not tell enough. */
static int fetch_cells(struct taking *t, struct api *c, bool *ret_told, struct err *err)
{
    const char *names[JOBPICK_MAX];
    const struct json_text nothing[JOBPICK_MAX] = {{NULL, 0}};
    struct fetch fetch = fetch_of(t);

    t->blank = (struct jobrow){.het_offset = -1, .het_size = -1};
    jobpick_put(&t->blank, JOBPICK_OBJECT, nothing, t->list->arena);
    fetch.paths = names;
    fetch.n_paths = jobpick_paths(JOBPICK_TABLE, names);
    fetch.item = take_cells;
    fetch.enough = &t->lacking;
    if (fetch_table(c, &fetch, ret_told, err) < 0)
        return -1;
    *ret_told &= !t->lacking;
    return 0;
}

int joblist_fetch(struct joblist *list, struct api *c, const struct jobquery *query,
                  struct err *err)
{
    struct taking t = {.list = list, .query = query, .now_sec = loop_now_sec(c->loop)};
    bool told = false;

    if (!(query->about & JOB_WHOLE) && fetch_cells(&t, c, &told, err) < 0)
        return -1;
    if (!told)
        take_again(&t);
    if (told ? fetch_apart(&t, c, err) < 0 : fetch_objects(&t, c, NULL, err) < 0)
        return -1;
    jobtasks_settle(list);
    return 0;
}
