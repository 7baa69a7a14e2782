//go:build cgo

package usb

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/gousb"

	"moqian/pad/model"
)

// penByKernel looks at the report descriptor that the kernel has read, so that
// no stranger's device is opened only to ask. Where the kernel shows none the
// device has to be asked.
func penByKernel(d *gousb.DeviceDesc, config, iface int) bool {
	path := make([]string, len(d.Path))
	for i, n := range d.Path {
		path[i] = strconv.Itoa(n)
	}
	dir := fmt.Sprintf("/sys/bus/usb/devices/%d-%s:%d.%d", d.Bus, strings.Join(path, "."), config, iface)
	found, err := filepath.Glob(filepath.Join(dir, "*", "report_descriptor"))
	if err != nil || len(found) == 0 {
		return true
	}
	raw, err := os.ReadFile(found[0])
	if err != nil {
		return false
	}
	desc, err := model.Parse(raw)
	if err != nil {
		return false
	}
	_, err = model.PenOf(desc)
	return err == nil
}
