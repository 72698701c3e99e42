/*
 * fuzz_podspec - JSON into what a node reads of a pod, and the status that it makes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "cmd/gantry-local/podspec.h"
#include "cmd/gantry-local/podstatus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    JSON_AUTO struct json *object = json_parse((const char *)data, size, NULL);
    struct pod_spec *spec;
    struct pod_state state;

    if (!object)
        return 0;
    spec = podspec_new(object);
    pod_state_init(&state, spec);
    podstatus_settle(spec, &state, 1);
    json_free(podstatus_patch(spec, &state));
    /* one that cannot be meant has no containers that anybody could start */
    if (spec->invalid && spec->n_inits + spec->n_mains > 0)
        abort();
    for (size_t i = 0; i < spec->n_mains; i++)
        for (size_t type = 0; type < PROBE_TYPES; type++) {
            const struct probe_spec *p = &spec->mains[i].probes[type];

            if (p->action != PROBE_NONE &&
                (p->period_sec < 1 || p->timeout_sec < 1 || p->successes < 1 ||
                 p->failures < 1 || p->port < 0 || p->port > 65535))
                abort();
        }
    pod_state_fini(&state, spec);
    podspec_free(spec);
    return 0;
}
