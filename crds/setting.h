/*
 * setting - one key of gantry.yaml: its type, where its value is kept, its bounds, its
 * default and its meaning.
 *
 * Read, shown and compared by the one table. Private to crds/settings.
 */
#ifndef GANTRY_CRDS_SETTING_H
#define GANTRY_CRDS_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "crds/settings.h"

enum setting_type {
    SETTING_INT,
    SETTING_DURATION,
    SETTING_TEXT,
    SETTING_ZONE, /* a text that names one */
    SETTING_BOOL,
    SETTING_WORD,
    SETTING_FLAGS,
    SETTING_LICENSES,
    SETTING_LABELS,
    SETTING_SIZES,
    SETTING_PREEMPT,
    SETTING_WEIGHTS,
    SETTING_ENFORCE
};

struct setting {
    const char *key;
    enum setting_type type;
    size_t offset;
    int64_t min, max;
    const char *default_text; /* for people */
    const char *help;
    bool at_start; /* taken from the file when a program starts, and kept */
};

extern const struct setting settings_table[]; /* one without a key ends them */

/* NULL: there is none of that name. */
const struct setting *setting_find(const char *key);
/* Does a mapping of that name have keys in the file? */
bool setting_is_mapping(const char *key);
/* ERR_INVALID: "unknown key ...", and the nearest one that there is. */
int setting_refuse_key(const char *key, struct err *err);
/* What it may be: "0 to 100", "00:01:00 or more"; of one that is no number: nothing. */
void setting_say_range(const struct setting *row, struct str *out);
/* Into its place in `s`; ERR_INVALID says what it must be. */
int setting_read(struct settings *s, const struct setting *row, const struct json *val,
                 struct err *err);
/* The words of one that is a word, in the order of its enum; NULL ends them. */
const char *const *setting_words(const struct setting *row);
/* Of its value, in bytes. */
size_t setting_size(const struct setting *row);
/* Are its values in two places the same? */
bool setting_equal(const struct setting *row, const char *a, const char *b);

#endif
