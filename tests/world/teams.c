#include "tests/world/teams.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void teams_draw(struct teams *t, struct rng *rng, int64_t cpus_per_node)
{
    *t = (struct teams){
        .any = rng_below(rng, 2) == 0,
        .lab_jobs = 2 + (int64_t)rng_below(rng, 4), /* two components are two */
        .red_cpus = 1 + (int64_t)rng_below(rng, (uint64_t)(2 * cpus_per_node)),
        .red_nodes = 1 + (int64_t)rng_below(rng, 3),
    };
}

/* ---- accounts ---- */

static struct json *account(const char *name, const char *parent)
{
    struct json *object =
        json_build("{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'Account',"
                   " 'metadata': {'name': %s}, 'spec': {}}",
                   name);

    if (parent != NULL)
        json_set_at(object, "spec.parent", json_new_string(parent));
    json_set_at(object, "spec.members", json_build("[{'namespace': 'default'}]"));
    return object;
}

static struct json *lab_of(const struct teams *t)
{
    struct json *object = account("lab", NULL);

    json_set_at(object, "spec.limits", json_build("{'grpJobs': %i}", t->lab_jobs));
    return object;
}

static struct json *red_of(const struct teams *t)
{
    struct json *object = account("red", "lab");

    json_set_at(
        object, "spec.limits",
        json_build("{'grpTRES': {'cpu': %i, 'node': %i}}", t->red_cpus, t->red_nodes));
    return object;
}

struct json *teams_account(const struct teams *t, size_t i)
{
    switch (t->any ? i : TEAM_NAMES) {
    case 0:
        return lab_of(t);
    case 1:
        return red_of(t);
    case 2:
        return account("blue", "lab");
    case 3:
        return account("free", NULL);
    default:
        return NULL;
    }
}

/* ---- jobs ---- */

/* So many pods, each of so many CPUs; false: it is not as plain as that. */
static bool read_shape(const struct json *job, int64_t *ret_pods, int64_t *ret_cpus)
{
    const struct json *spec = json_get(job, "spec");
    const struct json *container =
        json_item(json_at(job, "spec.template.spec.containers"), 0);
    const char *cpu = json_str(json_at(container, "resources"), "requests.cpu");

    if (json_get(spec, "components") != NULL || json_get(spec, "exclusive") != NULL ||
        json_get(spec, "ntasks") != NULL ||
        json_is(json_get(spec, "nodes"), JSON_STRING))
        return false;
    *ret_pods = json_int_or(spec, "replicas", json_int_or(spec, "nodes", 1));
    *ret_cpus =
        cpu != NULL ? strtoll(cpu, NULL, 10) : json_int_or(spec, "cpusPerTask", 1);
    return true;
}

static bool suits_red(const struct teams *t, const struct json *job)
{
    int64_t pods, cpus;

    return read_shape(job, &pods, &cpus) && pods <= t->red_nodes &&
           pods * cpus <= t->red_cpus;
}

void teams_join(const struct teams *t, struct rng *rng, struct json *job, bool limited)
{
    static const char *const names[] = {"red", "red", "blue", "free"};
    const char *name = names[rng_below(rng, ARRAY_LEN(names))];

    if (!t->any)
        return;
    if (!limited)
        name = "free";
    else if (strcmp(name, "red") == 0 && !suits_red(t, job))
        name = "blue";
    json_set_at(job, "spec.account", json_new_string(name));
}
