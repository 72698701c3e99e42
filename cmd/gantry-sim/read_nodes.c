/* Nodes as CSV: a header line names the columns. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/rows.h"

enum field { NAME, COUNT, GPUS, TYPE, CPU, MEMORY };

static const struct column {
    const char *name;
    enum field field;
    int64_t scale;
} columns[] = {
    {"name", NAME, 0},     {"sn", NAME, 0},
    {"count", COUNT, 1},   {"gpus", GPUS, 1},
    {"gpu", GPUS, 1},      {"gpu_type", TYPE, 0},
    {"model", TYPE, 0},    {"cpus", CPU, 1000},
    {"cpu_milli", CPU, 1}, {"memory_mib", MEMORY, INT64_C(1) << 20},
};

struct nodes_file {
    struct pool *pool;
    const struct column *columns[ROW_FIELDS_MAX];
    size_t n;
};

static const struct column *column_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

static int read_header(struct nodes_file *f, char *line, struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    unsigned have = 0;
    if (row_cells(line, fields, &f->n, err) < 0)
        return -1;
    if (f->n > ROW_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d columns", ROW_FIELDS_MAX);
    for (size_t i = 0; i < f->n; i++) {
        const struct column *c = f->columns[i] = column_find(fields[i]);
        if (!c)
            column_pass_over(&f->pool->passed_over, fields[i]);
        if (c && have & 1u << c->field)
            return err_set(err, ERR_INVALID, "a second column for what %s says",
                           fields[i]);
        have |= c ? 1u << c->field : 0;
    }
    if (!(have & (1u << GPUS | 1u << CPU)))
        return err_set(err, ERR_INVALID,
                       "no nodes: there is no column gpus or cpus in its first line");
    return 0;
}

static int set_field(const struct nodes_file *f, const struct column *c, char *text,
                     struct node *like, int64_t *count, struct err *err)
{
    struct resvec *has = &like->capacity;
    int64_t *number = NULL;
    switch (c->field) {
    case NAME:
        free(like->name);
        like->name = *text ? xstrdup(text) : NULL;
        return 0;
    case TYPE:
        free(like->gpu_type);
        like->gpu_type = *text ? xstrdup(text) : NULL;
        return 0;
    case COUNT:
        number = count;
        break;
    case GPUS:
        number = &has->v[f->pool->resources.gpu];
        break;
    case CPU:
        number = &has->v[RES_CPU];
        break;
    case MEMORY:
        number = &has->v[RES_MEM];
        break;
    }
    if (row_number(text, c->scale, number, err) < 0)
        return err_prefix(err, "%s", c->name);
    return 0;
}

/* A name for one node; several, or nameless ones, are numbered. */
static int take_nodes(struct pool *p, const struct node *like, int64_t count,
                      struct err *err)
{
    if (count < 1 || count > POOL_NODES_MAX - (int64_t)p->n)
        return err_set(err, ERR_INVALID, "not between 1 and %d nodes in all",
                       POOL_NODES_MAX);
    if (!pool_within(p, like))
        return err_set(err, ERR_INVALID, "more than a node can have");
    for (int64_t i = 0; i < count; i++) {
        struct node *node = node_copy(like);
        if (count > 1 || !node->name) {
            free(node->name);
            node->name = xasprintf("n%zu", p->n + 1);
        }
        pool_take(p, node);
    }
    return 0;
}

static int read_row(struct nodes_file *f, char *line, struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    size_t n;
    if (row_cells(line, fields, &n, err) < 0)
        return -1;
    struct node *like = node_new();
    int64_t count = 1;
    int rc = 0;
    if (n != f->n)
        rc = err_set(err, ERR_INVALID, "%zu fields; the first line has %zu", n, f->n);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (f->columns[i])
            rc = set_field(f, f->columns[i], fields[i], like, &count, err);
    if (rc == 0)
        rc = take_nodes(f->pool, like, count, err);
    node_free(like);
    return rc;
}

static int read_rows(struct nodes_file *f, struct lines *lines, const char *path,
                     struct err *err)
{
    char *line;
    int rc = row_next(lines, 0, &line, err);
    if (rc == 1 && read_header(f, line, err) < 0)
        return err_prefix(err, "%s", path);
    while (rc == 1 && (rc = row_next(lines, f->n, &line, err)) == 1)
        if (*line != '\0' && read_row(f, line, err) < 0)
            return err_prefix(err, "%s:%zu", path, lines_number(lines));
    if (rc < 0)
        return -1;
    if (f->pool->n == 0)
        return err_set(err, ERR_INVALID, "%s: there is no node in it", path);
    return 0;
}

int pool_read(struct pool *p, const char *path, struct err *err)
{
    struct nodes_file f = {.pool = p};
    struct lines *lines = lines_open(path, err);
    if (!lines)
        return -1;
    int rc = read_rows(&f, lines, path, err);
    lines_close(lines);
    return rc;
}
