#include "cmd/gantry/refused.h"

#include "base/util.h"

int refused_check(const struct refused *list, const struct opt *table, int argc,
                  char **argv, struct err *err)
{
    struct opt_scan scan;
    struct opt_item item;

    opt_scan_init(&scan, table, OPT_GETOPT, argc, argv);
    while (opt_scan_next(&scan, &item, NULL) > 0)
        for (const struct refused *r = list; r->name; r++)
            if (str_eq(r->name, item.row->name))
                return err_set(err, ERR_INVALID, "%s: %s", item.from, r->why);
    return 0;
}
