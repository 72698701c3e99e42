/* The components of a heterogeneous job, each as a BatchJob that is nothing else. */
#include <string.h>

#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/rules.h"

size_t convert_n_components(const struct json *batchjob)
{
    const struct json *list = json_at(batchjob, "spec.components");
    return json_is(list, JSON_ARRAY) ? json_len(list) : 0;
}

/* Without a template of its own it has the job's work. */
static void add_work(const struct json *from, struct json *spec)
{
    static const char *const fields[] = {
        "template", "script", "scriptFrom", "args",  "image",    "workDir",
        "env",      "input",  "output",     "error", "openMode", "exportEnv"};
    if (json_get(spec, "template"))
        return;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (json_get(from, fields[i]))
            json_set(spec, fields[i], json_copy(json_get(from, fields[i])));
}

struct json *convert_component(const struct json *batchjob, size_t component)
{
    const struct json *spec = json_get(batchjob, "spec");
    const struct json *item = json_item(json_get(spec, "components"), component);
    if (convert_n_components(batchjob) == 0)
        return json_ref((struct json *)batchjob);
    struct json *ret = json_new_object();
    struct json *own = json_is(item, JSON_OBJECT) ? json_copy(item) : json_new_object();
    static const char *const of_the_job[] = {"exclusive", "exclusiveUser",
                                             "overSubscribe"};
    for (size_t i = 0; i < ARRAY_LEN(of_the_job); i++)
        if (json_get(spec, of_the_job[i]))
            json_set(own, of_the_job[i], json_copy(json_get(spec, of_the_job[i])));
    add_work(spec, own);
    json_set(ret, "metadata", json_copy(json_get(batchjob, "metadata")));
    json_set(ret, "spec", own);
    return ret;
}

/* "spec.nodes: ..." is said of "spec.components[1].nodes". */
static int say_where(size_t component, struct err *err)
{
    if (!err || !str_starts(err->msg, "spec."))
        return -1;
    AUTO_FREE char *said = xstrdup(err->msg + strlen("spec."));
    return err_set(err, err->code, "spec.components[%zu].%s", component, said);
}

/* Those that it names. */
static int payers_read(const struct json *component, struct job *into, struct err *err)
{
    const char *account = json_str(component, "spec.account");
    const char *qos = json_str(component, "spec.qos");
    if (qos && strchr(qos, ','))
        return err_set(err, ERR_INVALID,
                       "spec.qos: a component has one QOS, only spec.qos may list "
                       "several");
    into->account = account && *account ? xstrdup(account) : NULL;
    into->qos = qos && *qos ? xstrdup(qos) : NULL;
    return 0;
}

/* It is in one, or where the job is. */
static int partition_read(const struct json *component, struct job *into,
                          struct err *err)
{
    const char *name = json_str(component, "spec.partition");
    if (!name)
        return 0;
    if (!*name || strchr(name, ','))
        return err_set(err, ERR_INVALID,
                       "spec.partition: a component is in one partition, only "
                       "spec.partition may list several");
    names_add(&into->partitions, &into->n_partitions, name);
    return 0;
}

/* Of the first one it is the job's. */
static int limit_read(const struct json *component, struct job *into, struct err *err)
{
    if (duration_read(component, "spec.timeLimit", &into->limit_sec, err) < 0)
        return -1;
    return into->limit_sec != 0
               ? 0
               : err_set(err, ERR_INVALID, "spec.timeLimit: must be more than nothing");
}

int components_read(const struct convert *c, const struct json *batchjob,
                    struct job *job, struct err *err)
{
    size_t n = convert_n_components(batchjob);
    if (n > COMPONENTS_MAX)
        return err_set(err, ERR_INVALID,
                       "spec.components: %zu are too many, at most %d", n,
                       COMPONENTS_MAX);
    for (size_t i = 0; i < n; i++) {
        JSON_AUTO struct json *component = convert_component(batchjob, i);
        struct job *into = i == 0 ? job : job_add_component(job);
        if (rules_hold("BatchJob", component, err) < 0 ||
            request_read(c, component, into, err) < 0 ||
            (i > 0 && (partition_read(component, into, err) < 0 ||
                       limit_read(component, into, err) < 0 ||
                       payers_read(component, into, err) < 0)))
            return say_where(i, err);
    }
    return 0;
}
