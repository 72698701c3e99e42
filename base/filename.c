#include "base/filename.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define WIDTH_MAX 10
#define NO_TASK "4294967294" /* what Slurm shows for %a of a job that is no array */

static const struct symbol {
    char letter;
    bool is_number;
    const char *name, *or_name; /* variables, the first that is set */
    const char *or_text;
    const char *tail;
} symbols[] = {
    {'A', true, "SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID", "0", ""},
    {'a', true, "SLURM_ARRAY_TASK_ID", NULL, NO_TASK, ""},
    {'b', true, "SLURM_ARRAY_TASK_ID", NULL, NO_TASK, ""},
    {'j', true, "SLURM_JOB_ID", NULL, "0", ""},
    {'J', true, "SLURM_JOB_ID", NULL, "0", ".batch"},
    {'N', false, "SLURMD_NODENAME", NULL, "localhost", ""},
    {'n', true, "SLURM_NODEID", NULL, "0", ""},
    {'s', false, NULL, NULL, "batch", ""},
    {'t', true, "SLURM_PROCID", NULL, "0", ""},
    {'u', false, "SLURM_JOB_USER", "USER", "nobody", ""},
    {'x', false, "SLURM_JOB_NAME", NULL, "batch", ""},
    {'%', false, NULL, NULL, "%", ""},
};

static const struct symbol *symbol_find(char letter)
{
    for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
        if (symbols[i].letter == letter)
            return &symbols[i];
    return NULL;
}

static const char *value_of(const struct symbol *s, filename_get_fn *get, void *arg)
{
    const char *value = s->name ? get(arg, s->name) : NULL;
    if (!value && s->or_name)
        value = get(arg, s->or_name);
    return value ? value : s->or_text;
}

/* A node's short name is up to its first dot. */
static size_t length_of(const struct symbol *s, const char *value)
{
    return s->letter == 'N' ? strcspn(value, ".") : strlen(value);
}

static void add_symbol(const struct symbol *s, size_t width, filename_get_fn *get,
                       void *arg, struct str *out)
{
    const char *value = value_of(s, get, arg);
    size_t len = length_of(s, value);
    if (s->letter == 'b' && len > 0) { /* modulo ten */
        value += len - 1;
        len = 1;
    }
    for (size_t i = len; s->is_number && i < width; i++)
        str_addc(out, '0');
    for (size_t i = 0; i < len; i++)
        str_addc(out, value[i] == '/' ? '_' : value[i]);
    str_add(out, s->tail);
}

static void add_plain(const char *pattern, struct str *out)
{
    for (const char *p = pattern; *p; p++)
        if (*p != '\\')
            str_addc(out, *p);
}

void filename_expand(const char *pattern, filename_get_fn *get, void *arg,
                     struct str *out)
{
    if (strchr(pattern, '\\')) {
        add_plain(pattern, out);
        return;
    }
    for (const char *p = pattern; *p; p++) {
        const char *letter = p + 1 + strspn(p + 1, "0123456789");
        const struct symbol *s = *p == '%' && *letter ? symbol_find(*letter) : NULL;
        if (!s) {
            str_addc(out, *p);
            continue;
        }
        unsigned long width = strtoul(p + 1, NULL, 10);
        add_symbol(s, MIN(width, WIDTH_MAX), get, arg, out);
        p = letter;
    }
}
