#include "base/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

/* What ran, in order: each callback adds its letter. */
struct trace {
    struct loop *loop;
    struct str text;
    struct loop_timer *timer[3];
    struct loop_io *io;
    struct loop_signal *signal;
    struct loop_child *child[2];
    int fd[2];
    int status;
};

/* A callback's argument: which letter it adds. */
struct letter {
    struct trace *trace;
    char c;
};

static void trace_init(struct trace *t, struct loop *loop)
{
    *t = (struct trace){.loop = loop, .fd = {-1, -1}};
    str_init(&t->text, 4096);
}

static void trace_fini(struct trace *t)
{
    for (size_t i = 0; i < ARRAY_LEN(t->timer); i++)
        loop_timer_free(t->timer[i]);
    for (size_t i = 0; i < ARRAY_LEN(t->child); i++)
        loop_child_free(t->child[i]);
    loop_io_free(t->io);
    loop_signal_free(t->signal);
    loop_free(t->loop);
    str_fini(&t->text);
    for (size_t i = 0; i < ARRAY_LEN(t->fd); i++) {
        if (t->fd[i] >= 0)
            close(t->fd[i]);
    }
}

static struct loop *real_loop(void)
{
    struct err err = ERR_INIT;
    struct loop *loop = loop_new(&err);
    ck_assert_msg(loop != NULL, "%s", err.msg);
    return loop;
}

/* Polls until something was traced; the bound only ends a test that has failed. */
static void poll_until(struct trace *t, const char *text)
{
    for (int i = 0; i < 1000 && strcmp(t->text.s, text) != 0; i++)
        loop_poll(t->loop, 10);
    ck_assert_str_eq(t->text.s, text);
}

static void add_letter(void *arg)
{
    const struct letter *l = arg;
    str_addc(&l->trace->text, l->c);
}

static void add_and_stop(void *arg)
{
    const struct letter *l = arg;
    add_letter(arg);
    loop_stop(l->trace->loop);
}

static void add_and_free_others(void *arg)
{
    const struct letter *l = arg;
    add_letter(arg);
    for (size_t i = 0; i < ARRAY_LEN(l->trace->timer); i++) {
        loop_timer_free(l->trace->timer[i]);
        l->trace->timer[i] = NULL;
    }
}

static void add_and_post(void *arg)
{
    const struct letter *l = arg;
    add_letter(arg);
    loop_post(l->trace->loop, add_letter, arg);
}

/* Both forms of the loop share what they run next. */
static const bool forms[] = {true, false};

static struct loop *form_loop(int i)
{
    return forms[i] ? loop_new_virtual(1000000) : real_loop();
}

START_TEST(test_order)
{
    struct trace t;
    trace_init(&t, form_loop(_i));
    struct letter a = {&t, 'a'}, b = {&t, 'b'}, c = {&t, 'c'}, p = {&t, 'p'},
                  z = {&t, 'z'};
    t.timer[0] = loop_timer_new(t.loop, add_letter, &a);
    t.timer[1] = loop_timer_new(t.loop, add_and_post, &b);
    t.timer[2] = loop_timer_new(t.loop, add_letter, &c);
    struct loop_timer *end = loop_timer_new(t.loop, add_and_stop, &z);
    loop_timer_start(t.timer[2], 7);
    loop_timer_start(t.timer[1], 5);
    loop_timer_start(t.timer[0], 5);
    loop_timer_start(end, 7);
    loop_timer_start(t.timer[2], 7); /* moved behind `end`, so it does not run */
    loop_post(t.loop, add_letter, &p);
    loop_run(t.loop);
    ck_assert_str_eq(t.text.s, "pbbaz");
    ck_assert(loop_timer_armed(t.timer[2]));
    ck_assert(!loop_timer_armed(end));
    loop_timer_free(end);
    trace_fini(&t);
}
END_TEST

START_TEST(test_free_in_callback)
{
    struct trace t;
    trace_init(&t, form_loop(_i));
    struct letter a = {&t, 'a'}, b = {&t, 'b'}, z = {&t, 'z'};
    t.timer[0] = loop_timer_new(t.loop, add_letter, &b);
    t.timer[1] = loop_timer_new(t.loop, add_and_free_others, &a);
    t.timer[2] = loop_timer_new(t.loop, add_letter, &b);
    struct loop_timer *end = loop_timer_new(t.loop, add_and_stop, &z);
    loop_timer_start(t.timer[1], 1);
    loop_timer_start(t.timer[0], 1);
    loop_timer_start(t.timer[2], 1);
    loop_timer_start(end, 1);
    loop_run(t.loop);
    ck_assert_str_eq(t.text.s, "az");
    loop_timer_free(end);
    trace_fini(&t);
}
END_TEST

