/*
 * fuzz_pattern - a line with a schema's pattern, then a value: it compiles and is held
 * against it, or is refused in one line.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *pattern = xstrndup((const char *)data, size);
    struct err err = ERR_INIT;
    regex_t regex;
    char *value = strchr(pattern, '\n');

    if (value)
        *value++ = '\0';
    if (pattern_compile(pattern, &regex, &err) < 0) {
        assert(err.code == ERR_INVALID && !strchr(err.msg, '\n'));
        return 0;
    }
    const int rc = regexec(&regex, value ? value : "", 0, NULL, 0);
    assert(rc == 0 || rc == REG_NOMATCH || rc == REG_ESPACE);
    regfree(&regex);
    return 0;
}
