// Command teller is the desktop program: the teller's window and the
// customer's. It opens the workstation's folder, hands its parts to package ui
// and runs until the window is closed. Exit status: 0 closed, 2 wrong usage,
// 3 the environment failed (no display, folder in use).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fyne.io/fyne/v2/app"

	"moqian/cmd/internal/ctl"
	"moqian/cmd/internal/process"
	"moqian/cmd/internal/say"
	"moqian/cmd/teller/platform"
	"moqian/cmd/teller/ui"
)

func main() { os.Exit(run()) }

func run() int {
	if exit, ok := ctl.CheckChildMain(os.Args[1:]); ok {
		return exit
	}
	var f flags
	if err := f.parse(os.Args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if err := process.Harden(); err != nil {
		fmt.Fprintf(os.Stderr, "teller: protecting the process's memory: %v\n", err)
		return 3
	}
	if err := platform.Display(os.Getenv); err != nil {
		fmt.Fprintf(os.Stderr, "teller: 没有可用的显示器，无法打开窗口。请在图形桌面中启动，或改用 tellerctl。\nteller: %v\nhint: start it in a graphical session (DISPLAY or WAYLAND_DISPLAY), or use tellerctl, which needs no window\n", err)
		return 3
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	st, o, err := open(ctx, f)
	if err != nil {
		t := say.Sentence(err)
		fmt.Fprintf(os.Stderr, "teller: %s\nteller: %s\nteller: %v\n", t.ZH, t.EN, err)
		return 3
	}
	placeWindows(ctx, &o)
	saw, measured, err := startProbe(f)
	if err != nil {
		fmt.Fprintf(os.Stderr, "teller: %v\n", errors.Join(err, st.Close()))
		return 3
	}
	o.Saw, o.Quit = saw, ctx.Done()
	a, err := ui.New(app.NewWithID(appID), o)
	if err != nil {
		fmt.Fprintf(os.Stderr, "teller: %v\n", errors.Join(err, st.Close()))
		return 3
	}
	served := make(chan struct{})
	go func() {
		err := ctl.Serve(ctx, st, time.Now)
		if err != nil { // the window goes on without tellerctl
			fmt.Fprintf(os.Stderr, "teller: %v\n", err)
		}
		close(served)
	}()
	a.Run()
	stop()
	measured(a.Frames())
	<-served
	if err := st.Close(); err != nil {
		fmt.Fprintf(os.Stderr, "teller: closing: %v\n", err)
		return 3
	}
	return 0
}
