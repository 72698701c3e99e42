#include "tests/support/conform_text.h"

#include <ctype.h>
#include <string.h>

#include "base/util.h"

/* Needs no quotes, whatever YAML makes of words and numbers. */
static bool is_plain(const char *s)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n",   "nan"};

    if (!isalpha((unsigned char)s[0]) && s[0] != '$' && s[0] != '/')
        return false;
    for (const char *p = s; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_./$-", *p))
            return false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(s, words[i]) == 0)
            return false;
    return true;
}

static void write_string(const char *s, struct str *out)
{
    if (is_plain(s)) {
        str_add(out, s);
        return;
    }
    JSON_AUTO struct json *j = json_new_string(s);
    json_print(j, out);
}

static bool is_nested(const struct json *j)
{
    return (json_is(j, JSON_OBJECT) || json_is(j, JSON_ARRAY)) && json_len(j) > 0;
}

static void write_scalar(const struct json *j, struct str *out)
{
    if (json_is(j, JSON_STRING))
        write_string(json_string(j), out);
    else
        json_print(j, out);
    str_addc(out, '\n');
}

/* What begins with "- " has its first field on the same line. */
static void write_node(const struct json *j, int indent, bool begun, struct str *out);

static void write_value(const struct json *j, int indent, struct str *out)
{
    if (!is_nested(j)) {
        str_addc(out, ' ');
        write_scalar(j, out);
        return;
    }
    str_addc(out, '\n');
    write_node(j, json_is(j, JSON_ARRAY) ? indent : indent + 2, false, out);
}

static void write_node(const struct json *j, int indent, bool begun, struct str *out)
{
    if (!is_nested(j)) {
        write_scalar(j, out);
        return;
    }
    for (size_t i = 0; json_is(j, JSON_ARRAY) && i < json_len(j); i++) {
        str_addf(out, "%*s- ", begun ? 0 : indent, "");
        write_node(json_item(j, i), indent + 2, true, out);
        begun = false;
    }
    for (json_each (it, json_is(j, JSON_OBJECT) ? j : NULL)) {
        str_addf(out, "%*s", begun ? 0 : indent, "");
        write_string(it.key, out);
        str_addc(out, ':');
        write_value(it.val, indent, out);
        begun = false;
    }
}

void conform_text(const struct json *j, struct str *out)
{
    write_node(j, 0, false, out);
}
