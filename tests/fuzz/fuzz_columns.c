#include "cmd/gantry/columns.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

#define LINE_MAX_BYTES (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cell(const void *row, const void *shared, struct str *out)
{
    (void)shared;
    str_add(out, row);
}

static const struct column table[] = {
    {'i', "jobid", "JOBID", cell, 0},
    {'j', "name", "NAME", cell, 0},
    {0, "tres-alloc", "TRES_ALLOC", cell, 0},
    {0},
};

/* A format that is taken prints a line of at least its widths. */
static void print(struct format *f)
{
    STR_AUTO struct str line;
    size_t least = 1;

    str_init(&line, LINE_MAX_BYTES);
    for (size_t i = 0; i < f->n; i++)
        least += f->fields[i].width;
    format_heading(f, &line);
    assert(line.overflow || line.len >= least);
    str_reset(&line);
    format_row(f, "value", NULL, &line);
    assert(line.overflow || line.len >= least);
    format_fini(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    struct format f = {0};
    struct err err = ERR_INIT;

    if (format_parse_letters(&f, table, text, &err) == 0)
        print(&f);
    else
        assert(err.code != ERR_NONE && strlen(err.msg) > 0);
    f = (struct format){0};
    if (format_parse_names(&f, table, text, &err) == 0)
        print(&f);
    return 0;
}
