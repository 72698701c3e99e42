/* Reservations and licences by scontrol. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "scheduler/stock.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

static void reserve(struct clitest *t, const char *name, const char *spec)
{
    ctltest_make(t->ctl, "Reservation", name, spec);
    ctltest_settle(t->ctl);
}

/* Maintenance is under way, and a course is to come, on whatever node is free then. */
START_TEST(test_resv_session)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "maint",
            "'startTime':'now','duration':'120','nodes':'n[3-4]','users':['root'],"
            "'flags':['MAINT','IGNORE_JOBS']");
    reserve(t, "course",
            "'startTime':'now+1hours','duration':'1:00:00','nodeCount':1,"
            "'partition':'main','users':['ann','-bob'],'accounts':['physics'],"
            "'flags':['DAILY']");
    reserve(t, "part",
            "'startTime':'now','duration':'30','tres':{'cpu':'6','mem':'4G',"
            "'gres/gpu:h100':'2'},'users':['ann']");
    session_play(t, GOLDEN "scontrol_resv.txt");
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/gpus",
                                     NULL),
                     200);
    apitest_expect(t->ctl->api, "gpus",
                   "spec.tres#1|spec.tres.gres/gpu=4|spec.features!|"
                   "spec.endTime~2027-01-15T12:01|spec.description=spare");
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/c", NULL),
                     200);
    apitest_expect(t->ctl->api, "c", "spec.duration=00:30:00|spec.nodes=n[2,4]");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/typed",
                                     NULL),
                     200);
    apitest_expect(t->ctl->api, "typed",
                   "spec.tres.gres/gpu:h100=16|status.nodeCount=2");
    clitest_free(t);
}
END_TEST

/* One that a job names is in use where the job runs in it. */
START_TEST(test_resv_in_use)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "a", "'duration':'60','nodes':'n1','users':['ann']");
    reserve(t, "b", "'duration':'60','nodes':'n2','users':['ann']");
    ctltest_submit(t->ctl, "in", "'user':'ann','reservation':'b,a','timeLimit':'10'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "in", "status.state=RUNNING|status.reservation=b");
    ck_assert_int_eq(clitest_run(t, "squeue -h -R a -o %v"), 0);
    ck_assert_str_eq(t->out, "b,a\n");
    clitest_expect(t, "scontrol delete ReservationName=b", 1, "",
                   "slurm_delete_reservation error: Requested reservation is in use\n");
    clitest_expect(t, "scontrol delete ReservationName=a", 0, "", "");
    clitest_free(t);
}
END_TEST

/* One that has drawn a job in is shown as the job's, and in use. */
START_TEST(test_resv_draws)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "lab",
            "'duration':'60','nodes':'n2','users':['ann'],'flags':['MAGNETIC']");
    ctltest_submit(t->ctl, "in", "'user':'ann','timeLimit':'10'");
    ctltest_submit(t->ctl, "out", "'user':'ann','timeLimit':'2:00:00'");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(clitest_run(t, "squeue -h -n in,out -o '%j %v' -S j"), 0);
    ck_assert_str_eq(t->out, "in lab\nout (null)\n");
    ck_assert_int_eq(clitest_run(t, "squeue -h -R lab -o %j"), 0);
    ck_assert_str_eq(t->out, "in\n");
    ck_assert_int_eq(clitest_run(t, "scontrol show job"), 0);
    ck_assert_ptr_nonnull(strstr(t->out, "\n   Reservation=lab\n"));
    clitest_expect(t, "scontrol delete ReservationName=lab", 1, "",
                   "slurm_delete_reservation error: Requested reservation is in use\n");
    clitest_free(t);
}
END_TEST

/* While there are accounts none is taken that is not among them; made all the same it
 * says so. */
