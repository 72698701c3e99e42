#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/script.h"
#include "cmd/gantry/submit.h"
#include "cmd/gantry/surroundings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A script's lines become a spec, or one line of error; what --export says likewise. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *environment[] = {(char *)"A=1", (char *)"B=x=y", NULL};
    JSON_AUTO struct json *spec = json_new_object();
    JSON_AUTO struct json *env = NULL;
    SCRIPT_AUTO struct script script;
    SUBMIT_AUTO struct submit submit;
    struct err err = ERR_INIT;

    script_init(&script);
    submit_init(&submit);
    script.name = xstrdup("s");
    str_addn(&script.text, (const char *)data, size);
    if (script_check(&script, &err) == 0 &&
        script_directives(&script, &submit, size % 2 == 0, &err) == 0 &&
        submit_check(&submit, &err) == 0) {
        if (submit_fill(&submit, 1800000000, spec, &err) == 0)
            submit_fill_components(&submit, 1800000000, spec, &err);
        env = surroundings_env(submit_text(&submit, "export"), environment, &err);
    }
    assert(err.code == ERR_NONE || err.msg[0] != '\0');
    return 0;
}
