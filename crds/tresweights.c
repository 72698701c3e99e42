#include "crds/tresweights.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define WEIGHT_MAX 0xffffffffLL /* as in Slurm: 32 bits */
#define FORMS "right are cpu, mem, node, gres/gpu, gres/gpu:TYPE and gres/DOMAIN/NAME"

static int read_name(const char *name, struct tres_weight *w, struct err *err)
{
    const char *type;

    w->of = tres_parse(name, &type);
    if (w->of == TRES_NONE || w->of == TRES_BILLING || w->of == TRES_LICENSE ||
        (type && strlen(type) >= sizeof(w->type)))
        return err_set(err, ERR_INVALID, "\"%s\" is no such TRES: " FORMS, name);
    if (type)
        memcpy(w->type, type, strlen(type) + 1);
    return 0;
}

/* "gres/gpu=500" */
static int read_one(char *text, struct tres_weight *w, struct err *err)
{
    char *number = text, *end;
    const char *name = strsep(&number, "=");
    if (!number || (*number != '-' && (*number < '0' || *number > '9')))
        return err_set(err, ERR_INVALID, "\"%s\": right is cpu=1000", name);
    w->weight = strtoll(number, &end, 10);
    if (*end != '\0' || w->weight < -WEIGHT_MAX || w->weight > WEIGHT_MAX)
        return err_set(err, ERR_INVALID,
                       "%s: \"%s\" is no whole number from -%lld to %lld", name, number,
                       WEIGHT_MAX, WEIGHT_MAX);
    return read_name(name, w, err);
}

static int refuse_twice(const struct tres_weight *w, struct err *err)
{
    STR_AUTO struct str name;
    str_init(&name, RES_NAME_MAX * 2);
    tres_say(w->of, *w->type ? w->type : NULL, &name);
    return err_set(err, ERR_INVALID, "%s stands there twice", name.s);
}

int tresweights_parse(const char *text, struct tres_weights *ret, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = *copy ? copy : NULL, *one;
    struct tres_weights all = {0};
    while ((one = strsep(&rest, ",")) != NULL) {
        struct tres_weight w = {0};
        if (read_one(one + strspn(one, " "), &w, err) < 0)
            return -1;
        if (all.n == TRES_WEIGHTS_MAX)
            return err_set(err, ERR_INVALID, "more than %d TRES", TRES_WEIGHTS_MAX);
        for (size_t i = 0; i < all.n; i++)
            if (all.items[i].of == w.of && strcmp(all.items[i].type, w.type) == 0)
                return refuse_twice(&w, err);
        all.items[all.n++] = w;
    }
    *ret = all;
    return 0;
}

void tresweights_format(const struct tres_weights *weights, struct str *out)
{
    for (size_t i = 0; i < weights->n; i++) {
        const struct tres_weight *w = &weights->items[i];
        str_add(out, i == 0 ? "" : ",");
        tres_say(w->of, *w->type ? w->type : NULL, out);
        str_addf(out, "=%" PRId64, w->weight);
    }
}
