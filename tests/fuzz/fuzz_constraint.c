#include "crds/constraint.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_terms(const struct term *terms, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert(terms[i].n_reqs > 0);
        for (size_t k = 0; k < terms[i].n_reqs; k++)
            assert(str_starts(terms[i].reqs[k].key, FEATURE_LABEL) &&
                   strlen(terms[i].reqs[k].key) > strlen(FEATURE_LABEL));
    }
}

/* Each alternative names features; all other text is refused in one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    CONSTRAINT_AUTO struct constraint c = {0};

    if (constraint_parse(text, &c, &err) < 0) {
        assert(err.code == ERR_INVALID && !strchr(err.msg, '\n'));
        return 0;
    }
    assert((c.n_any + c.n_same + c.n_counts == 0) == (*text == '\0'));
    check_terms(c.any, c.n_any);
    check_terms(c.same, c.n_same);
    assert(c.n_same != 1);
    for (size_t i = 0; i < c.n_counts; i++) {
        assert(c.counts[i].count > 0 && c.counts[i].n_any > 0 && *c.counts[i].text);
        check_terms(c.counts[i].any, c.counts[i].n_any);
    }
    return 0;
}
