/* Groups of equal nodes, as the command line gives them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/pool.h"

static int read_count(const char *text, int64_t max, int64_t *ret, struct err *err)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || n < 0 || n > max)
        return err_set(err, ERR_INVALID, "\"%s\" is no number up to %lld", text,
                       (long long)max);
    *ret = n;
    return 0;
}

/* "8", "a100:8". No type has a colon in it: it is a label's value. */
static int set_gpus(const struct pool *p, char *text, struct node *like,
                    struct err *err)
{
    char *colon = strchr(text, ':');
    if (colon) {
        *colon = '\0';
        like->gpu_type = xstrdup(text);
    }
    if (colon && *text == '\0')
        return err_set(err, ERR_INVALID, "a type is missing, as in a100:8");
    return read_count(colon ? colon + 1 : text, POOL_GPUS_MAX,
                      &like->capacity.v[p->resources.gpu], err);
}

static int set_cpus(const struct pool *p, char *text, struct node *like,
                    struct err *err)
{
    int64_t *milli = &like->capacity.v[RES_CPU];
    (void)p;
    if (quantity_parse_milli(text, milli, err) < 0)
        return -1;
    if (*milli < 0 || *milli > POOL_CPU_MILLI_MAX)
        return err_set(err, ERR_INVALID, "\"%s\" is not between 0 and 1 million", text);
    return 0;
}

static int set_memory(const struct pool *p, char *text, struct node *like,
                      struct err *err)
{
    int64_t *bytes = &like->capacity.v[RES_MEM];
    (void)p;
    if (size_parse(text, bytes, err) < 0)
        return -1;
    if (*bytes < 0 || *bytes > POOL_MEMORY_MAX)
        return err_set(err, ERR_INVALID, "\"%s\" is not between 0 and 1Pi", text);
    return 0;
}

static const struct {
    const char *option;
    size_t offset;
    int (*set)(const struct pool *p, char *text, struct node *like, struct err *err);
} amounts[] = {
    {"--gpus", offsetof(struct groups, gpus), set_gpus},
    {"--cpus", offsetof(struct groups, cpus), set_cpus},
    {"--memory", offsetof(struct groups, memory), set_memory},
};

static size_t list_len(const char *list)
{
    size_t n = 1;
    for (; *list; list++)
        n += *list == ',';
    return n;
}

/* The i-th item, or the only one. */
static char *list_item(const char *list, size_t i)
{
    for (i = list_len(list) > 1 ? i : 0; i > 0; i--)
        list = strchr(list, ',') + 1;
    return xstrndup(list, strcspn(list, ","));
}

/* The amounts of the i-th group, in `like`. */
static int read_group(const struct pool *p, const struct groups *groups, size_t i,
                      struct node *like, struct err *err)
{
    for (size_t k = 0; k < ARRAY_LEN(amounts); k++) {
        const char *list;
        memcpy(&list, (const char *)groups + amounts[k].offset, sizeof(list));
        if (!list)
            continue;
        size_t n = list_len(list), of = list_len(groups->nodes);
        if (n > 1 && n != of)
            return err_set(err, ERR_INVALID,
                           "%s: %zu items for %zu groups of nodes; one, or as many",
                           amounts[k].option, n, of);
        AUTO_FREE char *item = list_item(list, i);
        if (amounts[k].set(p, item, like, err) < 0)
            return err_prefix(err, "%s", amounts[k].option);
    }
    return 0;
}

static int add_group(struct pool *p, const struct groups *groups, size_t i,
                     struct node *like, struct err *err)
{
    AUTO_FREE char *item = list_item(groups->nodes, i);
    int64_t count;
    if (read_count(item, POOL_NODES_MAX, &count, err) < 0)
        return err_prefix(err, "--nodes");
    if (count < 1 || count > POOL_NODES_MAX - (int64_t)p->n)
        return err_set(err, ERR_INVALID, "--nodes: not between 1 and %d in all",
                       POOL_NODES_MAX);
    if (read_group(p, groups, i, like, err) < 0)
        return -1;
    for (int64_t k = 0; k < count; k++) {
        struct node *node = node_copy(like);
        free(node->name);
        node->name = xasprintf("n%zu", p->n + 1);
        pool_take(p, node);
    }
    return 0;
}

int pool_add(struct pool *p, const struct groups *groups, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < list_len(groups->nodes); i++) {
        struct node *like = node_new();
        rc = add_group(p, groups, i, like, err);
        node_free(like);
    }
    return rc;
}
