/* gantry - the client: Slurm's commands and a few of its own, one binary. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cmd/gantry/commands.h"

/* Who closed a pipe has seen enough: `squeue | head`. */
static int end(const struct cli *cli, int status)
{
    if (status != EXIT_DONE || (fflush(stdout) == 0 && !ferror(stdout)))
        return status;
    if (errno == EPIPE)
        return EXIT_ERROR;
    return cli_error(cli, "the output cannot be written: %s", strerror(errno));
}

int main(int argc, char **argv)
{
    const struct cli cli = {
        .program = "gantry", .in = stdin, .out = stdout, .err = stderr};

    signal(SIGPIPE, SIG_IGN); /* also of connections */
    return end(&cli, command_dispatch(&cli, argc, argv));
}
