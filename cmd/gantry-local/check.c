#include "cmd/gantry-local/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/names.h"

/* A message quotes at most this much of a value. */
#define QUOTE_MAX 8192

/* ---- saying ---- */

static void say(const struct check *c, const char *field, const char *reason,
                const char *message)
{
    c->found(c->arg, &(struct cause){field, reason, message});
}

void check_required(const struct check *c, const char *field, const char *why)
{
    AUTO_FREE char *message =
        xasprintf("Required value%s%s", why ? ": " : "", why ? why : "");

    say(c, field, "FieldValueRequired", message);
}

void check_forbidden(const struct check *c, const char *field, const char *why)
{
    AUTO_FREE char *message = xasprintf("Forbidden: %s", why);

    say(c, field, "FieldValueForbidden", message);
}

void check_invalid(const struct check *c, const char *field, const struct json *value,
                   const char *why)
{
    STR_AUTO struct str quoted;

    str_init(&quoted, QUOTE_MAX);
    if (value)
        json_print(value, &quoted);
    check_invalid_shown(c, field, value ? quoted.s : "null", why);
}

void check_invalid_shown(const struct check *c, const char *field, const char *shown,
                         const char *why)
{
    AUTO_FREE char *message = xasprintf("Invalid value: %s: %s", shown, why);

    say(c, field, "FieldValueInvalid", message);
}

void check_invalid_text(const struct check *c, const char *field, const char *value,
                        const char *why)
{
    JSON_AUTO struct json *text = json_new_string(value);

    check_invalid(c, field, text, why);
}

void check_duplicate(const struct check *c, const char *field, const char *value)
{
    AUTO_FREE char *shown = xasprintf("\"%s\"", value);

    check_duplicate_shown(c, field, shown);
}

void check_duplicate_shown(const struct check *c, const char *field, const char *shown)
{
    AUTO_FREE char *message = xasprintf("Duplicate value: %s", shown);

    say(c, field, "FieldValueDuplicate", message);
}

void check_unsupported(const struct check *c, const char *field, const char *value,
                       const char *supported)
{
    AUTO_FREE char *shown = xasprintf("\"%s\"", value);

    check_unsupported_shown(c, field, shown, supported);
}

void check_unsupported_shown(const struct check *c, const char *field,
                             const char *shown, const char *supported)
{
    STR_AUTO struct str message;

    str_init(&message, QUOTE_MAX);
    str_addf(&message, "Unsupported value: %s: supported values: ", shown);
    for (const char *at = supported; *at; at += strcspn(at, "|"), at += *at == '|')
        str_addf(&message, "%s\"%.*s\"", at == supported ? "" : ", ",
                 (int)strcspn(at, "|"), at);
    say(c, field, "FieldValueNotSupported", message.s);
}

/* ---- rules ---- */

void check_not_negative(const struct check *c, const char *field)
{
    const struct json *value = json_at(c->after, field);

    if (json_is(value, JSON_INT) && json_int(value) < 0)
        check_invalid(c, field, value, "must be greater than or equal to 0");
}

void check_fixed(const struct check *c, const char *field)
{
    const struct json *value = json_at(c->after, field);

    if (c->before && !json_equal(json_at(c->before, field), value))
        check_invalid(c, field, value, "field is immutable");
}

static void check_name(const struct check *c, const char *field, const char *name,
                       const char *(*refuse)(const char *name))
{
    if (refuse(name))
        check_invalid_text(c, field, name, refuse(name));
}

void check_label(const struct check *c, const char *field, const char *name)
{
    check_name(c, field, name, name_refuse_label);
}

void check_subdomain(const struct check *c, const char *field, const char *name)
{
    check_name(c, field, name, name_refuse_subdomain);
}

void check_port(const struct check *c, const char *field, int64_t port)
{
    JSON_AUTO struct json *value = json_new_int(port);

    if (port < 1 || port > 65535)
        check_invalid(c, field, value, "must be between 1 and 65535, inclusive");
}

void check_address(const struct check *c, const char *field, const char *ip)
{
    if (!name_is_address(ip))
        check_invalid_text(c, field, ip, NAME_ADDRESS_RULE);
    else if (str_starts(ip, "127.") || strcmp(ip, "::1") == 0)
        check_invalid_text(c, field, ip,
                           "may not be in the loopback range (127.0.0.0/8, ::1/128)");
}

bool check_is_one_of(const char *word, const char *words)
{
    const size_t len = strlen(word);

    for (const char *at = words; *at; at += strcspn(at, "|"), at += *at == '|')
        if (strcspn(at, "|") == len && strncmp(at, word, len) == 0)
            return true;
    return false;
}

/* -1: no percentage. */
static long percent_of(const char *text)
{
    const size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits < 10 && strcmp(text + digits, "%") == 0
               ? strtol(text, NULL, 10)
               : -1;
}

void check_count_or_percent(const struct check *c, const char *field,
                            const struct json *value)
{
    if (json_is(value, JSON_INT) && json_int(value) < 0)
        check_invalid(c, field, value, "must be greater than or equal to 0");
    if (!json_is(value, JSON_STRING))
        return;
    const long percent = percent_of(json_string(value));
    if (percent < 0)
        check_invalid(c, field, value,
                      "a valid percent string must be a numeric string followed by an "
                      "ending '%' (e.g. '1%',  or '93%', regex used for validation is "
                      "'[0-9]+%')");
    else if (percent > 100)
        check_invalid(c, field, value, "must not be greater than 100%");
}

void check_one_of(const struct check *c, const char *field, const char *supported)
{
    const char *value = json_str(c->after, field);

    if (value && !check_is_one_of(value, supported))
        check_unsupported(c, field, value, supported);
}

void check_domain_path(const struct check *c, const char *field, const char *text)
{
    const char *slash = strchr(text, '/');
    AUTO_FREE char *domain = slash ? xstrndup(text, (size_t)(slash - text)) : NULL;

    if (!slash || !domain[0] || !slash[1])
        check_invalid_text(c, field, text,
                           "must be a domain-prefixed path (such as \"acme.io/foo\")");
    else
        check_subdomain(c, field, domain);
}