START_TEST(test_stop_before_run)
{
    struct trace t;
    trace_init(&t, form_loop(_i));
    struct letter a = {&t, 'a'};
    loop_post(t.loop, add_and_stop, &a);
    loop_stop(t.loop);
    loop_run(t.loop);
    ck_assert_str_eq(t.text.s, "");
    loop_run(t.loop);
    ck_assert_str_eq(t.text.s, "a");
    trace_fini(&t);
}
END_TEST

/* ---- the virtual loop ---- */

START_TEST(test_step)
{
    struct trace t;
    trace_init(&t, loop_new_virtual(1000000));
    struct letter a = {&t, 'a'}, p = {&t, 'p'};
    int64_t mono = loop_mono_ms(t.loop);
    t.timer[0] = loop_timer_new(t.loop, add_letter, &a);
    loop_timer_start(t.timer[0], 500);
    loop_post(t.loop, add_letter, &p);

    ck_assert(loop_step(t.loop, 1000000));
    ck_assert_str_eq(t.text.s, "p");
    ck_assert(!loop_step(t.loop, 1000499));
    ck_assert_int_eq(loop_now_ms(t.loop), 1000499);
    ck_assert(!loop_step(t.loop, 1000000)); /* never back */
    ck_assert_int_eq(loop_now_ms(t.loop), 1000499);
    ck_assert(loop_step(t.loop, 9000000));
    ck_assert_str_eq(t.text.s, "pa");
    ck_assert_int_eq(loop_now_ms(t.loop), 1000500);
    ck_assert_int_eq(loop_now_sec(t.loop), 1000);
    ck_assert_int_eq(loop_mono_ms(t.loop) - mono, 500);
    ck_assert_int_eq(loop_fresh_mono_ms(t.loop), loop_mono_ms(t.loop));
    ck_assert(!loop_step(t.loop, 9000000));
    ck_assert_int_eq(loop_now_ms(t.loop), 9000000);
    trace_fini(&t);
}
END_TEST

START_TEST(test_step_one_at_a_time)
{
    struct trace t;
    trace_init(&t, loop_new_virtual(0));
    struct letter a = {&t, 'a'}, b = {&t, 'b'}, p = {&t, 'p'};
    t.timer[0] = loop_timer_new(t.loop, add_and_post, &a);
    t.timer[1] = loop_timer_new(t.loop, add_letter, &b);
    loop_timer_start(t.timer[0], 0);
    loop_timer_start(t.timer[1], -5);
    loop_post(t.loop, add_letter, &p);
    static const char *const after[] = {"p", "pa", "paa", "paab"};
    for (size_t i = 0; i < ARRAY_LEN(after); i++) {
        ck_assert(loop_step(t.loop, 0));
        ck_assert_str_eq(t.text.s, after[i]);
    }
    ck_assert(!loop_step(t.loop, 0));
    trace_fini(&t);
}
END_TEST

START_TEST(test_virtual_refuses)
{
    struct err err = ERR_INIT;
    struct loop *loop = loop_new_virtual(0);
    ck_assert(loop_is_virtual(loop));
    ck_assert_ptr_null(loop_event_base(loop));
    ck_assert_ptr_null(loop_io_new(loop, 0, LOOP_READ, NULL, NULL, &err));
    ck_assert_str_eq(err.msg, "the virtual loop watches no descriptors");
    ck_assert_ptr_null(loop_signal_new(loop, SIGUSR1, NULL, NULL, &err));
    ck_assert_ptr_null(loop_child_new(loop, 1, NULL, NULL, &err));
    loop_free(loop);
    loop_free(NULL);
}
END_TEST

static void count_up(void *arg)
{
    ++*(int64_t *)arg;
}

/* Many timers, armed in no order, run in that of their times; some are stopped. */
struct many {
    struct loop *loop;
    int64_t last_ms;
    int ran;
};

static void many_ran(void *arg)
{
    struct many *m = arg;
    ck_assert_int_ge(loop_now_ms(m->loop), m->last_ms);
    m->last_ms = loop_now_ms(m->loop);
    m->ran++;
}

