/*
 * fuzz_settings - bytes as a gantry.yaml: what is refused is told in one line and
 * leaves all as it was; what is taken reads the same once more.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "crds/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Byte by byte: what lies between fields is the same, too. */
static bool are_equal(const struct settings *a, const struct settings *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;

    for (size_t i = 0; i < sizeof(*a); i++)
        if (x[i] != y[i])
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings before, s, again;
    struct err err = ERR_INIT;

    memset(&before, 0, sizeof(before));
    settings_default(&before);
    memcpy(&s, &before, sizeof(s));
    if (settings_parse(&s, (const char *)data, size, "gantry.yaml", &err) < 0) {
        assert(err.code != ERR_NONE && !strchr(err.msg, '\n'));
        assert(are_equal(&s, &before));
        return 0;
    }
    memcpy(&again, &s, sizeof(again));
    assert(settings_parse(&again, (const char *)data, size, "again", &err) == 0);
    assert(are_equal(&s, &again));
    return 0;
}
