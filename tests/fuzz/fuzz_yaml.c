#include "base/yaml.h"

#include <assert.h>
#include <stdint.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_doc(void *arg, struct json *take, size_t line, struct err *err)
{
    AUTO_FREE char *text = json_text(take, NULL);
    (void)arg;
    (void)err;
    assert(line > 0);
    json_free(take);
    return 0;
}

/* Whatever is taken can be printed; whatever is refused says where. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    if (yaml_parse((const char *)data, size, "f", take_doc, NULL, &err) < 0)
        assert(err.code != ERR_NONE && err.msg[0] == 'f' && err.msg[1] == ':');
    yaml_line_of((const char *)data, size, "spec.tasks[1].name");
    return 0;
}
