/*
 * checkout - where the files of tests lie.
 *
 * Tests name files as from the top of the checkout ("tests/gantry/golden/het.txt"), and
 * are run from anywhere: theirs is the checkout that the program lies in, or where that
 * was built outside of any, the one that it is run in.
 */
#ifndef GANTRY_TESTS_SUPPORT_CHECKOUT_H
#define GANTRY_TESTS_SUPPORT_CHECKOUT_H

/* Goes to the top of the checkout; stays where it is if there is none. BIN says where
 * the programs are from then on: where it said before, else beside the tests. */
void checkout_enter(void);

#endif
