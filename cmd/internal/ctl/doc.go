// Package ctl is the command line of the workstation without its main: every
// word of tellerctl, its flags, its JSON and its exit status. A running teller
// program executes the same words on its open store; see Serve.
//
// Start with Console.Run. Results go to Out, progress and messages to Err.
// Exit status: 0 done or yes, 1 the answer is no, 2 wrong usage, 3 the
// environment failed. Secrets come by file or variable, never by flag.
package ctl
