//go:build hil && linux && amd64 && cgo

package hil

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kernel is an unpacked Debian kernel.
type kernel struct {
	vmlinux string
	modules string // directory of *.ko
}

// wanted are the modules that the tests need, besides what those need.
var wanted = []string{"vhci-hcd", "usbhid", "hid-generic", "xhci-pci", "ehci-pci", "uhci-hcd"}

func cacheDir(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = t.TempDir()
	}
	dir = filepath.Join(dir, "moqian-hil")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// findKernel gives the kernel behind Debian's linux-image-amd64, from the cache
// or from apt. Its name changes with every security update.
func findKernel(t *testing.T) (kernel, error) {
	t.Helper()
	dir := cacheDir(t)
	name, err := kernelName(t.Context())
	if err != nil {
		if old, _ := filepath.Glob(filepath.Join(dir, "linux-image-*", "vmlinux")); len(old) > 0 {
			return kernelIn(filepath.Dir(old[len(old)-1]))
		}
		return kernel{}, err
	}
	home := filepath.Join(dir, name)
	if _, err := os.Stat(filepath.Join(home, "vmlinux")); err == nil {
		return kernelIn(home)
	}
	tmp, err := os.MkdirTemp(dir, "unpack")
	if err != nil {
		return kernel{}, err
	}
	defer os.RemoveAll(tmp)
	if err := unpackKernel(t.Context(), tmp, name); err != nil {
		return kernel{}, err
	}
	if err := os.Rename(tmp, home); err != nil && !errors.Is(err, fs.ErrExist) {
		return kernel{}, err
	}
	return kernelIn(home)
}

func kernelName(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "apt-cache", "depends", "linux-image-amd64").Output()
	if err != nil {
		return "", fmt.Errorf("apt-cache: %w", err)
	}
	for _, l := range strings.Split(string(out), "\n") {
		if _, name, ok := strings.Cut(l, "Depends: "); ok && strings.HasPrefix(name, "linux-image-") {
			return strings.TrimSpace(name), nil
		}
	}
	return "", errors.New("apt knows no linux-image-amd64")
}

// unpackKernel downloads the package and takes it apart; it is never installed.
func unpackKernel(ctx context.Context, dir, name string) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	defer stop()
	run := func(tool string, args ...string) error {
		cmd := exec.CommandContext(ctx, tool, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", tool, err, bytes.TrimSpace(out))
		}
		return nil
	}
	if err := run("apt-get", "download", name); err != nil {
		return err
	}
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("%d packages were downloaded", len(debs))
	}
	if err := run("dpkg-deb", "-x", debs[0], "."); err != nil {
		return err
	}
	if err := os.Remove(debs[0]); err != nil {
		return err
	}
	images, err := filepath.Glob(filepath.Join(dir, "boot", "vmlinuz-*"))
	if err != nil || len(images) != 1 {
		return errors.New("no kernel in the package")
	}
	b, err := unzipKernel(ctx, images[0])
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "vmlinux"), b, 0o644)
}

// unzipKernel finds the ELF image inside a bzImage: QEMU boots that directly.
func unzipKernel(ctx context.Context, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for _, z := range []struct {
		magic string
		tool  []string
	}{{"\xfd7zXZ\x00", []string{"xz", "-dc", "--single-stream"}}, {"\x28\xb5\x2f\xfd", []string{"zstd", "-dc"}}, {"\x1f\x8b\x08", []string{"gzip", "-dc"}}} {
		for from := 0; ; {
			i := bytes.Index(b[from:], []byte(z.magic))
			if i < 0 {
				break
			}
			cmd := exec.CommandContext(ctx, z.tool[0], z.tool[1:]...)
			cmd.Stdin = bytes.NewReader(b[from+i:])
			out, _ := cmd.Output() // rubbish follows the image: the tool complains, and what it wrote is looked at
			if bytes.HasPrefix(out, []byte("\x7fELF")) {
				return out, nil
			}
			from += i + len(z.magic)
		}
	}
	return nil, errors.New("no kernel image found inside " + filepath.Base(path))
}

func kernelIn(dir string) (kernel, error) {
	found, err := filepath.Glob(filepath.Join(dir, "lib", "modules", "*"))
	if err != nil || len(found) != 1 {
		return kernel{}, errors.New("no modules in the package")
	}
	return kernel{filepath.Join(dir, "vmlinux"), found[0]}, nil
}

// closure gives the wanted modules and all they depend on, in loading order.
func (k kernel) closure() ([]string, error) {
	at := map[string]string{}
	err := filepath.WalkDir(filepath.Join(k.modules, "kernel", "drivers"), func(path string, d fs.DirEntry, err error) error {
		base := d.Name()
		if name, ok := strings.CutSuffix(base, ".ko"); ok {
			at[strings.ReplaceAll(name, "_", "-")] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var order []string
	done := map[string]bool{}
	var add func(name string) error
	add = func(name string) error {
		name = strings.ReplaceAll(name, "_", "-")
		path, ok := at[name]
		if done[name] || !ok { // not there: built in
			return nil
		}
		done[name] = true
		needs, err := dependsOf(path)
		if err != nil {
			return err
		}
		for _, n := range needs {
			if err := add(n); err != nil {
				return err
			}
		}
		order = append(order, path)
		return nil
	}
	for _, w := range wanted {
		if err := add(w); err != nil {
			return nil, err
		}
	}
	if len(order) < 4 {
		return nil, fmt.Errorf("only %d of the modules are in the package", len(order))
	}
	return order, nil
}

func dependsOf(ko string) ([]string, error) {
	f, err := elf.Open(ko)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := f.Section(".modinfo")
	if s == nil {
		return nil, errors.New("no .modinfo in " + ko)
	}
	b, err := s.Data()
	if err != nil {
		return nil, err
	}
	for _, item := range bytes.Split(b, []byte{0}) {
		if list, ok := strings.CutPrefix(string(item), "depends="); ok && list != "" {
			return strings.Split(list, ","), nil
		}
	}
	return nil, nil
}

// libraries gives the shared libraries that a program needs, with its loader.
func libraries(program string) (map[string]string, error) {
	found := map[string]string{}
	var walk func(path string) error
	walk = func(path string) error {
		f, err := elf.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for _, p := range f.Progs {
			if p.Type == elf.PT_INTERP {
				b := make([]byte, p.Filesz)
				if _, err := p.ReadAt(b, 0); err != nil {
					return err
				}
				loader := strings.TrimRight(string(b), "\x00")
				found[loader] = loader
			}
		}
		names, err := f.ImportedLibraries()
		if err != nil {
			return err
		}
		for _, n := range names {
			to := "/usr/lib/x86_64-linux-gnu/" + n
			if found[to] != "" {
				continue
			}
			from := to
			if _, err := os.Stat(from); err != nil {
				from = "/lib/x86_64-linux-gnu/" + n
			}
			if _, err := os.Stat(from); err != nil {
				continue // the loader itself, elsewhere
			}
			found[to] = from
			if err := walk(from); err != nil {
				return err
			}
		}
		return nil
	}
	return found, walk(program)
}
