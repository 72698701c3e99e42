/* fuzz_media - an Accept header. What is not refused is one of the types. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct media_offer offers[] = {
        {.json_only = true, .is_named = true},
        {.is_named = true, .tables = true, .streams = true},
        {.discovery = true}};
    AUTO_FREE char *accept = xstrndup((const char *)data, size);

    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        struct media_choice choice;
        if (media_choose(accept, &offers[i], &choice)) {
            assert(str_starts(media_type(choice.media), "application/"));
            assert(choice.media == MEDIA_JSON || !offers[i].json_only);
            continue;
        }
        bool unnamed;
        AUTO_FREE char *why = media_refusal(accept, &offers[i], &unnamed);
        assert(strstr(why, "application/json"));
        assert(unnamed == str_starts(why, "406: "));
    }
    return 0;
}
