/*
 * fuzz_jsonpath - a line with a printer column's path, then the object that it is for:
 * a cell, and of an object without fields none.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *path = xstrndup((const char *)data, size);
    JSON_AUTO struct json *empty = json_new_object();
    JSON_AUTO struct json *object = NULL;
    char *rest = strchr(path, '\n');

    if (rest) {
        *rest++ = '\0';
        object = json_parse_str(rest, NULL);
    }
    JSON_AUTO struct json *cell = jsonpath_cell(object ? object : empty, path);
    AUTO_FREE char *text = json_text(cell, NULL);
    assert(text != NULL);
    JSON_AUTO struct json *none = jsonpath_cell(empty, path);
    assert(json_len(none) == 0);
    return 0;
}
