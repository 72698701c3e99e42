#include "base/json_pick.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"
#include "base/util.h"

#define NONE (-1)

/* Keys as a tree: `first` is the node's first child, `next` its neighbour. The root is
 * node 0. A node with a value has no children. */
struct key {
    const char *name; /* lent from the paths' copy */
    size_t len;
    int first, next;
    int value; /* index of the path that ends here, or NONE */
};

struct json_picker {
    size_t n;
    char **copies;
    struct key keys[JSON_PICK_MAX];
    int n_keys;
};

/* ---- making ---- */

static int key_find(const struct json_picker *p, int parent, const char *name,
                    size_t len)
{
    int k = p->keys[parent].first;

    while (k != NONE &&
           (p->keys[k].len != len || memcmp(p->keys[k].name, name, len) != 0))
        k = p->keys[k].next;
    return k;
}

static int key_add(struct json_picker *p, int parent, const char *name, size_t len)
{
    assert(p->n_keys < JSON_PICK_MAX && len > 0);
    const int k = p->n_keys++;
    p->keys[k] = (struct key){name, len, NONE, p->keys[parent].first, NONE};
    p->keys[parent].first = k;
    return k;
}

static void add_path(struct json_picker *p, const char *path, int value)
{
    int at = 0;

    for (;;) {
        const size_t len = strcspn(path, ".");
        int k = key_find(p, at, path, len);
        assert(p->keys[at].value == NONE);
        at = k == NONE ? key_add(p, at, path, len) : k;
        if (path[len] == '\0')
            break;
        path += len + 1;
    }
    assert(p->keys[at].first == NONE && p->keys[at].value == NONE);
    p->keys[at].value = value;
}

struct json_picker *json_picker_new(const char *const *paths, size_t n)
{
    struct json_picker *p = xcalloc(1, sizeof(*p));

    p->keys[0] = (struct key){"", 0, NONE, NONE, NONE};
    p->n_keys = 1;
    p->n = n;
    p->copies = xcalloc(n + 1, sizeof(*p->copies));
    for (size_t i = 0; i < n; i++) {
        p->copies[i] = xstrdup(paths[i]);
        add_path(p, p->copies[i], (int)i);
    }
    return p;
}

void json_picker_free(struct json_picker *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        free(p->copies[i]);
    free(p->copies);
    free(p);
}

/* ---- the pass ---- */

struct pass {
    const struct json_picker *p;
    struct json_scan scan;
    struct json_text *ret;

    const struct json_list_picks *list; /* NULL: the document is none */
};

static bool is_name(const char *want, const char *name, size_t len)
{
    return strncmp(want, name, len) == 0 && want[len] == '\0';
}

static int next(struct pass *pass, enum json_word *ret_word, size_t *ret_start)
{
    return json_scan_next(&pass->scan, ret_word, ret_start);
}

static bool is_punct(const struct pass *pass, enum json_word word, size_t start, char c)
{
    return word == JSON_WORD_PUNCT && pass->scan.buf[start] == c;
}

static bool opens(const struct pass *pass, enum json_word word, size_t start)
{
    return is_punct(pass, word, start, '{') || is_punct(pass, word, start, '[');
}

static bool is_scalar(enum json_word word)
{
    switch (word) {
    case JSON_WORD_STRING:
    case JSON_WORD_NUMBER:
    case JSON_WORD_LONG_INTEGER:
    case JSON_WORD_LITERAL:
        return true;
    case JSON_WORD_END:
    case JSON_WORD_PUNCT:
    case JSON_WORD_KEY:
        return false;
    }
    return false;
}

/* Passes over a value whose first word was read. */
static int skip_value(struct pass *pass, enum json_word word, size_t start)
{
    if (is_scalar(word))
        return 0;
    if (!opens(pass, word, start))
        return json_scan_fail(&pass->scan, start, "expected a value");
    for (const size_t depth = pass->scan.depth; pass->scan.depth >= depth;) {
        size_t at;
        if (next(pass, &word, &at) < 0)
            return -1;
        if (word == JSON_WORD_END)
            return json_scan_fail(&pass->scan, at, "the document is cut");
    }
    return 0;
}

static int take_value(struct pass *pass, struct json_text *ret)
{
    enum json_word word;
    size_t start;

    if (next(pass, &word, &start) < 0 || skip_value(pass, word, start) < 0)
        return -1;
    *ret = (struct json_text){pass->scan.buf + start, pass->scan.pos - start};
    return 0;
}

static int read_object(struct pass *pass, int node);

/* Behind a key's colon. */
static int read_field(struct pass *pass, int node)
{
    enum json_word word;
    size_t start;

    if (node != NONE && pass->p->keys[node].value != NONE)
        return take_value(pass, &pass->ret[pass->p->keys[node].value]);
    if (next(pass, &word, &start) < 0)
        return -1;
    if (node != NONE && is_punct(pass, word, start, '{'))
        return read_object(pass, node);
    return skip_value(pass, word, start);
}

static int read_items(struct pass *pass);

/* At a key, which was read; to the end of its value. */
static int read_pair(struct pass *pass, int node, size_t start)
{
    const char *name = pass->scan.buf + start + 1;
    const size_t len = pass->scan.pos - start - 2;
    enum json_word word;

    if (next(pass, &word, &start) < 0)
        return -1;
    if (node == 0 && pass->list &&
        is_name(pass->list->items ? pass->list->items : "items", name, len))
        return read_items(pass);
    return read_field(pass, key_find(pass->p, node, name, len));
}

