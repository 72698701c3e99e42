#include "cmd/gantry-sim/workload.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "tests/support/fuzzfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(void *arg, size_t row, const char *what)
{
    size_t *complaints = arg;
    assert(row > 0 && *what != '\0' && !strchr(what, '\n'));
    ++*complaints;
}

/* Every row is a job, an array, complained of, or never ran; jobs are in order and ask
 * for something. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct workload w;
    size_t complaints = 0;
    const struct workload_file file = {fuzzfile_write(data, size), 1001, complain,
                                       &complaints};
    int rc = workload_read(&w, &file, &err);
    assert(rc == 0 || err.code != ERR_NONE);
    assert(w.n_broken == complaints);
    size_t rows = w.n_broken + w.n_idle + w.n_records; /* these: of arrays */
    for (size_t i = 0; i < w.n; i++) {
        const struct work *job = &w.jobs[i];
        rows += job->within == 0;
        assert(job->submit_sec >= 0 && job->run_sec >= 0 && job->limit_sec != 0);
        assert(job->gpus > 0 || job->cpu_milli > 0 || job->nodes > 0);
        assert(i == 0 || rc < 0 || job->submit_sec >= w.jobs[i - 1].submit_sec);
    }
    assert(w.n_rows == rows);
    workload_fini(&w);
    return 0;
}
