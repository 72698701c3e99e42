/*
 * podobjects - the ConfigMaps and Secrets that a pod names, and what is in them.
 *
 * Pure: who fetches them says what the server answered. All memory is the struct's own.
 */
#ifndef GANTRY_LOCAL_PODOBJECTS_H
#define GANTRY_LOCAL_PODOBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "cmd/gantry-local/podspec.h"

struct podobject_entry {
    char *key;
    char *bytes; /* a NUL stands behind them */
    size_t len;
};

struct podobject {
    enum value_kind kind; /* VALUE_CONFIG_MAP or VALUE_SECRET */
    char *name;
    bool in_volume; /* files are made of it, which follow its changes */
    bool found;
    bool immutable; /* it says that it will not change */
    char *trouble;  /* it could not be asked for; NULL: it could */
    struct podobject_entry *entries;
    size_t n_entries;
};

struct podobjects {
    struct podobject *items;
    size_t n, cap;
};

/* Those that variables and volumes of the pod name, each once, none found yet. */
void podobjects_init(struct podobjects *o, const struct pod_spec *spec);
void podobjects_fini(struct podobjects *o);

/* The server's answer: the object (NULL: there is none). A Secret's values and
 * binaryData are base64; an entry that is malformed is left out. */
void podobject_set(struct podobject *o, const struct json *object);
/* It could not be asked. */
void podobject_fail(struct podobject *o, const char *why);

/* NULL: the pod does not name it. */
const struct podobject *podobjects_find(const struct podobjects *o,
                                        enum value_kind kind, const char *name);
/* NULL: no such key. */
const struct podobject_entry *podobject_entry(const struct podobject *o,
                                              const char *key);
/* "configmap" or "secret". */
const char *podobject_word(enum value_kind kind);

#endif
