package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"moqian/assets"
	"moqian/cmd/internal/config"
	"moqian/cmd/internal/ctl"
	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/station"
	"moqian/cmd/teller/platform"
	"moqian/cmd/teller/ui"
	"moqian/render/form"
	"moqian/store/upload"
)

// appID and version are those of FyneApp.toml.
const (
	appID   = "bank.moqian.teller"
	version = "0.1.0"
)

// flags of the command line.
type flags struct {
	data, config, lang string
	one                bool
	two                string
	probe              string // trial builds only
	probeX             int
}

func (f *flags) parse(args []string) error {
	set := flag.NewFlagSet("teller", flag.ContinueOnError)
	set.StringVar(&f.data, "data", "", "the workstation's `folder`; without it the platform's data home and moqian")
	set.StringVar(&f.config, "config", "", "site configuration `file`; without it site.json in the folder")
	set.StringVar(&f.lang, "lang", "", "`zh` or en, until the teller switches")
	set.BoolVar(&f.one, "one-window", false, "customer and teller share a window although there are two screens")
	set.StringVar(&f.two, "customer-at", "", "`X,Y,W,H`: where the customer's window goes, in pixels, when the screens are joined to one")
	probeFlags(set, f)
	set.Usage = func() {
		fmt.Fprintln(set.Output(), "teller: the desktop program\n\nexample: teller --data trial")
		set.PrintDefaults()
	}
	return set.Parse(args)
}

// open opens the workstation and gathers what its windows need.
func open(ctx context.Context, f flags) (*station.Station, ui.Options, error) {
	dir, err := filepath.Abs(f.data)
	if f.data == "" {
		dir, err = config.Folder(os.Getenv)
	}
	if err != nil {
		return nil, ui.Options{}, err
	}
	site, err := siteOf(f, dir)
	if err != nil {
		return nil, ui.Options{}, err
	}
	st, err := station.Open(ctx, mode(station.Options{Dir: dir, Site: site, MachineKey: ctl.MachineKey(site), Check: ctl.ChildCheck()}))
	if err != nil {
		return nil, ui.Options{}, err
	}
	o, err := options(ctx, st, f)
	if err != nil {
		return nil, o, errors.Join(err, st.Close())
	}
	return st, o, nil
}

func siteOf(f flags, dir string) (config.Site, error) {
	if f.config != "" {
		return config.Load(f.config)
	}
	s, err := config.Load(filepath.Join(dir, "site.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return modeSite(dir)
	}
	return s, err
}

func options(ctx context.Context, st *station.Station, f flags) (ui.Options, error) {
	site := st.Site
	o := ui.Options{Bank: form.Text(site.Bank), Branch: form.Text(site.Branch), Window: site.Workstation, Version: version,
		Lang: site.Language, PadScreenOff: site.PadScreen == "off", Store: st.Store, Users: st.Users, Assets: assets.FS, Now: time.Now, One: f.one,
		Calibrated: st.Calibration, Calibrate: st.KeepCalibration,
		Floor: site.Floor, Free: func() (int64, error) { return platform.Free(st.Dir) },
		Preview: platform.Preview, Speak: platform.Voice(ctx), Export: exporter(st.Dir)}
	if f.lang != "" {
		o.Lang = f.lang
	}
	if f.two != "" {
		o.Two = new(ui.Area)
		if _, err := fmt.Sscanf(f.two, "%d,%d,%d,%d", &o.Two.X, &o.Two.Y, &o.Two.W, &o.Two.H); err != nil {
			return o, fmt.Errorf("--customer-at %s: want X,Y,W,H", f.two)
		}
	}
	if platform.CanPrint() {
		o.Print = platform.Print
	}
	o.Desk = func(ctx context.Context, pin []byte) (*flow.Desk, error) {
		key, err := st.OpenKey(pin)
		if err != nil {
			return nil, err
		}
		return st.Desk(ctx, key)
	}
	line := station.Line{Getenv: os.Getenv}
	to, err := st.Archive(line)
	switch {
	case err == nil:
		w, err := st.Worker(to, line)
		if err != nil {
			return o, err
		}
		o.Send = func(ctx context.Context) (upload.Result, error) { return w.Once(ctx) }
	case !errors.Is(err, station.ErrNoArchive):
		return o, err
	}
	return o, prepare(ctx, st, &o)
}

// exporter writes files for the administrator below the workstation's folder.
func exporter(dir string) func(string, []byte) (string, error) {
	return func(name string, data []byte) (string, error) {
		out := filepath.Join(dir, "export")
		if err := os.MkdirAll(out, 0o700); err != nil {
			return "", err
		}
		path := filepath.Join(out, filepath.Base(name))
		return path, os.WriteFile(path, data, 0o600)
	}
}

// placeWindows makes the windows fit the screens: the scale before the toolkit
// starts, the teller's window as large as its screen, the customer's on the
// second. Where the screens are joined to one, the teller has what is left of
// the customer's.
func placeWindows(ctx context.Context, o *ui.Options) {
	screens := platform.Screens(ctx)
	o.Place = func() (int, int, bool) {
		s, ok := platform.Second(screens)
		return s.X, s.Y, ok
	}
	if len(screens) == 0 {
		return
	}
	s := screens[0]
	for _, x := range screens {
		if x.Primary {
			s = x
		}
	}
	if o.Two != nil {
		s.W = min(s.W, max(800, o.Two.X))
	}
	scale := platform.Scale(s)
	if env := os.Getenv("FYNE_SCALE"); env == "" {
		_ = os.Setenv("FYNE_SCALE", fmt.Sprint(scale)) // else the toolkit's own
	} else if _, err := fmt.Sscan(env, &scale); err != nil {
		return
	}
	o.Width, o.Height = float32(float64(s.W)/scale), float32(float64(s.H)/scale)
}
