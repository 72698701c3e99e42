#include "scheduler/tres.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const names[TRES_KINDS] = {
    [TRES_NONE] = "",           [TRES_CPU] = "cpu",      [TRES_MEM] = "mem",
    [TRES_NODE] = "node",       [TRES_GPU] = "gres/gpu", [TRES_BILLING] = "billing",
    [TRES_LICENSE] = "license", [TRES_DEVICE] = "gres",
};

/* What may stand between the name of a TRES and its type; '\0': nothing does. */
#define JOINTS ":/"

/* Without a name it is nothing. */
static bool is_named(enum tres tres)
{
    return tres == TRES_LICENSE || tres == TRES_DEVICE;
}

/* Extended resources have a domain. */
static bool is_name(enum tres tres, const char *type)
{
    const char *slash = strchr(type, '/');

    return *type != '\0' &&
           (tres != TRES_DEVICE || (slash != NULL && slash > type && slash[1] != '\0'));
}

static char joint_of(enum tres tres)
{
    return tres == TRES_GPU ? ':' : is_named(tres) ? '/' : '\0';
}

enum tres tres_parse(const char *key, const char **ret_type)
{
    *ret_type = NULL;
    for (enum tres i = TRES_CPU; i < TRES_KINDS; i++) {
        size_t len = strlen(names[i]);
        const char *rest = key + len;

        if (strncasecmp(names[i], key, len) != 0 || strchr(JOINTS, *rest) == NULL)
            continue;
        if (*rest == '\0')
            return !is_named(i) ? i : TRES_NONE;
        if (*rest != joint_of(i) || !is_name(i, rest + 1))
            return TRES_NONE;
        *ret_type = rest + 1;
        return i;
    }
    return TRES_NONE;
}

void tres_say(enum tres tres, const char *type, struct str *out)
{
    str_add(out, names[tres]);
    if (type != NULL)
        str_addf(out, "%c%s", joint_of(tres), type);
}

int tres_compare(enum tres a, const char *a_type, enum tres b, const char *b_type)
{
    if (a != b)
        return a < b ? -1 : 1;
    if (a_type == NULL || b_type == NULL)
        return (a_type != NULL) - (b_type != NULL);
    return strcmp(a_type, b_type);
}
