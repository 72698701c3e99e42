#include "crds/licenses.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define SHOWN_MAX (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read as a table is written so that it is read again as the same; all other
 * text is refused in one line, and so is it as a job's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    struct license_table table = {0}, again = {0};
    struct license *job = NULL;
    STR_AUTO struct str shown, shown_again;
    size_t n = 0;

    str_init(&shown, SHOWN_MAX);
    str_init(&shown_again, SHOWN_MAX);
    if (license_table_parse(text, &table, &err) < 0) {
        assert(err.code == ERR_INVALID && !strchr(err.msg, '\n'));
        assert(licenses_parse(text, &job, &n, &err) < 0);
        return 0;
    }
    assert(licenses_parse(text, &job, &n, &err) == 0 && n == table.n);
    licenses_free(job, n);
    license_table_format(&table, &shown);
    assert(license_table_parse(shown.s, &again, &err) == 0);
    license_table_format(&again, &shown_again);
    assert(strcmp(shown.s, shown_again.s) == 0);
    return 0;
}