/* Behind the opening brace. */
static int read_object(struct pass *pass, int node)
{
    enum json_word word;
    size_t start;

    for (bool first = true;; first = false) {
        if (next(pass, &word, &start) < 0)
            return -1;
        if (is_punct(pass, word, start, '}'))
            return 0;
        if (!first) {
            if (!is_punct(pass, word, start, ','))
                return json_scan_fail(&pass->scan, start, "expected ',' or '}'");
            if (next(pass, &word, &start) < 0)
                return -1;
        }
        if (word != JSON_WORD_KEY)
            return json_scan_fail(&pass->scan, start, "expected a key");
        if (read_pair(pass, node, start) < 0)
            return -1;
    }
}

/* One item, whose brace was read. */
static int read_item(struct pass *pass)
{
    struct json_text values[JSON_PICK_MAX] = {{NULL, 0}};
    struct pass item = {.p = pass->list->of_item, .scan = pass->scan, .ret = values};

    if (read_object(&item, 0) < 0)
        return -1;
    pass->scan = item.scan;
    pass->list->item(pass->list->arg, values);
    return 0;
}

static int read_items(struct pass *pass)
{
    enum json_word word;
    size_t start;

    if (next(pass, &word, &start) < 0)
        return -1;
    if (!is_punct(pass, word, start, '['))
        return skip_value(pass, word, start); /* null, as some servers write it */
    for (bool first = true;; first = false) {
        if (next(pass, &word, &start) < 0)
            return -1;
        if (is_punct(pass, word, start, ']'))
            return 0;
        if (!first) {
            if (!is_punct(pass, word, start, ','))
                return json_scan_fail(&pass->scan, start, "expected ',' or ']'");
            if (next(pass, &word, &start) < 0)
                return -1;
        }
        if (!is_punct(pass, word, start, '{'))
            return json_scan_fail(&pass->scan, start, "expected an object");
        if (read_item(pass) < 0)
            return -1;
    }
}

static int run(struct pass *pass)
{
    enum json_word word;
    size_t start;

    for (size_t i = 0; i < pass->p->n; i++)
        pass->ret[i] = (struct json_text){NULL, 0};
    if (next(pass, &word, &start) < 0)
        return -1;
    if (!is_punct(pass, word, start, '{'))
        return json_scan_fail(&pass->scan, start, "expected an object");
    if (read_object(pass, 0) < 0 || next(pass, &word, &start) < 0)
        return -1;
    if (word != JSON_WORD_END)
        return json_scan_fail(&pass->scan, start, "something follows the document");
    return 0;
}

int json_pick(const struct json_picker *p, const char *buf, size_t len,
              struct json_text *ret, struct err *err)
{
    struct pass pass = {
        .p = p, .scan = {.buf = buf, .len = len, .err = err}, .ret = ret};

    return run(&pass);
}

int json_pick_list(const struct json_list_picks *picks, const char *buf, size_t len,
                   struct err *err)
{
    struct pass pass = {.p = picks->of_list,
                        .scan = {.buf = buf, .len = len, .err = err},
                        .ret = picks->ret_list,
                        .list = picks};

    return run(&pass);
}

/* ---- values ---- */

bool json_text_is_true(struct json_text t)
{
    return t.len == 4 && memcmp(t.s, "true", 4) == 0;
}

static bool is_number(struct json_text t)
{
    return t.len > 0 && (t.s[0] == '-' || (t.s[0] >= '0' && t.s[0] <= '9'));
}

int64_t json_text_int(struct json_text t, int64_t otherwise)
{
    char digits[24], *end;

    if (!is_number(t) || t.len >= sizeof(digits))
        return otherwise;
    memcpy(digits, t.s, t.len);
    digits[t.len] = '\0';
    errno = 0;
    const long long value = strtoll(digits, &end, 10);
    return *end == '\0' && errno == 0 ? value : otherwise;
}

static char *copy(const char *s, size_t len, struct arena *arena)
{
    char *ret = arena_alloc(arena, len + 1);
    memcpy(ret, s, len);
    ret[len] = '\0';
    return ret;
}

char *json_text_str(struct json_text t, struct arena *arena)
{
    if (t.len < 2 || t.s[0] != '"')
        return NULL;
    if (!memchr(t.s, '\\', t.len))
        return copy(t.s + 1, t.len - 2, arena);
    JSON_AUTO struct json *j = json_parse(t.s, t.len, NULL);
    return json_is(j, JSON_STRING) ? copy(json_string(j), json_string_len(j), arena)
                                   : NULL;
}

char *json_text_scalar(struct json_text t, struct arena *arena)
{
    return is_number(t) ? copy(t.s, t.len, arena) : json_text_str(t, arena);
}

size_t json_text_items(struct json_text t, struct json_text *ret, size_t max)
{
    struct pass pass = {.scan = {.buf = t.s, .len = t.len}};
    enum json_word word;
    size_t n = 0, start;

    if (t.len == 0 || t.s[0] != '[' || next(&pass, &word, &start) < 0)
        return 0;
    for (;; n++) {
        if (next(&pass, &word, &start) < 0 || is_punct(&pass, word, start, ']'))
            return n;
        if (n > 0 &&
            (!is_punct(&pass, word, start, ',') || next(&pass, &word, &start) < 0))
            return n;
        if (skip_value(&pass, word, start) < 0)
            return n;
        if (n < max)
            ret[n] = (struct json_text){t.s + start, pass.scan.pos - start};
    }
}
