#include "base/yaml.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define EVENT_AUTO __attribute__((cleanup(yaml_event_delete)))

/* The walk over events; `broken` once the text is no YAML. Paths are short, so what it
 * descends into is bounded by JSON_DEPTH_MAX, and the rest is skipped by counting. */
struct walk {
    yaml_parser_t parser;
    bool broken;
    bool last; /* not the first place is looked for */
};

static bool walk_next(struct walk *w, yaml_event_t *ret)
{
    yaml_event_delete(ret);
    w->broken = w->broken || !yaml_parser_parse(&w->parser, ret);
    return !w->broken;
}

static int nesting(const yaml_event_t *ev)
{
    switch ((int)ev->type) {
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return 1;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return -1;
    default:
        return 0;
    }
}

/* Skips the rest of the value that `ev` begins. */
static void walk_skip(struct walk *w, yaml_event_t *ev)
{
    for (int depth = nesting(ev); depth > 0 && walk_next(w, ev);)
        depth += nesting(ev);
}

/* What of the path is behind `key`: NULL when it does not begin with it. */
static const char *path_behind(const char *path, const char *key)
{
    size_t len = strlen(key);
    if (len == 0 || strncmp(path, key, len) != 0)
        return NULL;
    return path[len] == '\0' || path[len] == '.' || path[len] == '[' ? path + len
                                                                     : NULL;
}

static size_t find_in(struct walk *w, yaml_event_t *ev, const char *path, int depth);

/* `rest` is what of the path is behind the entry on `line` whose value `ev` begins. */
static size_t find_behind(struct walk *w, yaml_event_t *ev, const char *rest,
                          size_t line, int depth)
{
    if (*rest != '\0')
        return find_in(w, ev, rest + (*rest == '.'), depth + 1);
    walk_skip(w, ev);
    return line;
}

static size_t find_in_mapping(struct walk *w, const char *path, int depth)
{
    EVENT_AUTO yaml_event_t ev = {0};
    size_t line = 0, found;
    while ((line == 0 || w->last) && walk_next(w, &ev) &&
           ev.type != YAML_MAPPING_END_EVENT) {
        const char *rest = NULL;
        size_t key_line = ev.start_mark.line + 1;
        if (ev.type == YAML_SCALAR_EVENT)
            rest = path_behind(path, (const char *)ev.data.scalar.value);
        walk_skip(w, &ev);
        if (!walk_next(w, &ev))
            break;
        if (!rest)
            walk_skip(w, &ev);
        else if ((found = find_behind(w, &ev, rest, key_line, depth)) > 0)
            line = found;
    }
    return line;
}

static size_t find_in_sequence(struct walk *w, const char *path, int depth)
{
    EVENT_AUTO yaml_event_t ev = {0};
    size_t line = 0;
    char *end = NULL;
    unsigned long index = *path == '[' ? strtoul(path + 1, &end, 10) : 0;
    bool usable = end && end > path + 1 && *end == ']';
    for (unsigned long i = 0;
         line == 0 && walk_next(w, &ev) && ev.type != YAML_SEQUENCE_END_EVENT; i++) {
        if (usable && i == index)
            line = find_behind(w, &ev, end + 1, ev.start_mark.line + 1, depth);
        else
            walk_skip(w, &ev);
    }
    return line;
}

static size_t find_in(struct walk *w, yaml_event_t *ev, const char *path, int depth)
{
    if (depth <= JSON_DEPTH_MAX && ev->type == YAML_MAPPING_START_EVENT)
        return find_in_mapping(w, path, depth);
    if (depth <= JSON_DEPTH_MAX && ev->type == YAML_SEQUENCE_START_EVENT)
        return find_in_sequence(w, path, depth);
    walk_skip(w, ev);
    return 0;
}

static size_t line_of(const char *buf, size_t len, const char *path, bool last)
{
    struct walk w = {.broken = len > YAML_BYTES_MAX, .last = last};
    EVENT_AUTO yaml_event_t ev = {0};
    size_t line = 0;
    if (!yaml_parser_initialize(&w.parser))
        abort(); /* out of memory */
    yaml_parser_set_input_string(&w.parser, (const unsigned char *)buf, len);
    while (walk_next(&w, &ev) && ev.type != YAML_STREAM_END_EVENT) {
        if (ev.type != YAML_DOCUMENT_START_EVENT)
            continue;
        if (walk_next(&w, &ev))
            line = find_in(&w, &ev, path, 1);
        break;
    }
    yaml_parser_delete(&w.parser);
    return line;
}

size_t yaml_line_of(const char *buf, size_t len, const char *path)
{
    return line_of(buf, len, path, false);
}

size_t yaml_last_line_of(const char *buf, size_t len, const char *path)
{
    return line_of(buf, len, path, true);
}
