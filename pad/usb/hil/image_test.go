//go:build hil && linux && amd64 && cgo

package hil

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// archive is a cpio archive ("newc"), which the kernel unpacks as its first
// file system.
type archive struct {
	buf  bytes.Buffer
	ino  int
	dirs map[string]bool
}

func (a *archive) entry(name string, mode int, body []byte) {
	a.ino++
	fmt.Fprintf(&a.buf, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.ino, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(name)+1, 0)
	a.buf.WriteString(name)
	a.buf.WriteByte(0)
	a.pad()
	a.buf.Write(body)
	a.pad()
}

func (a *archive) pad() {
	for a.buf.Len()%4 != 0 {
		a.buf.WriteByte(0)
	}
}

func (a *archive) dir(name string) {
	if name == "." || name == "/" || a.dirs[name] {
		return
	}
	a.dir(path.Dir(name))
	a.dirs[name] = true
	a.entry(name, 0o040755, nil)
}

func (a *archive) file(name, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	a.dir(path.Dir(name))
	a.entry(name, 0o100755, b)
	return nil
}

// guestKey is where the guest finds the key of its encrypted sessions: making
// one takes an emulated processor as long as all its tests together.
const guestKey = "/key"

// image packs this test binary as /init, its libraries and the modules.
func image(k kernel) ([]byte, error) {
	a := &archive{dirs: map[string]bool{}}
	for _, d := range []string{"proc", "sys", "dev", "tmp", "modules"} {
		a.dir(d)
	}
	if err := a.file("init", os.Args[0]); err != nil {
		return nil, err
	}
	libs, err := libraries(os.Args[0])
	if err != nil {
		return nil, err
	}
	for to, from := range libs {
		if err := a.file(to[1:], from); err != nil {
			return nil, err
		}
	}
	mods, err := k.closure()
	if err != nil {
		return nil, err
	}
	var list bytes.Buffer
	for i, m := range mods {
		name := fmt.Sprintf("modules/%02d-%s", i, filepath.Base(m))
		if err := a.file(name, m); err != nil {
			return nil, err
		}
		fmt.Fprintf(&list, "/%s\n", name)
	}
	a.entry("modules/list", 0o100644, list.Bytes())
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	a.entry(guestKey[1:], 0o100600, x509.MarshalPKCS1PrivateKey(key))
	a.entry("TRAILER!!!", 0, nil)
	return a.buf.Bytes(), nil
}
