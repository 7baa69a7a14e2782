//go:build !windows

package upload_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// TestCeph holds Ceph RGW to the same suite as the other archives: in a bucket
// with object lock, where it ignores conditions, and in a plain one; then kills
// the workstation again and again, with Stat before each document.
func TestCeph(t *testing.T) {
	server := uploadtest.Ceph(t)
	n := 0
	conform := func(locked bool, change func(*upload.S3Options)) func(*testing.T) {
		return func(t *testing.T) {
			uploadtest.Conform(t, func(t *testing.T) upload.Archive {
				n++
				fresh := server.Fresh(t, fmt.Sprintf("conform-%d", n), locked)
				return newS3(t, fresh.URL, func(o *upload.S3Options) {
					o.Bucket = fresh.Bucket
					if change != nil {
						change(o)
					}
				})
			})
		}
	}
	yes := true
	t.Run("locked bucket", conform(true, func(o *upload.S3Options) { o.Retain = 15 * 365 * 24 * time.Hour }))
	t.Run("plain bucket", conform(false, nil))
	t.Run("Stat first", conform(false, func(o *upload.S3Options) { o.Unconditional = &yes }))
	t.Run("abilities", func(t *testing.T) {
		a, err := newS3(t, server.URL, func(o *upload.S3Options) { o.Retain = time.Hour }).Probe(ctx)
		if err != nil || a.Conditional || !a.MD5 || !a.ETag || !a.Lock || !a.Versioning {
			t.Errorf("a locked bucket: %+v, %v", a, err)
		}
		t.Logf("%+v", a)
	})
	t.Run("kill", func(t *testing.T) {
		rounds := 40
		if os.Getenv("MOQIAN_TORTURE") == "1" {
			rounds = 1000
		}
		kill(t, server.URL, "1", rounds, server.Objects(t))
	})
}
