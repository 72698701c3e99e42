#include "cmd/gantry-local/nodegroups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define DIGITS "0123456789"
#define TYPE_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-_."
/* A group's text; longer ones are nobody's. */
#define GROUP_TEXT_MAX 127

int nodegroup_parse_gpus(const char *text, struct nodegroup *ret, struct err *err)
{
    const char *colon = strrchr(text, ':');
    const char *digits = colon ? colon + 1 : text;
    size_t type_len = colon ? (size_t)(colon - text) : 0;
    char *end;
    long n = strtol(digits, &end, 10);

    if (!*digits || *end || n < 0 || n > NODEGROUPS_GPUS_MAX || *digits < '0' ||
        *digits > '9')
        return err_set(err, ERR_INVALID,
                       "\"%.60s\": must be a number up to %d, or TYPE:N as in h100:8",
                       text, NODEGROUPS_GPUS_MAX);
    if (colon && (type_len == 0 || type_len > NODEGROUPS_TYPE_MAX ||
                  strspn(text, TYPE_CHARS) < type_len))
        return err_set(
            err, ERR_INVALID,
            "\"%.60s\": the type must be letters, digits, '-', '_' and '.', at most %d",
            text, NODEGROUPS_TYPE_MAX);
    memcpy(ret->gpu_type, text, type_len);
    ret->gpu_type[type_len] = '\0';
    ret->gpus = n;
    return 0;
}

static int parse_group(const char *text, const struct nodegroup *otherwise,
                       struct nodegroup *ret, struct err *err)
{
    const size_t digits = strspn(text, DIGITS);
    const long count = digits > 0 && digits < 10 ? strtol(text, NULL, 10) : 0;

    if (count < 1 || (text[digits] && text[digits] != 'x'))
        return err_set(err, ERR_INVALID,
                       "\"%.60s\": must be a number of nodes, or NxGPUS as in 2xh100:8",
                       text);
    *ret = *otherwise;
    ret->count = count;
    return text[digits] ? nodegroup_parse_gpus(text + digits + 1, ret, err) : 0;
}

int nodegroups_parse(const char *text, const struct nodegroup *otherwise,
                     struct nodegroups *ret, struct err *err)
{
    struct nodegroups g = {.n = 0};
    const char *at = text;

    for (;;) {
        const size_t len = strcspn(at, ",");
        AUTO_FREE char *group = xstrndup(at, MIN(len, GROUP_TEXT_MAX));
        if (g.n == NODEGROUPS_MAX)
            return err_set(err, ERR_INVALID, "more than %d groups", NODEGROUPS_MAX);
        if (parse_group(group, otherwise, &g.items[g.n++], err) != 0)
            return -1;
        if (!at[len])
            break;
        at += len + 1;
    }
    if (nodegroups_count(&g) > NODEGROUPS_NODES_MAX)
        return err_set(err, ERR_INVALID, "more than %d nodes", NODEGROUPS_NODES_MAX);
    *ret = g;
    return 0;
}

void nodegroups_print(const struct nodegroups *groups, struct str *out)
{
    for (size_t i = 0; i < groups->n; i++) {
        const struct nodegroup *g = &groups->items[i];
        str_addf(out, "%s%" PRId64 "x%s%s%" PRId64, i > 0 ? "," : "", g->count,
                 g->gpu_type, g->gpu_type[0] ? ":" : "", g->gpus);
    }
}

int64_t nodegroups_count(const struct nodegroups *groups)
{
    int64_t count = 0;

    for (size_t i = 0; i < groups->n; i++)
        count += groups->items[i].count;
    return count;
}
