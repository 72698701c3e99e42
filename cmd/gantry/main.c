/* gantry - the client: Slurm's commands and a few of its own, one binary. */
#include <signal.h>

#include "cmd/gantry/commands.h"

int main(int argc, char **argv)
{
    const struct cli cli = {
        .program = "gantry", .in = stdin, .out = stdout, .err = stderr};
    const int status = (signal(SIGPIPE, SIG_IGN), command_dispatch(&cli, argc, argv));

    if (fflush(stdout) != 0 && status == EXIT_DONE)
        return cli_error(&cli, "the output could not be written");
    return status;
}
