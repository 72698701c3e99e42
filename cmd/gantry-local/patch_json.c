/* patch_json - RFC 6902: a list of operations on places named by RFC 6901 pointers. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/patch.h"

/* The API server takes no more. */
#define OPS_MAX 10000
/* What all copies of one patch may add: a few operations that copy the whole document
 * into itself would otherwise double it each time. */
#define COPIED_MAX (3u << 20)

struct patched {
    struct json *doc;
    size_t copied;
};

/* The place a pointer names: a field or item of `parent`; parent NULL: the document. */
struct place {
    struct json *parent;
    char *key;    /* unescaped */
    size_t index; /* of an array; its length for "-" */
};

static void place_fini(struct place *place)
{
    free(place->key);
}
#define PLACE_AUTO __attribute__((cleanup(place_fini)))

/* "a~1b" -> "a/b", "~0" -> "~". */
static int unescape(const char *token, size_t len, char **ret, struct err *err)
{
    char *out = xmalloc(len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (token[i] == '~') {
            i++;
            if (i == len || (token[i] != '0' && token[i] != '1')) {
                free(out);
                return err_set(err, ERR_INVALID, "\"~\" must be followed by 0 or 1");
            }
            out[n++] = token[i] == '0' ? '~' : '/';
        } else {
            out[n++] = token[i];
        }
    }
    out[n] = '\0';
    *ret = out;
    return 0;
}

static int parse_index(const char *key, size_t len, size_t *ret, struct err *err)
{
    size_t digits = strspn(key, "0123456789");

    if (strcmp(key, "-") == 0) {
        *ret = len;
        return 0;
    }
    if (digits == 0 || key[digits] != '\0' || digits > 9 ||
        (key[0] == '0' && digits > 1))
        return err_set(err, ERR_INVALID, "\"%.40s\" is no index of a list", key);
    *ret = strtoul(key, NULL, 10);
    return 0;
}

static struct json *place_value(const struct place *p)
{
    if (json_is(p->parent, JSON_OBJECT))
        return json_get(p->parent, p->key);
    return p->index < json_len(p->parent) ? json_item(p->parent, p->index) : NULL;
}

