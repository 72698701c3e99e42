/*
 * amounts - how much of each resource: cpu in thousandths, all others in whole units.
 *
 * A short list by name (cpu, memory, nvidia.com/gpu, ...); what is not in it is zero.
 */
#ifndef GANTRY_LOCAL_AMOUNTS_H
#define GANTRY_LOCAL_AMOUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct amount {
    char *name;
    int64_t value;
};

struct amounts {
    struct amount *items;
    size_t n, cap;
};

void amounts_fini(struct amounts *a);
int64_t amounts_get(const struct amounts *a, const char *name);
void amounts_set(struct amounts *a, const char *name, int64_t value);
/* Each entry of `b` added to, or taken from, `a`; sums stay within int64. */
void amounts_add(struct amounts *a, const struct amounts *b);
void amounts_sub(struct amounts *a, const struct amounts *b);
/* The larger of both, by name. */
void amounts_max(struct amounts *a, const struct amounts *b);
/* First name (of `need`) with need > total - used; NULL: it fits. A resource that
 * `total` has not at all counts as 0. */
const char *amounts_lacking(const struct amounts *total, const struct amounts *used,
                            const struct amounts *need);

/* A map of quantities ({"cpu": "2", ...}); NULL: nothing. Negative ones are refused;
 * err names the entry. Entries replace those of `a`. */
int amounts_read(struct amounts *a, const struct json *map, struct err *err);
/* The same map, canonical. */
struct json *amounts_json(const struct amounts *a);

#endif
