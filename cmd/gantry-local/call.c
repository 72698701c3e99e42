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
            const struct param param = {
                decode(p, key_len, true),
                key_len < len ? decode(p + key_len + 1, len - key_len - 1, true)
                              : xstrdup("")};
            if (!param.key || !param.value) {
                free(param.key);
                free(param.value);
                return refuse_bad_request(&call->refusal, "the query has a bad escape");
            }
            call->params[call->n_params++] = param;
        }
        p += len + (p[len] == '&');
    }
    return 0;
}

/* ---- Accept ---- */

int call_negotiate(struct call *call, const struct media_offer *offer)
{
    if (media_choose(call->req->accept, offer, &call->answer_as))
        return 0;
    bool unnamed;
    AUTO_FREE char *why = media_refusal(call->req->accept, offer, &unnamed);
    refuse(&call->refusal, 406, "NotAcceptable", "%s", why);
    if (unnamed)
        refusal_no_details(&call->refusal);
    return -1;
}

bool call_is_pretty(const struct call *call)
{
    static const char *const agents[] = {"curl", "Wget", "Mozilla/5.0"};
    const char *said = call_param_or(call, "pretty", "");

    if (said[0])
        return strcmp(said, "1") == 0 || strcasecmp(said, "true") == 0 ||
               strcasecmp(said, "t") == 0;
    for (size_t i = 0; i < ARRAY_LEN(agents); i++)
        if (str_starts(call->req->user_agent, agents[i]))
            return true;
    return call->answer_as.pretty;
}

int call_parse(struct call *call)
{
    return parse_path(call) != 0 ? -1 : parse_query(call);
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
