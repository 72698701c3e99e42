/* fuzz_protobuf - a body in Kubernetes' protobuf. What can be read can be
 * written, as JSON and as protobuf that reads the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "cmd/gantry-local/protobuf.h"
#include "cmd/gantry-local/protobuf_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct kinds *kinds; /* made once: it takes longer than a run */

static void write_again(const struct json *object)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str once, twice;

    str_init(&once, 64u << 20);
    str_init(&twice, 64u << 20);
    assert(protobuf_print(kinds, object, &once));
    JSON_AUTO struct json *again = protobuf_parse(kinds, once.s, once.len, &err);
    assert(again != NULL && protobuf_print(kinds, again, &twice));
    assert(once.len == twice.len && memcmp(once.s, twice.s, once.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text;

    if (kinds == NULL)
        kinds = kinds_new();
    struct json *object = protobuf_parse(kinds, data, size, &err);
    str_init(&text, 64u << 20);
    if (object != NULL) {
        json_print(object, &text);
        write_again(object);
    }
    json_free(object);
    return 0;
}
