#include "cmd/gantry-sim/outages.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/ledger.h"
#include "cmd/gantry-sim/rows.h"

#define HEADER "time_s,node,state"
#define OUTAGES_MAX 100000

static int read_row(char *line, const struct ledger *names, struct outage *ret,
                    struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    size_t n;
    if (row_cells(line, fields, &n, err) < 0)
        return -1;
    if (n != 3)
        return err_set(err, ERR_INVALID, "not three fields: " HEADER);
    if (*fields[0] == '\0' || row_number(fields[0], 1, &ret->sec, err) < 0)
        return err_set(err, ERR_INVALID, "time_s: \"%s\" is no number from 0 on",
                       fields[0]);
    int64_t node = ledger_find(names, fields[1]);
    if (node < 0)
        return err_set(err, ERR_INVALID, "node: there is no \"%s\"", fields[1]);
    ret->node = (size_t)node;
    ret->back = strcmp(fields[2], "up") == 0;
    if (!ret->back && strcmp(fields[2], "down") != 0)
        return err_set(err, ERR_INVALID, "state: \"%s\" is neither down nor up",
                       fields[2]);
    return 0;
}

static int read_rows(struct outages *o, struct lines *lines, const struct ledger *names,
                     struct err *err)
{
    char *line;
    int rc = lines_next(lines, &line, err);
    if (rc == 0 || (rc == 1 && strcmp(line, HEADER) != 0))
        return err_set(err, ERR_INVALID, "the first line must be " HEADER);
    while (rc == 1 && (rc = row_next(lines, 3, &line, err)) == 1) {
        struct outage outage;
        if (*line == '\0')
            continue;
        if (o->n == OUTAGES_MAX)
            return err_set(err, ERR_INVALID, "more than %d rows", OUTAGES_MAX);
        if (read_row(line, names, &outage, err) < 0)
            return -1;
        GROW(o->items, o->n, o->cap);
        size_t at = o->n++;
        for (; at > 0 && o->items[at - 1].sec > outage.sec; at--)
            o->items[at] = o->items[at - 1];
        o->items[at] = outage;
    }
    return rc;
}

int outages_read(struct outages *ret, const char *path, const struct pool *pool,
                 struct err *err)
{
    *ret = (struct outages){0};
    struct lines *lines = lines_open(path, err);
    if (!lines)
        return -1;
    struct ledger *names = ledger_new(pool);
    struct err own = ERR_INIT;
    int rc = read_rows(ret, lines, names, &own);
    if (rc < 0 && own.code == ERR_INVALID)
        err_set(err, own.code, "%s:%zu: %s", path, lines_number(lines), own.msg);
    else if (rc < 0)
        err_set(err, own.code, "%s", own.msg);
    ledger_free(names);
    lines_close(lines);
    return rc < 0 ? -1 : 0;
}

void outages_fini(struct outages *o)
{
    free(o->items);
    *o = (struct outages){0};
}
