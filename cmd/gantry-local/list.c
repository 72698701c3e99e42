#include "cmd/gantry-local/list.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/filter.h"
#include "cmd/gantry-local/gotext.h"
#include "kubeclient/base64.h"

#define TOKEN_MAX 8192

/* Kubernetes holds a list's version against the client, another's against itself. */
static int refuse_version(struct call *call, const char *value)
{
    const bool lists = !call->name && !call->is_watch;

    return refuse(&call->refusal, lists ? 400 : 500, lists ? "BadRequest" : "",
                  "%sresourceVersion: Invalid value: \"%s\": strconv.ParseUint: "
                  "parsing \"%s\": invalid syntax",
                  lists ? "invalid resource version: " : "", value, value);
}

int list_version_param(struct call *call, int64_t *ret)
{
    const char *value = call_param_or(call, "resourceVersion", "");

    if (value[0] && strspn(value, "0123456789") < strlen(value))
        return refuse_version(call, value);
    return call_number(call, "resourceVersion", -1, ret);
}

int list_check_version(struct call *call, int64_t version)
{
    const int64_t now = store_version(call->server->store);

    if (version <= now)
        return 0;
    JSON_AUTO struct json *causes =
        json_build("[{'reason': 'ResourceVersionTooLarge', 'message': 'Too large "
                   "resource version'}]");
    refuse(&call->refusal, 504, "Timeout",
           "Timeout: Too large resource version: %" PRId64 ", current: %" PRId64,
           version, now);
    refusal_causes(&call->refusal, causes);
    json_set_at(call->refusal.status, "details.retryAfterSeconds", json_new_int(1));
    call->refusal.retry_after_sec = 1;
    return -1;
}

/* What a list asks for, read from its query. */
struct page {
    int64_t limit;   /* 0: all */
    int64_t version; /* the moment shown */
    char *after;     /* key; NULL: from the beginning */
};

/* "<version>-<key in hex>" */
static char *token_print(int64_t version, const char *key)
{
    STR_AUTO struct str text;

    str_init(&text, 4096);
    str_addf(&text, "%" PRId64 "-", version);
    for (; *key; key++)
        str_addf(&text, "%02x", (unsigned char)*key);
    return str_take(&text);
}

static char *standard_base64(const char *url)
{
    STR_AUTO struct str text;

    str_init(&text, TOKEN_MAX);
    for (; *url; url++)
        str_addc(&text, *url == '-' ? '+' : *url == '_' ? '/' : *url);
    while (text.len % 4 != 0 && !text.overflow)
        str_addc(&text, '=');
    return str_take(&text);
}

/* Kubernetes' tokens are JSON in base64; ours are not, and what is none of ours is
 * looked at as one of its own. */
static int refuse_token(struct call *call, const char *token)
{
    AUTO_FREE char *why = gotext_base64url(token);
    size_t len = 0;

    if (!why) {
        AUTO_FREE char *coded = standard_base64(token);
        AUTO_FREE char *text = base64_decode(coded, &len);
        why = text ? gotext_json(text, len) : NULL;
    }
    return refuse_bad_request(
        &call->refusal, "invalid continue token: continue key is not valid: %s",
        why ? why : "server does not recognize this encoded version");
}

static int token_parse(struct call *call, const char *token, struct page *ret)
{
    int at = 0;
    char key[1024];
    size_t n = 0;

    if (sscanf(token, "%" SCNd64 "-%n", &ret->version, &at) != 1 || at == 0)
        goto bad;
    for (const char *p = token + at; *p; p += 2) {
        unsigned byte;
        if (n + 1 == sizeof(key) || sscanf(p, "%2x", &byte) != 1 || !p[1] || byte == 0)
            goto bad;
        key[n++] = (char)byte;
    }
    if (!store_reaches(call->server->store, ret->version))
        return refuse_expired(
            &call->refusal, "The provided continue parameter is too old to display a "
                            "consistent list result. You must start a new list without "
                            "the continue parameter.");
    ret->after = xstrndup(key, n);
    return 0;
bad:
    return refuse_token(call, token);
}

