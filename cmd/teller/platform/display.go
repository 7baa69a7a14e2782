package platform

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// ErrNoDisplay: there is no screen to show windows on.
var ErrNoDisplay = errors.New("no display")

// Display checks that there is a screen before a toolkit panics without one.
// getenv is the environment.
func Display(getenv func(string) string) error {
	if runtime.GOOS != "linux" {
		return nil
	}
	if w := getenv("WAYLAND_DISPLAY"); w != "" {
		return nil
	}
	d := getenv("DISPLAY")
	if d == "" {
		return fmt.Errorf("%w: DISPLAY and WAYLAND_DISPLAY are empty", ErrNoDisplay)
	}
	host, number, ok := strings.Cut(d, ":")
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return fmt.Errorf("%w: DISPLAY=%s is not a display", ErrNoDisplay, d)
	}
	network, addr := "unix", "/tmp/.X11-unix/X"+number
	if host != "" && host != "unix" {
		network, addr = "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))
	}
	c, err := net.DialTimeout(network, addr, 3*time.Second)
	if err != nil {
		if network == "unix" {
			if c, e := net.Dial(network, "@"+addr); e == nil {
				return c.Close()
			}
		}
		return fmt.Errorf("%w: DISPLAY=%s does not answer", ErrNoDisplay, d)
	}
	return c.Close()
}

// Screen is a monitor in pixels of the whole desktop.
type Screen struct {
	X, Y, W, H int
	Primary    bool
}

// Screens lists the monitors; nil where xrandr cannot tell.
func Screens(ctx context.Context) []Screen {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "xrandr", "--listmonitors").Output()
	if err != nil {
		return nil
	}
	return readMonitors(string(out))
}

// readMonitors reads lines such as " 0: +*DP-1 1920/508x1080/286+0+0  DP-1".
func readMonitors(out string) []Screen {
	line := regexp.MustCompile(`^\s*\d+:\s+\+?(\*?)\S+\s+(\d+)/\d+x(\d+)/\d+\+(-?\d+)\+(-?\d+)`)
	var all []Screen
	for _, s := range strings.Split(out, "\n") {
		m := line.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		n := make([]int, 4)
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+2])
		}
		all = append(all, Screen{X: n[2], Y: n[3], W: n[0], H: n[1], Primary: m[1] == "*"})
	}
	return all
}

// Second is the screen that is not the primary one.
func Second(all []Screen) (Screen, bool) {
	if len(all) < 2 {
		return Screen{}, false
	}
	for i, s := range all {
		if !s.Primary && i > 0 || !s.Primary && all[len(all)-1].Primary {
			return s, true
		}
	}
	return all[1], true
}

// Scale is the design's scale for a screen: 100 % below 900 pixels of height,
// 125 % to 1300, 150 % above, 200 % at 4K.
func Scale(s Screen) float64 {
	switch {
	case s.H >= 2000:
		return 2
	case s.H > 1300:
		return 1.5
	case s.H >= 900:
		return 1.25
	}
	return 1
}
