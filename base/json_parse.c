/*
 * Parsing of JSON: json-c's tokener, behind json_scan, which holds it to the RFC.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/json_scan.h"
#include "base/util.h"

/*
 * json-c has no integers past 64 bits. One is given to the tokener with this behind it,
 * which makes it a double that keeps its text, and trimmed in the tree. (One written
 * with just this exponent in the same document prints without it.)
 */
#define LONG_MARK "e0"
#define LONG_MARK_LEN (sizeof(LONG_MARK) - 1)
/* The tokener counts the scalar in the deepest container as one level more. */
#define TOKENER_DEPTH (JSON_DEPTH_MAX + 1)

struct parse {
    struct json_scan scan;
    struct json_tokener *tokener;
    size_t fed; /* bytes of the text that the tokener has */
    bool has_long;
};

static const char *describe(enum json_tokener_error error)
{
    switch (error) {
    case json_tokener_error_parse_array:
        return "expected ',' or ']'";
    case json_tokener_error_parse_object_value_sep:
        return "expected ',' or '}'";
    case json_tokener_error_parse_object_key_name:
        return "expected a key in quotes";
    case json_tokener_error_parse_object_key_sep:
        return "expected ':' behind the key";
    default:
        return json_tokener_error_desc(error);
    }
}

/* Gives the tokener the text up to `end`. 1 when the document is whole, which is then
 * *ret (NULL for null); 0 when there has to be more. */
static int feed(struct parse *p, size_t end, struct json_object **ret)
{
    struct json_object *o =
        json_tokener_parse_ex(p->tokener, p->scan.buf + p->fed, (int)(end - p->fed));
    enum json_tokener_error error = json_tokener_get_error(p->tokener);

    p->fed += json_tokener_get_parse_end(p->tokener);
    if (error == json_tokener_continue)
        return 0;
    if (error != json_tokener_success)
        return json_scan_fail(&p->scan, p->fed, describe(error));
    if (p->fed < end) {
        json_object_put(o);
        return json_scan_fail(&p->scan, p->fed, "text behind the document");
    }
    *ret = o;
    return 1;
}

/* feed for what cannot be the whole document. */
static int feed_part(struct parse *p, size_t end)
{
    struct json_object *o = NULL;
    int rc = feed(p, end, &o);

    json_object_put(o);
    return rc;
}

/* Passes over all words; the tokener then has all up to the last long integer. */
static int scan_all(struct parse *p)
{
    enum json_word word;
    size_t start;

    do {
        if (json_scan_next(&p->scan, &word, &start) < 0) {
            /* What does not belong here at all, or comes before, is what to tell. */
            feed_part(p, MIN(start + 1, p->scan.len));
            return -1;
        }
        if (word == JSON_WORD_LONG_INTEGER) {
            if (feed_part(p, p->scan.pos) < 0)
                return -1;
            json_tokener_parse_ex(p->tokener, LONG_MARK, LONG_MARK_LEN);
            p->has_long = true;
        }
    } while (word != JSON_WORD_END);
    return 0;
}

/* Whether the text of a double is a long integer with the mark behind it. */
static bool is_marked(const char *text, size_t len)
{
    struct json_scan scan = {.buf = text, .len = len - LONG_MARK_LEN};
    enum json_word word;
    size_t start;

    return len > LONG_MARK_LEN && strcmp(text + scan.len, LONG_MARK) == 0 &&
           json_scan_next(&scan, &word, &start) == 0 && word == JSON_WORD_LONG_INTEGER;
}

static void trim_long(const struct json *j)
{
    size_t i, n = json_is(j, JSON_ARRAY) ? json_len(j) : 0, len;
    char *text;

    for (json_each (it, j))
        trim_long(it.val);
    for (i = 0; i < n; i++)
        trim_long(json_item(j, i));
    if (!json_is(j, JSON_DOUBLE))
        return;
    text = json_object_get_userdata(json_c(j));
    len = strlen(text);
    if (is_marked(text, len))
        text[len - LONG_MARK_LEN] = '\0';
}

static struct json *parse_document(struct parse *p)
{
    struct json_object *o = NULL;
    struct json *j;
    int rc = scan_all(p);

    if (rc == 0)
        rc = feed(p, p->scan.len, &o);
    if (rc == 0) { /* a NUL tells the tokener that nothing follows */
        o = json_tokener_parse_ex(p->tokener, "", 1);
        if (json_tokener_get_error(p->tokener) != json_tokener_success)
            rc = json_scan_fail(&p->scan, p->scan.len, "the text ends too early");
    }
    if (rc < 0)
        return NULL;
    j = json_ours(o);
    if (p->has_long)
        trim_long(j);
    return j;
}

struct json *json_parse(const char *buf, size_t len, struct err *err)
{
    struct parse p = {.scan = {.buf = buf, .len = len, .err = err}};
    struct json *j;

    if (len >= INT32_MAX) {
        json_scan_fail(&p.scan, INT32_MAX, "the text is too long");
        return NULL;
    }
    p.tokener = json_tokener_new_ex(TOKENER_DEPTH);
    if (p.tokener == NULL)
        abort();
    j = parse_document(&p);
    json_tokener_free(p.tokener);
    return j;
}

struct json *json_parse_str(const char *text, struct err *err)
{
    return json_parse(text, strlen(text), err);
}
