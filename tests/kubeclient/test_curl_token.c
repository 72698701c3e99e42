#include "kubeclient/curl_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* In order: what happens to the file, when it is looked at, what the token is then. */
static const struct {
    const char *name;
    const char *file; /* NULL: as it was; "-": it goes */
    int64_t at_ms;
    bool reread; /* after a 401; else only when the time has come */
    const char *value;
    unsigned generation;
} steps[] = {
    {"fresh", NULL, 1000, false, "t0", 0},
    {"not looked at yet", "t1\n", 60999, false, "t0", 0},
    {"after a minute", NULL, 61000, false, "t1", 1},
    {"not again before another", "t2", 120999, false, "t1", 1},
    {"after a 401 at once", NULL, 121000 - 1, true, "t2", 2},
    {"the same once more", NULL, 121001, true, "t2", 2},
    {"the minute begins with any reading", "t3", 181000, false, "t2", 2},
    {"and ends", NULL, 181001, false, "t3", 3},
    {"gone: the old one stays", "-", 300000, false, "t3", 3},
    {"gone: not looked for each time", "t4", 359999, false, "t3", 3},
    {"empty: the old one stays", "\n", 360000, true, "t3", 3},
    {"two lines: the old one stays", "a\nb\n", 360000, true, "t3", 3},
    {"there again", " t4 \n", 360000, true, "t4", 4},
};

START_TEST(test_file)
{
    char path[] = "/tmp/gantry-token-XXXXXX";
    struct curl_token token;
    int fd = mkstemp(path);

    ck_assert(fd >= 0);
    close(fd);
    curl_token_init(&token, "t0", path, 1000);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (str_eq(steps[i].file, "-"))
            unlink(path);
        else if (steps[i].file)
            write_text(path, steps[i].file);
        if (steps[i].reread)
            curl_token_reread(&token, steps[i].at_ms);
        else
            curl_token_refresh(&token, steps[i].at_ms);
        ck_assert_msg(str_eq(token.value, steps[i].value), "%s: %s", steps[i].name,
                      token.value);
        ck_assert_msg(token.generation == steps[i].generation, "%s: generation %u",
                      steps[i].name, token.generation);
    }
    curl_token_fini(&token);
    unlink(path);
}
END_TEST

/* No file: what was given stays. */
START_TEST(test_constant)
{
    static const char *const values[] = {"t", NULL};
    struct curl_token token;

    curl_token_init(&token, values[_i], NULL, 0);
    curl_token_refresh(&token, 1000000);
    curl_token_reread(&token, 1000000);
    ck_assert(str_eq(token.value, values[_i]));
    ck_assert_uint_eq(token.generation, 0);
    curl_token_fini(&token);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/curl_token", (struct suite_row[]){
                                                   {test_file, 1},
                                                   {test_constant, 2},
                                                   {NULL, 0},
                                               });
}
