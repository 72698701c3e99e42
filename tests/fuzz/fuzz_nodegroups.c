#include "cmd/gantry-local/nodegroups.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

#define SHOWN_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is within bounds and prints as it reads. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct nodegroup each = {.gpus = 1};
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    struct nodegroups groups, again;
    STR_AUTO struct str shown = {0};
    STR_AUTO struct str twice = {0};

    str_init(&shown, SHOWN_MAX);
    str_init(&twice, SHOWN_MAX);
    if (nodegroups_parse(text, &each, &groups, NULL) != 0)
        return 0;
    assert(groups.n >= 1 && groups.n <= NODEGROUPS_MAX);
    assert(nodegroups_count(&groups) >= 1);
    assert(nodegroups_count(&groups) <= NODEGROUPS_NODES_MAX);
    nodegroups_print(&groups, &shown);
    assert(nodegroups_parse(shown.s, &each, &again, NULL) == 0);
    nodegroups_print(&again, &twice);
    assert(strcmp(shown.s, twice.s) == 0);
    return 0;
}
