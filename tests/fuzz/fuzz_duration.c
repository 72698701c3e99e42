#include "base/duration.h"

#include <assert.h>
#include <stdint.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A duration's output form reads back as itself; a time's as the same second. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    char shown[DURATION_TEXT_MAX], when[TIME_TEXT_MAX];
    int64_t value, again;
    if (duration_parse(text, &value, &err) == 0) {
        assert(value >= 0);
        duration_format(value, shown);
        assert(duration_parse(shown, &again, &err) == 0 && again == value);
    }
    time_parse(text, INT64_C(1795547171), &value, &err);
    if (time_parse_rfc3339(text, &value, &err) == 0) {
        time_format_rfc3339(value, when);
        assert(time_parse_rfc3339(when, &again, &err) == 0);
    }
    return 0;
}
