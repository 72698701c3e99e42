#include "crds/constraint.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each alternative names features; all other text is refused in one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    struct term *terms = NULL;
    size_t n = 0;

    if (constraint_parse(text, &terms, &n, &err) < 0) {
        assert(err.code == ERR_INVALID && !strchr(err.msg, '\n'));
        return 0;
    }
    assert((n == 0) == (*text == '\0'));
    for (size_t i = 0; i < n; i++) {
        assert(terms[i].n_reqs > 0);
        for (size_t k = 0; k < terms[i].n_reqs; k++)
            assert(str_starts(terms[i].reqs[k].key, FEATURE_LABEL) &&
                   strlen(terms[i].reqs[k].key) > strlen(FEATURE_LABEL));
    }
    terms_free(terms, n);
    return 0;
}
