#include "base/json.h"

#include <assert.h>
#include <stdint.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken prints as something that is taken, is printed alike and has no key
 * twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str path = {0};
    str_init(&path, 1024);
    bool twice = json_duplicate_key((const char *)data, size, &path);
    JSON_AUTO struct json *j = json_parse((const char *)data, size, &err);
    if (!j) {
        assert(err.code != ERR_NONE && err.msg[0] != '\0');
        return 0;
    }
    size_t len;
    AUTO_FREE char *text = json_text(j, &len);
    JSON_AUTO struct json *again = json_parse(text, len, &err);
    assert(again);
    AUTO_FREE char *text2 = json_text(again, NULL);
    assert(str_eq(text, text2));
    str_reset(&path);
    assert(!json_duplicate_key(text, len, &path));
    assert(twice || json_equal(j, again));
    return 0;
}
