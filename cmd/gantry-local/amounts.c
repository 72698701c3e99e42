#include "cmd/gantry-local/amounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"

#define CPU "cpu"
#define MEMORY "memory"
#define STORAGE "ephemeral-storage"
#define ENTRIES_MAX 64

void amounts_fini(struct amounts *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->items[i].name);
    free(a->items);
    *a = (struct amounts){0};
}

static struct amount *find(const struct amounts *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->items[i].name, name) == 0)
            return &a->items[i];
    return NULL;
}

int64_t amounts_get(const struct amounts *a, const char *name)
{
    const struct amount *found = find(a, name);

    return found ? found->value : 0;
}

void amounts_set(struct amounts *a, const char *name, int64_t value)
{
    struct amount *found = find(a, name);

    if (!found) {
        GROW(a->items, a->n, a->cap);
        found = &a->items[a->n++];
        found->name = xstrdup(name);
    }
    found->value = value;
}

/* Held at the nearest end: quantities near 2^63 come from outside. */
static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;

    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

void amounts_add(struct amounts *a, const struct amounts *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct amount *it = &b->items[i];

        amounts_set(a, it->name, add(amounts_get(a, it->name), it->value));
    }
}

void amounts_sub(struct amounts *a, const struct amounts *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct amount *it = &b->items[i];

        amounts_set(a, it->name, add(amounts_get(a, it->name), -it->value));
    }
}

void amounts_max(struct amounts *a, const struct amounts *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct amount *it = &b->items[i];

        amounts_set(a, it->name, MAX(amounts_get(a, it->name), it->value));
    }
}

const char *amounts_lacking(const struct amounts *total, const struct amounts *used,
                            const struct amounts *need)
{
    for (size_t i = 0; i < need->n; i++) {
        const struct amount *it = &need->items[i];
        int64_t room = amounts_get(total, it->name) - amounts_get(used, it->name);

        if (it->value > 0 && it->value > room)
            return it->name;
    }
    return NULL;
}

static int read_one(const char *name, const struct json *j, int64_t *ret,
                    struct err *err)
{
    int rc = strcmp(name, CPU) == 0 ? quantity_read_milli(j, ret, err)
                                    : quantity_read(j, ret, err);

    if (rc < 0)
        return err_prefix(err, "%.100s", name);
    if (*ret < 0)
        return err_set(err, ERR_INVALID, "%.100s: must not be negative", name);
    return 0;
}

int amounts_read(struct amounts *a, const struct json *map, struct err *err)
{
    if (map && !json_is(map, JSON_OBJECT) && !json_is(map, JSON_NULL))
        return err_set(err, ERR_INVALID, "expected a map of quantities");
    if (json_len(map) > ENTRIES_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d resources", ENTRIES_MAX);
    for (json_each (it, map)) {
        int64_t value;

        if (read_one(it.key, it.val, &value, err) < 0)
            return -1;
        amounts_set(a, it.key, value);
    }
    return 0;
}

struct json *amounts_json(const struct amounts *a)
{
    struct json *map = json_new_object();
    char text[QUANTITY_TEXT_MAX];

    for (size_t i = 0; i < a->n; i++) {
        const struct amount *it = &a->items[i];

        if (strcmp(it->name, CPU) == 0)
            quantity_format_milli(it->value, text);
        else if (strcmp(it->name, MEMORY) == 0 || strcmp(it->name, STORAGE) == 0)
            quantity_format_bytes(it->value, text);
        else
            snprintf(text, sizeof(text), "%lld", (long long)it->value);
        json_set(map, it->name, json_new_string(text));
    }
    return map;
}
