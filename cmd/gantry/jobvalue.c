#include "cmd/gantry/jobvalue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/licenses.h"
#include "crds/switches.h"
#include "scheduler/license.h"

static int check_dependency(const char *value, struct err *err)
{
    AUTO_FREE struct depend *depends = NULL;
    size_t n;
    bool any;

    return dependency_parse(value, &depends, &n, &any, err);
}

static int check_constraint(const char *value, struct err *err)
{
    CONSTRAINT_AUTO struct constraint c = {0};

    return constraint_parse(value, &c, err);
}

static int check_hosts(const char *value, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};

    return hostlist_parse(&list, value, err);
}

static int check_licenses(const char *value, struct err *err)
{
    struct license *list = NULL;
    size_t n = 0;
    bool any;
    const int rc = licenses_parse_asked(value, &list, &n, &any, err);

    licenses_free(list, n);
    return rc;
}

static int check_switches(const char *value, struct err *err)
{
    int64_t most, wait_sec;

    return switches_parse(value, &most, &wait_sec, err);
}

static int check_size(const char *value, struct err *err)
{
    int64_t bytes;

    return size_parse(value, &bytes, err);
}

/* One from 1 on; `*text` is behind it then. */
static bool scan_count(const char **text, int64_t *ret)
{
    char *end;

    errno = 0;
    if (**text < '0' || **text > '9')
        return false;
    *ret = strtoimax(*text, &end, 10);
    *text = end;
    return errno == 0 && *ret > 0;
}

static int check_nodes(const char *value, struct err *err)
{
    const char *text = value;
    int64_t low = 0, high = INT64_MAX;
    bool good = scan_count(&text, &low);

    if (good && *text == '-') {
        text++;
        good = scan_count(&text, &high);
    }
    if (!good || *text != '\0')
        return err_set(err, ERR_INVALID,
                       "\"%s\" is not a valid node count: use 4 or 2-4", value);
    if (high < low)
        return err_set(err, ERR_INVALID,
                       "maximum node count %" PRId64
                       " is less than minimum node count %" PRId64,
                       high, low);
    return 0;
}

static const struct {
    const char *field;
    int (*check)(const char *value, struct err *err);
} checks[] = {
    {"constraint", check_constraint}, {"dependency", check_dependency},
    {"exclude", check_hosts},         {"licenses", check_licenses},
    {"memPerCpu", check_size},        {"memPerNode", check_size},
    {"nodeList", check_hosts},        {"nodes", check_nodes},
    {"switches", check_switches},
};

int jobvalue_check(const char *field, const char *value, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(checks); i++)
        if (str_eq(checks[i].field, field))
            return checks[i].check(value, err);
    return 0;
}
