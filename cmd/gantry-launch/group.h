/*
 * group - signals for all of our process group but ourselves.
 *
 * The signals that can be blocked are to be: what is sent to the group comes back.
 */
#ifndef GANTRY_LAUNCH_GROUP_H
#define GANTRY_LAUNCH_GROUP_H

/* SIGKILL ends ourselves too, which ends the rest. */
void group_signal(int signo);

#endif