static int refuse_match(struct call *call, const char *match, int64_t version)
{
    const bool exact = strcmp(match, "Exact") == 0;
    AUTO_FREE char *unsupported = xasprintf("Unsupported value: \"%s\": supported "
                                            "values: \"Exact\", \"NotOlderThan\", \"\"",
                                            match);
    struct cause cause = {"resourceVersionMatch", "FieldValueForbidden", NULL};

    if (version < 0) {
        cause.message = "Forbidden: resourceVersionMatch is forbidden unless "
                        "resourceVersion is provided";
    } else if (!exact && strcmp(match, "NotOlderThan") != 0) {
        cause.reason = "FieldValueNotSupported";
        cause.message = unsupported;
    } else if (exact && version == 0) {
        cause.message = "Forbidden: resourceVersionMatch \"exact\" is forbidden for "
                        "resourceVersion \"0\"";
    } else {
        return 0;
    }
    return refuse_request_option(&call->refusal, "ListOptions", &cause);
}

/* `resourceVersion` and `resourceVersionMatch` of a list without `continue`. */
static int read_moment(struct call *call, struct page *page)
{
    const char *match = call_param_or(call, "resourceVersionMatch", "");
    int64_t version = -1; /* unset */

    if (list_version_param(call, &version) != 0)
        return -1;
    if (match[0] && refuse_match(call, match, version) != 0)
        return -1;
    if (list_check_version(call, version) != 0)
        return -1;
    page->version = store_version(call->server->store);
    const bool exact =
        strcmp(match, "Exact") == 0 || (!match[0] && page->limit > 0 && version > 0);
    if (!exact)
        return 0;
    if (!store_reaches(call->server->store, version))
        return refuse_expired(&call->refusal,
                              "The resourceVersion for the provided list is too old.");
    page->version = version;
    return 0;
}

static int read_page(struct call *call, struct page *page)
{
    const char *token = call_param_or(call, "continue", "");

    if (call_param(call, "sendInitialEvents"))
        return refuse_request_option(
            &call->refusal, "ListOptions",
            &(struct cause){"sendInitialEvents", "FieldValueForbidden",
                            "Forbidden: sendInitialEvents is forbidden for list"});
    int64_t unused_sec;
    if (call_number(call, "limit", 0, &page->limit) != 0 ||
        call_number(call, "timeoutSeconds", 0, &unused_sec) != 0)
        return -1;
    page->limit = MAX(0, page->limit);
    if (!token[0])
        return read_moment(call, page);
    if (token_parse(call, token, page) != 0)
        return -1;
    if (strcmp(call_param_or(call, "resourceVersion", "0"), "0") != 0)
        return refuse_bad_request(
            &call->refusal,
            "specifying resource version is not allowed when using continue");
    return 0;
}

/* Cuts the list to the page; what is behind it is counted. */
static size_t cut_page(const struct page *page, struct object_list *list)
{
    size_t from = 0;

    while (page->after && from < list->n &&
           strcmp(list->items[from]->key, page->after) <= 0)
        object_unref(list->items[from++]);
    list->n -= from;
    if (from > 0)
        memmove(list->items, list->items + from, list->n * sizeof(*list->items));
    if (page->limit == 0 || (int64_t)list->n <= page->limit)
        return 0;
    const size_t rest = list->n - (size_t)page->limit;
    while (list->n > (size_t)page->limit)
        object_unref(list->items[--list->n]);
    return rest;
}

int verb_list(struct call *call)
{
    FILTER_AUTO struct filter filter = {0};
    struct page page = {0};
    struct object_list list;

    if (filter_of(call, &filter) != 0 || read_page(call, &page) != 0) {
        free(page.after);
        return -1;
    }
    store_list(call->server->store, call->table, filter.ns, page.version, &list);
    filter_list(&filter, &list);
    const size_t rest = cut_page(&page, &list);
    AUTO_FREE char *token =
        rest > 0 ? token_print(page.version, list.items[list.n - 1]->key) : NULL;
    const bool counted = rest > 0 && filter.labels.n == 0 && filter.fields.n == 0;
    const struct list_meta meta = {.version = page.version,
                                   .cont = token,
                                   .remaining = counted ? (int64_t)rest : -1};
    const int rc = answer_list(call, &list, &meta);
    object_list_fini(&list);
    free(page.after);
    return rc;
}
