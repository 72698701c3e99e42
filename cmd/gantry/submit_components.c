/* A heterogeneous job: what its components' options say, as spec.components. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/submit.h"

/* What each component has for itself, whatever others say. Partition, account, QOS and
 * time limit it may have; all else is the job's. */
static const char *const own[] = {
    "nodes",     "ntasks",  "ntasksPerNode", "cpusPerTask", "memPerNode", "memPerCpu",
    "memPerGpu", "gpus",    "gpusPerNode",   "gpusPerTask", "cpusPerGpu", "constraint",
    "nodeList",  "exclude", "spread",        "contiguous",  "switches",   "useMinNodes",
};

bool submit_is_own(const char *field)
{
    for (size_t i = 0; field && i < ARRAY_LEN(own); i++)
        if (strcmp(own[i], field) == 0)
            return true;
    return false;
}

static void move(struct json *from, const char *field, struct json *to)
{
    if (!json_get(from, field))
        return;
    json_set(to, field, json_copy(json_get(from, field)));
    json_del(from, field);
}

/* It is where the job is, or in a partition of its own. */
static int put_partition(const struct submit *s, const struct json *spec,
                         struct json *fields, struct json *component, struct err *err)
{
    const char *name = json_str(fields, "partition");
    const char *where = submit_where(s, "partition");

    if (!name || str_eq(name, json_str(spec, "partition"))) {
        json_del(fields, "partition");
        return 0;
    }
    if (strchr(name, ','))
        return err_set(err, ERR_INVALID,
                       "%s: a component is in one partition, only the first one may "
                       "list several",
                       where ? where : "--partition");
    move(fields, "partition", component);
    return 0;
}

/* That of the job, which may be several, or one of its own. */
static int check_qos(const struct submit *s, const struct json *fields, struct err *err)
{
    const char *where = submit_where(s, "qos");

    if (!strchr(json_str_or(fields, "qos", ""), ','))
        return 0;
    return err_set(err, ERR_INVALID,
                   "%s: a component has one QOS, only the first one may list several",
                   where ? where : "--qos");
}

/* What one component says goes on for those behind it, as in Slurm: `before` is the one
 * before. The first one's is the job's. */
static void put_inherited(const struct json *spec, const struct json *before,
                          const char *field, struct json *fields,
                          struct json *component)
{
    if (!json_get(fields, field) && json_get(before, field))
        json_set(fields, field, json_copy(json_get(before, field)));
    if (str_eq(json_str(fields, field), json_str(spec, field)))
        json_del(fields, field);
    else
        move(fields, field, component);
}

/* Of a later component; what is the job's the first one has said already. */
static int check_rest(const struct submit *s, const struct json *spec,
                      const struct json *rest, struct err *err)
{
    for (json_each (it, rest)) {
        const struct json *first = json_get(spec, it.key);
        if (first && json_equal(first, it.val))
            continue;
        const char *where = submit_where(s, it.key);
        return err_set(err, ERR_INVALID,
                       "%s: all components of a heterogeneous job have what the first "
                       "one says, and that %s",
                       where ? where : it.key, first ? "is different" : "says nothing");
    }
    return 0;
}

static struct json *component_of(struct json *fields, size_t number)
{
    AUTO_FREE char *name = xasprintf("%zu", number);
    struct json *ret = json_build("{'name':%s}", name);

    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        move(fields, own[i], ret);
    return ret;
}

static int add_component(const struct submit *s, int64_t now_sec, struct json *spec,
                         struct json *list, struct err *err)
{
    const struct json *before = json_item(list, json_len(list) - 1);
    JSON_AUTO struct json *fields = json_new_object();
    struct json *component;

    if (submit_fill(s, now_sec, fields, err) < 0)
        return -1;
    component = component_of(fields, s->component);
    put_inherited(spec, before, "account", fields, component);
    put_inherited(spec, before, "qos", fields, component);
    put_inherited(spec, before, "timeLimit", fields, component);
    json_append(list, component);
    if (check_qos(s, component, err) < 0 ||
        put_partition(s, spec, fields, component, err) < 0)
        return -1;
    return check_rest(s, spec, fields, err);
}

int submit_fill_components(const struct submit *first, int64_t now_sec,
                           struct json *spec, struct err *err)
{
    struct json *list;

    if (!first->next)
        return 0;
    list = json_new_array();
    json_append(list, component_of(spec, 0));
    json_set(spec, "components", list);
    for (const struct submit *s = first->next; s; s = s->next) {
        if (add_component(s, now_sec, spec, list, err) < 0)
            return -1;
    }
    return 0;
}
