// Command tellerctl does without a window everything that the teller's window
// does to paper, keys and queue. Its words are in package ctl; tellerctl help
// lists them.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"moqian/cmd/internal/ctl"
	"moqian/cmd/internal/process"
)

func main() { os.Exit(run()) }

func run() int {
	if err := process.Harden(); err != nil {
		fmt.Fprintf(os.Stderr, "tellerctl: protecting the process's memory: %v\n", err)
		return 3
	}
	if exit, ok := ctl.CheckChildMain(os.Args[1:]); ok {
		return exit
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintf(os.Stderr, "tellerctl: %v\n", err)
		return 3
	}
	log.SetOutput(io.Discard) // net/http writes there what a server said unasked
	self, _ := os.Executable()
	c := &ctl.Console{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Now: time.Now, Dir: dir, Self: self, User: ctl.SystemUser()}
	return c.Run(ctx, os.Args[1:])
}
