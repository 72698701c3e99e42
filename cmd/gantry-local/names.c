#include "cmd/gantry-local/names.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/util.h"

#define PORT_NAME_MAX 15
#define SUBDOMAIN_RULE                                                               \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "        \
    "characters, '-' or '.', and must start and end with an alphanumeric character " \
    "(e.g. 'example.com', regex used for validation is "                             \
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
/* Of what has two slashes. */
#define QUALIFIED_RULE                                                                 \
    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and " \
    "must start and end with an alphanumeric character (e.g. 'MyName',  or "           \
    "'my.name',  or '123-abc', regex used for validation is "                          \
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain "      \
    "prefix and '/' (e.g. 'example.com/MyName')"
#define VALUE_RULE                                                                  \
    "a valid label must be an empty string or consist of alphanumeric characters, " \
    "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. " \
    "'MyValue',  or 'my_value',  or '12345', regex used for validation is "         \
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool label_part(const char *s, size_t len)
{
    if (len == 0 || !is_lower_alnum(s[0]) || !is_lower_alnum(s[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_lower_alnum(s[i]) && s[i] != '-')
            return false;
    return true;
}

bool name_is_label(const char *name)
{
    return strlen(name) <= 63 && label_part(name, strlen(name));
}

bool name_is_subdomain(const char *name)
{
    if (strlen(name) > 253)
        return false;
    for (;;) {
        const size_t len = strcspn(name, ".");
        if (!label_part(name, len))
            return false;
        if (name[len] == '\0')
            return true;
        name += len + 1;
    }
}

/* The part of a label behind the slash, and label values: at most 63 of [-A-Za-z0-9_.],
 * letters or digits at both ends. */
static bool is_label_word(const char *s)
{
    const size_t len = strlen(s);

    if (len == 0 || len > 63 || !isalnum((unsigned char)s[0]) ||
        !isalnum((unsigned char)s[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
            return false;
    return true;
}

bool name_is_address(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, text, bytes) == 1 ||
           inet_pton(AF_INET6, text, bytes) == 1;
}

char *name_lower(const char *text)
{
    char *out = xstrdup(text);

    for (char *p = out; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return out;
}

const char *name_refuse_subdomain(const char *name)
{
    if (name_is_subdomain(name))
        return NULL;
    return strlen(name) > 253 ? "must be no more than 253 characters" : SUBDOMAIN_RULE;
}

const char *name_refuse_label(const char *name)
{
    if (name_is_label(name))
        return NULL;
    if (strlen(name) > 63)
        return "must be no more than 63 characters";
    return name_is_subdomain(name) ? "must not contain dots" : NAME_LABEL_RULE;
}

const char *name_refuse_qualified(const char *key)
{
    const char *slash = strchr(key, '/');
    const char *name = slash ? slash + 1 : key;

    if (strchr(name, '/'))
        return QUALIFIED_RULE;
    AUTO_FREE char *prefix = slash ? xstrndup(key, (size_t)(slash - key)) : NULL;
    if (prefix && !prefix[0])
        return "prefix part must be non-empty";
    if (prefix && !name_is_subdomain(prefix))
        return "prefix part " SUBDOMAIN_RULE;
    if (!name[0])
        return "name part must be non-empty";
    if (strlen(name) > 63)
        return "name part must be no more than 63 bytes";
    return is_label_word(name) ? NULL : NAME_PART_RULE;
}

const char *name_refuse_value(const char *value)
{
    if (!value[0] || is_label_word(value))
        return NULL;
    return strlen(value) > 63 ? "must be no more than 63 bytes" : VALUE_RULE;
}

const char *name_refuse_port(const char *name)
{
    const size_t len = strlen(name);

    if (len > PORT_NAME_MAX)
        return "must be no more than 15 characters";
    if (len == 0 || strspn(name, "-abcdefghijklmnopqrstuvwxyz0123456789") < len)
        return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
    if (!strpbrk(name, "abcdefghijklmnopqrstuvwxyz"))
        return "must contain at least one letter (a-z)";
    if (strstr(name, "--"))
        return "must not contain consecutive hyphens";
    if (name[0] == '-' || name[len - 1] == '-')
        return "must not begin or end with a hyphen";
    return NULL;
}

const char *name_refuse_segment(const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return name[1] ? "may not be '..'" : "may not be '.'";
    if (strchr(name, '/'))
        return "may not contain '/'";
    return strchr(name, '%') ? "may not contain '%'" : NULL;
}

static void report(cause_fn *found, void *arg, const char *field, const char *value,
                   const char *why)
{
    AUTO_FREE char *message = xasprintf("Invalid value: \"%s\": %s", value, why);

    found(arg, &(struct cause){field, "FieldValueInvalid", message});
}

void names_check_labels(const struct json *labels, const char *field, cause_fn *found,
                        void *arg)
{
    for (json_each (it, labels)) {
        const char *value = json_is(it.val, JSON_STRING) ? json_string(it.val) : "";
        const char *key_why = name_refuse_qualified(it.key);
        const char *value_why = name_refuse_value(value);
        if (key_why)
            report(found, arg, field, it.key, key_why);
        if (value_why)
            report(found, arg, field, value, value_why);
    }
}
