#include "cmd/gantry-local/logopts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "kubeclient/client.h"

static const struct {
    const char *key;
    size_t offset;
    int64_t min;
    const char *below; /* what a real server says of less */
} numbers[] = {
    {"tailLines", offsetof(struct logopts, tail_lines), 0,
     "must be greater than or equal to 0"},
    {"limitBytes", offsetof(struct logopts, limit_bytes), 1, "must be greater than 0"},
    {"sinceSeconds", offsetof(struct logopts, since_sec), 1, "must be greater than 0"},
};

static int refuse_option(struct call *call, const char *pod, const struct cause *cause)
{
    static char group[] = "", name[] = "PodLogOptions";
    static const struct kind kind = {.group = group, .name = name};

    return refuse_field(&call->refusal, &kind, pod, cause);
}

static int read_number(struct call *call, const char *pod, size_t i, int64_t *ret)
{
    const char *text = call_param(call, numbers[i].key);
    char *end;
    long long n;

    *ret = -1;
    if (!text || !*text)
        return 0;
    errno = 0;
    n = strtoll(text, &end, 10);
    if (*end || errno)
        return refuse_bad_request(&call->refusal,
                                  "strconv.ParseInt: parsing \"%.60s\": %s", text,
                                  *end ? "invalid syntax" : "value out of range");
    if (n < numbers[i].min) {
        AUTO_FREE char *message =
            xasprintf("Invalid value: %lld: %s", n, numbers[i].below);
        return refuse_option(
            call, pod, &(struct cause){numbers[i].key, "FieldValueInvalid", message});
    }
    *ret = n;
    return 0;
}

static int read_time(struct call *call, const char *pod, struct logopts *ret)
{
    struct err err = ERR_INIT;

    ret->since_time = call_param(call, "sinceTime");
    if (!ret->since_time || !*ret->since_time) {
        ret->since_time = NULL;
        return 0;
    }
    if (time_parse_rfc3339(ret->since_time, &ret->since_time_sec, &err) < 0)
        return refuse_bad_request(&call->refusal, "sinceTime: %s", err.msg);
    if (ret->since_sec >= 0)
        return refuse_option(call, pod,
                             &(struct cause){"[]", "FieldValueForbidden",
                                             "Forbidden: at most one of `sinceTime` or "
                                             "`sinceSeconds` may be specified"});
    return 0;
}

int logopts_read(struct call *call, const char *pod, struct logopts *ret)
{
    struct logopts o = {.container = call_param_or(call, "container", ""),
                        .follow = call_flag(call, "follow"),
                        .previous = call_flag(call, "previous"),
                        .timestamps = call_flag(call, "timestamps")};

    if (!*o.container)
        o.container = NULL;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (read_number(call, pod, i, (int64_t *)((char *)&o + numbers[i].offset)) != 0)
            return -1;
    if (read_time(call, pod, &o) != 0)
        return -1;
    *ret = o;
    return 0;
}

static void add_flag(struct str *out, const char *key, bool is_set)
{
    if (is_set)
        str_addf(out, "%s%s=true", out->len ? "&" : "", key);
}

static void add_number(struct str *out, const char *key, int64_t n)
{
    if (n >= 0)
        str_addf(out, "%s%s=%" PRId64, out->len ? "&" : "", key, n);
}

void logopts_print(const struct logopts *o, struct str *out)
{
    add_flag(out, "follow", o->follow);
    add_number(out, "limitBytes", o->limit_bytes);
    add_flag(out, "previous", o->previous);
    add_number(out, "sinceSeconds", o->since_sec);
    if (o->since_time) {
        str_addf(out, "%ssinceTime=", out->len ? "&" : "");
        kc_escape(o->since_time, out);
    }
    add_number(out, "tailLines", o->tail_lines);
    add_flag(out, "timestamps", o->timestamps);
}
