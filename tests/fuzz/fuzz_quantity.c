#include "base/quantity.h"

#include <assert.h>
#include <stdint.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The canonical form of what is taken is taken and has the same value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    char shown[QUANTITY_TEXT_MAX];
    int64_t value, again;
    if (quantity_parse_milli(text, &value, &err) == 0) {
        quantity_format_milli(value, shown);
        assert(quantity_parse_milli(shown, &again, &err) == 0 && again == value);
    }
    if (quantity_parse(text, &value, &err) == 0) {
        quantity_format_bytes(value, shown);
        assert(quantity_parse(shown, &again, &err) == 0 && again == value);
    }
    if (size_parse(text, &value, &err) == 0 && value % 1024 == 0) {
        size_format(value, shown);
        assert(size_parse(shown, &again, &err) == 0 && again == value);
    }
    return 0;
}
