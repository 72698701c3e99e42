#include "base/yaml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/util.h"
#include "base/yaml_scalar.h"

#define EVENT_AUTO __attribute__((cleanup(yaml_event_delete)))
#define ANCHORS_MAX 1000 /* they are looked up one by one */
#define CORE_TAG "tag:yaml.org,2002:"

struct anchor {
    char *name;
    struct json *node;
};

/* One input being read. `nodes` counts those of all its documents, aliases expanded. */
struct reader {
    yaml_parser_t parser;
    const char *name;
    struct err *err;
    size_t nodes;
    struct anchor *anchors;
    size_t n_anchors, cap_anchors;
    struct yaml_fault fault;
};

static struct json *parse_node(struct reader *r, const yaml_event_t *ev, int depth);

/* ---- errors ---- */

/* "job.yaml:12: ...", one line whatever it quotes: a key or a tag may hold line breaks.
 * Returns NULL. */
static void *refuse(struct reader *r, size_t line, enum err_code code, const char *fmt,
                    ...) __attribute__((format(printf, 4, 5)));

static void *refuse(struct reader *r, size_t line, enum err_code code, const char *fmt,
                    ...)
{
    char text[ERR_MSG_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    err_set(r->err, code, "%s:%zu: %s", r->name, line, text);
    err_flatten(r->err);
    return NULL;
}

static size_t event_line(const yaml_event_t *ev)
{
    return ev->start_mark.line + 1;
}

/* The reader (bad UTF-8, control characters) gives a byte offset only. */
static size_t problem_line(const yaml_parser_t *p)
{
    if (p->error != YAML_READER_ERROR)
        return p->problem_mark.line + 1;
    size_t line = 1;
    const unsigned char *s = p->input.string.start;
    size_t len = (size_t)(p->input.string.end - s);
    for (size_t i = 0; i < p->problem_offset && i < len; i++)
        line += s[i] == '\n';
    return line;
}

static enum yaml_fault_of fault_of(const yaml_parser_t *p)
{
    return p->error == YAML_READER_ERROR    ? YAML_FAULT_READER
           : p->error == YAML_SCANNER_ERROR ? YAML_FAULT_SCANNER
           : p->error == YAML_PARSER_ERROR  ? YAML_FAULT_PARSER
                                            : YAML_FAULT_NONE;
}

static int next_event(struct reader *r, yaml_event_t *ret)
{
    yaml_event_delete(ret);
    if (yaml_parser_parse(&r->parser, ret))
        return 0;
    r->fault = (struct yaml_fault){fault_of(&r->parser), problem_line(&r->parser),
                                   r->parser.problem};
    const char *context = r->parser.context;
    refuse(r, problem_line(&r->parser), ERR_INVALID, "not YAML: %s%s%s",
           r->parser.problem ? r->parser.problem : "it cannot be read",
           context ? " " : "", context ? context : "");
    return -1;
}

/* ---- bounds ---- */

static int count_node(struct reader *r, size_t line, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        refuse(r, line, ERR_INVALID, "nested deeper than %d levels", JSON_DEPTH_MAX);
    else if (++r->nodes > YAML_NODES_MAX)
        refuse(r, line, ERR_TOO_LARGE, "more than %u values, aliases expanded",
               YAML_NODES_MAX);
    else
        return 0;
    return -1;
}

/* Counts a finished tree that is about to be copied to `depth`. It ends at the first
 * node too many, so expanding aliases costs no more than the bound. */
static int count_tree(struct reader *r, const struct json *j, size_t line, int depth)
{
    if (count_node(r, line, depth) < 0)
        return -1;
    if (json_type(j) == JSON_OBJECT) {
        for (json_each (it, j)) {
            if (count_tree(r, it.val, line, depth + 1) < 0)
                return -1;
        }
    } else if (json_type(j) == JSON_ARRAY) {
        for (size_t i = 0; i < json_len(j); i++) {
            if (count_tree(r, json_item(j, i), line, depth + 1) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- anchors ---- */

static void anchors_clear(struct reader *r)
{
    while (r->n_anchors > 0) {
        struct anchor *a = &r->anchors[--r->n_anchors];
        free(a->name);
        json_free(a->node);
    }
}

static int anchor_add(struct reader *r, const char *name, struct json *node,
                      size_t line)
{
    if (r->n_anchors >= ANCHORS_MAX) {
        refuse(r, line, ERR_TOO_LARGE, "more than %d anchors", ANCHORS_MAX);
        return -1;
    }
    GROW(r->anchors, r->n_anchors, r->cap_anchors);
    r->anchors[r->n_anchors++] =
        (struct anchor){.name = xstrdup(name), .node = json_ref(node)};
    return 0;
}

static struct json *parse_alias(struct reader *r, const yaml_event_t *ev, int depth)
{
    const char *name = (const char *)ev->data.alias.anchor;
    for (size_t i = r->n_anchors; i-- > 0;) {
        if (strcmp(r->anchors[i].name, name) != 0)
            continue;
        const struct json *node = r->anchors[i].node;
        return count_tree(r, node, event_line(ev), depth) < 0 ? NULL : json_copy(node);
    }
    return refuse(r, event_line(ev), ERR_INVALID,
                  "alias *%s: no anchor &%s is complete before it", name, name);
}

/* ---- scalars ---- */

/* What a tag makes of a scalar. */
static const struct {
    const char *tag;
    bool resolve; /* read as a plain one, then it must be `type` or `or_type` */
    enum json_type type, or_type;
} scalar_tags[] = {
    {"!", false, JSON_STRING, JSON_STRING},
    {CORE_TAG "str", false, JSON_STRING, JSON_STRING},
    {CORE_TAG "int", true, JSON_INT, JSON_INT},
    {CORE_TAG "float", true, JSON_DOUBLE, JSON_INT},
    {CORE_TAG "bool", true, JSON_BOOL, JSON_BOOL},
    {CORE_TAG "null", true, JSON_NULL, JSON_NULL},
};

static struct json *resolve(struct reader *r, const yaml_event_t *ev)
{
    const char *s = (const char *)ev->data.scalar.value;
    struct json *j = yaml_scalar_resolve(s, ev->data.scalar.length);
    return j ? j
             : refuse(r, event_line(ev), ERR_INVALID,
                      "%s is no value here: use a finite number, or quote it", s);
}

static struct json *parse_tagged(struct reader *r, const yaml_event_t *ev,
                                 const char *tag)
{
    const char *s = (const char *)ev->data.scalar.value;
    for (size_t i = 0; i < ARRAY_LEN(scalar_tags); i++) {
        if (strcmp(tag, scalar_tags[i].tag) != 0)
            continue;
        if (!scalar_tags[i].resolve)
            return json_new_string_len(s, ev->data.scalar.length);
        JSON_AUTO struct json *j = resolve(r, ev);
        if (!j)
            return NULL;
        if (json_is(j, scalar_tags[i].type) || json_is(j, scalar_tags[i].or_type))
            return TAKE(j);
        return refuse(r, event_line(ev), ERR_INVALID,
                      "\"%.80s\" is not what its tag says", s);
    }
    return refuse(r, event_line(ev), ERR_INVALID,
                  "tag %.80s is not known: leave it out, or use !!str, !!int, !!float, "
                  "!!bool or !!null",
                  tag);
}

static struct json *parse_scalar(struct reader *r, const yaml_event_t *ev)
{
    const char *tag = (const char *)ev->data.scalar.tag;
    if (tag)
        return parse_tagged(r, ev, tag);
    if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return resolve(r, ev);
    return json_new_string_len((const char *)ev->data.scalar.value,
                               ev->data.scalar.length);
}

/* ---- collections ---- */

static int check_tag(struct reader *r, const yaml_event_t *ev, const yaml_char_t *tag,
                     const char *core)
{
    if (!tag || strcmp((const char *)tag, core) == 0)
        return 0;
    refuse(r, event_line(ev), ERR_INVALID, "tag %.80s is not known: leave it out",
           (const char *)tag);
    return -1;
}

static struct json *parse_sequence(struct reader *r, int depth)
{
    JSON_AUTO struct json *array = json_new_array();
    EVENT_AUTO yaml_event_t ev = {0};
    for (;;) {
        if (next_event(r, &ev) < 0)
            return NULL;
        if (ev.type == YAML_SEQUENCE_END_EVENT)
            return TAKE(array);
        struct json *item = parse_node(r, &ev, depth + 1);
        if (!item)
            return NULL;
        json_append(array, item);
    }
}

/* Adds what `from` has and `object` has not. */
static int merge_object(struct reader *r, struct json *object, const struct json *from,
                        size_t line, int depth)
{
    if (!json_is(from, JSON_OBJECT)) {
        refuse(r, line, ERR_INVALID, "\"<<\" merges mappings, this is %s",
               json_type_name(json_type(from)));
        return -1;
    }
    for (json_each (it, from)) {
        if (json_get(object, it.key))
            continue;
        if (count_tree(r, it.val, line, depth + 1) < 0)
            return -1;
        json_set(object, it.key, json_copy(it.val));
    }
    return 0;
}

/* The value of "<<": a mapping, or several of which the first has precedence. */
static int merge_all(struct reader *r, struct json *object, const struct json *merge,
                     size_t line, int depth)
{
    if (!json_is(merge, JSON_ARRAY))
        return merge_object(r, object, merge, line, depth);
    for (size_t i = 0; i < json_len(merge); i++) {
        if (merge_object(r, object, json_item(merge, i), line, depth) < 0)
            return -1;
    }
    return 0;
}

/* The key of the event, NULL and err if it cannot be one. */
static const char *parse_key(struct reader *r, const yaml_event_t *ev)
{
    if (ev->type != YAML_SCALAR_EVENT)
        return refuse(r, event_line(ev), ERR_INVALID, "a key must be a plain string");
    const char *key = (const char *)ev->data.scalar.value;
    const char *tag = (const char *)ev->data.scalar.tag;
    if (ev->data.scalar.anchor || (tag && strcmp(tag, CORE_TAG "str") != 0))
        return refuse(r, event_line(ev), ERR_INVALID,
                      "key \"%.80s\": anchors and tags cannot stand on keys", key);
    if (strlen(key) != ev->data.scalar.length)
        return refuse(r, event_line(ev), ERR_INVALID,
                      "key \"%.80s\" contains a NUL character", key);
    return key;
}

static bool is_merge_key(const yaml_event_t *ev)
{
    return ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !ev->data.scalar.tag &&
           strcmp((const char *)ev->data.scalar.value, "<<") == 0;
}

static struct json *parse_mapping(struct reader *r, int depth)
{
    JSON_AUTO struct json *object = json_new_object();
    JSON_AUTO struct json *merge = NULL;
    size_t merge_line = 0;
    EVENT_AUTO yaml_event_t ev = {0}, val = {0};
    for (;;) {
        if (next_event(r, &ev) < 0)
            return NULL;
        if (ev.type == YAML_MAPPING_END_EVENT)
            break;
        const char *key = parse_key(r, &ev);
        if (!key)
            return NULL;
        bool merges = is_merge_key(&ev);
        if (merges ? merge != NULL : json_get(object, key) != NULL)
            return refuse(r, event_line(&ev), ERR_INVALID, "duplicate key \"%.80s\"",
                          key);
        if (next_event(r, &val) < 0)
            return NULL;
        struct json *value = parse_node(r, &val, depth + 1);
        if (!value)
            return NULL;
        if (merges) {
            merge = value;
            merge_line = event_line(&ev);
        } else {
            json_set(object, key, value);
        }
    }
    /* Last, since the mapping's own keys win wherever they stand. */
    if (merge && merge_all(r, object, merge, merge_line, depth) < 0)
        return NULL;
    return TAKE(object);
}

/* ---- nodes and documents ---- */

static struct json *parse_bare(struct reader *r, const yaml_event_t *ev, int depth,
                               const yaml_char_t **ret_anchor)
{
    switch ((int)ev->type) {
    case YAML_SCALAR_EVENT:
        *ret_anchor = ev->data.scalar.anchor;
        return parse_scalar(r, ev);
    case YAML_SEQUENCE_START_EVENT:
        *ret_anchor = ev->data.sequence_start.anchor;
        if (check_tag(r, ev, ev->data.sequence_start.tag, CORE_TAG "seq") < 0)
            return NULL;
        return parse_sequence(r, depth);
    case YAML_MAPPING_START_EVENT:
        *ret_anchor = ev->data.mapping_start.anchor;
        if (check_tag(r, ev, ev->data.mapping_start.tag, CORE_TAG "map") < 0)
            return NULL;
        return parse_mapping(r, depth);
    default:
        return refuse(r, event_line(ev), ERR_INVALID, "a value is missing");
    }
}

/* The value that `ev` begins, at `depth` (the document's is 1). */
static struct json *parse_node(struct reader *r, const yaml_event_t *ev, int depth)
{
    if (ev->type == YAML_ALIAS_EVENT)
        return parse_alias(r, ev, depth);
    if (count_node(r, event_line(ev), depth) < 0)
        return NULL;
    const yaml_char_t *anchor = NULL;
    JSON_AUTO struct json *j = parse_bare(r, ev, depth, &anchor);
    if (j && anchor && anchor_add(r, (const char *)anchor, j, event_line(ev)) < 0)
        return NULL;
    return TAKE(j);
}

/* `ev` is the document's start; on return its end. */
static int parse_document(struct reader *r, yaml_event_t *ev, yaml_doc_fn *fn,
                          void *arg)
{
    anchors_clear(r);
    if (next_event(r, ev) < 0)
        return -1;
    size_t line = event_line(ev);
    JSON_AUTO struct json *doc = parse_node(r, ev, 1);
    if (!doc || next_event(r, ev) < 0)
        return -1;
    if (json_is(doc, JSON_NULL))
        return 0;
    return fn(arg, TAKE(doc), line, r->err);
}

static int parse_stream(struct reader *r, yaml_doc_fn *fn, void *arg)
{
    EVENT_AUTO yaml_event_t ev = {0};
    do {
        if (next_event(r, &ev) < 0)
            return -1;
        if (ev.type == YAML_DOCUMENT_START_EVENT && parse_document(r, &ev, fn, arg) < 0)
            return -1;
    } while (ev.type != YAML_STREAM_END_EVENT);
    return 0;
}

struct input {
    const char *buf;
    size_t len;
    const char *name;
};

static int parse_input(const struct input *in, yaml_doc_fn *fn, void *arg,
                       struct yaml_fault *ret_fault, struct err *err)
{
    if (in->len > YAML_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: %zu bytes of YAML, at most %u are read",
                       in->name, in->len, YAML_BYTES_MAX);
    struct reader r = {.name = in->name, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        abort(); /* out of memory */
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)in->buf, in->len);
    int rc = parse_stream(&r, fn, arg);
    anchors_clear(&r);
    free(r.anchors);
    yaml_parser_delete(&r.parser);
    *ret_fault = r.fault;
    return rc;
}

int yaml_parse(const char *buf, size_t len, const char *name, yaml_doc_fn *fn,
               void *arg, struct err *err)
{
    struct yaml_fault fault;

    return parse_input(&(struct input){buf, len, name}, fn, arg, &fault, err);
}

struct one {
    const char *name;
    struct json *doc;
};

static int take_one(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct one *one = arg;
    if (!one->doc) {
        one->doc = take_doc;
        return 0;
    }
    json_free(take_doc);
    return err_set(err, ERR_INVALID, "%s:%zu: a second document; there must be one",
                   one->name, line);
}

struct json *yaml_parse_checked(const char *buf, size_t len, const char *name,
                                struct yaml_fault *ret_fault, struct err *err)
{
    struct one one = {.name = name};
    JSON_AUTO struct json *doc = NULL;
    *ret_fault = (struct yaml_fault){0};
    int rc =
        parse_input(&(struct input){buf, len, name}, take_one, &one, ret_fault, err);
    doc = one.doc;
    if (rc < 0)
        return NULL;
    if (!doc)
        err_set(err, ERR_INVALID, "%s: empty; there must be one document", name);
    return TAKE(doc);
}

struct json *yaml_parse_one(const char *buf, size_t len, const char *name,
                            struct err *err)
{
    struct yaml_fault fault;

    return yaml_parse_checked(buf, len, name, &fault, err);
}
