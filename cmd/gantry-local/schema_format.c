/* schema_format - what the formats of strings demand. */
#include <arpa/inet.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool date_time_ok(const char *text)
{
    struct err err = ERR_INIT;
    int64_t sec;

    return time_parse_rfc3339(text, &sec, &err) == 0;
}

static bool date_ok(const char *text)
{
    AUTO_FREE char *full = xasprintf("%sT00:00:00Z", text);

    return strlen(text) == 10 && date_time_ok(full);
}

/* Go's: signs, numbers with units ("1h30m", "1.5s", "0"). */
static bool duration_ok(const char *text)
{
    static const char *const units[] = {"ns", "us", "ms", "s", "m", "h"};
    const char *p = text + (*text == '-' || *text == '+');

    if (strcmp(p, "0") == 0)
        return true;
    if (*p == '\0')
        return false;
    while (*p != '\0') {
        size_t digits = strspn(p, "0123456789.");
        size_t unit = strspn(p + digits, "abcdefghijklmnopqrstuvwxyz");
        bool known = false;

        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            known |=
                unit == strlen(units[i]) && strncmp(p + digits, units[i], unit) == 0;
        if (digits == 0 || !known)
            return false;
        p += digits + unit;
    }
    return true;
}

static bool uuid_ok(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (strlen(text) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == 'x' ? !is_hex(text[i]) : text[i] != '-')
            return false;
    return true;
}

static bool ipv4_ok(const char *text)
{
    struct in_addr addr;

    return inet_pton(AF_INET, text, &addr) == 1;
}

static bool ipv6_ok(const char *text)
{
    struct in6_addr addr;

    return inet_pton(AF_INET6, text, &addr) == 1;
}

static bool byte_ok(const char *text)
{
    size_t len = strlen(text);
    size_t n = 0;

    while (n < len && (is_digit(text[n]) || is_letter(text[n]) || text[n] == '+' ||
                       text[n] == '/'))
        n++;
    return len % 4 == 0 && len - n <= 2 && strspn(text + n, "=") == len - n;
}

static bool hostname_ok(const char *text)
{
    size_t label = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '.' ? label == 0 : !is_digit(*p) && !is_letter(*p) && *p != '-')
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return text[0] != '\0' && strlen(text) <= 253;
}

static bool uri_ok(const char *text)
{
    size_t scheme = strcspn(text, ":");

    return text[0] == '/' || (text[scheme] == ':' && scheme > 0 && is_letter(text[0]));
}

static const struct format {
    const char *name;
    bool (*ok)(const char *text);
} formats[] = {
    {"date-time", date_time_ok}, {"datetime", date_time_ok},
    {"date", date_ok},           {"duration", duration_ok},
    {"uuid", uuid_ok},           {"ipv4", ipv4_ok},
    {"ipv6", ipv6_ok},           {"byte", byte_ok},
    {"hostname", hostname_ok},   {"uri", uri_ok},
};

bool schema_micro_ok(const char *text)
{
    const char *dot = strchr(text, '.');

    return dot && strspn(dot + 1, "0123456789") == 6;
}

bool schema_format_ok(const char *format, const char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (strcmp(formats[i].name, format) == 0)
            return formats[i].ok(text);
    return true;
}
