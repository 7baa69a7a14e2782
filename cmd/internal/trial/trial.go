//go:build virtualpad

// Package trial makes the folder of trial mode: a throw-away certificate
// authority and the teller's key made at first start, two tellers and a
// supervisor, an archive in a folder beside them. Everything signed there is
// TEST. It exists only in builds with -tags virtualpad.
//
// Start with Prepare, then station.Open with its Site, then Accounts.
package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"moqian/cmd/internal/config"
	"moqian/sign/signtest"
	"moqian/store/auth"
)

// What trial mode's people know; shown on the login page.
const (
	PIN      = "246810"
	Password = "moqian-trial"
	Code     = auth.TrialCode
)

// People of trial mode.
func People() []struct {
	Name string
	Role auth.Role
} {
	return []struct {
		Name string
		Role auth.Role
	}{{"t0001", auth.Teller}, {"t0002", auth.Teller}, {"s0001", auth.Supervisor}}
}

// Cost of trial passwords: everybody knows them.
func Cost() auth.Cost { return auth.Cost{Time: 1, MemoryK: 1024, Threads: 1} }

// Root is where the trial CA's certificate lies.
func Root(dir string) string { return filepath.Join(dir, "trial", "root.pem") }

// Prepare makes what is missing of dir/trial (root.pem, teller.p12) and gives
// the site of trial mode. A crash in the middle leaves no half of a pair.
func Prepare(dir string, now time.Time) (config.Site, error) {
	site := config.Default()
	site.Branch = config.Text{ZH: "测试支行", EN: "Trial Branch"}
	site.BranchCode, site.Workstation = "99999", "01"
	site.Seal = "墨签银行测试支行"
	site.Key = filepath.Join(dir, "trial", "teller.p12")
	site.Roots = Root(dir)
	site.Archive = "dir:" + filepath.Join(dir, "archive")
	site.AcceptTest = true
	site.Floor, site.Ballast = 32<<20, 1<<20
	_, keyErr := os.Stat(site.Key)
	if _, err := os.Stat(site.Roots); err == nil && keyErr == nil {
		return site, nil
	}
	if err := makeKeys(dir, now); err != nil {
		return site, fmt.Errorf("making the trial certificates: %w", err)
	}
	return site, nil
}

// makeKeys writes a folder beside and renames it: whole or not there.
func makeKeys(dir string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ca, err := signtest.New("Moqian TEST 测试 CA", "TEST 测试", now)
	if err != nil {
		return err
	}
	key, err := ca.P256("TEST 测试 teller", now.Add(-time.Hour), now.AddDate(5, 0, 0))
	if err != nil {
		return err
	}
	p12, err := key.PKCS12(PIN)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, ".trial-*")
	if err != nil {
		return err
	}
	err = errors.Join(os.WriteFile(filepath.Join(tmp, "root.pem"), ca.PEM(), 0o600),
		os.WriteFile(filepath.Join(tmp, "teller.p12"), p12, 0o600))
	// An empty folder gives way, one with files does not.
	_ = os.Remove(filepath.Join(dir, "trial"))
	if err == nil {
		if err = os.Rename(tmp, filepath.Join(dir, "trial")); errors.Is(err, os.ErrExist) {
			err = nil // another start was quicker; its pair is as good
		}
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return os.RemoveAll(tmp)
}

// Accounts adds the people of trial mode where they are missing.
func Accounts(ctx context.Context, u *auth.Users) error {
	for _, p := range People() {
		_, err := u.Find(ctx, p.Name)
		if err == nil {
			continue
		}
		if !errors.Is(err, auth.ErrUnknown) {
			return err
		}
		if err := u.Add(ctx, auth.System, p.Name, p.Role, []byte(Password)); err != nil {
			return fmt.Errorf("adding %s: %w", p.Name, err)
		}
	}
	return nil
}