START_TEST(test_many_timers)
{
    enum { N = 10000 };
    static struct loop_timer *timers[N];
    struct many m = {.loop = loop_new_virtual(0)};
    for (int i = 0; i < N; i++) {
        timers[i] = loop_timer_new(m.loop, many_ran, &m);
        loop_timer_start(timers[i], i * 7919 % N);
    }
    for (int i = 0; i < N; i += 3)
        loop_timer_stop(timers[i]);
    for (int i = 0; i < N; i += 2)
        loop_timer_start(timers[i], (i + 1) * 104729 % N);
    loop_run(m.loop);
    ck_assert_int_eq(m.ran,
                     N - 1667); /* stopped and not started again: 3, 9, 15, ... */
    for (int i = 0; i < N; i++)
        loop_timer_free(timers[i]);
    loop_free(m.loop);
}
END_TEST

START_TEST(test_posts_keep_coming)
{
    int64_t n = 0;
    struct loop *loop = loop_new_virtual(0);
    loop_post(loop, count_up, &n);
    for (int i = 0; i < 5000; i++) {
        loop_post(loop, count_up, &n);
        ck_assert(loop_step(loop, 0));
    }
    ck_assert_int_eq(n, 5000);
    loop_post(loop, count_up, &n); /* dropped with the loop */
    loop_free(loop);
}
END_TEST

/* ---- the real loop ---- */

START_TEST(test_real_clock)
{
    struct trace t;
    trace_init(&t, real_loop());
    struct letter a = {&t, 'a'};
    ck_assert(!loop_is_virtual(t.loop));
    ck_assert_ptr_nonnull(loop_event_base(t.loop));
    int64_t mono = loop_mono_ms(t.loop), now = loop_now_ms(t.loop);
    ck_assert_int_gt(now, INT64_C(1500000000000));
    ck_assert_int_ge(loop_fresh_mono_ms(t.loop), mono);
    t.timer[0] = loop_timer_new(t.loop, add_letter, &a);
    loop_timer_start(t.timer[0], 20);
    ck_assert_int_eq(loop_mono_ms(t.loop), mono); /* stands still within a callback */
    poll_until(&t, "a");
    ck_assert_int_ge(loop_mono_ms(t.loop), mono + 20);
    trace_fini(&t);
}
END_TEST

START_TEST(test_poll_ends)
{
    struct loop *loop = real_loop();
    int64_t before = loop_fresh_mono_ms(loop);
    loop_poll(loop, 0);
    loop_poll(loop, 15);
    ck_assert_int_ge(loop_fresh_mono_ms(loop), before + 15);
    loop_free(loop);
}
END_TEST

static void io_read(void *arg, int fd, unsigned ready)
{
    struct trace *t = arg;
    char c;
    ck_assert_uint_eq(ready, LOOP_READ);
    ck_assert_int_eq(read(fd, &c, 1), 1); /* one byte a time: level-triggered */
    str_addc(&t->text, c);
}

static void io_write(void *arg, int fd, unsigned ready)
{
    struct trace *t = arg;
    (void)fd;
    ck_assert_uint_eq(ready, LOOP_WRITE);
    str_addc(&t->text, 'w');
    loop_io_free(t->io);
    t->io = NULL;
}

START_TEST(test_io)
{
    struct err err = ERR_INIT;
    struct trace t;
    trace_init(&t, real_loop());
    ck_assert_int_eq(pipe(t.fd), 0);
    t.io = loop_io_new(t.loop, t.fd[0], LOOP_READ, io_read, &t, &err);
    ck_assert_msg(t.io != NULL, "%s", err.msg);
    loop_poll(t.loop, 0);
    ck_assert_str_eq(t.text.s, "");
    ck_assert_int_eq(write(t.fd[1], "xyz", 3), 3);
    poll_until(&t, "xyz");
    loop_io_free(t.io);
    t.io = loop_io_new(t.loop, t.fd[1], LOOP_WRITE, io_write, &t, &err);
    poll_until(&t, "xyzw");
    ck_assert_ptr_null(loop_io_new(t.loop, 9999, LOOP_READ, io_read, &t, &err));
    ck_assert_int_eq(err.code, ERR_IO);
    trace_fini(&t);
}
END_TEST

/* Posts that post starve no descriptor. */
static void post_again(void *arg)
{
    struct trace *t = arg;
    if (t->text.len == 0)
        loop_post(t->loop, post_again, t);
}