/* One step down: the token becomes the place within `parent`. */
static int step_into(struct place *p, struct json *parent, const char *token,
                     size_t len, struct err *err)
{
    free(TAKE(p->key));
    p->parent = parent;
    if (unescape(token, len, &p->key, err) != 0)
        return -1;
    if (json_is(parent, JSON_ARRAY))
        return parse_index(p->key, json_len(parent), &p->index, err);
    if (!json_is(parent, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "\"%.80s\" is in neither object nor list",
                       p->key);
    return 0;
}

static int find_place(struct json *doc, const char *pointer, struct place *p,
                      struct err *err)
{
    struct json *at = doc;

    if (pointer[0] == '\0')
        return 0;
    if (pointer[0] != '/')
        return err_set(err, ERR_INVALID, "a path begins with \"/\"");
    for (const char *token = pointer + 1;; token++) {
        size_t len = strcspn(token, "/");
        if (at == NULL)
            return err_set(err, ERR_INVALID, "there is no \"%.80s\"", p->key);
        if (step_into(p, at, token, len, err) != 0)
            return -1;
        at = place_value(p);
        token += len;
        if (*token == '\0')
            return 0;
    }
}

static int value_at(struct json *doc, const char *pointer, struct json **ret,
                    struct err *err)
{
    PLACE_AUTO struct place p = {.parent = NULL};

    if (find_place(doc, pointer, &p, err) != 0)
        return -1;
    *ret = p.parent == NULL ? doc : place_value(&p);
    if (*ret == NULL)
        return err_set(err, ERR_INVALID, "there is nothing at that path");
    return 0;
}

/* ---- operations; each takes `value` over ---- */

static int add_at(struct patched *p, const char *pointer, struct json *value,
                  struct err *err)
{
    PLACE_AUTO struct place at = {.parent = NULL};
    JSON_AUTO struct json *own = value;

    if (find_place(p->doc, pointer, &at, err) != 0)
        return -1;
    if (at.parent == NULL) {
        json_free(p->doc);
        p->doc = TAKE(own);
    } else if (json_is(at.parent, JSON_OBJECT)) {
        json_set(at.parent, at.key, TAKE(own));
    } else if (at.index <= json_len(at.parent)) {
        json_array_insert(at.parent, at.index, TAKE(own));
    } else {
        return err_set(err, ERR_INVALID, "index %zu is past the list's end", at.index);
    }
    return 0;
}

static int remove_at(struct json *doc, const char *pointer, struct err *err)
{
    PLACE_AUTO struct place p = {.parent = NULL};

    if (find_place(doc, pointer, &p, err) != 0)
        return -1;
    if (p.parent == NULL)
        return err_set(err, ERR_INVALID, "the whole document cannot be removed");
    if (place_value(&p) == NULL)
        return err_set(err, ERR_INVALID, "there is nothing at that path");
    if (json_is(p.parent, JSON_OBJECT))
        json_del(p.parent, p.key);
    else
        json_array_del(p.parent, p.index);
    return 0;
}

static int op_add(struct patched *p, const struct json *op, struct err *err)
{
    return add_at(p, json_str(op, "path"), json_copy(json_get(op, "value")), err);
}

static int op_remove(struct patched *p, const struct json *op, struct err *err)
{
    return remove_at(p->doc, json_str(op, "path"), err);
}

/* A field of an object need not be there: Kubernetes takes less than RFC 6902 asks. */
static int op_replace(struct patched *p, const struct json *op, struct err *err)
{
    const char *path = json_str(op, "path");
    PLACE_AUTO struct place at = {.parent = NULL};

    if (find_place(p->doc, path, &at, err) != 0)
        return -1;
    if (json_is(at.parent, JSON_ARRAY) && remove_at(p->doc, path, err) != 0)
        return -1;
    return add_at(p, path, json_copy(json_get(op, "value")), err);
}

static int op_copy(struct patched *p, const struct json *op, struct err *err)
{
    struct json *from;
    size_t len;

    if (value_at(p->doc, json_str(op, "from"), &from, err) != 0)
        return -1;
    free(json_text(from, &len));
    p->copied += len;
    if (p->copied > COPIED_MAX)
        return err_set(err, ERR_TOO_LARGE, "all copies together exceed %u bytes",
                       COPIED_MAX);
    return add_at(p, json_str(op, "path"), json_copy(from), err);
}

static int op_move(struct patched *p, const struct json *op, struct err *err)
{
    const char *from = json_str(op, "from");
    const char *path = json_str(op, "path");
    struct json *value;

    if (strcmp(from, path) == 0)
        return value_at(p->doc, from, &value, err);
    if (str_starts(path, from) && path[strlen(from)] == '/')
        return err_set(err, ERR_INVALID, "a value cannot move into itself");
    if (value_at(p->doc, from, &value, err) != 0)
        return -1;
    JSON_AUTO struct json *held = json_ref(value);
    if (remove_at(p->doc, from, err) != 0)
        return -1;
    return add_at(p, path, TAKE(held), err);
}

static int op_test(struct patched *p, const struct json *op, struct err *err)
{
    struct json *have;

    if (value_at(p->doc, json_str(op, "path"), &have, err) != 0)
        return -1;
    if (!json_equal(have, json_get(op, "value")))
        return err_set(err, ERR_CONFLICT, "the test failed");
    return 0;
}

static const struct {
    const char *name;
    bool needs_value, needs_from;
    int (*run)(struct patched *p, const struct json *op, struct err *err);
} operations[] = {
    {"add", true, false, op_add},         {"remove", false, false, op_remove},
    {"replace", true, false, op_replace}, {"copy", false, true, op_copy},
    {"move", false, true, op_move},       {"test", true, false, op_test},
};

static int run_op(struct patched *p, const struct json *op, struct err *err)
{
    const char *name = json_str_or(op, "op", "");

    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (strcmp(operations[i].name, name) != 0)
            continue;
        if (json_str(op, "path") == NULL)
            return err_set(err, ERR_INVALID, "\"path\" is missing");
        if (operations[i].needs_value && json_get(op, "value") == NULL)
            return err_set(err, ERR_INVALID, "\"value\" is missing");
        if (operations[i].needs_from && json_str(op, "from") == NULL)
            return err_set(err, ERR_INVALID, "\"from\" is missing");
        return operations[i].run(p, op, err);
    }
    return err_set(err, ERR_INVALID,
                   "must be add, remove, replace, move, copy or test, not \"%.40s\"",
                   name);
}

/* What is stored must parse again. */
static bool is_too_deep(const struct json *j, unsigned depth)
{
    if (depth > JSON_DEPTH_MAX)
        return true;
    for (json_each (it, j))
        if (is_too_deep(it.val, depth + 1))
            return true;
    for (size_t i = 0; json_is(j, JSON_ARRAY) && i < json_len(j); i++)
        if (is_too_deep(json_item(j, i), depth + 1))
            return true;
    return false;
}

static int run_all(struct patched *p, const struct json *ops, struct err *err)
{
    if (!json_is(ops, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "a JSON patch is a list of operations");
    if (json_len(ops) > OPS_MAX)
        return err_set(err, ERR_TOO_LARGE, "a JSON patch has at most %d operations",
                       OPS_MAX);
    for (size_t i = 0; i < json_len(ops); i++) {
        const struct json *op = json_item(ops, i);
        if (run_op(p, op, err) != 0)
            return err_prefix(err, "operation %zu (%.20s %.120s)", i,
                              json_str_or(op, "op", "?"), json_str_or(op, "path", "?"));
    }
    if (is_too_deep(p->doc, 1))
        return err_set(err, ERR_INVALID, "the result has more than %d levels",
                       JSON_DEPTH_MAX);
    return 0;
}

struct json *patch_json(const struct json *doc, const struct json *ops, struct err *err)
{
    struct patched p = {.doc = json_copy(doc)};

    if (run_all(&p, ops, err) == 0)
        return p.doc;
    json_free(p.doc);
    return NULL;
}