START_TEST(test_resv_accounts)
{
    struct clitest *t = clitest_new_busy();

    ctltest_make(t->ctl, "Account", "physics", "'members':[{'user':'ann'}]");
    clitest_expect(
        t,
        "scontrol create reservation ReservationName=a Duration=60 NodeCnt=1 "
        "Accounts=physics,-chemistry StartTime=now+3hours",
        1, "",
        "Error creating the reservation: Invalid account or account/partition "
        "combination specified: there is no account \"chemistry\"\n");
    clitest_expect(
        t,
        "scontrol create reservation ReservationName=a Duration=60 NodeCnt=1 "
        "Accounts=physics StartTime=now+3hours",
        0, "Reservation created: a\n", "");
    reserve(t, "b",
            "'startTime':'now+3hours','duration':'10','nodes':'n1',"
            "'accounts':['chemistry']");
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation b"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=account chemistry does not exist\n"),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

/* So many licences there are. */
static void configure_licenses(struct clitest *t, const char *licenses)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(
        license_table_parse(licenses, &t->ctl->settings.sched.licenses, &err), 0);
    controller_configure(t->ctl->ctl, &t->ctl->settings);
    ctltest_settle(t->ctl);
}

static void expect_shown(struct clitest *t, const char *name, const char *part)
{
    AUTO_FREE char *line = xasprintf("scontrol -o show reservation %s", name);

    ck_assert_int_eq(clitest_run(t, line), 0);
    ck_assert_msg(strstr(t->out, part), "%s", t->out);
}

static void expect_said(const struct clitest *t, const char *part)
{
    ck_assert_msg(strstr(t->out, part), "%s not in %s", part, t->out);
}

/* As TRES they are its licences; what is said is what it has then. */
START_TEST(test_resv_tres_licenses)
{
    struct clitest *t = clitest_new_busy();

    configure_licenses(t, "matlab:10,ansys:2");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a StartTime=now "
                   "Duration=60 TRES=license/matlab=2,license/ansys=1 Users=ann "
                   "Flags=ANY_NODES",
                   0, "Reservation created: a\n", "");
    expect_shown(t, "a", " Licenses=matlab:2,ansys:1 ");
    clitest_expect(t, "scontrol update ReservationName=a TRES=license/matlab=3", 0,
                   "Reservation updated.\n", "");
    expect_shown(t, "a", " Licenses=matlab:3 ");
    clitest_expect(t, "scontrol update ReservationName=a TRES=license/matlab=11", 1, "",
                   "Error updating the reservation: Invalid license specification: 11 "
                   "of \"matlab\" are asked for, and there are 10\n");
    clitest_free(t);
}
END_TEST

/* So many keep licences: no more are made, and one made all the same says so. */
START_TEST(test_resv_too_many)
{
    struct clitest *t = clitest_new_busy();

    configure_licenses(t, "matlab:1000");
    for (int i = 0; i <= KEEPS_MAX; i++) {
        AUTO_FREE char *name = xasprintf("r%02d", i);

        ctltest_make(t->ctl, "Reservation", name,
                     "'startTime':'now+1hours','duration':'10','users':['ann'],"
                     "'licenses':'matlab','flags':['ANY_NODES']");
    }
    ctltest_advance(t->ctl, 30);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation r64"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=keeps no licences: of all reservations "
                                 "with licences the first 64 by name do\n"),
                  "%s", t->out);
    clitest_expect(t,
                   "scontrol create reservation ReservationName=more StartTime=now "
                   "Duration=10 Users=ann Licenses=matlab Flags=ANY_NODES",
                   1, "",
                   "Error creating the reservation: there are 65 reservations with "
                   "licences: no more keep any\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=more StartTime=now "
                   "Duration=10 Users=ann Nodes=n3",
                   0, "Reservation created: more\n", "");
    clitest_free(t);
}
END_TEST

/* Job 1 runs on n1 and n2 for an hour; none is moved over it unawares, nor is one that
 * comes again while it has time until then; a job of its own is in nobody's way. */
