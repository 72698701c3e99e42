#include "base/siglist.h"

#include <stdio.h>
#include <string.h>

#include "base/signo.h"
#include "base/util.h"

#define WORD_MAX 16
#define ID_MAX 1024            /* 63 characters of four bytes, escaped */
#define OF_LIMIT "@time-limit" /* no id of an action looks so: '@' is escaped */

static const char *const scopes[] = {[SIGLIST_ALL] = "All", [SIGLIST_BATCH] = "Batch"};

static void add_id(struct str *out, const char *id)
{
    if (!id)
        str_add(out, OF_LIMIT);
    for (const unsigned char *c = (const unsigned char *)id; c && *c; c++)
        if (*c > ' ' && *c < 0x7f && *c != '%' && *c != '@')
            str_addc(out, (char)*c);
        else
            str_addf(out, "%%%02x", *c);
}

void siglist_add(struct str *text, const struct siglist_item *item, const char *id)
{
    str_addf(text, "%s %s ", signo_name(item->signo), scopes[item->scope]);
    add_id(text, id);
    str_addc(text, '\n');
}

/* The i-th line and its length, without the newline; NULL: there are no more. */
static const char *line_of(const char *text, size_t i, size_t *ret_len)
{
    const char *end;

    for (; text && (end = strchr(text, '\n')); text = end + 1)
        if (i-- == 0) {
            *ret_len = (size_t)(end - text);
            return text;
        }
    return NULL;
}

bool siglist_has(const char *text, const char *id)
{
    STR_AUTO struct str want;
    const char *line;
    size_t len;

    str_init(&want, ID_MAX);
    add_id(&want, id);
    for (; (line = line_of(text, 0, &len)); text = line + len + 1)
        if (len > want.len && line[len - want.len - 1] == ' ' &&
            memcmp(line + len - want.len, want.s, want.len) == 0)
            return true;
    return false;
}

/* Takes a word off the line. */
static void take_word(const char **line, size_t *len, char ret[WORD_MAX])
{
    size_t n = 0;

    while (n < *len && (*line)[n] != ' ')
        n++;
    snprintf(ret, WORD_MAX, "%.*s", (int)MIN(n, (size_t)WORD_MAX), *line);
    n += n < *len;
    *line += n;
    *len -= n;
}

bool siglist_get(const char *text, size_t i, struct siglist_item *ret)
{
    char name[WORD_MAX], scope[WORD_MAX];
    size_t len;
    const char *line = line_of(text, i, &len);

    if (!line)
        return false;
    take_word(&line, &len, name);
    take_word(&line, &len, scope);
    *ret = (struct siglist_item){0};
    for (size_t k = 0; k < ARRAY_LEN(scopes); k++)
        if (strcmp(scopes[k], scope) == 0)
            *ret = (struct siglist_item){signo_parse(name), (enum siglist_scope)k};
    return true;
}
