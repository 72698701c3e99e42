/* status.components: a heterogeneous job's components as Slurm has them, each a job. */
#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-controller/statusdoc.h"

#define TEXT_MAX (64u << 10)

/* Slots of one component. */
struct part {
    const struct slot *slots;
    size_t n;
};

static struct part part_of(const struct slot *slots, size_t n, size_t component)
{
    size_t first = 0, end;

    while (first < n && slots[first].component != (int64_t)component)
        first++;
    for (end = first; end < n && slots[end].component == (int64_t)component; end++)
        ;
    return (struct part){slots + first, end - first};
}

static void put_text(struct json *o, const char *key, const struct str *text)
{
    if (text->len > 0)
        json_set(o, key, json_new_string(text->s));
}

static void put_nodes(struct json *o, const char *key, const struct part *part)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    for (size_t i = 0; i < part->n; i++)
        hostlist_add(&nodes, part->slots[i].node);
    hostlist_format(&nodes, &text);
    put_text(o, key, &text);
}

static void put_tally(struct json *o, const struct tally *tally)
{
    if (tally->nodes > 0)
        json_set(o, "numNodes", json_new_int(tally->nodes));
    if (tally->gpus > 0)
        json_set(o, "numGPUs", json_new_int(tally->gpus));
}

/* What it asks for; how many nodes and GPUs, while it has none. */
static void put_request(struct json *o, const struct convert *c,
                        const struct job *component, bool placed)
{
    struct job alone = *component;
    STR_AUTO struct str tres;

    alone.n_others = 0;
    str_init(&tres, TEXT_MAX);
    convert_req_tres(c, &alone, &tres);
    put_text(o, "reqTRES", &tres);
    if (!placed) {
        const struct tally tally = convert_req_tally(c, &alone);
        put_tally(o, &tally);
    }
}

static void put_placement(struct json *o, const struct convert *c,
                          const struct part *part, const struct slot *counts)
{
    const struct tally tally = convert_tally(c, counts, part->n);
    STR_AUTO struct str tres;

    str_init(&tres, TEXT_MAX);
    convert_tres(c, counts, part->n, &tres);
    put_tally(o, &tally);
    put_nodes(o, "nodeList", part);
    json_set(o, "batchHost", json_new_string(part->slots[0].node));
    put_text(o, "allocTRES", &tres);
}

/* It was ended by its own limit, or cancelled; else it is as the job is. */
static void put_end(struct json *o, const struct jstatus *want, size_t component)
{
    const uint32_t bit = UINT32_C(1) << component;
    char when[TIME_TEXT_MAX];

    if ((want->ends.over & bit) == 0)
        return;
    bool gone = (want->ends.gone & bit) != 0 || job_state_is_final(want->state);
    bool cancelled = (want->ends.cancelled & bit) != 0;
    const char *state = cancelled ? COMPONENT_CANCELLED : COMPONENT_TIMEOUT;
    time_format_rfc3339(want->ends.at_sec[component], when);
    json_set(o, "state", json_new_string(gone ? state : COMPONENT_ENDING));
    json_set(
        o, "reason",
        json_new_string(cancelled ? COMPONENT_CANCEL_REASON : COMPONENT_LIMIT_REASON));
    json_set(o, "endTime", json_new_string(when));
}

struct json *status_component(const struct convert *c, const struct bjob *job,
                              const struct jstatus *want, const struct slot *counts,
                              size_t component)
{
    const struct part held = part_of(want->placement, want->n_placement, component);
    const struct part planned =
        part_of(want->plan.slots, want->plan.n_slots, component);
    struct json *o = json_build("{'jobID':%i}", want->job_id + (int64_t)component);

    if (job->model && component <= job->model->n_others)
        put_request(o, c, job_component(job->model, component), held.n > 0);
    if (held.n > 0)
        put_placement(o, c, &held,
                      counts ? counts + (held.slots - want->placement) : held.slots);
    put_nodes(o, "plannedNodes", &planned);
    put_end(o, want, component);
    return o;
}