START_TEST(test_resv_moved)
{
    struct clitest *t = clitest_new_busy();

    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+1day Nodes=n[2-3] Users=ann",
                   0, "Reservation created: a\n", "");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+30minutes", 1,
                   "", "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+2hours", 0, NULL,
                   "");
    clitest_expect(t,
                   "scontrol update ReservationName=a StartTime=now+30minutes "
                   "Flags+=IGNORE_JOBS",
                   0, NULL, "");
    clitest_expect(t, "scontrol update ReservationName=a Flags-=IGNORE_JOBS", 1, "",
                   "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t, "scontrol update ReservationName=a Users+=bob", 0, NULL, "");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=2027-01-14T06:00 Nodes=n2 Users=ann Flags=DAILY",
                   0, "Reservation created: b\n", "");
    reserve(t, "own", "'duration':'60','nodes':'n4','users':['ann']");
    ctltest_submit(t->ctl, "in", "'user':'ann','reservation':'own','timeLimit':'10'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "in", "status.state=RUNNING");
    clitest_expect(t, "scontrol update ReservationName=own Duration=90", 0, NULL, "");
    clitest_free(t);
}
END_TEST

/* Nodes that were chosen stay: it is not moved to where they are somebody else's. */
START_TEST(test_resv_chosen_moved)
{
    struct clitest *t = clitest_new();

    ctltest_submit(t->ctl, "on", "'nodes':3,'exclusive':true,'timeLimit':'10'");
    ctltest_settle(t->ctl);
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+1day NodeCnt=2 Users=ann",
                   0, "Reservation created: a\n", "");
    ctltest_settle(t->ctl);
    expect_shown(t, "a", " Nodes=n[1-2] ");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now", 1, "",
                   "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=now+2days Nodes=n1 Users=ann",
                   0, "Reservation created: b\n", "");
    ctltest_settle(t->ctl);
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+2days", 1, "",
                   "Error updating the reservation: Requested reservation overlaps "
                   "with another reservation\n");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+3hours", 0, NULL,
                   "");
    clitest_free(t);
}
END_TEST

/* As Slurm's data parser has reservations and licences. */
START_TEST(test_resv_json)
{
    struct clitest *t = clitest_new();

    configure_licenses(t, "matlab:10");
    reserve(t, "a",
            "'startTime':'2027-01-15T09:00:00Z','duration':'5','nodes':'n[3-4]',"
            "'users':['ann','bob'],'licenses':'matlab:2','flags':['DAILY'],"
            "'maxStartDelay':'2'");
    reserve(t, "b", "'duration':'5','nodes':'n1','accounts':['-x'],'purgeComp':'5'");
    ck_assert_int_eq(clitest_run(t, "scontrol --json show reservation"), 0);
    expect_said(t, "{\"name\":\"a\",\"start_time\":{\"set\":true,"
                   "\"infinite\":false,\"number\":1800003600},");
    expect_said(t, "\"core_count\":32,\"node_count\":2,\"node_list\":\"n[3-4]\","
                   "\"tres\":\"cpu=32\",\"flags\":[\"DAILY\",\"SPEC_NODES\"],");
    expect_said(t, "\"licenses\":\"matlab:2\",\"users\":\"ann,bob\",");
    expect_said(t, "\"max_start_delay\":120,\"purge_completed\":{\"time\":{\"set\":"
                   "false,");
    expect_said(t, "\"flags\":[\"SPEC_NODES\",\"PURGE_COMP\"],");
    ck_assert_int_eq(clitest_run(t, "scontrol --json show reservation b"), 0);
    ck_assert_ptr_null(strstr(t->out, "\"name\":\"a\""));
    ck_assert_int_eq(clitest_run(t, "scontrol --json show licenses"), 0);
    expect_said(t, "{\"LicenseName\":\"matlab\",\"Total\":10,\"Used\":0,\"Free\":10,"
                   "\"Remote\":false,\"Reserved\":0}");
    clitest_free(t);
}
END_TEST

