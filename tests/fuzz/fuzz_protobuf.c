/* fuzz_protobuf - a body in Kubernetes' protobuf. What can be read prints as JSON. */
#include <stdint.h>

#include "base/str.h"
#include "cmd/gantry-local/protobuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct kinds *kinds; /* made once: it takes longer than a run */
    struct err err = ERR_INIT;
    STR_AUTO struct str text;

    if (kinds == NULL)
        kinds = kinds_new();
    struct json *object = protobuf_parse(kinds, data, size, &err);
    str_init(&text, 64u << 20);
    if (object != NULL)
        json_print(object, &text);
    json_free(object);
    return 0;
}
