/* gantry-launch - the first process of a script job's pods. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry-launch/files.h"
#include "cmd/gantry-launch/install.h"
#include "cmd/gantry-launch/run.h"
#include "cmd/gantry-launch/script.h"

enum { EXIT_USE = 2 };

static const char usage_text[] =
    "Usage: gantry-launch -- [ARG...]     run the batch script with these arguments\n"
    "       gantry-launch --wait          wait to be ended, as ranks without a script\n"
    "       gantry-launch --install DIR   copy this program to DIR\n"
    "       gantry-launch --version       print the version\n"
    "\n"
    "Gantry runs it; the script is in GANTRY_SCRIPT, or in the file "
    "GANTRY_SCRIPT_FILE.\n"
    "GANTRY_WORK_DIR, GANTRY_INPUT, GANTRY_OUTPUT, GANTRY_ERROR (with sbatch's "
    "patterns)\n"
    "and GANTRY_OPEN_MODE (append, truncate) are its surroundings; signals for it come "
    "by\n"
    "the file GANTRY_SIGNALS.\n"
    "\n"
    "Exit status: the script's, or it ends by the script's signal; 1 when its files\n"
    "cannot be opened, 2 for wrong use, 126 and 127 when the interpreter cannot be "
    "run.\n";

static int complain(const struct err *err, int status)
{
    fprintf(stderr, "gantry-launch: %s\n", err->msg);
    return status;
}

/* There are no job steps: better said than an unknown command, or another's srun. */
static int stand_in(void)
{
    const char *nodes = getenv("SLURM_JOB_NUM_NODES");
    fprintf(stderr,
            "srun: error: Gantry runs no job steps: a batch script runs on the first "
            "of its %s node(s)\n"
            "srun: error: to run a command on all of them, submit a BatchJob with a "
            "pod template (kubectl explain batchjob.spec.template)\n",
            nodes ? nodes : "");
    return 1;
}

static int launch(char *const *args)
{
    struct err err = ERR_INIT;
    struct script script;
    struct files files = {-1, -1, -1};
    struct inbox inbox;
    int exit_status = RUN_CANNOT, status = -1;
    if (script_open(&script, &err) < 0) {
        script_close(&script);
        return complain(&err, EXIT_USE);
    }
    if (files_open(&files, &err) < 0) {
        script_close(&script);
        return complain(&err, EXIT_FAILURE);
    }
    inbox_open(&inbox);
    status = run_script(&script, &files, args, &inbox, &exit_status, &err);
    inbox_close(&inbox);
    script_close(&script);
    if (status < 0)
        return complain(&err, exit_status);
    run_end_as(status);
}

static bool is_named(const char *argv0, const char *name)
{
    const char *slash = strrchr(argv0, '/');
    return strcmp(slash ? slash + 1 : argv0, name) == 0;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    if (argc > 0 && is_named(argv[0], "srun"))
        return stand_in();
    if (argc >= 2 && strcmp(argv[1], "--") == 0)
        return launch(argv + 2);
    if (argc == 2 && strcmp(argv[1], "--wait") == 0) {
        run_wait();
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "--install") == 0)
        return install_self(argv[2], &err) < 0 ? complain(&err, EXIT_FAILURE) : 0;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(GANTRY_VERSION);
        return 0;
    }
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    fputs(usage_text, help ? stdout : stderr);
    return help ? 0 : EXIT_USE;
}