/* One that is over is shown as it was. */
START_TEST(test_resv_over)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "short",
            "'startTime':'now','duration':'5','nodes':'n4','users':['ann']");
    ctltest_advance(t->ctl, 400);
    expect_shown(t, "short",
                 " StartTime=2027-01-15T08:01:33 EndTime=2027-01-15T08:06:33 "
                 "Duration=00:05:00 ");
    expect_shown(t, "short", " State=INACTIVE ");
    clitest_free(t);
}
END_TEST

/* Job 1 runs on n1 and n2 for an hour; none is made over it unawares. */
START_TEST(test_resv_busy)
{
    struct clitest *t = clitest_new_busy();

    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+30minutes Nodes=n[2-3] Users=ann",
                   1, "", "Error creating the reservation: Requested nodes are busy\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+30minutes Nodes=n[2-3] Users=ann Flags=IGNORE_JOBS",
                   0, "Reservation created: a\n", "");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=now+3hours Nodes=n[2-3] Users=ann",
                   0, "Reservation created: b\n", "");
    reserve(t, "c",
            "'startTime':'now+30minutes','duration':'10','nodes':'n1','users':['ann']");
    ctltest_advance(t->ctl, 5);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation c"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=job 1 runs into its time on its nodes: "
                                 "it lacks the flag IGNORE_JOBS\n"),
                  "%s", t->out);
    ctltest_end(t->ctl, "train", 0, 0);
    ctltest_end(t->ctl, "train", 1, 0);
    ctltest_advance(t->ctl, 70);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation c"), 0);
    ck_assert_msg(!strstr(t->out, "SystemComment"), "%s", t->out);
    clitest_free(t);
}
END_TEST

/* What comes again each day is left out once; then it is the day after. */
START_TEST(test_resv_skip)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "course",
            "'startTime':'now+1hours','endTime':'now+2hours','nodes':'n1',"
            "'users':['ann'],'flags':['DAILY']");
    clitest_expect(t, "scontrol update reservation=course skip", 0,
                   "Reservation updated.\n", "");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation course"), 0);
    ck_assert_msg(strstr(t->out, " StartTime=2027-01-16T09:01:33"
                                 " EndTime=2027-01-16T10:01:33 Duration=01:00:00\n"),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

/* Two of three licences are in use, by the job that runs; one job waits for more. */
START_TEST(test_licenses)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "scontrol show lic", 0, "No licenses configured in Slurm.\n", "");
    configure_licenses(t, "matlab:3,ansys:10");
    ctltest_submit(t->ctl, "a", "'licenses':'matlab:2'");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "b", "'licenses':'matlab:2,ansys'");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "any", "'licenses':'matlab:2|ansys:3'");
    ctltest_settle(t->ctl);
    reserve(t, "course",
            "'duration':'60','nodes':'n4','users':['ann'],'licenses':'ansys:4'");
    session_play(t, GOLDEN "scontrol_lic.txt");
    clitest_free(t);
}
END_TEST

/* What its maker says of it, and what the controller does. */
START_TEST(test_resv_comments)
{
    struct clitest *t = clitest_new_busy();

    reserve(t, "ghost",
            "'duration':'60','nodes':'n9','users':['ann'],'description':'a b'");
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation ghost"), 0);
    ck_assert_msg(strstr(t->out, "\n   Comment=a b\n   SystemComment=nodes that do not "
                                 "exist: n9\n"),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return suite_main("gantry/scontrol_resv", (struct suite_row[]){
                                                  {test_resv_session, 1},
                                                  {test_resv_in_use, 1},
                                                  {test_resv_draws, 1},
                                                  {test_resv_accounts, 1},
                                                  {test_resv_tres_licenses, 1},
                                                  {test_resv_too_many, 1},
                                                  {test_resv_moved, 1},
                                                  {test_resv_chosen_moved, 1},
                                                  {test_resv_json, 1},
                                                  {test_resv_over, 1},
                                                  {test_resv_busy, 1},
                                                  {test_resv_skip, 1},
                                                  {test_licenses, 1},
                                                  {test_resv_comments, 1},
                                                  {NULL, 0},
                                              });
}
