#include "cmd/gantry/cli.h"

#include <stdlib.h>

#include "base/str.h"

#define LINE_MAX_BYTES (64u << 10)

/* One line whatever is quoted in it; a batch of them stays in order with the output. */
static void say(const struct cli *cli, const char *kind, const char *fmt, va_list ap)
{
    STR_AUTO struct str line;

    str_init(&line, LINE_MAX_BYTES);
    str_vaddf(&line, fmt, ap);
    for (char *p = line.s; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    fflush(cli->out);
    fprintf(cli->err, "%s: %s%s\n", cli->program, kind, line.s);
}

int cli_error(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(cli, "error: ", fmt, ap);
    va_end(ap);
    return EXIT_ERROR;
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(cli, "", fmt, ap);
    va_end(ap);
}

const char *cli_env(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] ? value : NULL;
}
