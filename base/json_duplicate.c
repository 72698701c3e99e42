/*
 * The search for a key that stands twice in one object: a tree has forgotten it, so the
 * words of the text are looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/json_scan.h"
#include "base/util.h"

/* An open container. */
struct level {
    struct json *seen; /* the keys so far as an object; NULL: an array */
    char *key;         /* the last of them */
    size_t index;      /* in an array */
};

static void level_fini(struct level *level)
{
    json_free(level->seen);
    free(level->key);
    *level = (struct level){.seen = NULL};
}

static void print_path(const struct level *levels, size_t n, struct str *out)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (levels[i].seen == NULL)
            str_addf(out, "[%zu]", levels[i].index);
        else
            str_addf(out, "%s%s", out->len > 0 ? "." : "", levels[i].key);
    }
}

/* The string whose text, quotes included, is given. */
static char *unescape(const char *text, size_t len)
{
    JSON_AUTO struct json *j = NULL;

    if (memchr(text, '\\', len) == NULL)
        return xstrndup(text + 1, len - 2);
    j = json_parse(text, len, NULL);
    return xstrdup(json_string(j));
}

/* True if `key`, which it takes over, stood there before. */
static bool add_key(struct level *level, char *key)
{
    free(level->key);
    level->key = key;
    if (json_get(level->seen, key) != NULL)
        return true;
    json_set(level->seen, key, json_new_null());
    return false;
}

/* The innermost open container, or NULL. */
static struct level *innermost(struct level *levels, const struct json_scan *scan)
{
    return scan->depth > 0 ? &levels[scan->depth - 1] : NULL;
}

static void follow_punct(struct level *levels, const struct json_scan *scan, char c)
{
    struct level *top = innermost(levels, scan);

    if (c == '{')
        top->seen = json_new_object();
    else if (c == '}' || c == ']')
        level_fini(&levels[scan->depth]);
    else if (c == ',' && top != NULL)
        top->index++;
}

bool json_duplicate_key(const char *buf, size_t len, struct str *ret_path)
{
    struct json_scan scan = {.buf = buf, .len = len};
    struct level levels[JSON_DEPTH_MAX + 1] = {{.seen = NULL}};
    enum json_word word = JSON_WORD_PUNCT;
    struct level *top;
    bool found = false;
    size_t start, i;

    while (!found && word != JSON_WORD_END &&
           json_scan_next(&scan, &word, &start) == 0) {
        top = innermost(levels, &scan);
        if (word == JSON_WORD_PUNCT)
            follow_punct(levels, &scan, buf[start]);
        else if (word == JSON_WORD_KEY && top != NULL && top->seen != NULL)
            found = add_key(top, unescape(buf + start, scan.pos - start));
    }
    if (found)
        print_path(levels, scan.depth, ret_path);
    for (i = 0; i < ARRAY_LEN(levels); i++)
        level_fini(&levels[i]);
    return found;
}