START_TEST(test_posts_leave_room)
{
    struct err err = ERR_INIT;
    struct trace t;
    trace_init(&t, real_loop());
    ck_assert_int_eq(pipe(t.fd), 0);
    t.io = loop_io_new(t.loop, t.fd[0], LOOP_READ, io_read, &t, &err);
    loop_post(t.loop, post_again, &t);
    ck_assert_int_eq(write(t.fd[1], "x", 1), 1);
    poll_until(&t, "x");
    trace_fini(&t);
}
END_TEST

static void signal_seen(void *arg, int signo)
{
    struct trace *t = arg;
    str_addc(&t->text, signo == SIGUSR1 ? 'u' : '?');
}

START_TEST(test_signal)
{
    struct err err = ERR_INIT;
    struct trace t;
    trace_init(&t, real_loop());
    t.signal = loop_signal_new(t.loop, SIGUSR1, signal_seen, &t, &err);
    ck_assert_msg(t.signal != NULL, "%s", err.msg);
    raise(SIGUSR1);
    poll_until(&t, "u");
    raise(SIGUSR1);
    poll_until(&t, "uu");
    trace_fini(&t);
}
END_TEST

/* ---- children ---- */

static pid_t child_start(int code)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(code);
    return pid;
}

static void child_gone(void *arg, pid_t pid, int status)
{
    struct trace *t = arg;
    ck_assert_int_gt(pid, 0);
    t->status = status;
    str_addc(&t->text, 'c');
}

static void child_gone_free_all(void *arg, pid_t pid, int status)
{
    struct trace *t = arg;
    child_gone(arg, pid, status);
    for (size_t i = 0; i < ARRAY_LEN(t->child); i++) {
        loop_child_free(t->child[i]);
        t->child[i] = NULL;
    }
}

static void await_zombie(pid_t pid)
{
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

START_TEST(test_child)
{
    struct err err = ERR_INIT;
    struct trace t;
    trace_init(&t, real_loop());
    pid_t early = child_start(7);
    await_zombie(early); /* it has ended before anybody watches */
    t.child[0] = loop_child_new(t.loop, early, child_gone, &t, &err);
    ck_assert_msg(t.child[0] != NULL, "%s", err.msg);
    poll_until(&t, "c");
    ck_assert(WIFEXITED(t.status) && WEXITSTATUS(t.status) == 7);

    pid_t late = fork();
    if (late == 0)
        for (;;)
            pause();
    t.child[1] = loop_child_new(t.loop, late, child_gone, &t, &err);
    loop_poll(t.loop, 0);
    ck_assert_str_eq(t.text.s, "c");
    kill(late, SIGKILL);
    poll_until(&t, "cc");
    ck_assert(WIFSIGNALED(t.status) && WTERMSIG(t.status) == SIGKILL);
    ck_assert_ptr_null(loop_child_new(t.loop, late, child_gone, &t, &err));
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    trace_fini(&t);
}
END_TEST

START_TEST(test_child_freed)
{
    struct err err = ERR_INIT;
    struct trace t;
    trace_init(&t, real_loop());
    /* Both have ended; the first one's callback frees both watches. */
    for (size_t i = 0; i < ARRAY_LEN(t.child); i++) {
        pid_t pid = child_start(1);
        await_zombie(pid);
        t.child[i] = loop_child_new(t.loop, pid, child_gone_free_all, &t, &err);
    }
    poll_until(&t, "c");
    /* Freed before the child has ended: reaped all the same. */
    pid_t pid = child_start(0);
    loop_child_free(loop_child_new(t.loop, pid, child_gone, &t, &err));
    for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++)
        loop_poll(t.loop, 10);
    ck_assert_int_ne(kill(pid, 0), 0);
    /* Others' children are left to them. */
    pid_t other = child_start(3);
    await_zombie(other);
    loop_poll(t.loop, 1);
    int status;
    ck_assert_int_eq(waitpid(other, &status, 0), other);
    ck_assert_str_eq(t.text.s, "c");
    trace_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("base/loop", (struct suite_row[]){
                                       {test_order, ARRAY_LEN(forms)},
                                       {test_free_in_callback, ARRAY_LEN(forms)},
                                       {test_stop_before_run, ARRAY_LEN(forms)},
                                       {test_step, 1},
                                       {test_step_one_at_a_time, 1},
                                       {test_virtual_refuses, 1},
                                       {test_many_timers, 1},
                                       {test_posts_keep_coming, 1},
                                       {test_real_clock, 1},
                                       {test_poll_ends, 1},
                                       {test_io, 1},
                                       {test_posts_leave_room, 1},
                                       {test_signal, 1},
                                       {test_child, 1},
                                       {test_child_freed, 1},
                                       {NULL, 0},
                                   });
}
