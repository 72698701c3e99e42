#include "cmd/gantry-local/call.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/form.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL for a bad escape or one that makes a NUL. */
static char *decode(const char *s, size_t len, bool plus_is_space)
{
    char *out = xmalloc(len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (s[i] != '%') {
            out[n++] = s[i] == '+' && plus_is_space ? ' ' : s[i];
            continue;
        }
        const int hi = i + 1 < len ? hex_digit(s[i + 1]) : -1;
        const int lo = i + 2 < len ? hex_digit(s[i + 2]) : -1;
        if (hi < 0 || lo < 0 || (hi == 0 && lo == 0)) {
            free(out);
            return NULL;
        }
        out[n++] = (char)(hi * 16 + lo);
        i += 2;
    }
    out[n] = '\0';
    return out;
}

static int parse_path(struct call *call)
{
    const char *p = call->req->path;

    while (*p) {
        p += strspn(p, "/");
        const size_t len = strcspn(p, "/");
        if (len == 0)
            break;
        if (call->n_parts == CALL_PARTS_MAX)
            return refuse_path(&call->refusal);
        char *part = decode(p, len, false);
        if (!part || strchr(part, '/')) {
            free(part);
            return refuse_bad_request(&call->refusal, "the path has a bad escape: %s",
                                      call->req->path);
        }
        call->parts[call->n_parts++] = part;
        p += len;
    }
    return 0;
}

static int parse_query(struct call *call)
{
    const char *p = call->req->query;

    while (*p) {
        const size_t len = strcspn(p, "&");
        const size_t key_len = MIN(strcspn(p, "="), len);
        if (len > 0) {
            if (call->n_params == CALL_PARAMS_MAX)
                return refuse_bad_request(
                    &call->refusal, "more than %d query parameters", CALL_PARAMS_MAX);
            struct param *param = &call->params[call->n_params++];
            param->key = decode(p, key_len, true);
            param->value = key_len < len
                               ? decode(p + key_len + 1, len - key_len - 1, true)
                               : xstrdup("");
            if (!param->key || !param->value)
                return refuse_bad_request(&call->refusal, "the query has a bad escape");
        }
        p += len + (p[len] == '&');
    }
    return 0;
}

/* ---- Accept ---- */

/* Does `range` (one entry of Accept) carry the parameter `text` ("as=Table")? */
static bool range_has(const char *range, size_t len, const char *text)
{
    const size_t n = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if (range[i] != ';')
            continue;
        size_t at = i + 1;
        while (at < len && range[at] == ' ')
            at++;
        if (len - at >= n && strncmp(range + at, text, n) == 0 &&
            (at + n == len || range[at + n] == ';' || range[at + n] == ' '))
            return true;
    }
    return false;
}

static const struct {
    const char *as, *group, *version;
    enum repr repr;
} reprs[] = {
    {"as=Table", "g=meta.k8s.io", "v=v1", REPR_TABLE},
    {"as=PartialObjectMetadata", "g=meta.k8s.io", "v=v1", REPR_PARTIAL},
    {"as=PartialObjectMetadataList", "g=meta.k8s.io", "v=v1", REPR_PARTIAL},
    {"as=APIGroupDiscoveryList", "g=apidiscovery.k8s.io", "v=v2", REPR_DISCOVERY},
};

/* Can this entry be served? */
static bool range_repr(const char *range, size_t len, enum repr *ret)
{
    static const char *const types[] = {"application/json", "*/*"};
    const size_t type_len = MIN(strcspn(range, "; "), len);
    bool known = false;

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        known |=
            type_len == strlen(types[i]) && strncmp(range, types[i], type_len) == 0;
    if (!known)
        return false;
    *ret = REPR_OBJECT;
    for (size_t i = 0; i < ARRAY_LEN(reprs); i++) {
        if (range_has(range, len, reprs[i].as)) {
            *ret = reprs[i].repr;
            return range_has(range, len, reprs[i].group) &&
                   range_has(range, len, reprs[i].version);
        }
    }
    for (size_t i = 0; i + 2 < len; i++)
        if (strncmp(range + i, ";as=", 4) == 0)
            return false;
    return true;
}

/* That path has a type of its own, which its handler looks for. */
static bool is_openapi_v2(const struct call *call)
{
    return call->n_parts == 2 && strcmp(call->parts[0], "openapi") == 0 &&
           strcmp(call->parts[1], "v2") == 0;
}

/* The first entry that can be served; clients put the one they like best first. */
static int parse_accept(struct call *call)
{
    const char *p = call->req->accept;

    if (p[strspn(p, " ")] == '\0' || is_openapi_v2(call))
        return 0;
    while (*p) {
        p += strspn(p, " ,");
        const size_t len = strcspn(p, ",");
        if (len > 0 && range_repr(p, len, &call->repr))
            return 0;
        p += len;
    }
    return refuse(&call->refusal, 406, "NotAcceptable",
                  "only the following media types are accepted: application/json");
}

int call_parse(struct call *call)
{
    if (parse_path(call) != 0 || parse_query(call) != 0)
        return -1;
    return parse_accept(call);
}

void call_fini(struct call *call)
{
    for (size_t i = 0; i < call->n_parts; i++)
        free(call->parts[i]);
    for (size_t i = 0; i < call->n_params; i++) {
        free(call->params[i].key);
        free(call->params[i].value);
    }
    free(call->warning);
    refusal_fini(&call->refusal);
}

/* ---- reading ---- */

const char *call_param(const struct call *call, const char *key)
{
    for (size_t i = 0; i < call->n_params; i++)
        if (strcmp(call->params[i].key, key) == 0)
            return call->params[i].value;
    return NULL;
}

const char *call_param_or(const struct call *call, const char *key,
                          const char *otherwise)
{
    const char *value = call_param(call, key);

    return value ? value : otherwise;
}

bool call_flag(const struct call *call, const char *key)
{
    const char *value = call_param(call, key);

    return value && strcmp(value, "0") != 0 && strcasecmp(value, "false") != 0;
}

int call_number(struct call *call, const char *key, int64_t otherwise, int64_t *ret)
{
    const char *value = call_param(call, key);

    if (!value || !value[0]) {
        *ret = otherwise;
        return 0;
    }
    char *end;
    errno = 0;
    const long long n = strtoll(value, &end, 10);
    if (isspace((unsigned char)value[0]) || *end || errno)
        return refuse_bad_request(&call->refusal,
                                  "strconv.ParseInt: parsing \"%s\": %s", value,
                                  errno ? "value out of range" : "invalid syntax");
    *ret = n;
    return 0;
}

struct table *call_table(struct apiserver *server, const struct kind *kind)
{
    const struct form *form = form_of(kind);
    AUTO_FREE char *name =
        kind_resource(form ? form_stored_kind(form, server->kinds) : kind);
    return store_table(server->store, name);
}

void call_warn(struct call *call, const char *fmt, ...)
{
    STR_AUTO struct str text;
    va_list ap;

    str_init(&text, 4096);
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    AUTO_FREE char *before = call->warning;
    call->warning = before ? xasprintf("%s\n%s", before, text.s) : str_take(&text);
}
